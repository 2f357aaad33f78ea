import math
from dataclasses import astuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from generator.stats import proportions as pr


def test_no_trials():
    for make in (pr.wilson, pr.clopper_pearson):
        assert all(math.isnan(v) for v in astuple(make(0, 0)))
        assert all(math.isnan(v) for v in astuple(make(math.nan, 5)))
        assert all(math.isnan(v) for v in astuple(make(7, 5)))
    assert math.isnan(pr.newcombe(0, 0, 1, 5).low)
    assert math.isnan(pr.two_proportion_z(0, 0, 1, 5).p_value)
    assert math.isnan(pr.two_proportion_z(0, 5, 0, 5).p_value)
    assert math.isnan(pr.two_proportion_z(5, 5, 9, 9).statistic)
    assert math.isnan(pr.good_turing_missing_mass(0, 0).high)


WILSON = [
    (0, 10, 0, 0.277533),
    (1, 10, 0.017876, 0.404150),
    (5, 10, 0.236593, 0.763407),
    (60, 500, 0.094375, 0.151420),
    (0, 500, 0, 0.007624),
    (8, 263, 0.015492, 0.058864),
]


@pytest.mark.parametrize(("k", "n", "low", "high"), WILSON)
def test_printed_wilson(k, n, low, high):
    interval = pr.wilson(k, n)
    assert (interval.low, interval.high) == pytest.approx((low, high), abs=5.1e-7)


def test_printed_values():
    coverage = pr.wilson(430, 500)
    assert (coverage.low, coverage.high) == pytest.approx((0.8268, 0.8877), abs=5.1e-5)
    assert pr.clopper_pearson(0, 10).high == pytest.approx(0.308497, abs=5e-7)
    assert pr.clopper_pearson(0, 500).high == pytest.approx(0.007351, abs=5e-7)
    missing = pr.two_proportion_z(300, 15000, 60, 500)
    assert missing.statistic == pytest.approx(14.604352, abs=5e-7)
    assert missing.p_value == pytest.approx(2.63e-48, rel=5e-3)
    interval = pr.newcombe(300, 15000, 60, 500)
    assert (interval.low, interval.high) == pytest.approx((0.074266, 0.131491), abs=5e-7)


@pytest.mark.parametrize(("n", "z", "p"), [(1000, 1.1891, 0.2344), (2000, 1.6816, 0.0926), (5000, 2.6589, 0.00784)])
def test_printed_conversion_tests(n, z, p):
    test = pr.two_proportion_z(0.123 * n, n, 0.141 * n, n)
    assert test.statistic == pytest.approx(z, abs=5.1e-5)
    assert test.p_value == pytest.approx(p, abs=5.1e-5)


@given(st.integers(0, 60), st.integers(1, 60), st.sampled_from([0.8, 0.95, 0.99]))
def test_intervals_agree_with_scipy(k, n, level):
    k = min(k, n)
    for make, method in ((pr.wilson, "wilson"), (pr.clopper_pearson, "exact")):
        expected = stats.binomtest(k, n).proportion_ci(level, method)
        ours = make(k, n, level)
        assert (ours.low, ours.high) == pytest.approx((expected.low, expected.high), abs=1e-9)


@given(st.integers(0, 40), st.integers(1, 40), st.integers(0, 40), st.integers(1, 40))
def test_newcombe_holds_its_estimate_and_turns_with_its_sides(a, m, b, n):
    a, b = min(a, m), min(b, n)
    forth, back = pr.newcombe(a, m, b, n), pr.newcombe(b, n, a, m)
    assert -1 - 1e-9 <= forth.low <= forth.estimate <= forth.high <= 1 + 1e-9
    assert (forth.low, forth.high) == pytest.approx((-back.high, -back.low), abs=1e-9)
