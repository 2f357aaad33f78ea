"""Takes the project, gives the files and folders that it names as inputs, by what they are."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from generator.records.address import is_address
from generator.records.places import files_of
from generator.records.project import Project


def tables(project: Project) -> tuple[tuple[str, str], ...]:
    """Return role and name of each table of rows that a build reads."""
    data = project.settings.data
    training = None if data.reference_stats else data.reference
    named = (
        ("production rows", data.production),
        ("training rows", training),
        ("labels", data.labels.path if data.labels else None),
        ("requests", data.requests.path if data.requests else None),
    )
    return tuple((role, name) for role, name in named if name)


def small_files(project: Project) -> tuple[tuple[str, str], ...]:
    """Return role and name of each file that is read whole; the project file and its tables are none of them."""
    data, model = project.settings.data, project.settings.model
    named = (
        ("training statistics", data.reference_stats),
        ("model", model.path),
        ("previous model", model.previous.path if model.previous else None),
        ("inference cost", model.cost),
    )
    return tuple((role, name) for role, name in named if name)


def paths(project: Project) -> Iterator[Path]:
    """Yield where the project file and every input lie, those of a pattern one by one."""
    yield Path(project.folder, project.file)
    names = (name for _, name in (*tables(project), *small_files(project)))
    for name in (*names, *project.table_files):
        if not is_address(name):
            yield from files_of(project.folder, name)
