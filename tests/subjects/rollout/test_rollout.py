import dataclasses
import datetime
import math
from typing import Any

import numpy as np
import pytest
from scipy.stats import norm

from generator.records import project as p
from generator.records.decision import Decisions
from generator.records.evidence import Evidence
from generator.subjects.calendar import timeline
from generator.subjects.rollback import runbook
from generator.subjects.rollout import rollout, sizes
from tests.subjects import case

# Standard error of the relative difference: (0.03 + 0.05)/3.92 = 2.04 % on 15,000 rows.
GAIN = case.fact("performance.gain.previous", -0.01, low=-0.05, high=0.03, unit="change", n=15_000)
SE = 0.08 / (2 * 1.959964)
STAGES = (
    p.Stage(name="shadow", traffic=0.0, days=7),
    p.Stage(name="canary", traffic=0.1, days=14),
    p.Stage(name="half", traffic=0.5, days=3),
    p.Stage(name="all", traffic=1.0),
)
MONDAY = datetime.date(2026, 3, 2)
DAY = datetime.timedelta(days=1)


def run(project: p.Project, evidence: Evidence, earlier: Decisions) -> Decisions:
    """Return the sizes, the dates and the tables."""
    return case.through(project, evidence, earlier, sizes.DECISION, timeline.DECISION, rollout.DECISION)


def decided(
    *facts: Any,
    calendar: p.Calendar | None = None,
    rollback: p.Rollback | None = None,
    **more: Any,
) -> Decisions:
    """Return the decided rollout of four stages from a Monday on."""
    plan = p.Rollout(**{"start": MONDAY, "stages": STAGES, "margin": 0.05, **more})
    project = case.project(rollout=plan, calendar=calendar or p.Calendar(), rollback=rollback or p.Rollback())
    return run(project, case.evidence(*facts), case.BEFORE)


def test_nothing_declared_is_a_gap():
    found = run(case.project(), case.NOTHING, case.BEFORE)
    assert not case.rows(found, "rollout.stages")
    assert not case.rows(found, "rollout.rules")
    assert not found.findings
    assert case.known(found, "rollout.cycle").value is None
    assert "no margin declared" in case.known(found, "rollout.rows_needed").reason


def test_rows_needed_by_the_formula_of_a_paired_comparison():
    found = decided(GAIN)
    rows = ((1.644854 + 0.841621) * SE * math.sqrt(15_000) / 0.05) ** 2
    assert case.value(found, "rollout.rows_needed") == math.ceil(rows)
    assert case.value(found, "rollout.shadow.days_needed") == math.ceil(rows / 500)
    assert case.value(found, "rollout.canary.days_needed") == math.ceil(rows / 500)


def test_rows_that_come_once_a_week_are_spread_over_its_days_in_days_and_money():
    weekly = case.fact("data.production.step", 7.0, unit="days")
    needed = [case.value(decided(GAIN, *more), "rollout.shadow.days_needed") for more in ((), (weekly,))]
    assert needed[1] == pytest.approx(7 * needed[0], abs=7)
    sums = {"loss_per_bad_row": 2.0, "detection_days": 3}
    daily, spread = (case.value(decided(*more, **sums), "rollout.canary.exposure") for more in ((), (weekly,)))
    assert spread == pytest.approx(daily / 7)


def test_a_later_version_takes_the_stages_that_are_not_of_the_launch_alone():
    stages = (STAGES[0], STAGES[1], p.Stage(name="half", traffic=0.5, days=9, launch_only=True), STAGES[3])
    found = decided(stages=stages)
    assert case.value(found, "rollout.cycle") == 1 + 7 + 14 + 1


def test_the_last_two_stages_see_a_whole_week():
    sharp = case.fact("performance.gain.previous", 0.0, low=-0.001, high=0.001, unit="change", n=15_000)
    found = decided(sharp)
    needed = [case.value(found, f"rollout.{name}.days_needed") for name in ("shadow", "canary", "half", "all")]
    assert needed == [1, 1, 7, 7]


