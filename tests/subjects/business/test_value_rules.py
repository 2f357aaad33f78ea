"""What the system is worth: the rules by themselves, on either side of each limit."""

from typing import Any

import pytest

from generator.records import project as p
from generator.records.fact import Fact
from generator.stats.business import Judged
from generator.subjects.business import _first_year, business, business_case
from generator.subjects.business._inputs import CaseInput, Horizon
from generator.subjects.kit.known import known
from tests.subjects import case

YEAR = Horizon(months=12, rate=0.0, ramp=0.0, benefit_months=12.0, cost_months=12.0)


def given(key: str, role: Any, value: float, low: float | None = None, high: float | None = None) -> CaseInput:
    judged = Judged(value=value, low=low, high=high, shape="fixed" if low is None else "pert")
    fact = case.fact(f"business.{key}", value, low=low, high=high)
    return CaseInput(key=key, label=key.title(), role=role, judged=judged, fact=fact, why="")


VALUE = given("value_per_month", "benefit", 100.0, 50.0, 150.0)
ONCE, YEARLY = given("implementation_cost", "once", 600.0), given("running_cost", "per_year", 240.0)


def test_nothing_is_drawn_where_no_input_has_a_range() -> None:
    sure = (given("value_per_month", "benefit", 100.0), ONCE)
    bare = {one.id: one for one in business_case._drawn(sure, YEAR, case.project(), "")}
    assert {one.value for one in bare.values()} == {None}
    assert {one.reason for one in bare.values()} == {business_case.NO_RANGE}
    for inputs in ((VALUE, ONCE), sure):
        found = list(business_case._drawn(inputs, YEAR, case.project(), "no cost"))
        assert {(one.value, one.reason) for one in found} == {(None, "no cost")}
    drawn = {one.id: one for one in business_case._drawn((VALUE, ONCE), YEAR, case.project(), "")}
    middle, low, high = (drawn[f"business.npv.{name}"].number for name in ("p50", "p5", "p95"))
    assert low is not None and middle is not None and high is not None and low < middle < high
    assert middle == pytest.approx(600, abs=30)


@pytest.mark.parametrize(
    ("keys", "needed"), [(("effect",), 0.25), (("effect", "contribution_margin"), None), (("value_per_month",), None)]
)
def test_a_margin_is_asked_for_only_of_revenue_that_stands_for_benefit(keys: tuple[str, ...], needed: Any) -> None:
    worth = (case.fact("business.benefit_present", 400.0), case.fact("business.cost_present", 100.0))
    benefit = tuple(given(key, "benefit", 1.0) for key in keys)
    assert business_case._margin_needed(benefit, worth).value == needed
    nothing = (case.fact("business.benefit_present", 0.0), worth[1])
    assert business_case._margin_needed(benefit, nothing).value is None


def test_worth_is_benefit_less_cost_and_of_no_cost_there_is_no_ratio() -> None:
    inputs = (given("value_per_month", "benefit", 100.0), ONCE, YEARLY)
    worth = {
        one.id: one.value
        for one in business_case._worth(inputs, {one.key: one.judged.value for one in inputs}, YEAR, "")
    }
    assert worth["business.npv"] == pytest.approx(1_200 - 840)
    assert worth["business.benefit_cost_ratio"] == pytest.approx(1_200 / 840)
    assert worth["business.payback_discounted"] == 8, "600 at 80 a month"
    free = (inputs[0],)
    without = {one.id: one for one in business_case._worth(free, {"value_per_month": 100.0}, YEAR, "")}
    for id in ("business.benefit_cost_ratio", "business.roi_horizon"):
        assert (without[id].value, without[id].reason) == (None, "the cost is zero")
    untold = business_case._worth((), {}, YEAR, "no cost")
    assert {(one.value, one.reason) for one in untold} == {(None, "no cost")}


def test_an_input_is_varied_from_its_tenth_to_its_ninetieth_hundredth() -> None:
    _, low, high, swing = business_case._swing(VALUE, (VALUE, ONCE, YEARLY), YEAR)
    assert low.number is not None and high.number is not None and low.number < 360 < high.number
    assert swing.value == pytest.approx(high.number - low.number)
    cost = given("implementation_cost", "once", 600.0, 400.0, 800.0)
    _, more, less, between = business_case._swing(cost, (VALUE, cost), YEAR)
    assert more.number is not None and less.number is not None and more.number > less.number
    assert between.value == pytest.approx(more.number - less.number)


