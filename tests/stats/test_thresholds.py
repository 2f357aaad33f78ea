import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.stats import thresholds as th
from generator.stats.thresholds import OutcomeCosts

POSITIVES, NEGATIVES = [0, 0, 0, 1, 0, 0, 1, 1, 1, 1], [1, 1, 1, 0, 1, 1, 0, 0, 0, 0]


def test_printed_thresholds():
    assert th.best_threshold(OutcomeCosts(false_positive=1, false_negative=5)) == pytest.approx(0.166667, abs=5.1e-7)
    assert th.best_threshold(OutcomeCosts(false_positive=10, false_negative=500)) == pytest.approx(
        0.0196078, abs=5.1e-8
    )
    offer = OutcomeCosts(true_positive=-130, false_positive=20, false_negative=0)
    assert th.best_threshold(offer) == pytest.approx(0.133333, abs=5.1e-7)


def test_no_threshold_when_acting_is_free_or_useless():
    assert math.isnan(th.best_threshold(OutcomeCosts(false_positive=0, false_negative=5)))
    assert math.isnan(th.best_threshold(OutcomeCosts(false_positive=1, false_negative=-1)))


def test_printed_cost_curve():
    costs = OutcomeCosts(false_positive=1, false_negative=5)
    curve = th.cost_curve(POSITIVES, NEGATIVES, costs)
    np.testing.assert_array_equal(curve, [5, 4, 3, 2, 7, 6, 5, 10, 15, 20, 25])


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=10))
def test_confusion_adds_up(rows):
    p, n = [a for a, _ in rows], [b for _, b in rows]
    c = th.confusion(p, n)
    np.testing.assert_array_equal(c.true_positive + c.false_negative, sum(p))
    np.testing.assert_array_equal(c.true_negative + c.false_positive, sum(n))


def test_calibrated_minimum_is_the_best_threshold():
    edges = np.linspace(0, 1, 101)
    p = (edges[1:] + edges[:-1]) / 2
    curve = th.cost_curve(1000 * p, 1000 * (1 - p), OutcomeCosts(false_positive=1, false_negative=5))
    assert edges[np.argmin(curve)] == pytest.approx(1 / 6, abs=0.011)


def test_capacity():
    assert th.capacity_bin(POSITIVES, NEGATIVES, 3) == 7
    assert th.capacity_bin(POSITIVES, NEGATIVES, 100) == 0
    assert th.capacity_bin(POSITIVES, NEGATIVES, 0) == 10
    assert th.capacity_bin(POSITIVES, NEGATIVES, -1) == 10
