"""Takes a ledger, gives the error of rows where a feature is missing against those where it is there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from generator.estimates.facts import target_unit
from generator.estimates.features import (
    Estimate,
    Groups,
    adjusted,
    columns,
    counted,
    grade,
    mark,
    measured,
    part,
    standard_error,
    table,
)
from generator.estimates.headline import Head, head_of
from generator.estimates.intervals import COLUMN
from generator.records.aggregates import FloatArray
from generator.records.evidence import Finding
from generator.records.fact import Fact, facts_in
from generator.records.ledger import Aggregates, Ledger
from generator.records.project import Project
from generator.records.table import Cell, Column, Mark, Table
from generator.stats.arrays import divide
from generator.stats.cluster import fold, leave_one_out_sums

FEWEST = 30
"""Labelled rows without the feature, and with it, from which on they are compared."""
MARGIN = float(np.log(1.1))
"""Rows err noticeably more from ten percent on."""
TITLE = "Error where a value is missing"


def _heads(error: str) -> tuple[Column, ...]:
    return columns(
        "feature: Feature",
        "rows_missing: Rows without it",
        f"rmse_missing: {error} without it",
        f"rmse_present: {error} with it",
        "difference: Difference (change)",
        "status: Evidence",
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class Compared:
    """Per feature (F,): labelled rows without it, headline error without and with it, and the log of their ratio."""

    rows: FloatArray
    missing: FloatArray
    present: FloatArray
    log_ratio: Estimate


def error_table(ledger: Ledger, groups: Groups, project: Project) -> tuple[Table, tuple[int, ...]]:
    """Return the comparison by feature, the largest difference first, and the grade of every row."""
    head = head_of(ledger, target_unit(project))
    compared = _compared(ledger.production, groups, root=head.ratio.root)
    heads = _heads(head.metric.short)
    if compared is None:
        return table("missing.errors", TITLE, heads, (), reason="not computable: no labelled rows"), ()
    enough = (compared.rows >= FEWEST) & np.isfinite(compared.log_ratio.value)
    grades = _grades(compared.log_ratio, enough, groups)
    size = np.where(enough, compared.log_ratio.value, -np.inf)
    order = [int(j) for j in np.argsort(-size, kind="stable") if enough[j]]
    names = ledger.plan.features
    rows = (_row(names[j], compared, j, int(grades[j]), head, groups) for j in order)
    reason = f"no feature is missing in at least {FEWEST} labelled rows and there in as many"
    return table("missing.errors", TITLE, heads, rows, reason=reason), tuple(int(grades[j]) for j in order)


def error_finding(errors: Table, grades: tuple[int, ...]) -> Iterator[Finding]:
    """Yield the feature whose missing values cost most accuracy, if that is confirmed."""
    for row, level in zip(errors.rows, grades, strict=True):
        if level >= 2 and isinstance(row[0], str) and isinstance(row[4], Fact):
            words = (f"Where {row[0]} is missing, the error differs by ", row[4], " from the other rows.")
            yield Finding(
                id="missing.errors",
                kind="missing",
                severity="severe" if level == 3 else "confirmed",
                subject=row[0],
                words=words,
                evidence=tuple(fact.id for fact in facts_in(words)),
            )
            return


def _compared(sums: Aggregates, groups: Groups, *, root: bool) -> Compared | None:
    if sums.missing_losses is None or sums.losses is None:
        return None
    both = sums.losses.group[:, [COLUMN["n"], COLUMN["e2"]]]
    if not both[:, 0].sum() > 0:
        return None
    without = sums.missing_losses[:, :, :2]
    total = _error(without.sum(axis=0), root), _error(both.sum(axis=0) - without.sum(axis=0), root)
    left = leave_one_out_sums(fold(without, groups.folds))
    rest = leave_one_out_sums(fold(both, groups.folds))[:, None] - left
    enough = both[:, 0].sum() - without[:, :, 0].sum(axis=0) >= FEWEST
    return Compared(
        rows=np.where(enough, without[:, :, 0].sum(axis=0), 0.0),
        missing=total[0],
        present=total[1],
        log_ratio=Estimate(
            value=_log_ratio(*total), se=standard_error(_log_ratio(_error(left, root), _error(rest, root)))
        ),
    )


def _error(sums: FloatArray, root: bool) -> FloatArray:
    mean: FloatArray = np.maximum(divide(sums[..., 1], sums[..., 0]), 0.0)
    return np.sqrt(mean) if root else mean


def _log_ratio(missing: FloatArray, present: FloatArray) -> FloatArray:
    ratio = divide(missing, present)
    log: FloatArray = np.where(ratio > 0, np.log(np.where(ratio > 0, ratio, 1.0)), np.nan)
    return log


def _grades(log_ratio: Estimate, enough: NDArray[np.bool_], groups: Groups) -> NDArray[np.int64]:
    p = adjusted(np.where(enough, groups.p_values(log_ratio), np.nan))
    lower = log_ratio.value - groups.quantile(0.95) * log_ratio.se
    return grade(log_ratio.value / MARGIN, lower / MARGIN, p)


def _row(name: str, compared: Compared, j: int, level: int, head: Head, groups: Groups) -> tuple[Cell, ...]:
    id, log = f"missing.{part(name)}", float(compared.log_ratio.value[j])
    error, unit = head.metric.short, head.unit
    half = groups.quantile(0.975) * float(compared.log_ratio.se[j])
    status: Mark = mark(level)
    return (
        name,
        counted(f"{id}.rows", int(compared.rows[j]), label=f"Labelled rows without {name}", unit="rows"),
        measured(
            f"{id}.rmse_missing",
            float(compared.missing[j]),
            label=f"{error} of rows without {name}",
            unit=unit,
            n=compared.rows[j],
        ),
        measured(f"{id}.rmse_present", float(compared.present[j]), label=f"{error} of rows with {name}", unit=unit),
        measured(
            f"{id}.rmse_difference",
            float(np.expm1(log)),
            unit="change",
            label=f"{error} without {name} against with it",
            low=float(np.expm1(log - half)),
            high=float(np.expm1(min(log + half, 700.0))),
            n=compared.rows[j],
            method=f"log ratio of the {error}, {groups.method}",
        ),
        status,
    )
