"""Where files lie: the templates that ship with the package, the files that a pattern of names stands for."""

from __future__ import annotations

import glob
import hashlib
from functools import cache
from pathlib import Path

from generator.errors import EnvironmentLacks


@cache
def templates() -> Path:
    """Return the template folder: inside the installed package, else beside it in a checkout."""
    package = Path(__file__).resolve().parent.parent
    for folder in (package / "templates", package.parent / "templates"):
        if folder.is_dir():
            return folder
    raise EnvironmentLacks("the templates are missing", where=str(package), hint="install the package again")


def files_of(folder: str | Path, path: str) -> tuple[Path, ...]:
    """Return the files that a path, or a pattern with * ? or [ ], stands for, in the order of their names."""
    file = Path(folder, path)
    if not glob.has_magic(path) or file.exists():
        return (file,)
    found = (Path(folder, name) for name in glob.glob(path, root_dir=folder, recursive=True))
    return tuple(sorted(one for one in found if one.is_file()))


def digest_of(paths: tuple[Path, ...]) -> str:
    """Return the digest of a file; that of several is the digest of theirs, one a line, in order."""
    digests = []
    for path in paths:
        with path.open("rb") as file:
            digests.append(hashlib.file_digest(file, "sha256").hexdigest())
    return digests[0] if len(digests) == 1 else hashlib.sha256("\n".join(digests).encode()).hexdigest()
