import math
from typing import Any

import numpy as np
import pytest

from generator.records import project as p
from generator.records.decision import Decisions
from generator.subjects.business import business, business_case
from tests.subjects import case

CASE = p.Business(
    value_per_month=30_000,
    value_low=20_000,
    value_high=40_000,
    implementation_cost=60_000,
    running_cost_per_year=24_000,
)
LEADS = p.Business(
    effect=p.RangedAmount(value=0.018, low=0.0047, high=0.0313, shape="normal"),
    volume_per_month=p.RangedAmount(value=20_000),
    value_per_unit=p.RangedAmount(value=47_000),
    contribution_margin=p.RangedAmount(value=0.3, low=0.2, high=0.45),
    attributable=p.RangedAmount(value=0.5),
    implementation_cost=85_000,
    running_cost_per_year=60_000,
    effect_target=0.022,
    horizon_months=24,
    discount_rate=0.08,
    ramp_months=6,
)


def decided(declared: p.Business, *facts: Any, sha: str = "0") -> Decisions:
    """Return the case of a declared business, after the value of a month."""
    project = case.project(business=declared)
    project = type(project)(**{**vars(project), "sha256": sha})
    evidence = case.evidence(*facts)
    return business_case.run(project, evidence, business.run(project, evidence, case.BEFORE))


def test_nothing_declared_gives_reasons_in_every_line() -> None:
    found = decided(p.Business())
    worth = [
        fact
        for fact in found.facts
        if fact.id not in ("business.horizon", "business.discount_rate", "business.full_months")
    ]
    assert len(worth) > 10
    assert all(fact.value is None and fact.reason for fact in worth)
    for name in ("case", "inputs", "tornado", "target"):
        assert not case.rows(found, f"business.{name}")


def test_return_is_benefit_less_cost_over_cost() -> None:
    found = decided(CASE)
    roi = case.known(found, "business.roi")
    assert roi.value == pytest.approx((360_000 - 84_000) / 84_000)
    assert (roi.low, roi.high) == pytest.approx(((240 - 84) / 84, (480 - 84) / 84))
    assert case.value(found, "business.payback") == pytest.approx(60_000 / 28_000)


def test_a_value_below_the_running_cost_is_never_paid_back() -> None:
    found = decided(p.Business(value_per_month=1_000, implementation_cost=1, running_cost_per_year=24_000))
    assert "does not cover" in case.known(found, "business.payback").reason
    assert "not paid back" in case.known(found, "business.payback_discounted").reason
    assert case.value(found, "business.npv") == pytest.approx(12_000 - 1 - 24_000)
    assert case.known(found, "business.loss_probability").value is None


def test_case_studys_ratio_is_no_return_on_investment() -> None:
    year = p.Business(value_per_month=150_000_000 / 12, implementation_cost=85_000, running_cost_per_year=60_000)
    found = decided(year)
    assert case.value(found, "business.benefit_cost_ratio") == pytest.approx(1_034.5, abs=0.05)
    assert case.value(found, "business.roi_horizon") == pytest.approx(1_033.5, abs=0.05)


def test_net_present_value_by_the_month() -> None:
    found = decided(LEADS)
    full = 20_000 * 0.018 * 47_000 * 0.3 * 0.5
    share = [min(1.0, (m + 0.5) / 6) for m in range(24)]
    by_hand = -85_000 + sum((full * part - 5_000) / 1.08 ** ((month + 1) / 12) for month, part in enumerate(share))
    assert case.value(found, "business.npv") == pytest.approx(by_hand)
    assert case.value(found, "business.full_months") == pytest.approx(9)


def test_break_even_effect_is_cost_over_everything_else() -> None:
    found = decided(p.Business(**{**vars(LEADS), "discount_rate": 0.0, "ramp_months": None, "horizon_months": 12}))
    expected = 145_000 / (20_000 * 12 * 47_000 * 0.3 * 0.5)
    assert case.value(found, "business.break_even.effect") == pytest.approx(expected)


def test_at_its_break_even_an_input_leaves_nothing() -> None:
    found = decided(LEADS)
    for key in ("effect", "contribution_margin"):
        level = case.value(found, f"business.break_even.{key}")
        again = decided(p.Business(**{**vars(LEADS), key: p.RangedAmount(value=level)}))
        assert case.value(again, "business.npv") == pytest.approx(0, abs=1e-3)


