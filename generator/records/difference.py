"""Takes the results of two bundles, gives what changed from one to the other, each change once."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial

from generator.records.change import KINDS, OF_CHANGES, PREVIOUS, Change, Kind
from generator.records.decision import Alert, AlertLevel, Gate, JudgedTrigger
from generator.records.evidence import Finding
from generator.records.fact import Fact, facts_of
from generator.records.notation import spell, write, write_interval
from generator.records.results import Header, Results
from generator.records.table import Cell, Mark, Table

OF_THE_BUILD = ("head.", "build.", OF_CHANGES)
"""How the ids begin of what tells who made a document, when, from which bytes, and after which other."""
ADVICE = (
    "rollback.tonight.helps",
    "rollback.tonight.harms",
    "rollback.previous.available",
    "retraining.now",
    "retraining.recommended.name",
)
REQUEST = {"request.name": "", "request.next": "next ", "request.lacks": "which needs "}
MONEY = (
    "business.",
    "retraining.",
    "actions.",
    "risks.",
    "declared.business.",
    "declared.retraining.",
    "declared.risks.",
)
"""How the ids begin of what costs or earns money; elsewhere money is the unit of a prediction."""
OWNERS = ("owner", "approver", "deputy", "name", "role", "contact", "phone", "pager", "receiver", "who")
"""Keys of columns, and last words of ids, that say who."""
SPEC, BREAKING = "features.spec", ("type", "unit", "meaning", "transformation")
"""The table of the inputs, and what of them cannot change without the producer."""

LINE = re.compile(r"(\.ya?ml):\d+")
"""A place in the project file, of which the line is no part of what is said."""


def changes(old: Results, new: Results) -> tuple[Change, ...]:
    """Return what changed, by kind; a figure that a gate, an alert or a trigger tells of is not told again."""
    told = [
        *_verdict(old, new),
        *_of("request", old, new, _request),
        *_of("gate", old, new, _gates),
        *_of("finding", old, new, _findings),
        *_of("alert", old, new, _alerts),
        *_of("trigger", old, new, _triggers),
    ]
    known = {id for change in told for id in change.facts}
    facts = [change for change in _facts(old, new) if change.id not in known]
    order = tuple(KINDS)
    every = (*told, *facts, *_of("input", old, new, _inputs), *_notes(old, new), *_tables(old, new))
    return tuple(
        sorted(every, key=lambda change: (order.index(change.kind), _head(change.before) == _head(change.after)))
    )


def _head(words: str) -> str:
    """Return what comes first: the verdict of a gate, the severity of a finding."""
    return words.partition(":")[0]


def _request(results: Results) -> dict[str, "_Entry"]:
    facts = {id: results.facts[id] for id in REQUEST if id in results.facts and results.facts[id].value is not None}
    words = "; ".join(f"{REQUEST[id]}{fact.value}" for id, fact in facts.items())
    return {"request": _Entry(title="Asked for", words=words, facts=tuple(facts))}


@dataclass(frozen=True, kw_only=True, slots=True)
class _Entry:
    title: str
    words: str
    facts: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()


def _of(kind: Kind, old: Results, new: Results, entries: Callable[[Results], Mapping[str, _Entry]]) -> Iterator[Change]:
    """Yield the changes among the entries of two results."""
    before, after = entries(old), entries(new)
    nothing = _Entry(title="", words="")
    for id in dict.fromkeys((*after, *before)):
        was, now = before.get(id, nothing), after.get(id, nothing)
        if was.words != now.words:
            yield Change(
                kind=kind,
                id=id,
                title=now.title or was.title,
                before=was.words,
                after=now.words,
                facts=tuple(dict.fromkeys((*now.facts, *was.facts))),
                tables=now.tables or was.tables,
            )


def _verdict(old: Results, new: Results) -> Iterator[Change]:
    if old.verdict != new.verdict:
        before, after = (results.verdict.replace("_", " ") for results in (old, new))
        yield Change(kind="verdict", id="verdict", title="Verdict", before=before, after=after)


def _gates(results: Results) -> dict[str, _Entry]:
    return {gate.id: _gate(gate, results.header.currency) for gate in results.gates}


def _gate(gate: Gate, currency: str) -> _Entry:
    words = f"{gate.verdict}: {_shown(gate.value, currency)} against {_shown(gate.bound, currency)}, {gate.window}"
    hard = f"{gate.title}, {'hard' if gate.hard else 'soft'}"
    return _Entry(title=hard, words=words, facts=_ids(gate.value, gate.bound))


def _findings(results: Results) -> dict[str, _Entry]:
    return {finding.id: _finding(finding, results.header.currency) for finding in results.findings}


def _finding(finding: Finding, currency: str) -> _Entry:
    words = f"{finding.severity}: {spell(finding.words, currency=currency)}"
    return _Entry(title=finding.subject, words=words, facts=_ids(finding.words))


def _alerts(results: Results) -> dict[str, _Entry]:
    return {
        f"{alert.id}.{each.level}": _alert(alert, each, results.header.currency)
        for alert in results.alerts
        for each in alert.levels
    }


def _alert(alert: Alert, level: AlertLevel, currency: str) -> _Entry:
    days = "a day" if alert.window_days == 1 else f"{alert.window_days:.3g} days"
    words = f"{level.operator} {_shown(level.bound, currency)} over {days}"
    words += "" if alert.repeats == 1 else f", {alert.repeats} times in a row"
    words += "" if alert.minimum_n is None else f", from {alert.minimum_n} rows on"
    return _Entry(title=f"{alert.metric}, {level.level}", words=words, facts=_ids(level.bound))


def _triggers(results: Results) -> dict[str, _Entry]:
    return {f"{each.kind}.{each.id}": _trigger(each, results.header.currency) for each in results.triggers}


def _trigger(trigger: JudgedTrigger, currency: str) -> _Entry:
    words = f"{trigger.operator} {_shown(trigger.threshold, currency)}, holds now: {_shown(trigger.fired, currency)}"
    title = f"{trigger.kind} when {trigger.metric}"
    return _Entry(title=title, words=words, facts=_ids(trigger.threshold, trigger.fired))


def _inputs(results: Results) -> dict[str, _Entry]:
    head = results.header
    own = {"model": f"{head.model} {head.version}", "as of": head.as_of.isoformat(), "program": head.tool}
    found = {id: _Entry(title=id, words=words) for id, words in own.items()}
    for each in head.inputs:
        if each.role == PREVIOUS:
            continue
        rows = "" if each.rows is None else f", {each.rows:,} rows"
        found[f"{each.role} {each.name}"] = _Entry(title=each.role, words=f"{each.name}, {each.sha256[:12]}…{rows}")
    return found


def _facts(old: Results, new: Results) -> Iterator[Change]:
    for id in dict.fromkeys((*new.facts, *old.facts)):
        was, now = old.facts.get(id), new.facts.get(id)
        fact = now or was
        if fact is None or id.startswith(OF_THE_BUILD) or _same(was, now):
            continue
        yield Change(
            kind=_kind(fact),
            id=id,
            title=fact.label or id,
            before="" if was is None else _whole(was, old.header.currency),
            after="" if now is None else _whole(now, new.header.currency),
            facts=(id,),
        )


def _kind(fact: Fact) -> Kind:
    """Return what a fact tells of, by its id, its unit and where it comes from."""
    if fact.id in ADVICE:
        return "advice"
    if fact.unit == "date":
        return "date"
    if fact.unit == "money" and fact.id.startswith(MONEY):
        return "cost"
    if fact.id.rpartition(".")[2] in OWNERS and isinstance(fact.value, str):
        return "owner"
    return "declared" if fact.origin == "declared" else "figure"


def _same(was: Fact | None, now: Fact | None) -> bool:
    if was is None or now is None:
        return was is now
    return said(was) == said(now)


def said(fact: Fact) -> tuple[str, ...]:
    """Return what a fact says: value, unit, range, and why there is none; not in which line something is declared."""
    return (str(fact.value), fact.unit, str(fact.low), str(fact.high), LINE.sub(r"\1", fact.reason))


def _tables(old: Results, new: Results) -> Iterator[Change]:
    """Yield the rows whose words changed; what is a fact in them is told as one."""
    for id in dict.fromkeys((*new.tables, *old.tables)):
        if not id.startswith(OF_THE_BUILD):
            was, now = (_cells(each.tables.get(id)) for each in (old, new))
            for change in _of("words", old, new, partial(_rows, id)):
                yield _ranked(change, was.get(change.id, {}), now.get(change.id, {}))


def _ranked(change: Change, was: Mapping[str, str], now: Mapping[str, str]) -> Change:
    """Return a change of a row as its cells tell it: of an input, breaking or not, of an owner, or of words."""
    keys = [key for key in {**now, **was} if was.get(key) != now.get(key)]
    before, after = ("; ".join(filter(None, (each.get(key, "") for key in keys))) for each in (was, now))
    changed = replace(change, before=before, after=after)
    if change.tables == (SPEC,):
        breaks = not was or not now or not set(keys).isdisjoint(BREAKING)
        how = "added" if not was else "removed" if not now else ", ".join(keys)
        title = f"{(now or was)['name']}: {how}, {'breaking' if breaks else 'not breaking'}"
        return replace(changed, kind="feature", title=title)
    named = replace(changed, title=f"{change.title}: {change.id.partition(': ')[2]}")
    return replace(named, kind="owner") if was and now and set(keys).issubset(OWNERS) else named


def _rows(id: str, results: Results) -> dict[str, _Entry]:
    title = results.tables[id].title if id in results.tables else ""
    return {
        key: _Entry(title=title or id, words="; ".join(filter(None, cells.values())), tables=(id,))
        for key, cells in _cells(results.tables.get(id)).items()
    }


def _cells(table: Table | None) -> dict[str, dict[str, str]]:
    """Return the words of each row by column, under the first of them and, where it repeats, a number."""
    found: dict[str, dict[str, str]] = {}
    for row in table.records if table else ():
        words = {key: _words(cell) for key, cell in row.items()}
        first = next(filter(None, words.values()), "")
        if table and first:
            key = f"{table.id}: {first}"
            found[key if key not in found else f"{key} ({len(found)})"] = words
    return found


def _notes(old: Results, new: Results) -> Iterator[Change]:
    """Yield the notes of the team that are others; a document prints its own."""
    was, now = (each.presentation.notes for each in (old, new))
    for place in sorted({*was, *now}):
        before, after = (" ".join(each.get(place, "").split()) for each in (was, now))
        if before != after:
            own = (place.partition("/")[0],)
            yield Change(kind="words", id=place, title=f"Note, {place}", before=before, after=after, printed=own)


def _words(cell: Cell) -> str:
    if isinstance(cell, Fact):
        return ""
    if isinstance(cell, tuple):
        return "".join(part if isinstance(part, str) else "…" for part in cell)
    return cell.word if isinstance(cell, Mark) else cell


def _shown(fact: Fact, currency: str) -> str:
    return write(fact, currency=currency)


def _whole(fact: Fact, currency: str) -> str:
    bounds = write_interval(fact, currency=currency)
    return _shown(fact, currency) + (f" ({bounds})" if bounds else "")


def _ids(*values: object) -> tuple[str, ...]:
    return tuple(dict.fromkeys(fact.id for value in values for fact in facts_of(value)))


@dataclass(frozen=True, kw_only=True, slots=True)
class PrintedContent:
    """What a document prints: ids of facts and of tables; `digest` is that of all it says."""

    id: str
    title: str
    facts: frozenset[str]
    tables: frozenset[str]
    digest: str


@dataclass(frozen=True, kw_only=True, slots=True)
class DocumentReading:
    """A document of the new bundle: whether it says what it said before, and the changes that it prints."""

    id: str
    title: str
    same: bool
    changes: tuple[Change, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """What changed from one bundle to another, and what that means for each document."""

    old: Header
    new: Header
    changes: tuple[Change, ...]
    documents: tuple[DocumentReading, ...]


def by_consequence(documents: tuple[DocumentReading, ...]) -> tuple[DocumentReading, ...]:
    """Return the documents that an approver must read again, that with the weightiest change first."""
    order = tuple(KINDS)
    weight = {
        each.id: min((order.index(change.kind) for change in each.changes), default=len(order)) for each in documents
    }
    return tuple(sorted((each for each in documents if not each.same), key=lambda each: weight[each.id]))


def document_of(before: PrintedContent, after: PrintedContent, every: Iterable[Change]) -> DocumentReading:
    """Return which changes a document prints; a verdict stands in all of them."""
    facts, tables = before.facts | after.facts, before.tables | after.tables
    printed = tuple(
        change
        for change in every
        if change.kind == "verdict"
        or after.id in change.printed
        or facts.intersection(change.facts)
        or tables.intersection(change.tables)
    )
    return DocumentReading(id=after.id, title=after.title, same=before.digest == after.digest, changes=printed)
