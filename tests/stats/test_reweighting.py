"""Losses weighted to other inputs: against integrals, and at the edges."""

import numpy as np
import pytest

from generator.stats.cluster import jackknife_variance
from generator.stats.reweighting import Reweighted, reweighted


def sides(shift: float, seed: int = 1, n: int = 4_000, turn: float = 0.0) -> Reweighted:
    """Return two sides of one input moved by `shift`; the loss has the mean 1 + x² before, and `turn` more after."""
    rng = np.random.default_rng(seed)
    x = np.concatenate([rng.normal(size=n), rng.normal(shift, 1.0, n)])
    second = np.arange(2 * n) >= n
    loss = (1.0 + x**2 + turn * second) * rng.exponential(size=2 * n)
    group = rng.integers(0, 32, 2 * n)
    constant = np.ones(2 * n)
    return reweighted(np.column_stack([x, constant]), loss, second, group, np.zeros(2 * n, dtype=np.int64), 1)


@pytest.mark.parametrize(("shift", "turn"), [(0.0, 0.0), (0.6, 0.0), (0.6, 0.8), (0.0, 0.8)])
def test_means_are_those_of_the_integrals(shift: float, turn: float) -> None:
    found = sides(shift, turn=turn)
    assert found.means[:, 0] == pytest.approx([2.0, 2.0 + shift**2, 2.0 + shift**2 + turn], abs=0.25)
    assert found.ess == pytest.approx(np.exp(-(shift**2)), abs=0.1)


def test_intervals_hold_the_spread_of_the_weights() -> None:
    runs = [sides(0.8, seed=seed, n=1_500) for seed in range(40)]
    inputs = np.array([run.means[1, 0] - run.means[0, 0] for run in runs])
    se = [np.sqrt(jackknife_variance(run.left_out[:, 1, 0] - run.left_out[:, 0, 0])) for run in runs]
    assert 0.7 < float(np.mean(se)) / float(inputs.std()) < 1.6
    assert inputs.mean() == pytest.approx(0.64, abs=0.12)


def test_levels_add_up() -> None:
    rng = np.random.default_rng(3)
    x, second, group = rng.normal(size=(900, 3)), np.arange(900) >= 400, rng.integers(0, 16, 900)
    level, loss = rng.integers(0, 3, 900), rng.exponential(size=900)
    split = reweighted(x, loss, second, group, level, 3)
    whole = reweighted(x, loss, second, group, np.zeros(900, dtype=np.int64), 1)
    np.testing.assert_allclose(split.means.sum(axis=1), whole.means[:, 0])
    np.testing.assert_allclose(split.left_out.sum(axis=2), whole.left_out[:, :, 0])
