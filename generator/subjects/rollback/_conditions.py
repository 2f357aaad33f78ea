"""Takes the rollback conditions and the evidence, gives whether each holds and how often it errs on equal models."""

import math
from dataclasses import dataclass

from generator.records.fact import Fact, Sentence, missing, segment_of
from generator.records.project import Condition, Project
from generator.results.words import quantities
from generator.stats import detection
from generator.subjects.kit.facts import declared, derived, flag
from generator.subjects.kit.known import Known
from generator.subjects.limits.counting import beyond_all, chance_of_counts, count_alerts, read_counted
from generator.subjects.limits.healthy import SEED, Chance, chance_fact, healthy_breach, setting
from generator.subjects.limits.messages import Pace, monthly_fact, pace_in, pace_of
from generator.subjects.limits.quantities import NAMES, SIGNS, Limit, holds, in_words
from generator.subjects.limits.readings import fires_now, read
from generator.subjects.limits.rules import condition_limit
from generator.subjects.limits.series import rows_a_day
from generator.subjects.performance.found import BothDays, Performance
from generator.subjects.rollback._previous import both_over

QUANTITY = quantities(__file__)

NORMAL = 3.0
ON_BOTH = ", both versions on the same rows"
COMPARED = {"rmse": 1.0, "error_ratio_previous": 1.0, "brier": 0.5}
"""Metrics whose value on equal models is known, and the power that makes their ratio one of typical errors."""


@dataclass(frozen=True, kw_only=True, slots=True)
class HeldCondition:
    """A rollback condition held against the data."""

    condition: Condition
    words: Sentence
    threshold: Fact
    current: Fact
    fires: Fact
    chance: Fact
    monthly: Fact
    never: bool = False
    """Whether it can never hold, or is never judged."""
    paired: Sentence = ()
    """The condition as this build judges it, where that is not as it is declared: both versions on the same rows."""

    @property
    def usable(self) -> bool:
        """Return whether it can hold in some form."""
        return not self.never or bool(self.paired)

    @property
    def judged(self) -> Sentence:
        """Return the condition in the words by which this build judges it."""
        return self.paired or self.words

    @property
    def facts(self) -> tuple[Fact, ...]:
        return (self.threshold, self.current, self.fires, self.chance, self.monthly)


def hold_all(at: Known, project: Project) -> tuple[HeldCondition, ...]:
    """Hold every declared rollback condition against the data."""
    conditions = project.settings.rollback.conditions
    return tuple(
        _against_previous(item, index, at, project) if compares(item) else _by_itself(item, index, at, project)
        for index, item in enumerate(conditions)
    )


def compares(condition: Condition) -> bool:
    """Return whether a condition holds the new version against the previous one."""
    return condition.relative_to == "previous" or condition.metric == "error_ratio_previous"


def arm_rows(condition: Condition | None) -> float:
    """Return the share of the rows that a condition looks at: that of the new version's traffic, else all."""
    return 1.0 if condition is None or condition.traffic is None else condition.traffic


def _head(condition: Condition) -> str:
    return f"rollback.condition.{segment_of(condition.id)}"


def _by_itself(condition: Condition, index: int, at: Known, project: Project) -> HeldCondition:
    head, limit = _head(condition), condition_limit(condition, index, at, project)
    never = False
    if condition.metric == "alerts_per_day":
        counts = count_alerts(at, project)
        never = bool(counts.rules) and beyond_all(limit, counts)
        reading = read_counted(limit, counts, at, project, f"{head}.current")
        chance = chance_of_counts(limit, counts)
    else:
        reading = read(limit, at, project, f"{head}.current")
        chance = healthy_breach(limit, rows_a_day(at), at, project)
    return HeldCondition(
        condition=condition,
        words=in_words(limit),
        threshold=limit.threshold,
        current=reading.current,
        fires=fires_now(reading, f"{head}.fires", f"{condition.id} holds now"),
        chance=chance_fact(f"{head}.false_alarm", chance, label="False alarm per window", source=limit.threshold.id),
        monthly=_monthly(head, chance, _pace(limit, at, project)),
        never=never,
    )


def _pace(limit: Limit, at: Known, project: Project) -> Pace:
    rows, bound = rows_a_day(at), limit.threshold.number
    if rows is None or bound is None:
        return pace_of(limit, at)
    return pace_in(setting(limit, bound, rows, at, project))


def _monthly(head: str, chance: Chance, pace: Pace) -> Fact:
    return monthly_fact(f"{head}.false_alarms_per_month", chance, pace, f"{head}.false_alarm")


def _against_previous(condition: Condition, index: int, at: Known, project: Project) -> HeldCondition:
    """Old and new on the same rows in this build; on split traffic the two arms are different rows."""
    head = _head(condition)
    threshold = _threshold(condition, index, project)
    current = _excess(condition, at)
    value = current.number
    held = None if value is None else holds(condition.operator, value, _share(condition))
    chance = chance_on_arms(condition, at)
    looked_at = pace_of(condition_limit(condition, index, at, project), at)
    paired = (*words_against(condition, index, project, on_arm=False), ON_BOTH)
    return HeldCondition(
        condition=condition,
        threshold=threshold,
        current=current,
        chance=chance_fact(
            f"{head}.false_alarm", chance, label="False alarm per window, equal models", source=threshold.id
        ),
        words=words_against(condition, index, project),
        fires=flag(QUANTITY("{head}.fires", head=head, id=condition.id), held, reason=current.reason),
        monthly=_monthly(head, chance, looked_at),
        never=_too_few(condition, at),
        paired=paired if condition.metric in COMPARED else (),
    )


