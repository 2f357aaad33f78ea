"""Takes a ledger, gives what the analyses of features share: entity groups, days, units, facts and tables."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from generator.estimates import facts as _facts
from generator.estimates.facts import dated, number
from generator.records.aggregates import FloatArray
from generator.records.evidence import Evidence, Finding
from generator.records.fact import Fact, Value, facts_in, segment_of
from generator.records.ledger import Aggregates, Ledger
from generator.records.project import Project
from generator.records.table import Cell, Column, Mark, Status, Table
from generator.results.words import Quantity, worded
from generator.stats.arrays import divide
from generator.stats.cluster import fold_groups, jackknife_variance
from generator.stats.distributions import t_quantile, t_two_sided
from generator.stats.multiplicity import benjamini_hochberg
from generator.stats.proportions import wilson

SOURCE = _facts.BOTH
NO_REFERENCE = f"not computable: {_facts.NO_REFERENCE}"
NOT_TOLD = f"not computable: {_facts.NOT_TOLD}"
NO_DAYS = "not computable: the rows have no dates"
TOO_FEW = "not computable: too few entities"
FALSE_DISCOVERIES = 0.05
SEVERE = 2.5
"""How many times its margin the lower bound of a severe effect exceeds."""
SHOWN = 11
"""Findings told one by one; the others are told together."""
RESERVED = frozenset(
    (
        "any",
        "classifier",
        "count",
        "daily",
        "errors",
        "impact",
        "known",
        "largest",
        "multivariate",
        "overall",
    )
)
"""Words that stand in fact ids where a feature's name could stand."""


@dataclass(frozen=True, kw_only=True, eq=False)
class FeatureEstimates:
    """Values with their standard errors, nan where not computable."""

    value: FloatArray
    se: FloatArray


@dataclass(frozen=True, kw_only=True)
class Groups:
    """How many entity groups the ledger's 64 are folded to; 0 when there are too few entities."""

    count: int
    entities: bool

    @property
    def folds(self) -> int:
        """Return the number of groups to fold to: one, hence no variance, when there are too few entities."""
        return max(self.count, 1)

    @property
    def df(self) -> float:
        """Return the degrees of freedom of a jackknife over the groups."""
        return float(self.count - 1)

    @property
    def method(self) -> str:
        """Return how intervals were found."""
        if not self.count:
            return f"no interval: too few {'entities' if self.entities else 'rows'}"
        return f"jackknife over {self.count} {'entity' if self.entities else 'row'} groups"

    def quantile(self, p: float) -> float:
        """Return the quantile of Student's t with these degrees of freedom; nan without groups."""
        return t_quantile(p, self.df)

    def p_values(self, estimate: FeatureEstimates) -> FloatArray:
        """Return two-sided p-values of "the value is 0"; a value without any spread is certain."""
        t = divide(estimate.value, estimate.se, empty=math.inf)
        p = [t_two_sided(float(x), self.df) for x in t]
        certain = np.where(estimate.value == 0, 1.0, p)
        known: FloatArray = np.where(np.isfinite(estimate.value) & np.isfinite(estimate.se), certain, np.nan)
        return known


def groups_of(ledger: Ledger) -> Groups:
    """Return the entity groups that the production rows are folded to."""
    entities = ledger.production.entities
    return Groups(count=0 if entities is None else fold_groups(entities), entities=ledger.entity_groups)


def is_partial(reference: Aggregates) -> bool:
    """Return whether the reference is a summary by column, which tells a part only, and not counted from rows."""
    return reference.group is None


def standard_error(left_out: FloatArray) -> FloatArray:
    """Return the delete-a-group standard error of values (G, …) computed without each group."""
    error: FloatArray = np.sqrt(jackknife_variance(left_out))
    return error


def reference_variance(ledger: Ledger, variance: FloatArray, row1: FloatArray, row0: FloatArray) -> FloatArray:
    """Return the variance of a reference statistic known only as a whole, from that of production.

    `row1` and `row0` are what independent rows would give. The correlation of an entity's rows is read from the
    design effect of production and carried over to the reference's rows per entity.
    """
    m1, m0 = rows_per_entity(ledger.production), rows_per_entity(ledger.reference)
    excess = np.maximum(divide(variance, row1, empty=1.0) - 1.0, 0.0)
    correlation = np.clip(divide(excess, m1 - 1.0, empty=1.0), 0.0, 1.0)
    carried: FloatArray = row0 * (1.0 + (m0 - 1.0) * correlation)
    return carried


