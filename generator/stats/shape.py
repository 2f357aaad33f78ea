"""Takes a daily series and the value it should have, gives the shape of its departure and the day it began."""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from generator.stats.arrays import FloatArray, divide, floats
from generator.stats.trend import step_days

Shape = Literal["none", "offset", "step", "trend", "weekly"]
FEWEST_DAYS, SHORTEST_PART, WEEK = 14, 3, 7
PHI = np.linspace(0.0, 0.9, 10)
STEP_COST, LINE_COST = 4.0, 3.0
"""Parameters that a step and a line are charged for: a free day costs one more (Zhang & Siegmund 2007)."""
NEAR = 3.84
"""Days whose cost is this close to the best one may as well be the day of the step (95 %, chi-square, 1 d.f.)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """The shape with the least BIC; `since` is the place of a step's first day, else -1, `first` to `last` its range.

    `change` is how far the series ends from `expected`: level, level after the step, or end of the line.
    """

    shape: Shape
    since: int = -1
    first: int = -1
    last: int = -1
    change: float = math.nan


def course(daily: ArrayLike, expected: float, margin: float) -> Course | None:
    """Return the shape of a daily series (D,) against the value `expected`; nan marks days without data.

    Level, step and line, each with and without a weekly cycle, are compared by BIC (Schwarz 1978) of a Gaussian
    AR(1) profile likelihood, so that wandering days are no trend. A level farther than `margin` from `expected`
    is an offset. A step or line is told as such when it accounts for more of the departure than what was there
    on the first day; else the departure is an offset. Fewer than 14 days with data: None.
    """
    x = floats(daily)
    seen = np.isfinite(x)
    if int(seen.sum()) < FEWEST_DAYS or not math.isfinite(expected):
        return None
    if float(np.ptp(x[seen])) == 0.0:
        return _of_level(float(x[seen][0]) - expected, margin, weekly=False)
    steps = step_days(seen, SHORTEST_PART)
    time = np.linspace(-1.0, 1.0, x.size)
    regressors = np.stack([time, *(floats(np.arange(x.size) >= day) for day in steps)])
    cycle = _weekdays(x.size, seen)
    plain, weekly = _costs(x, regressors, cycle[:, :0], seen), _costs(x, regressors, cycle, seen)
    n = float(seen.sum())
    extra = math.log(n) * np.concatenate([[0.0, LINE_COST], np.full(len(steps), STEP_COST)])
    costs = np.stack([_fair(plain, n, 0) + extra, _fair(weekly, n, cycle.shape[1]) + extra])
    row, best = (int(place) for place in np.unravel_index(int(np.argmin(costs)), costs.shape))
    start, change = _fit(x, seen, regressors[best - 1] if best else None, cycle if row else cycle[:, :0])
    start -= expected
    if best == 0:
        return _of_level(start, margin, weekly=row == 1)
    if abs(start) > abs(change):
        return Course(shape="offset", change=start + change)
    if best == 1:
        return Course(shape="trend", change=start + change)
    near = [day for day, cost in zip(steps, costs[row, 2:], strict=True) if cost - costs[row, best] <= NEAR]
    return Course(shape="step", since=steps[best - 2], first=min(near), last=max(near), change=start + change)


def _fair(costs: FloatArray, n: float, spent: int) -> FloatArray:
    """Return costs with the gain of a line or step scaled to the degrees of freedom that the weekdays left."""
    return floats(costs[0] + spent * math.log(n) + (costs - costs[0]) * max(n - spent - 2.0, 1.0) / n)


def _of_level(gap: float, margin: float, *, weekly: bool) -> Course:
    if abs(gap) > margin:
        return Course(shape="offset", change=gap)
    return Course(shape="weekly" if weekly else "none", change=gap)


def _weekdays(size: int, seen: NDArray[np.bool_]) -> FloatArray:
    """Return six contrasts of the weekdays (D, 6); fewer where a weekday is never seen, none for weekly rows."""
    day = np.arange(size) % WEEK
    there = [k for k in range(WEEK) if (seen & (day == k)).any()]
    contrasts = [(day == k) * 1.0 - (day == there[-1]) * 1.0 for k in there[:-1]]
    return floats(np.stack(contrasts, axis=1)) if contrasts else np.zeros((size, 0))


def _costs(x: FloatArray, regressors: FloatArray, cycle: FloatArray, seen: NDArray[np.bool_]) -> FloatArray:
    """Return -2 log likelihood, best over phi, of level and cycle alone, then with each regressor, (1 + M,)."""
    linked = np.concatenate([[False], seen[1:] & seen[:-1]])
    n, starts = float(seen.sum()), float((seen & ~linked).sum())
    y = np.where(seen, x - x[seen].mean(), 0.0)
    floor = 1e-12 * float((y**2).sum())
    base = np.column_stack([np.ones(x.size), cycle])
    best = np.full(1 + len(regressors), np.inf)
    for phi in PHI:
        basis, _ = np.linalg.qr(_whiten(base, float(phi), linked, seen))
        rest = _whiten(y[:, None], float(phi), linked, seen)[:, 0]
        rest = rest - basis @ (basis.T @ rest)
        z = _whiten(regressors.T, float(phi), linked, seen)
        z = z - basis @ (basis.T @ z)
        gain = divide((z.T @ rest) ** 2, (z**2).sum(axis=0), empty=0.0)
        sse = np.maximum(float((rest**2).sum()) - np.concatenate([[0.0], gain]), floor)
        best = np.minimum(best, n * np.log(sse / n) - starts * math.log(1.0 - phi**2))
    return best


def _whiten(z: FloatArray, phi: float, linked: NDArray[np.bool_], seen: NDArray[np.bool_]) -> FloatArray:
    previous = np.concatenate([np.zeros((1, z.shape[1])), z[:-1]])
    first = np.where(seen[:, None], math.sqrt(1.0 - phi**2) * z, 0.0)
    return floats(np.where(linked[:, None], z - phi * previous, first))


def _fit(
    x: FloatArray, seen: NDArray[np.bool_], regressor: FloatArray | None, cycle: FloatArray
) -> tuple[float, float]:
    """Return level on the first day, weekdays evened out, and its change to the last day, by least squares."""
    columns = [np.ones((x.size, 1)), cycle] + ([] if regressor is None else [regressor[:, None]])
    design = np.concatenate(columns, axis=1)
    fit = np.linalg.lstsq(design[seen], x[seen], rcond=None)[0]
    if regressor is None:
        return float(fit[0]), 0.0
    return float(fit[0] + fit[-1] * regressor[0]), float(fit[-1] * (regressor[-1] - regressor[0]))
