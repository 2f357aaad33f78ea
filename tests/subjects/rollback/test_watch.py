"""Of each thing that lets somebody go back it is told which alert tells of it, or who looks by hand."""

from dataclasses import replace
from typing import Any

import pytest

from generator.records import project as p
from generator.records.decision import Decisions
from generator.subjects.rollback.rollback import run
from tests.subjects import case

SLOW = p.Condition(id="slow", metric="latency_p95", threshold=300, window_days=2)
RULE = p.Rule(id="late", metric="latency_p95", red=300, window_days=2)


def decided(condition: p.Condition = SLOW, *rules: p.Rule, **more: Any) -> Decisions:
    plan = replace(case.ROLLBACK, conditions=(condition,), **more)
    return run(case.pricing(rollback=plan, alerts=p.Alerts(rules=rules)), case.evidence(), case.BEFORE)


def told(found: Decisions) -> list[str]:
    rows = case.rows(found, "rollback.go_back") + case.rows(found, "rollback.degrade")
    return [case.plain(row["watch"]).split("; act only if it is bad now too")[0] for row in rows]


def unwatched(found: Decisions) -> list[str]:
    return [one.id for one in found.findings if one.id.startswith("claim.rollback.unwatched.")]


def by_hand(found: Decisions) -> list[str]:
    return [case.plain(row["watch"]) for row in case.rows(found, "rollback.by_hand")]


@pytest.mark.parametrize("action", ["roll back", "degrade"])
def test_what_no_alert_watches_is_said_and_is_a_finding(action: Any) -> None:
    found = decided(replace(SLOW, action=action))
    assert told(found) == by_hand(found) == ["no alert watches this"]
    assert unwatched(found) == ["claim.rollback.unwatched.0"]
    assert "no alert" in case.plain(
        next(one for one in found.findings if one.id.startswith("claim.rollback.unw")).words
    )


def test_a_rule_that_cannot_come_later_watches_a_condition() -> None:
    found = decided(SLOW, RULE)
    assert told(found) == ["alert: late"]
    assert not unwatched(found) and not by_hand(found)


@pytest.mark.parametrize(
    "rule",
    [
        replace(RULE, red=301),
        replace(RULE, window_days=3),
        replace(RULE, consecutive=2),
        replace(RULE, operator="<"),
        replace(RULE, metric="rows"),
    ],
)
def test_a_rule_that_may_come_later_watches_nothing(rule: p.Rule) -> None:
    assert unwatched(decided(SLOW, rule)) == ["claim.rollback.unwatched.0"]


def test_no_alert_on_one_version_watches_what_compares_two() -> None:
    against = p.Condition(id="worse", metric="rmse", threshold=0.05, relative_to="previous", traffic=0.1)
    found = decided(against, p.Rule(id="error", metric="rmse", red=0.0))
    assert told(found) == ["no alert watches this"]


def test_a_permission_in_words_is_watched_as_declared() -> None:
    words = ("The service is down", "The pipeline failed twice", "Nobody looked")
    watches = (
        p.RollbackWatch(what=words[0], alert="late"),
        p.RollbackWatch(what=words[1], by_hand="Ann, each morning"),
    )
    found = decided(SLOW, RULE, without_asking=words, watched=watches)
    assert told(found)[:3] == ["alert: late", "by hand: Ann, each morning", "no alert watches this"]
    assert unwatched(found) == ["claim.rollback.unwatched.2"]


def test_permissions_on_the_error_are_asked_too() -> None:
    assert unwatched(decided(SLOW, RULE, without_asking_on_error=("It errs",))) == ["claim.rollback.unwatched.0"]


def test_an_alert_that_is_nowhere_watches_nothing() -> None:
    found = decided(SLOW, watched=(p.RollbackWatch(what="slow", alert="gone"),))
    assert told(found) == ["no alert watches this: there is none called gone"]
    assert unwatched(found) == ["claim.rollback.unwatched.0"]


@pytest.mark.parametrize(
    ("minutes", "level", "in_time"),
    [
        (30, p.Level(name="red", severity="P2", respond_within_hours=2), False),
        (30, p.Level(name="red", severity="P2", respond_within_hours=0.5), True),
        (30, p.Level(name="red", severity="P3", respond="business hours"), False),
        (30, p.Level(name="red", severity="P2", respond="at once"), True),
        (None, p.Level(name="red", severity="P3", respond_within_hours=8), True),
    ],
)
def test_an_alert_that_is_answered_later_than_the_order_asks_does_not_watch_it(
    minutes: float | None, level: p.Level, in_time: bool
) -> None:
    plan = replace(case.ROLLBACK, conditions=(replace(SLOW, decide_within_minutes=minutes),))
    alerts = p.Alerts(rules=(RULE,), levels=(level,))
    found = run(case.pricing(rollback=plan, alerts=alerts), case.evidence(), case.BEFORE)
    assert told(found) == ["alert: late" if in_time else "no alert tells it in time: late is answered later"]
    assert bool(unwatched(found)) is not in_time


def test_what_only_the_daily_summary_tells_watches_no_order_of_the_hour() -> None:
    many = p.Condition(id="many", metric="alerts_per_day", threshold=6, decide_within_minutes=120)
    found = decided(many, p.Rule(id="count", metric="alerts_per_day", yellow=3))
    assert told(found) == ["no alert tells it in time: count is answered later"]


@pytest.mark.parametrize(("action", "still"), [("roll back", True), ("degrade", False)])
def test_what_a_bad_minute_holds_for_a_day_lets_go_back_only_while_it_is_bad(action: Any, still: bool) -> None:
    found = decided(replace(SLOW, action=action), RULE)
    rows = case.rows(found, "rollback.go_back") + case.rows(found, "rollback.degrade")
    assert ["only if it is bad now too" in case.plain(row["watch"]) for row in rows] == [still]
