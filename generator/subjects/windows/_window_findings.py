"""Takes the courses of the error of all rows and of the segment levels, gives what changed of late as findings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from generator.estimates.headline import Head
from generator.records.evidence import Finding, Severity
from generator.records.fact import Fact, Sentence
from generator.records.table import Cell, Mark, Table

CHANCE, TOLD = 0.05, 5
"""Segment levels told one by one; the table has them all."""


def findings(facts: Mapping[str, Fact], acceptable: Fact, worse: Table, head: Head) -> Iterator[Finding]:
    """Yield whether the recent days are beyond what is acceptable or worse than those before, and which groups are."""
    recent, earlier, change = (facts[head.id(name)] for name in ("recent", "earlier", "recent_change"))
    limit = acceptable.value
    if isinstance(limit, float | int) and recent.low is not None and recent.low > limit:
        words: Sentence = (
            f"In the recent days the {head.metric.name} was ",
            recent,
            ", above the acceptable ",
            acceptable,
            ".",
        )
        yield _finding(head.id("recent"), "performance", "severe", head.metric.metric, words, (recent, acceptable))
    elif change.low is not None and change.low > 0 and _proven(facts, head):
        words = (
            f"In the recent days the {head.metric.name} was ",
            recent,
            ", against ",
            earlier,
            " in the earlier ones (",
            change,
            ").",
        )
        yield _finding(head.id("recent"), "performance", "confirmed", head.metric.metric, words, (recent, earlier))
    for row in worse.rows[:TOLD]:
        yield _of_level(row, head)


def _proven(facts: Mapping[str, Fact], head: Head) -> bool:
    """Return whether what the change is judged by is beyond margin and chance."""
    p = facts[head.id("recent_p")].value
    return facts[head.id("recent_material")].value is True and isinstance(p, float | int) and p <= CHANCE


def _of_level(row: tuple[Cell, ...], head: Head) -> Finding:
    segment, level, earlier, recent, change, _ = row
    assert isinstance(earlier, Fact) and isinstance(recent, Fact) and isinstance(change, Fact)
    words: Sentence = (
        f"{segment} {level}: in the recent days the {head.metric.name} was ",
        recent,
        ", against ",
        earlier,
        " in the earlier ones (",
        change,
        ").",
    )
    return _finding(recent.id, "segment", "confirmed", f"{segment} {level}", words, (recent, earlier, change))


def only_worse(table: Table, id: str, title: str) -> Table:
    """Return the rows of the table of segments that are worse beyond chance and margin, in its order."""
    rows = tuple(row for row in table.rows if isinstance(row[-1], Mark) and row[-1].word == "worse")
    reason = "" if rows else table.reason or "no group is worse in the recent days beyond chance and margin"
    return Table(id=id, title=title, columns=table.columns, rows=rows, reason=reason)


def _finding(
    id: str, kind: str, severity: Severity, subject: str, words: Sentence, evidence: tuple[Fact, ...]
) -> Finding:
    return Finding(
        id=id, kind=kind, severity=severity, subject=subject, words=words, evidence=tuple(fact.id for fact in evidence)
    )
