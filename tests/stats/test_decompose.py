import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.stats import decompose as de


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
