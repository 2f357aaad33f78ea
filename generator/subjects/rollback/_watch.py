"""Takes what lets somebody go back, gives which alert tells of it in time, or who looks by hand."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from generator.records.evidence import Claim, Finding, finding
from generator.records.fact import Sentence
from generator.records.project import Condition, Project
from generator.records.reason import UNDECLARED, lacking
from generator.records.table import Table
from generator.results.words import tables
from generator.subjects.kit.known import Known
from generator.subjects.limits.rules import RuleLevel, rule_levels
from generator.subjects.limits.waking import WAKING
from generator.subjects.rollback._conditions import HeldCondition

TABLE = tables(__file__)

NO_ALERT = "no alert watches this"
BESIDE = ("alerts.liveness", "alerts.burn")
"""Alerts that no rule declares."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Lookout:
    """A permission or a condition, and what tells that it holds."""

    name: Sentence
    told: str
    by: Literal["alert", "hand", "nobody"]


def watched(project: Project, at: Known, held: tuple[HeldCondition, ...]) -> dict[str, Lookout]:
    """Return by the words of a permission and the id of a condition what tells of it."""
    plan, found = project.settings.rollback, {}
    for words in (*plan.without_asking, *plan.without_asking_on_error):
        found[words] = _one(words, (words,), None, project, at)
    for one in held:
        if one.usable and one.condition.action != "observe":
            found[one.condition.id] = _one(one.condition.id, one.judged, one.condition, project, at)
    return found


def _one(what: str, name: Sentence, condition: Condition | None, project: Project, at: Known) -> Lookout:
    """As declared; else by a rule that tells of it no later."""
    said = next((watch for watch in project.settings.rollback.watched if watch.what == what), None)
    if said and said.by_hand:
        return Lookout(name=name, told=f"by hand: {said.by_hand}", by="hand")
    telling = _telling(condition, project)
    alert = said.alert if said else next((level.rule.id for level in telling), None)
    if alert is None:
        return Lookout(name=name, told=NO_ALERT, by="nobody")
    if alert not in alert_ids(project, at):
        return Lookout(name=name, told=f"{NO_ALERT}: there is none called {alert}", by="nobody")
    own = [level for level in telling or rule_levels(project) if level.rule.id == alert]
    if condition and own and not any(_in_time(level, condition) for level in own):
        return Lookout(name=name, told=f"no alert tells it in time: {alert} is answered later", by="nobody")
    return Lookout(name=name, told=f"alert: {alert}", by="alert")


def alert_ids(project: Project, at: Known) -> set[str]:
    """Return the ids of all alerts, those on the monitoring itself too."""
    beside = {str(row["id"]) for table in BESIDE for row in at.rows(table)}
    return beside | {level.rule.id for level in rule_levels(project)}


def _telling(condition: Condition | None, project: Project) -> list[RuleLevel]:
    """Return the levels that breach wherever the condition holds, as mild and over no more days; in time first."""
    if condition is None or condition.relative_to != "none":
        return []
    found = []
    for level in rule_levels(project):
        limit, bound = level.limit, level.limit.threshold.number
        same = limit.metric == condition.metric and limit.operator[0] == condition.operator[0]
        soon = limit.window_days + limit.consecutive - 1 <= condition.window_days
        mild = bound is not None and (bound <= condition.threshold if limit.upward else bound >= condition.threshold)
        if same and soon and mild:
            found.append(level)
    return sorted(found, key=lambda level: not _in_time(level, condition))


def _in_time(level: RuleLevel, condition: Condition) -> bool:
    """Return whether a level is answered by when a condition is to be decided; without hours, if it wakes somebody."""
    minutes, hours = condition.decide_within_minutes, level.level.respond_within_hours if level.level else None
    if minutes is None or level.aside:
        return minutes is None
    return level.severity in WAKING if hours is None else 60 * hours <= minutes


def shared(project: Project, at: Known) -> Table:
    """Return the causes that both versions share, by what each is seen and which degraded mode helps."""
    plan = project.settings.rollback
    modes = {watch.what: watch.mode for watch in plan.watched}
    seen = ((words, _one(words, (words,), None, project, at)) for words in plan.not_when)
    rows = ((words, () if one.by == "nobody" else one.told, modes.get(words) or ()) for words, one in seen)
    return TABLE("runbook.shared", rows, reason=lacking(UNDECLARED, "rollback.not_when", file=project.file))


def by_hand(found: dict[str, Lookout]) -> Table:
    """Return what no alert tells of, and who looks at it."""
    rows = ((one.name, one.told) for one in found.values() if one.by != "alert")
    return TABLE("rollback.by_hand", rows, reason="an alert tells of each")


def unwatched(found: dict[str, Lookout]) -> Iterator[Finding]:
    """Yield what is to be acted on at once, and nobody would notice."""
    for index, one in enumerate(found.values()):
        if one.by == "nobody":
            words: Sentence = ("The rollback plan acts when this holds, and ", one.told, ": ", *one.name, ".")
            name = f"rollback, permission or condition {index + 1}"
            claim = Claim(what="rollback_watched", relation="contradicts", value=None)
            yield finding(f"claim.rollback.unwatched.{index}", "claim", "watch", name, words, claim)