def test_the_truth_of_the_last_rows_has_to_arrive():
    early, late = decided(GAIN), decided(GAIN, maturity_days=10)
    assert case.value(late, "rollout.shadow.days_needed") == case.value(early, "rollout.shadow.days_needed") + 10
    arrived = decided(GAIN, case.fact("data.labels.delay.p90", 4.0))
    assert case.value(arrived, "rollout.maturity") == 4


def test_a_delay_of_outcomes_that_is_declared_once_is_known_to_the_stages_too():
    """That of the stages goes before that of the data, which goes before what came."""
    came = case.fact("data.labels.delay.p90", 4.0)
    for own, whole, days in ((2, 3, 2), (None, 3, 3), (0, 3, 0), (None, None, 4)):
        data = p.Data(production="rows.csv", target="price", outcome_days=whole)
        project = case.project(data=data, rollout=p.Rollout(start=MONDAY, stages=STAGES, maturity_days=own))
        found = run(project, case.evidence(GAIN, came), case.BEFORE)
        assert case.value(found, "rollout.maturity") == days


def test_a_stage_that_is_too_short_is_told_and_planned_longer():
    found = decided(GAIN, maturity_days=10)
    assert {finding.id for finding in found.findings} >= {"rollout.shadow.short", "rollout.half.short"}
    assert "rollout.all.short" not in {finding.id for finding in found.findings}
    assert case.value(found, "rollout.shadow.days_planned") == case.value(found, "rollout.shadow.days_needed") > 7
    words = {case.plain(row["stage"]): case.plain(row["status"]) for row in case.rows(found, "rollout.stages")}
    assert words["shadow"] == "too short"


PAIRED = p.Condition(id="ratio", metric="rmse", threshold=0.2, relative_to="previous", window_days=28, minimum_n=5_000)
"""What watches every stage with traffic, on the rows that both versions score."""


def needed(*stages: p.Stage, conditions: tuple[p.Condition, ...] = (PAIRED,), **more: Any) -> Decisions:
    """Return what stages need whose outcomes come after thirty days."""
    return decided(stages=stages, maturity_days=30, margin=None, rollback=p.Rollback(conditions=conditions), **more)


def test_a_stage_lasts_until_the_condition_that_watches_it_has_its_rows_and_their_outcomes():
    """5,000 rows at 500 a day, and thirty days; a first stage waits for the full window, as nothing comes before it."""
    shadow, tenth = p.Stage(name="shadow", traffic=0.0, days=31), p.Stage(name="tenth", traffic=0.1, days=35)
    found = needed(shadow, tenth)
    assert case.known(found, "rollout.shadow.days_needed").value == 7
    assert case.value(found, "rollout.tenth.days_needed") == 10 + 30
    assert case.value(found, "rollout.tenth.until") == "ratio can be judged"
    (told,) = (one for one in found.findings if one.id == "rollout.tenth.short")
    assert "until ratio can be judged" in case.plain(told.words)
    start, end = (case.value(found, f"rollout.tenth.{key}") for key in ("start", "end"))
    assert (end - start).days + 1 == 40
    assert case.value(needed(tenth), "rollout.tenth.days_needed") == 28 + 30


def test_a_condition_on_a_share_of_the_traffic_watches_the_stage_of_that_share_and_begins_with_it():
    """On a tenth of 500 rows a day 1,000 take twenty days; the window of two weeks is full before."""
    arm = dataclasses.replace(PAIRED, traffic=0.1, window_days=21, minimum_n=1_000)
    found = needed(*STAGES, conditions=(arm,))
    assert [case.value(found, f"rollout.{one.name}.days_needed") for one in STAGES] == [None, 21 + 30, 7, 7]


