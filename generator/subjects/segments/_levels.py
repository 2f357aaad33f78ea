"""Takes a ledger, gives for every level of every segment its error, raw and shrunk, with intervals."""

import math
from dataclasses import dataclass

import numpy as np

from generator.estimates import rankings as rank
from generator.estimates.headline import Head
from generator.estimates.intervals import BIAS, COLUMN, MAE, Estimate, Sums, entities_in, estimate
from generator.estimates.score_intervals import estimate_scores
from generator.estimates.score_sums import level_sums
from generator.estimates.whole import of_level
from generator.records.ledger import UNSEEN, Ledger, SegmentPlan
from generator.stats.intervals import log_interval
from generator.stats.shrinkage import empirical_bayes

FEWEST_ROWS, FEWEST_ENTITIES = 30, 10


@dataclass(frozen=True, kw_only=True, eq=False)
class SegmentLevel:
    """One level of a segment: raw and shrunk error."""

    segment: str
    name: str
    sums: Sums
    error: Estimate
    mae: Estimate
    bias: Estimate
    shrunk: float
    shrunk_low: float
    shrunk_high: float
    auc: Estimate | None = None
    """Of binary models: how well the level's own positives and negatives are told apart, and how many are positive."""
    base_rate: Estimate | None = None


def levels_of(ledger: Ledger, head: Head) -> list[SegmentLevel]:
    """Return the levels of the team's segments that have enough rows and entities."""
    found: list[SegmentLevel] = []
    start = 0
    for segment in ledger.plan.segments:
        if not segment.hidden:
            found += _levels(ledger, segment, start, head)
        start += len(segment.levels)
    return found


def _levels(ledger: Ledger, segment: SegmentPlan, start: int, head: Head) -> list[SegmentLevel]:
    named = [(name, of_level(ledger, start + i), start + i) for i, name in enumerate(segment.levels)]
    filled = [(name, sums, place) for name, sums, place in named if sums is not None and sums.total("n") > 0]
    kept = [(name, sums, place) for name, sums, place in filled if name == UNSEEN or enough(ledger, sums)]
    raw = [estimate(head.ratio, sums) for _, sums, _ in kept]
    logs = np.array([math.log(e.value) if e.value > 0 else math.nan for e in raw])
    variances = np.array([max(e.variance, 0.5 / e.n) if math.isfinite(e.variance) else math.nan for e in raw])
    shrunk = empirical_bayes(logs, variances)
    ends = zip(kept, raw, shrunk.post, shrunk.var, strict=True)
    return [_level(ledger, segment, one, error, float(post), float(var)) for one, error, post, var in ends]


def _level(
    ledger: Ledger,
    segment: SegmentPlan,
    named: tuple[str, Sums, int],
    raw: Estimate,
    log_error: float,
    variance: float,
) -> SegmentLevel:
    name, sums, place = named
    scores = level_sums(ledger, place)
    value = math.exp(log_error) if math.isfinite(log_error) else raw.value
    around = log_interval(value, variance, raw.df)
    return SegmentLevel(
        segment=segment.name,
        name=name,
        sums=sums,
        error=raw,
        mae=estimate(MAE, sums),
        bias=estimate(BIAS, sums),
        shrunk=value,
        shrunk_low=around.low,
        shrunk_high=around.high,
        auc=None if scores is None else estimate_scores(rank.area, scores),
        base_rate=None if scores is None else estimate_scores(rank.base_rate, scores),
    )


def enough(ledger: Ledger, sums: Sums) -> bool:
    rows = sums.group[:, COLUMN["n"]]
    return rows.sum() >= FEWEST_ROWS and (not ledger.entity_groups or entities_in(rows) >= FEWEST_ENTITIES)
