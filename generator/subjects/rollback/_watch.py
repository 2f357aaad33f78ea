"""Takes what lets somebody go back, gives which alert tells of it, or who looks by hand."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from generator.records.evidence import Claim, Finding, finding
from generator.records.fact import Sentence
from generator.records.project import Condition, Project
from generator.records.table import Table
from generator.results.words import tables
from generator.subjects.kit.known import Known
from generator.subjects.limits.rules import rule_levels
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
    alert = said.alert if said else _rule(condition, project)
    if alert is None:
        return Lookout(name=name, told=NO_ALERT, by="nobody")
    if alert not in _alerts(project, at):
        return Lookout(name=name, told=f"{NO_ALERT}: there is none called {alert}", by="nobody")
    return Lookout(name=name, told=f"alert: {alert}", by="alert")


def _alerts(project: Project, at: Known) -> set[str]:
    beside = {str(row["id"]) for table in BESIDE for row in at.rows(table)}
    return beside | {level.rule.id for level in rule_levels(project)}


def _rule(condition: Condition | None, project: Project) -> str | None:
    """The rule that breaches its mildest level wherever the condition holds: as mild, and over no more days."""
    if condition is None or condition.relative_to != "none":
        return None
    for level in rule_levels(project):
        limit, bound = level.limit, level.limit.threshold.number
        same = limit.metric == condition.metric and limit.operator[0] == condition.operator[0]
        soon = limit.window_days + limit.consecutive - 1 <= condition.window_days
        mild = bound is not None and (bound <= condition.threshold if limit.upward else bound >= condition.threshold)
        if same and soon and mild:
            return level.rule.id
    return None


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
