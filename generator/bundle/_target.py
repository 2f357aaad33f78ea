"""Takes the folder that a bundle is to go to and what must not be lost, gives its real place, or a refusal."""

import os
import re
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from generator.bundle._manifest import NAME, Manifest, digest_of, read
from generator.errors import InputError, Problem
from generator.records.artifact import Artifact

MOST = 10
"""Strange things that are listed, at most."""
MOUNTS = Path("/proc/self/mountinfo")
ELSEWHERE = "name an empty or new folder with -o; nothing was written"
AWAY = "move it out of the bundle, or name another folder with -o; nothing was written"


def resolved(target: Path) -> Path:
    """Return where a folder really is, its links followed; raises InputError for a link that leads nowhere."""
    target = target.absolute()
    for path in (target, *target.parents):
        if path.is_symlink() and not path.exists():
            hint = "make the folder it leads to, or remove the link"
            raise InputError(
                f"the target is a link to {os.readlink(path)}, which is not there", where=str(path), hint=hint
            )
    return target.resolve()


def check_target(target: Path, kept: Iterable[Path] = ()) -> None:
    """Raise InputError when anything would be lost if a bundle took the place of `target`.

    That is what the program did not write or has since been changed, and `kept`: what lies there may be no bundle's.
    """
    place = resolved(target)
    if place.exists() and not place.is_dir():
        raise InputError("the target of the bundle is a file", where=str(target), hint="name a folder with -o")
    above = next(path for path in place.parents if path.exists())
    if not above.is_dir():
        raise InputError(f"the target of the bundle lies below {above}, a file", where=str(target), hint=ELSEWHERE)
    for path in kept:
        if path.resolve().is_relative_to(place):
            raise InputError(f"the target of the bundle is or holds {path}", where=str(target), hint=ELSEWHERE)
    if is_mount(place):
        hint = "name a folder inside it with -o"
        raise InputError("the target of the bundle is a mount point", where=str(target), hint=hint)
    check_ours(place, target)


def check_ours(place: Path, named: Path) -> None:
    """Raise InputError, with a list, when a folder holds anything but what its manifest says, byte for byte."""
    if not place.is_dir() or not any(place.iterdir()):
        return
    manifest = read(place)
    if manifest is None:
        raise InputError("the target folder holds something that is no bundle", where=str(named), hint=ELSEWHERE)
    try:
        found = tuple(islice(strange(place, manifest), MOST + 1))
    except OSError as error:
        what = f"the target folder cannot be looked through: {error.strerror}"
        raise InputError(what, where=str(error.filename), hint=ELSEWHERE) from error
    problems = [Problem(what=what, where=str(named / path), hint=AWAY) for path, what in found[:MOST]]
    if len(found) > MOST:
        problems.append(Problem(what="and there is more", where=str(named), hint=AWAY))
    if problems:
        raise InputError(problems[0].what, problems=tuple(problems))


def leaving(target: Path, files: Iterable[Artifact]) -> tuple[str, ...]:
    """Return the files of the bundle that stands in a folder which are not among those that take their place."""
    manifest = read(target)
    return tuple(sorted(manifest.files.keys() - {file.path for file in files})) if manifest else ()


def strange(folder: Path, manifest: Manifest) -> Iterator[tuple[str, str]]:
    """Yield path and words for each thing in the folder of a bundle that is not as the program left it."""
    folders = {parent.as_posix() for path in manifest.files for parent in Path(path).parents}
    for at, inner, files in os.walk(folder, onerror=_fail):
        top = Path(at).relative_to(folder)
        for name in sorted(inner):
            path = (top / name).as_posix()
            if path not in folders or (folder / path).is_symlink():
                inner.remove(name)
                yield path, f"the folder {path} is none of the bundle's"
        for path in ((top / name).as_posix() for name in sorted(files)):
            if wrong := _wrong(folder, path, manifest):
                yield path, wrong


def _wrong(folder: Path, path: str, manifest: Manifest) -> str:
    if path != NAME and (path not in manifest.files or not _is_plain(folder / path)):
        return f"{path} is none of the bundle's files"
    same = manifest.whole if path == NAME else digest_of(folder / path) == manifest.files[path]
    return "" if same else f"{path} was changed after the bundle was made"


def _fail(error: OSError) -> None:
    raise error


def _is_plain(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()


def is_mount(place: Path) -> bool:
    """Return whether something is mounted on a folder, so that nothing else can take its place."""
    if os.path.ismount(place):
        return True
    try:
        lines = MOUNTS.read_text(errors="surrogateescape").splitlines()
    except OSError:
        return False
    return str(place) in {
        re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), line.split()[4]) for line in lines
    }
