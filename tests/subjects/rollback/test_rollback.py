from dataclasses import replace
from typing import Any

import pytest

from generator.records import project as p
from generator.subjects.ladder import ladder
from generator.subjects.rollback import rollback, runbook
from generator.subjects.rollback.rollback import run
from tests.subjects import case


def with_condition(condition: p.Condition, **more: Any) -> p.Project:
    return case.pricing(rollback=replace(case.ROLLBACK, conditions=(condition,), **more))


def test_nothing_declared_gives_reasons_and_no_previous_version() -> None:
    decided = run(case.project(), case.NOTHING, case.BEFORE)
    assert case.value(decided, "rollback.previous.available") is False
    assert case.value(decided, "rollback.restore") is None
    assert all(table.reason for table in decided.tables)
    assert "model.previous" in case.known(decided, "rollback.previous.scored_rows").reason


def test_a_previous_version_that_was_not_scored_is_neither_ready_nor_missing() -> None:
    decided = run(case.pricing(), case.UNMEASURED, case.BEFORE)
    assert case.value(decided, "rollback.previous.available") is None


def test_a_previous_version_that_scored_the_rows_is_ready() -> None:
    decided = run(case.pricing(), case.evidence(), case.BEFORE)
    assert case.value(decided, "rollback.previous.available") is True
    assert case.value(decided, "rollback.previous.scored_rows") == 15_000


def test_a_ratio_rule_on_a_tenth_of_the_traffic_fires_on_three_days_in_ten_by_chance() -> None:
    normal = case.evidence(case.fact("performance.rmse.kurtosis", 3.0))
    decided = run(case.pricing(), normal, case.BEFORE)
    assert case.value(decided, "rollback.condition.ratio.false_alarm") == pytest.approx(0.30, abs=0.01)
    assert case.value(decided, "rollback.condition.ratio.fires") is False
    assert [one.id for one in decided.findings if one.kind == "alert"] == ["rollback.false_alarm.ratio"]


def test_old_and_new_on_the_same_rows_give_no_false_alarm_figure() -> None:
    paired = p.Condition(id="pair", metric="rmse", threshold=0.05, relative_to="previous")
    decided = run(with_condition(paired), case.evidence(), case.BEFORE)
    assert "equal models never differ" in case.known(decided, "rollback.condition.pair.false_alarm").reason


@pytest.mark.parametrize(("ratio", "fires"), [(1.06, True), (1.04, False), (None, None)])
def test_a_ratio_is_held_against_the_previous_version_on_the_same_rows(ratio: float | None, fires: bool | None) -> None:
    as_ratio = p.Condition(id="ratio", metric="error_ratio_previous", threshold=1.05)
    as_share = p.Condition(id="ratio", metric="rmse", threshold=0.05, relative_to="previous")
    for condition in (as_ratio, as_share):
        evidence = case.evidence(case.fact("performance.ratio.previous", ratio))
        decided = run(with_condition(condition), evidence, case.BEFORE)
        assert case.value(decided, "rollback.condition.ratio.fires") is fires


@pytest.mark.parametrize("ends", [(0.93, 0.98), (0.93, None), (None, 0.98)])
def test_a_ratio_to_the_previous_version_is_told_as_a_change_with_both_its_ends(ends: tuple[Any, Any]) -> None:
    ratio = case.fact("performance.ratio.previous", 0.95, low=ends[0], high=ends[1])
    found = case.known(run(with_condition(RATIO), case.evidence(ratio), case.BEFORE), "rollback.condition.c.current")
    changes = [None if one is None else pytest.approx(one - 1) for one in (0.95, *ends)]
    assert [found.value, found.low, found.high] == changes


def test_an_absolute_condition_uses_the_daily_course() -> None:
    condition = p.Condition(id="worse", metric="rmse", threshold=10.0)
    decided = run(with_condition(condition), case.evidence(), case.BEFORE)
    assert case.value(decided, "rollback.condition.worse.fires") is True
    assert decided.triggers[0].kind == "rollback"


