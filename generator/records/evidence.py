"""What the analyses found: facts, tables, and findings that stand on them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from generator.records.fact import Fact, Sentence
from generator.records.shelf import Shelf
from generator.records.table import Table

Severity = Literal["watch", "confirmed", "severe"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """Something a reader has to know, with the ids of the facts that show it."""

    id: str
    kind: str
    severity: Severity
    subject: str
    words: Sentence
    evidence: tuple[str, ...]


def finding(id: str, kind: str, severity: Severity, subject: str, words: Sentence, shown: tuple[Fact, ...]) -> Finding:
    """Return a finding that these facts show."""
    evidence = tuple(fact.id for fact in shown)
    return Finding(id=id, kind=kind, severity=severity, subject=subject, words=words, evidence=evidence)


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
