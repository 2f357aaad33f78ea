import datetime
import re
from dataclasses import replace
from typing import Any

import pytest

from generator.records import project as p
from generator.records.decision import Decisions
from generator.records.evidence import Evidence
from generator.subjects.business import business
from generator.subjects.calendar import timeline
from generator.subjects.retraining import retraining
from generator.subjects.retraining.retraining import run
from tests.subjects import case


def decided_on(project: p.Project, evidence: Evidence) -> Decisions:
    return run(project, evidence, business.run(project, evidence, case.BEFORE))


def with_plan(**changes: Any) -> p.Project:
    return case.pricing(retraining=replace(case.RETRAINING, **changes))


def test_nothing_declared_gives_reasons() -> None:
    decided = decided_on(case.project(), case.NOTHING)
    assert case.value(decided, "retraining.now") is None
    assert all(table.reason for table in decided.tables)


def test_a_run_costs_what_its_parts_cost() -> None:
    decided = decided_on(case.pricing(), case.evidence())
    assert case.value(decided, "retraining.run.cost") == 350
    assert [case.plain(row["item"]) for row in case.rows(decided, "retraining.cost_formula")] == [
        "training: 2 × 150",
        "compute, 30",
        "one retraining",
    ]


def test_stated_costs_that_contradict_the_run_are_claims_with_the_run_they_imply() -> None:
    decided = decided_on(case.pricing(), case.evidence())
    assert case.value(decided, "retraining.weekly.cost_per_year") == pytest.approx(18_250)
    assert case.value(decided, "retraining.weekly.stated_run_cost") == pytest.approx(199.45, abs=0.01)
    assert case.value(decided, "retraining.weekly.stated_run_cost_whole") == 200
    assert case.value(decided, "retraining.monthly.cost_per_year") == pytest.approx(4258.33, abs=0.01)
    assert case.value(decided, "retraining.monthly.stated_run_cost_whole") == pytest.approx(216.67, abs=0.01)
    claims = {finding.id: case.plain(finding.words) for finding in decided.findings}
    assert set(claims) == {"claim.retraining.weekly", "claim.retraining.monthly"}
    assert "stated at 10400 a year" in claims["claim.retraining.weekly"]


@pytest.mark.parametrize(("stated", "count"), [(52 * 350, 0), (18_250, 0), (18_000, 0), (17_800, 1), (18_700, 1)])
def test_rounding_and_whole_weeks_are_no_contradiction(stated: float, count: int) -> None:
    option = p.Option(id="weekly", title="Weekly", every_days=7, stated_cost_per_year=stated)
    assert len(decided_on(with_plan(options=(option,)), case.evidence()).findings) == count


def test_a_trigger_fires_since_the_first_day_of_its_last_run() -> None:
    decided = decided_on(case.pricing(), case.evidence())
    row = case.rows(decided, "retraining.triggers")[0]
    condition, _, against = case.plain(row["condition"]).partition("; ▲ contradicts ")
    assert (condition, against) == ("RMSE > 9.43 over 1", "Alert “RMSE”, yellow 9.50")
    ordered = replace(case.RETRAINING, triggers=(replace(case.RETRAINING.triggers[0], threshold=0.17),))
    mild = replace(case.ROLLBACK, conditions=())
    row = case.rows(
        decided_on(case.pricing(retraining=ordered, rollback=mild), case.evidence()), "retraining.triggers"
    )[0]
    assert case.plain(row["condition"]) == "RMSE > 9.59 over 1"
    assert case.plain(row["since"]) == "2026-03-21" and case.value(decided, "retraining.now") is True
    assert decided.triggers[0].fired.value is True


def test_without_a_firing_trigger_the_teams_own_option_stands() -> None:
    calm = p.Trigger(id="error", metric="rmse", threshold=0.5, relative_to="validation")
    decided = decided_on(with_plan(triggers=(calm,)), case.evidence())
    assert case.value(decided, "retraining.now") is False
    assert case.value(decided, "retraining.recommended.name") == "Monthly"
    assert case.value(decided, "retraining.recommended.interval") == 30


