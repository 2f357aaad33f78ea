"""What the analyses found: facts, tables, and findings that stand on them."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from generator.records.fact import Fact, Sentence, facts_in, facts_of
from generator.records.shelf import Shelf
from generator.records.table import Table

Severity = Literal["watch", "confirmed", "severe"]


Relation = Literal[
    "above", "below", "differs", "alike", "holds", "fails", "contradicts", "within", "beyond", "inconclusive"
]
"""Of a value to what it is held against: without that, to nought. A state holds or fails; words contradict; the bound
of a gate is kept, passed, or the interval lies on both sides of it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Scope:
    """What is spoken of: a segment or one of its levels, or a feature; all rows where everything is empty."""

    segment: str = ""
    level: str = ""
    feature: str = ""


ALL_ROWS = Scope()


def _size(fact: Fact) -> float | None:
    """Return what orders a fact: its number, or its day."""
    return fact.value.toordinal() if isinstance(fact.value, datetime.date) else fact.number


@dataclass(frozen=True, kw_only=True, slots=True)
class Claim:
    """What a finding or a gate asserts, as data; words say the same."""

    what: str
    relation: Relation
    value: Fact | None
    baseline: Fact | None = None
    """What the value is held against: a limit, the same before, another model."""
    window: str = "whole"
    """Id of the window that the value is of."""
    scope: Scope = ALL_ROWS

    @property
    def borne_out(self) -> bool | None:
        """Return whether the numbers or days stand in that relation; None where neither decide it."""
        value = None if self.value is None else _size(self.value)
        held = 0.0 if self.baseline is None else _size(self.baseline)
        if value is None or held is None:
            return None
        order = {"above": value > held, "below": value < held, "differs": value != held}
        return order.get(self.relation)


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """Something a reader has to know, what it asserts, and the ids of the facts that show it."""

    id: str
    kind: str
    severity: Severity
    subject: str
    words: Sentence
    claim: Claim
    evidence: tuple[str, ...]


def finding(
    id: str, kind: str, severity: Severity, subject: str, words: Sentence, claim: Claim, *more: Fact
) -> Finding:
    """Return a finding; what shows it are the facts of its claim, these, and those in its words."""
    shown = (*facts_of((claim, more)), *facts_in(words))
    ids = tuple(dict.fromkeys(fact.id for fact in shown))
    return Finding(id=id, kind=kind, severity=severity, subject=subject, words=words, claim=claim, evidence=ids)


@dataclass(frozen=True, kw_only=True, slots=True)
class Evidence:
    """Facts, tables and findings, concatenated in catalogue order, and the results that they are printed from."""

    facts: tuple[Fact, ...] = ()
    tables: tuple[Table, ...] = ()
    findings: tuple[Finding, ...] = ()
    shelf: Shelf = field(default_factory=Shelf)

    def fact(self, id: str) -> Fact:
        """Return the fact `id`; a KeyError when no analysis made it."""
        for fact in self.facts:
            if fact.id == id:
                return fact
        raise KeyError(id)


def join(parts: Iterable[Evidence]) -> Evidence:
    """Return all parts as one, in order."""
    parts = tuple(parts)
    return Evidence(
        facts=tuple(fact for part in parts for fact in part.facts),
        tables=tuple(table for part in parts for table in part.tables),
        findings=tuple(finding for part in parts for finding in part.findings),
        shelf=Shelf({kind: found for part in parts for kind, found in part.shelf.results.items()}),
    )
