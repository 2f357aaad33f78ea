"""The folder of a project and its records → the approvals in it that are whole, and all that is not in order."""

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from generator.bundle._manifest import digest_of, read
from generator.bundle._write import STEM
from generator.errors import InputError, Problem
from generator.records.approval import FILE, FOLDER, Statement, envelope, read_envelope
from generator.records.files import MEGABYTE, read_file
from generator.records.journal import APPROVAL, Record
from generator.records.scratch import RANDOM

LARGEST = 100 * MEGABYTE
HALF = re.compile(rf"{FOLDER}/{re.escape(STEM)}[0-9a-f]{{{2 * RANDOM}}}(/|$)")
"""What a killed process left, which the next approval sweeps."""
FIND = "take the folder of approvals and records.jsonl from where they were written; nothing counts but what is whole"


@dataclass(frozen=True, kw_only=True)
class Approval:
    """A statement with the record of it, its signature by an SSH key, and the PDF that came back."""

    name: str
    """Of its folder: `001-head-of-pricing`."""
    record: Record
    statement: Statement
    signature: str
    pdf: bytes
    """Empty where there is none."""


@dataclass(frozen=True, kw_only=True)
class Approvals:
    """The approvals of a project in their order, those that are whole alone, and what is wrong with the rest."""

    whole: tuple[Approval, ...]
    problems: tuple[Problem, ...]
    head: str
    """SHA-256 of the last record of an approval, which the next one has to name."""

    def files(self, manifest: str) -> dict[str, bytes]:
        """Return path and bytes of what is kept of the approvals of a bundle, by the SHA-256 of its manifest."""
        own = [one for one in self.whole if one.statement.manifest == manifest]
        kept = {one.record.evidence: envelope(one.statement, one.signature) for one in own}
        pdfs = {f"{FOLDER}/{one.name}/{one.statement.returned.file}": one.pdf for one in own if one.statement.returned}
        return kept | pdfs


def approvals(folder: Path, records: Iterable[Record]) -> Approvals:
    """Return the approvals of the project in a folder.

    Each has to be what its record says, and to name the record before it; no file may be in no record.
    """
    head, whole, problems = "", [], []
    own = [record for record in records if record.kind == APPROVAL]
    for record in own:
        found, wrong = _read(folder, record, head)
        problems += [Problem(what=f"{record.evidence} {what}", where=record.place, hint=FIND) for what in wrong]
        if found and not wrong:
            whole.append(found)
        head = hashlib.sha256(record.text.encode()).hexdigest()
    problems += [
        Problem(what=f"{path} is in no record, and counts for nothing", where=str(folder), hint=FIND)
        for path in _strange(folder, own)
    ]
    return Approvals(whole=tuple(whole), problems=tuple(problems), head=head)


def _read(folder: Path, record: Record, head: str) -> tuple[Approval | None, list[str]]:
    """Return an approval, and all that is wrong with it."""
    file = folder / record.evidence
    try:
        content = read_file(file, most=LARGEST)
    except InputError:
        return None, ["is missing"]
    if hashlib.sha256(content).hexdigest() != record.sha256:
        return None, ["is not what was recorded"]
    found = read_envelope(content)
    if found is None:
        return None, ["is no approval as it is written here"]
    statement, signature = found
    wrong = [] if _told(record) == _said(statement) else ["and its record do not say the same"]
    wrong += [] if statement.previous == head else ["does not follow the approval before it: one was removed or added"]
    pdf = b""
    if statement.returned:
        path = file.with_name(statement.returned.file)
        if digest_of(path) == statement.returned.sha256:
            pdf = path.read_bytes()
        else:
            wrong.append(f"has a PDF that is not what was signed: {path.name}")
    wrong += [] if signature or pdf or wrong else ["is not signed"]
    return Approval(name=file.parent.name, record=record, statement=statement, signature=signature, pdf=pdf), wrong


def _told(record: Record) -> tuple[str, ...]:
    return record.about, record.state, record.version, record.date.isoformat(), record.who


def _said(statement: Statement) -> tuple[str, ...]:
    return statement.role, statement.decision, statement.version, statement.time[:10], statement.name


def _strange(folder: Path, records: Iterable[Record]) -> Iterator[str]:
    """Yield what lies among the approvals and in none of them."""
    known = {FOLDER}
    for record in records:
        known |= {record.evidence, str(Path(record.evidence).parent)}
        found = read_envelope((folder / record.evidence).read_bytes()) if (folder / record.evidence).is_file() else None
        if found and found[0].returned:
            known.add(str(Path(record.evidence).with_name(found[0].returned.file)))
    for path in sorted((folder / FOLDER).rglob("*")):
        shown = path.relative_to(folder).as_posix()
        if shown not in known and not HALF.match(shown):
            yield shown


def check_unsigned(target: Path, project: Path) -> None:
    """Raise InputError when the bundle in a folder is one that somebody has decided about, whole or not."""
    manifest = read(target)
    if manifest is None:
        return
    for file in sorted((project / FOLDER).glob(f"*/{FILE}")):
        found = read_envelope(read_file(file, most=LARGEST))
        if found and found[0].manifest == manifest.sha256:
            what = f"the bundle there is signed: {FOLDER}/{file.parent.name}"
            raise InputError(what, where=str(target), hint="name another folder with -o; nothing was written")