def test_without_ageing_a_firing_trigger_asks_for_a_run_and_leaves_the_rhythm() -> None:
    decided = decided_on(case.pricing(), case.evidence())
    assert case.value(decided, "retraining.now") is True
    assert case.value(decided, "retraining.recommended.name") == "Monthly"


def test_the_maximum_gap_bounds_the_interval() -> None:
    decided = decided_on(with_plan(chosen="triggered", maximum_gap_days=45, triggers=()), case.evidence())
    assert case.value(decided, "retraining.recommended.interval") == 45
    assert case.value(decided, "retraining.recommended.name") == "Triggered only"


def test_a_trigger_on_a_metric_without_data_is_neither_fired_nor_calm() -> None:
    blind = p.Trigger(id="sales", metric="revenue", threshold=1)
    decided = decided_on(with_plan(triggers=(blind,)), case.evidence())
    assert case.value(decided, "retraining.now") is None
    assert case.plain(case.rows(decided, "retraining.triggers")[0]["fired"]) == "None"


def test_triggered_runs_a_year_follow_the_firings_in_the_data() -> None:
    decided = decided_on(case.pricing(), case.evidence())
    rate = next(fact for fact in decided.facts if fact.id == "retraining.triggered_per_year")
    assert rate.value == pytest.approx(365 / 30) and rate.low is not None and rate.high is not None
    assert rate.low < 1 and rate.high > 60


def test_break_even_follows_the_declared_loss() -> None:
    decided = decided_on(case.pricing(), case.evidence())
    assert case.value(decided, "retraining.break_even.mae") == pytest.approx(6.2 + 350 / (500 * 0.02 * 30))


def test_dates_are_dates() -> None:
    decided = decided_on(case.pricing(), case.evidence())
    assert case.value(decided, "retraining.trigger.error.since") == datetime.date(2026, 3, 21)


@pytest.mark.parametrize(
    ("cycle", "days", "added"),
    [
        (46, (7, 28, 91), 46),
        (45.2, (7, 91), 46),
        (46, (28, 57), None),
        (46, (28, 58), 46),
        (46, (60, 91), None),
        (46, (91,), None),
        (None, (7, 91), None),
    ],
)
def test_no_rhythm_between_too_short_and_far_too_long_is_left_without_a_price(
    cycle: float | None, days: tuple[int, ...], added: int | None
) -> None:
    options = tuple(p.Option(id=f"o{each}", title=f"Every {each} days", every_days=each) for each in days)
    facts = () if cycle is None else (case.fact("rollout.cycle", cycle),)
    decided = decided_on(with_plan(options=options), case.evidence(*facts))
    own = [row for row in case.rows(decided, "retraining.options") if row["option"] == "As often as a rollout lets"]
    assert [case.known(decided, "retraining.as-rollouts-let.interval").value for _ in own] == [added] * (
        added is not None
    )
    assert all(row["kept"] == "yes" for row in own)
    assert not own or case.value(decided, "retraining.as-rollouts-let.dated") is not None


@pytest.mark.parametrize(("expected", "longest", "runs"), [(2.0, 60, 6), (9.0, 60, 6), (2.0, None, 2.0)])
def test_without_a_rhythm_those_runs_are_priced_that_have_a_day_by_the_longest_gap(
    expected: float, longest: int | None, runs: float
) -> None:
    option = p.Option(id="t", title="Triggered", expected_runs=expected)
    project = with_plan(options=(option,), chosen="t", maximum_gap_days=longest, triggers=())
    decided = case.through(project, case.evidence(), case.BEFORE, retraining.DECISION, timeline.DECISION)
    assert case.value(decided, "retraining.recommended.runs_per_year") == runs
    dated = case.value(decided, "calendar.runs")
    assert dated == (runs if longest else None)


