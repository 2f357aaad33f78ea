"""Takes failures with their cost and metrics with their delays, gives the set of metrics worth an alert."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from generator.stats.arrays import FloatArray, floats

MOST_EXACT = 20
MOST_ALERTING = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A class of failure: how often a year, money lost a day while nobody knows, days until found without alerts."""

    per_year: float
    loss_per_day: float
    unwatched_days: float


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertMetric:
    """A metric as an alert: days until it sees each failure (inf: never), and money a year it costs."""

    delays: tuple[float, ...]
    cost_per_year: float


def net_value(failures: Sequence[Failure], watches: Sequence[AlertMetric], chosen: Sequence[int]) -> float:
    """Money a year that alerts on the `chosen` metrics save, less what they cost.

    sum of rate x loss x (unwatched delay - least delay) - sum of costs; a metric slower than no alert saves nothing.
    """
    saved = 0.0
    for place, failure in enumerate(failures):
        least = min([failure.unwatched_days, *(watches[index].delays[place] for index in chosen)])
        saved += failure.per_year * failure.loss_per_day * (failure.unwatched_days - least)
    return saved - sum(watches[index].cost_per_year for index in chosen)


def best_set(failures: Sequence[Failure], watches: Sequence[AlertMetric], most: int = MOST_ALERTING) -> tuple[int, ...]:
    """Indices of the set of at most `most` metrics with the greatest net value; of equals the first, smallest set.

    Up to 20 metrics every set is tried; beyond, the greedy set is improved by swapping pairs (Nemhauser, Wolsey &
    Fisher 1978).
    """
    if len(watches) > MOST_EXACT:
        return _swapped(failures, watches, greedy_set(failures, watches, most))
    values, sizes = _every_set(failures, watches)
    values = np.where(sizes <= most, values, -np.inf)
    near = np.flatnonzero(values >= values.max() - 1e-9 * max(1.0, abs(float(values.max()))))
    best = int(near[np.argmin(sizes[near])])
    return tuple(index for index in range(len(watches)) if best >> index & 1)


def greedy_set(
    failures: Sequence[Failure], watches: Sequence[AlertMetric], most: int = MOST_ALERTING
) -> tuple[int, ...]:
    """Indices of the metrics in the order in which each adds most, until none adds anything."""
    chosen: list[int] = []
    while len(chosen) < most:
        gains = [
            (net_value(failures, watches, [*chosen, index]), -index)
            for index in range(len(watches))
            if index not in chosen
        ]
        if not gains or max(gains)[0] <= net_value(failures, watches, chosen):
            break
        chosen.append(-max(gains)[1])
    return tuple(chosen)


def _every_set(failures: Sequence[Failure], watches: Sequence[AlertMetric]) -> tuple[FloatArray, NDArray[np.int64]]:
    """Net value and size of every set, by the bits of its index."""
    rates = floats([failure.per_year * failure.loss_per_day for failure in failures])
    unwatched = floats([failure.unwatched_days for failure in failures]).reshape(1, -1)
    delays, costs, sizes = unwatched, np.zeros(1), np.zeros(1, dtype=np.int64)
    for watch in watches:
        delays = np.concatenate([delays, np.minimum(delays, floats(watch.delays).reshape(1, -1))])
        costs = np.concatenate([costs, costs + watch.cost_per_year])
        sizes = np.concatenate([sizes, sizes + 1])
    return floats((unwatched - delays) @ rates - costs), sizes


def _swapped(failures: Sequence[Failure], watches: Sequence[AlertMetric], start: tuple[int, ...]) -> tuple[int, ...]:
    """Exchange one metric for another, or leave one out, as long as that adds anything."""
    chosen, value = start, net_value(failures, watches, start)
    while True:
        others = [index for index in range(len(watches)) if index not in chosen]
        rest = [tuple(index for index in chosen if index != out) for out in chosen]
        options = [*rest, *((*kept, index) for kept in rest for index in others)]
        best = max(options, key=lambda option: net_value(failures, watches, option), default=chosen)
        found = net_value(failures, watches, best)
        if found <= value + 1e-9:
            return tuple(sorted(chosen))
        chosen, value = best, found
