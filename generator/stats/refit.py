"""Takes the co-moments of columns, prediction and target by group and by day, gives what fitting them anew gains."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from generator.records.aggregates import CoMoments, IntArray
from generator.stats.arrays import FloatArray, floats
from generator.stats.backtest import about_one, refit
from generator.stats.cluster import two_way

TINY_RIDGE = 1e-9
FEWEST_GROUPS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Gain:
    """What a refit takes off the mean squared error, in squared units of the target; nan where not computable.

    `in_sample` on the rows it is fitted on; `excess` what the model in use loses against the best coefficients;
    `out_of_sample` on new rows; `held_out` the mean over groups fitted without them, `held_out_se` its error.
    """

    rows: float
    parameters: float
    loss: float
    loss_refit: float
    in_sample: float
    excess: float
    out_of_sample: float
    effective_rows: float
    held_out: float
    held_out_se: float

    @property
    def rows_needed(self) -> float:
        """Return the effective rows from which a refit is better than the model in use; inf: never."""
        return self.parameters * self.loss_refit / self.excess if self.excess > 0 else math.inf


def refit_gain(groups: CoMoments, days: CoMoments | None, columns: Sequence[int]) -> Gain | None:
    """Fit the target on `columns` and compare with the model in use; its prediction and the target come last.

    In sample MSE(old) - MSE(refit) is an identity. Each fitted parameter costs s2/n on new rows and flatters the
    old rows by as much, n the effective rows: what the scores of groups and days vary by, both ways (Cameron,
    Gelbach & Miller 2011; Takeuchi 1976). None without rows.
    """
    k = groups.mean.shape[-1]
    keep = np.array([*columns, k - 1], dtype=np.int64)
    parts, lost = about_one(_part(groups, keep)), _lost(groups)
    total = parts.sum(axis=0)
    rows = float(total[0, 0])
    if rows <= len(columns) + 2:
        return None
    late = refit(total, TINY_RIDGE)
    loss, loss_refit = float(lost.sum()) / rows, float(late @ total @ late) / rows
    inverse = _inverse(total)
    parameters = float((inverse * total[:-1, :-1]).sum())
    by_day = None if days is None else about_one(_part(days, keep))
    paid = _paid(inverse, parameters * loss_refit, parts, by_day, late)
    diff = loss - loss_refit
    held, held_se = _held_out(parts, total, lost)
    return Gain(
        rows=rows,
        parameters=parameters,
        loss=loss,
        loss_refit=loss_refit,
        in_sample=diff,
        excess=diff - paid / rows,
        out_of_sample=diff - 2.0 * paid / rows,
        effective_rows=rows * parameters * loss_refit / paid if paid > 0 else rows,
        held_out=held,
        held_out_se=held_se,
    )


def _part(co: CoMoments, keep: IntArray) -> CoMoments:
    return CoMoments(n=co.n, mean=co.mean[..., keep], comoment=co.comoment[..., keep[:, None], keep])


def _lost(co: CoMoments) -> FloatArray:
    """Sums of (prediction - target)^2 of each part."""
    squares = co.comoment[..., -2, -2] + co.comoment[..., -1, -1] - 2.0 * co.comoment[..., -2, -1]
    return floats(squares + co.n * (co.mean[..., -2] - co.mean[..., -1]) ** 2)


def _inverse(moments: FloatArray) -> FloatArray:
    """Inverse of the products of [1, x]; directions that say the same as others are left out."""
    inner = moments[:-1, :-1]
    size = np.sqrt(np.diag(inner))
    size = np.where(size > 0, size, 1.0)
    return floats(np.linalg.pinv(inner / np.outer(size, size), rcond=1e-9, hermitian=True) / np.outer(size, size))


def _paid(
    inverse: FloatArray, independent: float, groups: FloatArray, days: FloatArray | None, late: FloatArray
) -> float:
    """What the parameters cost in sums of squares, at least that of independent rows."""
    entity: float = _spread_of_scores(inverse, groups, late)
    day = math.nan if days is None else _spread_of_scores(inverse, days, late)
    both: float = two_way(entity, day, independent)
    return independent if math.isnan(both) else max(both, independent)


def _spread_of_scores(inverse: FloatArray, parts: FloatArray, late: FloatArray) -> float:
    used = parts[parts[:, 0, 0] > 0]
    count = used.shape[0]
    if count < FEWEST_GROUPS:
        return math.nan
    scores = (used @ late)[:, :-1]
    return float(((scores @ inverse) * scores).sum() * count / (count - 1))


def _held_out(parts: FloatArray, total: FloatArray, lost: FloatArray) -> tuple[float, float]:
    used = parts[:, 0, 0] > 0
    if used.sum() < FEWEST_GROUPS:
        return math.nan, math.nan
    late = [refit(total - part, TINY_RIDGE) for part in parts[used]]
    gain = lost[used] - np.array([float(one @ part @ one) for one, part in zip(late, parts[used], strict=True)])
    rows = parts[used, 0, 0]
    mean, count = float(gain.sum() / rows.sum()), rows.size
    spread = (gain - mean * rows) / rows.mean()
    return mean, float(np.sqrt((spread**2).sum() / (count * (count - 1))))