@pytest.mark.parametrize("cycle", [None, 10, 28, 40])
def test_triggered_runs_cost_no_more_than_rollouts_let_there_be(cycle: float | None) -> None:
    facts = () if cycle is None else (case.fact("rollout.cycle", cycle),)
    decided = decided_on(case.pricing(), case.evidence(*facts))
    rate = case.value(decided, "retraining.triggered_per_year")
    dated = case.value(decided, "retraining.recommended.runs_per_year")
    allowed = rate if cycle is None else min(rate, max(1 + 364 // cycle - dated, 0.0))
    assert case.value(decided, "retraining.triggered_cost_per_year") == pytest.approx(350 * allowed)


@pytest.mark.parametrize(("budget", "over"), [(4_500, True), (5_200, True), (5_300, False), (None, None)])
def test_scheduled_and_triggered_runs_are_held_against_the_budget_together(budget: float | None, over: bool | None):
    decided = decided_on(with_plan(budget_per_year=budget), case.evidence(case.fact("rollout.cycle", 26)))
    alone, added, both = (
        case.value(decided, f"retraining.{id}")
        for id in ("recommended.cost_per_year", "triggered_cost_per_year", "needed_per_year")
    )
    assert 4_500 < alone < 5_200 < both == pytest.approx(alone + added)
    assert case.value(decided, "retraining.over_budget") is over


@pytest.mark.parametrize(
    ("threshold", "words"), [(0.15, "Retrain, on the day that section 1 names"), (0.9, "Recalibrate")]
)
def test_a_trigger_that_holds_has_the_one_answer_that_is_given_for_now(threshold: float, words: str) -> None:
    trigger = p.Trigger(
        id="e", metric="rmse", threshold=threshold, relative_to="validation", action="Recalibrate", window_days=1
    )
    decided = decided_on(with_plan(triggers=(trigger,)), case.evidence())
    row = case.rows(decided, "retraining.triggers")[0]
    assert (row["action"], case.value(decided, "retraining.now")) == (words, threshold == 0.15)


@pytest.mark.parametrize(("judged", "words"), [(28, "28.00 until it is judged, Canary"), (18, "Shadow 17.00, Canary")])
def test_the_days_of_a_new_version_are_told_by_parts_that_add_up(judged: int, words: str) -> None:
    stages = (
        p.Stage(name="Shadow", traffic=0.0),
        p.Stage(name="Canary", traffic=0.2),
        p.Stage(name="Full", traffic=1.0),
    )
    project = with_plan(options=(p.Option(id="weekly", title="Weekly", every_days=7),), chosen="weekly")
    project = replace(project, settings=replace(project.settings, rollout=p.Rollout(stages=stages)))
    sizes = (case.fact(f"rollout.{name}.days_planned", 17.0) for name in ("Shadow", "Canary"))
    said = case.fact("declared.retraining.training.holdout_days", float(judged))
    decided = decided_on(project, case.evidence(case.fact("rollout.cycle", max(judged, 18) + 18.0), said, *sizes))
    (row,) = case.rows(decided, "retraining.reasons")
    text = case.plain(row["reason"])
    assert words in text
    told = [float(day) for day in re.findall(r"\d+\.\d\d", text.partition("(")[2].partition(")")[0])]
    assert sum(told) + (1 if "until it is judged" in text else 2) == max(judged, 18) + 18


@pytest.mark.parametrize(("longest", "same"), [(28, True), (56, False)])
def test_options_that_come_to_the_same_say_so(longest: int, same: bool) -> None:
    """A rhythm and a longest gap of as many days give runs on the same days."""
    options = (p.Option(id="r", title="Monthly", every_days=28), p.Option(id="t", title="Triggered"))
    plan = with_plan(options=options, chosen="t", maximum_gap_days=longest, triggers=())
    decided = decided_on(plan, case.evidence(*case.ageing(0.0, 1.0)))
    (row,) = case.rows(decided, "retraining.reasons")
    assert ("“Monthly” comes to the same" in case.plain(row["reason"])) is same