def test_an_alert_of_the_gate_is_waited_for_and_one_that_never_has_its_rows_is_told():
    rule = p.Rule(id="error", metric="rmse", red=15.0, window_days=14, consecutive=2, minimum_n=100)
    stages = (p.Stage(name="shadow", traffic=0.0, judged_by=("error",)), p.Stage(name="half", traffic=0.5))
    data = p.Data(production="rows.csv", target="price", outcome_days=30)
    project = case.project(rollout=p.Rollout(stages=stages), alerts=p.Alerts(rules=(rule,)), data=data)
    found = run(project, case.evidence(), case.BEFORE)
    assert case.value(found, "rollout.shadow.days_needed") == 14 + 1 + 30
    few = needed(p.Stage(name="shadow", traffic=0.0), p.Stage(name="part", traffic=0.1, rows_per_day=50, days=40))
    assert "rollout.part.never.ratio" in {one.id for one in few.findings}


def test_the_margin_of_the_rollback_condition_serves_without_one():
    condition = p.Condition(id="ratio", metric="rmse", threshold=0.08, relative_to="previous", traffic=0.1)
    found = decided(GAIN, margin=None, rollback=p.Rollback(conditions=(condition,)))
    assert case.value(found, "rollout.margin_used") == 0.08


def test_without_a_previous_version_the_need_is_not_known_but_dates_are():
    found = decided()
    assert case.known(found, "rollout.shadow.days_needed").value is None
    assert case.value(found, "rollout.canary.start") == MONDAY + datetime.timedelta(days=7)
    assert not [one for one in found.findings if one.id == "rollout.canary.short"]


def test_stages_begin_on_working_days_outside_freezes_one_after_the_other():
    frozen = p.Freeze(start=datetime.date(2026, 3, 16), end=datetime.date(2026, 3, 20), reason="sales")
    calendar = p.Calendar(holidays=(datetime.date(2026, 3, 23),), freezes=(frozen,))
    short = (
        p.Stage(name="shadow", traffic=0.0, days=14),
        p.Stage(name="half", traffic=0.5, days=9),
        p.Stage(name="all", traffic=1.0),
    )
    found = decided(calendar=calendar, stages=short)
    starts = [case.value(found, f"rollout.{name}.start") for name in ("shadow", "half", "all")]
    assert starts == [MONDAY, datetime.date(2026, 3, 24), datetime.date(2026, 4, 2)]
    assert case.value(found, "rollout.shadow.end") == datetime.date(2026, 3, 15)
    assert "freeze: sales" in case.known(found, "rollout.half.start").method


def test_exposure_is_share_times_rows_times_loss_times_days():
    found = decided(loss_per_bad_row=2.0, detection_days=3, exposure_budget=150.0)
    exposed = [case.value(found, f"rollout.{name}.exposure") for name in ("shadow", "canary", "half", "all")]
    assert exposed == pytest.approx([0, 300, 1_500, 3_000])
    assert case.value(found, "rollout.share_cap") == pytest.approx(0.05)
    assert "rollout.canary.exposed" in {finding.id for finding in found.findings}
    within = decided(loss_per_bad_row=2.0, detection_days=3, exposure_budget=300.0)
    over = {finding.id for finding in within.findings if finding.id.endswith(".exposed")}
    assert over == {"rollout.half.exposed", "rollout.all.exposed"}
    marked = {
        case.plain(row["stage"]) for row in case.rows(within, "rollout.stages") if "over" in case.plain(row["status"])
    }
    assert marked == {"half", "all"}


def test_a_ramp_that_ends_beyond_what_the_budget_bears_is_told_though_its_mean_keeps_it():
    """From 2 to 7 % is 4.5 % on average; the budget bears 5 %: what the stage ends with is told and marked."""
    ramp = (p.Stage(name="canary", traffic_from=0.02, traffic=0.07, days=14), p.Stage(name="all", traffic=1.0))
    for stages, over in ((ramp, True), ((dataclasses.replace(ramp[0], traffic=0.05), ramp[1]), False)):
        found = decided(stages=stages, loss_per_bad_row=2.0, detection_days=3, exposure_budget=150.0)
        assert case.value(found, "rollout.canary.exposure") < 150
        assert ("rollout.canary.exposed" in {one.id for one in found.findings}) is over
        assert ("over the budget" in case.plain(case.rows(found, "rollout.stages")[0]["status"])) is over


