import numpy as np
import pytest

from generator.stats.attribution import attribution


def test_one_axis_weighs_both_sides_with_equal_weights() -> None:
    w0, l0, w1, l1 = (np.array(x) for x in ([0.6, 0.3, 0.1], [50, 80, 120], [0.4, 0.3, 0.3], [55, 80, 150]))
    found = attribution(w0, w0 * l0, w1, w1 * l1)
    assert [found.before, found.after] == pytest.approx([66, 91])
    assert found.mix == pytest.approx([16.5])
    assert found.relation.sum() == pytest.approx(8.5)


@pytest.mark.parametrize("seed", range(20))
def test_parts_add_up_whatever_is_empty(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n0, n1 = (rng.poisson(1.0, (2, 3, 4)).astype(float) for _ in range(2))
    n0[1] = 0.0
    sums0, sums1 = n0 * rng.gamma(2, 1, n0.shape), n1 * rng.gamma(2, 1, n1.shape)
    found = attribution(n0, sums0, n1, sums1)
    assert found.mix.sum() + found.relation.sum() == pytest.approx(found.after - found.before)


def test_each_kind_of_change_has_its_part() -> None:
    n = np.full((2, 3), 10.0)
    loss = np.array([[1.0, 2, 3], [4, 5, 6]])
    same = attribution(n, n * loss, n * 5, n * 5 * loss)
    assert same.mix == pytest.approx([0, 0]) and same.relation == pytest.approx(np.zeros((2, 3)))
    concept = attribution(n, n * loss, n, n * (loss + 1))
    assert concept.mix == pytest.approx([0, 0]) and concept.relation.sum() == pytest.approx(1)
    first = attribution(n, n * loss, n * [[1], [3]], n * [[1], [3]] * loss)
    assert first.mix == pytest.approx([0.75, 0]) and first.relation.sum() == pytest.approx(0)
    second = attribution(n, n * loss, n * [1, 1, 4], n * [1, 1, 4] * loss)
    assert second.mix == pytest.approx([0, 0.5]) and second.relation.sum() == pytest.approx(0)


def test_a_side_without_rows_has_no_parts() -> None:
    none = attribution(np.zeros(3), np.zeros(3), np.ones(3), np.ones(3))
    assert np.isnan(none.mix).all() and np.isnan(none.before) and np.isnan(none.relation).all()


def test_the_slope_is_the_derivative_by_the_old_losses() -> None:
    rng = np.random.default_rng(4)
    n0, n1 = (rng.poisson(1.0, (2, 4)).astype(float) for _ in range(2))
    loss0, loss1 = rng.gamma(2, 1, (2, 2, 4))
    whole = attribution(n0, n0 * loss0, n1, n1 * loss1)
    for cell in np.ndindex(2, 4):
        if n0[cell] > 0:
            moved = loss0.copy()
            moved[cell] += 1e-6
            other = attribution(n0, n0 * moved, n1, n1 * loss1)
            parts = np.append(other.mix - whole.mix, other.relation.sum() - whole.relation.sum()) / 1e-6
            assert parts == pytest.approx(whole.slope[(slice(None), *cell)], abs=1e-5)
