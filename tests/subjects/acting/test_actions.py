"""What each action would cost beside deploying, and whether money and gates agree."""

from dataclasses import replace

import pytest

from generator.records.decision import Decisions
from generator.records.evidence import Evidence
from generator.records.fact import SAMPLING, Fact
from generator.records.table import Mark
from generator.subjects.acting import actions
from tests.subjects import case
from tests.subjects.case import project


def mae(id: str, value: float, half: float = 0.1) -> Fact:
    return Fact(id=id, value=value, low=value - half, high=value + half, range=SAMPLING, n=1000, unit="money")


def evidence(own: float, previous: float, benchmark: float = 30.0) -> Evidence:
    rows = Fact(id="business.rows_per_month", value=10_000, unit="rows")
    others = (mae("performance.mae.previous", previous), mae("performance.mae.benchmark", benchmark))
    return case.found(facts=(rows, mae("performance.mae.production", own), *others))


def decided(own: float, previous: float, verdict: str = "proceed", price: float | None = 0.04) -> Decisions:
    plan = project()
    business = replace(plan.settings.business, loss_per_unit_error=price, delay_cost_per_month=500.0)
    plan = replace(plan, settings=replace(plan.settings, business=business))
    return actions.run(plan, evidence(own, previous), Decisions(verdict=verdict))  # type: ignore[arg-type] # any text


def value(found: Decisions, id: str) -> object:
    return next(fact.value for fact in found.facts if fact.id == id)


def test_a_rival_is_priced_by_the_difference_of_the_errors():
    table = decided(7.0, 7.5).tables[0]
    more = dict(zip(table.column("action"), table.column("more"), strict=True))
    assert more["Keep the previous version"].value == pytest.approx(0.5 * 0.04 * 10_000)
    assert more["Go on without a model"].value == pytest.approx(23 * 0.04 * 10_000)
    assert more["Wait a month"].value == 500


def test_deploying_is_the_cheapest_where_every_rival_is_dearer():
    found = decided(7.0, 7.5)
    assert value(found, "actions.cheapest") == "Deploy now" and value(found, "actions.agrees") is True
    assert value(found, "actions.chance") > 0.99 and not found.findings


def test_money_against_the_gates_is_a_finding_either_way():
    worse, kept = decided(8.0, 7.5), decided(7.0, 7.5, "delay")
    assert value(worse, "actions.cheapest") == "Keep the previous version"
    assert [f.kind for f in worse.findings] == [f.kind for f in kept.findings] == ["verdict"]
    assert value(worse, "actions.chance") < 0.01


@pytest.mark.parametrize(("hoped", "word"), [(500.0, "costs the hoped-for benefit"), (800.0, "dearer")])
def test_waiting_for_what_is_hoped_for_costs_that_hope(hoped: float, word: str):
    facts = (*evidence(7.0, 7.5).facts, Fact(id="business.value_per_month", value=hoped, unit="money"))
    plan = project()
    plan = replace(
        plan, settings=replace(plan.settings, business=replace(plan.settings.business, delay_cost_per_month=500.0))
    )
    table = actions.run(plan, case.found(facts=facts), Decisions(verdict="delay")).tables[0]
    reading = next(row["reading"] for row in table.records if row["action"] == "Wait a month")
    assert isinstance(reading, Mark) and reading.word == word


def test_a_tie_is_told_as_one():
    table = decided(7.5, 7.51).tables[0]
    reading = dict(zip(table.column("action"), table.column("reading"), strict=True))
    assert reading["Keep the previous version"].word == "cannot be told apart"


def test_without_a_price_only_what_is_declared_is_compared():
    found = decided(7.0, 7.5, price=None)
    assert value(found, "actions.count") == 2


@pytest.mark.parametrize(("cost", "word"), [(None, "not priced"), (500.0, "dearer"), (-1.0, "cheaper")])
def test_rules_in_the_place_of_the_model_are_one_of_the_actions(cost: float | None, word: str):
    plan = project()
    business = replace(plan.settings.business, loss_per_unit_error=0.04, rules_cost_per_month=cost)
    plan = replace(plan, settings=replace(plan.settings, business=business))
    table = actions.run(plan, evidence(7.0, 7.5), Decisions(verdict="proceed")).tables[0]
    row = next(row for row in table.records if row["action"] == "Go back to rules")
    assert isinstance(row["reading"], Mark) and (row["reading"].word, row["known"]) == (word, "hoped for")