def test_a_cost_that_would_have_to_be_negative_has_no_break_even_and_a_benefit_has() -> None:
    poor = (given("value_per_month", "benefit", 10.0), ONCE, YEARLY)
    assert business_case._break_even(poor[1], poor, YEAR).value is None, "120 − 240 does not leave anything for it"
    assert business_case._break_even(poor[0], poor, YEAR).value == pytest.approx(70.0)
    rich = (given("value_per_month", "benefit", 100.0), ONCE, YEARLY)
    assert business_case._break_even(rich[1], rich, YEAR).value == pytest.approx(960.0)


@pytest.mark.parametrize(("low", "high", "shown"), [(None, None, "taken as sure"), (50.0, 150.0, "pert")])
def test_an_input_without_both_ends_is_taken_as_sure(low: Any, high: Any, shown: str) -> None:
    one = given("value_per_month", "benefit", 100.0, low, high)
    row = business_case._input(one, (one, ONCE), YEAR)
    assert row[4] == shown and [case.plain(cell) for cell in row[2:4]] == (
        ["", ""] if low is None else ["50.00", "150.00"]
    )


@pytest.mark.parametrize(("middle", "loss"), [(-0.1, True), (0.0, False), (5.0, False)])
def test_a_case_that_loses_money_in_the_middle_of_its_draws_is_a_finding(middle: float, loss: bool) -> None:
    found = business_case._findings(case.project(), (), (case.fact("business.npv.p50", middle),))
    assert [one.id for one in found] == (["business.loss"] if loss else [])


@pytest.mark.parametrize(("monthly", "months"), [(120.0, 6.0), (20.0, None), (20.1, 6_000.0), (None, None)])
def test_it_is_paid_back_where_the_value_covers_the_running_cost(monthly: Any, months: Any) -> None:
    """600 at once and 240 a year, of which a month bears 20."""
    cost = _first_year._sum((ONCE.fact, YEARLY.fact))
    value = case.fact(
        "v", monthly, low=None if monthly is None else monthly - 1, high=None if monthly is None else monthly + 1
    )
    fact = _first_year._payback(value, (ONCE.fact,), (YEARLY.fact,), case.fact("c", cost))
    assert fact.value == (None if months is None else pytest.approx(months, rel=1e-6))
    if fact.value is not None and monthly == 120:
        assert (fact.low, fact.high) == pytest.approx((600 / 101, 600 / 99))
    assert _first_year._payback(value, (ONCE.fact,), (YEARLY.fact,), case.fact("c", None)).value is None


def test_the_first_year_earns_its_months_and_returns_what_is_over_its_cost() -> None:
    value = case.fact("v", 100.0, low=50.0, high=150.0)
    benefit = _first_year._benefit(value, Horizon(months=24, rate=0.0, ramp=0.0, benefit_months=24, cost_months=24))
    assert (benefit.value, benefit.low, benefit.high) == pytest.approx((1_200.0, 600.0, 1_800.0))
    roi = _first_year._roi(benefit, case.fact("c", 800.0))
    assert (roi.value, roi.low, roi.high) == pytest.approx((0.5, -0.25, 1.25))
    for low, high in ((None, 150.0), (50.0, None)):
        part = _first_year._benefit(case.fact("v", 100.0, low=low, high=high), YEAR)
        assert (part.low, part.high) == (low and low * 12, high and high * 12)
    free = _first_year._roi(benefit, case.fact("c", 0.0))
    assert free.value is None and free.reason == "the cost is zero"
    assert _first_year._roi(case.fact("b", None), case.fact("c", 800.0)).value is None


