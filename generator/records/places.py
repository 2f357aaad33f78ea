"""Where the files that ship with the package lie: the folder of the templates."""

from __future__ import annotations

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
