import math

import numpy as np
import pytest
from scipy.stats import mannwhitneyu
from threadpoolctl import threadpool_limits

from generator.stats.classifier import Separation, effective_share, out_of_fold_auc, separation


def told(before: np.ndarray, after: np.ndarray, seed: int = 1, texts: int = 0) -> Separation:
    x, second = np.concatenate([before, after]), np.arange(len(before) + len(after)) >= len(before)
    group = np.random.default_rng(seed).integers(0, 32, len(x))
    with threadpool_limits(limits=1):
        return separation(x, second, group, np.arange(x.shape[1]) < texts, seed)


def test_the_area_is_that_of_mann_and_whitney_within_folds() -> None:
    rng = np.random.default_rng(1)
    score, second, fold = rng.integers(0, 9, 300) / 9.0, rng.random(300) < 0.3, rng.integers(0, 3, 300)
    parts = [(score[(fold == k) & second], score[(fold == k) & ~second]) for k in range(3)]
    right = sum(mannwhitneyu(a, b).statistic for a, b in parts)
    assert out_of_fold_auc(score, second, fold) == pytest.approx(right / sum(len(a) * len(b) for a, b in parts))
    assert math.isnan(out_of_fold_auc(score, np.ones(300, dtype=bool), fold))


@pytest.mark.parametrize("shift", [0.0, 0.5, 1.0])
def test_the_effective_share_of_two_normals(shift: float) -> None:
    x = np.random.default_rng(2).normal(shift, 1.0, 400_000)
    assert effective_share(np.exp(shift * x - shift**2 / 2)) == pytest.approx(math.exp(-(shift**2)), rel=0.03)
    assert math.isnan(effective_share(np.zeros(0)))


def test_many_features_and_few_rows_without_drift_are_not_told_apart() -> None:
    sides = [np.random.default_rng(seed).normal(size=(2, 500, 75)) for seed in range(2)]
    found = [told(before, after) for before, after in sides]
    assert all(abs(one.auc - 0.5) < 3.5 * one.auc_se for one in found)
    assert abs(np.mean([one.auc for one in found]) - 0.5) < 0.03
    assert all(one.ess > 0.95 for one in found)


def test_rows_of_an_entity_do_not_help_to_tell_its_other_rows() -> None:
    rng = np.random.default_rng(4)
    own = np.repeat(rng.normal(size=(128, 6)), 20, axis=0)
    second = np.repeat(np.arange(128) % 2 == 1, 20)
    with threadpool_limits(limits=1):
        by_entity = separation(own, second, np.repeat(np.arange(128) // 2, 20), np.zeros(6, dtype=bool), 1)
        by_row = separation(own, second, rng.integers(0, 64, len(own)), np.zeros(6, dtype=bool), 1)
    assert by_row.auc > 0.95
    assert by_entity.auc < 0.65


def test_a_changed_correlation_is_seen_and_named() -> None:
    rng = np.random.default_rng(5)
    before, after = rng.normal(size=(2, 2000, 8))
    after[:, 3] = 0.8 * after[:, 1] + 0.6 * after[:, 3]
    found = told(before, after)
    assert found.auc - 3 * found.auc_se > 0.6
    assert set(np.argsort(-found.importance)[:2]) == {1, 3}
    assert found.ess < 0.8


def test_levels_and_missing_values_are_told_too() -> None:
    rng = np.random.default_rng(6)
    before, after = rng.normal(size=(2, 1000, 3))
    before[:, 0], after[:, 0] = rng.integers(0, 4, 1000), rng.choice([1, 3], 1000)
    after[rng.random(1000) < 0.5, 2] = np.nan
    found = told(before, after, texts=1)
    assert found.auc > 0.8
    assert set(np.argsort(-found.importance)[:2]) == {0, 2}


def test_sides_that_share_nothing_leave_nothing() -> None:
    rng = np.random.default_rng(7)
    found = told(rng.normal(size=(600, 3)), rng.normal(size=(600, 3)) + 9)
    assert found.auc == 1.0
    assert found.ess < 0.05


def test_a_side_that_is_never_held_out_with_the_other_is_not_judged() -> None:
    x, second = np.random.default_rng(8).normal(size=(400, 2)), np.arange(400) >= 200
    found = separation(x, second, np.where(second, 4, np.arange(400) % 4), np.zeros(2, dtype=bool), 1)
    assert math.isnan(found.auc) and math.isnan(found.ess) and np.isnan(found.importance).all()
