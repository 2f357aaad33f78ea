"""How long a stage lasts and what it risks: the rules by themselves, on either side of each limit."""

from typing import Any

import pytest

from generator.records import project as p
from generator.subjects.kit.known import known
from generator.subjects.rollout import _stages as stages
from generator.subjects.rollout._judges import Need
from tests.subjects import case

CANARY = p.Stage(name="Canary", traffic=0.1)


def plan(**values: float | None) -> stages.StagePlan:
    """A thousand rows are needed, a hundred come a day; a bad one costs 2 and is found after 5 days."""
    given = {"margin": 0.05, "rows": 1_000.0, "per_day": 100.0, "maturity": 0.0, "bad_row": 2.0, "detection": 5.0}
    every = {**given, "budget": None, **values}
    return stages.StagePlan(**{key: case.fact(f"p.{key}", one) for key, one in every.items()})


@pytest.mark.parametrize(
    ("rows", "late", "weekly", "days"),
    [
        (1_000.0, 0.0, False, [10]),
        (1_001.0, 0.0, False, [11]),
        (1_000.0, 2.1, False, [13]),
        (1_000.0, 0.0, True, [10, 7]),
        (None, 0.0, True, [7]),
        (None, 0.0, False, []),
    ],
)
def test_a_stage_needs_the_rows_their_outcomes_and_at_last_a_whole_week(
    rows: Any, late: float, weekly: bool, days: Any
):
    daily = case.fact("d", 100.0)
    assert [one.days for one in stages._needs(plan(rows=rows, maturity=late), daily, weekly=weekly)] == days
    assert [one.days for one in stages._needs(plan(), case.fact("d", None), weekly=True)] == [7]
    assert not list(stages._needs(plan(), case.fact("d", 0.0), weekly=False))


def test_the_longest_of_its_needs_is_how_long_a_stage_lasts_and_says_until_what() -> None:
    needs = (Need(days=7, why="a week"), Need(days=None, why="never"), Need(days=10, why="rows"))
    days, until = stages._needed("rollout.Canary", CANARY, plan(), case.fact("d", 100.0), needs)
    assert (days.value, until.value) == (10, "rows")
    none, why = stages._needed("rollout.Canary", CANARY, plan(), case.fact("d", 100.0), needs[1:2])
    assert none.value is why.value is None


@pytest.mark.parametrize(
    ("said", "late", "days"), [(None, 0.0, 10), (9, 0.0, 10), (12, 0.0, 12), (None, 20.0, 30), (None, 9.5, 20)]
)
def test_a_stage_is_planned_as_long_as_it_is_declared_and_needed(said: int | None, late: float, days: int) -> None:
    every = (p.Stage(name="Canary", traffic=0.1, days=said), *(p.Stage(name=n, traffic=1.0) for n in ("b", "c")))
    project = case.pricing(rollout=p.Rollout(stages=every), alerts=p.Alerts(), rollback=p.Rollback())
    (first, *_) = stages.staged(project, plan(maturity=late), known(case.evidence(), case.BEFORE))
    assert first.planned.value == days
    assert first.short is (said is not None and said < days and said != days)


def test_in_the_last_two_stages_a_whole_week_is_seen() -> None:
    every = tuple(p.Stage(name=name, traffic=0.1) for name in "abcd")
    project = case.pricing(rollout=p.Rollout(stages=every), alerts=p.Alerts(), rollback=p.Rollback())
    found = stages.staged(project, plan(rows=100.0), known(case.evidence(), case.BEFORE))
    assert [one.planned.value for one in found] == [1, 1, 7, 7]


@pytest.mark.parametrize(("gone", "cost"), [("", 100.0), ("per_day", None), ("bad_row", None), ("detection", None)])
def test_a_bad_version_costs_its_rows_until_it_is_found(gone: str, cost: float | None) -> None:
    """A tenth of 100 rows a day, 2 each, for 5 days."""
    own = plan(**({gone: None} if gone else {}))
    assert stages._exposure("rollout.Canary", CANARY, own, own.per_day).value == cost
    assert stages._exposure("rollout.x", p.Stage(name="x"), plan(), plan().per_day).value is None


