"""Takes the plan of a pass and its rows, gives the losses of every pair of parts of the most important features."""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from generator.measure.lens import BY_PREDICTION, Rows
from generator.records.aggregates import FloatArray, IntArray
from generator.records.cells import BLOCKS, SlicePlan, SliceSums, Slicing, pairs_of
from generator.records.ledger import LOSSES, MISSING, UNSEEN, Aggregates, Linear, Plan
from generator.records.project import Data
from generator.stats.arrays import divide
from generator.stats.comoments import covariance, pool_co

MOST = 40
"""Features that are paired: 780 pairs, some ten megabytes."""
LEVELS = 8
OTHER = "(other)"
ROWS = 60_000
"""Rows that are enough to search in; of more, whole entities are left out."""


def slice_plan(
    plan: Plan, reference: Aggregates | None, linear: Linear | None, data: Data, rows: int
) -> SlicePlan | None:
    """Return how rows are cut: by segments and texts, then by what a linear model weighs most, else as listed.

    Features that point at people are left out.
    """
    weight = _weights(plan, reference, linear)
    early = {segment.column for segment in data.segments} | set(plan.categorical)
    personal = {feature.name for feature in data.features if feature.sensitivity == "personal"}
    open_ones = [k for k, name in enumerate(plan.features) if name not in personal]
    order = sorted(open_ones, key=lambda k: (plan.features[k] not in early, -weight[k], k))
    made = [(k, cut) for k in order if len((cut := _slicing(plan, reference, k)).parts) > 2][:MOST]
    if len(made) < 2:
        return None
    return SlicePlan(
        features=tuple(cut for _, cut in made),
        places=tuple(k for k, _ in made),
        stride=max(1, -(-rows // ROWS)),
        usual=_usual(plan, reference),
    )


def slice_sums(rows: Rows, plan: Plan, how: SlicePlan) -> SliceSums:
    """Return labelled rows and squared error of every pair of parts by block of entity groups."""
    kept = ~np.isnan(rows.error)
    if how.stride > 1:
        kept &= (rows.hashes >> np.uint64(8)) % np.uint64(how.stride) == 0
    e2, group = rows.error[kept] ** 2, rows.group[kept]
    tenth = np.searchsorted(plan.deciles[-1], rows.values[-1][kept], side="right")
    loss, many = e2 / how.usual[tenth], 2 * how.usual.size
    tenth += group % 2 * how.usual.size
    block = np.where(group % 2 == 0, 0, 1 + group // 4)
    codes = [_codes(rows, plan, cut, k)[kept] for cut, k in zip(how.features, how.places, strict=True)]
    pairs = pairs_of(how.features)
    n, losses = np.zeros((2, pairs[-1][2]))
    n_tenths, squares = np.zeros((2, pairs[-1][2] // BLOCKS * many))
    for (i, j, start), (_, _, stop) in pairwise(pairs):
        cell = codes[i] * len(how.features[j].parts) + codes[j]
        first, last = start // BLOCKS * many, stop // BLOCKS * many
        at = cell * many + tenth
        n_tenths[first:last] = np.bincount(at, minlength=last - first)
        squares[first:last] = np.bincount(at, weights=e2, minlength=last - first)
        at = cell * BLOCKS + block
        n[start:stop] = np.bincount(at, minlength=stop - start)
        losses[start:stop] = np.bincount(at, weights=loss, minlength=stop - start)
    return SliceSums(features=how.features, n=n, loss=losses, n_tenths=n_tenths, e2_tenths=squares)


def merge_slices(a: SliceSums | None, b: SliceSums | None) -> SliceSums | None:
    """Return the sums of both."""
    if a is None or b is None:
        return None
    sums = {name: getattr(a, name) + getattr(b, name) for name in ("n", "loss", "n_tenths", "e2_tenths")}
    return SliceSums(features=a.features, **sums)


def _usual(plan: Plan, reference: Aggregates | None) -> FloatArray:
    """Return the reference's mean squared error by tenth of its predictions; ones where a tenth has none."""
    ones = np.ones(len(plan.deciles[-1]) + 1)
    if reference is None or reference.losses is None or reference.losses.group_level.shape[1] != len(plan.cells):
        return ones
    places = [k for k, (name, _) in enumerate(plan.cells) if name == BY_PREDICTION][: len(ones)]
    n, e2 = (reference.losses.group_level[:, places, LOSSES.index(name)].sum(axis=0) for name in ("n", "e2"))
    usual = divide(e2, n)
    return usual if (usual > 0).all() else ones


def _codes(rows: Rows, plan: Plan, cut: Slicing, place: int) -> IntArray:
    if place < len(plan.numeric):
        column = rows.given[place]
        part = np.searchsorted(np.array(cut.cuts), column, side="right")
        return np.where(np.isnan(column), len(cut.parts) - 1, part).astype(np.int64)
    levels = plan.levels[place - len(plan.numeric)]
    part_of: NDArray[np.int64] = np.full(len(levels) + 2, len(cut.known), dtype=np.int64)
    part_of[len(levels) :] += (1, 2)
    for number, level in enumerate(cut.known):
        part_of[levels.index(level)] = number
    return part_of[rows.slots[place - len(plan.numeric)]]


def _slicing(plan: Plan, reference: Aggregates | None, place: int) -> Slicing:
    name = plan.features[place]
    if place < len(plan.numeric):
        edges = np.array(
            [edge for edge in plan.deciles[place] if np.nextafter(edge, np.inf) not in plan.deciles[place]]
        )
        cuts = tuple(float(edge) for edge in (edges[1::2] if len(edges) > 4 else edges))
        return Slicing(feature=name, parts=(*(str(k) for k in range(len(cuts) + 1)), MISSING), cuts=cuts)
    k = place - len(plan.numeric)
    levels, start = plan.levels[k], plan.offsets[k]
    rows = np.zeros(len(levels)) if reference is None else reference.slots[start : start + len(levels)]
    known = tuple(levels[i] for i in np.argsort(-rows, kind="stable")[:LEVELS])
    return Slicing(feature=name, parts=(*known, OTHER, UNSEEN, MISSING), known=known)


def _weights(plan: Plan, reference: Aggregates | None, linear: Linear | None) -> FloatArray:
    """Return the spread (F,) of what each feature adds to a prediction; 0 where no coefficient tells."""
    weight = np.zeros(len(plan.features))
    if linear is None or reference is None or reference.design is None or not reference.design.n.sum() > 0:
        return weight
    variance = np.diag(covariance(pool_co(reference.design)))[: len(linear.columns)]
    place = {name: k for k, name in enumerate(plan.features)}
    for source, part in zip(linear.features, linear.coefficients**2 * variance, strict=True):
        if source in place:
            weight[place[source]] += part
    return weight
