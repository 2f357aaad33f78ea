"""Takes the planned charts and the priced failures, gives which metrics are worth an alert, and what each is worth."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from generator.records.fact import Fact, Sentence
from generator.records.table import Cell, Mark, Table
from generator.results.words import quantities, tables
from generator.stats.metric_choice import MOST_ALERTING, MOST_EXACT, AlertMetric, Failure, best_set, net_value
from generator.subjects.charts._plan import ON_THE_DAY, Planned
from generator.subjects.charts._stakes import PlanStakes
from generator.subjects.kit.facts import derived

QUANTITY, TABLE = quantities(__file__), tables(__file__)


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """The metrics that are worth an alert, by their place among the planned ones; `reason` where none can be told."""

    every: tuple[Planned, ...]
    failures: tuple[Failure, ...]
    kinds: tuple[str, ...]
    watches: tuple[AlertMetric, ...]
    chosen: tuple[int, ...]
    reason: str = ""

    @property
    def alerting(self) -> frozenset[str]:
        """Return the ids of the alerting metrics; all of them where no choice can be made."""
        if self.reason:
            return frozenset(one.one.id for one in self.every)
        return frozenset(self.every[index].one.id for index in self.chosen)

    def marginal(self, index: int) -> float:
        """Return what a metric adds to the chosen ones, or would take from them when it is left out."""
        rest = [other for other in self.chosen if other != index]
        return self._value([*rest, index]) - self._value(rest)

    def saved(self, index: int) -> float:
        """Return what a metric alone would save a year, its own cost taken off."""
        return self._value([index])

    @property
    def net(self) -> float:
        """Return what the chosen metrics save a year together, their cost taken off."""
        return self._value(self.chosen)

    def _value(self, chosen: Sequence[int]) -> float:
        return net_value(self.failures, self.watches, chosen)


def choose(every: tuple[Planned, ...], stakes: PlanStakes) -> Choice:
    """Return the set of metrics with the greatest value a year, every set tried."""
    alarm = stakes.false_alarm.number
    kinds = tuple(kind for kind, _, _ in stakes.failures)
    failures = tuple(failure for _, _, failure in stakes.failures)
    if alarm is None or not failures:
        reason = stakes.false_alarm.reason or "no risk is priced (risks: incidents_per_year, loss_per_incident)"
        return Choice(every=every, failures=failures, kinds=kinds, watches=(), chosen=(), reason=reason)
    upkeep = stakes.upkeep.number or 0.0
    watches = tuple(_watch(one, kinds, alarm, upkeep) for one in every)
    return Choice(every=every, failures=failures, kinds=kinds, watches=watches, chosen=best_set(failures, watches))


def _watch(one: Planned, kinds: tuple[str, ...], alarm: float, upkeep: float) -> AlertMetric:
    delay = one.seen.delays[0] if one.seen else ON_THE_DAY if one.still else math.inf
    per_year = one.seen.per_year if one.seen else 0.0
    return AlertMetric(
        delays=tuple(delay if one.catches(kind) else math.inf for kind in kinds),
        cost_per_year=per_year * alarm + upkeep,
    )


def choice_facts(choice: Choice, budget: Fact) -> tuple[Fact, ...]:
    """Return how many metrics alert, what they save together, and their false alarms against the budget."""
    count = None if choice.reason else len(choice.chosen)
    alerting = [one.seen.per_year for one in choice.every if one.seen and one.one.id in choice.alerting]
    total = derived(
        QUANTITY("alerts.choice.false_alarms_per_month"), sum(alerting) / 12 if choice.every else None, simulated=True
    )
    return (
        derived(
            QUANTITY("alerts.choice.count"),
            count,
            reason=choice.reason,
            method=f"every set of at most {MOST_ALERTING} tried" if len(choice.every) <= MOST_EXACT else "swaps",
            n=len(choice.every) or None,
        ),
        derived(QUANTITY("alerts.choice.net"), None if choice.reason else choice.net, reason=choice.reason),
        total,
        derived(
            QUANTITY("alerts.choice.budget_used"),
            _share(total, budget),
            source=f"{total.id}, {budget.id}",
            reason=total.reason or budget.reason,
        ),
    )


def _share(total: Fact, budget: Fact) -> float | None:
    used, allowed = total.number, budget.number
    return None if used is None or not allowed else used / allowed


def choice_table(choice: Choice, stakes: PlanStakes) -> Table:
    """Return every metric with its worth, the chosen first, then the rejected, the best of them on top."""
    if choice.reason:
        return TABLE("alerts.choice", (), reason=choice.reason)
    order = sorted(range(len(choice.every)), key=lambda index: _rank(choice, index))
    rows = (_row(choice, index, stakes) for index in order)
    return TABLE("alerts.choice", rows, reason="no metric has a daily series")


def _rank(choice: Choice, index: int) -> tuple[bool, bool, float]:
    one = choice.every[index]
    return index not in choice.chosen, one.seen is None and not one.still, -choice.marginal(index)


def _row(choice: Choice, index: int, stakes: PlanStakes) -> tuple[Cell, ...]:
    planned, watch, head = choice.every[index], choice.watches[index], f"alerts.choice.{choice.every[index].one.id}"
    kept = index in choice.chosen
    titles = [title for kind, title, _ in stakes.failures if planned.catches(kind)]
    delay = next((value for value in watch.delays if math.isfinite(value)), None)
    return (
        planned.one.title,
        ", ".join(titles) or "none of the priced ones",
        ()
        if delay is None
        else derived(QUANTITY("{head}.delay", head=head, title=planned.one.title), delay, simulated=True),
        derived(QUANTITY("{head}.cost", head=head, title=planned.one.title), watch.cost_per_year),
        derived(QUANTITY("{head}.alone", head=head, title=planned.one.title), choice.saved(index)),
        derived(QUANTITY("{head}.marginal", head=head, title=planned.one.title), choice.marginal(index)),
        Mark(status="pass", word="alert") if kept else Mark(status="info", word="dashboard only"),
        _why(choice, index, kept, bool(titles)),
    )


def _why(choice: Choice, index: int, kept: bool, sees: bool) -> Sentence:
    if kept:
        return ("sees some failure sooner than the others",)
    if choice.every[index].one.reason and not choice.every[index].still:
        return (choice.every[index].one.reason,)
    if not sees:
        return ("no priced failure moves it",)
    if choice.saved(index) <= 0:
        return ("costs more than it saves, even alone",)
    if choice.marginal(index) > 0:
        return ("worth something, but the set is full",)
    return ("the others see the same failures: it would add mostly false alarms",)
