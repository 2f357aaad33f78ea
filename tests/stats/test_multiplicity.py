import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from generator.stats import multiplicity as mu

P = [
    0.0001,
    0.0004,
    0.0019,
    0.0095,
    0.0201,
    0.0278,
    0.0298,
    0.0344,
    0.0459,
    0.3240,
    0.4262,
    0.5719,
    0.6528,
    0.7590,
]
P.append(1.0)
families = st.lists(st.floats(0, 1), min_size=1, max_size=30)


def test_empty_single_and_unknown():
    adjust = mu.benjamini_hochberg
    assert adjust([]).size == 0
    assert adjust([0.03]) == pytest.approx([0.03])
    assert np.isnan(adjust([math.nan])).all()
    with_gap = adjust([0.01, math.nan, 0.2])
    np.testing.assert_allclose(with_gap[[0, 2]], adjust([0.01, 0.2]))
    assert np.isnan(with_gap[1])


def test_printed_family():
    adjusted = ".0015 .0030 .0095 .035625 .0603 .063857 .063857 .0645 .0765 .4860 .581182 .714875 .753231 .813214 1"
    assert mu.benjamini_hochberg(P) == pytest.approx([float(v) for v in adjusted.split()], abs=5.1e-7)
    assert int((mu.benjamini_hochberg(P) <= 0.05).sum()) == 4


@given(families)
def test_agrees_with_scipy(p):
    np.testing.assert_allclose(mu.benjamini_hochberg(p), stats.false_discovery_control(p), rtol=1e-12, atol=1e-300)


@given(families, st.randoms(use_true_random=False))
def test_keeps_the_order_and_never_helps(p, random):
    for adjust in (mu.benjamini_hochberg,):
        adjusted = adjust(p)
        assert (adjusted >= np.array(p) - 1e-15).all()
        assert (np.diff(adjusted[np.argsort(p, kind="stable")]) >= 0).all()
        order = list(range(len(p)))
        random.shuffle(order)
        np.testing.assert_allclose(adjust([p[i] for i in order]), adjusted[order], rtol=1e-12, atol=1e-300)
