"""Takes a ledger, gives the windows and what every metric and every segment was in the earlier and the recent one."""

import datetime
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np

from generator.estimates import rankings as rank
from generator.estimates.avoidable import avoidable, avoidable_loss, estimated_of, promise_of, row_error
from generator.estimates.facts import PRODUCTION, date_of, estimated, number, target_unit
from generator.estimates.headline import Head, head_of
from generator.estimates.intervals import BIAS, BRIER, COLUMN, LOG_LOSS, MAE, RMSE, Ratio, Sums, estimate
from generator.estimates.pairs import limits
from generator.estimates.score_intervals import Statistic, estimate_scores
from generator.estimates.score_sums import Scores, level_sums, score_sums
from generator.estimates.whole import all_rows, of_level
from generator.estimates.window_estimates import Turn, in_level_window, in_score_window, in_window, turned
from generator.estimates.windows import NAMES, NO_DATES, NO_RECENT, NO_THIRDS, THIRDS, Windows, windows
from generator.records import margins
from generator.records.aggregates import FloatArray, IntArray
from generator.records.fact import Fact, segment_of
from generator.records.ledger import Ledger
from generator.records.plugin import Subject
from generator.records.project import Project
from generator.records.quality import quality, top_name, unit_of
from generator.results.words import quantities
from generator.stats.multiplicity import benjamini_hochberg
from generator.subjects.segments import FEWEST_ROWS
from generator.subjects.windows._concentrated import told
from generator.subjects.windows.facts import PAIRED, show
from generator.subjects.windows.found import DayWindow, Measure, Recent, TeamLevel, Turned

QUANTITY = quantities(__file__)

REGRESSION: Mapping[str, Ratio] = {"rmse": RMSE, "mae": MAE, "bias": BIAS}
BINARY: Mapping[str, Ratio] = {"brier": BRIER, "log_loss": LOG_LOSS, "bias": BIAS}
CHANCE = 0.05
"""False discovery rate over the segment levels, and chance at which a rise of the whole is taken for one."""


@dataclass(frozen=True, kw_only=True)
class WindowCourse:
    """One measure in both windows, and the difference that would matter."""

    measure: Measure
    turn: Turn
    log: bool
    margin: float
    unit: str
    beyond: Turn | None = None
    """Of probabilities' error: the part that another share of positives does not bring, by which it is judged."""

    @property
    def material(self) -> bool:
        """Return whether the windows differ by at least the margin, and in one direction."""
        gaps = [one.recent.value - one.earlier.value for one in self._judged]
        return all(abs(gap) >= self.margin and gap * gaps[0] > 0 for gap in gaps)

    @property
    def p(self) -> float:
        """Return the chance of such a difference without a change."""
        return max(one.p for one in self._judged)

    @property
    def rose(self) -> bool:
        """Return whether the recent value is the larger one."""
        return self.turn.change.estimate > 0

    @property
    def _judged(self) -> list[Turn]:
        return [self.turn, *([self.beyond] if self.beyond is not None else [])]


def find(project: Project, ledger: Ledger) -> Recent:
    """Return the windows, and every metric and segment level in the earlier and the recent one."""
    cut = windows(ledger, project.settings.objectives.recent_days)
    head = head_of(ledger, target_unit(project))
    whole, levels = list(_overall(project, ledger, cut, head)), list(_levels(ledger, cut, head))
    every = [*whole, *levels, *_critical(project, ledger, cut, head)]
    return Recent(
        headline=head.metric.metric,
        unit=head.unit,
        windows={name: _window(ledger, name, places) for name, places in cut.places.items()},
        uncut=tuple(_uncut(name) for name in NAMES if name not in cut.places),
        measures={Measure(metric=head.metric.metric): _gone(head)} | {one.measure: _turned(one) for one in every},
        levels=tuple(_judged(levels)),
        worse=_worse(levels),
        concentration=tuple(told(ledger, cut, risen=_risen(whole, head))),
        acceptable=limits(project, head).acceptable,
    )


def _window(ledger: Ledger, name: str, places: IntArray) -> DayWindow:
    losses = ledger.production.losses
    assert losses is not None
    start, end = (date_of(int(ledger.production.days[place])) for place in (places[0], places[-1]))
    title = NAMES[name].capitalize()
    n = float(losses.day[places, COLUMN["n"]].sum())
    return DayWindow(
        start=_day(f"windows.{name}.start", start, f"{title}, its start"),
        end=_day(f"windows.{name}.end", end, f"{title}, its end"),
        days=number(QUANTITY("windows.{name}.days", name=name, title=title), places.size),
        rows=number(QUANTITY("windows.{name}.rows", name=name, title=title), n),
    )


def _day(id: str, day: datetime.date | None, label: str) -> Fact:
    return Fact(id=id, value=day, label=label, unit="date", source=PRODUCTION, reason="" if day else NO_DATES)


