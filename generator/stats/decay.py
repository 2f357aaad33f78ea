"""Takes losses by day and age of the model, gives the curve of how it ages, the calendar taken out."""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from generator.stats.arrays import FloatArray, divide, floats
from generator.stats.distributions import t_quantile

Family = Literal["linear", "power", "saturating"]
BLOCKS = 4
FEWEST_DAYS = 6
"""Days of evaluation with two ages or more, from which on a curve is fitted."""
POWERS = (0.5, 1.5, 2.0)
LARGEST_OVERLAP = 0.8
LIVES = (3.0, 7.0, 14.0, 30.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """How a loss grows with age, at one unit of scale: a, a^p, or 1 - exp(-a/tau); `parameter` is p or tau in days."""

    family: Family = "linear"
    parameter: float = 1.0

    def at(self, age: FloatArray) -> FloatArray:
        """Return the growth at each age in days."""
        if self.family == "saturating":
            return floats(-np.expm1(-age / self.parameter))
        return floats(age**self.parameter) if self.family == "power" else floats(age)

    def until(self, age: float) -> float:
        """Return the growth added up from age 0."""
        if self.family == "saturating":
            return age + self.parameter * math.expm1(-age / self.parameter)
        power = self.parameter if self.family == "power" else 1.0
        return float(age ** (power + 1.0) / (power + 1.0))

    def between(self, first: float, last: float) -> float:
        """Return the growth added up from one age to another."""
        return self.until(last) - self.until(first)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decay:
    """A fitted curve: loss above that of a fresh model = scale x shape(age), standard error and degrees of freedom."""

    shape: Shape
    scale: float
    se: float
    df: float
    days: int

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Return the two-sided interval of the scale."""
        reach = t_quantile(0.5 + level / 2.0, self.df) * self.se
        return self.scale - reach, self.scale + reach

    @property
    def visible(self) -> bool:
        """Return whether ageing shows: the one-sided 95 % lower bound of the scale is above 0."""
        return self.scale - t_quantile(0.95, self.df) * self.se > 0


def fit_decay(loss: FloatArray, rows: FloatArray, overlap: float = 0.0) -> Decay | None:
    """Fit how the loss (U, A) of day u and age a grows with age; None with too few days.

    Only models of different age on the same day are compared, so that hard days drop out. The standard error
    leaves out four blocks of neighbouring days in turn, and grows by 1/(1 - `overlap`), the share of the whole record
    that one comparison spans: simulated coverage of the 90 % interval 0.85 to 0.95 at overlaps up to a half.
    Another family than the line is taken only where it predicts left-out days better by more than twice the
    standard error of the difference.
    """
    pairs = np.isfinite(loss).sum(axis=1) >= 2
    if int(pairs.sum()) < FEWEST_DAYS:
        return None
    loss, rows = loss[pairs], rows[pairs]
    shapes = [Shape(), *(Shape(family="power", parameter=p) for p in POWERS)]
    shapes += [Shape(family="saturating", parameter=tau) for tau in LIVES]
    sums = [_sums(loss, rows, shape) for shape in shapes]
    misses = np.stack([_left_out_misses(*one) for one in sums])
    best = int(np.argmin(misses.sum(axis=1)))
    if best:
        gain = misses[0] - misses[best]
        best = best if gain.sum() > 2.0 * math.sqrt(gain.size * gain.var(ddof=1)) else 0
    cross, square, _ = sums[best]
    se, df = _block_error(cross, square)
    se = se / (1.0 - min(overlap, LARGEST_OVERLAP))
    return Decay(shape=shapes[best], scale=float(cross.sum() / square.sum()), se=se, df=df, days=int(pairs.sum()))


def _sums(loss: FloatArray, rows: FloatArray, shape: Shape) -> tuple[FloatArray, FloatArray, FloatArray]:
    """By day, weighted by rows: products of shape and loss about the day's own means, and both squares."""
    seen = np.isfinite(loss)
    count = seen.sum(axis=1, keepdims=True)
    growth = np.where(seen, shape.at(np.arange(loss.shape[1], dtype=np.float64)), 0.0)
    known = np.where(seen, loss, 0.0)
    x = np.where(seen, growth - growth.sum(axis=1, keepdims=True) / count, 0.0)
    y = np.where(seen, known - known.sum(axis=1, keepdims=True) / count, 0.0)
    weight = divide(rows, rows.mean(), empty=1.0)
    cross, square, total = (weight * (a * b).sum(axis=1) for a, b in ((x, y), (x, x), (y, y)))
    return floats(cross), floats(square), floats(total)


def _left_out_misses(cross: FloatArray, square: FloatArray, total: FloatArray) -> FloatArray:
    """Squared misses of each day under the scale fitted without it."""
    scale = divide(cross.sum() - cross, square.sum() - square, empty=0.0)
    return floats(total - 2.0 * scale * cross + scale**2 * square)


def _block_error(cross: FloatArray, square: FloatArray) -> tuple[float, float]:
    """Standard error of sum(cross)/sum(square), blocks of neighbouring days left out in turn, each of like weight."""
    reached = (np.cumsum(square) - square / 2.0) / square.sum()
    block = np.minimum((reached * BLOCKS).astype(np.int64), BLOCKS - 1)
    used = np.unique(block)
    parts = np.stack([[cross[block == one].sum(), square[block == one].sum()] for one in used])
    scale = parts[:, 0].sum() / parts[:, 1].sum()
    groups, mean = len(used), parts[:, 1].mean()
    residual = (parts[:, 0] - scale * parts[:, 1]) / mean
    return float(math.sqrt((residual**2).sum() / (groups * (groups - 1)))), float(groups - 1)
