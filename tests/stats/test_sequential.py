import math

import numpy as np
import pytest
from scipy import stats

from generator.stats import sequential as se

ARMS = [
    (0.123, 0.141, 0.8, 5551),
    (0.123, 0.141, 0.9, 7430),
    (0.123, 0.145, 0.8, 3763),
    (0.123, 0.145, 0.9, 5037),
    (0.008, 0.009, 0.8, 132_296),
    (0.68, 0.72, 0.8, 2060),
]


@pytest.mark.parametrize(("share0", "share1", "power", "rows"), ARMS)
def test_printed_sizes(share0, share1, power, rows):
    assert se.rows_per_arm(share0, share1, power=power) == pytest.approx(rows, abs=1)


def test_printed_other_sizes():
    assert se.rows_per_arm_non_inferiority(0.008, 0.002) == pytest.approx(31_145, abs=1)
    assert se.rows_paired(10, 1) == math.ceil((1.6448536 + 0.8416212) ** 2 * 100)
    assert se.rows_paired(10, 1, design_effect=2) == pytest.approx(2 * se.rows_paired(10, 1), abs=2)


def test_never_enough():
    assert se.rows_per_arm(0.1, 0.1) == math.inf
    assert se.rows_per_arm_non_inferiority(0.1, 0.0) == math.inf
    assert se.rows_paired(10, 1, expected=1) == math.inf


def test_not_computable():
    assert math.isnan(se.confidence_sequence(0.1, 0.0, 0.04).low)
    assert math.isnan(se.sample_ratio_mismatch([10]).p_value)
    assert math.isnan(se.sample_ratio_mismatch([0, 0]).p_value)
    assert math.isnan(se.sample_ratio_mismatch([5, 5], [1, 0]).p_value)


def test_printed_sequence():
    assert se.confidence_sequence(0.0, 0.01, 0.04).high == pytest.approx(0.308239, abs=5.1e-7)


HALVES = [(1000, 0.050235), (2000, 0.033234), (5000, 0.020549), (10000, 0.014690)]


@pytest.mark.parametrize(("n", "half"), HALVES)
def test_printed_conversion_sequence(n, half):
    variance = 2 * 0.132 * 0.868 / n
    sequence = se.confidence_sequence(0.018, variance, 0.02**2)
    assert sequence.high - sequence.estimate == pytest.approx(half, abs=5.1e-7)


def test_looking_at_any_time_keeps_the_error():
    x = np.cumsum(np.random.default_rng(3).normal(size=(1500, 2000)), axis=1)
    n = np.arange(1, 2001)
    false = 0
    for path in x:
        half = np.sqrt((1 / n) * (1 / n + 0.04) / 0.04 * np.log((1 / n + 0.04) / (1 / n * 0.05**2)))
        false += bool((np.abs(path / n) > half)[49:].any())
    assert half[99] == pytest.approx(se.confidence_sequence(0.0, 0.01, 0.04).high)
    assert false / 1500 <= 0.05


def test_printed_mismatch():
    test = se.sample_ratio_mismatch([10000, 10300])
    assert (test.statistic, test.p_value) == pytest.approx((4.4335, 0.0352), abs=5.1e-5)
    expected = stats.chisquare([900, 8900], [980, 8820])
    ours = se.sample_ratio_mismatch([900, 8900], [1, 9])
    assert (ours.statistic, ours.p_value) == pytest.approx((expected.statistic, expected.pvalue))


def test_variance_that_narrows_the_confidence_sequence_to_the_margin():
    variance = se.variance_to_decide(0.05, 0.05**2)
    assert se.confidence_sequence(0.0, variance, 0.05**2).high == pytest.approx(0.05)
    assert se.variance_to_decide(0.05, 0.05**2, 0.99) < variance
    assert se.variance_to_decide(0.0, 0.01) == 0.0
