"""How large the errors are: against validation, over time, against a naive benchmark and the previous version."""

from __future__ import annotations

import math

from generator.analyse import _performance_daily as daily
from generator.analyse._facts import NO_LABELS, declared, estimated, number, target_unit
from generator.analyse._headline import Head, head_of
from generator.analyse._intervals import BIAS, BRIER, LOG_LOSS, MAE, RMSE, WAPE, Estimate, Ratio, Sums, estimate
from generator.analyse._performance_others import compare
from generator.analyse._shape import kurtosis, median_absolute, r_squared
from generator.analyse._whole import all_rows
from generator.records.evidence import Evidence, Finding, Severity
from generator.records.fact import Fact, Sentence
from generator.records.headline import METRIC
from generator.records.ledger import Ledger
from generator.records.plugin import Analysis
from generator.records.project import Objective, Project
from generator.records.table import Cell, Column, Mark, Table
from generator.stats.intervals import log_interval

NAMES = {
    "rmse": "Typical error (RMSE)",
    "mae": "Mean absolute error",
    "median_ae": "Median absolute error",
    "wape": "Absolute error as a share of the target",
    "r2": "Share of variance explained (R²)",
    "bias": "Mean error (bias)",
    "brier": "Error of the probabilities (Brier)",
    "log_loss": "Logarithmic loss",
}
REGRESSION, BINARY = ("rmse", "mae", "median_ae", "wape", "r2", "bias"), ("brier", "log_loss", "bias")
RATIOS: dict[str, Ratio] = {
    "rmse": RMSE, "mae": MAE, "wape": WAPE, "bias": BIAS, "brier": BRIER, "log_loss": LOG_LOSS,
}  # fmt: skip


def run(project: Project, ledger: Ledger) -> Evidence:
    """Return every error metric with its interval, its change since validation and its course."""
    sums, unit = all_rows(ledger), target_unit(project)
    head, metrics = head_of(ledger, unit), BINARY if ledger.plan.binary else REGRESSION
    pairs = {m: _pair(project, ledger, sums, m, unit) for m in metrics}
    course, others = daily.run(ledger, sums, head, unit), compare(project, ledger, sums, head, unit)
    facts = [_named(head), *(fact for pair in pairs.values() for fact in pair)]
    facts += [*_limits(project, head), kurtosis(sums, head)]
    own = Evidence(
        facts=tuple(facts),
        tables=(_summary(pairs),),
        findings=_findings({f.id: f for f in facts + list(course.facts)}, head),
    )
    return Evidence(
        facts=own.facts + course.facts + others.facts,
        tables=own.tables + course.tables + others.tables,
        findings=own.findings + others.findings,
    )


ANALYSIS = Analysis(id="performance", title="Errors in production", run=run)


def _unit(metric: str, unit: str) -> str:
    return {"wape": "share", "r2": "", "brier": "", "log_loss": ""}.get(metric, unit)


def _pair(project: Project, ledger: Ledger, sums: Sums | None, metric: str, unit: str) -> tuple[Fact, Fact, Fact]:
    """Return validation, production and change of a metric."""
    unit, label = _unit(metric, unit), NAMES[metric]
    key, objective = _objective(project, metric)
    validation = declared(
        project,
        f"performance.{metric}.validation",
        f"{key}.validation" if objective else key,
        objective.validation if objective else None,
        label=f"{label}, validation",
        unit=unit,
        n=objective.n if objective else None,
    )
    production = _production(ledger, sums, metric)
    fact = estimated(f"performance.{metric}.production", production, label=f"{label}, production", unit=unit)
    return validation, fact, _change(metric, validation, production, objective, unit)


def _objective(project: Project, metric: str) -> tuple[str, Objective | None]:
    """Return the key of a metric's objective, and the objective where it is declared."""
    for index, objective in enumerate(project.settings.objectives.metrics):
        if objective.metric == metric:
            return f"objectives.metrics.{index}", objective
    return f"objectives.metrics, metric {metric}", None