def test_draws_agree_with_an_independent_simulation() -> None:
    found = decided(LEADS)
    rng = np.random.default_rng(0)
    size = 400_000
    effect = rng.normal(0.018, (0.0313 - 0.0047) / (2 * 1.959964), size)
    margin = 0.2 + 0.25 * rng.beta(1 + 4 * 0.4, 1 + 4 * 0.6, size)
    months = np.arange(1, 25)
    discounted = (np.minimum(1.0, (months - 0.5) / 6) / 1.08 ** (months / 12)).sum()
    cost = 85_000 + 5_000 * (1 / 1.08 ** (months / 12)).sum()
    worth = 20_000 * effect * 47_000 * margin * 0.5 * discounted - cost
    names = ("business.npv.p5", "business.npv.p50", "business.npv.p95")
    assert [case.value(found, name) for name in names] == pytest.approx(np.quantile(worth, [0.05, 0.5, 0.95]), rel=0.02)
    for name in ("business.loss_probability", "business.evpi"):
        assert "declared and not measured" in case.known(found, name).reason
    measured = case.fact("experiments.ab.conversion.difference", 0.018, low=0.0047, high=0.0313, n=9_000)
    found = decided(p.Business(**{**vars(LEADS), "effect_from": measured.id}), measured)
    assert case.value(found, "business.loss_probability") == pytest.approx((worth < 0).mean(), abs=0.003)
    certain = np.maximum(worth, 0).mean() - worth.mean()
    assert case.value(found, "business.evpi") == pytest.approx(certain, rel=0.25)


def test_draws_belong_to_the_project_file() -> None:
    one, same, other = (decided(LEADS, sha=sha) for sha in ("abc1", "abc1", "abc2"))
    assert case.value(one, "business.npv.p5") == case.value(same, "business.npv.p5")
    assert case.value(one, "business.npv.p5") != case.value(other, "business.npv.p5")
    assert case.known(one, "business.npv.p5").origin == "simulated"


def test_the_widest_swing_comes_first() -> None:
    rows = case.rows(decided(LEADS), "business.tornado")
    assert [row["input"] for row in rows] == ["Effect per unit of volume", "Contribution margin"]
    swings = [float(case.plain(row["swing"])) for row in rows]
    assert swings == sorted(swings, reverse=True)


def test_a_measured_effect_goes_before_the_declared_one() -> None:
    measured = case.fact("experiments.ab.conversion.difference", 0.01, low=0.002, high=0.018, n=9_000)
    found = decided(p.Business(**{**vars(LEADS), "effect_from": measured.id}), measured)
    assert case.value(found, "business.input.effect") == 0.01
    assert case.known(found, "business.input.effect").n == 9_000


def test_target_stands_beside_measurement() -> None:
    rows = case.rows(decided(LEADS), "business.target")
    yearly = [float(case.plain(row["benefit"])) for row in rows]
    assert [row["basis"] for row in rows] == ["Target", "Measured"]
    assert yearly[0] / yearly[1] == pytest.approx(0.022 / 0.018)


def test_revenue_counted_as_benefit_is_told() -> None:
    gross = p.Business(**{**vars(LEADS), "contribution_margin": None})
    assert [finding.id for finding in decided(gross).findings] == ["business.gross"]
    needed = case.value(decided(gross), "business.margin_needed")
    assert case.value(
        decided(p.Business(**{**vars(LEADS), "contribution_margin": p.RangedAmount(value=needed)})), "business.npv"
    ) == pytest.approx(0, abs=1e-3)
    assert case.value(decided(LEADS), "business.margin_needed") is None
    assert not decided(LEADS).findings


def test_costs_of_retraining_and_false_alarms_follow_from_the_plans() -> None:
    costs = (
        p.Cost(name="runs", kind="retraining"),
        p.Cost(name="calls", kind="false alarms", each=100),
        p.Cost(name="duty", kind="on-call", per_year=9_000, low=6_000, high=13_500),
        p.Cost(name="licence", once=500),
    )
    plans = (
        case.fact("retraining.recommended.cost_per_year", 4_000.0),
        case.fact("alerts.total.false_alarms_per_month", 2.5),
    )
    found = decided(p.Business(**{**vars(CASE), "costs": costs}), *plans)
    assert case.value(found, "business.cost_first_year") == pytest.approx(84_000 + 4_000 + 3_000 + 9_000 + 500)
    assert "Retraining" not in {row["input"] for row in case.rows(found, "business.tornado")}
    assert not math.isclose(case.value(found, "business.tornado.cost.duty.per_year.swing"), 0)


def test_expected_losses_stand_in_the_case_that_of_ageing_only_where_it_is_proven() -> None:
    incidents = case.fact("risks.expected_loss_per_year", 6_000.0)
    ageing = case.fact("retraining.recommended.staleness_per_year", 1_000.0, low=500.0, high=2_000.0)
    unproven = decided(CASE, incidents, ageing)
    assert case.value(unproven, "business.cost_first_year") == pytest.approx(84_000 + 6_000)
    assert case.value(unproven, "business.ageing_left_out") == 1_000.0, "what is left out is told"
    free = decided(CASE, incidents, case.fact("retraining.recommended.staleness_per_year", 0.0))
    names = ("business.ageing_left_out", "business.input.ageing")
    assert all(one.value is None for one in free.facts if one.id in names), "nothing is told of an ageing of nothing"
    proven = decided(CASE, incidents, ageing, case.fact("retraining.ageing.visible", True))
    assert case.value(proven, "business.ageing_left_out") is None
    assert case.value(proven, "business.cost_first_year") == pytest.approx(84_000 + 7_000)
    assert case.value(proven, "business.payback") == pytest.approx(60_000 / (30_000 - 31_000 / 12))
    assert case.value(decided(p.Business(), incidents), "business.cost_first_year") is None
