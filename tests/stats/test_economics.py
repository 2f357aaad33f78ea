import math

import pytest

from generator.stats import economics as ec

DESIGNS = [
    (1, 1500, 1.446, 80.5, 13.5, 3.05, 733, 1.326, 76.7),
    (2, 1500, 1.941, 42.3, 38.3, 1.91, 105.6, 1.200, 40.3),
    (3, 1500, 2.358, 26.2, 108.9, 1.35, 33.9, 0.965, 25.8),
    (2, 150, 2.530, 7.87, 175, 3.35, 11.04, 2.304, 5.91),
    (2, 15000, 1.200, 257, 8.7, 1.27, 1051, 0.209, 257),
]


def test_no_incident_is_not_none_to_come():
    rate = ec.incident_rate(0, 30, level=0.90)
    assert rate.high * 365 == pytest.approx(23, abs=0.5)
    assert rate.low >= 0
    assert math.isnan(ec.incident_rate(0, 0).high)


def test_printed_value_of_flows():
    assert ec.payback_period([-1000, 500, 500, 500]) == 2.0
    assert ec.payback_period([-1000, 500, 500, 500], 0.1) == 3.0
    assert ec.payback_period([-1000, 1]) == math.inf
    assert ec.return_on_investment(361, 1) == 360
    assert math.isnan(ec.return_on_investment(5, 0))
