"""Takes a ledger, gives the windows and what every metric and every segment was in the earlier and the recent one."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from generator.estimates import rankings as rank
from generator.estimates.avoidable import avoidable, avoidable_loss, estimated_of, promise_of, row_error
from generator.estimates.facts import estimated, number, target_unit
from generator.estimates.headline import Head, head_of
from generator.estimates.intervals import BIAS, BRIER, COLUMN, LOG_LOSS, MAE, RMSE, Ratio, Sums, estimate
from generator.estimates.pairs import limits
from generator.estimates.score_intervals import Statistic, estimate_scores
from generator.estimates.score_sums import Scores, level_sums, score_sums
from generator.estimates.whole import all_rows, of_level
from generator.estimates.window_estimates import Turn, in_level_window, in_score_window, in_window, turned
from generator.estimates.windows import NO_RECENT, Windows, described, windows
from generator.records import margins
from generator.records.aggregates import FloatArray
from generator.records.evidence import Evidence
from generator.records.fact import Fact, segment_of
from generator.records.ledger import Ledger
from generator.records.plugin import Analysis
from generator.records.project import Project
from generator.records.quality import quality, top_name, unit_of
from generator.records.table import Cell, Column, Mark, Table
from generator.stats.multiplicity import benjamini_hochberg
from generator.subjects.segments._levels import FEWEST_ROWS
from generator.subjects.windows._concentrated import told
from generator.subjects.windows._window_findings import findings, only_worse

REGRESSION: Mapping[str, Ratio] = {"rmse": RMSE, "mae": MAE, "bias": BIAS}
BINARY: Mapping[str, Ratio] = {"brier": BRIER, "log_loss": LOG_LOSS, "bias": BIAS}
CHANCE = 0.05
"""False discovery rate over the segment levels, and chance at which a rise of the whole is taken for one."""
WORST = 3
"""Segment levels that a summary names."""
PAIRED = "needs labelled rows in both the earlier and the recent days"


@dataclass(frozen=True, kw_only=True)
class Course:
    """One metric of all rows or of one level in both windows, and the difference that would matter."""

    stem: str
    """What the ids of its facts begin with."""
    title: str
    unit: str
    turn: Turn
    log: bool
    margin: float
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
    def _judged(self) -> list[Turn]:
        return [self.turn, *([self.beyond] if self.beyond is not None else [])]


@dataclass(frozen=True, kw_only=True)
class Level:
    """A segment level with the course of its error."""

    segment: str
    name: str
    course: Course


def run(project: Project, ledger: Ledger) -> Evidence:
    """Return the windows, and every metric and segment level in the earlier and the recent one."""
    cut = windows(ledger, project.settings.objectives.recent_days)
    frame, head = described(ledger, cut), head_of(ledger, target_unit(project))
    whole = list(_overall(project, ledger, cut, head))
    levels, others = list(_levels(ledger, cut, head)), list(_critical(project, ledger, cut, head))
    courses = [*whole, *(level.course for level in levels), *others]
    facts = {fact.id: fact for one in courses for fact in _facts(one)}
    for fact in (*_gone(head), *_worse(levels), *told(ledger, cut, risen=_risen(whole, head))):
        facts.setdefault(fact.id, fact)
    every = _table(levels, facts, head)
    worse = only_worse(every, "windows.worse", "Segments that are worse in the recent days")
    worst = replace(worse, id="windows.worst", rows=worse.rows[:WORST])
    acceptable = next(fact for fact in limits(project, head) if fact.id == head.id("acceptable"))
    return Evidence(
        facts=(*frame.facts, *facts.values()),
        tables=(*frame.tables, every, worse, worst),
        findings=tuple(findings(facts, acceptable, worse, head)),
    )


def _overall(project: Project, ledger: Ledger, cut: Windows, head: Head) -> Iterator[Course]:
    sums, losses = all_rows(ledger), ledger.production.losses
    if sums is None or losses is None or cut.of("recent") is None:
        return
    rate, unit = _rate(score_sums(ledger)), target_unit(project)
    for metric, ratio in (BINARY if ledger.plan.binary else REGRESSION).items():
        title = quality(metric).title
        turn = _turn(ratio, sums, losses.day, cut)
        if turn is not None:
            margin = margins.of_metric(metric, turn.earlier.value, rate)
            if metric == "bias":
                margin = margins.level(rate) if ledger.plan.binary else margins.ERROR * estimate(head.ratio, sums).value
            yield Course(
                stem=f"performance.{metric}.",
                title=title,
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


def _rankings(project: Project, ledger: Ledger, cut: Windows) -> Iterator[Course]:
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
            yield Course(
                stem=f"performance.{metric}.",
                title=quality(metric).title,
                unit=quality(metric).unit,
                turn=turn,
                log=False,
                margin=margins.of_metric(metric, turn.earlier.value),
            )


def _levels(ledger: Ledger, cut: Windows, head: Head) -> Iterator[Level]:
    for place, (segment, name) in enumerate(ledger.plan.cells):
        if any(one.hidden for one in ledger.plan.segments if one.name == segment):
            continue
        course = _of_level(ledger, cut, place, (segment, name), head.metric.metric, head.ratio, head.unit)
        if course is not None:
            yield Level(segment=segment, name=name, course=course)


def _critical(project: Project, ledger: Ledger, cut: Windows, head: Head) -> Iterator[Course]:
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
) -> Course | None:
    sums, losses = of_level(ledger, place), ledger.production.losses
    if sums is None or losses is None:
        return None
    by_day, scores = losses.day_level[:, place], level_sums(ledger, place)
    turn = _turn(ratio, sums, by_day, cut)
    if turn is None:
        return None
    segment, name = cell
    return Course(
        stem=f"segments.{segment_of(segment)}.{segment_of(name)}.{metric}_",
        title=f"{quality(metric).title}, {segment} {name}",
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


def _facts(course: Course) -> tuple[Fact, ...]:
    stem, title, turn = course.stem, course.title, course.turn
    unit = "change" if course.log else "points" if course.unit == "share" else course.unit
    way = "recent over earlier days, less one" if course.log else "recent less earlier days"
    return (
        estimated(f"{stem}earlier", turn.earlier, label=f"{title}, earlier days", unit=course.unit),
        estimated(f"{stem}recent", turn.recent, label=f"{title}, recent days", unit=course.unit),
        number(
            f"{stem}recent_change",
            turn.change.estimate,
            low=turn.change.low,
            high=turn.change.high,
            n=turn.recent.n,
            label=f"{title}, recent against earlier days",
            unit=unit,
            method=f"{way}, each window corrected for the correlation of its own days",
        ),
        number(
            f"{stem}recent_p",
            course.p,
            label=f"Chance of such a difference without a change: {title}",
            method="two-sided Student test of recent against earlier days"
            + ("; of the part too that another share of positives does not bring" if course.beyond else ""),
        ),
        Fact(
            id=f"{stem}recent_material",
            value=course.material,
            unit="flag",
            label=f"{title}: recent and earlier days differ by at least the margin",
            method="margins of the README",
            origin="derived",
        ),
    )


def _gone(head: Head) -> Iterator[Fact]:
    """Yield the facts of the headline metric where there are no such windows."""
    for name, words in (("recent", "recent days"), ("earlier", "earlier days"), ("recent_change", "change")):
        id, title = head.id(name), head.metric.name.capitalize()
        yield number(id, math.nan, label=f"{title}, {words}", unit=head.unit, reason=NO_RECENT)


def _proven(levels: list[Level]) -> list[bool]:
    adjusted = benjamini_hochberg(np.array([level.course.p for level in levels]))
    return [bool(p <= CHANCE) and level.course.material for p, level in zip(adjusted, levels, strict=True)]


def _risen(whole: list[Course], head: Head) -> bool:
    """Return whether the error of all rows has risen beyond margin and chance."""
    own = next((one for one in whole if one.stem == head.id("")), None)
    return own is not None and own.material and own.p <= CHANCE and own.turn.change.estimate > 0


def _worse(levels: list[Level]) -> tuple[Fact, ...]:
    proven = _proven(levels)
    worse = sum(is_so and level.course.turn.change.estimate > 0 for is_so, level in zip(proven, levels, strict=True))
    return (
        number(
            "windows.segments.worse",
            worse if levels else math.nan,
            label="Segment levels that are worse in the recent days than in the earlier ones",
            unit="count",
            reason=PAIRED,
            origin="derived",
        ),
    )


def _table(levels: list[Level], facts: Mapping[str, Fact], head: Head) -> Table:
    columns = (
        Column(key="segment", label="Segment"),
        Column(key="level", label="Level"),
        Column(key="earlier", label=f"{head.metric.name.capitalize()}, earlier days", unit=head.unit),
        Column(key="recent", label=f"{head.metric.name.capitalize()}, recent days", unit=head.unit),
        Column(key="change", label="Change", unit="change"),
        Column(key="status", label="Reading"),
    )
    proven = _proven(levels)
    found = sorted(zip(levels, proven, strict=True), key=_most_risen)
    rows = tuple(_row(level, is_proven, facts) for level, is_proven in found)
    title = "Segments in the recent against the earlier days"
    return Table(id="windows.segments", title=title, columns=columns, rows=rows, reason="" if rows else PAIRED)


def _most_risen(found: tuple[Level, bool]) -> tuple[bool, float, str, str]:
    """Proven ones first, by how far their error rose in its own unit; the ranking rule that the caption prints."""
    level, proven = found
    turn = level.course.turn
    return not proven, turn.earlier.value - turn.recent.value, level.segment, level.name


def _row(level: Level, proven: bool, facts: Mapping[str, Fact]) -> tuple[Cell, ...]:
    stem = level.course.stem
    mark = Mark(status="info", word="no clear change")
    if proven:
        rose = level.course.turn.change.estimate > 0
        mark = Mark(status="confirmed", word="worse") if rose else Mark(status="ok", word="better")
    shown = (facts[f"{stem}{name}"] for name in ("earlier", "recent", "recent_change"))
    return (level.segment, level.name, *shown, mark)


ANALYSIS = Analysis(id="windows", title="Recent against earlier days", run=run)
