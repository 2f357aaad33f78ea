"""What each other way would cost: the rules by themselves, on either side of each limit."""

from typing import Any

import pytest

from generator.records.decision import Decisions
from generator.records.fact import Fact
from generator.subjects.acting import actions
from generator.subjects.kit.known import known
from tests.subjects import case


def way(value: float | None, low: float | None = None, high: float | None = None, id: str = "x") -> actions.OtherWay:
    more = case.fact(f"actions.{id}.more_per_month", value, low=low, high=high)
    return actions.OtherWay(id=id, title=id, more=more, basis=())


def about(value: float | None, half: float | None) -> Fact:
    return way(
        value,
        None if half is None or value is None else value - half,
        None if half is None or value is None else value + half,
    ).more


@pytest.mark.parametrize(
    ("value", "half", "chance"),
    [(1.96, 1.96, 0.975), (-1.96, 1.96, 0.025), (0.0, 1.0, 0.5), (5.0, None, 1.0), (0.0, None, 0.0), (-5.0, None, 0.0)],
)
def test_the_chance_that_deploying_costs_less_follows_the_interval(value: float, half: Any, chance: float) -> None:
    assert actions._below(about(value, half)) == pytest.approx(chance, abs=1e-3)


def test_of_several_rivals_the_least_chance_and_the_least_cost_count() -> None:
    rivals = [way(5.0), way(-1.0, id="y"), way(3.0)]
    assert actions._chance(rivals).value == 0.0 and actions._chance([]).value is None
    least = actions._least(rivals)
    assert least is not None and least.id == "y" and actions._least([]) is None


@pytest.mark.parametrize(("more", "name"), [(0.1, "Deploy now"), (0.0, "x"), (-0.1, "x")])
def test_the_cheapest_is_deploying_only_where_the_rival_costs_more(more: float, name: str) -> None:
    assert actions._cheapest(way(more)).value == name and actions._cheapest(None).value is None


@pytest.mark.parametrize(
    ("verdict", "more", "agree"),
    [
        ("proceed", 1.0, True),
        ("proceed_with_conditions", 1.0, True),
        ("proceed", 0.0, False),
        ("delay", 1.0, False),
        ("delay", -1.0, True),
        ("not_enough", 1.0, False),
        (None, 1.0, None),
    ],
)
def test_gates_and_money_agree_where_both_let_a_model_go_or_neither(verdict: Any, more: float, agree: Any) -> None:
    assert actions._agrees(Decisions(verdict=verdict), way(more)).value is agree
    assert actions._agrees(Decisions(verdict=verdict), None).value is None


@pytest.mark.parametrize(
    ("low", "high", "value", "word"),
    [
        (0.1, 1.0, 0.5, "dearer"),
        (0.0, 1.0, 0.5, "cannot be told apart"),
        (-1.0, 0.0, -0.5, "cannot be told apart"),
        (-1.0, -0.1, -0.5, "cheaper"),
        (None, None, 0.5, "dearer"),
        (None, None, -0.5, "cheaper"),
        (None, 0.5, 0.5, "dearer"),
        (-0.5, None, -0.5, "cheaper"),
        (None, None, 0.0, "cannot be told apart"),
        (None, None, None, "not priced"),
    ],
)
def test_an_interval_that_holds_zero_tells_nothing_apart(low: Any, high: Any, value: Any, word: str) -> None:
    assert actions._reading(case.fact("x", value, low=low, high=high)).word == word


@pytest.mark.parametrize(
    ("value", "low", "high", "repays"),
    [(50.0, 10.0, 100.0, True), (50.0, 10.0, 99.0, False), (100.0, None, None, True), (99.0, None, None, False)],
)
def test_a_version_repays_a_year_of_1200_where_even_its_best_end_does(value: float, low: Any, high: Any, repays: bool):
    at = known(case.evidence(case.fact("business.cost_first_year", 1_200.0)), case.BEFORE)
    others = (way(9e9), way(value, low, high, id="previous"))
    assert actions._repays(others, at).value is repays
    assert actions._repays(others, known(case.evidence(), case.BEFORE)).value is None
    assert (
        actions._repays((way(9e9),), at).value is None
        and actions._repays((way(None, id="previous"),), at).value is None
    )


def test_a_year_is_twelve_months_with_twelve_times_their_range() -> None:
    year = actions._year(way(10.0, 5.0, 20.0).more)
    assert (year.id, year.value, year.low, year.high) == ("actions.x.more_per_year", 120.0, 60.0, 240.0)


@pytest.mark.parametrize(("price", "rows", "whole"), [(0.5, 100.0, True), (None, 100.0, False), (0.5, None, False)])
def test_two_errors_differ_by_their_price_with_both_their_ranges(price: Any, rows: Any, whole: bool) -> None:
    fact = actions._difference("x.y", "X", about(9.0, 0.3), about(7.0, 0.4), price, rows)
    assert (fact.value, fact.low, fact.high) == (pytest.approx((100.0, 75.0, 125.0)) if whole else (None, None, None))
    for other, own in ((about(None, None), about(7.0, 0.4)), (about(9.0, 0.3), about(None, None))):
        assert actions._difference("x.y", "X", other, own, 0.5, 100.0).value is None


@pytest.mark.parametrize(
    ("binds", "ids"),
    [(True, ["capacity", "nobody"]), (False, ["optimal", "nobody", "everybody"])],
)
def test_where_capacity_binds_not_everybody_can_be_acted_on(binds: bool, ids: list[str]) -> None:
    at = known(case.evidence(case.fact("decision.capacity.binds", binds)), case.BEFORE)
    ways = list(actions._of_decisions(at))
    assert [one.id for one in ways] == [*ids, "benchmark", "previous"]
    assert [one.id for one in ways if one.deploys] == ids[:1]
