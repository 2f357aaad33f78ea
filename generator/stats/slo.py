"""Takes good and bad events against a service level, gives burn, budget, detection and chance of a false alert."""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from generator.stats.arrays import FloatArray, floats
from generator.stats.distributions import special

HOURS_A_DAY = 24.0
LEAST_EVENTS = 5
"""Bad events an alert should need, lest a single one fire it."""
ALPHA = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class BurnAlert:
    """Alert when the burn exceeds `burn` over both the long and the short window."""

    severity: Literal["page", "ticket"]
    long_hours: float
    short_hours: float
    burn: float


def burn_alerts(period_days: float = 30.0) -> tuple[BurnAlert, ...]:
    """Alerts on 2 % of the budget in 1 h, 5 % in 6 h and 10 % in 3 d (Beyer et al. 2018, The SRE Workbook, ch. 5)."""
    wanted: tuple[tuple[Literal["page", "ticket"], float, float], ...] = (
        ("page", 1.0, 0.02),
        ("page", 6.0, 0.05),
        ("ticket", 72.0, 0.10),
    )
    return tuple(
        BurnAlert(
            severity=severity,
            long_hours=long,
            short_hours=long / 12.0,
            burn=share * period_days * HOURS_A_DAY / long,
        )
        for severity, long, share in wanted
    )


def exhaustion_days(burn: float, period_days: float) -> float:
    """Days in which a full budget is spent at this burn; never: inf."""
    return period_days / burn if burn > 0 else math.inf


def detection_hours(objective: float, burn: float, window_hours: float, error_share: float = 1.0) -> float:
    """Hours until a window crosses the burn when `error_share` of the events turn bad; not within it: inf."""
    if not error_share > 0:
        return math.inf
    hours = (1.0 - objective) * burn * window_hours / error_share
    return hours if hours <= window_hours + 1e-12 else math.inf


def reachable(objective: float, burn: float) -> bool:
    """Whether even a total outage can burn this fast: the objective must be at least 1 - 1/burn."""
    return burn * (1.0 - objective) <= 1.0 + 1e-12


def bad_events_needed(objective: float, burn: float, events: float) -> float:
    """Bad events in a window of `events` at which it stands exactly at this burn."""
    return burn * (1.0 - objective) * events


def false_alert(objective: float, burn: float, events: float) -> float:
    """Probability that one window of `events` exceeds the burn when the true bad share is just the one allowed.

    Poisson (independent events). No events or no budget: nan.
    """
    mean = (1.0 - objective) * events
    if not mean > 0:
        return math.nan
    count = math.floor(bad_events_needed(objective, burn, events) + 1e-9) + 1
    return float(special.gammainc(count, mean))


def hours_needed(objective: float, burn: float, events_per_hour: float, least: float = LEAST_EVENTS) -> float:
    """Length of the shortest window in which crossing the burn takes `least` bad events."""
    bad = bad_events_needed(objective, burn, events_per_hour)
    return least / bad if bad > 0 else math.inf


def sketch_gamma(alpha: float = ALPHA) -> float:
    """Ratio of neighbouring edges of a DDSketch of relative accuracy alpha (Masson et al. 2019)."""
    return (1.0 + alpha) / (1.0 - alpha)


def sketch_places(values: ArrayLike, alpha: float = ALPHA) -> NDArray[np.int64]:
    """Bucket of each value > 0: the least i with gamma^i >= value."""
    places: NDArray[np.int64] = np.ceil(np.log(floats(values)) / math.log(sketch_gamma(alpha)) - 1e-9).astype(np.int64)
    return places


def sketch_value(place: ArrayLike, alpha: float = ALPHA) -> FloatArray:
    """Value that stands for a bucket, off by at most alpha: 2 gamma^i/(gamma + 1)."""
    gamma = sketch_gamma(alpha)
    return 2.0 * gamma ** floats(place) / (gamma + 1.0)


def sketch_quantile(places: ArrayLike, counts: ArrayLike, share: float, alpha: float = ALPHA) -> float:
    """Quantile of merged buckets (B,) with `counts` (B,), places ascending; no counts: nan."""
    sums = np.cumsum(floats(counts))
    if sums.size == 0 or not sums[-1] > 0:
        return math.nan
    rank = share * (sums[-1] - 1.0)
    return float(sketch_value(floats(places)[int(np.searchsorted(sums, rank, side="right"))], alpha))


def window_burns(bad: ArrayLike, total: ArrayLike, hours: ArrayLike, window: float, objective: float) -> FloatArray:
    """Burn over the `window` hours that end with each hour (H,); nan where the window holds no event.

    `hours` (H,) are whole numbers, ascending; hours without a row had no event.
    """
    ends = floats(hours)
    bads, totals = (np.concatenate([[0.0], np.cumsum(floats(part))]) for part in (bad, total))
    first = np.searchsorted(ends, ends - window, side="right")
    last = np.arange(1, ends.size + 1)
    seen = totals[last] - totals[first]
    allowed = 1.0 - objective
    with np.errstate(divide="ignore", invalid="ignore"):
        burns: FloatArray = np.where(seen > 0, (bads[last] - bads[first]) / seen / allowed, np.nan)
    return burns
