"""Takes files and a folder and gives the folder with exactly these files, exchanged in one step."""

import ctypes
import json
import os
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from generator.bundle._manifest import read
from generator.bundle._target import check_ours, check_target, resolved, strange
from generator.errors import InputError
from generator.records.artifact import Artifact
from generator.records.scratch import scratch, undisturbed

STEM, FRESH, ASIDE = ".dossier-", "fresh", "old"
"""How the name of a folder begins that is beside a bundle while it is written, and what is in it."""


def replaced(target: Path, files: Sequence[Artifact], what: str = "bundle") -> Path:
    """Return `target` with these files alone in it; until the last step an earlier bundle stays as it was.

    Raises InputError where that cannot be, or where something would be lost that the program did not write.
    """
    _check(files)
    check_target(target)
    place = resolved(target)
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with scratch(place.parent, STEM, _is_spent) as folder:
            fresh = folder / FRESH
            fresh.mkdir()
            for file in files:
                _write(fresh / file.path, file.content)
            _settle(fresh)
            with undisturbed():
                _exchange(fresh, place, target)
    except OSError as error:
        raise _refused(target, error, what) from error
    try:
        sync(place.parent)
    except OSError as error:
        words = f"the new {what} is in its place, but may not outlast a power cut: {error.strerror}"
        raise InputError(words, where=str(target), hint="see to the disk, then make it again") from error
    return target.absolute()


def written(path: Path, content: bytes) -> Path:
    """Return `path` with this content, exchanged in one step; a link stays one.

    Raises InputError when another file stands there than an earlier one of the same kind: JSON with the same keys,
    or a text with the same first line of comment.
    """
    place = resolved(path)
    if place.exists() and (not place.is_file() or _keys(place.read_bytes()) != _keys(content)):
        hint = "name another file; nothing was written"
        raise InputError("something else stands where the file would go", where=str(path), hint=hint)
    return placed(path, content)


def placed(path: Path, content: bytes) -> Path:
    """Return `path` with this content, exchanged in one step, whatever file stood there; a link stays one.

    Raises InputError where no file can be written, or where something stands that is none.
    """
    place = resolved(path)
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        if place.exists() and not place.is_file():
            raise InputError("no file stands where the file would go", where=str(path), hint="name another place")
        with scratch(place.parent, STEM, _is_spent) as folder:
            fresh = folder / FRESH
            _write(fresh, content)
            fresh.replace(place)
        sync(place.parent)
    except OSError as error:
        raise _refused(path, error, "file") from error
    return path


def _keys(content: bytes) -> set[str] | object:
    """Return the keys of a JSON object or the comment that a text begins with, else something that equals nothing."""
    if content.startswith(b"# "):
        return content.partition(b"\n")[0]
    try:
        found = json.loads(content)
    except ValueError:
        return object()
    return set(found) if isinstance(found, dict) else object()


def _check(files: Sequence[Artifact]) -> None:
    paths = [file.path for file in files]
    doubled = sorted({path for path in paths if paths.count(path) > 1})
    if doubled:
        raise InputError(f"two files of the bundle have the same path: {', '.join(doubled)}")
    outside = [path for path in paths if PurePosixPath(path).is_absolute() or ".." in PurePosixPath(path).parts]
    if outside:
        raise InputError(f"a file would lie outside the bundle: {outside[0]}")


def _is_spent(folder: Path) -> bool:
    """Say of what a killed process left beside a bundle that it was being written, or is an old bundle as it was."""
    if (folder / ASIDE).exists():
        return False
    manifest = read(folder / FRESH)
    return manifest is None or next(strange(folder / FRESH, manifest), None) is None


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
    """Make the entries of the folders lasting."""
    for each in (folder, *(path for path in folder.rglob("*") if path.is_dir())):
        sync(each)


def _exchange(fresh: Path, place: Path, named: Path) -> None:
    """Put `fresh` in the place of a folder; an old one then stands where `fresh` stood, and holds a bundle alone.

    What came into the old folder since it was first looked at makes the exchange undone, and is an InputError.
    """
    if not place.exists():
        fresh.rename(place)
        return
    _swap(fresh, place)
    try:
        check_ours(fresh, named)
    except InputError:
        _swap(fresh, place)
        raise


def _swap(fresh: Path, place: Path) -> None:
    if not _swapped(fresh, place):
        _step_aside(fresh, place)


def _swapped(fresh: Path, place: Path) -> bool:
    """Exchange two folders in one step where the system can (Linux), and return whether it could."""
    exchange = getattr(ctypes.CDLL(None), "renameat2", None)
    here = -100
    return exchange is not None and exchange(here, os.fsencode(fresh), here, os.fsencode(place), 2) == 0


def _step_aside(fresh: Path, place: Path) -> None:
    """Exchange two folders by way of a third name; the old one comes back if that fails."""
    old = fresh.with_name(ASIDE)
    place.rename(old)
    try:
        fresh.rename(place)
    except BaseException:
        old.rename(place)
        raise
    old.rename(fresh)


def sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _refused(target: Path, error: OSError, what: str) -> InputError:
    return InputError(
        f"the {what} cannot be written: {error.strerror or error}",
        where=str(target),
        hint="an earlier bundle there is as it was" if target.is_dir() else "nothing was written",
    )
