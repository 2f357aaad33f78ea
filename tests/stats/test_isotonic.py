import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from sklearn.isotonic import IsotonicRegression

from generator.stats import isotonic as iso


def test_nothing_and_one():
    assert iso.pool_adjacent_violators([]).size == 0
    assert np.isnan(iso.pool_adjacent_violators([1.0, 2.0], [0, 0])).all()
    np.testing.assert_array_equal(iso.pool_adjacent_violators([3.0]), [3.0])
    low, high = iso.consistency_band([], [])
    assert low.size == high.size == 0
    assert np.isnan(iso.consistency_band([0.0], [0.5])[0]).all()


def test_printed_fits():
    ours = iso.pool_adjacent_violators([1, 2, 6, 2, 3, 7])
    np.testing.assert_allclose(ours, [1, 2, 11 / 3, 11 / 3, 11 / 3, 7])
    rates = iso.isotonic_rates(np.ones(10), [0, 0, 0, 1, 0, 0, 1, 1, 1, 1])
    np.testing.assert_allclose(rates, [0, 0, 0, 1 / 3, 1 / 3, 1 / 3, 1, 1, 1, 1])


@given(st.lists(st.tuples(st.integers(-20, 20), st.integers(1, 9)), min_size=1, max_size=30))
def test_agrees_with_scikit_learn(rows):
    y, w = (np.array(column, float) for column in zip(*rows, strict=True))
    expected = IsotonicRegression().fit_transform(np.arange(y.size), y, sample_weight=w)
    np.testing.assert_allclose(iso.pool_adjacent_violators(y, w), expected, atol=1e-9)


def test_bins_without_rows_take_their_neighbour():
    np.testing.assert_array_equal(iso.isotonic_rates([0, 10, 0, 10], [0, 2, 0, 8]), [0.2, 0.2, 0.2, 0.8])


@pytest.mark.parametrize(("n", "p"), [(100, 0.3), (7, 0.9), (1, 0.5), (50, 0.0), (50, 1.0)])
def test_band_agrees_with_scipy(n, p):
    low, high = iso.consistency_band([n], [p])
    expected = stats.binom.ppf([0.05, 0.95], n, p) / n
    np.testing.assert_allclose([low[0], high[0]], expected)
