import math

import numpy as np
import pytest
from scipy import stats

from generator.stats import alarms as al


def test_not_computable():
    assert math.isnan(al.rmse_breach_normal(8.2, 10, 0))
    assert math.isnan(al.rmse_breach_normal(0.0, 10, 50))
    assert math.isnan(al.rmse_breach_simulated(8.2, 10, 0, 3.0, 1).value)
    assert math.isnan(al.rmse_breach_simulated(8.2, 10, 9, math.nan, 1).value)
    assert math.isnan(al.share_breach(0.1, 0.2, 0))
    assert math.isnan(al.share_breach(math.nan, 0.2, 10))
    assert math.isnan(al.share_breach(0.1, math.nan, 10))
    assert math.isnan(al.rmse_breach_normal(8.2, 10, 9, 0.0))
    assert math.isnan(al.rmse_breach_simulated(8.2, 10, math.inf, 3.0, 1).value)
    assert math.isnan(al.rmse_breach_simulated(8.2, math.nan, 9, 3.0, 1).value)
    assert math.isnan(al.rmse_breach_simulated(8.2, 10, 9, math.inf, 1).value)
    assert math.isnan(al.mean_change_flag(1.0, math.nan, 0.2, 500))
    assert math.isnan(al.mean_change_flag(1.0, 1.0, 0.2, 0))


PRINTED = [(17, 0.089, 0.13), (50, 0.014, 0.077), (100, 0.001, 0.039), (500, 0.0, 0.003)]


@pytest.mark.parametrize(("rows", "normal", "t5"), PRINTED)
def test_printed_daily_rmse_breaches(rows, normal, t5):
    assert al.rmse_breach_normal(8.2, 10, rows) == pytest.approx(normal, abs=5.1e-4)
    simulated = al.rmse_breach_simulated(8.2, 10, rows, 9.0, seed=1)
    assert simulated.value == pytest.approx(t5, abs=0.005 + 4 * simulated.se)


@pytest.mark.parametrize("rows", [1, 17, 100, 500])
def test_simulation_without_heavy_tails_is_the_exact_case(rows):
    limit = 8.2 * (1 + 1.0 / math.sqrt(2 * rows))
    simulated = al.rmse_breach_simulated(8.2, limit, rows, 3.0, seed=2)
    assert simulated.value == pytest.approx(al.rmse_breach_normal(8.2, limit, rows), abs=5 * simulated.se)


def test_simulation_repeats():
    first = al.rmse_breach_simulated(8.2, 8.3, 10_037, 9.0, seed=5)
    assert first == al.rmse_breach_simulated(8.2, 8.3, 10_037, 9.0, seed=5)
    assert first != al.rmse_breach_simulated(8.2, 8.3, 10_037, 9.0, seed=6)


def test_correlated_rows_breach_more():
    assert al.rmse_breach_normal(8.2, 10, 500, 10.0) == pytest.approx(al.rmse_breach_normal(8.2, 10, 50))
    assert al.rmse_breach_simulated(8.2, 10, 500, 9.0, 1, 10.0) == al.rmse_breach_simulated(8.2, 10, 50, 9.0, 1)


def test_share_breach_agrees_with_scipy():
    assert al.share_breach(0.02, 0.04, 100) == pytest.approx(stats.binom.sf(4, 100, 0.02))
    assert al.share_breach(0.02, 0.15, 20) == pytest.approx(stats.binom.sf(3, 20, 0.02))
    size = (1 - 4 / 99) / (4 / 99)
    expected = stats.betabinom.sf(4, 100, 0.02 * size, 0.98 * size)
    assert al.share_breach(0.02, 0.04, 100, 5.0) == pytest.approx(expected)
    assert al.share_breach(0.0, 0.1, 100, 5.0) == 0.0
    assert al.share_breach(0.5, -0.1, 10) == 1.0
    assert al.share_breach(0.5, 1.0, 10) == 0.0
    assert al.share_breach(0.3, 0.5, 1, 3.0) == pytest.approx(0.3)


@pytest.mark.parametrize(("limit", "rows", "power"), [(0.02, 657, 0.052), (0.1, 50, 0.8), (0.0, 30, 0.5)])
def test_the_least_share_that_is_seen_is_seen_that_often(limit, rows, power):
    least = al.visible_share(limit, rows, power)
    assert al.share_breach(least, limit, rows) == pytest.approx(power)
    assert math.isnan(al.visible_share(1.0, rows, power))


@pytest.mark.parametrize(("ratio", "p"), [(0.05, 0.82), (0.10, 0.65), (0.25, 0.26), (0.5, 0.025), (1, 8e-6)])
def test_printed_mean_change_flags(ratio, p):
    assert al.mean_change_flag(ratio, 1.0, 0.2, 500) == pytest.approx(p, rel=0.05)


def test_mean_change_flag_with_a_sampled_reference():
    rng = np.random.default_rng(0)
    m0, m1 = 0.5 + rng.normal(size=(2, 200_000)) / np.sqrt([[300], [100]])
    simulated = (np.abs(m1 - m0) > 0.2 * np.abs(m0)).mean()
    assert al.mean_change_flag(0.5, 1.0, 0.2, 100, 300) == pytest.approx(simulated, abs=0.01)
    assert al.mean_change_flag(0.5, 0.0, 0.2, 100) == 0.0
    assert al.mean_change_flag(0.0, 1.0, 0.2, 100) == pytest.approx(1.0)


def test_printed_break_even():
    assert al.break_even_mae(6.0, 300, 500, 0.02, 30) == pytest.approx(7.0)
    assert al.break_even_mae(8.20, 350, 0, 0.02, 30) == math.inf


DETECT = {1.05: (1299, 3247, 5195, 9091), 1.10: (341, 851, 1362, 2383), 1.25: (62, 155, 248, None)}
