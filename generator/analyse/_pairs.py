"""Takes a metric's estimate in production and its objective, gives validation, production, change and a reading."""

from __future__ import annotations

import math

from generator.analyse._facts import NO_LABELS, declared, estimated, number
from generator.analyse._intervals import Estimate
from generator.records.fact import Fact
from generator.records.project import Objective, Project
from generator.records.quality import quality
from generator.records.table import Cell, Column, Mark, Table
from generator.stats.intervals import log_interval

Pair = tuple[Fact, Fact, Fact]
"""Validation, production, change."""
DIFFERENCES = {"r2", "bias"}
"""Metrics whose change is a difference, since they can be zero."""
NO_SIDE = {"bias", "base_rate"}


def pair(project: Project, metric: str, after: Estimate, unit: str, reason: str = NO_LABELS) -> Pair:
    """Return validation, production and change of a metric; `reason` says why it is not known in production."""
    label = quality(metric).title
    key, objective = objective_of(project, metric)
    validation = declared(
        project,
        f"performance.{metric}.validation",
        f"{key}.validation" if objective else key,
        objective.validation if objective else None,
        label=f"{label}, validation",
        unit=unit,
        n=objective.n if objective else None,
    )
    production = estimated(
        f"performance.{metric}.production", after, label=f"{label}, production", unit=unit, reason=reason
    )
    return validation, production, _change(metric, validation, after, objective, unit, reason)


def spread(metric: str, after: Estimate) -> Fact:
    """Return the standard deviation of what one row adds to a metric, from which its scatter in a window follows."""
    value = after.value * math.sqrt(after.row_variance * after.n) if after.row_variance >= 0 else math.nan
    return number(
        f"performance.{metric}.spread",
        value,
        label=f"{quality(metric).title}, spread of one row's part",
        n=after.n,
        method="standard error were all rows independent, times the root of their number",
        reason="needs labelled rows on at least five days",
    )


def objective_of(project: Project, metric: str) -> tuple[str, Objective | None]:
    """Return the key of a metric's objective, and the objective where it is declared."""
    for index, objective in enumerate(project.settings.objectives.metrics):
        if objective.name == metric:
            return f"objectives.metrics.{index}", objective
    return f"objectives.metrics, metric {metric}", None


def summary(id: str, title: str, pairs: dict[str, Pair], reason: str = NO_LABELS) -> Table:
    """Return the table of metric, validation, production, change and reading; metrics without a value are left out."""
    columns = (
        Column(key="metric", label="Metric"),
        Column(key="validation", label="Validation"),
        Column(key="production", label="Production"),
        Column(key="change", label="Change"),
        Column(key="status", label="Reading"),
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (quality(metric).title, *facts, reading(metric, facts))
        for metric, facts in pairs.items()
        if facts[1].value is not None
    )
    return Table(id=id, title=title, columns=columns, rows=rows, reason="" if rows else reason)


def measures(id: str, title: str, facts: list[Fact]) -> Table:
    """Return facts that have a value as a table of what each is and its value."""
    columns = (Column(key="measure", label="Measure", wide=True), Column(key="value", label="Value"))
    rows = tuple((fact.label, fact) for fact in facts if fact.value is not None)
    return Table(id=id, title=title, columns=columns, rows=rows, reason="" if rows else "none could be computed")


def reading(metric: str, facts: Pair) -> Cell:
    """Return whether the change is beyond chance, and in which direction."""
    validation, _, change = facts
    if validation.value is None or change.value is None:
        return Mark(status="info", word="no validation value")
    if metric == "r2":
        return Mark(status="info", word="moves with the spread of the target")
    if metric == "bias" or change.low is None or change.high is None:
        return ()
    rose, fell = change.low > 0, change.high < 0
    if metric in NO_SIDE:
        return Mark(status="watch" if rose or fell else "info", word="moved" if rose or fell else "no clear change")
    worse, better = (fell, rose) if quality(metric).floor else (rose, fell)
    if worse:
        return Mark(status="confirmed", word="worse")
    return Mark(status="ok", word="better") if better else Mark(status="info", word="no clear change")


def _change(metric: str, before: Fact, after: Estimate, objective: Objective | None, unit: str, reason: str) -> Fact:
    """Return the relative change with the uncertainty of both sides; a difference for R² and bias."""
    id, label = f"performance.{metric}.change", f"{quality(metric).title}, change since validation"
    if not isinstance(before.value, float | int) or not math.isfinite(after.value):
        return Fact(id=id, value=None, label=label, unit="change", reason=before.reason or reason, origin="derived")
    if metric in DIFFERENCES:
        return number(
            id, after.value - before.value, label=label, unit=unit, n=after.n, method="difference", origin="derived"
        )
    change = after.value / before.value if before.value else math.nan
    variance = after.variance + _validation_variance(after, objective)
    around = log_interval(change, variance, after.df)
    known = (
        "" if objective and objective.n else "; the validation figure is taken as exact, its row count is not declared"
    )
    return number(
        id,
        change - 1,
        label=label,
        unit="change",
        low=around.low - 1,
        high=around.high - 1,
        n=after.n,
        method=f"production over validation, {after.method}{known}",
        origin="derived",
    )


def _validation_variance(after: Estimate, objective: Objective | None) -> float:
    """Return the variance of the validation metric's logarithm: as production's per row, with its repetition."""
    if objective is None or not objective.n or not math.isfinite(after.variance):
        return 0.0
    return after.variance * after.n / objective.n
