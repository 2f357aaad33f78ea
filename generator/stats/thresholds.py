"""Takes costs of the four outcomes and score bins, gives decision thresholds and what each would cost."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from generator.stats.arrays import FloatArray, floats


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeCosts:
    """Cost of each outcome in money per row; a benefit is a negative cost."""

    true_positive: float = 0.0
    false_positive: float
    true_negative: float = 0.0
    false_negative: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Confusion:
    """Counts (B + 1,) when acting on every row from bin b upwards; b = B acts on none."""

    true_positive: FloatArray
    false_positive: FloatArray
    true_negative: FloatArray
    false_negative: FloatArray


def best_threshold(costs: OutcomeCosts) -> float:
    """Calibrated probability from which acting is cheaper (Elkan 2001).

    nan unless a false alarm costs more than a true negative and a miss more than a hit.
    """
    wasted = costs.false_positive - costs.true_negative
    missed = costs.false_negative - costs.true_positive
    return wasted / (wasted + missed) if wasted > 0 and missed > 0 else math.nan


def confusion(positives: ArrayLike, negatives: ArrayLike) -> Confusion:
    """Confusion counts at every bin edge from positives and negatives per bin (B,), lowest score first."""
    p, n = floats(positives), floats(negatives)
    below_p = np.concatenate([[0.0], np.cumsum(p)])
    below_n = np.concatenate([[0.0], np.cumsum(n)])
    return Confusion(
        true_positive=below_p[-1] - below_p,
        false_positive=below_n[-1] - below_n,
        true_negative=below_n,
        false_negative=below_p,
    )


def cost_curve(positives: ArrayLike, negatives: ArrayLike, costs: OutcomeCosts) -> FloatArray:
    """Total cost (B + 1,) of acting from each bin upwards, in money."""
    c = confusion(positives, negatives)
    return (
        costs.true_positive * c.true_positive
        + costs.false_positive * c.false_positive
        + costs.true_negative * c.true_negative
        + costs.false_negative * c.false_negative
    )


def capacity_bin(positives: ArrayLike, negatives: ArrayLike, capacity: float) -> int:
    """Lowest bin from which on at most `capacity` rows are acted on; B when even the top bin is too full."""
    c = confusion(positives, negatives)
    acted = c.true_positive + c.false_positive
    return int(np.argmax(acted <= capacity)) if capacity >= 0 else acted.size - 1