def _uncut(name: str) -> Fact:
    reason = NO_THIRDS if name in THIRDS else NO_RECENT if name in ("earlier", "recent") else NO_DATES
    return number(f"windows.{name}.days", math.nan, label=f"{NAMES[name]}, days".capitalize(), reason=reason)


def _overall(project: Project, ledger: Ledger, cut: Windows, head: Head) -> Iterator[WindowCourse]:
    sums, losses = all_rows(ledger), ledger.production.losses
    if sums is None or losses is None or cut.of("recent") is None:
        return
    rate, unit = _rate(score_sums(ledger)), "points" if ledger.plan.binary else target_unit(project)
    for metric, ratio in (BINARY if ledger.plan.binary else REGRESSION).items():
        turn = _turn(ratio, sums, losses.day, cut)
        if turn is not None:
            margin = margins.of_metric(metric, turn.earlier.value, rate)
            if metric == "bias":
                margin = margins.level(rate) if ledger.plan.binary else margins.ERROR * estimate(head.ratio, sums).value
            yield WindowCourse(
                measure=Measure(metric=metric),
                unit=unit_of(metric, unit),
                turn=turn,
                log=ratio.log,
                margin=margin,
                beyond=_beyond(ledger, cut) if metric == "brier" else None,
            )
    yield from _rankings(project, ledger, cut)


def _beyond(ledger: Ledger, cut: Windows) -> Turn | None:
    scores, whole = score_sums(ledger), ledger.production.scores
    earlier, recent = cut.of("earlier"), cut.of("recent")
    if scores is None or whole is None or earlier is None or recent is None:
        return None
    own = estimated_of(scores)
    parts = (in_score_window(avoidable, scores, own, whole.day[part], row_error) for part in (earlier, recent))
    found = turned(*parts, log=False)
    return found if math.isfinite(found.p) else None


def _rankings(project: Project, ledger: Ledger, cut: Windows) -> Iterator[WindowCourse]:
    scores, whole = score_sums(ledger), ledger.production.scores
    earlier, recent = cut.of("earlier"), cut.of("recent")
    if scores is None or whole is None or earlier is None or recent is None:
        return
    statistics: dict[str, Statistic] = {
        "auc": rank.area,
        "accuracy": rank.accuracy(scores.first_above(rank.threshold_of(project))),
        **{top_name(share): rank.precision(share) for share in rank.top_shares(project)},
        "base_rate": rank.base_rate,
    }
    for metric, statistic in statistics.items():
        own = estimate_scores(statistic, scores)
        parts = (in_score_window(statistic, scores, own, whole.day[part]) for part in (earlier, recent))
        turn = turned(*parts, log=False)
        if math.isfinite(turn.p):
            yield WindowCourse(
                measure=Measure(metric=metric),
                unit=quality(metric).unit,
                turn=turn,
                log=False,
                margin=margins.of_metric(metric, turn.earlier.value),
            )


def _levels(ledger: Ledger, cut: Windows, head: Head) -> Iterator[WindowCourse]:
    for place, (segment, name) in enumerate(ledger.plan.cells):
        if any(one.hidden for one in ledger.plan.segments if one.name == segment):
            continue
        course = _of_level(ledger, cut, place, (segment, name), head.metric.metric, head.ratio, head.unit)
        if course is not None:
            yield course


def _critical(project: Project, ledger: Ledger, cut: Windows, head: Head) -> Iterator[WindowCourse]:
    """Yield the critical segments whose limit is on another metric than the headline's."""
    ratios = {**REGRESSION, **BINARY}
    for limit in project.settings.objectives.critical_segments:
        cell = (limit.segment, limit.level)
        if limit.metric != head.metric.metric and limit.metric in ratios and cell in ledger.plan.cells:
            unit = unit_of(limit.metric, target_unit(project))
            place = ledger.plan.cells.index(cell)
            course = _of_level(ledger, cut, place, cell, limit.metric, ratios[limit.metric], unit)
            if course is not None:
                yield course


def _of_level(
    ledger: Ledger, cut: Windows, place: int, cell: tuple[str, str], metric: str, ratio: Ratio, unit: str
) -> WindowCourse | None:
    sums, losses = of_level(ledger, place), ledger.production.losses
    if sums is None or losses is None:
        return None
    by_day, scores = losses.day_level[:, place], level_sums(ledger, place)
    turn = _turn(ratio, sums, by_day, cut)
    if turn is None:
        return None
    return WindowCourse(
        measure=Measure(metric=metric, segment=cell[0], level=cell[1]),
        unit=unit,
        turn=turn,
        log=ratio.log,
        margin=margins.of_metric(metric, turn.earlier.value, _rate(scores)),
        beyond=_beyond_of_level(scores, by_day, cut) if metric == "brier" and scores is not None else None,
    )