def test_a_condition_that_is_never_judged_has_no_false_alarms_to_tell() -> None:
    arm = p.Condition(
        id="c", metric="rmse", threshold=0.05, relative_to="previous", window_days=28, traffic=0.1, minimum_n=1_400
    )
    judged, never = (
        run(case.pricing(rollback=p.Rollback(conditions=(one,))), case.evidence(), case.BEFORE)
        for one in (arm, replace(arm, minimum_n=1_401))
    )
    total = "rollback.total.false_alarms_per_month"
    assert case.value(judged, total) == case.value(judged, "rollback.condition.c.false_alarms_per_month")
    assert case.value(never, total) is None
    assert "never judged" in case.known(never, "rollback.condition.c.false_alarm").reason


def test_alerts_a_day_cannot_fire_when_there_are_fewer_rules() -> None:
    decided = run(case.pricing(), case.evidence(), case.BEFORE)
    cannot = case.known(decided, "rollback.condition.noise.false_alarm")
    assert cannot.value is None and "more alerts than there are rules" in cannot.reason
    assert case.value(decided, "rollback.condition.noise.fires") is False


def go_back(condition: p.Condition, **more: Any) -> list[str]:
    found = run(with_condition(condition, **more), case.evidence(), case.BEFORE)
    return [case.plain(row["when"]) for row in case.rows(found, "rollback.go_back")]


RATIO = p.Condition(id="c", metric="rmse", threshold=0.05, relative_to="previous", traffic=0.1)


def test_what_lets_you_go_back_begins_with_what_needs_nobody_else() -> None:
    assert go_back(RATIO, without_asking=("the service is down",))[0] == "the service is down"


def test_versions_are_held_against_each_other_on_the_same_rows() -> None:
    assert go_back(RATIO)[-1].endswith("both versions on the same rows")
    assert go_back(replace(RATIO, metric="revenue"))[-1].endswith("of the traffic")


def test_a_share_of_the_traffic_that_no_day_has_says_of_which_ramp_it_is_the_mean() -> None:
    project = with_condition(replace(RATIO, metric="revenue", traffic=0.15))
    ramp = p.Rollout(stages=(p.Stage(name="Canary", traffic_from=0.05, traffic=0.25),))
    project = replace(project, settings=replace(project.settings, rollout=ramp))
    row = case.rows(run(project, case.evidence(), case.BEFORE), "rollback.go_back")[-1]
    assert case.plain(row["when"]).endswith("of the traffic, the mean of “Canary”")


@pytest.mark.parametrize(
    "condition",
    [p.Condition(id="c", metric="alerts_per_day", threshold=99), replace(RATIO, action="degrade")],
)
def test_what_can_never_hold_or_leads_elsewhere_lets_nobody_go_back(condition: p.Condition) -> None:
    assert condition.id not in go_back(condition, without_asking=())


def test_conditions_that_tell_nothing_are_set_aside_with_the_reason() -> None:
    never = replace(RATIO, window_days=28, minimum_n=1_401)
    for condition, why in ((RATIO, "by chance"), (never, "never judged")):
        row = case.rows(run(with_condition(condition), case.evidence(), case.BEFORE), "rollback.set_aside")[0]
        assert why in case.plain(row["why"]) and "both versions on the same rows" in case.plain(row["why"])
    other = run(with_condition(replace(RATIO, metric="revenue")), case.evidence(), case.BEFORE)
    assert not case.rows(other, "rollback.set_aside")


def test_steps_that_take_longer_than_promised_are_a_claim() -> None:
    slow = replace(case.ROLLBACK, steps=(p.Step(title="a", minutes=10), p.Step(title="b", minutes=6)), conditions=())
    found = run(case.pricing(rollback=slow), case.evidence(), case.BEFORE).findings
    assert [finding.id for finding in found] == ["claim.rollback.restore"]


@pytest.mark.parametrize(("minutes", "kept"), [(10, True), (11, False)])
def test_the_checks_before_the_steps_count_towards_the_promise(minutes: float, kept: bool) -> None:
    plan = replace(case.ROLLBACK, prechecks=(p.Step(title="look", minutes=minutes),), conditions=())
    found = run(case.pricing(rollback=plan), case.evidence(), case.BEFORE)
    assert case.value(found, "rollback.kept") is kept
    assert ("claim.rollback.restore" in {one.id for one in found.findings}) is not kept


