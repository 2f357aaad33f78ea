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
    assert np.isnan(co.correlation_from_sums(0, 0, 0, 0, 0, 0))
    assert np.isnan(co.correlation_from_sums(*sums(np.full(9, 0.1), np.arange(9.0))))
    assert np.isnan(co.correlation_from_sums(*sums(np.array([3.0]), np.array([4.0]))))


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
