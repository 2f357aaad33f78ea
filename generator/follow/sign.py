"""Takes a bundle and what somebody decided about it, gives the approval beside the project, signed and recorded."""

import fcntl
import hashlib
import os
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from generator.bundle import Manifest, listed, replaced
from generator.bundle.approvals import Approvals, approvals
from generator.bundle.explain import CITATIONS, contents
from generator.bundle.journal import appended
from generator.bundle.verify import intact
from generator.errors import EnvironmentLacks, InputError, Problem, Unverified
from generator.follow import _ssh
from generator.follow.standing import approvers, is_of, objections
from generator.load.journal import checked, read_journal
from generator.load.keys import nearest
from generator.load.whose import project_of
from generator.records.approval import FILE, FOLDER, Decision, Statement, envelope, field_name
from generator.records.artifact import Artifact
from generator.records.journal import APPROVAL, Record
from generator.records.journal import FILE as RECORDS
from generator.records.results import Results

if TYPE_CHECKING:
    from generator.follow._returned import Pdf

SLUG = 40
"""Letters of a role in the name of a folder, at most."""


@dataclass(frozen=True, kw_only=True)
class Came:
    """A PDF that came back, filled in or signed."""

    file: Path


@dataclass(frozen=True, kw_only=True)
class Pkcs12:
    """A key with its certificate, as a file has them, and the password of it."""

    content: bytes
    password: str


@dataclass(frozen=True, kw_only=True)
class Ssh:
    """A key of SSH, or a public one whose private one an agent holds."""

    file: Path


@dataclass(frozen=True, kw_only=True)
class SignWish:
    """What is decided, by whom, and how it is signed."""

    role: str
    name: str
    decision: Decision | None
    """None where the PDF that came back says it."""
    conditions: str
    documents: tuple[str, ...]
    """Empty means all."""
    accepted: tuple[str, ...]
    by: Came | Pkcs12 | Ssh


@dataclass(frozen=True, kw_only=True)
class Made:
    """An approval that was recorded: where it lies, what it says, and whether its PDF left PDF/A."""

    folder: Path
    record: Record
    statement: Statement
    outside: bool


@dataclass(frozen=True, kw_only=True)
class _Bundle:
    """A bundle that was checked, what its documents say, and the folder of its project."""

    folder: Path
    results: Results
    manifest: Manifest
    contents: Mapping[str, str]
    project: Path

    @property
    def pdfs(self) -> dict[str, bytes]:
        names = [f"{id}.pdf" for id in self.contents if f"{id}.pdf" in self.manifest.files]
        return {name: listed(self.folder, name, self.manifest) for name in names}


def sign(folder: Path, wish: SignWish, now: datetime, named: Path | None = None) -> Made:
    """Record what somebody decided about the documents of a bundle.

    Raises Unverified when the bundle or an earlier approval is not as it was, InputError when it cannot be decided so;
    then nothing has changed.
    """
    bundle = _opened(folder, named)
    with _alone(bundle.project):
        records, unread = read_journal(bundle.project)
        known = approvals(bundle.project, records)
        if problems := (*unread, *known.problems):
            raise Unverified(problems[0].what, problems=problems)
        pdf, wish = _pdf(bundle, wish, known)
        statement = _statement(bundle, wish, known, now)
        own = [one for one in records if one.version == statement.version]
        _check(bundle.results, statement, own)
        _check_owner(bundle.results, wish, pdf)
        return _recorded(bundle.project, statement, pdf, wish.by)


def _opened(folder: Path, named: Path | None) -> _Bundle:
    found = intact(folder)
    name = found.results.header.project
    project = project_of(folder, name, named)
    if project is None:
        hint = "name its folder, to which the approval goes: --project DIR"
        raise InputError(f"the project {name} was not found from here", where=str(folder), hint=hint)
    said = contents(listed(folder, CITATIONS, found.manifest))
    if not said:
        hint = "build it again: since then a bundle tells what its documents say"
        raise InputError("the bundle is older than approvals", where=str(folder), hint=hint)
    return _Bundle(folder=folder, results=found.results, manifest=found.manifest, contents=said, project=project)


