"""Takes results and the change that is asked for, gives results that also hold what its request says."""

import datetime
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from generator.errors import InputError
from generator.records.decision import HOLDS_FULL, HOLDS_LAUNCH, HOLDS_PART
from generator.records.document import DocumentKind
from generator.records.fact import Fact, Sentence, Value, facts_in
from generator.records.reason import UNDECLARED
from generator.records.results import Results
from generator.records.table import Cell, Column, Mark, Table, day_of, value_of

Purpose = Literal["deployment", "rollback"]
CHANGE = DocumentKind(
    id="change-request", code="CHG", title="Change request", audience="change managers, and who carries the change out"
)
COLUMNS = (
    Column(key="number", label="No."),
    Column(key="task", label="Task", wide=True),
    Column(key="who", label="Who"),
    Column(key="minutes", label="Minutes"),
    Column(key="done", label="Done when", wide=True),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class ChangeRequest:
    """A change: one stage of the rollout, the first where none is named, or the way back."""

    purpose: Purpose
    stage: str = ""

    @property
    def name(self) -> str:
        """Return how its files are called: `rollback`, `deployment-half`."""
        return "-".join(filter(None, (self.purpose, re.sub(r"[^a-z0-9]+", "-", self.stage.lower()).strip("-"))))


def with_change(results: Results, change: ChangeRequest) -> Results:
    """Return the results with the facts `change.…` and the tables `change.tasks` and, of a stage, `change.conditions`.

    Raises InputError for a stage that is not declared, and where nothing says how to go back.
    """
    of = _deployment(results, change.stage) if change.purpose == "deployment" else _rollback(results)
    facts = {fact.id: fact for fact in (*_both(results, change), *of.facts)}
    tables = {one.id: one for one in of.tables}
    return replace(results, facts={**results.facts, **facts}, tables={**results.tables, **tables})


@dataclass(frozen=True, kw_only=True, slots=True)
class _Of:
    """What is said of one purpose alone."""

    facts: tuple[Fact, ...]
    tables: tuple[Table, ...]


def _both(results: Results, change: ChangeRequest) -> Iterator[Fact]:
    failing = [gate for gate in results.gates if gate.verdict == "fail"]
    yield _fact("deployment", "Deployment", change.purpose == "deployment")
    yield _fact("rollback", "Rollback", change.purpose == "rollback")
    if change.purpose == "deployment":
        grave = any(gate.hard for gate in failing)
        risk = "high" if grave else "medium" if failing or _open(results) else "low"
        why = "high where a hard gate fails, medium where another gate fails or is open, low where all pass"
    else:
        tested = _value(results, "rollback.previous.available") is True
        risk = "low" if tested else "high"
        why = "low where the version to go back to was loaded and scored in this build, else high"
    yield _fact("risk", "Risk", risk, method=why)
    yield _fact("risk_why", "How the risk was classed", why)


def _deployment(results: Results, name: str) -> _Of:
    stages = results.records("rollout.stages")
    if not stages:
        hint = "declare the stages under rollout.stages, and build again"
        raise InputError("the bundle has no stage of a rollout", hint=hint)
    by_name = {_text(row["stage"]): row for row in stages}
    if name and name not in by_name:
        raise InputError(f"there is no stage {name!r}", hint=f"there are {', '.join(by_name)}")
    chosen = name or next(iter(by_name))
    stage = by_name[chosen]
    start, end = day_of(stage["start"]), day_of(stage["end"])
    held = _held_back(results, value_of(stage["traffic"]))
    ready = not held.rows and results.verdict in ("proceed", "proceed_with_conditions")
    facts = (
        _fact("stage", "Stage", _text(stage["stage"])),
        _as("traffic", "Traffic of the new version", stage["traffic"]),
        _fact("shadow", "Without traffic", value_of(stage["traffic"]) == 0),
        _as("start", "Planned start", stage["start"]),
        _as("end", "Planned end", stage["end"]),
        *_gates({key: _text(row["gate"]) for key, row in by_name.items()}, chosen),
        _fact("kind", "Type", "normal: it is approved before it starts"),
        _fact("may_start", "May start", ready),
        _fact("freeze", "Freezes that it meets", _freeze(results, start, end)),
    )
    return _Of(facts=facts, tables=(_tasks({fact.id.partition(".")[2]: fact for fact in facts}, results), held))


def _gates(gates: Mapping[str, str], chosen: str) -> tuple[Fact, Fact]:
    """Return what has to hold before a stage begins and at its end; the last is behind its own gate too."""
    names = list(gates)
    at = names.index(chosen)
    last = at == len(names) - 1
    first = "; ".join(gates[one] for one in names[max(at - 1, 0) : at + last] if gates[one])
    end = "no condition for going back holds" if last else gates[chosen] or UNDECLARED
    title = "What has to hold before it begins"
    before = _fact("before", title, first) if first else _as("before", title, "no gate stands before it")
    return before, _fact("gate", "What has to hold at the end", end)


def _held_back(results: Results, traffic: Value) -> Table:
    """Return the conditions that hold back a stage of this share of the traffic, or an earlier one."""
    share = traffic if isinstance(traffic, (int, float)) else 1.0
    holding = (HOLDS_LAUNCH, *((HOLDS_PART,) if share > 0 else ()), *((HOLDS_FULL,) if share >= 1 else ()))
    every = results.tables.get("conditions.all") or Table(id="", title="", columns=(), rows=(), reason="none")
    rows = tuple(row for row, cells in zip(every.rows, every.records, strict=True) if _text(cells["blocks"]) in holding)
    return replace(every, id="change.conditions", rows=rows, reason="" if rows else "no condition holds it back")


def _tasks(of: Mapping[str, Fact], results: Results) -> Table:
    """Return what is done to bring a stage in."""
    owner = _value(results, "declared.project.owner")
    who = str(owner) if owner else UNDECLARED
    served: tuple[Sentence, Sentence] = (
        (("Let the new version answer beside the one in use",), ("its answers are logged, and nobody gets one",))
        if of["shadow"].value
        else (("Give the new version ", of["traffic"], " of the traffic"), ("the count of requests shows the share",))
    )
    steps: tuple[tuple[Sentence, Sentence], ...] = (
        (("Compare the SHA-256 of the model file with the one above",), ("they are equal",)),
        (("Send the requests of golden.json to the new version",), ("every answer lies within its tolerance",)),
        *(((("Look whether the stage may begin",), (of["before"],)),) if of["before"].value else ()),
        served,
        (("Hold the stage until ", of["end"]), (of["gate"],)),
    )
    rows = tuple((str(number), task, who, UNDECLARED, done) for number, (task, done) in enumerate(steps, start=1))
    return Table(id="change.tasks", title="Tasks", columns=COLUMNS, rows=rows)


def _rollback(results: Results) -> _Of:
    commands = results.records("runbook.commands")
    if not commands:
        hint = "declare rollback.steps with their commands, and build again"
        raise InputError("the bundle has no steps of a rollback", hint=hint)
    holding = [row for row in results.records("rollback.go_back") if _holds(row["fires"])]
    kind = "emergency: a condition for going back holds now" if holding else "standard: approved beforehand"
    facts = (
        _fact("kind", "Type", kind),
        _fact("holding", "Conditions for going back that hold now", len(holding), unit="count"),
        _fact("may_start", "May start", bool(holding)),
    )
    rows = tuple(
        (row["number"], row["title"], row["actor"] or UNDECLARED, row["minutes"] or UNDECLARED, row["expected"])
        for row in commands
    )
    return _Of(facts=facts, tables=(Table(id="change.tasks", title="Tasks", columns=COLUMNS, rows=rows),))


def _freeze(results: Results, start: datetime.date | None, end: datetime.date | None) -> str:
    if start is None or end is None:
        return "cannot be told: the stage has no dates"
    met = [
        f"{_text(row['reason'])} ({first.isoformat()} to {last.isoformat()})"
        for row in results.records("declared.calendar.freezes")
        if (first := day_of(row["start"])) and (last := day_of(row["end"])) and first <= end and start <= last
    ]
    return "; ".join(met) or "none"


def _open(results: Results) -> bool:
    return any(gate.verdict == "inconclusive" for gate in results.gates)


def _value(results: Results, id: str) -> Value:
    fact = results.facts.get(id)
    return fact.value if fact else None


def _holds(cell: Cell) -> bool:
    facts = [cell] if isinstance(cell, Fact) else list(facts_in(cell)) if isinstance(cell, tuple) else []
    return any(fact.value is True for fact in facts)


def _text(cell: Cell) -> str:
    if isinstance(cell, str):
        return cell
    if isinstance(cell, Mark):
        return cell.word
    parts = cell if isinstance(cell, tuple) else (cell,)
    return "".join(part if isinstance(part, str) else str(part.value) for part in parts if part)


def _as(key: str, label: str, cell: Cell) -> Fact:
    """Return the fact in a cell under a name of the request."""
    if isinstance(cell, Fact):
        return replace(cell, id=f"change.{key}", label=label)
    return Fact(id=f"change.{key}", value=None, label=label, reason=_text(cell) or UNDECLARED)


def _fact(key: str, label: str, value: Value, *, unit: str = "", method: str = "") -> Fact:
    return Fact(id=f"change.{key}", value=value, label=label, unit=unit, method=method, origin="derived")
