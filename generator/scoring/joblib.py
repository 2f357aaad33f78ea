"""Takes the bytes of a joblib or pickle file that the project file vouches for, gives the model in it.

Such files run any code they carry when they are opened: nothing of them is read before trust and digest are checked.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from generator.errors import InputError
from generator.records.plugin import Reader
from generator.records.project import Model as Declared
from generator.scoring._foreign import Foreign, opened

SAFER = "save the model with skops.io.dump instead, which runs no code"


def open_model(content: bytes, declared: Declared, folder: Path | None = None) -> Foreign:
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
    return opened("joblib", content, declared, folder, trusted=True)


READER = Reader(
    id="joblib", title="joblib and pickle files, only if trusted and pinned", open=open_model, runs_code=True
)
