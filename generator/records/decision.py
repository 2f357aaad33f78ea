"""What follows from the evidence: gates, alerts, triggers, conditions and the verdict."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from generator.records.evidence import Evidence, Finding
from generator.records.fact import Fact, Sentence
from generator.records.project import Project
from generator.records.table import Table
from generator.records.timeline import Timeline

GateVerdict = Literal["pass", "fail", "inconclusive"]
Verdict = Literal["proceed", "proceed_with_conditions", "delay", "not_enough"]


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
    window: str = "whole period"
    """The days that were judged, in the words of the table of windows."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Alert:
    """One level of one monitored rule; `anchor` is its entry in the runbook."""

    id: str
    metric: str
    level: str
    operator: str
    threshold: Fact
    window_days: int
    consecutive: int
    minimum_n: int | None
    anchor: str
    evidence: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Trigger:
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
    triggers: tuple[Trigger, ...] = ()
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
