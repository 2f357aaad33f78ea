"""What acting on a probability costs: against counts by hand, and what is said where nothing can be."""

import numpy as np
import pytest

from generator.records.evidence import Evidence
from generator.records.project import Costs, DecisionPolicy, Tier
from generator.subjects.acting import decision
from tests.measure.test_scores import measured, project, rows

COSTS = Costs(true_positive=-130, false_positive=20)


def decided(folder, table=None, **settings) -> Evidence:
    declared = DecisionPolicy(**{"costs": COSTS, **settings})
    ledger = measured(folder, rows() if table is None else table, declared)
    return decision.run(project(folder, declared), ledger)


def test_costs_are_those_of_the_rows(tmp_path):
    table = rows()
    found = decided(tmp_path, table, threshold=0.6)
    y, acted = (table["left"] == "yes").to_numpy(), (table["p"] >= 0.6).to_numpy()
    cost = np.where(acted, np.where(y, -130, 20), 0).mean()
    assert found.fact("decision.current.cost").value == pytest.approx(cost)
    assert found.fact("decision.current.hits").value == pytest.approx(y[acted].mean())
    assert found.fact("decision.current.captured").value == pytest.approx(acted[y].mean())
    assert found.fact("decision.threshold.optimal").value == pytest.approx(20 / 150)
    best = np.where(table["p"] >= 20 / 150, np.where(y, -130, 20), 0).mean()
    less = found.fact("decision.optimal.against_current")
    assert less.value == pytest.approx((best - cost) * 300 * 365.25 / 12, rel=1e-3)  # the nearest edge of a bin
    assert less.low is not None and less.high is not None and less.low < less.value < less.high < 0


def test_a_dear_threshold_is_a_finding_and_a_good_one_is_not(tmp_path):
    assert [f.id for f in decided(tmp_path, threshold=0.8).findings] == ["decision.threshold"]
    assert not decided(tmp_path, threshold=0.133).findings


@pytest.mark.parametrize(("threshold", "told"), [(0.7, False), (0.65, True), (0.8, True), (None, False)])
def test_tiers_and_threshold_act_from_one_probability(tmp_path, threshold, told):
    """Called are those above 0.7 by the tiers; a threshold that says another is a contradiction."""
    tiers = (
        Tier(name="sure", above=0.8, acts=True),
        Tier(name="called", above=0.7, acts=True),
        Tier(name="rest", above=0.0, acts=False),
    )
    found = [one for one in decided(tmp_path, threshold=threshold, tiers=tiers).findings if one.id.endswith(".acts")]
    assert bool(found) is told
    silent = (Tier(name="called", above=0.7), Tier(name="rest", above=0.0))
    assert not [one for one in decided(tmp_path, threshold=0.5, tiers=silent).findings if one.id.endswith(".acts")]


def test_capacity_binds_where_more_cases_pay_than_can_be_acted_on(tmp_path):
    found = decided(tmp_path, threshold=0.5, capacity_per_day=30)
    at = found.fact("decision.capacity.threshold").value
    table = rows()
    assert (table["p"] >= at).sum() / 20 <= 30 < (table["p"] >= at - 0.01).sum() / 20
    assert found.fact("decision.capacity.binds").value is True
    assert found.fact("decision.capacity.shadow_price").value == pytest.approx(150 * at - 20)
    loose = decided(tmp_path, threshold=0.5, capacity_per_day=100_000)
    assert loose.fact("decision.capacity.binds").value is False
    assert loose.fact("decision.capacity.shadow_price").value == 0


def test_tiers_are_held_against_their_rates(tmp_path):
    tiers = (Tier(name="high", above=0.7), Tier(name="middle", above=0.65), Tier(name="low", above=0.0))
    found = decided(tmp_path, tiers=tiers)
    table = rows()
    inside = table["p"].between(0.65, 0.7, inclusive="left")
    rate = (table.loc[inside, "left"] == "yes").mean()
    assert found.fact("decision.tiers.middle.rate").value == pytest.approx(rate)
    assert found.fact("decision.tiers.middle.value").value == pytest.approx(150 * rate - 20)
    same = decided(
        tmp_path, tiers=(Tier(name="a", above=0.7), Tier(name="b", above=0.699), Tier(name="c", above=0.698))
    )
    assert "decision.tiers.b" in {finding.id for finding in same.findings}


def test_a_second_look_pays_beyond_its_cost(tmp_path):
    found = decided(tmp_path, review_cost=3)
    low, high = (found.fact(f"decision.review.{end}").value for end in ("low", "high"))
    assert low == pytest.approx(20 / 150 - 3 / 150) and high == pytest.approx(20 / 150 + 3 / 150)


def test_without_costs_shares_are_told_and_money_is_a_gap(tmp_path):
    found = decided(tmp_path, costs=Costs(), threshold=0.5)
    assert found.fact("decision.threshold.optimal").reason == "not declared (dossier.yaml: decision.costs)"
    assert found.fact("decision.current.acted").value > 0
    assert not any(fact.unit == "money" and fact.value is not None for fact in found.facts)


def test_the_range_as_cheap_as_the_cheapest_holds_the_best_threshold(tmp_path):
    found = decided(tmp_path)
    low, high = (found.fact(f"decision.flat.{end}").value for end in ("low", "high"))
    assert low <= found.fact("decision.threshold.optimal").value + 0.02 and high >= low


@pytest.mark.parametrize(("capacity", "told"), [(1e-6, ["high"]), (1e9, []), (None, [])])
def test_a_tier_that_capacity_does_not_reach_the_end_of_is_told(tmp_path, capacity, told):
    """Of tiers beyond capacity the surest is told, and none that is not worth acting on."""
    tiers = (Tier(name="high", above=0.7), Tier(name="low", above=0.0))
    found = decided(tmp_path, tiers=tiers, capacity_per_day=capacity).findings
    assert [one.subject for one in found if one.id.endswith(".capacity")] == told
