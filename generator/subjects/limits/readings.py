"""Takes a limit on a metric, gives what the supplied data say of it: its value now and the days it held."""

import datetime
from dataclasses import dataclass

from generator.estimates.features import critical
from generator.records.fact import Fact, Sentence, missing
from generator.records.project import Metric, Project
from generator.results.words import quantities
from generator.subjects.kit.facts import derived, flag
from generator.subjects.kit.known import Known
from generator.subjects.limits.measured import production
from generator.subjects.limits.quantities import UNMEASURED, Limit, name_of, population, size, unit_of
from generator.subjects.limits.series import MetricWindow, Series, daily, of_segment, over_features, runs, windows
from generator.subjects.limits.watched import loss_pace
from generator.subjects.performance.found import Performance
from generator.subjects.segments.found import Segments

QUANTITY = quantities(__file__)

BEHIND = 3
"""Features that are named behind the largest; of the others their number is told."""
WHOLE = {
    "sd_change": "drift.{}.sd_change",
    "psi": "drift.{}.psi",
    "missing_points": "missing.{}.increase",
    "mean_change": "drift.{}.mean_change",
    "missing": "missing.{}.production",
    "unseen": "unseen.{}.share",
}
NO_SEGMENT = "the supplied rows tell nothing of this segment"
OVERALL = {"unseen": "unseen.any.share", "rows": "data.production.per_day"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """A limit held against the data: `fires` is None where nothing measures the metric, `current` says why."""

    limit: Limit
    current: Fact
    fires: bool | None
    days: tuple[datetime.date, ...] = ()
    """The days on which the rule would have fired."""
    observed: int = 0
    """Days with a full window; 0 where there is no daily series."""
    since: datetime.date | None = None
    """First day of the firing that still goes on."""
    windows: tuple[MetricWindow, ...] = ()
    """The metric by the day on which a window ends."""

    @property
    def values(self) -> tuple[MetricWindow, ...]:
        return tuple(one for one in self.windows if one.value is not None)

    @property
    def worst(self) -> str:
        """Return the feature that the current value is of, where it is the largest of several."""
        return self.values[-1].feature if self.values else ""


def read(limit: Limit, known: Known, project: Project, id: str) -> Reading:
    """Hold a limit against the daily series of its metric, or against the whole period where there is none.

    `id` is that of the fact with the current value: that of the last full window.
    """
    series = _series(limit, known, project)
    if series is None:
        current = _whole_period(limit, known, project, id)
        value = current.number
        return Reading(limit=limit, current=current, fires=None if value is None else _holds(limit, value))
    return read_series(limit, series, project, id)


def behind(reading: Reading, known: Known, project: Project) -> Sentence:
    """Return the features behind the largest that breach the limit in the newest window too; the largest come first."""
    limit = reading.limit
    if not (reading.windows and reading.windows[-1].value is not None and reading.worst):
        return ()
    only = critical(project) if limit.features == "critical" else None
    id = f"rolling.{limit.metric}.{limit.window_days}.newest"
    value_of = id + ".{}"
    names = [str(row["feature"]) for row in known.rows(id)]
    found = {name: known.of_feature(value_of, name) for name in names}
    over = [
        (name, value)
        for name, value in found.items()
        if name != reading.worst and (only is None or name in only)
        if value.number is not None and limit.breached(value.number)
    ]
    words = [part for name, value in over[:BEHIND] for part in (", ", f"{name} (", value, ")")]
    if len(over) > BEHIND:
        words += [" and ", derived(QUANTITY("{head}.behind", head=reading.current.id), len(over) - BEHIND), " more"]
    return tuple(words[1:])


def _series(limit: Limit, known: Known, project: Project) -> Series | None:
    if limit.segment:
        return of_segment(known, limit)
    if limit.metric == "loss_pace":
        return loss_pace(known, project)
    found = over_features(known, limit.metric, limit.features, limit.window_days)
    return found or daily(known, limit.metric, limit.features)


def days_fired(reading: Reading, id: str, label: str = "") -> Fact:
    """Return the number of days on which the rule would have fired, of the days it could have."""
    if not reading.observed:
        return missing(id, reading.current.reason or "no daily series of this metric", label=label, unit="days")
    return derived(
        id,
        len(reading.days),
        unit="days",
        label=label,
        n=reading.observed,
        source=reading.limit.threshold.id,
        method="days whose window breaches the threshold as often in a row as the rule asks",
    )


def fires_now(reading: Reading, id: str, label: str = "") -> Fact:
    """Return whether the condition holds at the end of the data."""
    reason = reading.current.reason or reading.limit.threshold.reason
    return flag(id, reading.fires, label=label, method="the last full window against the threshold", reason=reason)


def read_series(limit: Limit, series: Series, project: Project, id: str) -> Reading:
    """Hold a limit against a daily series, window by window."""
    found = windows(series, limit.window_days, limit.minimum_n)
    fired = runs([one.value is not None and limit.breached(one.value) for one in found], limit.consecutive)
    held = [one.value for one in found if one.value is not None]
    now = held[-1] if held else None
    threshold_known = limit.threshold.number is not None
    return Reading(
        limit=limit,
        current=derived(
            id,
            now,
            unit=unit_of(limit.metric, project),
            label=f"{name_of(limit.metric, limit.features)} now",
            method=_method(limit, series),
            source=f"daily series to {series.days[-1].isoformat()}",
            reason="no window has enough days and rows",
        ),
        fires=fired[-1] if now is not None and threshold_known else None,
        days=tuple(day for day, fires in zip(series.days, fired, strict=True) if fires),
        observed=len(held),
        since=_since(series, fired),
        windows=found,
    )


def _method(limit: Limit, series: Series) -> str:
    if series.window:
        parts = "" if limit.segment else ", feature by feature"
        return f"the rows of the last {limit.window_days} days pooled{parts}"
    return f"{series.pool} of the last {limit.window_days} daily values, weighted by rows"


def _since(series: Series, fired: tuple[bool, ...]) -> datetime.date | None:
    start = len(fired)
    while start > 0 and fired[start - 1]:
        start -= 1
    return series.days[start] if start < len(fired) else None


def _holds(limit: Limit, value: float) -> bool | None:
    return limit.breached(value) if limit.threshold.number is not None else None


def _whole_period(limit: Limit, known: Known, project: Project, id: str) -> Fact:
    """The metric over the whole period: overall, or of the feature where it is worst, or their mean."""
    unit, name = unit_of(limit.metric, project), name_of(limit.metric, limit.features)
    if limit.segment:
        found = known.shelf.get(Segments)
        value = found.of(limit.segment, limit.segment_level, limit.metric).number if found is not None else None
        method = "over the whole period, since the sums of a day do not tell it"
        return derived(id, value, unit=unit, label=f"{name} now", method=method, reason=NO_SEGMENT)
    values = whole_period_values(limit.metric, limit.features, known, project)
    if not values:
        reason = UNMEASURED.get(limit.metric, "nothing in this build measures it")
        return missing(id, reason, label=f"{name} now", unit=unit)
    averaged = population(limit.metric, limit.features) == "mean"
    value = sum(values.values()) / len(values) if averaged else max(values.values())
    return derived(
        id, value, unit=unit, label=f"{name} now", method="over the whole period, since there is no daily series"
    )


def whole_period_values(metric: Metric, features: str, known: Known, project: Project) -> dict[str, float]:
    """Return the size of a metric over the whole period, by feature; under an empty name where it has none."""
    if population(metric, features) == "none":
        value = _overall(metric, known)
        return {} if value is None else {"": size(metric, value)}
    if metric not in WHOLE:
        return {}
    found = ((name, known.of_feature(WHOLE[metric], name).number) for name in feature_names(known, project))
    chosen = critical(project) if features == "critical" else None
    return {
        name: size(metric, value) for name, value in found if value is not None and (chosen is None or name in chosen)
    }


def _overall(metric: Metric, known: Known) -> float | None:
    if metric in OVERALL:
        return known.number(OVERALL[metric])
    found = known.shelf[Performance]
    if metric == "error_ratio_previous":
        return found.ratio.number
    return (found.head.production if metric == "rmse" else production(known.shelf, metric)).number


def feature_names(known: Known, project: Project) -> tuple[str, ...]:
    """Return the names of all features: the declared ones in order, then those that only the data show."""
    declared = [feature.name for feature in project.settings.data.features]
    tables = ("drift.all", "missing.all", "features.kinds")
    shown = [row["feature"] for table in tables for row in known.rows(table) if "feature" in row]
    names = (cell.value if isinstance(cell, Fact) else cell for cell in shown)
    return tuple(dict.fromkeys([*declared, *(name for name in names if isinstance(name, str))]))