@pytest.mark.parametrize(("low", "high"), [(6.0, 8.0), (None, 8.0), (6.0, None)])
def test_a_loss_and_its_rise_carry_both_ends_of_the_error(low: Any, high: Any) -> None:
    error = case.fact("mae", 7.0, low=low, high=high)
    loss = business._loss("l", "Loss", error, case.fact("rows", 100.0), case.fact("price", 2.0))
    ends = [None if end is None else end * 200 for end in (low, high)]
    assert [loss.value, loss.low, loss.high] == [1_400.0, *ends]
    rise = business._increase("r", loss, case.fact("before", 1_000.0))
    assert [rise.value, rise.low, rise.high] == [400.0, *(None if end is None else end - 1_000 for end in ends)]
    unknown = business._increase("r", loss, case.fact("before", None))
    assert (unknown.value, unknown.low, unknown.high) == (None, None, None)
    for gone in range(3):
        factors = [None if place == gone else 2.0 for place in range(3)]
        facts = (case.fact(str(place), one) for place, one in enumerate(factors))
        assert business._loss("l", "Loss", *facts).value is None


@pytest.mark.parametrize(
    ("counted", "capacity", "told"), [(10, 9, True), (10, 10, False), (None, 9, False), (10, None, False)]
)
def test_a_value_that_counts_on_more_cases_than_can_be_acted_on_is_a_finding(counted: Any, capacity: Any, told: bool):
    project = case.project(
        business=p.Business(acted_per_day=counted), decision=p.DecisionPolicy(capacity_per_day=capacity)
    )
    assert bool(list(business._beyond_capacity(project))) is told


@pytest.mark.parametrize(
    ("need", "done", "more"), [(10, 9.0, True), (10, 10.0, False), (None, 9.0, None), (10, None, None)]
)
def test_a_value_rests_on_more_cases_than_today_or_not(need: Any, done: Any, more: Any) -> None:
    at = known(case.evidence(case.fact("decision.acted_per_day", done)), case.BEFORE)
    _, found = business._rests_on(case.project(business=p.Business(acted_per_day=need)), at)
    assert found.value is more


def test_the_point_of_today_is_what_choosing_is_worth_else_the_best_one() -> None:
    costs = [case.fact(f"decision.{id}.cost", cost) for id, cost in (("everybody", -10.0), ("nobody", 2.0))]
    best = [case.fact("decision.optimal.cost", -9.0), case.fact("decision.optimal.acted", 0.5)]
    today = [case.fact("decision.current.cost", -8.0), case.fact("decision.current.acted", 0.25)]
    worth = [
        business._choosing(known(case.evidence(*costs, *more), case.BEFORE)).value for more in (best, [*best, *today])
    ]
    assert worth == [5.0, 7.0], "by chance −4 at a half, −1 at a quarter"
    for lacking in ("everybody", "nobody"):
        kept = [fact for fact in costs if lacking not in fact.id]
        assert business._choosing(known(case.evidence(*kept, *today), case.BEFORE)).value is None


def test_swings_stand_about_the_worth_at_the_centre_the_widest_first_and_none_that_does_not_swing() -> None:
    wide = given("implementation_cost", "once", 600.0, 100.0, 2_000.0)
    turned = tuple(business_case._swing(one, (VALUE, wide, YEARLY), YEAR) for one in (YEARLY, VALUE, wide))
    worth = (
        case.fact("business.benefit_present", 1.0),
        case.fact("business.npv", 360.0),
        case.fact("business.roi", 2.0),
    )
    rows = business_case._tornado(turned, worth, "").rows
    assert [row[0] for row in rows] == [wide.label, VALUE.label]
    assert {row[2] for row in rows} == {worth[1]}


def test_the_effect_aimed_at_stands_beside_the_one_measured_with_what_a_year_of_each_brings() -> None:
    effect, volume = given("effect", "benefit", 0.02), given("volume_per_month", "benefit", 1_000.0)
    inputs, project = (effect, volume, ONCE), case.project(business=p.Business(effect_target=0.03))
    target, measured = business_case._target(project, inputs[:2], inputs, YEAR).rows
    told = [[cell.value for cell in row if isinstance(cell, Fact)] for row in (target, measured)]
    assert told == [pytest.approx([0.03, 360.0, -240.0]), pytest.approx([0.02, 240.0, -360.0])]
    assert not business_case._target(case.project(), inputs[:2], inputs, YEAR).rows
    bare = business_case._target(project, inputs[:2], (), YEAR).rows
    assert [case.plain(row[3]) for row in bare] == ["None", "None"]
