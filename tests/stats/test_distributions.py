import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from generator.stats import distributions as di


@given(st.floats(0.001, 0.999), st.floats(0.5, 500))
def test_quantiles_agree_with_scipy(p, df):
    assert di.normal_quantile(p) == pytest.approx(stats.norm.ppf(p), abs=1e-9)
    assert di.t_quantile(p, df) == pytest.approx(stats.t.ppf(p, df), rel=1e-6, abs=1e-9)
    assert di.chi2_quantile(p, df) == pytest.approx(stats.chi2.ppf(p, df), rel=1e-6)
    assert di.beta_quantile(p, df, 3.0) == pytest.approx(stats.beta.ppf(p, df, 3.0), rel=1e-6)


@given(st.floats(-30, 30), st.floats(0.5, 500))
def test_tails_agree_with_scipy(x, df):
    assert di.normal_tail(x) == pytest.approx(stats.norm.sf(x), rel=1e-9)
    assert di.normal_cdf(x) == pytest.approx(stats.norm.cdf(x), rel=1e-9)
    assert di.normal_two_sided(x) == pytest.approx(2 * stats.norm.sf(abs(x)), rel=1e-9)
    assert di.t_two_sided(x, df) == pytest.approx(2 * stats.t.sf(abs(x), df), rel=1e-6)
    assert di.chi2_tail(abs(x), df) == pytest.approx(stats.chi2.sf(abs(x), df), rel=1e-6)
    assert di.f_tail(abs(x), 4.3, df) == pytest.approx(stats.f.sf(abs(x), 4.3, df), rel=1e-6)


@given(st.integers(1, 200), st.floats(0.01, 0.99))
def test_counts_agree_with_scipy(n, p):
    k = np.arange(n + 1)
    np.testing.assert_allclose(di.binomial_mass(n, p), stats.binom.pmf(k, n, p), rtol=1e-6, atol=1e-300)
    expected = stats.betabinom.pmf(k, n, 5 * p, 5 - 5 * p)
    np.testing.assert_allclose(di.beta_binomial_mass(n, 5 * p, 5 - 5 * p), expected, rtol=1e-6, atol=1e-300)
    assert di.binomial_tail(n // 3, n, p) == pytest.approx(stats.binom.sf(n // 3, n, p), rel=1e-6, abs=1e-300)


def test_infinitely_many_degrees_of_freedom_are_normal():
    assert di.t_quantile(0.975, math.inf) == di.normal_quantile(0.975)
    assert di.t_two_sided(2.0, math.inf) == di.normal_two_sided(2.0)


def test_outside_the_domain():
    assert math.isnan(di.normal_quantile(1.0))
    assert math.isnan(di.t_quantile(0.9, 0.0))
    assert math.isnan(di.t_quantile(0.9, math.nan))
    assert math.isnan(di.t_two_sided(1.0, -1.0))
    assert math.isnan(di.chi2_tail(1.0, 0.0))
    assert math.isnan(di.chi2_tail(math.nan, 3.0))
    assert math.isnan(di.chi2_quantile(1.0, 3.0))
    assert math.isnan(di.beta_quantile(0.5, 0.0, 1.0))
    assert di.chi2_tail(-1.0, 3.0) == 1.0
    assert di.f_tail(-1.0, 3.0, 4.0) == 1.0
    assert math.isnan(di.f_tail(1.0, 0.0, 4.0))
    assert di.binomial_tail(-1, 5, 0.5) == 1.0
    assert di.binomial_tail(5, 5, 0.5) == 0.0


def test_arrays_keep_their_shape():
    p = np.array([[0.1, 0.5], [0.7, 0.9]])
    np.testing.assert_allclose(di.normal_quantile_array(p), stats.norm.ppf(p), atol=1e-12)
    np.testing.assert_allclose(di.normal_cdf_array(p), stats.norm.cdf(p))
