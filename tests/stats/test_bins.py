import math
from dataclasses import astuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from generator.stats import bins

REF = [100, 200, 300, 250, 150]
PROD = [120, 180, 260, 260, 180]
counts = arrays(np.float64, 6, elements=st.integers(0, 1000).map(float)).filter(lambda c: c.sum() > 0)
samples = st.lists(st.floats(0, 10, width=16), min_size=1, max_size=40)


@pytest.mark.parametrize("empty", [[], [0, 0]])
def test_no_rows(empty):
    other = [1] * len(empty)
    assert all(math.isnan(v) for v in astuple(bins.ks(empty, other)))
    assert math.isnan(bins.quantile(empty, np.arange(len(empty) + 1), 0.5).value)


def test_no_rows_for_wasserstein():
    assert all(math.isnan(v) for v in astuple(bins.wasserstein([0, 0], [1, 1], [0, 1, 2])))


def test_printed_values():
    assert bins.ks(REF, PROD).value == pytest.approx(0.04)


@given(samples, samples)
def test_bounds_hold_the_exact_distances(x, y):
    edges = np.array([0, 1, 2.5, 3, 6, 10.0])
    q, p = np.histogram(x, edges)[0], np.histogram(y, edges)[0]
    ks, w1 = bins.ks(q, p), bins.wasserstein(q, p, edges)
    jumps = np.array([*x, *y])[:, None]
    exact = np.abs((np.array(x) <= jumps).mean(axis=1) - (np.array(y) <= jumps).mean(axis=1)).max()
    assert ks.low - 1e-9 <= exact <= ks.high + 1e-9
    assert w1.low - 1e-9 <= stats.wasserstein_distance(x, y) <= w1.high + 1e-9


def test_fine_bins_come_close():
    x, y = np.arange(1.0, 21), 1.3 * np.arange(1.0, 21) + 1
    edges = np.linspace(0.5, 27.5, 2701)
    q, p = np.histogram(x, edges)[0], np.histogram(y, edges)[0]
    assert bins.ks(q, p).value == pytest.approx(0.3)
    assert bins.wasserstein(q, p, edges).value == pytest.approx(4.15, abs=0.02)
    q, p = (np.histogram(v, np.linspace(0.5, 8.5, 9))[0] for v in ([1, 2, 3, 4, 5], [1, 3, 3, 5, 8]))
    assert bins.wasserstein(q, p, np.linspace(0.5, 8.5, 9)).value == pytest.approx(1.0)
    assert bins.ks(q, p).value == pytest.approx(0.2)


def test_unbounded_outer_bins():
    edges = [-np.inf, 0, 1, np.inf]
    assert bins.wasserstein([0, 5, 0], [0, 5, 0], edges).high == pytest.approx(1.0)
    assert bins.wasserstein([1, 5, 0], [0, 5, 0], edges).high == math.inf
    tail = bins.quantile([1, 1, 2], edges, 0.9)
    assert astuple(tail) == (1.0, 1.0, math.inf)


def test_quantiles_interpolate():
    edges = [0, 10, 20, 40]
    assert astuple(bins.quantile([1, 2, 1], edges, 0.5)) == (15.0, 10.0, 20.0)
    assert bins.quantile([1, 2, 1], edges, 0.0).value == 0.0
    assert bins.quantile([1, 2, 1], edges, 1.0).value == 40.0
    assert bins.quantile([0, 2, 0], edges, 0.0).value == 10.0
    assert bins.quantile([0, 2, 0], edges, 1.0).value == 20.0


@given(counts, st.floats(0, 1), st.floats(0, 1))
def test_quantiles_rise(c, a, b):
    edges = np.arange(7.0)
    low, high = sorted((a, b))
    assert bins.quantile(c, edges, low).value <= bins.quantile(c, edges, high).value + 1e-9


@given(samples, st.floats(0.01, 0.99))
def test_quantile_bin_holds_the_exact_one(x, q):
    edges = np.array([0, 1, 2.5, 3, 6, 10.0])
    binned = bins.quantile(np.histogram(x, edges)[0], edges, q)
    for method in ("inverted_cdf", "linear"):
        assert binned.low - 1e-12 <= float(np.quantile(x, q, method=method)) <= binned.high + 1e-12


def test_a_quantile_inside_a_large_bin_is_not_told():
    edges, counts = [0.0, 1.0, 1.0, 2.0, 3.0], [50, 30, 10, 10]
    assert math.isnan(bins.sharp_quantile(counts, edges, 0.25).value)
    assert bins.sharp_quantile(counts, edges, 0.5).value == 1.0
    assert bins.sharp_quantile(counts, edges, 0.7).value == 1.0
    assert bins.sharp_quantile(counts, edges, 0.95, widest=0.2).value == pytest.approx(2.5)
    assert math.isnan(bins.sharp_quantile([0, 0, 0, 0], edges, 0.5).value)
