import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.stats import cluster
from generator.stats.intervals import t_interval
from generator.stats.moments import Moments
from tests.stats import direct


@pytest.mark.parametrize(("entities", "groups"), [(0, 0), (40, 0), (70, 8), (200, 16), (500, 32), (5000, 64)])
def test_groups_to_fold_to(entities, groups):
    assert cluster.fold_groups(entities) == groups
    assert cluster.fold_groups(np.full(64, entities / 64)) == groups


@given(st.integers(0, 10**6), st.integers(0, 1000))
def test_more_entities_never_mean_fewer_groups(n, more):
    assert cluster.fold_groups(n + more) >= cluster.fold_groups(n)


def test_fold_joins_equal_remainders():
    array = np.arange(128.0).reshape(64, 2)
    folded = cluster.fold(array, 16)
    expected = [array[np.arange(64) % 16 == g].sum(axis=0) for g in range(16)]
    np.testing.assert_array_equal(folded, expected)
    np.testing.assert_array_equal(cluster.fold(array, 64), array)


def test_fold_moments_is_the_moments_of_the_joined_groups():
    values = np.random.default_rng(0).normal(size=(64, 5))
    m = direct.of(values.T)
    folded = cluster.fold_moments(m, 8)
    for g in range(8):
        whole = direct.of(values[np.arange(64) % 8 == g].ravel())
        for field in ("n", "mean", "m2", "m3", "m4"):
            np.testing.assert_allclose(getattr(folded, field)[g], getattr(whole, field), rtol=1e-10, atol=1e-12)
    assert isinstance(folded, Moments)


def test_jackknife_of_a_mean_is_its_variance():
    x = np.random.default_rng(1).normal(size=(20, 3))
    theta = cluster.leave_one_out_sums(x) / 19
    np.testing.assert_allclose(cluster.jackknife_variance(theta), x.var(axis=0, ddof=1) / 20, rtol=1e-12)
    np.testing.assert_allclose(cluster.jackknife_covariance(theta), np.cov(x.T) / 20, rtol=1e-10)


def test_jackknife_not_computable():
    assert np.isnan(cluster.jackknife_variance([1.0]))
    assert np.isnan(cluster.jackknife_variance(np.empty(0)))
    assert np.isnan(cluster.jackknife_variance([1.0, np.nan, 2.0]))
    assert np.isnan(cluster.jackknife_variance([1.0, np.inf, 2.0]))
    assert np.isnan(cluster.jackknife_covariance(np.ones((1, 2)))).all()
    assert float(cluster.jackknife_variance([2.0, 2.0, 2.0])) == 0.0


def test_jackknife_covers_where_rows_do_not():
    rng = np.random.default_rng(7)
    hits = naive = 0
    for _ in range(300):
        rows = rng.normal(size=(500, 1)) * math.sqrt(0.5) + rng.normal(size=(500, 30)) * math.sqrt(0.5)
        sums = np.bincount(rng.integers(0, 32, 500), rows.sum(axis=1), 32)
        counts = np.full(32, 500 * 30 / 32)
        theta = cluster.leave_one_out_sums(sums) / cluster.leave_one_out_sums(counts)
        interval = t_interval(rows.mean(), float(cluster.jackknife_variance(theta)), 31)
        hits += interval.low <= 0 <= interval.high
        naive += abs(rows.mean()) < 1.96 * rows.std() / math.sqrt(rows.size)
    assert hits / 300 > 0.91
    assert naive / 300 < 0.5


def ar1(rng, phi, days):
    e = rng.standard_normal(days)
    x = [e[0]]
    for t in range(1, days):
        x.append(phi * x[-1] + math.sqrt(1 - phi**2) * e[t])
    return np.array(x)


@pytest.mark.parametrize(("phi", "days", "least"), [(0.0, 30, 0.93), (0.5, 30, 0.88), (0.5, 90, 0.92)])
def test_days_interval_covers(phi, days, least):
    rng = np.random.default_rng(5)
    hits = 0
    for _ in range(300):
        x = ar1(rng, phi, days)
        v = cluster.ar1_day_variance(x)
        interval = t_interval(float(x.mean()), v.se2, v.df)
        hits += interval.low <= 0 <= interval.high
    assert hits / 300 >= least


def test_printed_lag_one_correlation_enters_with_its_correction():
    x = np.array([1.0, 2, 3, 4, 5, 4, 3, 2, 1])
    assert cluster.ar1_day_variance(x).phi > 0.5


def test_a_planted_trend_is_not_read_as_correlation():
    rng = np.random.default_rng(3)
    v = cluster.ar1_day_variance(np.linspace(8.5, 10.5, 30) + rng.normal(0, 0.4, 30))
    assert v.phi < 0.4
    assert math.sqrt(v.se2) < 0.15


def test_weekly_cycle_is_taken_out():
    days = np.arange(42)
    noise = np.random.default_rng(0).normal(0, 0.1, 42)
    with_week = cluster.ar1_day_variance(np.sin(2 * np.pi * days / 7) + noise)
    assert with_week.se2 == pytest.approx(cluster.ar1_day_variance(noise).se2, rel=0.2)


def test_weights_scale_out_and_empty_days_are_left_out():
    rng = np.random.default_rng(1)
    x = rng.normal(size=20)
    w = rng.integers(5, 50, 20).astype(float)
    assert cluster.ar1_day_variance(x, w).se2 == pytest.approx(cluster.ar1_day_variance(x, 7 * w).se2)
    gaps = np.concatenate([x[:10], [np.nan], x[10:]])
    zeros = np.concatenate([x[:10], [99.0], x[10:]])
    weights = np.concatenate([w[:10], [0.0], w[10:]])
    assert cluster.ar1_day_variance(gaps, weights).se2 == cluster.ar1_day_variance(zeros, weights).se2


def test_days_not_computable_and_constant():
    assert math.isnan(cluster.ar1_day_variance([]).se2)
    assert math.isnan(cluster.ar1_day_variance([1.0, 2.0, np.nan, 4.0]).se2)
    constant = cluster.ar1_day_variance(np.full(30, 0.1))
    assert (constant.se2, constant.phi) == (0.0, 0.0)


def test_two_directions():
    assert cluster.two_way(4.0, 3.0, 1.0) == 6.0
    assert cluster.two_way(4.0, 3.0, 9.0) == 4.0
    assert cluster.two_way(math.nan, 3.0, 1.0) == 3.0
    assert cluster.two_way(4.0, math.nan, 1.0) == 4.0
    assert cluster.two_way(4.0, 3.0, math.nan) == 7.0
    assert math.isnan(cluster.two_way(math.nan, math.nan, 1.0))
    assert cluster.two_way_df(32, 20.0) == 19.0
    assert cluster.two_way_df(32, 2.0) == 3.0
    assert cluster.two_way_df(32, math.nan) == 31.0
    assert math.isnan(cluster.two_way_df(0, math.nan))
