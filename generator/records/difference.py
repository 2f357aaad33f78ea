"""Takes the results of two bundles, gives what changed from one to the other, each change once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Literal

from generator.records.decision import Alert, Gate, Trigger
from generator.records.evidence import Finding
from generator.records.fact import Fact, facts_of
from generator.records.notation import spell, write, write_interval
from generator.records.results import Header, Results
from generator.records.table import Cell, Mark

Kind = Literal["verdict", "gate", "finding", "alert", "trigger", "declared", "input", "words", "figure"]
KINDS: Mapping[Kind, str] = {
    "verdict": "Verdict",
    "gate": "Gates",
    "finding": "Findings",
    "alert": "Alerts",
    "trigger": "Triggers",
    "declared": "What is declared",
    "input": "Inputs",
    "words": "Rows of tables",
    "figure": "Figures",
}
"""The kinds of changes, those first that weigh most."""
OF_THE_BUILD = ("head.", "build.")
"""How the ids begin of what tells who made a document, when and from which bytes."""

LINE = re.compile(r"(\.ya?ml):\d+")
"""A place in the project file, of which the line is no part of what is said."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """One thing that is not what it was; `before` or `after` is empty where there is none.

    `facts` and `tables` are the ids of what prints it.
    """

    kind: Kind
    id: str
    title: str
    before: str
    after: str
    facts: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()


def changes(old: Results, new: Results) -> tuple[Change, ...]:
    """Return what changed, by kind; a figure that a gate, an alert or a trigger tells of is not told again."""
    told = [
        *_verdict(old, new),
        *_of("gate", old, new, _gates),
        *_of("finding", old, new, _findings),
        *_of("alert", old, new, _alerts),
        *_of("trigger", old, new, _triggers),
    ]
    known = {id for change in told for id in change.facts}
    facts = [change for change in _facts(old, new) if change.id not in known]
    order = tuple(KINDS)
    every = (*told, *facts, *_of("input", old, new, _inputs), *_tables(old, new))
    return tuple(sorted(every, key=lambda change: order.index(change.kind)))


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
    return {f"{alert.id}.{alert.level}": _alert(alert, results.header.currency) for alert in results.alerts}


def _alert(alert: Alert, currency: str) -> _Entry:
    words = (
        f"{alert.operator} {_shown(alert.threshold, currency)}, {alert.window_days} days, {alert.consecutive} in a row"
    )
    words += "" if alert.minimum_n is None else f", from {alert.minimum_n} rows on"
    return _Entry(title=f"{alert.metric}, {alert.level}", words=words, facts=_ids(alert.threshold))


def _triggers(results: Results) -> dict[str, _Entry]:
    return {f"{each.kind}.{each.id}": _trigger(each, results.header.currency) for each in results.triggers}


def _trigger(trigger: Trigger, currency: str) -> _Entry:
    words = f"{trigger.operator} {_shown(trigger.threshold, currency)}, holds now: {_shown(trigger.fired, currency)}"
    title = f"{trigger.kind} when {trigger.metric}"
    return _Entry(title=title, words=words, facts=_ids(trigger.threshold, trigger.fired))


def _inputs(results: Results) -> dict[str, _Entry]:
    head = results.header
    own = {"model": f"{head.model} {head.version}", "as of": head.as_of.isoformat(), "program": head.tool}
    found = {id: _Entry(title=id, words=words) for id, words in own.items()}
    for each in head.inputs:
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
            kind="declared" if fact.origin == "declared" else "figure",
            id=id,
            title=fact.label or id,
            before="" if was is None else _whole(was, old.header.currency),
            after="" if now is None else _whole(now, new.header.currency),
            facts=(id,),
        )


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
            yield from _of("words", old, new, partial(_rows, id))


def _rows(id: str, results: Results) -> dict[str, _Entry]:
    table = results.tables.get(id)
    found: dict[str, _Entry] = {}
    for row in table.rows if table else ():
        words = [text for text in (_words(cell) for cell in row) if text]
        if table and words:
            key = f"{table.id}: {words[0]}"
            key = key if key not in found else f"{key} ({len(found)})"
            found[key] = _Entry(title=table.title or table.id, words="; ".join(words), tables=(table.id,))
    return found


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
class Content:
    """What a document prints: ids of facts and of tables; `digest` is that of all it says."""

    id: str
    title: str
    facts: frozenset[str]
    tables: frozenset[str]
    digest: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
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
    documents: tuple[Reading, ...]


def document_of(before: Content, after: Content, every: Iterable[Change]) -> Reading:
    """Return which changes a document prints; a verdict stands in all of them."""
    facts, tables = before.facts | after.facts, before.tables | after.tables
    printed = tuple(
        change
        for change in every
        if change.kind == "verdict" or facts.intersection(change.facts) or tables.intersection(change.tables)
    )
    return Reading(id=after.id, title=after.title, same=before.digest == after.digest, changes=printed)