def words_against(condition: Condition, index: int, project: Project, *, on_arm: bool = True) -> Sentence:
    """Return a condition that compares with the previous version as it is declared, by the share and not a level."""
    end = (*_least(condition), *(_arm(condition, _head(condition), project) if on_arm else ()))
    return (_against(condition), _threshold(condition, index, project), " over ", _window(condition), *end)


def _against(condition: Condition) -> str:
    name = NAMES["rmse"] if _is_ratio(condition) else NAMES[condition.metric]
    return f"{name} against the previous version {SIGNS[condition.operator]} "


def _threshold(condition: Condition, index: int, project: Project) -> Fact:
    return declared(
        project,
        f"{_head(condition)}.share",
        _share(condition),
        f"rollback.conditions.{index}.threshold",
        unit="change",
        label=f"threshold of {condition.id}",
    )


def _least(condition: Condition) -> Sentence:
    """The least count of rows on which the condition is judged; that there is none is told."""
    if not condition.minimum_n:
        return (", however few the rows",)
    rows = derived(QUANTITY("{condition}.share.minimum_n", condition=_head(condition)), condition.minimum_n)
    return (", at least ", rows)


def _window(condition: Condition) -> Fact:
    return derived(QUANTITY("{condition}.share.window", condition=_head(condition)), condition.window_days)


def _too_few(condition: Condition, at: Known) -> bool:
    """Return whether the new version's share of the traffic never holds the rows that a window asks for."""
    per_day = rows_a_day(at)
    if condition.traffic is None or per_day is None or not condition.minimum_n:
        return False
    return per_day * condition.window_days * condition.traffic < condition.minimum_n


def _arm(condition: Condition, head: str, project: Project) -> Sentence:
    """Return the share of the traffic on which old and new are compared, and of which ramp it is the mean."""
    if condition.traffic is None:
        return ()
    traffic = derived(QUANTITY("{head}.traffic", head=head), condition.traffic)
    ramps = (one for one in project.settings.rollout.stages if one.traffic_from is not None)
    ramp = next((one.name for one in ramps if math.isclose(one.mean_traffic, condition.traffic)), "")
    return (" on ", traffic, f" of the traffic, the mean of “{ramp}”" if ramp else " of the traffic")


def _excess(condition: Condition, at: Known) -> Fact:
    id, label = f"{_head(condition)}.current", "Error relative to the previous version"
    if condition.metric not in COMPARED:
        why = "only RMSE and Brier score are compared with the previous version"
        return missing(id, why, label=label, unit="change")
    both = both_over(at, condition.window_days, condition.minimum_n)
    if at.shelf[BothDays].days:
        return derived(
            id,
            None if both is None else both[0] / both[1] - 1,
            unit="change",
            label=label,
            source="previous.daily",
            reason="no window has enough days and rows",
            method=f"ratio − 1, same rows, the newest {condition.window_days} days of the supplied data",
        )
    ratio = at.shelf[Performance].ratio
    value = ratio.number
    return derived(
        id,
        None if value is None else value - 1,
        unit="change",
        label=label,
        source=ratio.id,
        reason=ratio.reason,
        method="ratio − 1, same rows",
        n=ratio.n,
        low=None if ratio.low is None else ratio.low - 1,
        high=None if ratio.high is None else ratio.high - 1,
        range=ratio.range,
    )


def _is_ratio(condition: Condition) -> bool:
    return condition.metric == "error_ratio_previous" and condition.relative_to != "previous"


def _share(condition: Condition) -> float:
    """The threshold as a change against the previous version."""
    return condition.threshold - 1 if _is_ratio(condition) else condition.threshold


def chance_on_arms(condition: Condition, at: Known) -> Chance:
    """Return how often a window breaches when old and new version are equal and each scores its part of the rows."""
    ratio = 1 + _share(condition)
    per_day = rows_a_day(at)
    if condition.metric not in COMPARED:
        return Chance(value=None, reason="what this metric is on equal models is not known")
    if condition.traffic is None or per_day is None:
        why = "rows a day are not known" if per_day is None else "both score the same rows: equal models never differ"
        return Chance(value=None, reason=why)
    rows = per_day * condition.window_days
    new, old = rows * condition.traffic, rows * (1 - condition.traffic)
    if _too_few(condition, at):
        return Chance(value=None, reason="it is never judged: the new version's rows are fewer than it asks for")
    kurtosis = max(at.shelf[Performance].kurtosis.number or NORMAL, NORMAL)
    chance = detection.ratio_rule_false_alarm(ratio ** COMPARED[condition.metric], new, old, kurtosis, SEED)
    if chance != chance:
        return Chance(value=None, reason="one arm has no rows")
    return Chance(
        value=chance,
        method="two unpaired arms of equal models at the declared traffic, simulated with the measured kurtosis",
    )
