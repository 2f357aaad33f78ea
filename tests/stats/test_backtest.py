import numpy as np
import pytest

from generator.stats.backtest import about_one, backtest, refit
from generator.stats.decay import fit_decay
from tests.stats.ageing_worlds import by_day, tables


def test_no_day_left_to_score_gives_no_grid():
    days = by_day(tables(1, 5, rows=50, width=3))
    assert backtest(days, 5).loss.shape == (0, 0)
    assert backtest(days, 0).rows.size == 0


def test_every_loss_is_that_of_a_refit_on_the_rows_themselves():
    found = tables(2, 9, rows=80, width=4, step=0.1)
    grid = backtest(by_day(found), 4, ridge=0.0)
    for day in range(5):
        for age in range(day + 1):
            cut = 4 + day - age
            past = np.vstack(found[cut - 4 : cut])
            b = np.linalg.lstsq(np.column_stack([np.ones(len(past)), past[:, :-1]]), past[:, -1], rcond=None)[0]
            now = found[4 + day]
            loss = ((now[:, -1] - b[0] - now[:, :-1] @ b[1:]) ** 2).mean()
            assert grid.loss[day, age] == pytest.approx(loss, rel=1e-9)
    assert np.isnan(grid.loss[0, 1]) and list(grid.rows) == [80] * 5


def test_columns_that_say_the_same_or_nothing_are_no_trouble():
    found = [
        np.column_stack([one[:, :2], one[:, 0], np.full(len(one), 7.0), one[:, -1]])
        for one in tables(3, 8, rows=60, width=2)
    ]
    plain = backtest(by_day([one[:, [0, 1, 4]] for one in found]), 4, ridge=1e-9)
    np.testing.assert_allclose(backtest(by_day(found), 4, ridge=1e-9).loss, plain.loss, rtol=1e-6)


def test_the_ridge_shrinks_towards_the_mean():
    moments = about_one(by_day(tables(4, 3, rows=90, width=2))).sum(axis=0)
    free, held = refit(moments, 0.0), refit(moments, 1e6)
    assert np.abs(held[1:3]).max() < 1e-5 * np.abs(free[1:3]).max()
    assert held[-1] == free[-1] == 1.0


def test_printed_slope_of_wandering_coefficients():
    """75 coefficients, each a random walk of 0.01 a day: the loss grows by 75 x 0.01 ^ 2 = 0.0075 a day."""
    slopes = []
    for seed in range(8):
        days = by_day(tables(seed, 60, rows=300, width=75, step=0.01))
        grid = backtest(days, 10)
        found = fit_decay(grid.loss[:, :21], grid.rows, overlap=0.5)
        assert found is not None and found.shape.family == "linear"
        slopes.append(found.scale)
    assert np.mean(slopes) == pytest.approx(0.0075, rel=0.15)


def test_a_world_that_stands_still_shows_no_ageing():
    visible = []
    for seed in range(40):
        grid = backtest(by_day(tables(seed, 30)), 5)
        found = fit_decay(grid.loss[:, :11], grid.rows, overlap=0.5)
        assert found is not None and abs(found.scale) < 0.004
        visible.append(found.visible)
    assert np.mean(visible) <= 0.05


def test_a_jump_is_seen_by_the_models_trained_before_it():
    grid = backtest(by_day(tables(5, 30, jump=(20, 0.3))), 5)
    excess = grid.loss - grid.loss[:, :1]
    assert np.nanmax(np.abs(excess[:15])) < 0.3
    assert excess[17, 3] > 1.0
    assert abs(excess[24, 3]) < 0.3
