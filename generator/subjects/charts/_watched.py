"""Takes what is known, gives every metric with a daily series that a chart can watch, and what it is in control."""

import datetime
import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from generator.records.fact import segment_of
from generator.records.project import Metric, Project
from generator.stats.arrays import FloatArray
from generator.stats.control import FEWEST, InControl, in_control
from generator.subjects.kit.known import Known
from generator.subjects.limits.formulas import closing
from generator.subjects.limits.quantities import POPULATIONS, name_of, population, size, target_unit, unit_of
from generator.subjects.limits.rules import RuleLevel, rule_levels, title_of
from generator.subjects.limits.series import Points, daily, from_facts, from_table, step_of
from generator.subjects.performance.found import Performance
from generator.subjects.segments.found import Segments

ALIKE = 0.89
"""Likeness of neighbouring days from which a month holds hardly more than one independent day."""
OF_OUTCOMES = ("error", "bias", "segment")
"""Usual metrics that need the outcomes of their rows."""
Side = Literal["up", "down", "both"]
Scale = Literal["log", "share", "plain"]
SCALES: dict[Scale, tuple[Callable[[float], float], Callable[[float], float]]] = {
    "log": (lambda x: math.log(x) if x > 0 else math.nan, math.exp),
    "share": (
        lambda x: math.asin(math.sqrt(min(max(x, 0.0), 1.0))),
        lambda x: math.sin(min(max(x, 0.0), math.pi / 2)) ** 2,
    ),
    "plain": (float, float),
}
"""On which scale a metric scatters like a normal one, and the way back: errors and volumes, shares, differences."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Kind:
    """A metric that can be watched: its name and unit, its scale, the direction that is bad, what it can see.

    `catches` are the kinds of risks that move it; `level` is the fact with its value when all is well, and
    `level_rows` the one with the rows behind that.
    """

    key: str
    title: str
    unit: str
    scale: Scale
    catches: tuple[str, ...]
    side: Side = "up"
    level: str = ""
    level_rows: str = ""
    zero: bool = False
    """True where all is well at zero."""
    metric: Metric | None = None
    features: str = "none"
    past: str = ""
    """Column of the reference by day."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Watched:
    """A metric with its days, its declared levels, and what it is in control; `base` is None where it never varies."""

    kind: Kind
    id: str
    days: tuple[datetime.date, ...]
    values: FloatArray
    """Daily values (D,) in calendar order, nan for a day without data."""
    base: InControl | None
    origin: str
    """What the level is that of: validation, training, or the first third of the supplied days."""
    source: str
    """Where level and spread come from, in words."""
    levels: tuple[RuleLevel, ...]
    closing: float
    """Days until the truth of a day is in; 0 where the metric needs none, or it is not known."""
    reason: str = ""
    """Why there is no chart, where there is none."""

    @property
    def step(self) -> int:
        """Return the calendar days from one day with data to the next."""
        return step_of(self.days)

    @property
    def title(self) -> str:
        """Return what it is called: as its rule is, else by itself."""
        return title_of(self.levels[0].rule) if self.levels else self.kind.title

    def scaled(self, value: float) -> float:
        """Return a value of the metric on the scale of the chart, more always worse."""
        sign = -1.0 if self.kind.side == "down" else 1.0
        return sign * SCALES[self.kind.scale][0](value)

    def metric_of(self, scaled: float) -> float:
        """Return the value of the metric at a place on the scale of the chart."""
        sign = -1.0 if self.kind.side == "down" else 1.0
        return SCALES[self.kind.scale][1](sign * scaled)

    def standardised(self, value: float) -> float:
        """Return a value of the metric in daily SDs from its level."""
        return math.nan if self.base is None else (self.scaled(value) - self.base.level) / self.base.sd


