"""Takes a metric's estimate in production and its objective, gives validation, production, change and a reading."""

import datetime
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from generator.estimates.facts import NO_LABELS, declared, estimated, number
from generator.estimates.headline import Head
from generator.estimates.intervals import Estimate
from generator.records.evidence import Claim, Finding, finding
from generator.records.fact import Fact, Sentence
from generator.records.project import Objective, Project
from generator.records.quality import quality
from generator.records.reason import Reason
from generator.records.table import Cell, Column, Mark, Table
from generator.stats.intervals import log_interval


@dataclass(frozen=True, kw_only=True, slots=True)
class Pair:
    """A metric out of sample or as declared of validation, in production, and how it changed."""

    validation: Fact
    production: Fact
    change: Fact


@dataclass(frozen=True, kw_only=True, slots=True)
class Levels:
    """What is declared of a metric in production: between which values it is expected, and what is acceptable."""

    expected_low: Fact
    expected_high: Fact
    acceptable: Fact


@dataclass(frozen=True, kw_only=True, slots=True)
class Day:
    """The rows of a day, and its metrics by name."""

    date: datetime.date
    rows: Fact
    values: Mapping[str, Fact]


WATCHED = "precision_at_top"
"""Name in alert rules of the precision among the first of the top shares."""
DIFFERENCES = {"r2", "bias"}
"""Metrics whose change is a difference, since they can be zero."""
NO_SIDE = {"bias", "base_rate"}
UNSAID = 500
"""Rows that a declared validation metric is taken to be of where their number is not declared."""
AGREES, TWO = 0.02, 2.0
"""Share, and standard errors, by which a declared figure may differ from that of the held-out rows."""
HELD_OUT = "ledger: held-out rows"


def pair(
    project: Project,
    metric: str,
    after: Estimate,
    unit: str,
    reason: str = NO_LABELS,
    before: Estimate | None = None,
    apart: str = "",
) -> Pair:
    """Return the metric out of sample, in production and its change; `reason` says why production's is not known.

    Rows out of sample, `before`, go before what is declared of validation; `apart` says why both sides do not compare.
    """
    label = quality(metric).title
    key, objective = objective_of(project, metric)
    id, unknown = f"performance.{metric}.validation", f"{key}.validation" if objective else key
    if before is not None and math.isfinite(before.value):
        validation = estimated(id, before, label=f"{label}, held-out rows", unit=unit, source=HELD_OUT)
    else:
        before = None
        value, n = (objective.validation, objective.n) if objective else (None, None)
        validation = declared(project, id, unknown, value, label=f"{label}, validation", unit=unit, n=n)
        if value is None:
            known = f"{validation.reason}, and no rows out of sample ({project.file}: data.held_out)"
            validation = replace(validation, reason=Reason(known, validation.asks))
    production = estimated(
        f"performance.{metric}.production", after, label=f"{label}, production", unit=unit, reason=reason
    )
    if before is None:
        before = _declared(validation, after, objective)
    change = _change(metric, validation, before, after, unit, reason)
    if apart:
        change = replace(change, value=None, low=None, high=None, n=None, method="", reason=apart)
    return Pair(validation=validation, production=production, change=change)


def _declared(validation: Fact, after: Estimate, objective: Objective | None) -> Estimate:
    """Return what is declared as an estimate: its rows vary and repeat as those of production do."""
    n = objective.n if objective and objective.n else UNSAID
    value = float(validation.value) if isinstance(validation.value, float | int) else math.nan
    told = "" if objective and objective.n else f"; the rows of validation are not declared, taken as {UNSAID}"
    variance = after.variance * after.n / n
    return replace(
        after, value=value, n=n, variance=variance, row_variance=after.row_variance * after.n / n, method=told
    )