def test_the_stage_that_risks_most_is_named_whatever_its_share():
    """A small stage of a larger volume may cost more than the last; nothing is named where nothing is priced."""
    grown = (p.Stage(name="abroad", traffic=0.1, rows_per_day=100_000), p.Stage(name="all", traffic=1.0))
    for stages, name in ((STAGES, "all"), (grown, "abroad")):
        found = decided(stages=stages, loss_per_bad_row=2.0, detection_days=3)
        assert case.value(found, "rollout.worst.name") == name
        assert case.value(found, "rollout.worst.rows") == (100_000 if name == "abroad" else None)
        for key in ("exposure", "exposure_unguarded"):
            every = [case.value(found, f"rollout.{one.name}.{key}") for one in stages]
            assert case.value(found, f"rollout.worst.{key}") == max(every)
    assert case.known(decided(), "rollout.worst.name").value is None


@pytest.mark.parametrize(("budget", "over"), [(10.0, True), (1e9, False)])
def test_of_the_stage_that_risks_most_it_is_told_how_much_of_it_the_budget_bears(budget: float, over: bool):
    found = decided(loss_per_bad_row=2.0, detection_days=3, exposure_budget=budget)
    assert case.value(found, "rollout.worst.over") is over
    assert (case.value(found, "rollout.worst.cap") < 1.0) is over


@pytest.mark.parametrize(
    ("stage", "begins", "share"),
    [("canary", 1, 0.07), ("canary", 30, 0.07), ("candidate", 1, None), ("shadow", 1, None), ("full", 30, 1.0)],
)
@pytest.mark.parametrize("later", [False, True])
def test_the_share_it_serves_is_that_of_the_stage_it_is_in(stage: p.Reach, begins: int, share: Any, later: bool):
    """Of two stages with part of the traffic it is the one that has begun; the runbook says the same."""
    more = (p.Stage(name="half", traffic=0.5),) if later else ()
    canary = p.Stage(name="canary", traffic_from=0.02, traffic=0.07, days=14, owner="Eva")
    stages = (canary, *more, p.Stage(name="all", traffic=1.0))
    plan = p.Rollout(stages=stages, start=case.DAYS[begins - 1])
    project = case.project(rollout=plan, state=p.State(stage=stage))
    today = case.fact("build.as_of", case.DAYS[9], unit="date")
    decisions = (sizes.DECISION, timeline.DECISION, rollout.DECISION, runbook.DECISION)
    found = case.through(project, case.evidence(today), case.BEFORE, *decisions)
    told = share if not (later and stage == "canary" and begins == 30) else None
    assert case.value(found, "rollout.served.share") == told
    assert case.value(found, "rollout.served.owner") == ("Eva" if told == 0.07 else None)
    state = case.plain(case.rows(found, "runbook.versions")[0]["state"])
    assert ("(0.02 to 0.07, today" in state) is (told == 0.07), state


RAMP = (p.Stage(name="canary", traffic_from=0.02, traffic=0.07, days=14), p.Stage(name="all", traffic=1.0))


@pytest.mark.parametrize(
    ("state", "served", "told"),
    [
        (p.State(stage="canary"), 0.07, "(0.02 to 0.07, today's is not recorded)"),
        (p.State(stage="canary", traffic=0.05, traffic_since=MONDAY), 0.05, "(0.05 since 2026-03-02)"),
        (p.State(stage="canary", traffic=0.2), 0.2, "(0.20)"),
        (p.State(stage="full", traffic=0.05), 1.0, "serves"),
    ],
)
def test_of_a_ramp_it_is_told_which_share_serves_today_or_what_would_tell(state: p.State, served: float, told: str):
    """A share that the stage does not plan, or that the state rules out, is a finding."""
    project = case.project(rollout=p.Rollout(stages=RAMP, start=MONDAY), state=state)
    found = case.through(project, case.evidence(), case.BEFORE, sizes.DECISION, rollout.DECISION, runbook.DECISION)
    assert case.value(found, "rollout.served.share") == served
    assert case.plain(case.rows(found, "runbook.versions")[0]["state"]).endswith(told)
    apart = state.traffic == 0.2 or state.stage == "full"
    assert ("rollout.served.outside" in {one.id for one in found.findings}) is apart
    if state.traffic is None:
        assert "dossier record PROJECT traffic" in case.known(found, "rollout.served.today").reason


