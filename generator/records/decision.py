"""What follows from the evidence: gates, alerts, triggers, conditions and the verdict."""

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from generator.records.evidence import ALL_ROWS, Claim, Evidence, Finding, Relation, Scope
from generator.records.fact import Fact, Sentence
from generator.records.project import Project
from generator.records.table import Table
from generator.records.timeline import Timeline

GateVerdict = Literal["pass", "fail", "inconclusive"]
Verdict = Literal["proceed", "proceed_with_conditions", "delay", "not_enough"]
RELATIONS: dict[GateVerdict, Relation] = {"pass": "within", "fail": "beyond", "inconclusive": "inconclusive"}
WHOLE, RECENT = "whole period", "recent days"
WINDOWS = {WHOLE: "whole", RECENT: "recent"}
"""Ids of windows by what they are called."""
HOLDS_LAUNCH, HOLDS_PART, HOLDS_FULL, HOLDS_NOTHING = "launch", "part of the traffic", "full traffic", "no"
"""What a condition holds back, from the earliest stage on."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Gate:
    """A criterion for launch; `hard` gates decide alone, soft ones make conditions."""

    id: str
    title: str
    hard: bool
    verdict: GateVerdict
    value: Fact
    bound: Fact
    why: Sentence
    """Where the bound comes from."""
    remedy: Sentence
    """What would make it pass, or settle it."""
    evidence: tuple[str, ...]
    metric: str = ""
    """Name in fact ids of what is held against the bound, which knows its direction; empty for a count."""
    window: str = WHOLE
    """The days that were judged, in the words of the table of windows."""
    scope: Scope = ALL_ROWS

    @property
    def claim(self) -> Claim:
        """Return the verdict as data."""
        return Claim(
            what=self.metric or self.id,
            relation=RELATIONS[self.verdict],
            value=self.value,
            baseline=self.bound,
            window=WINDOWS[self.window],
            scope=self.scope,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class AlertLevel:
    """One level of an alert: its bound, whom it calls, and what the supplied days say of it."""

    name: str
    """Its alerting rule in Prometheus."""
    level: str
    operator: str
    bound: Fact
    severity: str
    receiver: str
    false_messages: Fact
    """Messages a month that a healthy model sends."""
    visible_change: Fact
    """The smallest change that it tells."""
    delay: Fact
    """From the event to the message, the time until outcomes are in included."""
    fired_on: tuple[datetime.date, ...]
    fires: bool
    """Whether it fires at the end of the rows."""
    since: datetime.date | None
    """The first day of that firing; None where it does not fire, or is held against the whole period."""
    anchor: str
    """Its entry in the runbook, and in full."""
    runbook_url: str
    evidence: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Alert:
    """A monitored rule with everything that building it takes."""

    id: str
    kind: Literal["alert", "condition", "diagnostic", "burn"]
    """Diagnostics and conditions wake nobody; a burn is on the counters that a service exposes, not on rows."""
    title: str
    metric: str
    series: str
    """What has to be exposed, as Prometheus names it."""
    aggregation: str
    scope: str
    """The inputs that it judges: each one alone, the critical ones, their mean; none where it is not on inputs."""
    version: str
    """The version that its rows are of."""
    window_days: float
    closing: str
    """When a day is closed, by which clock; empty where nothing declares it."""
    lag: Fact | None
    """Days until outcomes are in, for rules that need them."""
    minimum_n: int | None
    repeats: int
    """Windows in a row beyond the bound that open it."""
    recovery: int
    """Windows within the bound that close it."""
    levels: tuple[AlertLevel, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class JudgedTrigger:
    """A condition that asks for retraining or rollback, and whether it holds now."""

    id: str
    kind: Literal["retraining", "rollback"]
    metric: str
    operator: str
    threshold: Fact
    fired: Fact
    evidence: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Decisions:
    """What one decision adds: facts, tables and findings of its own, and what it decided."""

    facts: tuple[Fact, ...] = ()
    tables: tuple[Table, ...] = ()
    findings: tuple[Finding, ...] = ()
    gates: tuple[Gate, ...] = ()
    alerts: tuple[Alert, ...] = ()
    triggers: tuple[JudgedTrigger, ...] = ()
    verdict: Verdict | None = None
    timeline: Timeline | None = None

    @property
    def evidence(self) -> Evidence:
        """Return the facts, tables and findings alone."""
        return Evidence(facts=self.facts, tables=self.tables, findings=self.findings)


def join(parts: Iterable[Decisions]) -> Decisions:
    """Return all parts as one, in order; the last verdict and the last timeline stand."""
    parts = tuple(parts)
    return Decisions(
        facts=tuple(item for part in parts for item in part.facts),
        tables=tuple(item for part in parts for item in part.tables),
        findings=tuple(item for part in parts for item in part.findings),
        gates=tuple(item for part in parts for item in part.gates),
        alerts=tuple(item for part in parts for item in part.alerts),
        triggers=tuple(item for part in parts for item in part.triggers),
        verdict=next((part.verdict for part in reversed(parts) if part.verdict), None),
        timeline=next((part.timeline for part in reversed(parts) if part.timeline), None),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Decision:
    """One decision of the catalogue: what it adds, given the evidence and what was decided before it."""

    id: str
    title: str
    run: Callable[[Project, Evidence, Decisions], Decisions]
