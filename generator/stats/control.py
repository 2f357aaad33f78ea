"""Takes the daily values of a metric, gives what they are when all is well: level, spread, correlation, weekdays."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from generator.stats.arrays import FloatArray, floats
from generator.stats.cluster import WEEK, corrected_phi, variance_shrink, without_weekdays
from generator.stats.trend import detrend

FEWEST = 8
LEAST_PHI = -0.2
"""Cut at 0, chance alone would make independent days look alike, and their limits too wide."""
SETTLED = 60
"""Days from which on limits no longer count as provisional."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class InControl:
    """A metric in control: level, SD of a day, lag-one correlation, and what they rest on.

    `days` are those the SD and the correlation are worth, `level_days` those the level is worth; `weekday` (7,) is
    what each place in the week adds, counted from the first day given; `shape` was taken out: level, line or step.
    """

    level: float
    sd: float
    phi: float
    days: float
    level_days: float
    weekday: FloatArray
    shape: str

    @property
    def provisional(self) -> bool:
        """Whether so few days stand behind it that the limits have to be set again."""
        return self.days < SETTLED

    def standardised(self, daily: ArrayLike) -> FloatArray:
        """Daily values (D,) in daily SDs from the level, weekdays taken out; the first day is that of the estimate."""
        x = floats(daily)
        return floats((x - self.level - self.weekday[np.arange(x.size) % WEEK]) / self.sd)


def in_control(
    daily: ArrayLike,
    *,
    level: float | None = None,
    level_days: float | None = None,
    least_sd: float = 0.0,
    weekdays: bool = True,
) -> InControl | None:
    """Level, SD and AR(1) correlation of a daily metric (D,) with nan for days without data.

    A line or a step is taken out first, then weekdays when there are 28 days, so that a degradation under way is
    read neither as spread nor as correlation. SD and correlation are corrected for what few and alike days hide
    (Kendall 1954; Marriott & Pope 1954). Without a `level` known from elsewhere it is the mean of the first third.
    `least_sd` is what chance alone gives; points that are no days have no `weekdays`. Fewer than 8 days, or days
    without spread: None.
    """
    x = floats(daily)
    seen = np.isfinite(x)
    days = int(seen.sum())
    if days < FEWEST:
        return None
    flat = detrend(x)
    residual, used = without_weekdays(flat, days) if weekdays else (flat.residual, flat.parameters)
    centred = np.where(seen, residual, 0.0)
    phi = corrected_phi(centred, seen, flat.phi_bias, LEAST_PHI)
    squares = float((centred**2).sum())
    sd = math.sqrt(squares / max(days - used, 1) / variance_shrink(phi, days))
    sd = max(sd, least_sd)
    if not sd > 1e-9 * max(1.0, float(np.abs(x[seen]).max())):
        return None
    third = x[seen][: max(days // 3, 1)]
    weekday = floats(
        [
            (flat.residual - residual)[place::WEEK][seen[place::WEEK]].mean() if seen[place::WEEK].any() else 0.0
            for place in range(WEEK)
        ]
    )
    return InControl(
        level=float(third.mean()) if level is None else level,
        sd=sd,
        phi=phi,
        days=float(max(days - used + 1, FEWEST)),
        level_days=float(third.size) if level is None else math.inf if level_days is None else level_days,
        weekday=weekday,
        shape=flat.shape,
    )
