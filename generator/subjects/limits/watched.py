"""Takes alert rules, limits on segments, triggers, the loss budget, gives every watched level and the loss by day."""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain, count

from generator.records.fact import Fact, segment_of
from generator.records.project import Mode, Project, Rule, SegmentLimit
from generator.records.quality import quality
from generator.records.reason import Reason
from generator.subjects.kit.facts import declared, derived
from generator.subjects.kit.known import Known
from generator.subjects.limits.measured import validation
from generator.subjects.limits.quantities import name_of, unit_of_objective
from generator.subjects.limits.rules import RuleLevel, limit_of, rule_levels, trigger_limit
from generator.subjects.limits.series import Series, by_day, from_facts, rows_a_day
from generator.subjects.performance.found import Performance
from generator.subjects.segments.found import Limited
from generator.subjects.windows.found import Recent

ASKS = "retraining"
"""The group of the rules that watch triggers."""
PERIOD, LOOKED_AT = 30, 3
"""Days of the loss budget, and those over which its pace is looked at."""
PACE = "Loss from errors, as a multiple of the pace that the loss budget allows"


def watched_levels(at: Known, project: Project) -> tuple[RuleLevel, ...]:
    """Return every declared level, then the limits on segments, the triggers, and that on a known loss budget."""
    return (*rule_levels(project), *_segments(at, project), *_triggers(at, project), *_loss(at, project))


def _segments(at: Known, project: Project) -> Iterator[RuleLevel]:
    window = at.shelf[Limited].window.number
    taken = {rule.id for rule in project.settings.alerts.rules}
    for index, limit in enumerate(project.settings.objectives.critical_segments if window else ()):
        id = _free(limit, taken)
        taken.add(id)
        path = f"objectives.critical_segments.{index}.acceptable"
        title = f"{quality(limit.metric).title} where {limit.segment} is {limit.level}"
        rule = Rule(
            id=id,
            metric=limit.metric,
            title=title,
            operator="<" if quality(limit.metric).floor else ">",
            red=limit.acceptable,
            window_days=int(window or 0),
            recovery=1,
            why=limit.why,
            mitigation=instead(limit, at, project),
        )
        bound = declared(
            project,
            f"alerts.{id}.red.threshold",
            limit.acceptable,
            path,
            unit=unit_of_objective(limit.metric, project),
            label=f"{title}, limit",
        )
        yield RuleLevel(rule=rule, name="red", limit=limit_of(rule, bound, limit.segment, limit.level), level=None)


def instead(limit: SegmentLimit, at: Known, project: Project) -> str:
    """Return what to do about a segment beyond its limit: nothing that takes out more than may be taken out."""
    mode, found = taking(project), at.shelf.get(Recent)
    window = found.windows.get("recent") if found else None
    rows, levels = (window.rows.number if window else None), (found.levels if found else ())
    wanted = (limit.segment, limit.level)
    own = next((one.turned.recent.n for one in levels if (one.segment, one.name) == wanted), None)
    if mode and mode.most and rows and own and own / rows > mode.most:
        return f"too many cases for “{mode.name}”: retrain with more rows of {limit.level}"
    return f"leave {limit.level} to the present process or to rules, or retrain with more of its rows"


def taking(project: Project) -> Mode | None:
    """Return the mode that takes groups of cases out, up to a declared share."""
    return next((mode for mode in project.settings.rollback.degraded_modes if mode.most is not None), None)


def watched_id(trigger: str) -> str:
    """Return the id of the rule that watches a retraining trigger of some id."""
    return f"retrain-{trigger}"


