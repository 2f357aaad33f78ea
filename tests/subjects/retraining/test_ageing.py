"""Retraining with an ageing that is measured: costs, doubt, recommendation, policies and steps before a retraining."""

import math
from dataclasses import replace
from typing import Any

import pytest

from generator.records import project as p
from generator.records.decision import Decisions
from generator.records.fact import Fact
from generator.records.table import Mark
from generator.subjects.business import business
from generator.subjects.calendar import timeline
from generator.subjects.retraining.retraining import run
from tests.subjects import case

MONEY = 0.02 * 500 * 7.05 / (2 * 9.44**2)
"""Money a day for each unit of mean squared error in the pricing case."""
TWO = case.RETRAINING.options[:2]


def decided_on(project: p.Project, *extra: Fact) -> Decisions:
    evidence = case.evidence(*extra)
    return run(project, evidence, business.run(project, evidence, case.BEFORE))


def with_plan(**changes: Any) -> p.Project:
    return case.pricing(retraining=replace(case.RETRAINING, **changes))


def test_without_a_price_of_an_error_nothing_is_counted_in_money() -> None:
    decided = decided_on(case.pricing(business=p.Business()), *case.ageing(1.0, 0.1))
    assert (
        case.known(decided, "retraining.best.interval").reason
        == "not declared (dossier.yaml: business.loss_per_unit_error)"
    )
    assert all(table.reason for table in decided.tables if table.id in ("retraining.curve", "retraining.policies"))
    assert case.value(decided, "retraining.recommended.name") == "Monthly"


def test_the_best_interval_is_the_square_root_of_twice_the_cost_over_the_growth() -> None:
    decided = decided_on(case.pricing(), *case.ageing(1.0, 0.0))
    assert case.value(decided, "retraining.decay.money") == pytest.approx(MONEY)
    assert case.value(decided, "retraining.best.interval") == pytest.approx(math.sqrt(2 * 350 / MONEY))
    assert case.value(decided, "retraining.best.cost_per_year") == pytest.approx(365 * math.sqrt(2 * 350 * MONEY))
    assert case.value(decided, "retraining.decay.money_after_30_days") == pytest.approx(30 * MONEY)
    assert case.value(decided, "retraining.information_per_year") == 0.0


def test_an_option_costs_its_runs_and_what_the_model_loses_between_them() -> None:
    decided = decided_on(case.pricing(), *case.ageing(1.0, 0.2))
    names = ("cost_per_year", "staleness_per_year", "total_per_year", "dated_cost")
    monthly = [case.known(decided, f"retraining.monthly.{name}") for name in names]
    runs, lost, total, dated = (float(fact.value) for fact in monthly if isinstance(fact.value, float))
    assert runs == pytest.approx(365 / 30 * 350) and dated == 350 * case.value(decided, "retraining.monthly.dated")
    assert total == pytest.approx(dated + lost)
    assert lost == pytest.approx(365 * MONEY * 15, rel=0.07)
    assert monthly[1].low is not None and monthly[1].high is not None and monthly[1].low < lost < monthly[1].high


def test_the_cheapest_option_is_recommended_unless_the_teams_own_is_as_good() -> None:
    fast = decided_on(with_plan(options=TWO), *case.ageing(40.0, 1.0))
    assert case.value(fast, "retraining.recommended.name") == "Weekly"
    assert case.value(fast, "retraining.recommended.interval") == 7
    weekly, monthly = (case.value(fast, f"retraining.{name}.dated") for name in ("weekly", "monthly"))
    even = 350 * (weekly - monthly) / (365 * MONEY * 11.5)
    near = decided_on(with_plan(options=TWO), *case.ageing(even * 1.1, 0.01))
    assert case.value(near, "retraining.monthly.total_per_year") > case.value(near, "retraining.weekly.total_per_year")
    assert case.value(near, "retraining.recommended.name") == "Monthly"


def test_an_option_that_a_rollout_does_not_let_be_kept_is_not_recommended() -> None:
    cycle = case.fact("rollout.cycle", 25, unit="days")
    decided = decided_on(with_plan(options=TWO, chosen="weekly"), *case.ageing(40.0, 1.0), cycle)
    assert case.value(decided, "retraining.recommended.name") == "Monthly"
    (row,) = case.rows(decided, "retraining.reasons")
    assert case.plain(row["reason"]).startswith("Weekly cannot be kept: a new version needs at least 25")
    free = decided_on(with_plan(options=TWO, chosen="weekly"), *case.ageing(40.0, 1.0))
    assert case.value(free, "retraining.recommended.name") == "Weekly"


def test_the_recommended_interval_carries_the_range_that_costs_about_the_same() -> None:
    decided = decided_on(with_plan(options=TWO), *case.ageing(1.5, 0.1))
    fact = case.known(decided, "retraining.recommended.interval")
    assert fact.value == 30 and fact.low is not None and fact.high is not None and fact.low < 30 < fact.high


