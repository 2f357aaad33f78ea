"""Takes a metric in control and how large a change matters, gives what any limit would cost and see, by simulation."""

import math
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from generator.stats.arrays import FloatArray, floats
from generator.stats.charts import cusum_path
from generator.stats.predictive import YEAR, cusum_reference, predictive_years
from generator.stats.reach import cusum_alarms, cusum_delays, single_day_limit, smallest_seen
from generator.subjects.charts._watched import Watched

SEED = 20_26
PATHS, DELAYED = 2_000, 400
"""Simulated years for false alarms, and for delays, which scatter less."""
LIMITS = np.geomspace(0.2, 90.0, 36)
SIZES = (1.0, 2.0, 3.0)
"""Degradations looked at, in multiples of the change that matters."""
CATASTROPHES = 0.1
"""False alarms a year of the limit on single days."""
SEEN_WITHIN = 30


@dataclass(frozen=True, kw_only=True, slots=True)
class Seen:
    """What a limit does: false alarms a year (mean, Monte-Carlo error, worst tenth), days to see each of `SIZES`."""

    h: float
    per_year: float
    error: float
    q90: float
    delays: tuple[float, ...]


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Reach:
    """A CUSUM with reference value k at every limit: false alarms a year (H,), their error and worst tenth, delays."""

    k: float
    shift: float
    """The change that matters in daily SDs."""
    two_sided: bool
    years: FloatArray
    per_year: FloatArray
    error: FloatArray
    q90: FloatArray
    delays: FloatArray
    """Mean days (sizes, H) from the change to the alarm, until the truth is in among them."""
    step: int = 1
    """Calendar days from one point of the simulated years to the next."""

    def at(self, h: float) -> Seen:
        """Return what a limit does, between the simulated limits by interpolation."""

        def between(values: FloatArray) -> float:
            return float(np.interp(math.log(h), np.log(LIMITS), values))

        return Seen(
            h=h,
            per_year=between(self.per_year),
            error=between(self.error),
            q90=between(self.q90),
            delays=tuple(between(row) for row in self.delays),
        )

    def limit_for(self, per_year: float) -> float:
        """Return the least limit whose false alarms a year are at most so many."""
        if self.per_year[0] <= per_year:
            return float(LIMITS[0])
        rates = np.log(np.maximum(self.per_year[::-1], 1e-6))
        return float(math.exp(np.interp(math.log(per_year), rates, np.log(LIMITS[::-1]))))

    @property
    def single_day(self) -> float:
        """Return the limit on single days in daily SDs."""
        years = np.abs(self.years) if self.two_sided else self.years
        return single_day_limit(years, CATASTROPHES * self.step)

    def visible(self, h: float) -> float:
        """Return the least lasting change in daily SDs seen within a month four times in five, net of chance.

        Nan where chance alone signals in more than every second month.
        """
        steps = max(1, SEEN_WITHIN // self.step)
        return smallest_seen(self.years[:, :DELAYED], self.k, h, steps, two_sided=self.two_sided)


def reach_of(one: Watched, shift: float) -> Reach | None:
    """Return the reach of a chart on a metric; None where the metric never varies."""
    if one.base is None:
        return None
    base = one.base
    found = _reach(
        round(base.days, 2), round(base.phi, 3), round(base.level_days, 2), round(shift, 3), one.kind.side == "both"
    )
    return replace(
        found,
        per_year=found.per_year / one.step,
        error=found.error / one.step,
        q90=found.q90 / one.step,
        delays=found.delays * one.step + one.closing,
        step=one.step,
    )


@lru_cache(maxsize=64)
def _reach(days: float, phi: float, level_days: float, shift: float, two_sided: bool) -> Reach:
    years = predictive_years(days, phi, SEED, level_days=level_days, paths=PATHS)
    k = cusum_reference(shift)
    alarms = cusum_alarms(years, k, LIMITS)
    if two_sided:
        alarms = alarms + cusum_alarms(-years, k, LIMITS)
    part = years[:, :DELAYED]
    return Reach(
        k=k,
        shift=shift,
        two_sided=two_sided,
        years=years,
        per_year=floats(alarms.mean(axis=1)),
        error=floats(alarms.std(axis=1) / math.sqrt(PATHS)),
        q90=floats(np.quantile(alarms, 0.9, axis=1)),
        delays=np.stack([cusum_delays(part, k, LIMITS, size * shift).mean(axis=1) for size in SIZES]),
    )


def chart_path(one: Watched, k: float) -> FloatArray:
    """Return the chart of the supplied days (D,), without restarts; of a two-sided one the larger of both sides."""
    if one.base is None:
        return np.zeros(0)
    z = one.base.standardised([one.scaled(value) for value in one.values.tolist()])
    up = cusum_path(z, k)
    return np.maximum(up, cusum_path(-z, k)) if one.kind.side == "both" else up


NEVER = float(YEAR)
"""A mean delay as long as this is no delay but never."""