def _production(ledger: Ledger, sums: Sums | None, metric: str) -> Estimate:
    if sums is None:
        return Estimate(
            value=math.nan,
            low=math.nan,
            high=math.nan,
            variance=math.nan,
            row_variance=math.nan,
            df=math.nan,
            n=0,
            method="",
        )
    if metric in RATIOS:
        return estimate(RATIOS[metric], sums)
    return median_absolute(ledger, sums) if metric == "median_ae" else r_squared(ledger, sums)


def _change(metric: str, before: Fact, after: Estimate, objective: Objective | None, unit: str) -> Fact:
    """Return the relative change with the uncertainty of both sides; a difference for R² and bias."""
    id, label = f"performance.{metric}.change", f"{NAMES[metric]}, change since validation"
    if not isinstance(before.value, float | int) or not math.isfinite(after.value):
        return Fact(id=id, value=None, label=label, unit="change", reason=before.reason or NO_LABELS, origin="derived")
    if metric in {"r2", "bias"}:
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


def _named(head: Head) -> Fact:
    return Fact(
        id=METRIC,
        value=head.metric.metric,
        label="Metric that is spoken of first",
        origin="derived",
        source="data.task",
    )


def _limits(project: Project, head: Head) -> list[Fact]:
    key, objective = _objective(project, head.metric.metric)
    names = {
        "expected_low": "Expected in production, lower end",
        "expected_high": "Expected in production, upper end",
        "acceptable": "Acceptable below",
    }
    return [
        declared(
            project,
            head.id(name),
            f"{key}.{name}" if objective else key,
            getattr(objective, name) if objective else None,
            label=label,
            unit=head.unit,
        )
        for name, label in names.items()
    ]


def _summary(pairs: dict[str, tuple[Fact, Fact, Fact]]) -> Table:
    columns = (
        Column(key="metric", label="Metric"),
        Column(key="validation", label="Validation"),
        Column(key="production", label="Production"),
        Column(key="change", label="Change"),
        Column(key="status", label="Reading"),
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (NAMES[metric], *pair, _reading(metric, pair)) for metric, pair in pairs.items() if pair[1].value is not None
    )
    return Table(
        id="performance.summary",
        title="Errors against validation",
        columns=columns,
        rows=rows,
        reason="" if rows else NO_LABELS,
    )


def _reading(metric: str, pair: tuple[Fact, Fact, Fact]) -> Cell:
    validation, _, change = pair
    if validation.value is None or change.value is None:
        return Mark(status="info", word="no validation value")
    if metric == "r2":
        return Mark(status="info", word="moves with the spread of the target")
    if metric == "bias" or change.low is None or change.high is None:
        return ()
    if change.low > 0:
        return Mark(status="confirmed", word="worse")
    return Mark(status="ok", word="better") if change.high < 0 else Mark(status="info", word="no clear change")


def _findings(facts: dict[str, Fact], head: Head) -> tuple[Finding, ...]:
    change, production, validation, last, acceptable = (
        facts[head.id(name)] for name in ("change", "production", "validation", "last_third", "acceptable")
    )
    found = []
    if change.low is not None and change.low > 0:
        words: Sentence = (
            f"The {head.metric.name} rose from ",
            validation,
            " in validation to ",
            production,
            " in production (",
            change,
            ").",
        )
        found.append(_finding(head, "rise", "confirmed", words, (validation, production, change)))
    if isinstance(acceptable.value, float | int) and last.low is not None and last.low > acceptable.value:
        words = (
            f"In the last third of the window the {head.metric.name} was ",
            last,
            ", above the acceptable ",
            acceptable,
            ".",
        )
        found.append(_finding(head, "recent", "severe", words, (last, acceptable)))
    return tuple(found)


def _finding(head: Head, name: str, severity: Severity, words: Sentence, facts: tuple[Fact, ...]) -> Finding:
    return Finding(
        id=head.id(name),
        kind="performance",
        severity=severity,
        subject=head.metric.metric,
        words=words,
        evidence=tuple(fact.id for fact in facts),
    )
