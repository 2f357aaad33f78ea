"""Takes the chance that a window breaches a rule, gives the messages the rule sends, how late, and what it shows.

A message is the start of an episode: as many windows in a row as the rule asks have breached while it was closed. It
closes once `recovery` windows in a row are quiet; until then nothing further is sent.
"""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from generator.stats.arrays import FloatArray, floats
from generator.stats.distributions import special

Flags = NDArray[np.bool_]
SEED = 20_26
PATHS, BEFORE = 4_000, 120
"""Simulated pasts of a window that breaches, and the windows in each."""
AHEAD, LONGEST = 1_000, 365
"""Simulated futures after a change, and the windows in each."""
POWER = 0.8
WIDEST = 64.0
RAREST = 1e-9
"""A chance below this counts as this where a change is laid beside it: no model of scatter is exact farther out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageRule:
    """A rule over moving windows, one evaluation a step of the metric.

    `window` is in steps, `consecutive` breaches in a row start an episode, `recovery` quiet windows in a row end it.
    `shared` is the correlation of any two steps, as of entities that come back; `two_sided`: either direction breaches.
    """

    window: int = 1
    consecutive: int = 1
    recovery: int = 1
    shared: float = 0.0
    two_sided: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Messages:
    """Expected messages a step with their Monte-Carlo standard error."""

    per_step: float
    error: float


def messages(breach: float, watch: MessageRule) -> Messages:
    """Expected messages a step when a window breaches with chance `breach`.

    The chance times the share of breaching windows that start an episode: their pasts are simulated given that the
    last window breaches, so rare messages are as exact as frequent ones. Windows of normal scores share the steps in
    which they overlap (Gaussian copula of the chance). Chance outside [0, 1]: nan.
    """
    if not 0.0 <= breach <= 1.0:
        return Messages(per_step=math.nan, error=math.nan)
    if breach == 0.0:
        return Messages(per_step=0.0, error=0.0)
    past = _scores(watch.window, watch.shared, BEFORE, PATHS)
    tail = breach * (1.0 - (np.arange(PATHS) + 0.5) / PATHS) / (2.0 if watch.two_sided else 1.0)
    last = -special.ndtri(tail)
    scores = past + _likeness(watch, BEFORE)[:, None] * (last - past[-1])
    bound = -float(special.ndtri(breach / (2.0 if watch.two_sided else 1.0)))
    starts = _starts(_beyond(scores, bound, watch), watch)[-1]
    share = float(starts.mean())
    return Messages(per_step=breach * share, error=breach * math.sqrt(share * (1.0 - share) / PATHS))


def steps_to_message(breach: float, degraded: float, watch: MessageRule) -> float:
    """Mean steps from a change to the message, its windows filling with changed steps one by one.

    A window that holds only changed steps breaches with chance `degraded`, one before the change with `breach`. The
    rule is closed when the change comes. A wait beyond 365 steps counts as that; a chance outside [0, 1), or nan: nan.
    """
    if not (0.0 <= breach < 1.0 and 0.0 <= degraded <= 1.0):
        return math.nan
    return float(_first(_shift(breach, degraded, watch), breach, watch, LONGEST).mean())


def chance_within(breach: float, shift: float, watch: MessageRule, steps: int) -> float:
    """Chance of a message within so many steps of a change of `shift` standard errors of a window; 0 for none.

    Of more than a year of steps, those of the year count.
    """
    steps = min(steps, LONGEST - 1)
    first = _first(shift, breach, watch, steps)
    return float((first <= steps).mean())


def smallest_shown(breach: float, watch: MessageRule, steps: int, power: float = POWER) -> float:
    """Least change, in standard errors of a window, that a message shows within so many steps, net of chance.

    (P1 - P0)/(1 - P0) >= `power` with P0 the chance of a message without any change (Abbott 1925); to a fiftieth.
    P0 above one half, or a chance outside [0, 1): nan.
    """
    if not 0.0 <= breach < 1.0 or steps < 1:
        return math.nan
    chance = chance_within(breach, 0.0, watch, steps)
    if chance > 0.5:
        return math.nan
    wanted = chance + power * (1.0 - chance)
    low, high = 0.0, 1.0
    while chance_within(breach, high, watch, steps) < wanted and high < WIDEST:
        low, high = high, 2.0 * high
    if high >= WIDEST:
        return math.nan
    while high - low > 0.02:
        middle = (low + high) / 2.0
        low, high = (middle, high) if chance_within(breach, middle, watch, steps) < wanted else (low, middle)
    return high


def shown_chance(breach: float, shift: float, watch: MessageRule) -> float:
    """Chance that a window breaches once it lies wholly after a change of `shift` standard errors."""
    return float(special.ndtr(shift - _bound(breach, watch)))


def _bound(breach: float, watch: MessageRule) -> float:
    """Score beyond which a window breaches."""
    return float(-special.ndtri(max(breach, RAREST) / (2.0 if watch.two_sided else 1.0)))


def _shift(breach: float, degraded: float, watch: MessageRule) -> float:
    """Change in standard errors of a window that turns the one chance into the other."""
    return _bound(breach, watch) + float(special.ndtri(min(max(degraded, 1e-300), 1.0 - 1e-16)))


def _first(shift: float, breach: float, watch: MessageRule, steps: int) -> FloatArray:
    """Step (paths,) of the first message after a change, at most `steps` + 1."""
    scores = _scores(watch.window, watch.shared, LONGEST, AHEAD)[:steps]
    filled = np.minimum(np.arange(1, steps + 1), watch.window) / watch.window
    bound = _bound(breach, watch)
    found = np.full(AHEAD, float(min(steps + 1, LONGEST)))
    run, waiting = np.zeros(AHEAD, dtype=np.int64), np.ones(AHEAD, dtype=np.bool_)
    for step, (row, part) in enumerate(zip(scores, filled.tolist(), strict=True), start=1):
        run = np.where(_beyond(row + shift * part, bound, watch), run + 1, 0)
        fired = waiting & (run >= watch.consecutive)
        found[fired] = step
        waiting &= ~fired
        if not waiting.any():
            break
    return found


def _beyond(scores: FloatArray, bound: float, watch: MessageRule) -> Flags:
    return np.asarray(np.abs(scores) > bound if watch.two_sided else scores > bound)


def _starts(breaches: Flags, watch: MessageRule) -> Flags:
    """Tell of each window (steps, paths) whether an episode starts there; closed before the first."""
    paths = breaches.shape[1]
    run, quiet = np.zeros(paths, dtype=np.int64), np.zeros(paths, dtype=np.int64)
    episode, found = np.zeros(paths, dtype=np.bool_), np.zeros(breaches.shape, dtype=np.bool_)
    for step, breach in enumerate(breaches):
        run, quiet = np.where(breach, run + 1, 0), np.where(breach, 0, quiet + 1)
        found[step] = ~episode & (run >= watch.consecutive)
        episode = (episode | found[step]) & (quiet < max(watch.recovery, 1))
    return found


def _likeness(watch: MessageRule, steps: int) -> FloatArray:
    """Correlation (steps,) of each window with the last one."""
    overlap = np.maximum(watch.window - np.arange(steps - 1, -1, -1), 0)
    own = (1.0 - watch.shared) * overlap / watch.window**2
    return floats((own + watch.shared) / ((1.0 - watch.shared) / watch.window + watch.shared))


@lru_cache(maxsize=8)
def _scores(window: int, shared: float, steps: int, paths: int) -> FloatArray:
    """Standard scores (steps, paths) of moving windows over normal steps of which a part is the same in all."""
    rng = np.random.Generator(np.random.Philox(SEED))
    single = rng.standard_normal((steps + window - 1, paths)) * math.sqrt(1.0 - shared)
    sums = np.cumsum(np.concatenate([np.zeros((1, paths)), single]), axis=0)
    means = (sums[window:] - sums[:-window]) / window + rng.standard_normal(paths) * math.sqrt(shared)
    return floats(means / math.sqrt((1.0 - shared) / window + shared))