MISSING = Kind(
    key="missing",
    title="Missing rate, mean over the features",
    unit="share",
    scale="share",
    catches=("pipeline", "quality"),
    metric="missing",
    features="mean",
    level="missing.overall.reference",
    level_rows="data.reference.rows",
    past="missing",
)
LARGEST = "Largest missing rate of a critical feature"
CRITICAL = replace(
    MISSING, key="missing_critical", title=LARGEST, features="critical", level="", level_rows="", past=""
)
SHIFT, RARE = "Mean shift, mean over the features", "Rows with a new category"
DRIFT = Kind(
    key="drift", title=SHIFT, unit="share", scale="log", catches=("drift",), metric="mean_change", features="mean"
)
UNSEEN = Kind(key="unseen", title=RARE, unit="share", scale="share", catches=("drift",), metric="unseen")
OUTAGES = ("pipeline", "outage")
VOLUME = Kind(
    key="volume",
    title="Rows of the day",
    unit="rows",
    scale="log",
    side="down",
    past="rows",
    catches=OUTAGES,
    metric="rows",
)
OF_INPUTS = (
    (MISSING, "missing.daily", "mean"),
    (CRITICAL, "missing.daily", "critical"),
    (DRIFT, "drift.daily_mean_change", "mean"),
    (UNSEEN, "unseen.daily", "any"),
)
"""Kinds that tell of the inputs, each with the table and the column of its daily values."""


def watched(at: Known, project: Project) -> tuple[Watched, ...]:
    """Return every metric with a daily series: the usual ones, then those that only a declared rule watches."""
    usual = [(kind, points) for kind, points in _usual(at, project) if len(points) > 1]
    seen = {(kind.metric, kind.features) for kind, _ in usual if kind.metric}
    for level in rule_levels(project):
        metric, features = level.rule.metric, population(level.rule.metric, level.rule.features)
        series = daily(at, metric, features)
        if (metric, features) in seen or series is None or len(series.days) < 2:
            continue
        seen.add((metric, features))
        sizes = (size(metric, value) for value in series.values)
        usual.append((_ruled(metric, features, project), dict(zip(series.days, sizes, strict=True))))
    return tuple(_watch(kind, points, at, project) for kind, points in usual)


def _usual(at: Known, project: Project) -> tuple[tuple[Kind, Points], ...]:
    unit, main, segments = target_unit(project), at.shelf[Performance].name, at.shelf[Segments]
    anything = ("drift", "output", "quality", "correlation", "pipeline")
    own: Metric | None = "rmse" if main.metric == "rmse" else None
    return (
        (
            Kind(
                key="error",
                title=f"{main.title} of the day",
                unit=unit if own else "",
                scale="log",
                catches=anything,
                metric=own,
                past="error",
                level=f"performance.{main.metric}.validation",
            ),
            from_facts(at, main.metric),
        ),
        (
            Kind(
                key="bias",
                title="Mean error of the day",
                unit=unit,
                scale="plain",
                side="both",
                zero=True,
                past="bias",
                catches=("drift", "output", "correlation"),
                metric="bias",
            ),
            from_facts(at, "bias"),
        ),
        (
            Kind(
                key="segment",
                title=segments.title,
                unit=unit if own else "",
                scale="log",
                catches=("drift", "quality", "correlation"),
            ),
            {day.date: error for day in segments.days if (error := day.values[main.metric].number) is not None},
        ),
        (
            Kind(
                key="prediction",
                title="Mean prediction of the day",
                unit=unit,
                scale="plain",
                side="both",
                catches=("output", "drift", "pipeline"),
                level="prediction.mean.reference",
                level_rows="data.reference.rows",
                past="prediction",
            ),
            from_table(at, "prediction.daily", "mean"),
        ),
        *((kind, from_table(at, table, column)) for kind, table, column in OF_INPUTS),
        (VOLUME, from_facts(at, "rows")),
    )


def _ruled(metric: Metric, features: str, project: Project) -> Kind:
    """Return the kind of a metric that only a declared rule watches."""
    share = unit_of(metric, project) == "share" and metric not in ("mean_change", "sd_change")
    inputs = ("drift", "quality") if metric in ("mean_change", "sd_change") else ("pipeline", "quality")
    return Kind(
        key=f"{metric}_{features}" if POPULATIONS.get(features) else metric,
        title=name_of(metric, features),
        unit=unit_of(metric, project),
        scale="share" if share else "plain" if metric == "missing_points" else "log",
        catches=inputs if features != "none" else ("drift", "output", "quality", "correlation", "pipeline"),
        metric=metric,
        features=features,
        level="performance.mae.validation" if metric == "mae" else "",
    )


