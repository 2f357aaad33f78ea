"""What each action would cost beside deploying, and whether money and gates agree."""

from dataclasses import replace

import pytest

from generator.records.decision import Decisions
from generator.records.evidence import Evidence
from generator.records.fact import SAMPLING, Fact
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
    assert more["Guess naively instead"].value == pytest.approx(23 * 0.04 * 10_000)


def test_what_the_team_states_stands_beside_nothing_that_the_rows_tell():
    """A hope and an estimate have no common basis: neither in one table nor in the choice of the cheapest."""
    plan = project()
    business = replace(
        plan.settings.business, loss_per_unit_error=0.04, rules_cost_per_month=-1.0, delay_cost_per_month=500.0
    )
    plan = replace(plan, settings=replace(plan.settings, business=business))
    found = actions.run(plan, evidence(7.0, 7.5), Decisions(verdict="proceed"))
    assert found.tables[0].column("action") == ("Keep the previous version", "Guess naively instead")
    assert value(found, "actions.cheapest") == "Deploy now"
    assert (value(found, "actions.rules.more_per_month"), value(found, "actions.delay.more_per_month")) == (-1.0, 500.0)


def test_deploying_is_the_cheapest_where_every_rival_is_dearer():
    found = decided(7.0, 7.5)
    assert value(found, "actions.cheapest") == "Deploy now" and value(found, "actions.agrees") is True
    assert value(found, "actions.chance") > 0.99 and not found.findings


def test_money_against_the_gates_is_a_finding_either_way():
    worse, kept = decided(8.0, 7.5), decided(7.0, 7.5, "delay")
    assert value(worse, "actions.cheapest") == "Keep the previous version"
    assert [f.kind for f in worse.findings] == [f.kind for f in kept.findings] == ["verdict"]
    assert value(worse, "actions.chance") < 0.01


def test_a_tie_is_told_as_one():
    table = decided(7.5, 7.51).tables[0]
    reading = dict(zip(table.column("action"), table.column("reading"), strict=True))
    assert reading["Keep the previous version"].word == "cannot be told apart"


def test_without_a_price_nothing_is_compared():
    found = decided(7.0, 7.5, price=None)
    assert value(found, "actions.count") == 1 and value(found, "actions.cheapest") is None
