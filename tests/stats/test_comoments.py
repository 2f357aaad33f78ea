from functools import reduce

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from generator.stats import comoments
from generator.stats.comoments import CoMoments

tables = arrays(np.float64, st.tuples(st.integers(0, 12), st.just(3)), elements=st.floats(-100, 100, width=32))


def close(a, b, rtol=1e-9, atol=1e-6):
    for field in ("n", "mean", "comoment"):
        np.testing.assert_allclose(getattr(a, field), getattr(b, field), rtol=rtol, atol=atol)


def stack(parts):
    return CoMoments(**{f: np.stack([getattr(p, f) for p in parts]) for f in ("n", "mean", "comoment")})


def test_no_rows_and_one_row():
    none = comoments.co_of(np.empty((0, 2)))
    assert np.isnan(comoments.covariance(none)).all()
    assert np.isnan(comoments.covariance(comoments.co_of([[1.0, 2.0]]))).all()


def test_incomplete_rows_are_left_out():
    assert float(comoments.co_of([[1.0, np.nan], [2.0, 3.0]]).n) == 1.0


def test_agrees_with_numpy():
    x = np.random.default_rng(0).normal(size=(200, 4)) @ np.triu(np.ones((4, 4))) + 1e5
    co = comoments.co_of(x)
    np.testing.assert_allclose(comoments.covariance(co), np.cov(x.T), rtol=1e-9, atol=1e-9)


@settings(max_examples=60)
@given(tables, tables, tables)
def test_merge_is_associative_and_commutative(x, y, z):
    a, b, c = comoments.co_of(x), comoments.co_of(y), comoments.co_of(z)
    close(comoments.merge_co(a, b), comoments.merge_co(b, a))
    close(comoments.merge_co(comoments.merge_co(a, b), c), comoments.merge_co(a, comoments.merge_co(b, c)))


@settings(max_examples=60)
@given(tables, st.lists(st.integers(0, 12), max_size=4))
def test_any_split_equals_the_whole(x, cuts):
    parts = [comoments.co_of(p) for p in np.split(x, sorted(cuts))]
    close(reduce(comoments.merge_co, parts), comoments.co_of(x))
    close(comoments.pool_co(stack(parts)), comoments.co_of(x))