@contextmanager
def _alone(project: Path) -> Iterator[None]:
    """Let nobody else sign in a project meanwhile: each approval names the one before it."""
    handle = os.open(project, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _pdf(bundle: _Bundle, wish: SignWish, known: Approvals) -> "tuple[Pdf | None, SignWish]":
    """Return the PDF that came back or is to be signed, and the wish with what stands in it."""
    if isinstance(wish.by, Ssh):
        return None, wish
    require_pyhanko()
    from generator.follow import _returned

    line = _line(bundle.results, wish.role)
    if isinstance(wish.by, Pkcs12):
        return _returned.to_sign(bundle.pdfs, line, known.whole), wish
    pdf = _returned.came_back(wish.by.file, bundle.pdfs, line)
    decision, conditions = _returned.said_in(pdf, wish.decision, wish.conditions, wish.by.file)
    return pdf, replace(wish, decision=decision, conditions=conditions)


def require_pyhanko() -> None:
    """Raise EnvironmentLacks where there is nothing to read and write signatures inside PDFs with."""
    try:
        import_module("generator.follow._pades")
    except ImportError as error:
        hint = "pip install 'deployment-dossier[sign]'"
        raise EnvironmentLacks(f"signatures inside PDFs need pyHanko: {error}", hint=hint) from error


def _line(results: Results, role: str) -> int:
    roles = [each.role for each in approvers(results)]
    if role not in roles:
        listed = ", ".join(roles) or "none: declare people.approvers"
        raise InputError(f"the bundle asks for no approval by {role!r}", hint=f"the roles it asks for: {listed}")
    return roles.index(role) + 1


def _statement(bundle: _Bundle, wish: SignWish, known: Approvals, now: datetime) -> Statement:
    if wish.decision is None:
        raise InputError("no decision is named", hint="say it: --decision approve|conditions|reject")
    for id in wish.documents:
        _one_of(id, bundle.contents, "the bundle has no document")
    chosen = wish.documents or tuple(bundle.contents)
    head = bundle.results.header
    return Statement(
        role=wish.role,
        name=wish.name,
        decision=wish.decision,
        conditions=wish.conditions,
        accepted=wish.accepted,
        time=now.astimezone(UTC).isoformat(timespec="seconds"),
        project=head.project,
        version=head.version,
        manifest=bundle.manifest.sha256,
        documents={id: bundle.contents[id] for id in chosen},
        previous=known.head,
    )


def _check(results: Results, statement: Statement, records: Sequence[Record]) -> None:
    """Raise InputError with everything that stands against a decision."""
    if (statement.decision == "conditions") != bool(statement.conditions.strip()):
        hint = "--decision conditions --conditions TEXT; approve and reject have none"
        raise InputError("conditions are said exactly where the decision is `conditions`", hint=hint)
    for id in statement.accepted:
        _one_of(id, [gate.id for gate in results.gates if gate.hard and gate.verdict == "fail"], "no failing gate is")
    who = (statement.role, statement.name)
    found = tuple(objections(results, who, statement.decision, statement.accepted, records))
    if found:
        problems = tuple(Problem(what=what, where=statement.project, hint=hint) for what, hint in found)
        raise InputError(found[0][0], problems=problems)


def _check_owner(results: Results, wish: SignWish, pdf: "Pdf | None") -> None:
    """Raise InputError where the certificate that signs, or has signed, is somebody else's."""
    if pdf is None:
        return
    from generator.follow import _pades

    if isinstance(wish.by, Pkcs12):
        owners = [_pades.owner(wish.by.content, wish.by.password)]
    else:
        field = field_name(pdf.line, "signature")
        owners = [(one.name, one.mails) for one in _pades.signatures(pdf.content) if one.field == field]
    for owner, mails in owners:
        if not is_of(wish.name, owner, mails, results):
            hint = "name who signs as the certificate does, or declare the address in it under people.roles"
            raise InputError(f"the certificate is that of {owner}, not of {wish.name}", hint=hint)


def _one_of(id: str, known: Sequence[str] | Mapping[str, str], what: str) -> None:
    if id not in known:
        near = nearest(id, known)
        hint = f"did you mean {near}?" if near else f"there is {', '.join(known) or 'none'}"
        raise InputError(f"{what} {id!r}", hint=hint)


def _recorded(project: Path, statement: Statement, pdf: "Pdf | None", by: Came | Pkcs12 | Ssh) -> Made:
    """Sign, and write all of it; the last step is the line of the record, without which nothing counts."""
    if pdf and isinstance(by, Pkcs12):
        from generator.follow import _returned

        pdf = _returned.sealed(pdf, statement, by.content, by.password)
    statement = replace(statement, returned=pdf.returned if pdf else None)
    content = envelope(statement, _ssh.signed(statement.content, by.file) if isinstance(by, Ssh) else "")
    folder = project / FOLDER / _name(project, statement.role)
    files = [Artifact(path=FILE, content=content), *([Artifact(path=pdf.name, content=pdf.content)] if pdf else [])]
    record = checked(
        Record(
            kind=APPROVAL,
            about=statement.role,
            state=statement.decision,
            version=statement.version,
            date=date.fromisoformat(statement.time[:10]),
            who=statement.name,
            evidence=f"{FOLDER}/{folder.name}/{FILE}",
            sha256=hashlib.sha256(content).hexdigest(),
        )
    )
    try:
        replaced(folder, files, "approval")
        line, _ = appended(project / RECORDS, record.text)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return Made(folder=folder, record=replace(record, line=line), statement=statement, outside=_left(pdf))


def _name(project: Path, role: str) -> str:
    """Return the name of the next folder: a number above all that are there, and the role."""
    taken = [int(path.name[:3]) for path in (project / FOLDER).glob("[0-9][0-9][0-9]*")]
    slug = re.sub("[^a-z0-9]+", "-", role.casefold()).strip("-")[:SLUG].strip("-")
    return f"{max(taken, default=0) + 1:03d}-{slug or 'role'}"


def _left(pdf: "Pdf | None") -> bool:
    if pdf is None:
        return False
    from generator.follow import _pades

    return _pades.outside(pdf.content)
