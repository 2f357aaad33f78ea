"""Takes the project, gives the files that it names as inputs, and the bytes of those that are read whole."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

from generator.errors import InputError
from generator.records.address import is_address
from generator.records.files import read_file, read_folder
from generator.records.journal import FILE
from generator.records.places import files_of
from generator.records.project import Project


def tables(project: Project) -> tuple[tuple[str, str], ...]:
    """Return role and name of each table of rows that a build reads."""
    data = project.settings.data
    training = None if data.reference_stats else data.reference
    named = (
        ("production rows", data.production),
        ("training rows", training),
        ("held-out rows", data.held_out),
        ("labels", data.labels.path if data.labels else None),
        ("requests", data.requests.path if data.requests else None),
    )
    return tuple((role, name) for role, name in named if name)


def small_files(project: Project) -> tuple[tuple[str, str], ...]:
    """Return role and name of each file that is read whole; the project file and its tables are none of them."""
    data, model = project.settings.data, project.settings.model
    named = (
        ("training result", model.file),
        ("training statistics", data.reference_stats),
        ("model", model.path),
        ("previous model", model.previous.path if model.previous else None),
        ("inference cost", model.cost),
    )
    return tuple((role, name) for role, name in named if name)


def paths(project: Project) -> Iterator[Path]:
    """Yield where the project file and every input lie, those of a pattern one by one."""
    yield Path(project.folder, project.file)
    yield Path(project.folder, FILE)
    yield Path(project.folder, "templates")
    names = (name for _, name in (*tables(project), *small_files(project)))
    for name in (*names, *project.table_files):
        if not is_address(name):
            yield from files_of(project.folder, name)


def read_input(project: Project, name: str, *, most: int, hint: str = "", whole: bool = False) -> bytes:
    """Return the bytes of a file, or of a `whole` folder packed into one, and keep their digest: it is theirs.

    Raises InputError when it cannot be read, has more than `most` bytes, or is not what it was at the first reading.
    """
    read = read_folder if whole else read_file
    content = read(Path(project.folder, name), most=most, name=name, hint=hint)
    found = hashlib.sha256(content).hexdigest()
    if project.read.setdefault(name, found) != found:
        raise changed(name)
    return content


def changed(name: str) -> InputError:
    """Return the error for a file that was written to while it was read."""
    hint = "build again once nothing writes to it, or from a copy"
    return InputError("the input changed during the build", where=name, hint=hint)