def rows_per_entity(sums: Aggregates | None) -> float:
    """Return the mean number of rows of an entity, at least one."""
    if sums is None or sums.entities is None:
        return 1.0
    return max(1.0, sums.rows / max(1.0, float(sums.entities.sum())))


def adjusted(p: FloatArray) -> FloatArray:
    """Return p-values adjusted for the false discovery rate over all features or pairs."""
    return np.asarray(benjamini_hochberg(p), dtype=np.float64)


def grade(point: FloatArray, lower: FloatArray, p: FloatArray) -> NDArray[np.int64]:
    """Return 0 for ok, 1 watch, 2 confirmed, 3 severe, from effects in units of their margin and adjusted p-values."""
    sure = (p <= FALSE_DISCOVERIES) & (lower >= 1.0)
    level = np.where(sure, np.where(lower >= SEVERE, 3, 2), np.where(point >= 1.0, 1, 0))
    return np.asarray(level, dtype=np.int64)


STATUSES: tuple[Status, ...] = ("ok", "watch", "confirmed", "severe")


def mark(level: int | np.int64) -> Mark:
    """Return the status cell of a grade."""
    status = STATUSES[int(level)]
    return Mark(status=status, word=status)


def part(name: str) -> str:
    """Return a feature's name as one part of a fact id, kept apart from the words of other ids."""
    return f"%{ord(name[0]):02X}{name[1:]}" if name in RESERVED else segment_of(name)


def dates(ledger: Ledger) -> list[tuple[int, str]]:
    """Return the place and the ISO date of every day of production; rows without a date have none."""
    return [(place, day.isoformat()) for place, day in dated(ledger)]


def critical(project: Project) -> frozenset[str]:
    """Return the names of the features declared critical."""
    return frozenset(feature.name for feature in project.settings.data.features if feature.critical)


def measured(
    what: str | Quantity,
    value: float,
    *,
    label: str = "",
    unit: str = "",
    reason: str = TOO_FEW,
    half: float = math.nan,
    low: float = math.nan,
    high: float = math.nan,
    n: float | None = None,
    method: str = "",
) -> Fact:
    """Return a number with its interval, or the fact that gives the reason when it is no number."""
    if math.isfinite(half):
        low, high = value - half, value + half
    return number(
        what,
        float(value),
        label=label,
        unit=unit,
        low=float(low),
        high=float(high),
        n=n,
        method=method,
        source=SOURCE,
        reason=reason,
    )


def share_of(
    what: str | Quantity,
    share: float,
    se: float,
    *,
    n: float,
    label: str = "",
    method: str = "",
    reason: str = "not computable: no rows",
) -> Fact:
    """Return a share with the Wilson interval of as many rows as its standard error is worth."""
    worth = share * (1.0 - share) / se**2 if se > 0 and 0.0 < share < 1.0 else math.nan
    limits = wilson(share * worth, worth)
    return measured(
        what, share, label=label, unit="share", reason=reason, low=limits.low, high=limits.high, n=n, method=method
    )


def counted(
    what: str | Quantity, value: Value, *, label: str = "", unit: str = "count", reason: str = "", method: str = ""
) -> Fact:
    """Return a count or a text, or the reason why there is none."""
    told = worded(what, label, unit, method, reason)
    if value is None or reason:
        return told.gap()
    return Fact(id=told.id, value=value, label=told.label, unit=told.unit, method=told.method, source=SOURCE)


def table(
    id: str,
    title: str,
    heads: tuple[Column, ...],
    rows: Iterable[tuple[Cell, ...]],
    *,
    reason: str,
    note: tuple[str | Fact, ...] = (),
) -> Table:
    """Return a table; `reason` says why it has no rows when it has none."""
    rows = tuple(rows)
    return Table(id=id, title=title, columns=heads, rows=rows, reason="" if rows else reason, note=note if rows else ())


def evidence(
    facts: Iterable[Fact], tables: Sequence[Table], findings: Sequence[Finding] = (), others: str = "\0"
) -> Evidence:
    """Return the evidence with every fact its tables and findings show; ids with the prefix `others` are left out."""
    found = {fact.id: fact for fact in facts}
    for one in tables:
        cells = [cell for row in one.rows for cell in row] + [one.note]
        for cell in cells:
            for fact in (cell,) if isinstance(cell, Fact) else facts_in(cell) if isinstance(cell, tuple) else ():
                found.setdefault(fact.id, fact)
    for finding in findings:
        for fact in facts_in(finding.words):
            found.setdefault(fact.id, fact)
    kept = tuple(fact for id, fact in found.items() if not id.startswith(others))
    return Evidence(facts=kept, tables=tuple(tables), findings=tuple(findings))
