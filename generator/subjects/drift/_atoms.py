"""Takes bins in which one value of training stands alone, gives how many rows left it and how the others moved."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from generator.estimates.features import FeatureEstimates, Groups, standard_error
from generator.records.aggregates import FloatArray
from generator.records.ledger import Aggregates, Ledger, NumericCells
from generator.stats.arrays import divide
from generator.stats.cluster import fold, leave_one_out_sums
from generator.stats.psi import NOT_COMPUTABLE, Psi, psi_clustered

MOSTLY = 0.95
"""From this share of training on a value leaves so few other rows that the model learned little from them."""
LEFT_MARGIN = 0.2
HOLD = 5
"""Entity groups that have to hold other values on either side for these to be compared by themselves."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Atoms:
    """Per numeric feature (P,): the value that at least half of the training rows have, and what became of it."""

    value: FloatArray
    share: FloatArray
    """Of the training rows; nan where no value has half of them."""
    left: FeatureEstimates
    """Share in training less share in production."""
    others: list[Psi]
    """Stability index of the rows with other values by themselves."""

    @property
    def found(self) -> NDArray[np.bool_]:
        """Return which features have such a value."""
        return np.isfinite(self.share)

    @property
    def mostly(self) -> NDArray[np.bool_]:
        """Return which features were constant in training, or nearly."""
        return np.nan_to_num(self.share) >= MOSTLY


def atoms_of(ledger: Ledger, reference: Aggregates, groups: Groups) -> Atoms:
    """Return what is known of every numeric feature's most frequent value of training."""
    made = [_atom(ledger, reference, groups, j) for j in range(len(ledger.plan.numeric))]
    columns = [np.array([one[k] for one in made], dtype=np.float64) for k in range(4)]
    return Atoms(
        value=columns[0],
        share=columns[1],
        left=FeatureEstimates(value=columns[2], se=columns[3]),
        others=[one[4] for one in made],
    )


def place_of(edges: FloatArray) -> int | None:
    """Return the bin that holds one value alone; None where no two edges are neighbouring numbers."""
    alone = np.flatnonzero(edges[1:] == np.nextafter(edges[:-1], np.inf))
    return int(alone[0]) + 1 if alone.size else None


def _atom(ledger: Ledger, reference: Aggregates, groups: Groups, j: int) -> tuple[float, float, float, float, Psi]:
    edges = ledger.plan.deciles[j]
    at, nothing = place_of(edges), float("nan")
    q, p = (_by_group(sums.group, j, edges.size + 1, groups) for sums in (reference, ledger.production))
    if at is None or q is None or p is None or not (q.sum() > 0 and p.sum() > 0):
        return nothing, nothing, nothing, nothing, NOT_COMPUTABLE
    share = q[:, at].sum() / q.sum()
    left_q, left_p = leave_one_out_sums(q), leave_one_out_sums(p)
    gaps = divide(left_q[:, at], left_q.sum(axis=1)) - divide(left_p[:, at], left_p.sum(axis=1))
    se = float(standard_error(gaps[:, None])[0])
    return float(edges[at - 1]), share, share - p[:, at].sum() / p.sum(), se, _others(q, p, at)


def _others(q: FloatArray, p: FloatArray, at: int) -> Psi:
    q, p = np.delete(q, at, axis=1), np.delete(p, at, axis=1)
    held = min(int((side.sum(axis=1) > 0).sum()) for side in (q, p))
    return psi_clustered(q.sum(axis=0), p, q) if held >= HOLD else NOT_COMPUTABLE


def _by_group(cells: NumericCells | None, j: int, bins: int, groups: Groups) -> FloatArray | None:
    return None if cells is None or cells.deciles is None else fold(cells.deciles[:, j, :bins], groups.folds)
