import numpy as np
import pytest

from generator.stats.multivariate import distance2, leading, linear_auc, pseudo_inverse, reconstruction_error


@pytest.mark.parametrize(("distance", "auc"), [(0.5, 0.638163), (1.0, 0.760250), (2.0, 0.921350), (0.0, 0.5)])
def test_the_area_under_the_curve_is_that_of_the_normal_case(distance: float, auc: float) -> None:
    assert linear_auc(distance) == pytest.approx(auc, abs=1e-6)


def test_the_distance_is_that_of_scipy() -> None:
    from scipy.spatial.distance import mahalanobis

    x = np.random.default_rng(1).normal(size=(200, 5)) @ np.random.default_rng(2).normal(size=(5, 5))
    s, gap = np.cov(x.T), np.array([1.0, -2, 0, 0.5, 3])
    inverse = pseudo_inverse(s)
    assert inverse.rank == 5
    assert distance2(gap, inverse) == pytest.approx(mahalanobis(gap, np.zeros(5), np.linalg.inv(s)) ** 2)


def test_a_repeated_column_adds_no_direction() -> None:
    x = np.random.default_rng(1).normal(size=(300, 2))
    both = np.column_stack([x, x[:, 0]])
    one, two = pseudo_inverse(np.cov(x.T)), pseudo_inverse(np.cov(both.T))
    assert two.rank == 2
    assert distance2([1.0, 2.0, 1.0], two) == pytest.approx(float(distance2([1.0, 2.0], one)))
    assert pseudo_inverse(np.zeros((2, 2))).rank == 0


def test_the_reconstruction_error_is_that_of_the_rows() -> None:
    rng = np.random.default_rng(3)
    x, y = rng.normal(size=(500, 6)) @ rng.normal(size=(6, 6)), rng.normal(size=(400, 6))
    p = leading(np.corrcoef(x.T), 0.65)
    rows = ((y - y @ p @ p.T) ** 2).sum(axis=1).mean()
    assert reconstruction_error(y.T @ y / len(y), p) == pytest.approx(rows, abs=1e-12)


def test_the_leading_directions_hold_their_share() -> None:
    assert leading(np.diag([4.0, 3.0, 2.0, 1.0]), 0.65).shape == (4, 2)
    assert leading(np.eye(4), 1.0).shape == (4, 4)
