"""Takes the evidence and the earlier decisions, gives a look-up of their facts and tables by id."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

from generator.records.decision import Decisions
from generator.records.evidence import Evidence, Finding
from generator.records.fact import NOWHERE, Fact, missing, segment_of
from generator.records.headline import resolved
from generator.records.shelf import Shelf
from generator.records.table import Cell, Table

Row = Mapping[str, Cell]


TOO_LATE = "after the day of this build: not counted"
"""What is said of a measurement of a day that is ahead."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """Everything that is known when a decision is made; what is not there is a missing fact, never an error."""

    facts: Mapping[str, Fact]
    tables: Mapping[str, Table]
    findings: tuple[Finding, ...]
    shelf: Shelf

    def fact(self, id: str) -> Fact:
        """Return the fact `id`, or the one that says that nothing gives it."""
        id = resolved(id, self.facts)
        return self.facts.get(id) or missing(id, NOWHERE)

    def of_feature(self, pattern: str, name: str) -> Fact:
        """Return the fact of a feature, `pattern` with `{}` for its name.

        The analyses write the first letter of a name as %XX where the name is a word of another id.
        """
        apart = pattern.format(f"%{ord(name[0]):02X}{name[1:]}") if name else ""
        return self.facts.get(apart) or self.fact(pattern.format(segment_of(name)))

    def number(self, id: str) -> float | None:
        """Return the value of the fact `id` where it is a number."""
        return self.facts[id].number if (id := resolved(id, self.facts)) in self.facts else None

    def date(self, id: str) -> datetime.date | None:
        """Return the value of the fact `id` where it is a date."""
        return date_of(self.facts[id]) if id in self.facts else None

    def rows(self, id: str) -> tuple[Row, ...]:
        """Return the rows of the table `id` by column key; none where there is no such table."""
        table = self.tables.get(id)
        return () if table is None else table.records

    @property
    def as_of(self) -> datetime.date | None:
        """Return the day the documents speak of: the build's own, else the newest day of the data."""
        return self.date("build.as_of") or self.date("data.production.end")

    def is_ahead(self, day: datetime.date | None) -> bool:
        """Return whether a day comes after the one the documents speak of: what is said of it has not happened."""
        return day is not None and self.as_of is not None and day > self.as_of


def known(evidence: Evidence, earlier: Decisions) -> Known:
    """Return the look-up; where an id stands twice, the later fact or table counts."""
    facts = {fact.id: fact for fact in (*evidence.facts, *earlier.facts)}
    return Known(
        facts=facts,
        tables={table.id: table for table in (*evidence.tables, *earlier.tables)},
        findings=(*evidence.findings, *earlier.findings),
        shelf=evidence.shelf,
    )


def number_of(cell: Cell | None) -> float | None:
    """Return the number in a cell, if there is one."""
    return cell.number if isinstance(cell, Fact) else None


def date_of(cell: Cell | None) -> datetime.date | None:
    """Return the day in a cell: a fact with a date, or an ISO date as text."""
    value = cell.value if isinstance(cell, Fact) else cell
    if isinstance(value, datetime.date):
        return value
    if not isinstance(value, str):
        return None
    try:
        return datetime.date.fromisoformat(value)
    except ValueError:
        return None


def text_of(cell: Cell | None) -> str:
    """Return the text in a cell; empty for numbers."""
    value = cell.value if isinstance(cell, Fact) else cell
    return value if isinstance(value, str) else ""
