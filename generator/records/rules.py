"""The rules of the contract as the specification prints them, and what a file says of each."""

import datetime
import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from generator.records.fact import Fact
from generator.records.table import Cell, Table

OF_DAYS = {"missing_alert", "missing_stop"}
"""Kinds of rules that judge the share of missing values of a day; the others judge a row."""
OF_KEYS = "request"
"""Kind of the rules that judge the keys of a request, of which a file keeps nothing."""
ENOUGH = 5
"""Missing values at the limit from which the share of a day is judged: on fewer rows one gap would stop an input."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FeatureRule:
    """One rule: its limits, what is done where it is broken, and how grave that is: info, warning or error."""

    id: str
    feature: str
    kind: str
    """`range`, `levels`, `missing`, `missing_alert`, `missing_stop`, `output`, `request` for its keys."""
    severity: str
    low: float | None
    high: float | None
    """Ends of a range, which belong to it; of a rule on days the largest share."""
    levels: tuple[str, ...]
    on_breach: str
    words: str = ""
    """What it asks for; of a rule that has limits they say it."""

    @property
    def judged(self) -> bool:
        """Whether it has what a row of a file is held against: a category without known levels has not."""
        return self.kind != OF_KEYS and (self.kind != "levels" or bool(self.levels))


@dataclass(frozen=True, kw_only=True, slots=True)
class RuleCount:
    """What a file says of a rule: rows, or days, that break it, of those looked at; None where nothing was."""

    rule: FeatureRule
    broken: int | None
    of: int
    largest: float | None = None
    """The largest share of a day, of rules on days."""
    why: str = ""

    @property
    def holds(self) -> bool:
        """Whether nothing breaks it, or nobody promised it."""
        return not self.broken or self.rule.severity == "info"


@dataclass(frozen=True, kw_only=True)
class FileCounts:
    """What a file says of the contract."""

    name: str
    rows: int
    days: tuple[datetime.date, ...]
    """Its days in order; none where it has no times, and then all of it is one day."""
    undated: int
    rules: tuple[RuleCount, ...]
    actions: Mapping[str, int]
    """Rows on which each declared action falls, those with most rows first."""
    rejected: int
    """Rows that an action keeps from the model."""
    absent: tuple[str, ...]
    """Features that the file has no column for: missing in every row."""
    unreadable: Mapping[str, int]
    """Values by column that do not read as a number or a time, which count as missing."""

    def worst(self) -> str:
        """Return the severity of the gravest rule that is broken; empty where all hold."""
        found = {count.rule.severity for count in self.rules if not count.holds}
        found |= {"error"} if self.absent else set()
        found |= {"warning"} if self.unreadable else set()
        return next((word for word in ("error", "warning") if word in found), "")


def least_rows(limit: float) -> int:
    """Return the rows of a day from which a limit on its missing values is judged; where none may miss, the first."""
    return math.ceil(ENOUGH / limit - 1e-9) if limit > 0 else 1


def rules_of(table: Table | None) -> tuple[FeatureRule, ...]:
    """Return the rules of the table `features.rules`."""
    return tuple(_rules(table)) if table is not None else ()


def _rules(table: Table) -> Iterator[FeatureRule]:
    for row in table.records:
        levels = _text(row["levels"])
        yield FeatureRule(
            id=_text(row["id"]),
            feature=_text(row["feature"]),
            kind=_text(row["kind"]),
            severity=_text(row["severity"]),
            low=_number(row["low"]),
            high=_number(row["high"]),
            levels=tuple(json.loads(levels)) if levels else (),
            on_breach=_text(row["on_breach"]),
            words=_text(row["rule"]),
        )


def _text(cell: Cell) -> str:
    return cell if isinstance(cell, str) else ""


def _number(cell: Cell) -> float | None:
    value = cell.value if isinstance(cell, Fact) else None
    return float(value) if isinstance(value, int | float) else None
