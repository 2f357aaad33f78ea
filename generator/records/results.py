"""Everything that documents are made from: facts, tables, findings and decisions of one build."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

from generator.records.decision import Alert, Gate, Trigger, Verdict
from generator.records.evidence import Finding
from generator.records.fact import Fact
from generator.records.table import Table


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
    triggers: tuple[Trigger, ...]
