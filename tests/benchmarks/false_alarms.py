"""How often designed charts raise a false alarm, on simulated in-control metrics, against the rate they state.

`python -m tests.benchmarks.false_alarms [--sets 400]` prints a table; RESULTS.md records one run of it.
"""

import argparse
import datetime
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from generator.stats.control import InControl, in_control
from generator.stats.reach import cusum_alarms
from generator.subjects.charts._plan import DEFAULT_SHIFT, cheapest
from generator.subjects.charts._reach import reach_of
from generator.subjects.charts._watched import Kind, Watched

Floats = NDArray[np.float64]
YEAR, YEARS = 365, 40
CASES = tuple((phi, days) for phi in (0.0, 0.25, 0.5) for days in (30, 90))


@dataclass(frozen=True, kw_only=True)
class Realised:
    """False alarms a year over data sets: those stated, those that came, mean, its standard error, 90 % quantile."""

    stated: float
    mean: float
    error: float
    q90: float
    h: float


def ar1(rng: np.random.Generator, phi: float, days: int, paths: int) -> Floats:
    """Return standard AR(1) series (days, paths), each begun in its stationary state."""
    made = rng.standard_normal((days, paths))
    for day in range(1, days):
        made[day] = phi * made[day - 1] + math.sqrt(1.0 - phi**2) * made[day]
    return made


def designed(found: InControl, daily: Floats) -> tuple[float, float, float]:
    """Return reference value and limit of the chart that a build designs, and the false alarms a year it states."""
    first = datetime.date(2026, 1, 1)
    one = Watched(
        kind=Kind(key="error", title="", unit="", scale="plain", catches=()),
        id="error",
        days=tuple(first + datetime.timedelta(days=day) for day in range(daily.size)),
        values=daily,
        base=found,
        origin="",
        source="",
        levels=(),
        closing=0.0,
    )
    reach = reach_of(one, DEFAULT_SHIFT)
    assert reach is not None
    h = cheapest(reach, None)
    return reach.k, h, reach.at(h).per_year


def realised(phi: float, days: int, sets: int, seed: int) -> Realised:
    """Design a chart on each of `sets` in-control series as a build would, then let healthy years pass."""
    rng = np.random.default_rng(seed)
    years = ar1(rng, phi, YEAR, YEARS)
    rates, stated, limits = [], [], []
    for _ in range(sets):
        daily = ar1(rng, phi, days, 1)[:, 0]
        found = in_control(daily, level=float(daily.mean()), level_days=float(days))
        assert found is not None
        k, h, said = designed(found, daily)
        alarms = cusum_alarms((years - found.level) / found.sd, k, [h])
        rates.append(float(alarms.mean()))
        stated.append(said)
        limits.append(h)
    return Realised(
        stated=float(np.mean(stated)),
        mean=float(np.mean(rates)),
        error=float(np.std(rates) / math.sqrt(sets)),
        q90=float(np.quantile(rates, 0.9)),
        h=float(np.median(limits)),
    )


def main() -> None:
    """Print stated and realised false alarms a year by correlation and number of days."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sets", type=int, default=400)
    sets = parser.parse_args().sets
    print(f"| phi | days | stated | realised, mean of {sets} sets | ratio | 90 % quantile | median limit |")
    print("|---|---|---|---|---|---|---|")
    for phi, days in CASES:
        found = realised(phi, days, sets, 7)
        ratio = f"{found.mean / found.stated:.2f} ± {1.96 * found.error / found.stated:.2f}"
        print(
            f"| {phi:g} | {days} | {found.stated:.2f} | {found.mean:.2f} | {ratio} | {found.q90:.2f} | {found.h:.1f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
