"""Takes the ledger and the limits on segments, gives the metric of each over the window that ends on a day."""

import numpy as np

from generator.estimates.facts import dated, number, target_unit
from generator.estimates.intervals import BRIER, COLUMN, MAE, RMSE
from generator.estimates.pairs import Day
from generator.estimates.windows import LONGEST
from generator.records.evidence import Evidence
from generator.records.fact import facts_of, segment_of
from generator.records.ledger import Ledger
from generator.records.plugin import Subject
from generator.records.project import Project, SegmentLimit
from generator.records.quality import quality, unit_of
from generator.records.reason import lacking
from generator.results.words import quantities, tables
from generator.stats.window import span
from generator.subjects.segments.found import LimitCourse, Limited

QUANTITY, TABLE = quantities(__file__), tables(__file__)

RATIOS = {"rmse": RMSE, "mae": MAE, "brier": BRIER}
"""Metrics that the sums of a day tell; of a ranking they do not."""
NONE_LIMITED = lacking("no critical segment has a limit that its days tell", "objectives.critical_segments")


def find(project: Project, ledger: Ledger) -> Limited:
    """Return the metric of every limit on a segment by day, over a window that the rows do not change."""
    days = project.settings.objectives.recent_days or LONGEST
    limits = {(one.segment, one.level, one.metric): one for one in project.settings.objectives.critical_segments}
    return Limited(
        window=number(QUANTITY("segments.limited.window"), days),
        courses=tuple(_course(one, days, project, ledger) for one in limits.values()),
    )


def _course(limit: SegmentLimit, window: int, project: Project, ledger: Ledger) -> LimitCourse:
    where, losses = (limit.segment, limit.level), ledger.production.losses
    known = losses is not None and where in ledger.plan.cells and limit.metric in RATIOS
    return LimitCourse(
        segment=limit.segment,
        level=limit.level,
        metric=limit.metric,
        days=_days(limit, window, project, ledger) if known else (),
    )


def _days(limit: SegmentLimit, window: int, project: Project, ledger: Ledger) -> tuple[Day, ...]:
    """Return the metric on each day that has rows of the segment, from the first full window on."""
    losses, ratio = ledger.production.losses, RATIOS[limit.metric]
    assert losses is not None
    sums = losses.day_level[:, ledger.plan.cells.index((limit.segment, limit.level))]
    own = [(place, date) for place, date in dated(ledger) if sums[place, COLUMN["n"]] > 0]
    numbers = ledger.production.days
    axis = numbers[[place for place, _ in own]]
    reach, lead = span(window, max(1, int(np.median(np.diff(axis)))) if len(axis) > 1 else 1)
    stem = f"segments.{segment_of(limit.segment)}.{segment_of(limit.level)}.{limit.metric}"
    name, unit = f"{limit.segment} {limit.level}", unit_of(limit.metric, target_unit(project))
    found = []
    for place, date in own:
        ages = numbers[place] - numbers
        total = sums[(numbers >= 0) & (ages >= 0) & (ages < reach)].sum(axis=0)
        top, n = float(total[COLUMN[ratio.top]]), float(total[COLUMN["n"]])
        if numbers[place] - axis[0] < lead:
            continue
        what = QUANTITY("{stem}_limited.{date}", stem=stem, date=date, title=quality(limit.metric).title, name=name)
        rows = number(QUANTITY("{stem}_limited_rows.{date}", stem=stem, date=date, name=name), n)
        found.append(Day(date=date, rows=rows, values={limit.metric: number(what, ratio.of(top, n), unit=unit, n=n)}))
    return tuple(found)


def show(found: Limited) -> Evidence:
    """Return every fact, and the courses in one table."""
    rows = (
        (one.segment, one.level, one.metric, day.date.isoformat(), day.rows, day.values[one.metric])
        for one in found.courses
        for day in one.days
    )
    shown = TABLE("segments.limited", rows, reason=NONE_LIMITED)
    return Evidence(facts=tuple(facts_of(found)), tables=(shown,))


SUBJECT = Subject(id="limited", title="Segments with a limit, by day", find=find, show=show)
