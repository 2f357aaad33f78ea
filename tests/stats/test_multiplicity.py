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
ADJUSTERS = (mu.benjamini_hochberg, mu.benjamini_yekutieli, mu.holm, mu.bonferroni)
families = st.lists(st.floats(0, 1), min_size=1, max_size=30)


@pytest.mark.parametrize("adjust", ADJUSTERS)
def test_empty_single_and_unknown(adjust):
    assert adjust([]).size == 0
    assert adjust([0.03]) == pytest.approx([0.03])
    assert np.isnan(adjust([math.nan])).all()
    with_gap = adjust([0.01, math.nan, 0.2])
    np.testing.assert_allclose(with_gap[[0, 2]], adjust([0.01, 0.2]))
    assert np.isnan(with_gap[1])


def test_printed_family():
    adjusted = ".0015 .0030 .0095 .035625 .0603 .063857 .063857 .0645 .0765 .4860 .581182 .714875 .753231 .813214 1"
    assert mu.benjamini_hochberg(P) == pytest.approx([float(v) for v in adjusted.split()], abs=5.1e-7)
    rejected = [int((adjust(P) <= 0.05).sum()) for adjust in ADJUSTERS]
    assert rejected == [4, 3, 3, 3]


@given(families)
def test_agrees_with_scipy(p):
    np.testing.assert_allclose(mu.benjamini_hochberg(p), stats.false_discovery_control(p), rtol=1e-12, atol=1e-300)
    np.testing.assert_allclose(
        mu.benjamini_yekutieli(p), stats.false_discovery_control(p, method="by"), rtol=1e-9, atol=1e-300
    )


@given(families, st.randoms(use_true_random=False))
def test_keeps_the_order_and_never_helps(p, random):
    for adjust in ADJUSTERS:
        adjusted = adjust(p)
        assert (adjusted >= np.array(p) - 1e-15).all()
        assert (np.diff(adjusted[np.argsort(p, kind="stable")]) >= 0).all()
        order = list(range(len(p)))
        random.shuffle(order)
        np.testing.assert_allclose(adjust([p[i] for i in order]), adjusted[order], rtol=1e-12, atol=1e-300)


@given(families)
def test_procedures_are_ordered(p):
    assert (mu.benjamini_hochberg(p) <= mu.holm(p) + 1e-12).all()
    assert (mu.holm(p) <= mu.bonferroni(p) + 1e-12).all()


def test_cauchy_combination():
    assert math.isnan(mu.cauchy_combination([]))
    assert math.isnan(mu.cauchy_combination([math.nan]))
    assert mu.cauchy_combination([0.03]) == pytest.approx(0.03)
    assert mu.cauchy_combination([0.2, 0.2, 0.2]) == pytest.approx(0.2)
    assert mu.cauchy_combination([1e-12, 1.0, 0.5]) == pytest.approx(3e-12, rel=1e-6)
    assert mu.cauchy_combination([1e-200, 0.9]) == pytest.approx(2e-200, rel=1e-6)
    assert mu.cauchy_combination([0.0, 0.5]) < 1e-200
    assert mu.cauchy_combination([0.01, 0.9], weights=[1, 0]) == pytest.approx(0.01)


def test_cauchy_combination_is_uniform_without_effects():
    p = np.random.default_rng(3).uniform(size=(4000, 6))
    combined = np.array([mu.cauchy_combination(row) for row in p])
    assert (combined < 0.05).mean() == pytest.approx(0.05, abs=0.012)


def test_level_for_the_selected():
    assert mu.false_coverage_level(4, 75) == pytest.approx(1 - 4 * 0.05 / 75)
    assert math.isnan(mu.false_coverage_level(0, 75))
