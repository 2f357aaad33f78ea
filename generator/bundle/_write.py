"""Takes files and a folder and gives the folder with exactly these files, exchanged in one step."""

from __future__ import annotations

import ctypes
import os
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from generator.errors import InputError
from generator.records.artifact import Artifact


def replaced(target: Path, files: Sequence[Artifact]) -> Path:
    """Return `target` with these files alone in it; until the last step an earlier folder stays as it was."""
    target = target.absolute()
    _check(target, files)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    except OSError as error:
        raise _refused(target, error) from error
    try:
        for file in files:
            _write(fresh / file.path, file.content)
        _settle(fresh)
        _exchange(fresh, target)
    except OSError as error:
        raise _refused(target, error) from error
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return target


def written(path: Path, content: bytes) -> Path:
    """Return `path` with this content, exchanged in one step."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    fresh = Path(name)
    try:
        with os.fdopen(handle, "wb") as opened:
            _flush(opened.fileno(), content)
        fresh.chmod(0o644)
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)
    return path


def _check(target: Path, files: Sequence[Artifact]) -> None:
    paths = [file.path for file in files]
    doubled = sorted({path for path in paths if paths.count(path) > 1})
    if doubled:
        raise InputError(f"two files of the bundle have the same path: {', '.join(doubled)}")
    outside = [path for path in paths if PurePosixPath(path).is_absolute() or ".." in PurePosixPath(path).parts]
    if outside:
        raise InputError(f"a file would lie outside the bundle: {outside[0]}")
    check_target(target)


def check_target(target: Path) -> None:
    """Raise InputError when something else than a bundle stands where one should go."""
    if target.exists() and not target.is_dir():
        raise InputError("the target of the bundle is a file", where=str(target), hint="name a folder with -o")
    if target.is_dir() and any(target.iterdir()) and not (target / "manifest.json").is_file():
        raise InputError(
            "the target folder holds something that is no bundle",
            where=str(target),
            hint="name an empty or new folder with -o; nothing was written",
        )


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as opened:
        _flush(opened.fileno(), content)


def _flush(handle: int, content: bytes) -> None:
    view = memoryview(content)
    while view:
        view = view[os.write(handle, view) :]
    os.fsync(handle)


def _settle(folder: Path) -> None:
    """Make the folders as open as the user's own new folders are, and their entries lasting."""
    mask = os.umask(0)
    os.umask(mask)
    for each in (folder, *(path for path in folder.rglob("*") if path.is_dir())):
        each.chmod(0o777 & ~mask)
        _sync(each)


def _exchange(fresh: Path, target: Path) -> None:
    """Put `fresh` in the place of `target`; an old folder then stands where `fresh` stood."""
    if not target.exists():
        fresh.rename(target)
    elif not _swapped(fresh, target):
        _step_aside(fresh, target)
    _sync(target.parent)


def _swapped(fresh: Path, target: Path) -> bool:
    """Exchange two folders in one step where the system can (Linux), and return whether it could."""
    exchange = getattr(ctypes.CDLL(None), "renameat2", None)
    here = -100
    return exchange is not None and exchange(here, os.fsencode(fresh), here, os.fsencode(target), 2) == 0


def _step_aside(fresh: Path, target: Path) -> None:
    """Exchange two folders by way of a third name; the old one comes back if that fails."""
    old = fresh.with_name(f"{fresh.name}.old")
    target.rename(old)
    try:
        fresh.rename(target)
    except BaseException:
        old.rename(target)
        raise
    old.rename(fresh)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _refused(target: Path, error: OSError) -> InputError:
    return InputError(
        f"the bundle cannot be written: {error.strerror or error}",
        where=str(target),
        hint="an earlier bundle there is as it was",
    )
