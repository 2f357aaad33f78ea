"""Takes the bytes of a joblib or pickle file that the project file vouches for, gives the model in it.

Such files run any code they carry when they are opened: nothing of them is read before trust and digest are checked.
"""

from __future__ import annotations

import hashlib
import io

from generator.errors import InputError
from generator.records.plugin import Reader
from generator.records.project import Model as Declared
from generator.scoring._sklearn import SklearnModel, sklearn_model

SAFER = "save the model with skops.io.dump instead, which runs no code"


def open_model(content: bytes, declared: Declared) -> SklearnModel:
    """Open a file that is trusted and has the declared digest; raises InputError otherwise, before any of it runs."""
    found = hashlib.sha256(content).hexdigest()
    if not declared.trust:
        raise InputError(
            f"{declared.format} files run any code they carry, and the project file does not trust this one",
            where="model.trust",
            hint=f"{SAFER}, or write `trust: true` and `sha256: {found}` under model if you know who made it",
        )
    if declared.sha256 is None or declared.sha256.lower() != found:
        what = "no digest" if declared.sha256 is None else "another digest"
        raise InputError(
            f"the trusted file has {what} in the project file: its own is {found}",
            where="model.sha256",
            hint="declare the digest of the file that was approved",
        )
    return sklearn_model(_opened(content), declared)


def _opened(content: bytes) -> object:
    import joblib

    try:
        return joblib.load(io.BytesIO(content))
    except Exception as error:
        reason = (str(error).splitlines() or [""])[0]
        raise InputError(
            f"the model file cannot be opened: {type(error).__name__} {reason}",
            where="model.path",
            hint="open it with the versions of Python and scikit-learn that wrote it, and save it with skops",
        ) from error


READER = Reader(
    id="joblib", title="joblib and pickle files, only if trusted and pinned", open=open_model, runs_code=True
)
