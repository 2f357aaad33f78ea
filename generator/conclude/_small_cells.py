"""Takes what all analyses found, gives it without what stands on so few rows that it may point at somebody."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from generator.estimates.facts import number
from generator.records.evidence import Evidence, Finding
from generator.records.fact import Fact, Sentence, facts_in, facts_of, missing
from generator.records.table import Cell, Table

SETTING = "dossier.yaml: privacy.small_cell"
AXES = frozenset({"date", "level", "entity", "group", "slice"})
"""Keys of the columns that say whose rows a row of a table tells of."""


def withhold(evidence: Evidence, smallest: int) -> Evidence:
    """Return the evidence without rows of tables, facts and findings that stand on 1 to `smallest` - 1 rows.

    The row of a day or a level goes whole, its name and its part of a result too; a fact on its own becomes one that
    says why it is left out.
    """
    gate = _Gate(smallest=max(1, smallest))
    cut = [gate.rows_of(table) for table in evidence.tables]
    gone = {fact.id for one in cut for row in one.dropped for fact in facts_of(row)}
    days = {row[0] for one in cut if _by_day(one.table) for row in one.dropped}
    kept = tuple(gate.fact(fact) for fact in evidence.facts if fact.id not in gone)
    hidden = gone | {fact.id for fact in evidence.facts if gate.hides(fact)}
    findings = tuple(one for one in evidence.findings if not hidden & _named(one))
    some = any(one.dropped for one in cut)
    counts = (
        Fact(id="privacy.withheld", value=some, label="Rows of tables are left out: too few rows", origin="derived"),
        number("privacy.withheld.days", len(days), label="Days left out of tables: too few rows", unit="days"),
        number(
            "privacy.withheld.rows",
            sum(len(one.dropped) for one in cut),
            label="Rows left out of tables: a day or a group of too few rows",
            unit="count",
        ),
    )
    return Evidence(
        facts=(*kept, *counts),
        tables=tuple(gate.table(one) for one in cut),
        findings=findings,
        shelf=evidence.shelf.without(gone),
    )


def as_shown(evidence: Evidence) -> Callable[[Fact], Fact]:
    """Return how a fact of a result is shown in the evidence, in a table of it too; one left out says so."""
    shown = {fact.id: fact for table in evidence.tables for row in table.rows for fact in facts_of(row)}
    shown |= {fact.id: fact for fact in evidence.facts}

    def change(fact: Fact) -> Fact:
        gone = missing(fact.id, f"it stands on too few rows or days ({SETTING})", label=fact.label, unit=fact.unit)
        return shown.get(fact.id) or gone

    return change


@dataclass(frozen=True, kw_only=True)
class _Cut:
    """A table, and its rows that are kept and dropped."""

    table: Table
    kept: tuple[tuple[Cell, ...], ...]
    dropped: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, kw_only=True)
class _Gate:
    """Knows how many rows are too few."""

    smallest: int

    def few(self, n: float | None) -> bool:
        """Return whether so many rows are some, and too few."""
        return n is not None and 0 < n < self.smallest

    def hides(self, fact: Fact) -> bool:
        """Return whether a fact was measured on too few rows."""
        return fact.origin == "measured" and fact.value is not None and self.few(fact.n)

    def fact(self, fact: Fact) -> Fact:
        """Return the fact, or why it is left out."""
        if not self.hides(fact):
            return fact
        return missing(fact.id, self.reason, label=fact.label, unit=fact.unit)

    @property
    def reason(self) -> str:
        """Return why something is left out."""
        return f"it stands on fewer than {self.smallest} rows or days ({SETTING})"

    def rows_of(self, table: Table) -> _Cut:
        """Return which rows of a table go: those of too few rows, and of days as many as hide one another."""
        told = any(column.key in AXES for column in table.columns[:2])
        sizes = [_size(table, row) for row in table.rows] if told else []
        out = {place for place, size in enumerate(sizes) if self.few(size)}
        if _by_day(table):
            out |= set(self._beside(sizes, out))
        kept = tuple(row for place, row in enumerate(table.rows) if place not in out)
        return _Cut(table=table, kept=kept, dropped=tuple(table.rows[place] for place in sorted(out)))

    def _beside(self, sizes: list[float], out: set[int]) -> Iterator[int]:
        """Yield the smallest other places, until a subtraction from the total tells of no fewer than is allowed."""
        hidden = sum(sizes[place] for place in out)
        for place in sorted(set(range(len(sizes))) - out, key=lambda place: (sizes[place], place)):
            if not self.few(hidden):
                return
            if 0 < sizes[place] < math.inf:
                hidden += sizes[place]
                yield place

    def table(self, cut: _Cut) -> Table:
        """Return the table of the kept rows, which says how many are not there."""
        rows = tuple(tuple(self._cell(cell) for cell in row) for row in cut.kept)
        if not cut.dropped:
            return replace(cut.table, rows=rows, note=self._sentence(cut.table.note))
        if not rows:
            return replace(
                cut.table, rows=(), reason=f"each row of it stands on fewer than {self.smallest} rows", note=()
            )
        count = number(
            f"privacy.withheld.rows.{cut.table.id}",
            len(cut.dropped),
            label=f"Rows left out: {cut.table.title}",
            unit="count",
        )
        told = (*self._sentence(cut.table.note), " Left out, for too few rows: ", count, ".")
        return replace(cut.table, rows=rows, note=told)

    def _cell(self, cell: Cell) -> Cell:
        if isinstance(cell, Fact):
            return self.fact(cell)
        return self._sentence(cell) if isinstance(cell, tuple) else cell

    def _sentence(self, words: Sentence) -> Sentence:
        return () if any(self.hides(fact) for fact in facts_in(words)) else words


def _by_day(table: Table) -> bool:
    return table.columns[0].key == "date"


def _size(table: Table, row: tuple[Cell, ...]) -> float:
    """Return how many rows of data stand behind a row: what it counts as such, else the most behind any fact of it."""
    measured = [(column.key, cell) for column, cell in zip(table.columns, row, strict=True) if isinstance(cell, Fact)]
    measured = [(key, fact) for key, fact in measured if fact.origin == "measured"]
    for key, fact in measured:
        if key == "rows" and isinstance(fact.value, int | float):
            return fact.value
    return max((fact.n for _, fact in measured if fact.n is not None), default=math.inf)


def _named(finding: Finding) -> set[str]:
    return {fact.id for fact in facts_in(finding.words)} | set(finding.evidence)