def test_no_visible_ageing_justifies_no_schedule() -> None:
    facts = case.ageing(0.0, 1.0, visible=False)
    decided = decided_on(with_plan(maximum_gap_days=90), *facts)
    assert case.value(decided, "retraining.recommended.name") == "Triggered only"
    assert case.value(decided, "retraining.recommended.interval") == 90
    texts = [case.plain(row["reason"]) for row in case.rows(decided, "retraining.reasons")]
    assert texts[0].startswith("No ageing is visible in these data, so they justify no schedule")
    open_ended = case.known(decided_on(with_plan(), *facts), "retraining.recommended.interval")
    assert open_ended.value is None and "no schedule is recommended" in open_ended.reason
    longest = decided_on(with_plan(options=TWO), *facts)
    assert case.value(longest, "retraining.recommended.name") == "Monthly"
    assert case.value(longest, "retraining.recommended.interval") == 30


def test_a_cheaper_rhythm_that_is_not_recommended_has_its_reason_in_money() -> None:
    """It saves by an ageing that nobody has shown; were there none, its runs would be what it costs more."""
    decided = decided_on(with_plan(maximum_gap_days=90, triggers=()), *case.ageing(8.0, 0.8, how="course"))
    costs = {
        name: case.value(decided, f"retraining.{name}.total_per_year") for name in ("weekly", "monthly", "triggered")
    }
    least = min(costs, key=lambda name: costs[name])
    assert case.value(decided, "retraining.recommended.name") == "Triggered only" and least != "triggered"
    text = case.plain(case.rows(decided, "retraining.reasons")[0]["reason"])
    extra = case.known(decided, "retraining.cheapest.runs_more")
    runs = [case.value(decided, f"retraining.{name}.dated_cost") for name in (least, "triggered")]
    assert extra.value == pytest.approx(runs[0] - runs[1])
    assert "The dearer option is taken all the same while no ageing is proven: were there none" in text
    assert "more and save nothing. It is right once ageing is proven" in text


def test_a_model_that_never_aged_is_told_without_an_interval() -> None:
    decided = decided_on(case.pricing(), *case.ageing(-1.0, 0.0, visible=False))
    assert case.known(decided, "retraining.best.interval").reason == "the older model was never worse"


def test_a_rise_against_the_benchmark_is_an_upper_bound_only() -> None:
    decided = decided_on(with_plan(maximum_gap_days=60), *case.ageing(1.0, 0.1, how="course"))
    assert case.value(decided, "retraining.ageing.bounded") is True
    assert case.value(decided, "retraining.recommended.interval") == 60
    shortest = case.value(decided, "retraining.best.shortest")
    assert shortest < case.value(decided, "retraining.best.interval")
    texts = [case.plain(row["reason"]) for row in case.rows(decided, "retraining.reasons")]
    assert f"more often than every {shortest:.2f} would cost more than it saves" in texts[0]


def test_the_run_costs_between_which_the_recommendation_stands() -> None:
    options = (*TWO, p.Option(id="quarterly", title="Quarterly", every_days=90))
    decided = decided_on(with_plan(options=options), *case.ageing(1.5, 0.0))
    b = 1.5 * MONEY
    assert case.value(decided, "retraining.recommended.name") == "Monthly"
    assert case.value(decided, "retraining.break_even.run_cost_low") == pytest.approx(b * 7 * 30 / 2)
    assert case.value(decided, "retraining.break_even.run_cost") == pytest.approx(b * 30 * 90 / 2)


def test_tenfold_costs_and_other_ageing_change_what_is_recommended() -> None:
    decided = decided_on(with_plan(options=TWO), *case.ageing(10.0, 2.0))
    rows = case.rows(decided, "retraining.flips")
    assert [case.plain(row["option"]) for row in rows[:3]] == ["Weekly", "Monthly", "Weekly"]
    base, _, _, slow, fast = (float(case.plain(row["cost"])) for row in rows)
    assert slow < base < fast


def test_a_triggered_option_costs_what_its_simulation_says() -> None:
    decided = decided_on(case.pricing(), *case.ageing(1.0, 0.1))
    runs, total = (case.known(decided, f"retraining.triggered.{name}") for name in ("runs_per_year", "total_per_year"))
    assert runs.origin == "simulated" and isinstance(runs.value, float) and runs.value > 0
    best = case.value(decided, "retraining.best.cost_per_year")
    assert isinstance(total.value, float) and 0.95 * best < total.value < 1.5 * best


def test_gaps_and_policies() -> None:
    decided = decided_on(with_plan(maximum_gap_days=50), *case.ageing(1.0, 0.1))
    best = case.value(decided, "retraining.best.interval")
    assert case.value(decided, "retraining.policy.shortest_gap") == round(best / 3)
    assert case.value(decided, "retraining.policy.longest_gap") == 50
    rows = {case.plain(row["policy"]): row for row in case.rows(decided, "retraining.policies")}
    assert next(iter(rows)) == "Fixed schedule" and len(rows) == 4
    late = p.Run(people_hours=2, hourly_rate=150, compute_cost=50, delay_days=30)
    slow = decided_on(with_plan(run=late), *case.ageing(1.0, 0.1))
    assert case.value(slow, "retraining.policy.shortest_gap") == 30