def test_without_a_rollback_a_bad_version_costs_as_long_as_its_stage_lasts():
    """A thousand a day at all traffic: a shadow nothing, 14 days of a tenth, 7 of half, at last until the next one."""
    found = decided(loss_per_bad_row=2.0, detection_days=3)
    names = ("shadow", "canary", "half", "all")
    sums = [case.value(found, f"rollout.{name}.exposure_unguarded") for name in names]
    relief, cycle = case.value(found, "rollout.relief"), case.value(found, "rollout.cycle")
    assert cycle - 1 <= relief <= cycle + 1, "the stages and the run, the day of the switch not counted; a weekend"
    assert sums == pytest.approx([0.0, 1_400.0, 3_500.0, 1_000.0 * relief])
    last = case.value(found, "rollout.all.start")
    frozen = p.Calendar(freezes=(p.Freeze(start=last + DAY, end=last + 99 * DAY),))
    later = decided(loss_per_bad_row=2.0, detection_days=3, calendar=frozen)
    assert case.value(later, "rollout.cycle") == cycle < case.value(later, "rollout.relief"), "what is dated is priced"
    tested = p.State(controls=(p.Control(name="rollback", state="tested"),))
    project = case.project(rollout=p.Rollout(start=MONDAY, stages=STAGES, loss_per_bad_row=2.0), state=tested)
    assert {row["unguarded"] for row in case.rows(run(project, case.evidence(), case.BEFORE), "rollout.stages")} == {()}


def test_a_stage_that_serves_another_volume_is_priced_at_its_own_and_each_over_the_budget_is_told():
    def priced(**own):
        stages = (p.Stage(name="part", traffic=0.5), p.Stage(name="all", traffic=1.0, note="Region by region", **own))
        return decided(stages=stages, loss_per_bad_row=2.0, detection_days=3, exposure_budget=150.0)

    same, grown = priced(), priced(rows_per_day=100_000)
    assert case.value(grown, "rollout.all.exposure") == pytest.approx(100_000 * 2 * 3)
    assert case.value(grown, "rollout.part.exposure") == case.value(same, "rollout.part.exposure")
    assert {"rollout.part.exposed", "rollout.all.exposed"} <= {one.id for one in grown.findings}
    notes = [case.plain(case.rows(one, "rollout.stages")[1]["note"]) for one in (same, grown)]
    assert notes[0] == "Region by region" and notes[1].startswith("Region by region; priced at 100")


def test_a_stage_with_rows_of_its_own_lasts_as_long_as_these_take_and_its_ramp_is_held_against_its_own_cap():
    """Ten times fewer rows a day take ten times the days; 20 of 100 at 6 each are beyond 100."""

    def staged(rows, first, **more):
        stages = (p.Stage(name="part", traffic=0.2, traffic_from=first, rows_per_day=rows, days=3), *STAGES[-2:])
        return decided(GAIN, stages=stages, loss_per_bad_row=2.0, detection_days=3, **more)

    long, short = (case.value(staged(rows, None), "rollout.part.days_needed") for rows in (50, 500))
    assert long > short and long == pytest.approx(10 * short, abs=10)
    for budget, over in ((100.0, True), (121.0, False)):
        found = staged(100, 0.01, exposure_budget=budget)
        assert case.value(found, "rollout.part.exposure") < 100
        assert case.value(found, "rollout.part.share_cap") == pytest.approx(math.floor(100 * budget / 600) / 100)
        assert ("rollout.part.exposed" in {one.id for one in found.findings}) is over


