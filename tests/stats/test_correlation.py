import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.stats import correlation as co


def sums(x, y):
    both = np.isfinite(x) & np.isfinite(y)
    x, y = x[both], y[both]
    return both.sum(), x.sum(), y.sum(), (x * x).sum(), (y * y).sum(), (x * y).sum()


def test_not_computable():
    assert math.isnan(co.fisher_z(1.0, 50, 0.2, 50).statistic)
    assert math.isnan(co.fisher_z(0.1, 3, 0.2, 50).p_value)
    assert math.isnan(co.fisher_z(math.nan, 50, 0.2, 50).p_value)
    assert np.isnan(co.correlation_from_sums(0, 0, 0, 0, 0, 0))
    assert np.isnan(co.correlation_from_sums(*sums(np.full(9, 0.1), np.arange(9.0))))
    assert np.isnan(co.correlation_from_sums(*sums(np.array([3.0]), np.array([4.0]))))
    assert np.isnan(co.correlation_from_covariance([[0.0, 0.0], [0.0, 1.0]])[0]).all()
    assert math.isnan(co.frobenius_change([[math.nan]], [[1.0]]))


def test_printed_fisher_z():
    test = co.fisher_z(0.5, 1000, 0.4, 500)
    assert test.statistic == pytest.approx(-2.288431, abs=5.1e-7)
    assert test.p_value == pytest.approx(0.022112, abs=5.1e-7)
    assert co.fisher_z(0.6, 15000, 0.3, 500).statistic == pytest.approx(-8.414115, abs=5.1e-7)


def test_printed_attribution():
    parts = co.linear_attribution([1.2, -0.8, 0.3], [10, 5, 2], [10.5, 5.2, 1.0])
    assert parts == pytest.approx([0.60, -0.16, -0.30])
    assert parts.sum() == pytest.approx(0.14)


def test_agrees_with_numpy_pair_by_pair():
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=200), rng.normal(size=200)
    y = y + x
    x[:20], y[10:40] = np.nan, np.nan
    both = np.isfinite(x) & np.isfinite(y)
    expected = np.corrcoef(x[both], y[both])[0, 1]
    assert float(co.correlation_from_sums(*sums(x, y))) == pytest.approx(expected, abs=1e-12)
    table = rng.normal(size=(50, 4))
    np.testing.assert_allclose(co.correlation_from_covariance(np.cov(table.T)), np.corrcoef(table.T), atol=1e-12)


def test_vectorises():
    arrays = [
        np.array([a, b])
        for a, b in zip(
            sums(np.array([1.0, 2, 3]), np.array([1.0, 2, 3])),
            sums(np.array([1.0, 2, 3]), np.array([3.0, 2, 1])),
            strict=True,
        )
    ]
    np.testing.assert_allclose(co.correlation_from_sums(*arrays), [1, -1])


@given(st.lists(st.tuples(st.integers(-50, 50), st.integers(-50, 50)), min_size=2, max_size=30))
def test_bounded_and_symmetric(pairs):
    x, y = map(lambda v: np.array(v, dtype=float), zip(*pairs, strict=True))
    forth, back = co.correlation_from_sums(*sums(x, y)), co.correlation_from_sums(*sums(y, x))
    assert float(forth) == pytest.approx(float(back), nan_ok=True)
    assert not abs(forth) > 1


def test_prediction_variance_change_is_exact():
    rng = np.random.default_rng(1)
    x0, x1, beta = rng.normal(size=(60, 3)), rng.normal(size=(70, 3)) * 2, np.array([1.0, -2, 0.5])
    s0, s1 = np.cov(x0.T), np.cov(x1.T)
    change = (x1 @ beta).var(ddof=1) - (x0 @ beta).var(ddof=1)
    assert co.prediction_variance_change(beta, s0, s1) == pytest.approx(change)
    assert co.prediction_variance_parts(beta, s0, s1).sum() == pytest.approx(change)


def test_frobenius():
    assert co.frobenius_change(np.eye(2), np.ones((2, 2))) == pytest.approx(math.sqrt(2))
    assert co.frobenius_change([[1, math.nan], [0, 1]], [[1, 5], [3, 1]]) == 3.0
