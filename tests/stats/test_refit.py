import math

import numpy as np
import pytest

from generator.records.aggregates import CoMoments
from generator.stats.comoments import co_of
from generator.stats.refit import refit_gain
from tests.stats.ageing_worlds import stack


def world(seed: int, rows: int = 4000, shift: float = 0.25, share: float = 0.0) -> tuple[np.ndarray, np.ndarray, float]:
    """Rows of ten columns, the old model's prediction and the target; groups of rows that share an error."""
    rng = np.random.default_rng(seed)
    old = np.random.default_rng(1).normal(size=10)
    change = shift * np.random.default_rng(2).normal(size=10)
    x = rng.normal(size=(rows, 10))
    group = np.arange(rows) % 64
    if share:
        x = share * rng.normal(size=(64, 10))[group] + math.sqrt(1 - share**2) * x
    error = rng.normal(size=rows) + (rng.normal(size=64)[group] if share else 0.0)
    return np.column_stack([x, x @ old, x @ (old + change) + error]), group, float((change**2).sum())


def grouped(table: np.ndarray, group: np.ndarray) -> CoMoments:
    return stack([co_of(table[group == one]) for one in range(64)])


def test_no_rows_give_nothing():
    assert refit_gain(stack([co_of(np.zeros((0, 3)))] * 8), None, [0]) is None


def test_the_identity_is_exact():
    table, group, _ = world(3)
    found = refit_gain(grouped(table, group), None, range(10))
    design = np.column_stack([np.ones(len(table)), table[:, :10]])
    b, left, *_ = np.linalg.lstsq(design, table[:, -1], rcond=None)
    old = ((table[:, 10] - table[:, 11]) ** 2).mean()
    assert found is not None
    assert found.loss == pytest.approx(old) and found.loss_refit == pytest.approx(left[0] / len(table))
    quadratic = np.append(0.0, np.linalg.lstsq(table[:, :10], table[:, 10], rcond=None)[0]) - b
    assert found.in_sample == pytest.approx(quadratic @ (design.T @ design / len(table)) @ quadratic)
    assert found.parameters == pytest.approx(11)


def test_the_corrected_excess_is_the_truth_and_what_is_left_out_agrees():
    found = [refit_gain(grouped(*world(seed)[:2]), None, range(10)) for seed in range(40)]
    truth = world(0)[2]
    excess = np.array([one.excess for one in found if one])
    assert excess.mean() == pytest.approx(truth, abs=3 * excess.std() / math.sqrt(40))
    gain, held = (np.array([getattr(one, name) for one in found]) for name in ("out_of_sample", "held_out"))
    assert gain.mean() == pytest.approx(held.mean(), abs=0.002)
    assert np.mean([one.held_out_se for one in found if one]) == pytest.approx(held.std(), rel=0.35)


def test_without_change_a_refit_is_worse_on_new_rows_and_says_how_many_rows_it_needs():
    gains = [refit_gain(grouped(*world(seed, rows=400, shift=0.0)[:2]), None, range(10)) for seed in range(40)]
    assert np.mean([one.out_of_sample for one in gains if one]) == pytest.approx(-11 / 400, abs=0.01)
    assert all(one.in_sample > 0 for one in gains if one)
    small = refit_gain(grouped(*world(1, rows=400, shift=0.05)[:2]), None, range(10))
    assert small is not None and (small.rows_needed < small.effective_rows) == (small.out_of_sample > 0)


def test_rows_that_share_errors_count_for_less():
    alone = refit_gain(grouped(*world(5)[:2]), None, range(10))
    shared = refit_gain(grouped(*world(5, share=0.9)[:2]), None, range(10))
    assert alone is not None and shared is not None
    assert alone.effective_rows > 3000 > 1000 > shared.effective_rows
    assert shared.out_of_sample < shared.excess < shared.in_sample


def test_days_that_share_errors_count_for_less_too():
    table, group, _ = world(6, share=0.9)
    whole = grouped(table, group)
    rows = grouped(table, np.random.default_rng(1).permutation(group))
    by_day = refit_gain(rows, whole, range(10))
    assert by_day is not None and by_day.effective_rows < 1000


def test_few_groups_leave_nothing_out():
    table, _, _ = world(7)
    few = refit_gain(stack([co_of(part) for part in np.array_split(table, 4)]), None, range(10))
    assert few is not None and math.isnan(few.held_out)
    assert few.effective_rows == pytest.approx(few.rows)