@pytest.mark.parametrize(("budget", "share"), [(250.0, 0.25), (1_000.0, 1.0), (5_000.0, 1.0), (None, None)])
def test_the_budget_bears_a_share_of_the_traffic_at_most_all_of_it(budget: float | None, share: float | None) -> None:
    own = plan(budget=budget)
    assert stages.share_cap(own, own.per_day).value == share
    for gone in ("bad_row", "detection"):
        less = plan(budget=budget, **{gone: None})
        assert stages.share_cap(less, less.per_day).value is None
    free = plan(budget=budget, bad_row=0.0)
    assert stages.share_cap(free, free.per_day).value is None


@pytest.mark.parametrize(
    ("cost", "budget", "beyond"), [(10.0, 10.0, False), (10.1, 10.0, True), (None, 10.0, False), (10.0, None, False)]
)
def test_a_stage_is_over_its_budget_beyond_it_only(cost: Any, budget: Any, beyond: bool) -> None:
    assert stages.over(case.fact("e", cost), budget) is beyond


@pytest.mark.parametrize(
    ("traffic", "cap", "beyond"), [(0.1, 0.1, False), (0.11, 0.1, True), (None, 0.1, False), (0.5, None, False)]
)
def test_a_stage_gets_more_than_the_budget_bears_or_not(traffic: Any, cap: Any, beyond: bool) -> None:
    assert stages.beyond(p.Stage(name="x", traffic=traffic), cap) is beyond


@pytest.mark.parametrize(
    ("found", "cycle", "relief", "sums"),
    [
        (5.0, 50.0, None, [400.0, 1_000.0]),
        (5.0, 50.0, 60.0, [400.0, 1_200.0]),
        (5.0, 2.0, None, [400.0, 100.0]),
        (None, 50.0, None, [None, None]),
        (0.0, 50.0, None, [None, None]),
        (5.0, None, None, [400.0, None]),
    ],
)
def test_a_version_that_cannot_be_taken_back_costs_as_long_as_it_stays(
    found: Any, cycle: Any, relief: Any, sums: list[float | None]
) -> None:
    """Found after 5 days at 100: of a stage of 20 days four times; the last until the next one, by the dates if any."""
    project = case.project(rollout=p.Rollout(stages=tuple(p.Stage(name=n) for n in "ab")))
    values = {"detection": found, "cycle": cycle, "relief": relief, "a.days_planned": 20, "b.days_planned": 3}
    costs = {"a.exposure": 100.0, "b.exposure": 100.0}
    facts = tuple(case.fact(f"rollout.{id}", one) for id, one in {**values, **costs}.items())
    at = known(case.evidence(*facts), case.BEFORE)
    assert [fact.value for fact in stages.unguarded(project, at)] == sums


CONDITION = p.Condition(id="c", metric="rmse", threshold=0.05, relative_to="previous", window_days=7)


@pytest.mark.parametrize(
    ("more", "margin"),
    [
        ({}, 0.05),
        ({"threshold": 0.0}, None),
        ({"threshold": -0.05}, None),
        ({"metric": "revenue"}, None),
        ({"relative_to": "none"}, None),
    ],
)
def test_the_margin_is_the_declared_one_else_that_of_a_condition_on_the_error(more: Any, margin: float | None) -> None:
    values = {field: getattr(CONDITION, field) for field in ("id", "metric", "threshold", "relative_to", "window_days")}
    rollback = p.Rollback(conditions=(p.Condition(**{**values, **more}),))
    assert stages._margin(case.project(rollback=rollback)).value == margin
    assert stages._margin(case.project(rollback=rollback, rollout=p.Rollout(margin=0.02))).value == 0.02


