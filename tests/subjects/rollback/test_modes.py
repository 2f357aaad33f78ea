"""Each degraded mode says what ends it and what it sets off; a cause of both versions by what it is seen."""

from dataclasses import replace
from typing import Any

import pytest

from generator.records import project as p
from generator.records.decision import Decisions, join
from generator.subjects.rollback import rollback, runbook
from tests.subjects import case

MODE = p.Mode(name="Less", command="true", undo="true", expected="on", effect="at once", until="it is over")
LATE = p.Rule(id="late", title="Time", metric="latency_p95", red=200)


def decided(**plan: Any) -> Decisions:
    settings = case.pricing(rollback=replace(case.ROLLBACK, **plan), alerts=p.Alerts(rules=(LATE,)))
    before = rollback.run(settings, case.evidence(), case.BEFORE)
    return runbook.run(settings, case.evidence(), join((before,)))


def found(id: str, **plan: Any) -> list[str]:
    return [case.plain(one.words) for one in decided(**plan).findings if one.id == f"runbook.{id}"]


@pytest.mark.parametrize(("mode", "told"), [(MODE, False), (replace(MODE, until=None), True)])
def test_what_nothing_ends_is_a_finding(mode: p.Mode, told: bool) -> None:
    assert bool(found("modes.endless", degraded_modes=(mode,))) is told
    shown = case.rows(decided(degraded_modes=(mode,)), "runbook.modes")[0]["until"]
    assert shown == ("not declared" if told else "it is over")


@pytest.mark.parametrize(("days", "told"), [(36, True), (37, False), (None, False)])
def test_an_end_that_outcomes_show_too_late_is_a_finding(days: int | None, told: bool) -> None:
    mode = replace(MODE, until_rule="errs", call_after_days=days)
    settings = case.pricing(
        rollback=replace(case.ROLLBACK, degraded_modes=(mode,)),
        data=replace(case.pricing().settings.data, outcome_days=30),
        alerts=p.Alerts(rules=(p.Rule(id="errs", title="Error", metric="rmse", red=9, window_days=7),)),
    )
    before = rollback.run(settings, case.evidence(), case.BEFORE)
    ends = runbook.run(settings, case.evidence(), join((before,)))
    assert case.plain(case.rows(ends, "runbook.modes")[0]["until"]).startswith("it is over. Numbers show it 37")
    assert ("runbook.modes.late" in {one.id for one in ends.findings}) is told


def test_an_alert_that_a_mode_sets_off_is_named_and_must_exist() -> None:
    mode = replace(MODE, sets_off=("late", "lost"))
    assert case.rows(decided(degraded_modes=(mode,)), "runbook.modes")[0]["sets_off"] == "Time · lost"
    assert found("modes.unheard", degraded_modes=(mode,)) == [
        "There is no alert “lost”, which a degraded mode is said to set off."
    ]
    assert not found("modes.unheard", degraded_modes=(replace(mode, sets_off=("late",)),))


def test_a_cause_of_both_versions_says_by_what_it_is_seen_and_which_mode_helps() -> None:
    watched = (p.RollbackWatch(what="A source is down", by_hand="by D", mode="Less"),)
    plan: dict[str, Any] = {"not_when": ("A source is down", "The market moved"), "watched": watched}
    shown = case.rows(decided(**plan), "runbook.shared")
    assert [(row["what"], row["by"], row["mode"]) for row in shown] == [
        ("A source is down", "by hand: by D", "Less"),
        ("The market moved", (), ()),
    ]
    assert found("modes.unseen", **plan) == [
        "No word says by what this cause, which both versions share, is seen: “The market moved”."
    ]


@pytest.mark.parametrize(("forward", "told"), [((), True), ((p.Step(title="again", command="true"),), False)])
def test_steps_back_without_steps_forward_are_a_finding(forward: tuple[p.Step, ...], told: bool) -> None:
    plan: dict[str, Any] = {"steps": (p.Step(title="back", command="true"),), "forward": forward}
    assert bool(found("forward", **plan)) is told
    assert [row["number"] for row in case.rows(decided(**plan), "runbook.forward")] == ([] if told else ["N1"])


@pytest.mark.parametrize(("minutes", "told"), [(60, False), (30, True)])
def test_one_limit_has_one_time(minutes: int, told: bool) -> None:
    level = p.Level(name="red", severity="P1", respond_within_hours=1)
    rule = replace(LATE, mode="Less", mitigation="Serve less")
    slow = p.Condition(id="slow", metric="latency_p95", threshold=200, action="degrade", decide_within_minutes=minutes)
    plan = replace(case.ROLLBACK, conditions=(slow,), degraded_modes=(replace(MODE, against="service"),))
    settings = case.pricing(rollback=plan, alerts=p.Alerts(levels=(level,), rules=(rule,)))
    told_of = runbook.run(settings, case.evidence(), case.BEFORE).findings
    assert ("runbook.orders.late" in {one.id for one in told_of}) is told
