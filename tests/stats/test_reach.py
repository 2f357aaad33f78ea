import math

import numpy as np
import pytest

from generator.stats import reach

RUN_LENGTH = {2: 38.5, 3: 117.6}
"""Printed mean days to a false alarm of an upper CUSUM with k = 0.5, by its limit (Montgomery 2009)."""
SHIFTED = {5: 10.38, 4: 8.38}
"""The same after a shift of one SD."""


@pytest.fixture(scope="module")
def years():
    return np.random.default_rng(3).standard_normal((365, 3000))


def test_delays_are_run_lengths_after_a_shift(years):
    delays = reach.cusum_delays(years, 0.5, list(SHIFTED), 1.0).mean(axis=1)
    assert delays == pytest.approx(list(SHIFTED.values()), rel=0.03)


def test_alarms_come_as_often_as_the_run_length_says(years):
    alarms = reach.cusum_alarms(years, 0.5, list(RUN_LENGTH)).mean(axis=1)
    assert alarms == pytest.approx([365 / days for days in RUN_LENGTH.values()], rel=0.04)


def test_a_chart_that_never_fires(years):
    assert reach.cusum_alarms(years[:, :5], 0.5, [1e6]).sum() == 0
    assert (reach.cusum_delays(years[:, :5], 0.5, [1e6], 0.0) == 365).all()


def test_the_limit_on_single_days_keeps_its_rate(years):
    limit = reach.single_day_limit(years, 1.0)
    assert (years > limit).sum(axis=0).mean() == pytest.approx(1.0, rel=0.01)
    assert reach.single_day_limit(years, 1e9) == years.min()


def test_the_smallest_change_that_is_seen_is_net_of_chance(years):
    by_chance = (reach.cusum_delays(years[:, :500], 0.5, [4.0], 0.0)[0] <= 30).mean()
    assert 0.05 < by_chance < 0.5
    seen = reach.smallest_seen(years[:, :500], 0.5, 4.0, 30)
    delays = reach.cusum_delays(years[:, :500], 0.5, [4.0], seen)[0]
    assert ((delays <= 30).mean() - by_chance) / (1 - by_chance) == pytest.approx(0.8, abs=0.03)
    assert reach.smallest_seen(years[:, :500], 0.5, 8.0, 30) > seen


def test_a_chart_that_mostly_fires_by_chance_cannot_tell(years):
    assert reach.smallest_seen(years[:, :500], 0.5, 2.5, 30) > 0
    assert math.isnan(reach.smallest_seen(years[:, :500], 0.5, 2.0, 30))
    assert math.isnan(reach.smallest_seen(years[:, :500], 0.5, 2.5, 30, two_sided=True))
