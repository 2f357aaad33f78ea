import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.stats import economics as ec
from generator.stats.economics import Stakes

DESIGNS = [
    (1, 1500, 1.446, 80.5, 13.5, 3.05, 733, 1.326, 76.7),
    (2, 1500, 1.941, 42.3, 38.3, 1.91, 105.6, 1.200, 40.3),
    (3, 1500, 2.358, 26.2, 108.9, 1.35, 33.9, 0.965, 25.8),
    (2, 150, 2.530, 7.87, 175, 3.35, 11.04, 2.304, 5.91),
    (2, 15000, 1.200, 257, 8.7, 1.27, 1051, 0.209, 257),
]


@pytest.mark.parametrize(("shift", "loss", "h", "cost", "run", "delay", "three", "cusum_h", "cusum_cost"), DESIGNS)
def test_printed_designs(shift, loss, h, cost, run, delay, three, cusum_h, cusum_cost):
    stakes = Stakes(false_alarm=400, per_day=1 / 90, loss_per_day=loss, shift=shift)
    best = ec.shewhart_design(stakes)
    assert best.h == pytest.approx(h, abs=0.0011)
    assert best.cost_per_day == pytest.approx(cost, rel=2e-3)
    assert best.run_length == pytest.approx(run, rel=4e-3)
    assert best.delay == pytest.approx(delay, abs=0.0051)
    assert ec.shewhart_design(stakes, 3.0).cost_per_day == pytest.approx(three, rel=2e-3)
    cusum = ec.cusum_design(stakes)
    assert cusum.h == pytest.approx(cusum_h, abs=0.0011)
    assert cusum.cost_per_day == pytest.approx(cusum_cost, rel=2e-3)


def test_response_time_costs_but_does_not_move_the_limit():
    quick = Stakes(false_alarm=400, per_day=1 / 90, loss_per_day=1500, shift=2)
    slow = Stakes(false_alarm=400, per_day=1 / 90, loss_per_day=1500, shift=2, response_days=3)
    assert ec.shewhart_design(slow).h == pytest.approx(ec.shewhart_design(quick).h, abs=1e-4)
    extra = ec.shewhart_design(slow).cost_per_day - ec.shewhart_design(quick).cost_per_day
    assert extra == pytest.approx(1500 * 3 / 90)


def test_no_incident_is_not_none_to_come():
    rate = ec.incident_rate(0, 30, level=0.90)
    assert rate.high * 365 == pytest.approx(23, abs=0.5)
    assert rate.low >= 0
    assert math.isnan(ec.incident_rate(0, 0).high)


def test_printed_value_of_flows():
    assert ec.net_present_value([-1000, 500, 500, 500], 0.1) == pytest.approx(243.426, abs=5.1e-4)
    assert ec.net_present_value([], 0.1) == 0.0
    assert ec.payback_period([-1000, 500, 500, 500]) == 2.0
    assert ec.payback_period([-1000, 500, 500, 500], 0.1) == 3.0
    assert ec.payback_period([-1000, 1]) == math.inf
    assert ec.return_on_investment(361, 1) == 360
    assert math.isnan(ec.return_on_investment(5, 0))


def test_printed_judgements():
    assert ec.triangular_mean(0.1, 0.2, 0.35) == pytest.approx(0.216667, abs=5.1e-7)
    assert ec.pert_mean(0.1, 0.2, 0.35) == pytest.approx(1.25 / 6)
    draws = np.random.default_rng(0).triangular(0.1, 0.2, 0.35, 100_000)
    assert draws.mean() == pytest.approx(ec.triangular_mean(0.1, 0.2, 0.35), abs=0.001)


@given(st.lists(st.tuples(st.floats(-9, 9), st.floats(-9, 9)), min_size=1, max_size=20))
def test_information_is_never_worth_less_than_nothing(table):
    assert ec.perfect_information_value(table) >= -1e-9


def test_information_without_choice_or_draws():
    assert ec.perfect_information_value([[1.0], [5.0]]) == 0.0
    assert math.isnan(ec.perfect_information_value([]))
    assert ec.perfect_information_value([[0.0, 10.0], [10.0, 0.0]]) == 5.0
