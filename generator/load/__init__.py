"""Stage 1: a project file → `Project`, or everything that is wrong with it, with line and column."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from generator.errors import InputError, Problem
from generator.load.changes import changed, named
from generator.load.checks import CHECKS, files
from generator.load.journal import read_journal
from generator.load.linked import linked
from generator.load.places import in_order
from generator.load.schema import json_schema
from generator.load.shape import Shaped, shape
from generator.load.small_tables import with_tables
from generator.load.text import decode, read
from generator.load.trained import model_file, with_trained
from generator.load.tree import Branch, parse
from generator.records.named import project_file
from generator.records.project import Project

__all__ = ["json_schema", "load"]


def load(path: Path, *, changes: tuple[str, ...] = (), statistics: bool = True) -> Project:
    """Return the project of a file, or a folder with a `dossier.yaml`; an InputError has all problems.

    `changes` are values such as `data.time_zone=UTC` that take the place of the file's own. Without `statistics`,
    what the program itself measures and keeps need not be there yet.
    """
    file = project_file(path)
    content = read(file)
    root, slips = parse(decode(content, str(file)), str(file))
    root, trained, twice = _with_model_file(root, changes, file)
    root, tables = with_tables(root, file.parent)
    broken = (replace(one, where=f"{file}{one.where}" if one.where[0] == ":" else one.where) for one in tables.problems)
    shaped = shape(root, str(file))
    records, unread = read_journal(file.parent)
    problems = in_order((*slips, *twice, *broken, *shaped.problems, *_cross_check(shaped, file.parent, statistics)))
    problems += unread
    if problems or shaped.settings is None:
        raise InputError(problems[0].what, problems=problems)
    places, (settings, guessed) = shaped.content.places, linked(shaped.settings)
    return Project(
        settings=settings,
        folder=str(file.parent.absolute()),
        file=file.name,
        lines={".".join(map(str, path)): place.key.line for path, place in places.items() if path},
        tables={".".join(map(str, path)): place.key.file for path, place in places.items() if place.key.file},
        sha256=hashlib.sha256(content).hexdigest(),
        changes=tuple(map(named, changes)),
        read=tables.digests | trained,
        records=records,
        guessed=guessed,
        stated=shaped.settings.state,
    )


def _with_model_file(
    root: Branch, changes: tuple[str, ...], file: Path
) -> tuple[Branch, dict[str, str], list[Problem]]:
    """Return the tree with the file of `model.file` and the changes in it, its digest, and what stands twice."""
    named, digests, twice = model_file(changed(root, changes)), dict[str, str](), list[Problem]()
    if named:
        root, twice = with_trained(root, named, file, digests)
    return changed(root, changes), digests, twice


def _cross_check(shaped: Shaped, folder: Path, statistics: bool) -> Iterator[Problem]:
    """Yield what does not fit together, one problem a place."""
    if shaped.settings is None:
        return
    found = [complaint for check in CHECKS for complaint in check(shaped.settings)]
    first = {item.path: item for item in reversed((*found, *files.check(shaped.settings, folder, statistics)))}
    for complaint in reversed(first.values()):
        if not shaped.rests_on_gaps((complaint.path, *complaint.depends)):
            what = f"`{shaped.content.spell(complaint.path)}` {complaint.what}"
            yield shaped.content.problem(complaint.path, what, complaint.hint)
