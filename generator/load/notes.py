"""A valid project → the notes that people keep beside it, by document and section: `notes/<document>/<section>.md`."""

import re
from collections.abc import Iterator
from pathlib import Path

from generator.errors import InputError, Problem
from generator.load.checks.texts import MARKS
from generator.load.text import UNPRINTABLE
from generator.records.files import MEGABYTE, as_text
from generator.records.inputs import read_input
from generator.records.project import Project

FOLDER, SUFFIX = "notes", ".md"
LARGEST = MEGABYTE // 16
CODE = re.compile(r"\{%.*?(?:%\}|$)|\{#.*?(?:#\}|$)|\{\{")
HEADING = re.compile(r"#{1,6}\s")
FORM = f"a note lies at {FOLDER}/<document>/<section>{SUFFIX}, as in {FOLDER}/monitoring/state-now{SUFFIX}"
WORDS = "write words; a figure of the build is cited as [$9.49](fact:performance.rmse.production)"


def notes(project: Project) -> dict[str, str]:
    """Return the notes by `document/section`; raises InputError with everything that is wrong with them.

    What begins with a dot is nobody's note.
    """
    root = Path(project.folder, FOLDER)
    found, problems = {}, []
    for path in sorted(path for path in root.rglob("*") if path.is_file()):
        place = path.relative_to(root)
        if any(part.startswith(".") for part in place.parts):
            continue
        name = f"{FOLDER}/{place.as_posix()}"
        if len(place.parts) != 2 or place.suffix != SUFFIX:
            problems.append(Problem(what="the file is no note", where=name, hint=FORM))
            continue
        text = as_text(read_input(project, name, most=LARGEST, hint="a note is a few paragraphs"), name)
        problems += _slips(text, name, project.settings.project.meant)
        found[place.with_suffix("").as_posix()] = text
    if problems:
        raise InputError(problems[0].what, problems=tuple(problems))
    return found


def _slips(text: str, name: str, meant: tuple[str, ...]) -> Iterator[Problem]:
    """Yield what in a note is left to be filled in, is code of a template, or has no place in a section."""
    if not text.strip():
        yield Problem(what="the note is empty", where=name, hint="write it, or remove the file")
    for number, line in enumerate(text.splitlines(), start=1):
        where = f"{name}:{number}"
        if code := CODE.search(line):
            yield Problem(what=f"{code[0][:40]!r} is code of a template, and a note is none", where=where, hint=WORDS)
        elif (left := MARKS.search(line)) and left[0] not in meant:
            hint = "write what is meant; or list it under `project.meant`"
            yield Problem(what=f"the note still holds the placeholder {left[0][:60]!r}", where=where, hint=hint)
        if HEADING.match(line):
            hint = "write paragraphs and lists: the section has a heading"
            yield Problem(what="a heading stands in the note", where=where, hint=hint)
        if hidden := UNPRINTABLE.search(line):
            what = f"the character U+{ord(hidden[0]):04X} cannot be printed"
            yield Problem(what=what, where=where, hint="remove it")