def test_steps_before_a_retraining_are_costed_and_only_a_sure_gain_is_worth_it() -> None:
    plan = replace(case.RETRAINING.run, recalibration_cost=40.0)
    decided = decided_on(with_plan(run=plan, options=TWO), *case.ageing(1.0, 0.1))
    rows = case.rows(decided, "retraining.ladder")
    words = [row["status"].word for row in rows if isinstance(row["status"], Mark)]
    assert words == ["not shown", "no", "yes", "not known"]
    assert case.value(decided, "retraining.ladder.intercept.payback") == pytest.approx(40 / (0.2 * MONEY))
    assert case.value(decided, "retraining.ladder.refit.payback") == pytest.approx(350 / (9 * MONEY))
    assert case.value(decided, "retraining.ladder.refit.payback") > 30, "a run every month is not paid back by it"
    assert case.value(decided, "retraining.ladder.refit.outlasts") is True
    quick = decided_on(
        with_plan(run=replace(plan, people_hours=0, compute_cost=1), options=TWO), *case.ageing(40.0, 0.1)
    )
    assert case.value(quick, "retraining.ladder.refit.outlasts") is False
    assert case.known(decided, "retraining.ladder.slope.payback").reason == "it saves nothing"


LEVEL = p.Rule(id="level", title="The level", metric="bias", yellow=0.5, owner="Ann")


@pytest.mark.parametrize(
    ("gain", "stage", "fires", "now"),
    [
        (3.0, "canary", False, True),
        (3.0, "candidate", False, True),
        (3.0, "canary", True, True),
        (3.0, "candidate", True, False),
        (0.2, "canary", False, False),
        (None, "canary", False, None),
    ],
)
def test_a_level_is_corrected_where_that_surely_pays_and_no_retrained_version_comes_instead(
    gain: float | None, stage: p.Reach, fires: bool, now: bool | None
) -> None:
    measured = (one for one in case.ageing(1.0, 0.1) if not one.id.startswith("retraining.ladder."))
    gains = [] if gain is None else [case.fact("retraining.ladder.intercept.gain", gain, low=gain - 1, high=gain + 1)]
    project = case.pricing(
        state=p.State(stage=stage),
        alerts=p.Alerts(rules=(LEVEL,)),
        retraining=replace(case.RETRAINING, triggers=case.RETRAINING.triggers if fires else ()),
    )
    decided = decided_on(project, *measured, *gains)
    assert (case.value(decided, "retraining.now") is True) is fires
    assert case.value(decided, "retraining.recalibrate") is now
    rows = case.rows(decided, "retraining.recalibration")
    assert [(row["id"], row["who"]) for row in rows] == ([] if now is None else [("level", "Ann")])
    dates = case.through(project, case.evidence(*measured), decided, timeline.DECISION).timeline
    assert dates is not None and (dates.of("level") is not None) is (now is True)


def test_ranges_of_what_ageing_costs_are_all_of_one_kind() -> None:
    """The model that ages as fast as the data allow costs the upper end of what its option is said to cost."""
    decided = decided_on(with_plan(options=TWO[1:]), *case.ageing(1.0, 0.1))
    ranges = {fact.range for fact in decided.facts if fact.low is not None and fact.id.startswith("retraining.")}
    assert {(one.kind, one.level) for one in ranges} <= {("sampling", 0.95), ("scenario", None)}
    fast = next(row for row in case.rows(decided, "retraining.flips") if "fast" in case.plain(row["case"]))
    total = case.known(decided, "retraining.recommended.total_per_year")
    assert isinstance(fast["cost"], Fact) and fast["cost"].value == pytest.approx(total.high)


def test_the_cost_curve_has_its_least_at_the_best_interval() -> None:
    decided = decided_on(case.pricing(), *case.ageing(1.0, 0.1))
    points = [
        (
            float(case.value(decided, f"retraining.curve.{place}.interval")),
            float(case.value(decided, f"retraining.curve.{place}.total")),
        )
        for place in range(41)
    ]
    best = case.value(decided, "retraining.best.interval")
    assert min(points, key=lambda point: point[1])[0] == pytest.approx(best, rel=0.1)


def test_simulated_gaps_are_those_that_a_rollout_lets_be() -> None:
    ageing = case.ageing(40.0, 1.0)
    slow, free = (
        decided_on(with_plan(maximum_gap_days=46), *ageing, *cycle)
        for cycle in ((case.fact("rollout.cycle", 46, unit="days"),), ())
    )
    assert case.value(slow, "retraining.best.interval") < 23
    assert [case.value(slow, f"retraining.policy.{end}_gap") for end in ("shortest", "longest")] == [46, 46]
    assert [case.value(one, "retraining.policy.bound") for one in (slow, free)] == [True, False]
    for name in ("schedule", "hybrid"):
        runs = case.known(slow, f"retraining.policy.{name}.runs_per_year").number
        assert runs == pytest.approx(365 / 46, rel=0.05), name
