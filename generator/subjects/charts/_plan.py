"""Takes the watched metrics and the stakes, gives a limit for each: the cheapest one, within the alert budget."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np

from generator.records.project import Project
from generator.stats.arrays import FloatArray
from generator.stats.metric_choice import Failure
from generator.subjects.charts._in_force import in_force
from generator.subjects.charts._reach import LIMITS, SIZES, Reach, Seen, reach_of
from generator.subjects.charts._stakes import DAYS_A_YEAR, PlanStakes
from generator.subjects.charts._watched import Watched
from generator.subjects.kit.known import Known
from generator.subjects.limits.rules import RuleLevel
from generator.subjects.performance.found import Performance

PER_YEAR = 1.0
"""False alarms a year of a chart where no cost of one is declared."""
DEFAULT_SHIFT = 1.0
"""Daily SDs that count as a change where nothing says how large a change matters."""
ON_THE_DAY = 1.0
"""Days after which a metric that never varies shows any change."""
HIGHEST_PENALTY = 1e7


@dataclass(frozen=True, kw_only=True, slots=True)
class Price:
    """What a chart's false alarms and its delays cost a year: money per false alarm, and losses by degradation.

    `losses` are (degradations a year, money a day, index into `SIZES`, days after which it is found anyway).
    """

    false_alarm: float
    response: float
    losses: tuple[tuple[float, float, int, float], ...]

    def cost(self, per_year: FloatArray | float, delays: tuple[FloatArray | float, ...] | FloatArray) -> FloatArray:
        """Return money a year at false alarms a year and mean delays of each size."""
        total = np.asarray(per_year) * self.false_alarm
        for rate, loss, size, found in self.losses:
            total = total + rate * loss * (np.minimum(delays[size], found) + self.response)
        return np.asarray(total, dtype=np.float64)

    def of(self, seen: Seen) -> float:
        """Return money a year of one limit."""
        return float(self.cost(seen.per_year, seen.delays))


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Planned:
    """A metric with its chart: the change that matters, the limit chosen, and what the declared levels do instead."""

    one: Watched
    material: float | None
    """The value of the metric that matters; None where nothing declares it."""
    why: str
    reach: Reach | None
    price: Price | None
    seen: Seen | None
    declared: tuple[tuple[RuleLevel, Seen], ...] = ()

    @property
    def first(self) -> tuple[RuleLevel, Seen] | None:
        """Return the lowest declared level that can be compared."""
        return self.declared[0] if self.declared else None

    @property
    def still(self) -> bool:
        """Whether the metric never varies, so that any change shows on the day."""
        return self.one.base is None and bool(np.ptp(self.one.values[np.isfinite(self.one.values)]) == 0.0)

    def catches(self, kind: str) -> bool:
        """Whether the metric moves when a risk of this kind happens."""
        return kind in self.one.kind.catches


def plan(every: tuple[Watched, ...], stakes: PlanStakes, at: Known, project: Project) -> tuple[Planned, ...]:
    """Return every watched metric with its chart at the limit that would be cheapest if it were alone."""
    return tuple(_plan(one, stakes, at, project) for one in every)


def beside(every: tuple[Planned, ...], alerting: frozenset[str], stakes: PlanStakes) -> tuple[Planned, ...]:
    """Return the plan with each limit the cheapest one beside the other alerting metrics: what they see first is seen.

    The error keeps its price: it is what every failure comes to in the end.
    """
    found = []
    for one in every:
        others = [other for other in every if other.one.id in alerting and other is not one]
        sooner = {
            kind: min((_delay(other) for other in others if other.catches(kind)), default=float(DAYS_A_YEAR))
            for kind, _, _ in stakes.failures
        }
        price = price_of(one.one, stakes, sooner)
        seen = one.reach.at(cheapest(one.reach, price)) if one.reach else None
        found.append(replace(one, price=price, seen=seen))
    return tuple(found)


def _delay(one: Planned) -> float:
    return one.seen.delays[0] if one.seen else ON_THE_DAY if one.still else float(DAYS_A_YEAR)


def within_budget(every: tuple[Planned, ...], alerting: frozenset[str], per_month: float | None) -> tuple[Planned, ...]:
    """Return the plan with limits raised until the alerting charts keep the budget together.

    A false alarm is made dearer for all of them alike until they fit, so that the last one allowed is worth the
    same on every chart.
    """

    def total(planned: tuple[Planned, ...]) -> float:
        return sum(one.seen.per_year for one in planned if one.seen and one.one.id in alerting) / 12

    if per_month is None or total(every) <= per_month:
        return every
    low, high = 0.0, 1.0
    while total(_dearer(every, high)) > per_month and high < HIGHEST_PENALTY:
        low, high = high, 4.0 * high
    for _ in range(20):
        middle = (low + high) / 2
        low, high = (middle, high) if total(_dearer(every, middle)) > per_month else (low, middle)
    return _dearer(every, high)


def _dearer(every: tuple[Planned, ...], penalty: float) -> tuple[Planned, ...]:
    return tuple(
        replace(one, seen=one.reach.at(cheapest(one.reach, one.price, penalty))) if one.reach and one.price else one
        for one in every
    )


def cheapest(reach: Reach, price: Price | None, penalty: float = 0.0) -> float:
    """Return the limit of least cost a year, or the one with the usual false alarms where nothing is priced."""
    if price is None:
        return reach.limit_for(PER_YEAR)
    costs = price.cost(reach.per_year, reach.delays) + penalty * reach.per_year
    return float(LIMITS[int(np.argmin(costs))])


def _plan(one: Watched, stakes: PlanStakes, at: Known, project: Project) -> Planned:
    material, why = _material(one, stakes, at.shelf[Performance].levels.acceptable.number)
    shift = DEFAULT_SHIFT if material is None else one.standardised(material)
    if material is not None and not shift > 0:
        material, why, shift = None, "one usual step: its level lies beyond what is declared", 1.0
    reach = reach_of(one, shift)
    price = price_of(one, stakes)
    if reach is None:
        return Planned(one=one, material=material, why=why, reach=None, price=price, seen=None)
    pairs = ((level, in_force(level, one, shift, at, project)) for level in one.levels)
    return Planned(
        one=one,
        material=material,
        why=why,
        reach=reach,
        price=price,
        seen=reach.at(cheapest(reach, price)),
        declared=tuple((level, seen) for level, seen in pairs if seen is not None),
    )


def _material(one: Watched, stakes: PlanStakes, acceptable: float | None) -> tuple[float | None, str]:
    """Return the value from which the metric matters, and who says so."""
    money = {"error": stakes.error, "mae": stakes.mae}.get(one.kind.key)
    if money is not None and money.number is not None:
        return money.number, "money"
    lowest = next((level.limit.threshold.number for level in one.levels), None)
    if lowest is not None:
        return lowest, "declared level"
    if one.kind.key == "error" and acceptable is not None:
        return acceptable, "acceptable level"
    return None, "one usual step, by default"


def price_of(one: Watched, stakes: PlanStakes, sooner: Mapping[str, float] = MappingProxyType({})) -> Price | None:
    """Return what the metric's false alarms and delays cost; None where costs are not declared.

    `sooner` are the days after which other alerts see each kind of failure.
    """
    alarm, response = stakes.false_alarm.number, stakes.response.number or 0.0
    if not alarm:
        return None
    rate, loss = stakes.incidents.number, stakes.loss_per_day.number
    if one.kind.key == "error" and rate and loss:
        share = rate / len(SIZES)
        losses = tuple((share, loss * size, index, float(DAYS_A_YEAR)) for index, size in enumerate(SIZES))
    else:
        losses = tuple(
            _of_failure(failure, sooner.get(kind, float(DAYS_A_YEAR)))
            for kind, _, failure in stakes.failures
            if kind in one.kind.catches
        )
    return Price(false_alarm=alarm, response=response, losses=losses) if losses else None


def _of_failure(failure: Failure, sooner: float) -> tuple[float, float, int, float]:
    return failure.per_year, failure.loss_per_day, 0, min(failure.unwatched_days, sooner)
