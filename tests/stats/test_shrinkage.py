import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import optimize

from generator.stats import shrinkage as sh

SCHOOLS = ([28.0, 8, -3, 7, -1, 1, 18, 12], np.array([15.0, 10, 16, 11, 9, 11, 10, 18]) ** 2)
# vaccinated cases, vaccinated others, control cases, control others
BCG = np.array(
    [
        (4, 119, 11, 128),
        (6, 300, 29, 274),
        (3, 228, 11, 209),
        (62, 13536, 248, 12619),
        (33, 5036, 47, 5761),
        (180, 1361, 372, 1079),
        (8, 2537, 10, 619),
        (505, 87886, 499, 87892),
        (29, 7470, 45, 7232),
        (17, 1699, 65, 1600),
        (186, 50448, 141, 27197),
        (5, 2493, 3, 2338),
        (27, 16886, 29, 17825),
    ],
    dtype=float,
)
A, B, C, D = BCG.T
RISK = np.log(A / (A + B)) - np.log(C / (C + D)), 1 / A - 1 / (A + B) + 1 / C - 1 / (C + D)
segments = st.lists(st.tuples(st.floats(-5, 5), st.floats(0.01, 4)), min_size=2, max_size=20)


def test_no_segment_and_one():
    assert sh.empirical_bayes([], []).post.size == 0
    one = sh.empirical_bayes([3.0, math.nan], [0.5, 1.0])
    assert one.post[0] == 3.0
    assert one.var[0] == 0.5
    assert np.isnan(one.post[1])
    assert np.isnan(sh.empirical_bayes([math.nan], [1.0]).post).all()


def test_equal_segments_are_not_different():
    y, v = np.full(5, 0.1), np.full(5, 0.2)
    assert sh.tau2_reml(y, v) == 0.0
    np.testing.assert_allclose(sh.empirical_bayes(y, v).post, 0.1)


def test_printed_eight_schools():
    assert sh.tau2_reml(*SCHOOLS) == 0.0


def test_printed_bcg_trials():
    shrunk = sh.empirical_bayes(*RISK)
    assert shrunk.se == pytest.approx(0.179782, abs=5.1e-7)
    assert shrunk.post[[0, 3, 7]] == pytest.approx([-0.8002, -1.3979, 0.0029], abs=5.1e-5)
    assert RISK[0][[0, 3, 7]] == pytest.approx([-0.8893, -1.4416, 0.0120], abs=5.1e-5)


def test_reml_maximises_the_restricted_likelihood():
    y, v = RISK

    def minus_log_likelihood(tau2):
        w = 1 / (v + tau2)
        mean = (w * y).sum() / w.sum()
        return -np.log(w).sum() + np.log(w.sum()) + (w * (y - mean) ** 2).sum()

    best = optimize.minimize_scalar(minus_log_likelihood, bounds=(0, 3), method="bounded", options={"xatol": 1e-9})
    assert sh.tau2_reml(y, v) == pytest.approx(best.x, abs=1e-6)


@given(segments)
def test_shrinking_moves_towards_the_mean_and_narrows(pairs):
    y, v = map(np.array, zip(*pairs, strict=True))
    shrunk = sh.empirical_bayes(y, v)
    assert (np.abs(shrunk.post - shrunk.mean) <= np.abs(y - shrunk.mean) + 1e-9).all()
    assert (shrunk.var <= v + 1e-9).all()
    assert ((shrunk.weight >= 0) & (shrunk.weight <= 1)).all()
