import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.stats import decompose as de

W0, L0, W1, L1 = [0.6, 0.3, 0.1], [50, 80, 120], [0.4, 0.3, 0.3], [55, 80, 150]
cells = st.lists(
    st.tuples(st.integers(0, 50), st.floats(0, 100), st.integers(0, 50), st.floats(0, 100)),
    min_size=1,
    max_size=8,
)


def test_no_rows_on_a_side():
    assert math.isnan(de.kitagawa([0, 0], [1, 2], [1, 1], [1, 2]).before)
    assert math.isnan(de.kitagawa([], [], [], []).after) or de.kitagawa([], [], [], []).mix.size == 0


def test_an_empty_cell_is_all_mix():
    split = de.kitagawa([1, 0], [10.0, math.nan], [1, 1], [10.0, 30.0])
    assert (split.mix.sum(), split.within.sum()) == (10.0, 0.0)
    gone = de.kitagawa([1, 1, 0], [10.0, 30.0, math.nan], [1, 0, 0], [10.0, math.nan, math.nan])
    assert (gone.mix.sum(), gone.within.sum()) == (-10.0, 0.0)


def test_an_unknown_loss_stays_unknown():
    assert math.isnan(de.kitagawa([1, 1], [10.0, math.nan], [1, 1], [10.0, 30.0]).before)


def test_printed_decomposition():
    reference = de.kitagawa(W0, L0, W1, L1, "reference")
    assert (reference.before, reference.after) == pytest.approx((66, 91))
    assert (reference.mix.sum(), reference.within.sum()) == pytest.approx((14, 11))
    symmetric = de.kitagawa(W0, L0, W1, L1)
    assert (symmetric.mix.sum(), symmetric.within.sum()) == pytest.approx((16.5, 8.5))


@given(cells, st.sampled_from(["symmetric", "reference"]))
def test_parts_add_up(rows, standard):
    w0, l0, w1, l1 = map(np.array, zip(*rows, strict=True))
    if w0.sum() and w1.sum():
        split = de.kitagawa(w0, l0, w1, l1, standard)
        total = split.mix.sum() + split.within.sum()
        assert total == pytest.approx(split.after - split.before, abs=1e-9)


@given(cells)
def test_symmetric_parts_turn_with_the_sides(rows):
    w0, l0, w1, l1 = map(np.array, zip(*rows, strict=True))
    if w0.sum() and w1.sum():
        forth, back = de.kitagawa(w0, l0, w1, l1), de.kitagawa(w1, l1, w0, l0)
        np.testing.assert_allclose(forth.mix, -back.mix, atol=1e-9)
        np.testing.assert_allclose(forth.within, -back.within, atol=1e-9)


@pytest.mark.parametrize(
    ("low", "high", "worse", "expected"),
    [
        (0.11, 0.2, True, "fail"),
        (0.0, 0.09, True, "pass"),
        (0.05, 0.15, True, "inconclusive"),
        (0.1, 0.2, True, "inconclusive"),
        (0.11, 0.2, False, "pass"),
        (0.0, 0.09, False, "fail"),
        (math.nan, math.nan, True, "inconclusive"),
        (math.nan, math.nan, False, "inconclusive"),
        (math.nan, 0.05, True, "pass"),
        (-math.inf, math.inf, True, "inconclusive"),
    ],
)
def test_verdicts(low, high, worse, expected):
    assert de.verdict(low, high, 0.1, worse) == expected


def test_n_to_resolve():
    n = de.n_to_resolve(100, 0.2, 0.2 - 0.196, 0.2 + 0.196, 0.1)
    assert n == math.ceil((1.959964 + 0.8416212) ** 2 * 1.0 / 0.01 * (0.196 / 1.959964) ** 2 * 100)
    assert de.n_to_resolve(100, 0.1, 0.0, 0.2, 0.1) == math.inf
    assert math.isnan(de.n_to_resolve(100, 0.1, math.nan, 0.2, 0.3))
    assert math.isnan(de.n_to_resolve(100, 0.1, 0.1, 0.1, 0.3))
    assert math.isnan(de.n_to_resolve(0, 0.1, 0.0, 0.2, 0.3))


@given(st.floats(0.01, 10), st.floats(0.02, 5))
def test_a_larger_gap_needs_fewer(width, gap):
    assert de.n_to_resolve(500, gap, gap - width, gap + width, 0) >= de.n_to_resolve(
        500, 2 * gap, 2 * gap - width, 2 * gap + width, 0
    )
