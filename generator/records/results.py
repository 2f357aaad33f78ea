"""Everything that documents are made from: facts, tables, findings and decisions of one build."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field

from generator.records.decision import Alert, Decisions, Gate, JudgedTrigger, Verdict
from generator.records.evidence import Evidence, Finding
from generator.records.fact import Fact, facts_of
from generator.records.presentation import PLAIN, Presentation
from generator.records.shelf import Shelf
from generator.records.table import Cell, Table


@dataclass(frozen=True, kw_only=True, slots=True)
class Input:
    """A file that went into the build."""

    role: str
    name: str
    sha256: str
    rows: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Header:
    """Which system, which model, as of when, from what; `digest` stands for all inputs together."""

    project: str
    title: str
    model: str
    version: str
    as_of: datetime.date
    currency: str
    simulated: bool
    classification: str
    inputs: tuple[Input, ...]
    digest: str
    tool: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Results:
    """The whole input of `compose`; written as `results.json` and read back from it without loss."""

    header: Header
    verdict: Verdict
    facts: Mapping[str, Fact]
    tables: Mapping[str, Table]
    findings: tuple[Finding, ...]
    gates: tuple[Gate, ...]
    alerts: tuple[Alert, ...]
    triggers: tuple[JudgedTrigger, ...]
    presentation: Presentation = PLAIN
    """What the team makes of the documents."""
    shelf: Shelf = field(default_factory=Shelf, compare=False)

    def records(self, id: str) -> tuple[Mapping[str, Cell], ...]:
        """Return the rows of a table by column key; none where there is no such table."""
        table = self.tables.get(id)
        return table.records if table else ()


def collect(header: Header, evidence: Evidence, decisions: Decisions, presentation: Presentation = PLAIN) -> Results:
    """Return the results of a build: every fact once, wherever it stands.

    A quantity has one value: two facts of one id may differ in their words only, else ValueError.
    """
    tables = {table.id: table for table in (*evidence.tables, *decisions.tables)}
    facts: dict[str, Fact] = {}
    shown = (evidence.facts, decisions.facts, tables, evidence.findings, decisions.findings, decisions.gates)
    for fact in facts_of((*shown, decisions.alerts, decisions.triggers)):
        if (known := facts.setdefault(fact.id, fact)) != fact:
            if (known.value, known.unit, known.low, known.high) != (fact.value, fact.unit, fact.low, fact.high):
                raise ValueError(f"two facts of the id {fact.id}: {known!r} and {fact!r}")
            facts[fact.id] = fact
    shelf = evidence.shelf.changed(lambda fact: facts.get(fact.id, fact))
    return Results(
        header=header,
        verdict=decisions.verdict or "delay",
        facts=dict(sorted(facts.items())),
        tables=tables,
        findings=(*evidence.findings, *decisions.findings),
        gates=decisions.gates,
        alerts=decisions.alerts,
        triggers=decisions.triggers,
        shelf=shelf if decisions.timeline is None else shelf.added(decisions.timeline),
        presentation=presentation,
    )