def checked(project: Project, metric: str, before: Estimate | None, unit: str) -> tuple[Fact, Finding | None] | None:
    """Return what is declared of validation where held-out rows tell it too, and a finding where they disagree."""
    key, objective = objective_of(project, metric)
    told = objective is not None and objective.validation is not None and metric not in DIFFERENCES
    if objective is None or not told or before is None or not math.isfinite(before.value):
        return None
    id, name = f"performance.{metric}.declared", quality(metric)
    fact = declared(
        project,
        id,
        f"{key}.validation",
        objective.validation,
        label=f"{name.title}, as declared",
        unit=unit,
        n=objective.n,
    )
    measured = estimated(f"performance.{metric}.validation", before, label=f"{name.title}, held-out rows", unit=unit)
    own = before.variance * (before.n / objective.n if objective.n else 0.0)
    room = max(AGREES, TWO * math.sqrt(before.variance + own)) if math.isfinite(before.variance) else math.inf
    if before.value == 0 or abs((objective.validation or 0.0) / before.value - 1.0) <= room:
        return fact, None
    words: Sentence = (
        f"The {name.name} declared of validation, ",
        fact,
        ", is not that of the held-out rows, ",
        measured,
        ".",
    )
    return fact, finding(
        f"claim.validation.{metric}",
        "claim",
        "confirmed",
        f"validation {metric}",
        words,
        Claim(what=metric, relation="differs", value=fact, baseline=measured),
    )


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


def limits(project: Project, head: Head) -> Levels:
    """Return the levels that the project declares of the headline metric."""
    labels = ("Expected in production, lower end", "Expected in production, upper end", "Acceptable below")
    return levels_of(project, head.metric.metric, head.unit, labels)


def levels_of(project: Project, metric: str, unit: str, labels: Sequence[str]) -> Levels:
    """Return the levels that the project declares of a metric, with a label for each."""
    key, objective = objective_of(project, metric)
    low, high, acceptable = (
        declared(
            project,
            f"performance.{metric}.{name}",
            f"{key}.{name}" if objective else key,
            getattr(objective, name) if objective else None,
            label=label,
            unit=unit,
        )
        for name, label in zip(("expected_low", "expected_high", "acceptable"), labels, strict=True)
    )
    return Levels(expected_low=low, expected_high=high, acceptable=acceptable)


def summary(id: str, title: str, pairs: Mapping[str, Pair], reason: str = NO_LABELS) -> Table:
    """Return the table of metric, validation, production, change and reading; metrics without a value are left out."""
    columns = (
        Column(key="metric", label="Metric"),
        Column(key="validation", label="Validation"),
        Column(key="production", label="Production"),
        Column(key="change", label="Change"),
        Column(key="status", label="Reading"),
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (quality(metric).title, one.validation, one.production, one.change, reading(metric, one))
        for metric, one in pairs.items()
        if one.production.value is not None
    )
    return Table(id=id, title=title, columns=columns, rows=rows, reason="" if rows else reason)


def reading(metric: str, pair: Pair) -> Cell:
    """Return whether the change is beyond chance, and in which direction."""
    validation, change = pair.validation, pair.change
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


def _change(metric: str, known: Fact, before: Estimate, after: Estimate, unit: str, reason: str) -> Fact:
    """Return the relative change with the uncertainty of both sides; a difference for R² and bias."""
    id, label = f"performance.{metric}.change", f"{quality(metric).title}, change since validation"
    if not math.isfinite(before.value) or not math.isfinite(after.value):
        return Fact(id=id, value=None, label=label, unit="change", reason=known.reason or reason, origin="derived")
    if metric in DIFFERENCES:
        return number(
            id, after.value - before.value, label=label, unit=unit, n=after.n, method="difference", origin="derived"
        )
    change = after.value / before.value if before.value else math.nan
    own = before.variance if math.isfinite(before.variance) else after.variance * after.n / max(before.n, 1)
    around = log_interval(change, after.variance + own, after.df)
    told = before.method if before.method.startswith(";") else ""
    side = "validation" if known.origin == "declared" else "held-out rows"
    return number(
        id,
        change - 1,
        label=label,
        unit="change",
        low=around.low - 1,
        high=around.high - 1,
        n=after.n,
        method=f"production over {side}, {after.method}{told}",
        origin="derived",
    )
