from functools import reduce

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from generator.stats import moments
from generator.stats.moments import Moments
from tests.stats import direct

FIELDS = ("n", "mean", "m2", "m3", "m4")
numbers = st.floats(-1e3, 1e3, allow_nan=False, width=32)
samples = arrays(np.float64, st.integers(0, 30), elements=numbers)


def close(a: Moments, b: Moments, scale: float = 1e3, rtol: float = 1e-9) -> None:
    n = np.maximum(np.maximum(a.n, b.n), 1.0)
    for power, field in enumerate(FIELDS):
        np.testing.assert_allclose(
            getattr(a, field), getattr(b, field), rtol=rtol, atol=float(np.max(1e-12 * n * scale**power))
        )


def test_nothing_stays_nothing():
    none = moments.merge(direct.of([]), direct.empty())
    assert float(none.n) == 0.0


def test_one_value_has_no_variance():
    one = direct.of([7.0])
    assert (float(one.n), float(one.mean), float(one.m2)) == (1.0, 7.0, 0.0)
    assert np.isnan(moments.variance(one))
    assert float(moments.variance(one, ddof=0)) == 0.0


def test_printed_merge():
    merged = moments.merge(direct.of([1, 2, 3, 4]), direct.of([10, 20, 30]))
    assert [float(getattr(merged, f)) for f in FIELDS] == pytest.approx([7, 10, 730, 7200, 184354], rel=1e-13)


def test_values_too_large_for_their_powers_do_not_warn():
    huge = moments.merge(direct.of([1e200, -1e200]), direct.of([1e300, 5.0]))
    assert float(huge.n) == 4.0
    moments.remove(huge, direct.of([5.0]))


def test_large_offset_keeps_its_variance():
    assert float(moments.variance(direct.of(np.array([4.0, 7, 13, 16]) + 1e9))) == 30.0
    merged = moments.merge(direct.of(np.array([4.0, 7]) + 1e9), direct.of(np.array([13.0, 16]) + 1e9))
    assert float(moments.variance(merged)) == 30.0


def test_values_that_are_not_finite_are_left_out_by_column():
    m = direct.of([[1.0, np.nan], [3.0, 5.0], [np.inf, 7.0]])
    np.testing.assert_array_equal(m.n, [2, 2])
    np.testing.assert_array_equal(m.mean, [2, 6])


def test_agrees_with_scipy():
    x = np.random.default_rng(3).gamma(2.0, size=(500, 4)) + 50
    m = direct.of(x)
    np.testing.assert_allclose(moments.variance(m), x.var(axis=0, ddof=1), rtol=1e-12)
    np.testing.assert_allclose(moments.sd(m, ddof=0), x.std(axis=0), rtol=1e-12)


@given(samples, samples)
def test_merge_is_commutative(x, y):
    close(moments.merge(direct.of(x), direct.of(y)), moments.merge(direct.of(y), direct.of(x)))


@given(samples, samples, samples)
def test_merge_is_associative(x, y, z):
    a, b, c = direct.of(x), direct.of(y), direct.of(z)
    close(moments.merge(moments.merge(a, b), c), moments.merge(a, moments.merge(b, c)))


@given(samples)
def test_nothing_is_neutral(x):
    a = direct.of(x)
    for merged in (moments.merge(a, direct.empty()), moments.merge(direct.empty(), a)):
        assert all(getattr(merged, f) == getattr(a, f) for f in FIELDS)


@settings(max_examples=50)
@given(samples, st.lists(st.integers(0, 30), max_size=6))
def test_any_split_equals_the_whole(x, cuts):
    parts = [direct.of(p) for p in np.split(x, sorted(cuts))]
    close(reduce(moments.merge, parts), direct.of(x))
    stacked = Moments(**{f: np.stack([getattr(p, f) for p in parts]) for f in FIELDS})
    close(moments.pool(stacked), direct.of(x))


@given(samples, samples)
def test_remove_undoes_merge(x, y):
    a, b = direct.of(x), direct.of(y)
    close(moments.remove(moments.merge(a, b), b), a, rtol=1e-6, scale=2e3)


def test_leave_one_out_equals_the_others():
    rng = np.random.default_rng(5)
    groups = [rng.normal(size=(rng.integers(0, 9), 3)) for _ in range(8)]
    ms = [direct.of(g) if len(g) else direct.empty((3,)) for g in groups]
    parts = Moments(**{f: np.stack([getattr(m, f) for m in ms]) for f in FIELDS})
    left = moments.leave_one_out(parts)
    for g in range(8):
        rest = direct.of(np.concatenate([h for i, h in enumerate(groups) if i != g]))
        for f in FIELDS:
            np.testing.assert_allclose(getattr(left, f)[g], getattr(rest, f), rtol=1e-9, atol=1e-12)


def test_a_hundred_thousand_batches_do_not_drift():
    x = np.random.default_rng(11).standard_t(6, size=(20_000, 3)) + 1e6
    total = reduce(moments.merge, (direct.of(b) for b in np.split(x, 400)))
    np.testing.assert_allclose(total.m2, direct.of(x).m2, rtol=1e-9)
    np.testing.assert_allclose(total.m4, direct.of(x).m4, rtol=1e-9)
