"""Takes the sums by day, gives what rules on features look at: each feature over the window that ends on a day.

A window holds the rows of its calendar days, pooled; there is none before the first full one.
"""

from collections.abc import Callable, Collection, Iterator

import numpy as np

from generator.estimates.feature_moments import first, means, spread
from generator.estimates.features import NO_REFERENCE, counted, critical, dates, evidence, groups_of, measured, table
from generator.estimates.missing_rates import missing_by_day, rates_of
from generator.records.aggregates import FloatArray
from generator.records.evidence import Evidence
from generator.records.fact import segment_of
from generator.records.ledger import Ledger
from generator.records.plugin import Analysis
from generator.records.project import Metric, Project
from generator.records.table import Cell, Table
from generator.results.words import columns, quantities
from generator.stats.arrays import divide
from generator.stats.psi import psi_terms
from generator.stats.window import span
from generator.subjects.drift import by_day

QUANTITY = quantities(__file__)

UNITS: dict[Metric, str] = {
    "mean_change": "share",
    "sd_change": "share",
    "psi": "",
    "missing": "share",
    "missing_points": "points",
}
NAMES: dict[Metric, str] = {
    "mean_change": "change of the mean",
    "sd_change": "change of the spread",
    "psi": "stability index",
    "missing": "missing rate",
    "missing_points": "rise of the missing rate",
}
Windowed = Callable[[Ledger, FloatArray], FloatArray]


def run(project: Project, ledger: Ledger) -> Evidence:
    """Return a table for every metric and window that a declared alert rule or retraining trigger looks at."""
    tables = [table for pair in _declared(project) for table in _tables(project, ledger, *pair)]
    return evidence((), tables)


def _declared(project: Project) -> list[tuple[Metric, int]]:
    settings = project.settings
    asked = [(rule.metric, rule.window_days) for rule in settings.alerts.rules]
    asked += [(trigger.metric, trigger.window_days) for trigger in settings.retraining.triggers]
    return sorted({pair for pair in asked if pair[0] in UNITS})


def _tables(project: Project, ledger: Ledger, metric: Metric, window: int) -> tuple[Table, Table]:
    """Return the largest of the features by day, and all of them in the newest window."""
    id, unit = f"rolling.{metric}.{window}", UNITS[metric]
    held = f" ({unit})" if unit else ""
    heads = columns(
        "date: Date",
        "rows: Rows (rows)",
        f"each: Largest{held}",
        "feature: Feature",
        f"critical: Largest of a critical feature{held}",
        "critical_feature: Critical feature",
        f"mean: Mean over the features{held}",
    )
    title = f"Features over windows of {window} days: {NAMES[metric]}"
    found = tuple(_windows(project, ledger, metric, window))
    names, chosen = ledger.plan.features, critical(project)
    rows = (_row(id, *each, names, chosen, metric) for each in found)
    newest = _newest(f"{id}.newest", *found[-1], names, metric) if found else ()
    last = columns("feature: Feature", f"value: Newest window{held}")
    return (
        table(id, title, heads, rows, reason=NO_REFERENCE),
        table(f"{id}.newest", f"{title}, newest window", last, newest, reason=NO_REFERENCE),
    )


def _windows(project: Project, ledger: Ledger, metric: Metric, window: int) -> Iterator[tuple[str, FloatArray, float]]:
    """Yield of each full window its day, the size of the metric by feature, and its rows."""
    days, production = dates(ledger), ledger.production
    if not days or production.day is None:
        return
    numbers = production.days[[place for place, _ in days]]
    reach, lead = span(window, max(1, int(np.median(np.diff(numbers)))) if len(numbers) > 1 else 1)
    ages = numbers[:, None] - production.days
    weights: FloatArray = ((production.days >= 0) & (ages >= 0) & (ages < reach)).astype(np.float64)
    values = MADE[metric](ledger, weights)
    sizes = np.abs(values) if metric in ("mean_change", "sd_change") else values
    rows = weights @ production.day.rows
    for at, (_, date) in enumerate(days):
        if numbers[at] - numbers[0] >= lead:
            yield date, sizes[at], rows[at]


def _newest(
    head: str, _: str, size: FloatArray, rows: float, names: tuple[str, ...], metric: Metric
) -> Iterator[tuple[Cell, ...]]:
    """Yield the features by size, the largest first; those without a value are left out."""
    for at in np.argsort(-size, kind="stable")[: int(np.isfinite(size).sum())]:
        what = QUANTITY("{head}.{name}", head=head, name=segment_of(names[at]), title=names[at])
        yield names[at], measured(what, float(size[at]), unit=UNITS[metric], n=rows)


