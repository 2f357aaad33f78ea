import numpy as np
import pytest

from generator.stats.backtest import backtest
from generator.stats.decay import Shape, fit_decay
from tests.stats.ageing_worlds import by_day, tables


def grid(growth, days: int = 24, oldest: int = 12, noise: float = 0.0, seed: int = 1):
    """Losses of a model of this growth on days of very different hardness."""
    rng = np.random.default_rng(seed)
    hard = 80 + 30 * rng.random(days)
    loss = np.full((days, oldest + 1), np.nan)
    for day in range(days):
        ages = np.arange(min(day, oldest) + 1)
        loss[day, : ages.size] = hard[day] + growth(ages.astype(float)) + noise * rng.normal(size=ages.size)
    return loss, np.full(days, 500.0)


def test_too_few_days_or_ages_give_no_curve():
    loss, rows = grid(lambda age: age, days=6)
    assert fit_decay(loss, rows) is None
    assert fit_decay(loss[:, :1], rows) is None
    assert fit_decay(np.zeros((0, 0)), np.zeros(0)) is None


def test_the_calendar_drops_out():
    found = fit_decay(*grid(lambda age: 0.9 * age))
    assert found is not None
    assert found.shape == Shape() and found.scale == pytest.approx(0.9) and found.visible
    assert found.se == pytest.approx(0.0, abs=1e-9) and found.days == 23


@pytest.mark.parametrize(
    ("growth", "shape"),
    [
        (lambda age: 5 * (1 - np.exp(-age / 3)), Shape(family="saturating", parameter=3.0)),
        (lambda age: 0.2 * age**2, Shape(family="power", parameter=2.0)),
        (lambda age: 2 * age**0.5, Shape(family="power", parameter=0.5)),
        (lambda age: 0.5 * age, Shape()),
    ],
)
def test_the_shape_is_found_again(growth, shape):
    found = fit_decay(*grid(growth, noise=0.02))
    assert found is not None and found.shape == shape


def test_noise_alone_keeps_the_line():
    families = [fit_decay(*grid(lambda age: 0 * age, noise=1.0, seed=seed)).shape.family for seed in range(40)]
    assert families.count("linear") >= 34


SHAPES = [Shape(), Shape(family="power", parameter=1.5), Shape(family="saturating", parameter=7.0)]


@pytest.mark.parametrize("shape", SHAPES)
def test_growth_added_up_is_the_integral_of_the_growth(shape):
    ages = np.linspace(0, 20, 200_001)
    assert shape.until(20.0) == pytest.approx(np.trapezoid(shape.at(ages), ages), rel=1e-6)


def test_the_interval_covers_the_slope_of_wandering_worlds():
    covered = []
    for seed in range(60):
        found_grid = backtest(by_day(tables(seed, 30, step=0.03)), 5)
        found = fit_decay(found_grid.loss[:, :11], found_grid.rows, overlap=0.5)
        assert found is not None
        low, high = found.interval(0.9)
        covered.append(low <= 20 * 0.03**2 <= high)
    assert 0.85 <= np.mean(covered) <= 1.0
