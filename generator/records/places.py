"""Where files lie: templates and schema that ship with the package, the files that a pattern of names stands for."""

import fnmatch
import glob
import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

from generator.errors import EnvironmentLacks, InputError

MOST_ENTRIES = 100_000
"""Files and folders that a pattern may make the program look at."""


@cache
def templates() -> Path:
    """Return the template folder: inside the installed package, else beside it in a checkout."""
    package = Path(__file__).resolve().parent.parent
    for folder in (package / "templates", package.parent / "templates"):
        if folder.is_dir():
            return folder
    raise EnvironmentLacks("the templates are missing", where=str(package), hint="install the package again")


@cache
def shipped_documents() -> tuple[str, ...]:
    """Return the ids of the documents whose templates ship with the package."""
    return tuple(sorted(path.name.removesuffix(".md.j2") for path in (templates() / "documents").glob("*.md.j2")))


def schema_file() -> Path:
    """Return the JSON Schema of project files, which ships inside the package."""
    return Path(__file__).resolve().parent.parent / "load" / "dossier.schema.json"


def files_of(folder: str | Path, path: str) -> tuple[Path, ...]:
    """Return the files that a path, or a pattern with * ? or [ ], stands for, in the order of their names.

    Raises InputError for a pattern that leads through more than `MOST_ENTRIES` files and folders.
    """
    file = Path(folder, path)
    if not glob.has_magic(path) or os.path.exists(file):
        return (file,)
    top, *parts = file.parts
    steps = [part for part, following in pairwise((*parts, "")) if not part == following == "**"]
    found = {one for one in _Walk(path).matching(Path(top), steps) if one.is_file()}
    return tuple(sorted(found))


class _Walk:
    """Goes through folders by the parts of a pattern, and counts what it looks at."""

    def __init__(self, pattern: str) -> None:
        self.pattern, self.seen = pattern, 0

    def matching(self, folder: Path, parts: list[str]) -> Iterator[Path]:
        """Yield what matches below a folder; `**` is any number of folders, links to folders not followed."""
        head, rest = parts[0], parts[1:]
        if not glob.has_magic(head):
            below = folder / head
            yield from self.matching(below, rest) if rest else [below]
        elif head == "**":
            yield from self.matching(folder, rest or ["*"])
            for entry in self._entries(folder):
                if entry.is_dir(follow_symlinks=False) and not entry.name.startswith("."):
                    yield from self.matching(folder / entry.name, parts)
        else:
            for entry in self._entries(folder):
                hidden = entry.name.startswith(".") and not head.startswith(".")
                if not hidden and fnmatch.fnmatchcase(entry.name, head):
                    below = folder / entry.name
                    yield from self.matching(below, rest) if rest else [below]

    def _entries(self, folder: Path) -> list[os.DirEntry[str]]:
        found = []
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    self.seen += 1
                    found.append(entry)
                    if self.seen > MOST_ENTRIES:
                        raise InputError(
                            f"the pattern leads through more than {MOST_ENTRIES:,} files and folders",
                            where=self.pattern,
                            hint="begin it with the folder that holds the rows",
                        )
        except OSError:
            return []
        return found


@dataclass(frozen=True)
class SeenFiles:
    """What files were when they were looked at: which, how large and from when, and the digest of their bytes."""

    files: tuple[tuple[Path, int, int, int], ...]
    """Path, inode, bytes and nanoseconds of the last change of each."""
    sha256: str


def seen(paths: tuple[Path, ...]) -> SeenFiles:
    """Return what files are: the digest of one, of several that of theirs, one a line, in order."""
    files, digests = [], []
    for path in paths:
        with path.open("rb") as file:
            found = os.fstat(file.fileno())
            files.append((path, found.st_ino, found.st_size, found.st_mtime_ns))
            digests.append(hashlib.file_digest(file, "sha256").hexdigest())
    whole = digests[0] if len(digests) == 1 else hashlib.sha256("\n".join(digests).encode()).hexdigest()
    return SeenFiles(tuple(files), whole)


def is_as_seen(before: SeenFiles) -> bool:
    """Return whether files are still what they were, down to their bytes."""
    try:
        return seen(tuple(path for path, *_ in before.files)) == before
    except OSError:
        return False