@pytest.mark.parametrize(
    ("conditions", "late", "days"),
    [
        ((("rmse", "roll back", 7), ("mae", "roll back", 3)), 0.0, 3),
        ((("rmse", "roll back", 7), ("mae", "degrade", 3)), 1.2, 9),
        ((("error_ratio_previous", "roll back", 4), ("revenue", "roll back", 1)), None, 4),
        ((("revenue", "roll back", 1),), 0.0, None),
        ((), 0.0, None),
    ],
)
def test_the_quickest_condition_on_the_error_that_goes_back_is_judged_first(conditions: Any, late: Any, days: Any):
    made = tuple(
        p.Condition(id=f"c{place}", metric=metric, action=action, window_days=window, threshold=1)
        for place, (metric, action, window) in enumerate(conditions)
    )
    project, maturity = case.project(rollback=p.Rollback(conditions=made)), case.fact("m", late)
    assert stages.judged_after(project, maturity) == days
    for said in (days - 1, days, days + 1) if days else (2, None):
        plan_of = p.Rollout(detection_days=said)
        own = case.project(rollback=p.Rollback(conditions=made), rollout=plan_of)
        found = stages._detection(own, known(case.evidence(), case.BEFORE), maturity)
        assert found.value == (said if days is None else max(said or 0, days))


def test_without_days_or_conditions_the_quickest_red_alert_on_accuracy_finds_a_bad_version() -> None:
    metrics: dict[str, Any] = {"a": "rmse", "b": "mae", "c": "missing"}
    rules = tuple(p.Rule(id=name, metric=metric, red=1) for name, metric in metrics.items())
    delays = [case.fact(f"alerts.{name}.red.delay", days) for name, days in (("a", 6.0), ("b", 4.0), ("c", 1.0))]
    project = case.project(alerts=p.Alerts(rules=rules))
    found = stages._detection(project, known(case.evidence(*delays), case.BEFORE), case.fact("m", 0.0))
    assert (found.value, found.source) == (4.0, "alerts.b.red.delay")


@pytest.mark.parametrize(
    ("own", "whole", "came", "days"),
    [(3, 5, 9.0, 3), (0, 5, 9.0, 0), (None, 5, 9.0, 5), (None, None, 9.0, 9.0), (None, None, None, 0)],
)
def test_the_truth_is_there_as_declared_else_as_it_came(own: Any, whole: Any, came: Any, days: float) -> None:
    data = p.Data(production="x", target="y", outcome_days=whole)
    project = case.project(rollout=p.Rollout(maturity_days=own), data=data)
    at = known(case.evidence(case.fact("data.labels.delay.p90", came)), case.BEFORE)
    assert stages._maturity(project, at).value == days


@pytest.mark.parametrize(
    ("said", "price", "large", "cost"),
    [(7.0, 0.5, 20.0, 7.0), (None, 0.5, 20.0, 10.0), (None, None, 20.0, None), (None, 0.5, None, None)],
)
def test_a_bad_row_costs_what_is_declared_else_a_large_error_at_its_price(said: Any, price: Any, large: Any, cost: Any):
    project = case.project(rollout=p.Rollout(loss_per_bad_row=said), business=p.Business(loss_per_unit_error=price))
    fact = stages._bad_row(project, known(case.evidence(case.fact("errors.p95", large)), case.BEFORE))
    assert fact.value == cost and bool(fact.reason) is (cost is None)


@pytest.mark.parametrize(("low", "high"), [(-0.05, 0.03), (None, 0.03), (-0.05, None)])
def test_rows_are_needed_by_the_scatter_of_the_comparison_where_both_its_ends_are_known(low: Any, high: Any) -> None:
    """A standard error of 2.04 % on 15,000 rows; a margin of twice the size needs a fourth of the rows."""
    gain = case.fact("performance.gain.previous", -0.01, low=low, high=high, n=15_000)
    at = known(case.evidence(gain), case.BEFORE)
    if low is None or high is None:
        assert stages.spread(at) is None and stages._rows(case.fact("m", 0.05), at).value is None
        return
    assert stages.spread(at) == pytest.approx(0.08 / 3.919928)
    narrow, wide = (stages._rows(case.fact("m", margin), at).number or 0.0 for margin in (0.05, 0.1))
    assert narrow == pytest.approx(4 * wide, rel=0.01) and narrow == pytest.approx(15_449, rel=0.01)
    for margin in (None, 0.0):
        assert stages._rows(case.fact("m", margin), at).value is None
