"""Takes the daily facts and tables of the analyses, gives the daily series of a metric and its rolling windows."""

import datetime
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

from generator.records.fact import Fact
from generator.records.project import Metric
from generator.stats.window import span
from generator.subjects.kit.known import Known, date_of, number_of
from generator.subjects.limits.measured import by_day as measured_by_day
from generator.subjects.limits.quantities import OF_PROBABILITIES, Limit, population, size
from generator.subjects.segments.found import Limited

TABLES = {
    "mean_change": "drift.daily_mean_change",
    "sd_change": "drift.daily_sd_change",
    "missing": "missing.daily",
    "missing_points": "missing.daily",
    "unseen": "unseen.daily",
}
Points = dict[datetime.date, float]
Pool = Literal["root mean square", "mean"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Series:
    """A value a day, with the rows behind it; `pool` says how the days of a window become one value.

    Rows that come by week or month have a day for each week or month.
    """

    metric: Metric
    days: tuple[datetime.date, ...]
    values: tuple[float, ...]
    rows: tuple[float | None, ...]
    pool: Pool
    window: int = 0
    """Days of the windows that the values already are of; 0 where each is of its own day."""
    names: tuple[str, ...] = ()
    """Of every value the feature that has it, where it is the largest of several."""


def daily(known: Known, metric: Metric, features: str = "none") -> Series | None:
    """Return the daily series of a metric over its features, or None where no analysis gives one."""
    if metric in ("rmse", "mae", "bias", "rows", *OF_PROBABILITIES):
        points = from_facts(known, metric)
    elif metric in TABLES:
        points = from_table(known, TABLES[metric], _column(metric, population(metric, features)))
    else:
        return None
    return by_day(metric, points, from_facts(known, "rows") | _labelled(known, metric))


def by_day(metric: Metric, points: Points, rows: Points) -> Series | None:
    """Return values and rows by day as a series in the order of the days; None without any value."""
    days = tuple(sorted(points))
    pool: Pool = "root mean square" if metric == "rmse" else "mean"
    values, counts = tuple(points[day] for day in days), tuple(rows.get(day) for day in days)
    return Series(metric=metric, days=days, values=values, rows=counts, pool=pool) if days else None


def over_features(known: Known, metric: Metric, features: str, window: int) -> Series | None:
    """Return a metric of features over the windows that a rule looks at, or None where no analysis gives it."""
    column, id = population(metric, features), f"rolling.{metric}.{window}"
    series = by_day(metric, from_table(known, id, column), from_table(known, id, "rows"))
    if series is None:
        return None
    named = {"each": "feature", "critical": "critical_feature"}.get(column, "")
    names = {date_of(row["date"]): row.get(named, "") for row in known.rows(id)}
    return replace(series, window=window, names=tuple(str(names[day]) for day in series.days))


def of_segment(known: Known, limit: Limit) -> Series | None:
    """Return a metric of one segment over its windows, or None where the sums of a day do not tell it."""
    days = known.shelf[Limited].of(limit.segment, limit.segment_level, limit.metric)
    points = {day.date: value for day in days if (value := day.values[limit.metric].number) is not None}
    series = by_day(limit.metric, points, {day.date: float(day.rows.number or 0.0) for day in days})
    return series and replace(series, window=limit.window_days)


@dataclass(frozen=True, kw_only=True, slots=True)
class MetricWindow:
    """A metric in the window that ends on a day; no value before the first full window, or with too few rows."""

    day: datetime.date
    value: float | None
    rows: float | None
    feature: str = ""


def windows(series: Series, window: int, minimum_n: int | None = None) -> tuple[MetricWindow, ...]:
    """Return the size of the metric in the window of so many calendar days that ends on each day."""
    days = series.days
    reach, lead = span(1 if series.window else window, step_of(days))
    found: list[MetricWindow] = []
    for end, last in enumerate(days):
        full = (last - days[0]).days >= (0 if series.window else lead)
        start = end if series.window else next(place for place, day in enumerate(days) if (last - day).days < reach)
        counts = [count for count in series.rows[start : end + 1] if count is not None]
        rows = sum(counts) if counts else None
        enough = full and not (minimum_n is not None and rows is not None and rows < minimum_n)
        value = size(series.metric, _pooled(series, start, end + 1)) if enough else None
        name = series.names[end] if series.names else ""
        found.append(MetricWindow(day=last, value=value, rows=rows, feature=name))
    return tuple(found)


def rolling(series: Series, window: int, minimum_n: int | None = None) -> tuple[float | None, ...]:
    """Return the values of the windows alone."""
    return tuple(one.value for one in windows(series, window, minimum_n))


def step_of(days: Sequence[datetime.date]) -> int:
    """Return the calendar days from one day with data to the next, usually: 1 for daily rows, 7 for weekly ones."""
    gaps = sorted((after - before).days for before, after in pairwise(days))
    return gaps[len(gaps) // 2] if gaps else 1


def step_days(known: Known) -> int:
    """Return the same of the supplied data; 1 where nothing tells its days."""
    return max(1, round(known.number("data.production.step") or 1))


def rows_a_day(known: Known) -> float | None:
    """Return the rows of a calendar day: those of a day with data over the days until the next."""
    return daily_rows(known).number


def daily_rows(known: Known) -> Fact:
    """Return the rows of a day with data as those of a calendar day, with its id and its reason."""
    rows = known.fact("data.production.per_day")
    return rows if rows.number is None else replace(rows, value=rows.number / step_days(known))


def days_of(known: Known) -> list[datetime.date]:
    """Return every day with data, of rows with outcomes or of inputs, in order."""
    days = set(from_facts(known, "rows"))
    for table in TABLES.values():
        days |= {day for day in (date_of(row.get("date")) for row in known.rows(table)) if day is not None}
    return sorted(days)


def points_in(window: int, step: int) -> int:
    """Return how many days with data a window of so many calendar days holds."""
    return max(1, int(window / step + 0.5))


def runs(breaches: Sequence[bool], consecutive: int) -> tuple[bool, ...]:
    """Return on which days a rule fires that asks for `consecutive` breaches in a row."""
    fired, length = [], 0
    for breach in breaches:
        length = length + 1 if breach else 0
        fired.append(length >= consecutive)
    return tuple(fired)


def _pooled(series: Series, start: int, end: int) -> float:
    rows = [count for count in series.rows[start:end] if count is not None]
    values = series.values[start:end]
    weights = rows if len(rows) == len(values) and sum(rows) > 0 else [1.0] * len(values)
    if series.pool == "root mean square":
        return math.sqrt(_weighted([value * value for value in values], weights))
    return _weighted(values, weights)


def _weighted(values: Sequence[float], weights: Sequence[float]) -> float:
    total = math.fsum(weights)
    return math.fsum(value * weight for value, weight in zip(values, weights, strict=True)) / total


def _column(metric: Metric, features: str) -> str:
    if metric == "unseen":
        return "any"
    return "increase" if metric == "missing_points" else features


def from_facts(known: Known, metric: str) -> dict[datetime.date, float]:
    """Return the daily values of a metric of the performance, or the rows."""
    return {day: fact.number for day, fact in measured_by_day(known.shelf, metric).items() if fact.number is not None}


def _labelled(known: Known, metric: str) -> dict[datetime.date, float]:
    """Return the rows that the daily values of a metric are of, where they are told."""
    return {day: float(fact.n) for day, fact in measured_by_day(known.shelf, metric).items() if fact.n}


def from_table(known: Known, table: str, column: str) -> dict[datetime.date, float]:
    """Return the daily values in a column of a table with dates."""
    found = ((date_of(row.get("date")), number_of(row.get(column))) for row in known.rows(table))
    return {day: value for day, value in found if day is not None and value is not None}
