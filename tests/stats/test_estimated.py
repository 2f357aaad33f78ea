import math

import numpy as np
import pytest
from sklearn import metrics

from generator.stats import estimated as es

TAYLOR_ASHE = [
    [357848, 1124788, 1735330, 2218270, 2745596, 3319994, 3466336, 3606286, 3833515, 3901463],
    [352118, 1236139, 2170033, 3353322, 3799067, 4120063, 4647867, 4914039, 5339085],
    [290507, 1292306, 2218525, 3235179, 3985995, 4132918, 4628910, 4909315],
    [310608, 1418858, 2195047, 3757447, 4029929, 4381982, 4588268],
    [443160, 1136350, 2128333, 2897821, 3402672, 3873311],
    [396132, 1333217, 2180715, 2985752, 3691712],
    [440832, 1288463, 2419861, 3483130],
    [359480, 1421128, 2864498],
    [376686, 1363294],
    [344014],
]


def test_no_rows():
    result = es.estimate_performance([], [], [])
    assert math.isnan(result.accuracy)
    assert math.isnan(result.auc)
    assert math.isnan(es.estimate_performance([0.0], [math.nan], [1]).f1)


def test_estimates_what_labels_show():
    rng = np.random.default_rng(2)
    p = rng.beta(1, 2, 200_000)
    y = rng.random(p.size) < p
    edges = np.linspace(0, 1, 201)
    b = np.clip(np.searchsorted(edges, p, side="right") - 1, 0, 199)
    n = np.bincount(b, minlength=200)
    mean = np.bincount(b, p, 200) / np.maximum(n, 1)
    acted = edges[:-1] >= 0.5
    ours = es.estimate_performance(n, mean, acted)
    assert ours.accuracy == pytest.approx(metrics.accuracy_score(y, p >= 0.5), abs=0.005)
    assert ours.f1 == pytest.approx(metrics.f1_score(y, p >= 0.5), abs=0.01)
    assert ours.auc == pytest.approx(metrics.roc_auc_score(y, p), abs=0.005)
    counts = ours.true_positive + ours.false_positive + ours.true_negative + ours.false_negative
    assert counts == pytest.approx(200_000)


def test_printed_chain_ladder():
    triangle = [row + [math.nan] * (10 - len(row)) for row in TAYLOR_ASHE]
    result = es.chain_ladder(triangle)
    factors = [3.4906, 1.7473, 1.4574, 1.1739, 1.1038, 1.0863, 1.0539, 1.0766, 1.0177]
    assert result.factors == pytest.approx(factors, abs=5.1e-5)
    assert result.outstanding == pytest.approx(18_680_856, abs=0.6)
    printed = [0, 75_535, 121_699, 133_549, 261_406, 411_010, 558_317, 875_328, 971_258, 1_363_155]
    assert result.se == pytest.approx(printed, abs=1)
    assert result.outstanding_se == pytest.approx(2_447_095, abs=1)


def test_complete_and_unknown_cohorts():
    result = es.chain_ladder([[1.0, 2.0], [2.0, 4.0], [3.0, math.nan], [math.nan, math.nan]])
    np.testing.assert_allclose(result.ultimate, [2, 4, 6, math.nan])
    assert result.outstanding == 3.0
    np.testing.assert_allclose(result.se, [0, 0, 0, math.nan])
    assert es.chain_ladder([[5.0, math.nan]]).factors[0] == 1.0


def test_the_standard_error_of_f1_is_that_of_drawn_counts():
    rng = np.random.default_rng(3)
    tp, fp, fn, _ = rng.multinomial(2_000, [0.1, 0.05, 0.08, 0.77], 40_000).T
    drawn = 2 * tp / (2 * tp + fp + fn)
    assert es.f1_se(200, 100, 160) == pytest.approx(drawn.std(), rel=0.02)
    assert math.isnan(es.f1_se(0, 0, 0))
