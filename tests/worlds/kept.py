"""Folders that are made once and shared by all workers of a test run, and by later runs of the same source."""

import fcntl
import hashlib
import os
import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path

HERE = Path(__file__).resolve().parent
PLACE = HERE.parent.parent / ".cache" / "worlds"


def kept(kind: str, name: str, make: Callable[[Path], None]) -> Path:
    """Return the folder `name` of a kind; the first who asks has `make` fill it, the others wait for that."""
    folder = PLACE / _source() / kind / name
    if folder.is_dir():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    with (folder.parent / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.is_dir():
            draft = folder.parent / f"{name}.draft-{os.getpid()}"
            shutil.rmtree(draft, ignore_errors=True)
            draft.mkdir()
            make(draft)
            draft.rename(folder)
    return folder


@cache
def _source() -> str:
    """Return a digest of this package and its learners' library: what is kept of another one is not used."""
    import sklearn

    texts = [path.read_bytes() for path in sorted(HERE.glob("*.py")) if not path.name.startswith("test_")]
    return hashlib.sha256(b"".join([*texts, sklearn.__version__.encode()])).hexdigest()[:16]
