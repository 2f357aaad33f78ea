import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics

from generator.stats import discrimination as di

Y = np.array([0, 0, 1, 0, 1, 1, 0, 1, 1, 0])
S = np.array([0.1, 0.4, 0.35, 0.3, 0.8, 0.7, 0.5, 0.9, 0.6, 0.2])
scored = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 8)), min_size=4, max_size=40).filter(
    lambda rows: 1 < sum(y for y, _ in rows) < len(rows) - 1
)


def binned(y, s):
    y, s = np.asarray(y), np.asarray(s)
    levels = np.unique(s)
    return tuple(np.array([((s == v) & (y == c)).sum() for v in levels], float) for c in (1, 0))


def test_one_class_and_no_rows():
    for p, n in (([], []), ([0, 0], [3, 4]), ([3, 4], [0, 0])):
        assert math.isnan(di.auc(p, n).value)
        assert math.isnan(di.delong_se(p, n))
    assert math.isnan(di.average_precisions([0, 0], [1, 1]))
    assert math.isnan(di.precision_at([], [], 0.2))
    assert math.isnan(di.precision_at([1], [1], 0.0))
    assert math.isnan(di.gain_at([0], [5], 0.2))
    assert math.isnan(di.lift_at([0], [5], 0.2))
    assert math.isnan(di.precision_bound(0.1, 0.0))


def test_printed_values():
    p, n = binned(Y, S)
    assert di.auc(p, n).value == pytest.approx(0.92)
    assert di.average_precisions(p, n) == pytest.approx(0.942857, abs=5.1e-7)
    assert di.delong_se(p, n) == pytest.approx(0.0938083, abs=5.1e-8)
    assert di.precision_at(p, n, 0.2) == pytest.approx(1.0)
    assert di.lift_at(p, n, 0.2) == pytest.approx(2.0)
    assert di.gain_at(p, n, 0.2) == pytest.approx(0.4)
    assert di.auc(*binned([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])).value == 0.75
    tied = di.auc(*binned([0, 0, 0, 1, 1, 1], [0.2, 0.5, 0.5, 0.5, 0.8, 0.5]))
    assert tied.value == pytest.approx(0.777778, abs=5.1e-7)


@given(scored)
def test_agrees_with_scikit_learn(rows):
    y, s = map(np.array, zip(*rows, strict=True))
    p, n = binned(y, s)
    assert di.auc(p, n).value == pytest.approx(metrics.roc_auc_score(y, s))
    assert di.average_precisions(p, n) == pytest.approx(metrics.average_precision_score(y, s))


@given(scored)
def test_coarse_bins_bound_the_exact_area(rows):
    y, s = map(np.array, zip(*rows, strict=True))
    coarse = di.auc(*binned(y, s // 3))
    assert coarse.low - 1e-9 <= di.auc(*binned(y, s)).value <= coarse.high + 1e-9


@given(scored, st.floats(0.01, 1))
def test_precision_keeps_its_bound(rows, share):
    p, n = binned(*zip(*rows, strict=True))
    assert di.precision_at(p, n, share) <= di.precision_bound(p.sum() / (p + n).sum(), share) + 1e-9
