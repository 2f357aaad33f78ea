"""Takes probabilities and outcomes of rows, gives the sums of each score bin; and the edges of the bins."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from generator.measure.align import add_rows
from generator.measure.lens import Rows
from generator.records.aggregates import FloatArray, IntArray
from generator.records.ledger import GROUPS, SCORES, Plan, ScoreSums
from generator.stats.arrays import floats

QUANTILES, STEPS = 512, 200
FARTHEST, TAIL = 16.0, 0.1
"""Log-odds up to which probabilities beyond those of the reference are told apart, and in which steps."""


def score_edges(predictions: FloatArray, exact: Iterable[float] = ()) -> FloatArray:
    """Return edges inside (0, 1): quantiles of the probabilities, an even grid, and the `exact` ones of decisions.

    Below the lowest and above the highest of them edges go on in steps of log-odds: probabilities of production that
    leave the range of the reference would else fall into one bin, and their order would be lost.
    """
    finite = predictions[~np.isnan(predictions)]
    own = np.quantile(finite, np.arange(1, QUANTILES) / QUANTILES) if finite.size else np.zeros(0)
    even = np.round(np.arange(1, STEPS) / STEPS, 6)
    inside = np.concatenate([own, even, np.array(list(exact), dtype=np.float64)])
    inside = inside[(inside > 0.0) & (inside < 1.0)]
    tails = 1.0 / (1.0 + np.exp(-np.arange(-FARTHEST, FARTHEST + TAIL / 2, TAIL)))
    tails = tails[(tails < inside.min()) | (tails > inside.max())]
    edges: FloatArray = np.unique(np.concatenate([inside, np.round(tails, 12)]))
    inner: FloatArray = edges[(edges > 0.0) & (edges < 1.0)]
    return inner


def score_sums(rows: Rows, plan: Plan, day: tuple[int, IntArray]) -> ScoreSums | None:
    """Return the sums of one batch; None for a regression. `day` is the number of days, and each row's place."""
    if plan.scores is None:
        return None
    p, y = rows.values[-1], rows.values[-2]
    scored = np.flatnonzero(~np.isnan(p))
    p, y = p[scored], y[scored]
    columns = _columns(p, y)
    fine = np.searchsorted(plan.scores, p, side="right")
    coarse = np.searchsorted(plan.coarse_scores, p, side="right")
    group, width = rows.group[scored], len(plan.coarse_scores) + 1
    levels = len(plan.cells)
    by_level = np.zeros((GROUPS * levels, width, len(SCORES)))
    for place in rows.levels:
        by_level += _sums(group * levels + place[scored], GROUPS * levels, coarse, width, columns)
    bins = len(plan.scores) + 1
    return ScoreSums(
        day=_sums(day[1][scored], day[0], fine, bins, columns),
        group=_sums(group, GROUPS, fine, bins, columns),
        group_level=by_level.reshape(GROUPS, levels, width, len(SCORES)),
    )


def merge_scores(
    a: ScoreSums | None, b: ScoreSums | None, from_a: IntArray, from_b: IntArray, days: int
) -> ScoreSums | None:
    """Return the sums of both on the union of their days."""
    if a is None or b is None:
        return None
    assert a.group_level is not None and b.group_level is not None
    return ScoreSums(
        day=add_rows(a.day, from_a, days) + add_rows(b.day, from_b, days),
        group=a.group + b.group,
        group_level=a.group_level + b.group_level,
    )


def compact_scores(scores: ScoreSums | None) -> ScoreSums | None:
    """Return what training statistics keep: one day, one group, no levels."""
    if scores is None:
        return None
    total = scores.group.sum(axis=0, keepdims=True)
    return ScoreSums(day=total, group=total, group_level=None)


def _columns(p: FloatArray, y: FloatArray) -> list[FloatArray]:
    labelled = ~np.isnan(y)
    return [
        np.ones(len(p)),
        p,
        p * (1.0 - p),
        labelled.astype(np.float64),
        np.where(labelled, p, 0.0),
        np.where(labelled, y, 0.0),
    ]


def _sums(cell: IntArray, size: int, codes: NDArray[np.int64], width: int, columns: list[FloatArray]) -> FloatArray:
    """Return sums (size, width, 6) of the columns by cell and bin."""
    flat = cell * width + codes
    out = [np.bincount(flat, weights=column, minlength=size * width) for column in columns]
    return floats(np.stack(out, axis=-1)).reshape(size, width, len(SCORES))