def test_golden_requests_of_an_analysis_are_left_alone() -> None:
    scored = case.table("rollback.golden", "id request expected tolerance", ("G1", "a", case.fact("g", 1.0), "none"))
    decided = run(case.pricing(), case.evidence(tables=(scored,)), case.BEFORE)
    assert "rollback.golden" not in {table.id for table in decided.tables}


def test_a_condition_on_a_metric_that_is_not_compared_is_not_judged() -> None:
    sales = p.Condition(id="sales", metric="revenue", threshold=-0.05, operator="<", relative_to="previous")
    decided = run(with_condition(replace(sales, traffic=0.1)), case.evidence(), case.BEFORE)
    assert case.value(decided, "rollback.condition.sales.fires") is None
    assert case.value(decided, "rollback.condition.sales.false_alarm") is None
    assert not [one for one in decided.findings if one.kind == "alert"]


@pytest.mark.parametrize("minutes", [(0.05, 0.3, 0.25), (0.5, 1.0), (0.05,) * 6, (0.1, 0.2, 4.31)])
def test_minutes_that_are_printed_add_up_to_the_sum_that_is_printed(minutes: tuple[float, ...]) -> None:
    steps = tuple(p.Step(title=str(index), minutes=each) for index, each in enumerate(minutes))
    project = case.pricing(rollback=replace(case.ROLLBACK, steps=steps))
    whole = case.through(project, case.evidence(), case.BEFORE, rollback.DECISION, runbook.DECISION)
    printed = [case.known(whole, f"runbook.steps.{index}.minutes").number or 0.0 for index in range(len(minutes))]
    assert all(one == round(one, 1) >= each for one, each in zip(printed, minutes, strict=True))
    assert case.value(whole, "rollback.steps_minutes") == round(sum(printed), 1)


def test_a_condition_against_the_version_before_has_the_same_words_wherever_it_stands() -> None:
    """The limit that its share comes to moves with that version's error, so that it is nowhere the condition."""
    condition = p.Condition(id="a", metric="rmse", threshold=0.05, relative_to="previous", traffic=0.1, minimum_n=10**9)
    project = with_condition(condition)
    at = case.evidence()
    aside = case.rows(rollback.run(project, at, case.BEFORE), "rollback.set_aside")
    idle = case.rows(ladder.run(project, at, case.BEFORE), "ladder.idle")
    assert case.plain(aside[0]["what"]) == case.plain(idle[-1]["condition"])
    assert "against the previous version" in case.plain(aside[0]["what"])


@pytest.mark.parametrize(("state", "alone"), [(None, False), ("built", False), ("tested", False), ("live", True)])
def test_what_is_to_go_back_by_itself_is_on_call_until_the_rollback_is_live(state: Any, alone: bool) -> None:
    condition = p.Condition(id="c", metric="availability", operator="<", threshold=0.9, automated=True)
    controls = () if state is None else (p.Control(name="rollback", state=state),)
    plan = replace(case.ROLLBACK, conditions=(condition,), without_asking=())
    found = run(case.pricing(rollback=plan, state=p.State(controls=controls)), case.evidence(), case.BEFORE)
    told = [case.rows(found, "rollback.go_back")[-1]["who"], case.rows(found, "rollback.conditions")[-1]["authority"]]
    assert [case.plain(one).startswith("goes back by itself") for one in told] == [alone, alone]
    assert [case.plain(one).startswith("on call") for one in told] == [not alone, not alone]


@pytest.mark.parametrize("action", ["roll back", "degrade", "observe"])
def test_each_condition_stands_once_under_what_it_leads_to(action: Any) -> None:
    found = run(with_condition(replace(RATIO, action=action), without_asking=()), case.evidence(), case.BEFORE)
    shown = {id: len(case.rows(found, id)) for id in ("rollback.go_back", "rollback.degrade")}
    assert shown == {"rollback.go_back": action == "roll back", "rollback.degrade": action == "degrade"}