def _triggers(at: Known, project: Project) -> Iterator[RuleLevel]:
    """Yield every retraining trigger whose limit is known, as a rule that is told in the daily summary."""
    taken = {rule.id for rule in project.settings.alerts.rules}
    for index, trigger in enumerate(project.settings.retraining.triggers):
        limit = trigger_limit(trigger, index, at, project)
        if limit.threshold.number is None or watched_id(trigger.id) in taken:
            continue
        rule = Rule(
            id=watched_id(trigger.id),
            metric=trigger.metric,
            features=trigger.features,
            group=ASKS,
            title=f"Retraining trigger: {name_of(trigger.metric, trigger.features)}",
            operator=trigger.operator,
            yellow=limit.threshold.number,
            window_days=trigger.window_days,
            consecutive=trigger.consecutive,
            recovery=1,
            minimum_n=trigger.minimum_n,
            owner=trigger.approver,
            why="the trigger of the retraining calendar, which says what it asks for now",
            mitigation=trigger.action,
        )
        bound = replace(limit.threshold, id=f"alerts.{segment_of(rule.id)}.yellow.threshold")
        yield RuleLevel(rule=rule, name="yellow", limit=limit_of(rule, bound), level=None)


def _free(limit: SegmentLimit, taken: set[str]) -> str:
    """Return the id of a limit on a segment: by its level, with more words where another rule is called so."""
    words = (re.sub(r"\W+", "-", text).strip("-") for text in (limit.segment, limit.level))
    segment, level = words
    long = f"segment-{segment}-{level}-{limit.metric}"
    names = chain((f"segment-{level}", long), (f"{long}-{number}" for number in count(2)))
    return next(name for name in names if name not in taken)


def _loss(at: Known, project: Project) -> Iterator[RuleLevel]:
    own = any(rule.metric == "loss_pace" for rule in project.settings.alerts.rules)
    if own or loss_pace(at, project) is None:
        return
    rule = Rule(
        id="loss-budget",
        metric="loss_pace",
        title=PACE,
        yellow=1.0,
        window_days=LOOKED_AT,
        recovery=1,
        mitigation="hold the loss against what a retraining costs, and bring that forward where it pays",
    )
    month = loss_budget(at, project)
    method = "the pace at which the budget of thirty days lasts thirty days"
    bound = derived("alerts.loss-budget.yellow.threshold", rule.yellow, method=method, source=month.id)
    yield RuleLevel(rule=rule, name="yellow", limit=limit_of(rule, bound), level=None)


def loss_pace(at: Known, project: Project) -> Series | None:
    """Return how fast the loss budget is spent by day, 1 where thirty such days spend it; None where it is not known.

    Spent is what the errors cost beyond those of validation, at the usual rows a day.
    """
    price, rows = project.settings.business.loss_per_unit_error, rows_a_day(at)
    base, month = validation(at.shelf, "mae").number, loss_budget(at, project).number
    if not month or not price or not rows or base is None:
        return None
    paid = rows * price * PERIOD / month
    points = {day: max(0.0, value - base) * paid for day, value in from_facts(at, "mae").items()}
    return by_day("loss_pace", points, from_facts(at, "rows"))


def loss_budget(at: Known, project: Project) -> Fact:
    """Return the loss that thirty days may bring: declared, else what the acceptable level would."""
    id, label = "alerts.loss_budget.month", "Loss budget of thirty days"
    stated = project.settings.alerts.loss_budget_per_month
    if stated is not None:
        return declared(project, id, stated, "alerts.loss_budget_per_month", unit="money", label=label)
    found = at.shelf[Performance]
    bound, level = found.levels.acceptable.number, found.head.validation.number
    price, rows = project.settings.business.loss_per_unit_error, rows_a_day(at)
    base, value = validation(at.shelf, "mae").number, None
    if price and rows and base is not None and bound and level and bound > level:
        value = base * (bound / level - 1) * rows * price * PERIOD
    return derived(
        id,
        value,
        unit="money",
        label=label,
        source="performance.mae.validation",
        method="what thirty days at the acceptable level would lose above validation",
        reason=Reason(
            "neither alerts.loss_budget_per_month is declared, nor an acceptable level and a loss per unit of error",
            ("alerts.loss_budget_per_month",),
        ),
    )