def test_the_range_so_far_is_wider_than_one_for_a_single_look():
    found = decided(GAIN)
    change = case.known(found, "rollout.sequential.change")
    assert change.low < GAIN.low
    assert change.high > GAIN.high
    assert case.value(found, "rollout.sequential.reading") == "keep comparing"
    clear = case.fact("performance.gain.previous", -0.05, low=-0.06, high=-0.04, unit="change", n=15_000)
    bad = case.fact("performance.gain.previous", 0.15, low=0.14, high=0.16, unit="change", n=15_000)
    assert case.value(decided(clear), "rollout.sequential.reading") == "go on"
    assert case.value(decided(bad), "rollout.sequential.reading") == "roll back"


def test_a_ratio_rule_fires_in_nearly_every_stage_of_equal_models():
    condition = p.Condition(id="ratio", metric="rmse", threshold=0.05, relative_to="previous", traffic=0.1)
    chance = case.fact("rollback.condition.ratio.false_alarm", 0.30)
    found = decided(chance, rollback=p.Rollback(conditions=(condition,)))
    (row,) = case.rows(found, "rollout.rules")
    assert row["daily"] is chance
    assert case.value(found, "rollback.condition.ratio.false_alarm_in_stage") == pytest.approx(1 - 0.7**14, abs=0.01)
    weekly = p.Rollback(conditions=(dataclasses.replace(condition, window_days=7),))
    overlapping = case.value(decided(chance, rollback=weekly), "rollback.condition.ratio.false_alarm_in_stage")
    windows = np.lib.stride_tricks.sliding_window_view(np.random.default_rng(1).normal(size=(20_000, 14)), 7, axis=1)
    beyond = windows.mean(axis=2) > norm.isf(0.30) / math.sqrt(7)
    assert overlapping == pytest.approx(beyond.any(axis=1).mean(), abs=0.03), "eight windows that share most days"
    assert case.value(found, "rollout.sequential.error") == pytest.approx(0.05)


def test_a_stage_that_is_too_short_and_too_dear_says_both() -> None:
    found = decided(GAIN, maturity_days=10, exposure_budget=10, loss_per_bad_row=1.0, detection_days=5)
    words = {case.plain(row["stage"]): case.plain(row["status"]) for row in case.rows(found, "rollout.stages")}
    assert words["half"] == "too short, over the budget"
    assert words["all"] == "over the budget" and words["shadow"] == "too short"


BACK = p.Condition(id="back", metric="rmse", threshold=0.05, relative_to="previous", window_days=14)


@pytest.mark.parametrize(
    ("conditions", "said", "days"),
    [
        ((BACK,), None, 24),
        ((BACK, dataclasses.replace(BACK, id="soon", window_days=7)), None, 17),
        ((BACK,), 30, 30),
        ((BACK,), 14, 24),
        ((dataclasses.replace(BACK, action="degrade"),), 14, 14),
        ((dataclasses.replace(BACK, metric="latency_p95"),), 14, 14),
        ((), 14, 14),
    ],
)
def test_a_loss_is_counted_until_a_condition_that_orders_the_rollback_can_be_judged(
    conditions: tuple[p.Condition, ...], said: int | None, days: int
) -> None:
    found = decided(rollback=p.Rollback(conditions=conditions), maturity_days=10, detection_days=said)
    assert case.value(found, "rollout.detection") == days
    short = [one for one in found.findings if one.id == "claim.rollout.detection"]
    assert bool(short) is (said is not None and said < days)


def test_no_other_alert_ends_the_loss_while_a_condition_orders_the_rollback() -> None:
    """A red alert whose entry asks for something else takes no version back."""
    rules = p.Alerts(rules=(p.Rule(id="error", metric="rmse", red=9.0),))
    soon = case.fact("alerts.error.red.delay", 1.0, unit="days")
    for conditions, days in (((BACK,), 14), ((), 1)):
        plan, back = p.Rollout(stages=STAGES), p.Rollback(conditions=conditions)
        project = case.project(rollout=plan, alerts=rules, rollback=back)
        assert case.value(run(project, case.evidence(soon), case.BEFORE), "rollout.detection") == days
