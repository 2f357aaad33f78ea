"""Takes the chance that a window breaches a limit, gives the messages it sends a month, how late, and what it shows.

The one estimate of false alarms: of levels, of other volumes, of rollback and retraining conditions, and of totals.
"""

import math
from dataclasses import dataclass

from generator.records.fact import SIMULATION, Fact
from generator.stats import messages as stats
from generator.stats.business import DAYS_A_MONTH
from generator.stats.messages import MessageRule
from generator.subjects.kit.facts import derived
from generator.subjects.kit.known import Known
from generator.subjects.limits.healthy import NEVER, WIDTH, Chance, Setting
from generator.subjects.limits.quantities import Limit
from generator.subjects.limits.series import points_in, step_days

HORIZON = 30
"""Days within which a change is to be shown."""
WHAT = "a message when the windows in a row have breached, no further one until as many as recover are quiet; simulated"
STANDS = "it breaches in most windows though nothing is wrong: it stands, which no number of messages tells"
MOSTLY = "by chance alone it sends a message within thirty days more often than not, so it cannot tell"


@dataclass(frozen=True, kw_only=True, slots=True)
class Pace:
    """A rule as it is looked at: its windows in steps of the data, and the calendar days of a step."""

    watch: MessageRule
    step: int

    @property
    def evaluations(self) -> float:
        """Return how often a month it is looked at."""
        return DAYS_A_MONTH / self.step


def pace_of(limit: Limit, at: Known, shared: float = 0.0) -> Pace:
    """Return how a limit is looked at; `shared` is the likeness of any two of its steps."""
    step = step_days(at)
    watch = MessageRule(
        window=points_in(limit.window_days, step),
        consecutive=limit.consecutive,
        recovery=limit.recovery,
        shared=shared,
        two_sided=limit.metric == "bias",
    )
    return Pace(watch=watch, step=step)


def monthly_fact(id: str, chance: Chance, pace: Pace, source: str, label: str = "False alarms a month") -> Fact:
    """Return the messages a month that a chance a window makes, with the interval of the simulation.

    A rule that mostly breaches closes no episode, so it would count as one that is silent.
    """
    if chance.value is not None and chance.value > 0.5:
        chance = Chance(value=None, reason=STANDS)
    found = stats.messages(math.nan if chance.value is None else chance.value, pace.watch)
    value = found.per_step * pace.evaluations
    half = WIDTH * math.hypot(found.error * pace.evaluations, _share(chance) * value)
    told = chance.value is not None and value >= NEVER
    return derived(
        id,
        None if chance.value is None else value if told else 0.0,
        unit="per month",
        label=label,
        method=f"{chance.method}; {WHAT}" if chance.method else WHAT,
        source=source,
        reason=chance.reason,
        simulated=told,
        low=max(0.0, value - half) if told else None,
        high=value + half if told else None,
        range=SIMULATION,
    )


def _share(chance: Chance) -> float:
    """Relative error of the chance itself."""
    return chance.error / chance.value if chance.value else 0.0


def days_to_message(chance: Chance, degraded: float | None, pace: Pace) -> float | None:
    """Return the mean days from a change, after which windows breach with chance `degraded`, to the message."""
    if chance.value is None or degraded is None:
        return None
    steps = stats.steps_to_message(chance.value, degraded, pace.watch)
    return steps * pace.step if steps < 0.98 * stats.LONGEST else None


def shown_with(chance: Chance, pace: Pace) -> tuple[float | None, str]:
    """Return the chance a window has to breach after the least change shown in thirty days, or None and why."""
    steps = max(1, HORIZON // pace.step)
    if chance.value is None:
        return None, chance.reason
    least = stats.smallest_shown(chance.value, pace.watch, steps)
    if math.isfinite(least):
        return stats.shown_chance(chance.value, least, pace.watch), ""
    by_chance = stats.chance_within(chance.value, 0.0, pace.watch, steps) if chance.value < 1 else 1.0
    return None, MOSTLY if by_chance > 0.5 else "its windows are longer than the thirty days looked at"


def pace_in(at: Setting) -> Pace:
    """Return how the limit of a setting is looked at."""
    return pace_of(at.limit, at.known, at.shared)
