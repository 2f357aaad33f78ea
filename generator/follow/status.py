"""Takes a project, its records and its newest bundle, gives where the version stands today, and what is stale."""

import datetime
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from generator.bundle.approvals import Approvals, approvals
from generator.errors import InputError
from generator.estimates.facts import place
from generator.follow._bundles import Found, found
from generator.follow._conditions import Open, open_of
from generator.follow.standing import Standing, standing
from generator.load import load
from generator.load.known import known_at
from generator.records.address import is_address
from generator.records.change import PREVIOUS
from generator.records.files import MODEL_BYTES, read_file
from generator.records.journal import ABOUT, FILE, ROLE, VERSION, digest, latest
from generator.records.places import files_of, seen
from generator.records.project import Project
from generator.records.results import Input, Results
from generator.records.table import day_of
from generator.subjects.verdict import STATES, WORDS, allowed, state_of

NEXT = 5
"""Dates to come that are told."""
NO_FILE = ("command line", ROLE, PREVIOUS)
"""Roles of inputs that are no files to look at again."""


@dataclass(frozen=True, kw_only=True)
class Stand:
    """The version or a control: its state, since when, and where that is said."""

    name: str
    state: str
    since: datetime.date | None = None
    place: str = ""
    """File and line, or why it does not count."""


@dataclass(frozen=True, kw_only=True)
class Due:
    """Something dated that is to come."""

    day: datetime.date
    activity: str
    owner: str


@dataclass(frozen=True, kw_only=True)
class Status:
    """Where a version stands; without a bundle nothing is known of conditions and dates."""

    project: str
    model: str
    version: Stand
    controls: tuple[Stand, ...]
    stage: str
    """The largest stage that the controls allow, in words."""
    lacks: tuple[str, ...]
    """What the stage after it needs."""
    bundle: Path | None
    results: Results | None
    valid_until: datetime.date | None
    conditions: tuple[Open, ...]
    dates: tuple[Due, ...]
    stale: tuple[tuple[str, str], ...]
    """Kind and words of what is no longer as it was when the bundle was built, or when it was recorded."""
    manifest: str
    """SHA-256 of the bundle's; empty without one."""
    approval: Standing | None
    """Who approved the bundle; signatures are not looked at here."""
    unchecked: tuple[str, ...]
    """Inputs that are not looked at again: tables of a server, folders."""


def status(path: Path, named: Path | None, today: datetime.date, places: Sequence[Path]) -> Status:
    """Return where the version of a project stands on a day, by its records and the bundle named, else its newest."""
    whole = load(path, statistics=False)
    project, model = known_at(whole, today), whole.settings.model
    bundle = found(project, model.version, named, places)
    results = bundle.results if bundle else None
    stage, lacks = allowed(project)
    known = approvals(Path(project.folder), whole.records)
    return Status(
        project=project.settings.project.name,
        model=model.name,
        version=_version(project),
        controls=tuple(_controls(project)),
        stage=WORDS[stage],
        lacks=lacks,
        bundle=bundle.folder if bundle else None,
        results=results,
        valid_until=_valid_until(results) if results else None,
        conditions=tuple(open_of(results, project.records)) if results else (),
        dates=tuple(_coming(results, today))[:NEXT] if results else (),
        stale=(*_evidence(project), *_approvals(known), *(_stale(whole, bundle, today) if bundle else ())),
        manifest=bundle.manifest if bundle else "",
        approval=standing(bundle.results, bundle.contents, known.whole, project.records) if bundle else None,
        unchecked=tuple(_unchecked(whole, results)) if results else (),
    )


def _version(project: Project) -> Stand:
    record, version = latest(project.records, "state").get(VERSION), project.settings.model.version
    if record:
        state = project.settings.state
        own = f", {state.traffic:.3g} of the traffic" if state.traffic and state.stage == "canary" else ""
        return Stand(name=version, state=record.state + own, since=record.date, place=record.place)
    return Stand(name=version, state=project.settings.state.stage, place=place(project, "state.stage"))


def _controls(project: Project) -> Iterator[Stand]:
    declared = {str(one.name): (index, one) for index, one in enumerate(project.settings.state.controls)}
    for name in ABOUT["control"]:
        if name in declared:
            index, one = declared[name]
            where, state = place(project, f"state.controls.{index}"), state_of(project, name)
            if state == one.state:
                yield Stand(name=name, state=state, since=one.since, place=where)
            else:
                yield Stand(name=name, state=state, place=f"{where} says {one.state}, but nothing there wakes anybody")
        else:
            yield Stand(name=name, state=STATES[0])


def _valid_until(results: Results) -> datetime.date | None:
    fact = results.facts.get("calendar.valid_until")
    return day_of(fact) if fact else None


def _coming(results: Results, today: datetime.date) -> Iterator[Due]:
    for row in results.tables["calendar.dates"].records:
        day = day_of(row["date"])
        if day and day >= today:
            yield Due(day=day, activity=str(row["activity"]), owner=str(row["owner"]))


def _evidence(project: Project) -> Iterator[tuple[str, str]]:
    """Yield the evidence that is no longer what was recorded."""
    for one in project.records:
        try:
            content = read_file(Path(project.folder, one.evidence), most=MODEL_BYTES)
        except InputError:
            yield "evidence", f"{one.evidence}, the evidence of {one.place}, is gone"
            continue
        if hashlib.sha256(content).hexdigest() != one.sha256:
            yield "evidence", f"{one.evidence}, the evidence of {one.place}, is not what it was"


def _approvals(known: Approvals) -> Iterator[tuple[str, str]]:
    """Yield what is wrong among the approvals, which then count for nothing."""
    yield from (("approval", problem.what) for problem in known.problems)


def _stale(project: Project, bundle: Found, today: datetime.date) -> Iterator[tuple[str, str]]:
    """Yield what has changed since the bundle was built; `project` has all records."""
    until = _valid_until(bundle.results)
    if until and until < today:
        yield "expired", f"the papers ran out on {until}, {(today - until).days} days ago"
    yield from _records(project, bundle.results, today)
    for one in bundle.results.header.inputs:
        paths = _paths(project, one)
        if paths is None:
            continue
        if not all(path.is_file() for path in paths):
            yield "input", f"{one.name} ({one.role}) is gone"
        elif seen(paths).sha256 != one.sha256:
            yield "input", f"{one.name} ({one.role}) is not what it was"


def _records(project: Project, results: Results, today: datetime.date) -> Iterator[tuple[str, str]]:
    """Yield how many records are newer than the bundle, or that those it knew are not the same any more."""
    given = next((one for one in results.header.inputs if one.role == ROLE), None)
    count = (given.rows or 0) if given else 0
    known = (known_at(project, day).records[:count] for day in (results.header.as_of, None))
    if given and given.sha256 not in map(digest, known):
        yield "records", f"the first lines of {FILE} are not what the bundle was built from: lines are never edited"
    if newer := len(known_at(project, today).records) - count:
        yield "records", f"{newer} newer than the bundle: {FILE}"


def _unchecked(project: Project, results: Results) -> Iterator[str]:
    yield from (one.name for one in results.header.inputs if one.role not in NO_FILE and _paths(project, one) is None)


def _paths(project: Project, given: Input) -> tuple[Path, ...] | None:
    """Return the files of an input; None where it is none, or none that is compared byte by byte."""
    if given.role in NO_FILE or is_address(given.name):
        return None
    paths = files_of(project.folder, given.name)
    return None if any(path.is_dir() for path in paths) else paths