def _beyond_of_level(scores: Scores, by_day: FloatArray, cut: Windows) -> Turn | None:
    earlier, recent = cut.of("earlier"), cut.of("recent")
    if earlier is None or recent is None:
        return None
    own, statistic = estimated_of(scores), partial(avoidable_loss, promise=promise_of(scores.total))
    parts = (in_level_window(statistic, own, scores.entities, by_day[part]) for part in (earlier, recent))
    found = turned(*parts, log=False)
    return found if math.isfinite(found.p) else None


def _turn(ratio: Ratio, sums: Sums, by_day: FloatArray, cut: Windows) -> Turn | None:
    """Return both windows; None where one of them has too few rows for an interval."""
    earlier, recent = cut.of("earlier"), cut.of("recent")
    if earlier is None or recent is None:
        return None
    if min(by_day[part, COLUMN["n"]].sum() for part in (earlier, recent)) < FEWEST_ROWS:
        return None
    turn = turned(*(in_window(ratio, sums, by_day[part]) for part in (earlier, recent)), log=ratio.log)
    return turn if math.isfinite(turn.p) else None


def _rate(scores: Scores | None) -> float:
    return math.nan if scores is None else rank.base_rate(scores.total)


def _turned(course: WindowCourse) -> Turned:
    measure, turn = course.measure, course.turn
    stem, title = f"performance.{measure.metric}.", quality(measure.metric).title
    if measure.segment:
        stem = f"segments.{segment_of(measure.segment)}.{segment_of(measure.level)}.{measure.metric}_"
        title = f"{title}, {measure.segment} {measure.level}"
    way = "recent over earlier days, less one" if course.log else "recent less earlier days"
    return Turned(
        earlier=estimated(QUANTITY("{stem}earlier", stem=stem, title=title), turn.earlier, unit=course.unit),
        recent=estimated(QUANTITY("{stem}recent", stem=stem, title=title), turn.recent, unit=course.unit),
        change=number(
            QUANTITY("{stem}recent_change", stem=stem, title=title, way=way),
            turn.change.estimate,
            low=turn.change.low,
            high=turn.change.high,
            n=turn.recent.n,
            unit="change" if course.log else "points" if course.unit == "share" else course.unit,
        ),
        chance=number(
            QUANTITY("{stem}recent_p", stem=stem, title=title),
            course.p,
            method="two-sided Student test of recent against earlier days"
            + ("; of the part too that another share of positives does not bring" if course.beyond else ""),
        ),
        material=Fact(
            id=f"{stem}recent_material",
            value=course.material,
            unit="flag",
            label=f"{title}: recent and earlier days differ by at least the margin",
            method="margins of the README",
            origin="derived",
        ),
    )


def _gone(head: Head) -> Turned:
    """Return the headline metric where there are no such windows."""
    title = head.metric.name.capitalize()
    recent, earlier, change = (
        number(head.id(name), math.nan, label=f"{title}, {words}", unit=head.unit, reason=NO_RECENT)
        for name, words in (("recent", "recent days"), ("earlier", "earlier days"), ("recent_change", "change"))
    )
    return Turned(earlier=earlier, recent=recent, change=change)


def _proven(levels: list[WindowCourse]) -> list[bool]:
    adjusted = benjamini_hochberg(np.array([one.p for one in levels]))
    return [bool(p <= CHANCE) and one.material for p, one in zip(adjusted, levels, strict=True)]


def _risen(whole: list[WindowCourse], head: Head) -> bool:
    """Return whether the error of all rows has risen beyond margin and chance."""
    own = next((one for one in whole if one.measure.metric == head.metric.metric), None)
    return own is not None and own.material and own.p <= CHANCE and own.rose


def _worse(levels: list[WindowCourse]) -> Fact:
    worse = sum(proven and one.rose for proven, one in zip(_proven(levels), levels, strict=True))
    return number(QUANTITY("windows.segments.worse"), worse if levels else math.nan, reason=PAIRED)


def _judged(levels: list[WindowCourse]) -> Iterator[TeamLevel]:
    """Yield the levels in the order of the caption: proven ones first, by how far the error rose in its own unit."""
    for one, proven in sorted(zip(levels, _proven(levels), strict=True), key=_most_risen):
        segment, name = one.measure.segment, one.measure.level
        yield TeamLevel(segment=segment, name=name, turned=_turned(one), proven=proven, worse=proven and one.rose)


def _most_risen(found: tuple[WindowCourse, bool]) -> tuple[bool, float, str, str]:
    one, proven = found
    return not proven, one.turn.earlier.value - one.turn.recent.value, one.measure.segment, one.measure.level


SUBJECT = Subject(id="windows", title="Recent against earlier days", find=find, show=show)
