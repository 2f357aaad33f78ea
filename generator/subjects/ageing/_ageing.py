"""Takes a ledger, gives losses by day and age of refits of a linear model, and what each kind of refit gains now."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from generator.estimates.intervals import COLUMN
from generator.records.aggregates import CoMoments, FloatArray
from generator.records.ledger import Ledger
from generator.stats.arrays import divide
from generator.stats.backtest import Grid, backtest
from generator.stats.cluster import ar1_day_variance
from generator.stats.decay import Decay, fit_decay
from generator.stats.distributions import t_quantile

FEWEST = 15
"""Days with labels from which on a backtest is worth trying."""
ROWS_A_COLUMN = 5
LONGEST_RECORD, OLDEST_AGE = 365, 90
TOO_FEW_DAYS = "needs at least fifteen days with labels"
NO_DESIGN = "only a linear model can be refitted without its rows, and only where this build opened it"
TOO_FEW_ROWS = "the days hold too few rows for the number of columns"


@dataclass(frozen=True, kw_only=True, eq=False)
class Backtest:
    """The grid of losses by day and age, as old as the record supports, and the curve through it."""

    grid: Grid
    decay: Decay
    oldest: int


@dataclass(frozen=True, kw_only=True)
class Spread:
    """A mean over days, weighted by their rows, and how far its 95 % interval reaches to either side."""

    value: float
    reach: float


@dataclass(frozen=True, kw_only=True)
class RefitStep:
    """What a kind of refit takes off the mean squared error of the newest days, and what it leaves of it."""

    gain: Spread
    left: Spread
    rows: int


def daily_design(ledger: Ledger, columns: Sequence[int] | None = None) -> CoMoments | None:
    """Return the co-moments of the newest dated days with rows: design columns (all, or these), then the target."""
    design, linear = ledger.production.design_day, ledger.linear
    if design is None or linear is None or linear.link == "logit":
        return None
    places = np.flatnonzero((ledger.production.days >= 0) & (design.n > 0))[-LONGEST_RECORD:]
    k = design.mean.shape[-1]
    keep = np.array([*(range(k - 2) if columns is None else columns), k - 1])
    return CoMoments(
        n=design.n[places], mean=design.mean[places][:, keep], comoment=design.comoment[places][:, keep][:, :, keep]
    )


def backtested(ledger: Ledger) -> Backtest | str:
    """Return the backtest of the model's kind, or why there is none."""
    days = daily_design(ledger)
    if days is None:
        return NO_DESIGN
    count = int(days.n.size)
    if count < FEWEST:
        return TOO_FEW_DAYS
    enough = math.ceil(ROWS_A_COLUMN * (days.mean.shape[1] + 1) / float(days.n.mean()))
    window, oldest = max(count // 6, enough), min(count // 3, OLDEST_AGE)
    if window > count // 3:
        return TOO_FEW_ROWS
    grid = backtest(days, window)
    decay = fit_decay(grid.loss[:, : oldest + 1], grid.rows, overlap=(window + oldest) / count)
    return TOO_FEW_DAYS if decay is None else Backtest(grid=grid, decay=decay, oldest=oldest)


def offset_days(ledger: Ledger) -> CoMoments | None:
    """Return the co-moments of the error alone by day, target less prediction: what a new intercept is fitted on."""
    losses = ledger.production.losses
    if losses is None:
        return None
    day = losses.day[(ledger.production.days >= 0) & (losses.day[:, COLUMN["n"]] > 0)][-LONGEST_RECORD:]
    n, e, e2 = (day[:, COLUMN[name]] for name in ("n", "e", "e2"))
    return CoMoments(n=n, mean=divide(-e, n)[:, None], comoment=(e2 - divide(e * e, n))[:, None, None])


def newest_gain(ledger: Ledger, days: CoMoments | None) -> RefitStep | None:
    """Return what refits on the days before would have gained over the newest third, or None.

    The window is half the record; each refit is scored on the day after it.
    """
    deployed = offset_days(ledger)
    if days is None or deployed is None or days.n.size != deployed.n.size or days.n.size < FEWEST:
        return None
    count = int(days.n.size)
    enough = ROWS_A_COLUMN * (days.mean.shape[1] + 1)
    if float(days.n[: count // 2].sum()) < enough:
        return None
    fresh = backtest(days, count // 2).loss[:, 0]
    lost = deployed.comoment[:, 0, 0] / deployed.n + deployed.mean[:, 0] ** 2
    gains, rows = (lost[count // 2 :] - fresh)[-(count // 3) :], days.n[-(count // 3) :]
    left = _spread(fresh[-(count // 3) :], rows)
    return RefitStep(gain=_spread(gains, rows), left=left, rows=int(rows.sum()))


def _spread(daily: FloatArray, rows: FloatArray) -> Spread:
    found = ar1_day_variance(daily, rows)
    se = math.sqrt(found.se2)
    reach = t_quantile(0.975, found.df) * se if math.isfinite(se) else math.nan
    return Spread(value=float((daily * rows).sum() / rows.sum()), reach=reach)


def benchmark_course(ledger: Ledger) -> tuple[FloatArray, FloatArray]:
    """Return by day the mean squared error less that of the naive benchmark on the same rows, and those rows."""
    losses = ledger.production.losses
    if losses is None:
        return np.zeros(0), np.zeros(0)
    day = losses.day[ledger.production.days >= 0]
    rows = day[:, COLUMN["benchmark_n"]]
    return divide(day[:, COLUMN["benchmark_d"]], rows), rows
