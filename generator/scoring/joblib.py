"""Takes the bytes of a joblib or pickle file that the project file vouches for, gives the model in it.

Such files run any code they carry when they are opened: nothing of them is read before trust and digest are checked.
"""

from pathlib import Path

from generator.records.plugin import Reader
from generator.records.project import Model
from generator.scoring._foreign import Foreign, opened
from generator.scoring._trust import check_trust

SAFER = "save the model with skops.io.dump instead, which runs no code"


def open_model(content: bytes, declared: Model, folder: Path | None = None) -> Foreign:
    """Open a file that is trusted and has the declared digest; raises InputError otherwise, before any of it runs."""
    what = f"{declared.format} files run any code they carry"
    check_trust(content, declared, what=what, safer=SAFER)
    return opened("joblib", content, declared, folder, trusted=True)


READER = Reader(
    id="joblib", title="joblib and pickle files, only if trusted and pinned", open=open_model, runs_code=True
)
