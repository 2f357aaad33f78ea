import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, optimize, special, stats

from generator.stats import retraining as rt
from generator.stats.decay import Shape

THIRTY = Shape(family="saturating", parameter=30.0)


def power(exponent):
    return Shape(family="power", parameter=exponent)


def test_no_decay_and_no_interval():
    assert rt.shape_schedule(350, power(2), 0).interval == math.inf
    assert rt.shape_schedule(350, THIRTY, 0).interval == math.inf
    assert rt.cost_rate(350, 0, 0) == math.inf


def test_printed_power():
    root = rt.shape_schedule(350, power(0.5), 4)
    assert (root.interval, root.cost_per_day) == pytest.approx((40.99707, 25.611583), abs=5.1e-6)
    square = rt.shape_schedule(350, power(2), 4)
    assert (square.interval, square.cost_per_day) == pytest.approx((5.081982, 103.306155), abs=5.1e-7)


SATURATING = [(50, 27.476413, 29.991793), (20, 58.829810, 17.185629), (12, 163.414752, 11.948298)]


@pytest.mark.parametrize(("ceiling", "interval", "rate"), SATURATING)
def test_printed_saturating(ceiling, interval, rate):
    ours = rt.shape_schedule(350, THIRTY, ceiling)
    assert (ours.interval, ours.cost_per_day) == pytest.approx((interval, rate), abs=1e-6)
    kappa = 350 / (ceiling * 30)
    exact = -1 - special.lambertw(-(1 - kappa) / math.e, -1).real
    assert ours.interval == pytest.approx(30 * exact, rel=1e-10)
    assert rt.shape_schedule(350, THIRTY, 11) == rt.Schedule(interval=math.inf, cost_per_day=11)


@given(st.floats(1, 1e4), st.floats(0.1, 50), st.floats(0.3, 3))
def test_marginal_equals_average_at_the_best_interval(cost, scale, p):
    best = rt.shape_schedule(cost, power(p), scale)
    assert best.interval == pytest.approx((cost * (p + 1) / (scale * p)) ** (1 / (p + 1)))
    added = scale * best.interval ** (p + 1) / (p + 1)
    assert rt.cost_rate(cost, added, best.interval) == pytest.approx(best.cost_per_day)


def test_saturating_agrees_with_scipy():
    def rate(t):
        return (350 + 20 * (t - 30 * -math.expm1(-t / 30))) / t

    best = optimize.minimize_scalar(rate, bounds=(1, 400), method="bounded", options={"xatol": 1e-8})
    assert rt.shape_schedule(350, THIRTY, 20).interval == pytest.approx(best.x, rel=1e-5)


UNCERTAIN = [
    (4, 1, 3.998, 13.23, 11.14, 0.44),
    (4, 3, 4.538, 12.42, 8.85, 2.71),
    (0, 3, 2.392, 17.11, 11.91, 3.26),
    (-1, 3, 2.063, 18.42, 13.34, 3.25),
]


def test_certain_and_clearly_improving():
    assert rt.doubtful(350, Shape(), -1, 0).best().interval == math.inf
    improving = rt.doubtful(350, Shape(), -20, 1)
    assert improving.best(improving.upper).interval == math.inf
    assert float(improving.scales.mean()) > 0


@pytest.mark.parametrize(("slope", "se", "mean", "interval", "shortest", "information"), UNCERTAIN)
def test_printed_doubt(slope, se, mean, interval, shortest, information):
    ours = rt.doubtful(350, Shape(), slope, se)
    own = float(ours.scales.mean())
    assert own == pytest.approx(stats.truncnorm.mean(-slope / se, np.inf, slope, se), rel=1e-4)
    assert own == pytest.approx(mean, abs=0.005)
    assert ours.best().interval == pytest.approx(interval, abs=0.011)
    assert ours.best(ours.upper).interval == pytest.approx(shortest, abs=0.0051)
    assert ours.information_per_day == pytest.approx(information, abs=0.011)


def test_printed_intervals_of_a_line():
    ours = rt.doubtful(350, Shape(), 4, 0)
    assert [ours.mean_rate(t) for t in (1, 7, 14, 30, 90)] == pytest.approx([352, 64, 53, 71.67, 183.89], abs=0.0051)
    assert ours.information_per_day == 0.0


def test_the_flat_region_of_a_line_is_where_its_factor_is_a_tenth_above_one():
    ours = rt.doubtful(350, Shape(), 4, 0)
    low, high = ours.flat(0.1)
    best = ours.best().interval
    assert low < best < high
    never = rt.doubtful(350, Shape(family="saturating", parameter=30.0), 11, 0)
    assert never.flat() == (math.inf, math.inf)
    nearly = rt.doubtful(350, Shape(family="saturating", parameter=30.0), 12, 0)
    assert nearly.flat()[1] == math.inf


def test_fewer_degrees_of_freedom_mean_more_doubt():
    sure, unsure = (rt.doubtful(350, Shape(), 4, 1, df) for df in (math.inf, 3.0))
    assert unsure.upper > sure.upper
    assert unsure.scale(0.95) > sure.scale(0.95) > sure.scale(0.05) > unsure.scale(0.05)
    assert unsure.scales.mean() == pytest.approx(
        stats.t(3, 4, 1).expect(lambda b: b, lb=0) / stats.t(3, 4, 1).sf(0), rel=2e-3
    )


SHAPES = [Shape(), Shape(family="power", parameter=0.5), Shape(family="saturating", parameter=30.0)]


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_has_its_least_at_its_best(shape):
    ours = rt.doubtful(350, shape, 20, 0)
    best = ours.best()
    assert ours.mean_rate(best.interval) == pytest.approx(best.cost_per_day)
    assert min(ours.mean_rate(best.interval * f) for f in (0.9, 1.1)) > best.cost_per_day


@pytest.mark.parametrize("lag", [0.0, 12.0, 49.0])
@pytest.mark.parametrize("shape", SHAPES)
def test_a_model_that_serves_late_is_priced_by_its_age_while_it_serves(shape, lag):
    ours = rt.doubtful(350, shape, 100, 0, lag=lag)
    found = optimize.minimize_scalar(
        lambda t: (350 + 100 * integrate.quad(lambda a: float(shape.at(np.array([a]))[0]), lag, lag + t)[0]) / t,
        bounds=(0.1, 400),
        method="bounded",
        options={"xatol": 1e-7},
    )
    assert ours.best().interval == pytest.approx(found.x, rel=1e-4)
    assert ours.best().cost_per_day == ours.mean_rate(ours.best().interval) == pytest.approx(found.fun)
