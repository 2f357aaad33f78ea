"""A name → a folder for what can be made again: the user's own cache, else one that goes with the process."""

import atexit
import os
import stat
from contextlib import ExitStack
from pathlib import Path

from generator.records.temporary import temporary_folder


def cache_folder(name: str) -> Path:
    """Return a folder for what `name` keeps: the user's cache, else one that goes with the process.

    A cache that another user owns or may write to is none. Raises EnvironmentLacks where no folder can be made.
    """
    try:
        home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "deployment-dossier" / name
        home.parent.mkdir(parents=True, exist_ok=True)
        home.mkdir(mode=0o700, exist_ok=True)
        if all(_is_own(folder) for folder in (home, home.parent)) and os.access(home, os.W_OK):
            return home
    except (OSError, RuntimeError):
        pass  # no home, or none that can be written
    kept = ExitStack()
    atexit.register(kept.close)
    return temporary_folder(kept)


def _is_own(folder: Path) -> bool:
    found = folder.lstat()
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid() and not found.st_mode & stat.S_IWOTH
