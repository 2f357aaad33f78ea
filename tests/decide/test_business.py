from __future__ import annotations

import pytest

from generator.decide.business import run
from generator.records import project as p
from tests.decide import case

CASE = p.Business(
    loss_per_unit_error=0.02, value_per_month=30_000, value_low=20_000, value_high=40_000, implementation_cost=60_000,
    running_cost_per_year=24_000,
)


def test_nothing_declared_gives_reasons_in_every_line() -> None:
    decided = run(case.project(), case.NOTHING, case.BEFORE)
    assert all(fact.value is None and fact.reason for fact in decided.facts)
    assert all("not available" not in case.plain(row["formula"]) for row in case.rows(decided, "business.terms"))


def test_loss_is_mae_times_rows_times_price_with_the_interval_of_the_mae() -> None:
    decided = run(case.pricing(business=CASE), case.evidence(), case.BEFORE)
    rows = 500 * 365 / 12
    loss = case.known(decided, "business.loss_per_month")
    assert loss.value == pytest.approx(7.05 * rows * 0.02)
    assert (loss.low, loss.high) == pytest.approx((6.9 * rows * 0.02, 7.2 * rows * 0.02))
    increase = case.known(decided, "business.loss_increase_per_month")
    assert increase.value == pytest.approx(0.85 * rows * 0.02)
    assert increase.low == pytest.approx(0.70 * rows * 0.02)


def test_return_is_benefit_less_cost_over_cost() -> None:
    decided = run(case.pricing(business=CASE), case.evidence(), case.BEFORE)
    roi = case.known(decided, "business.roi")
    assert roi.value == pytest.approx((360_000 - 84_000) / 84_000)
    assert (roi.low, roi.high) == pytest.approx(((240 - 84) / 84, (480 - 84) / 84))
    assert case.value(decided, "business.payback") == pytest.approx(60_000 / 28_000)


def test_a_value_below_the_running_cost_is_never_paid_back() -> None:
    poor = p.Business(value_per_month=1_000, implementation_cost=1, running_cost_per_year=24_000)
    decided = run(case.pricing(business=poor), case.evidence(), case.BEFORE)
    assert "does not cover" in case.known(decided, "business.payback").reason
