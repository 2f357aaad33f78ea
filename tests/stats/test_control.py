import math

import numpy as np
import pytest

from generator.stats.control import FEWEST, in_control


def ar1(phi, days, seed):
    rng = np.random.default_rng(seed)
    made = rng.standard_normal(days)
    for day in range(1, days):
        made[day] = phi * made[day - 1] + math.sqrt(1 - phi**2) * made[day]
    return made


def test_too_few_days_or_none_that_vary():
    assert in_control([1.0] * (FEWEST - 1)) is None
    assert in_control([math.nan] * 40) is None
    assert in_control([5.0] * 40) is None
    assert in_control([]) is None


def test_many_days_give_back_what_made_them():
    found = in_control(10 + 2 * ar1(0.5, 4000, 1), level=10.0)
    assert found is not None
    assert (found.sd, found.phi) == pytest.approx((2.0, 0.5), abs=0.1)
    assert found.level_days == math.inf
    assert not found.provisional


@pytest.mark.parametrize("shape", ["line", "step"])
def test_a_degradation_under_way_is_neither_spread_nor_correlation(shape):
    days = np.arange(30)
    moved = 8.0 * days / 29 if shape == "line" else 8.0 * (days >= 15)
    found = in_control(ar1(0.0, 30, 2) + moved)
    assert found is not None
    assert found.shape == shape
    assert found.sd == pytest.approx(1.0, abs=0.35)
    assert found.phi < 0.4
    assert found.provisional


def test_without_a_level_it_is_that_of_the_first_third():
    daily = ar1(0.0, 30, 3)
    found = in_control(daily)
    assert found is not None
    assert found.level == pytest.approx(daily[:10].mean())
    assert found.level_days == 10


def test_weekdays_are_taken_out_of_days_and_of_new_ones():
    week = np.array([0, 0, 0, 0, 0, 6.0, 6.0])
    daily = ar1(0.0, 84, 4) + np.tile(week, 12)
    found = in_control(daily, level=float(daily.mean()))
    assert found is not None
    assert found.sd == pytest.approx(1.0, abs=0.25)
    assert found.weekday[5] - found.weekday[0] == pytest.approx(6.0, abs=1.0)
    assert np.abs(found.standardised(daily)).max() < 4


def test_gaps_are_no_days():
    daily = ar1(0.0, 40, 5)
    daily[::4] = math.nan
    found = in_control(daily)
    assert found is not None
    assert found.days < 31
    assert np.isnan(found.standardised(daily)[0])


def test_no_less_spread_than_chance_gives():
    found = in_control(1e-3 * ar1(0.0, 30, 6), level=0.0, least_sd=0.5)
    assert found is not None
    assert found.sd == 0.5