def _row(
    head: str,
    date: str,
    size: FloatArray,
    rows: float,
    names: tuple[str, ...],
    chosen: Collection[str],
    metric: Metric,
) -> tuple[Cell, ...]:
    def fact(key: str, value: float) -> Cell:
        why = "not computable: no feature has it in this window"
        return measured(
            QUANTITY("{head}.{key}.{date}", head=head, key=key, date=date, names=NAMES[metric].capitalize()),
            value,
            unit=UNITS[metric],
            n=rows,
            reason=why,
        )

    known = np.isfinite(size)
    vital = np.array([name in chosen for name in names[: len(size)]], dtype=np.bool_)
    worst, worst_vital = _largest(size), _largest(np.where(vital, size, np.nan))
    return (
        date,
        counted(QUANTITY("{head}.rows.{date}", head=head, date=date), int(rows)),
        fact("each", np.nan if worst is None else float(size[worst])),
        "" if worst is None else names[worst],
        fact("critical", np.nan if worst_vital is None else float(size[worst_vital])),
        "" if worst_vital is None else names[worst_vital],
        fact("mean", float(size[known].mean()) if known.any() else np.nan),
    )


def _largest(size: FloatArray) -> int | None:
    return int(np.nanargmax(size)) if np.isfinite(size).any() else None


def _moved(ledger: Ledger, weights: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Return by window and numeric feature n, mean and spread, and the training means, (W, P) and (P,)."""
    width = len(ledger.plan.numeric)
    assert ledger.production.day is not None and ledger.reference is not None
    day, reference = first(ledger.production.day.moments, width), first(ledger.reference.total, width)
    centre = means(reference)
    gap = np.where(day.n > 0, day.mean - centre, 0.0)
    n, s, q = weights @ day.n, weights @ (day.n * gap), weights @ (np.nan_to_num(day.m2) + day.n * gap * gap)
    moved = divide(s, n)
    variance = divide(np.maximum(q - n * np.nan_to_num(moved) ** 2, 0.0), np.maximum(n - 1.0, 0.0))
    return n, moved, np.sqrt(variance), centre


def _mean_change(ledger: Ledger, weights: FloatArray) -> FloatArray:
    if ledger.reference is None:
        return np.full((len(weights), len(ledger.plan.numeric)), np.nan)
    _, moved, _, centre = _moved(ledger, weights)
    change: FloatArray = divide(moved, np.abs(centre))
    return change


def _sd_change(ledger: Ledger, weights: FloatArray) -> FloatArray:
    if ledger.reference is None:
        return np.full((len(weights), len(ledger.plan.numeric)), np.nan)
    before = spread(first(ledger.reference.total, len(ledger.plan.numeric)))
    change: FloatArray = divide(_moved(ledger, weights)[2], before) - 1.0
    return change


def _missing(ledger: Ledger, weights: FloatArray) -> FloatArray:
    missing, day = missing_by_day(ledger.plan, ledger.production), ledger.production.day
    if missing is None or day is None:
        return np.full((len(weights), len(ledger.plan.features)), np.nan)
    rate: FloatArray = divide(weights @ missing, (weights @ day.rows)[:, None])
    return rate


def _missing_points(ledger: Ledger, weights: FloatArray) -> FloatArray:
    before = rates_of(ledger, groups_of(ledger)).reference.value[: len(ledger.plan.features)]
    rise: FloatArray = _missing(ledger, weights) - before
    return rise


def _psi(ledger: Ledger, weights: FloatArray) -> FloatArray:
    if ledger.reference is None:
        return np.full((len(weights), len(ledger.plan.features)), np.nan)
    return np.column_stack([_index(q, p, weights) for q, p in by_day(ledger, ledger.reference)])


def _index(before: FloatArray | None, day: FloatArray | None, weights: FloatArray) -> FloatArray:
    if before is None or day is None or not before.sum() > 0:
        return np.full(len(weights), np.nan)
    counts = weights @ day
    index: FloatArray = np.where(counts.sum(axis=1) > 0, psi_terms(before, counts).sum(axis=1), np.nan)
    return index


MADE: dict[Metric, Windowed] = {
    "mean_change": _mean_change,
    "sd_change": _sd_change,
    "psi": _psi,
    "missing": _missing,
    "missing_points": _missing_points,
}

ANALYSIS = Analysis(id="rolling", title="Features over the windows of the rules", run=run)
