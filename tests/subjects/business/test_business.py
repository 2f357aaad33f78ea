import pytest

from generator.records import project as p
from generator.subjects.business.business import run
from tests.subjects import case

CASE = p.Business(
    loss_per_unit_error=0.02,
    value_per_month=30_000,
    value_low=20_000,
    value_high=40_000,
    implementation_cost=60_000,
    running_cost_per_year=24_000,
)


def test_nothing_declared_gives_reasons_in_every_line() -> None:
    decided = run(case.project(), case.NOTHING, case.BEFORE)
    assert all(fact.value is None and fact.reason for fact in decided.facts)


def test_loss_is_mae_times_rows_times_price_with_the_interval_of_the_mae() -> None:
    decided = run(case.pricing(business=CASE), case.evidence(), case.BEFORE)
    rows = 500 * 365.25 / 12
    loss = case.known(decided, "business.loss_per_month")
    assert loss.value == pytest.approx(7.05 * rows * 0.02)
    assert (loss.low, loss.high) == pytest.approx((6.9 * rows * 0.02, 7.2 * rows * 0.02))
    increase = case.known(decided, "business.loss_increase_per_month")
    assert increase.value == pytest.approx(0.85 * rows * 0.02)
    assert increase.low == pytest.approx(0.70 * rows * 0.02)


def test_a_proven_rise_has_a_price_of_its_own() -> None:
    lately = case.fact("performance.mae.recent", 8.2, low=8.0, high=8.4, unit="money")
    for proven, recent in ((True, (8.2 - 6.2) * 500 * 365.25 / 12 * 0.02), (False, None)):
        evidence = case.evidence(lately, case.fact("performance.mae.recent_material", proven))
        found = case.known(
            run(case.pricing(business=CASE), evidence, case.BEFORE), "business.loss_increase_recent_per_month"
        )
        assert found.value == (None if recent is None else pytest.approx(recent))


def test_the_value_of_a_month_is_the_declared_one_with_its_range() -> None:
    value = case.known(run(case.pricing(business=CASE), case.evidence(), case.BEFORE), "business.value_per_month")
    assert (value.value, value.low, value.high, value.origin) == (30_000, 20_000, 40_000, "declared")


def test_else_it_is_effect_times_volume_times_value_with_the_interval_of_the_effect() -> None:
    driven = p.Business(
        effect=p.RangedAmount(value=0.022, low=0.01, high=0.03),
        volume_per_month=p.RangedAmount(value=20_000),
        value_per_unit=p.RangedAmount(value=47_000),
    )
    value = case.known(run(case.project(business=driven), case.NOTHING, case.BEFORE), "business.value_per_month")
    assert value.value == pytest.approx(20_680_000)
    assert (value.low, value.high) == pytest.approx((9_400_000, 28_200_000))


@pytest.mark.parametrize(("counted", "more"), [(None, None), (20, False), (60, True)])
def test_a_hope_that_counts_on_more_cases_than_are_acted_on_says_so(counted: int | None, more: bool | None) -> None:
    project = case.project(business=p.Business(value_per_month=1e4, acted_per_day=counted))
    acted = case.fact("decision.acted_per_day", 23.8, unit="per day")
    decided = run(project, case.evidence(acted), case.BEFORE)
    assert case.value(decided, "business.acts_on_more") is more


@pytest.mark.parametrize(("counted", "capacity", "told"), [(60, 50, 1), (60, 60, 0), (None, 50, 0), (60, None, 0)])
def test_a_hope_that_counts_on_more_cases_than_capacity_allows_is_a_finding(
    counted: int | None, capacity: int | None, told: int
) -> None:
    business, decision = p.Business(acted_per_day=counted), p.DecisionPolicy(capacity_per_day=capacity)
    found = run(case.project(business=business, decision=decision), case.NOTHING, case.BEFORE).findings
    assert [one.claim.borne_out for one in found if one.id == "business.beyond_capacity"] == [True] * told