def _watch(kind: Kind, points: Points, at: Known, project: Project) -> Watched:
    days, values = _calendar(points)
    own = tuple(
        level
        for level in rule_levels(project)
        if kind.metric == level.rule.metric
        and population(level.rule.metric, level.rule.features) == kind.features
        and level.limit.upward == (kind.side != "down")
    )
    bare = Watched(
        kind=kind,
        id=segment_of(own[0].rule.id) if own else _free(kind.key, project),
        days=days,
        values=values,
        base=None,
        origin="",
        source="",
        levels=tuple(level for level in own if level.rule is own[0].rule),
        closing=closing("rmse" if kind.key in OF_OUTCOMES else kind.metric or "", at, project),
    )
    level, level_days, words = _level(bare, at, project)
    past = from_table(at, "reference.daily", kind.past) if kind.past else {}
    own_days = len(past) < FEWEST
    started, series = _calendar(points if own_days else past)
    if level is None and not own_days:
        scaled = [bare.scaled(value) for value in past.values()]
        level, level_days, words = float(np.mean(scaled)), float(len(scaled)), "training"
    base = in_control(
        np.array([bare.scaled(value) for value in series.tolist()]),
        level=level,
        level_days=level_days,
        least_sd=_least(kind, at),
        weekdays=step_of(started) == 1,
    )
    shape = base.shape if base else "level"
    if base is not None and step_of(days) == 1:
        base = replace(base, weekday=np.roll(base.weekday, -((days[0] - started[0]).days % 7)))
    base, reason = _usable(bare, base)
    spread = f"spread of {int(np.isfinite(series).sum())} {'supplied' if own_days else 'reference'} days, their {shape}"
    weekdays = " and weekdays" if len(started) >= 28 and step_of(started) == 1 else ""
    source = f"level of {words}; {spread}{weekdays} taken out"
    return replace(bare, base=base, origin=words, source=source, reason=reason)


def _free(key: str, project: Project) -> str:
    """Return the id of a metric without a rule: its key, unless a rule on another metric bears that id."""
    return f"{key}-daily" if any(rule.id == key for rule in project.settings.alerts.rules) else key


def _calendar(points: Points) -> tuple[tuple[datetime.date, ...], FloatArray]:
    """Return every day from the first to the last with its value, nan for one without data; weeks or months as are."""
    if step_of(sorted(points)) > 1:
        return tuple(sorted(points)), np.array([points[day] for day in sorted(points)])
    first, last = min(points), max(points)
    days = tuple(first + datetime.timedelta(days=offset) for offset in range((last - first).days + 1))
    return days, np.array([points.get(day, math.nan) for day in days])


def _usable(one: Watched, base: InControl | None) -> tuple[InControl | None, str]:
    """Return what a chart can stand on, or why the supplied days give it nothing to stand on."""
    bound = one.levels[0].limit.threshold.number if one.levels else None
    if base is None:
        few = int(np.isfinite(one.values).sum()) < FEWEST
        return None, "too few supplied days" if few else "it never varied"
    if bound is not None and base.level >= one.scaled(bound):
        return None, "beyond its declared level from the first day"
    if bound is None and base.phi >= ALIKE and one.kind.key != "error":
        return None, "its days are too alike to tell what is normal"
    return base, ""


def _level(one: Watched, at: Known, project: Project) -> tuple[float | None, float | None, str]:
    """Return the level when all is well on the chart's scale, the days it is worth, and where it comes from."""
    if one.kind.zero:
        return 0.0, None, "no error at all"
    value = at.number(one.kind.level) if one.kind.level else None
    per_day = at.number("data.production.per_day")
    if value is None or not math.isfinite(one.scaled(value)):
        return None, None, "first third of the days"
    rows = at.number(one.kind.level_rows) if one.kind.level_rows else _validation_rows(one.kind, project)
    place = "training" if one.kind.level_rows else "validation"
    return one.scaled(value), rows / per_day if rows and per_day else None, place


def _validation_rows(kind: Kind, project: Project) -> float | None:
    name = kind.level.split(".")[1] if kind.level else ""
    return next((one.n for one in project.settings.objectives.metrics if one.metric == name), None)


def _least(kind: Kind, at: Known) -> float:
    """Return the SD that chance alone gives to a share of rows on the chart's scale."""
    per_day = at.fact("data.production.per_day").number
    return 0.5 / math.sqrt(per_day) if kind.key == "unseen" and per_day else 0.0
