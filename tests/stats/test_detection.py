import math

import numpy as np
import pytest
from scipy import stats

from generator.stats import detection


def test_a_window_with_one_row_an_entity_has_no_design_effect() -> None:
    assert detection.window_design_effect(15.5, 30, 1) == 1.0
    assert detection.window_design_effect(15.5, 30, 30) == pytest.approx(15.5)
    assert detection.window_design_effect(15.5, 30, 7) == pytest.approx(1 + 6 * 0.5)
    assert detection.window_design_effect(0.8, 30, 7) == 1.0


def test_days_with_the_same_entities_are_alike() -> None:
    """One row an entity a day: the correlation of two days' means is that of an entity's rows."""
    assert detection.shared_part(15.5, 30, 1) == pytest.approx(0.5)
    assert detection.shared_part(15.5, 30, 0.1) == pytest.approx(0.05 / 0.55)
    assert detection.shared_part(0.9, 30, 1) == detection.shared_part(3.0, 1, 1) == 0.0


def test_any_of_independent_events() -> None:
    assert detection.any_of([]) == 0.0
    assert detection.any_of([0.5, 0.5]) == pytest.approx(0.75)
    assert detection.any_of([1.0, 0.2]) == pytest.approx(1.0)


def test_identical_models_break_a_five_percent_rule_on_thirty_percent_of_days() -> None:
    normal = detection.ratio_rule_false_alarm(1.05, 50, 450, 3.0, seed=1)
    assert normal == pytest.approx(stats.f.sf(1.05**2, 50, 450), abs=0.012)
    assert normal == pytest.approx(0.30, abs=0.012)
    assert detection.ratio_rule_false_alarm(1.05, 50, 450, 9.0, seed=1) == pytest.approx(0.31, abs=0.015)
    assert normal == detection.ratio_rule_false_alarm(1.05, 50, 450, 3.0, seed=1)
    assert math.isnan(detection.ratio_rule_false_alarm(1.05, 0, 450, 3.0, seed=1))


def test_poisson_rate_agrees_with_the_rule_of_three_and_garwood() -> None:
    assert detection.poisson_rate(0, 100, level=0.90).high == pytest.approx(-math.log(0.05) / 100)
    ten = detection.poisson_rate(10, 1)
    assert (ten.low, ten.high) == pytest.approx((4.795, 18.39), abs=0.005)
    assert math.isnan(detection.poisson_rate(1, 0).estimate)


def test_breaches_of_normal_quantities() -> None:
    assert detection.exceeds_normal(0, 1, 1.6448536) == pytest.approx(0.05, abs=1e-6)
    assert detection.exceeds_normal(5, 0, 4) == 1.0
    assert detection.mae_breach(6.0, 8.2, 6.0, 500) == pytest.approx(0.5)
    assert math.isnan(detection.mae_breach(8.2, 6.0, 7.0, 500))
    assert detection.bias_breach(8.0, 8.0 * 1.959964 / math.sqrt(500), 500) == pytest.approx(0.05, abs=1e-6)
    assert detection.psi_breach(stats.chi2.isf(0.05, 9) / 500, 500) == pytest.approx(0.05)
    assert detection.sd_change_flag(0.3, 500) < 1e-6 < detection.sd_change_flag(0.3, 17)


@pytest.mark.parametrize("shift", [0.03, 0.06])
def test_the_psi_of_drawn_rows_breaches_as_often_as_told(shift: float) -> None:
    """Ten even bins of which one gains what another loses, 4,599 rows a window, drawn 4,000 times."""
    before = np.full(10, 0.1)
    after = before + shift * np.eye(10)[0] - shift * np.eye(10)[1]
    true, rows = float(((after - before) * np.log(after / before)).sum()), 4_599
    share = (np.random.default_rng(7).multinomial(rows, after, size=4_000) + 0.5) / (rows + 5)
    drawn = ((share - before) * np.log(share / before)).sum(axis=1)
    for part in (0.1, 0.5, 0.9):
        limit = float(np.quantile(drawn, 1 - part))
        assert detection.psi_breach(limit, rows, true=true) == pytest.approx(part, abs=0.06)
        assert detection.psi_breach(limit, rows, true=detection.visible_psi(limit, rows, part)) == pytest.approx(part)


def test_the_mean_over_features_needs_features() -> None:
    assert math.isnan(detection.mean_abs_change_flag([], 0.2, 500))
    assert detection.mean_abs_change_flag([1.0] * 50, math.sqrt(2 / math.pi / 500), 500) == pytest.approx(0.5)


def test_what_is_visible_lies_beyond_the_limit() -> None:
    assert detection.visible_rmse(10, 3, 500) == pytest.approx(10 * math.exp(0.8416212 * math.sqrt(1 / 1000)))
    assert math.isnan(detection.visible_rmse(10, 3, 0))
