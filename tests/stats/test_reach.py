import numpy as np
import pytest

from generator.stats import reach
from generator.stats.charts import cusum_run_length, shewhart_run_length
from generator.stats.reach import Rule


@pytest.fixture(scope="module")
def years():
    return np.random.default_rng(3).standard_normal((365, 3000))


def test_delays_are_run_lengths_after_a_shift(years):
    delays = reach.cusum_delays(years, 0.5, [2.0, 5.0, 4.0], 1.0).mean(axis=1)
    assert delays == pytest.approx([cusum_run_length(h, 0.5, 1.0) for h in (2, 5, 4)], rel=0.03)


def test_alarms_come_as_often_as_the_run_length_says(years):
    alarms = reach.cusum_alarms(years, 0.5, [2.0, 3.0]).mean(axis=1)
    assert alarms == pytest.approx([365 / cusum_run_length(h, 0.5) for h in (2, 3)], rel=0.04)


def test_a_chart_that_never_fires(years):
    assert reach.cusum_alarms(years[:, :5], 0.5, [1e6]).sum() == 0
    assert (reach.cusum_delays(years[:, :5], 0.5, [1e6], 0.0) == 365).all()


def test_a_rule_on_single_days(years):
    rule = Rule(bound=2.0)
    assert reach.rule_alarms(years, rule).mean() == pytest.approx(365 / shewhart_run_length(2.0), rel=0.03)
    assert reach.rule_delays(years, rule, 1.0).mean() == pytest.approx(shewhart_run_length(2.0, 1.0), rel=0.04)


def test_windows_and_repetition():
    days = np.array([[0.0], [3.0], [3.0], [3.0], [3.0], [0.0]])
    assert reach.rule_alarms(days, Rule(bound=2.0)).tolist() == [4]
    assert reach.rule_alarms(days, Rule(bound=2.0, consecutive=2)).tolist() == [2]
    assert reach.rule_alarms(days, Rule(bound=2.9, window=3)).tolist() == [2]
    assert reach.rule_delays(days, Rule(bound=2.9, window=3), 0.0).tolist() == [4]
    assert reach.rule_delays(days, Rule(bound=9.0), 0.0).tolist() == [6]


def test_a_window_is_filled_before_the_shift():
    days = np.zeros((10, 1))
    assert reach.rule_delays(days, Rule(bound=1.9, window=4), 2.0).tolist() == [4]


def test_the_limit_on_single_days_keeps_its_rate(years):
    limit = reach.single_day_limit(years, 1.0)
    assert (years > limit).sum(axis=0).mean() == pytest.approx(1.0, rel=0.01)
    assert reach.single_day_limit(years, 1e9) == years.min()


def test_the_smallest_change_that_is_seen(years):
    seen = reach.smallest_seen(years[:, :500], 0.5, 4.0, 30)
    delays = reach.cusum_delays(years[:, :500], 0.5, [4.0], seen)[0]
    assert (delays <= 30).mean() == pytest.approx(0.8, abs=0.03)
    assert reach.smallest_seen(years[:, :500], 0.5, 8.0, 30) > seen
