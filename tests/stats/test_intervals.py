import math

import pytest
from scipy import stats

from generator.stats.intervals import log_interval, share_interval, t_interval


def test_agrees_with_scipy():
    interval = t_interval(2.0, 0.25, 7.5, level=0.9)
    assert (interval.low, interval.high) == pytest.approx(stats.t.interval(0.9, 7.5, 2.0, 0.5))
    normal = t_interval(0.0, 1.0, math.inf)
    assert normal.high == pytest.approx(1.959964, abs=1e-6)


def test_log_scale_is_symmetric_in_ratios():
    interval = log_interval(8.2, 0.01, 31)
    assert interval.low * interval.high == pytest.approx(8.2**2)


@pytest.mark.parametrize(("variance", "df"), [(math.nan, 5), (-1.0, 5), (1.0, 0), (1.0, math.nan)])
def test_not_computable(variance, df):
    for make in (t_interval, log_interval):
        interval = make(1.0, variance, df)
        assert interval.estimate == 1.0
        assert math.isnan(interval.low)
        assert math.isnan(interval.high)


def test_no_logarithm_of_nothing():
    assert math.isnan(log_interval(0.0, 0.1, 5).low)
    assert math.isnan(log_interval(math.nan, 0.1, 5).low)
    assert log_interval(1.0, 1e9, 5).high == math.inf


def test_a_share_interval_stays_inside_and_is_that_of_the_logit():
    found = share_interval(0.9, 0.0009, 1e9)
    half = 1.959964 * 0.03 / 0.09
    for end, sign in ((found.low, -1), (found.high, 1)):
        assert end == pytest.approx(1 / (1 + math.exp(-(math.log(9) + sign * half))), abs=1e-6)
    wide = share_interval(0.999, 0.25, 5)
    assert 0 <= wide.low < wide.high <= 1
    assert math.isnan(share_interval(1.0, 0.01, 10).low)
    assert math.isnan(share_interval(0.5, math.nan, 10).low)
