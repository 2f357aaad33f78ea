import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss

from generator.stats import calibration as ca

N, K, P = np.full(5, 100.0), np.array([15.0, 28, 55, 66, 93]), np.array([0.1, 0.3, 0.5, 0.7, 0.9])
Y = np.array([0, 0, 1, 0, 1, 1, 0, 1, 1, 0])
S = np.array([0.1, 0.4, 0.35, 0.3, 0.8, 0.7, 0.5, 0.9, 0.6, 0.2])
bins = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40), st.floats(0.01, 0.99)), min_size=1, max_size=8)


@pytest.mark.parametrize("empty", [([], [], []), ([0.0], [0.0], [0.5]), ([0.0], [0.0], [math.nan])])
def test_no_rows(empty):
    n, k, p = empty
    assert math.isnan(ca.expected_calibration_error(n, k, p))
    assert math.isnan(ca.squared_calibration_error(n, k, p))
    assert math.isnan(ca.murphy(n, k, p).brier)
    assert math.isnan(ca.calibration_error_null(n, p, 1)[0])


def test_bins_without_rows_change_nothing():
    n, k, p = np.append(N, 0.0), np.append(K, 0.0), np.append(P, math.nan)
    assert ca.murphy(n, k, p, debiased=True) == ca.murphy(N, K, P, debiased=True)
    assert ca.cox(n, k, p) == ca.cox(N, K, P)
    assert ca.cox_offset(n, k, p) == ca.cox_offset(N, K, P)
    assert ca.calibration_error_null(n, p, 1) == ca.calibration_error_null(N, P, 1)
    assert math.isnan(ca.cox([10.0, 10], [3.0, 5], [0.3, math.nan]).slope)


def test_not_computable():
    assert math.isnan(ca.cox([], [], []).slope)
    assert math.isnan(ca.cox([50.0, 50.0], [10.0, 20.0], [0.3, 0.3]).slope)
    assert math.isnan(ca.cox([50.0, 50.0], [0.0, 50.0], [0.3, 0.6]).slope)
    assert math.isnan(ca.cox_offset([50.0], [0.0], [0.3]).intercept)


def test_printed_values():
    assert ca.expected_calibration_error(N, K, P) == pytest.approx(0.038)
    assert ca.squared_calibration_error(N, K, P, debiased=False) == pytest.approx(0.00158)
    assert ca.squared_calibration_error(N, K, P) == pytest.approx(-0.000169697, abs=5.1e-10)
    plain = ca.murphy(N, K, P)
    parts = (plain.reliability, plain.resolution, plain.uncertainty, plain.brier)
    assert parts == pytest.approx((0.00158, 0.076584, 0.249804, 0.1748), abs=5.1e-7)
    fair = ca.murphy(N, K, P, debiased=True)
    parts = (fair.reliability, fair.resolution, fair.uncertainty)
    assert parts == pytest.approx((-0.000169697, 0.075334912, 0.250304609), abs=5.1e-10)
    fit = ca.cox(N, K, P)
    assert (fit.intercept, fit.intercept_se) == pytest.approx((0.080212, 0.107138), abs=5.1e-7)
    assert (fit.slope, fit.slope_se) == pytest.approx((0.950986, 0.089373), abs=5.1e-7)
    fit = ca.cox_offset(N, K, P)
    assert (fit.intercept, fit.intercept_se, fit.slope) == pytest.approx((0.082370, 0.108498, 1.0), abs=5.1e-7)


def test_rows_as_bins_agree_with_scikit_learn():
    assert ca.murphy(np.ones(10), Y, S).brier == pytest.approx(0.12725)
    assert ca.murphy(np.ones(10), Y, S).brier == pytest.approx(brier_score_loss(Y, S))
    score = np.log(S / (1 - S))[:, None]
    fit = LogisticRegression(C=np.inf, tol=1e-10, max_iter=1000).fit(score, Y)
    ours = ca.cox(np.ones(10), Y, S)
    assert (ours.intercept, ours.slope) == pytest.approx((fit.intercept_[0], fit.coef_[0, 0]), abs=1e-4)


@given(bins)
def test_parts_add_up_to_the_brier_score(rows):
    n = np.array([a + b for a, b, _ in rows], float)
    k, p = np.array([a for a, _, _ in rows], float), np.array([c for *_, c in rows])
    for debiased in (False, True):
        m = ca.murphy(n, k, p, debiased)
        total = m.reliability - m.resolution + m.uncertainty
        assert total == pytest.approx(m.brier, abs=1e-9, nan_ok=True)


@pytest.mark.parametrize(("rows", "count", "mean"), [(500, 10, 0.042), (5000, 15, 0.016), (100_000, 15, 0.0036)])
def test_printed_null_of_the_error(rows, count, mean):
    p = (np.arange(count) + 0.5) / count
    ours, high = ca.calibration_error_null(np.full(count, rows // count), p, seed=1)
    assert ours == pytest.approx(mean, rel=0.12)
    assert high > ours
    assert ours == ca.calibration_error_null(np.full(count, rows // count), p, seed=1)[0]


def test_debiased_error_is_unbiased():
    rng = np.random.default_rng(3)
    values = [ca.squared_calibration_error(N, rng.binomial(100, P), P) for _ in range(2000)]
    assert np.mean(values) == pytest.approx(0, abs=4 * np.std(values) / math.sqrt(2000))


def test_recalibrated_is_the_fitted_line():
    fit = ca.cox(N, K, P)
    wanted = 1 / (1 + np.exp(-(fit.intercept + fit.slope * np.log(P / (1 - P)))))
    np.testing.assert_allclose(ca.recalibrated(P, fit), wanted)
    same = ca.Recalibration(intercept=0.0, slope=1.0, intercept_se=0.0, slope_se=0.0)
    np.testing.assert_allclose(ca.recalibrated(P, same), P)
    assert np.isfinite(ca.recalibrated([0.0, 1.0], fit)).all()


def test_chance_stays_below_the_null_quantile_of_the_squared_error():
    rng = np.random.default_rng(4)
    limit = ca.squared_error_null(N, P, 1)
    errors = [ca.squared_calibration_error(N, rng.binomial(100, P), P) for _ in range(2_000)]
    assert np.mean(np.array(errors) <= limit) == pytest.approx(0.95, abs=0.015)
    assert ca.squared_error_null(N * 100, P, 1) < limit / 50
    assert math.isnan(ca.squared_error_null([], [], 1))
