"""Takes a ledger and a sensitive segment, gives what each of its groups gets from the model, and the largest gaps."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from generator.estimates.headline import Head
from generator.estimates.intervals import BIAS, COLUMN, FEWEST, Ratio, entities_in, folded
from generator.estimates.score_sums import ROWS, N, Y
from generator.records.aggregates import FloatArray
from generator.records.ledger import MISSING, UNSEEN, Ledger, SegmentPlan
from generator.records.project import Project
from generator.stats.arrays import divide
from generator.stats.cluster import fold_groups, jackknife_variance, leave_one_out_sums
from generator.stats.intervals import Interval, t_interval

FEWEST_ROWS, FEWEST_ENTITIES = 30, 10
MEASURES = ("error", "bias", "acted", "hits", "missed")
COMPARED = ("error", "bias", "acted", "missed")
"""Measures whose gaps are judged; hits follow from the share of positives, which differs between groups."""


@dataclass(frozen=True, kw_only=True, eq=False)
class GroupMeasure:
    """A measure of one group: numerator and denominator by entity group (G,) each, and the metric made of them."""

    top: FloatArray
    bottom: FloatArray
    ratio: Ratio | None = None

    @property
    def rows(self) -> float:
        """Return what stands below: rows, positives or rows acted on."""
        return float(self.bottom.sum())


@dataclass(frozen=True, kw_only=True, eq=False)
class Cohort:
    """A level with enough rows: its rows, whether it is a group of people by name, and its measures."""

    name: str
    rows: float
    named: bool
    parts: dict[str, GroupMeasure]


@dataclass(frozen=True, kw_only=True)
class Gap:
    """The largest difference of a measure between two groups, its limits widened for all pairs that were looked at."""

    measure: str
    low: str
    high: str
    found: Interval
    groups: int


@dataclass(frozen=True, kw_only=True)
class Threshold:
    """The edge of the coarse score bins that is nearest to the threshold acted from."""

    wanted: float
    edge: float


def threshold_of(project: Project, ledger: Ledger, best: float) -> Threshold | None:
    """Return the threshold in force: today's, else the best by the costs; None without either."""
    today = project.settings.decision.threshold
    wanted = best if today is None else today
    edges = ledger.plan.coarse_scores
    if not ledger.plan.binary or math.isnan(wanted) or not edges.size:
        return None
    return Threshold(wanted=wanted, edge=float(edges[int(np.argmin(np.abs(edges - wanted)))]))


def groups_in(
    ledger: Ledger, segment: SegmentPlan, head: Head, at: Threshold | None, smallest: int
) -> tuple[list[Cohort], int]:
    """Return the groups with enough rows and entities to be told, and how many are too small."""
    start = next(i for i, (name, _) in enumerate(ledger.plan.cells) if name == segment.name)
    losses, found, small = ledger.production.losses, [], 0
    assert losses is not None
    for place, name in enumerate(segment.levels, start):
        sums = losses.group_level[:, place]
        rows = sums[:, COLUMN["n"]]
        few = ledger.entity_groups and entities_in(rows) < FEWEST_ENTITIES
        if rows.sum() == 0:
            continue
        if few or rows.sum() < max(FEWEST_ROWS, smallest):
            small += 1
            continue
        parts = {
            "error": _part(sums, head.ratio),
            "bias": _part(sums, BIAS),
            **_decided(ledger, place, at),
        }
        kept = {key: part for key, part in parts.items() if part.rows >= max(FEWEST_ROWS, smallest)}
        found.append(Cohort(name=name, rows=float(rows.sum()), named=name not in (UNSEEN, MISSING), parts=kept))
    return found, small


def _part(sums: FloatArray, ratio: Ratio) -> GroupMeasure:
    return GroupMeasure(top=sums[:, COLUMN[ratio.top]], bottom=sums[:, COLUMN[ratio.bottom]], ratio=ratio)


def _decided(ledger: Ledger, place: int, at: Threshold | None) -> dict[str, GroupMeasure]:
    """Return what acting from the threshold does to one group of a binary model."""
    scores = ledger.production.scores
    if at is None or scores is None or scores.group_level is None:
        return {}
    first = int(np.searchsorted(ledger.plan.coarse_scores, at.edge, side="right"))
    cells = scores.group_level[:, place]
    on = cells[:, first:].sum(axis=1)
    every = cells.sum(axis=1)
    positives = every[:, Y]
    return {
        "acted": GroupMeasure(top=on[:, ROWS], bottom=every[:, ROWS]),
        "hits": GroupMeasure(top=on[:, Y], bottom=on[:, N]),
        "missed": GroupMeasure(top=positives - on[:, Y], bottom=positives),
    }


def value_of(part: GroupMeasure) -> float:
    """Return the measure over all rows."""
    return float(_values(part, part.top.sum(keepdims=True), part.bottom.sum(keepdims=True))[0])


def interval_of(part: GroupMeasure, groups: int) -> Interval:
    """Return the measure with its 95 % limits, `groups` of entities left out in turn."""
    value = value_of(part)
    if groups < FEWEST:
        return Interval(estimate=value, low=math.nan, high=math.nan)
    return t_interval(value, float(jackknife_variance(_without(part, groups))), groups - 1)


def folds(ledger: Ledger) -> int:
    """Return how many groups the jackknife leaves out in turn; 0 where there are too few entities."""
    entities = ledger.production.entities
    return 0 if entities is None else fold_groups(entities)


def gaps(groups: list[Cohort], folds: int, scale: float) -> Iterator[Gap]:
    """Yield the largest gap of each measure between named groups; the error's as a share of `scale`."""
    named = [group for group in groups if group.named]
    for measure in COMPARED:
        able = [group for group in named if measure in group.parts]
        if len(able) < 2:
            continue
        values = [value_of(group.parts[measure]) for group in able]
        low, high = able[int(np.argmin(values))], able[int(np.argmax(values))]
        pairs = len(list(combinations(able, 2)))
        unit = scale if measure == "error" else 1.0
        found = _difference(high.parts[measure], low.parts[measure], folds, pairs, unit)
        yield Gap(measure=measure, low=low.name, high=high.name, found=found, groups=len(able))


def _difference(high: GroupMeasure, low: GroupMeasure, groups: int, pairs: int, unit: float) -> Interval:
    value = (value_of(high) - value_of(low)) / unit
    if groups < FEWEST:
        return Interval(estimate=value, low=math.nan, high=math.nan)
    variance = float(jackknife_variance(_without(high, groups) - _without(low, groups))) / unit**2
    found = t_interval(value, variance, groups - 1, level=1 - 0.05 / pairs)
    return Interval(estimate=value, low=max(found.low, 0.0), high=found.high)


def _without(part: GroupMeasure, groups: int) -> FloatArray:
    """Return the measure without each group of entities in turn (groups,)."""
    left = leave_one_out_sums(folded(np.column_stack([part.top, part.bottom]), groups))
    return _values(part, left[:, 0], left[:, 1])


def _values(part: GroupMeasure, top: FloatArray, bottom: FloatArray) -> FloatArray:
    mean = divide(top, bottom)
    return np.sqrt(np.maximum(mean, 0.0)) if part.ratio is not None and part.ratio.root else mean
