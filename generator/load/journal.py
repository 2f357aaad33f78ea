"""`records.jsonl` beside a project file → records, or all that is wrong with its lines; words → a new record."""

import datetime
import hashlib
import json
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from generator.errors import InputError, Problem
from generator.load.keys import nearest
from generator.load.text import UNPRINTABLE, decode
from generator.records.files import MEGABYTE, MODEL_BYTES, read_file
from generator.records.journal import ABOUT, APPROVAL, FILE, KEYS, STATES, TRAFFIC, Record, share_of
from generator.records.project import Project

LARGEST, LONGEST, MOST = 10 * MEGABYTE, 300, 20
"""Bytes of the file, signs of a text, problems that are told."""
ADDRESS = re.compile("[a-z][a-z0-9+.-]+:/", re.IGNORECASE)
DIGEST = re.compile("[0-9a-f]{64}")
FORM = "each line is a JSON object as `dossier record` writes it; a line is never edited, a later one takes its place"
Wrong = tuple[str, str]
"""What is wrong, and what would be right."""


def read_journal(folder: Path) -> tuple[tuple[Record, ...], tuple[Problem, ...]]:
    """Return the records beside a project file, none where there is no such file, and what is wrong with its lines."""
    file = folder / FILE
    if not file.exists():
        return (), ()
    try:
        lines = decode(read_file(file, most=LARGEST), str(file)).split("\n")
    except InputError as error:
        return (), error.problems
    records: list[Record] = []
    problems: list[Problem] = []
    for number, text in enumerate(lines, start=1):
        if len(problems) >= MOST:
            break
        found = _record(text, number) if text.strip() else ()
        if isinstance(found, Record):
            records.append(found)
        else:
            problems += [Problem(what=f"the line {what}", where=f"{file}:{number}", hint=hint) for what, hint in found]
    return tuple(records), tuple(problems)


def _record(text: str, number: int) -> Record | tuple[Wrong, ...]:
    """Return the record of a line, or what is wrong with it; that of an approval is as it was written, to the space."""
    fields = _fields(text)
    if fields is None:
        return (("is no record", FORM),)
    if wrong := tuple(_wrong(fields)):
        return wrong
    plain: dict[str, Any] = {**fields, "date": datetime.date.fromisoformat(fields["date"]), "line": number}
    record = Record(**plain)
    return record if record.kind != APPROVAL or record.text == text else (("was edited", FORM),)


def new_record(project: Project, evidence: Path, today: datetime.date, **fields: Any) -> Record:
    """Return what is to be recorded, of no line yet; an InputError says why it cannot be."""
    day, file = fields.pop("date"), evidence.absolute()
    shown = Path(os.path.relpath(file, project.folder)).as_posix()
    plain = {**fields, "date": day.isoformat(), "evidence": shown, "sha256": _digest(evidence, project)}
    _refuse((*_wrong(plain), *_unlikely(project, plain["version"], day, today)))
    return Record(**{**plain, "date": day})


def checked(record: Record) -> Record:
    """Return a record that can be read back from its line; an InputError says why another cannot."""
    _refuse(tuple(_wrong(json.loads(record.text))))
    return record


def _refuse(wrong: tuple[Wrong, ...]) -> None:
    if wrong:
        problems = tuple(Problem(what=f"the record {what}", where=FILE, hint=hint) for what, hint in wrong)
        raise InputError(problems[0].what, problems=problems)


def _unlikely(project: Project, version: str, day: datetime.date, today: datetime.date) -> Iterator[Wrong]:
    if day > today:
        yield f"is of {day}, and today is {today}", "record what has happened, once it has"
    model = project.settings.model
    known = [model.version, *([model.previous.version] if model.previous else [])]
    known += [one.version for one in project.records]
    if version not in known:
        yield (
            f"is of version {version}, which nothing here knows",
            f"one of {', '.join(dict.fromkeys(filter(None, known)))}; or set model.version in {project.file} first",
        )


def _digest(evidence: Path, project: Project) -> str:
    if ADDRESS.match(str(evidence)):
        hint = "save the page as a file, and name that: its digest is kept"
        raise InputError("evidence is a file, not an address", where=str(evidence), hint=hint)
    hint = "name the file that shows it: a log, a protocol, a page that was saved"
    content = read_file(evidence, most=MODEL_BYTES, hint=hint)
    if not content.strip():
        raise InputError("the evidence is empty", where=str(evidence), hint=hint)
    if evidence.resolve() in {Path(project.folder, name).resolve() for name in (project.file, FILE)}:
        raise InputError("a record cannot prove itself", where=str(evidence), hint=hint)
    return hashlib.sha256(content).hexdigest()


def _fields(text: str) -> dict[str, str] | None:
    """Return the fields of a line; None where it is not an object of exactly these texts."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    plain = isinstance(found, dict) and set(found) == set(KEYS)
    return found if plain and all(isinstance(value, str) for value in found.values()) else None


def _wrong(fields: Mapping[str, str]) -> Iterator[Wrong]:
    kind, about = fields["kind"], fields["about"]
    if kind not in ABOUT:
        yield _unknown("is of a kind that there is not", kind, tuple(ABOUT))
        return
    if ABOUT[kind] and about not in ABOUT[kind]:
        yield _unknown(f"is of a {kind} that there is not", about, ABOUT[kind])
    yield from _no_state(kind, fields["state"])
    for key in KEYS:
        text = fields[key]
        if not text.strip() or len(text) > LONGEST or UNPRINTABLE.search(text) or "\n" in text:
            yield f"has under `{key}` no text of one line", f"up to {LONGEST} signs that can be seen"
    if not _is_day(fields["date"]):
        yield f"has the date {fields['date'][:40]!r}, which is no day", "write it as 2026-06-01"
    if not DIGEST.fullmatch(fields["sha256"]):
        yield "has under `sha256` no digest", "the 64 hexadecimal digits of the evidence's SHA-256"


def _no_state(kind: str, state: str) -> Iterator[Wrong]:
    if kind == TRAFFIC:
        if share_of(state) is None:
            yield f"names no share of the traffic: {state[:80]!r}", "write it as 0.1 or 10%"
    elif state not in STATES[kind]:
        yield _unknown("names a state that there is not", state, STATES[kind])


def _unknown(what: str, word: str, known: tuple[str, ...]) -> Wrong:
    near = nearest(word, known)
    return f"{what}: {word[:80]!r}", f"did you mean {near}?" if near else f"one of {', '.join(known)}"


def _is_day(text: str) -> bool:
    try:
        return datetime.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
