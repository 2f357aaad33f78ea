import math

import numpy as np
import pytest

from generator.stats import predictive as pr


def test_too_few_days():
    nothing = pr.predictive_cusum_limit(4, 0.0, 0.5, 1)
    assert math.isnan(nothing.h)
    assert np.isnan(nothing.delays).all()
    assert math.isnan(pr.predictive_cusum_limit(30, math.nan, 0.5, 1).h)


def test_reference_value_stays_in_range():
    assert [pr.cusum_reference(m) for m in (0.1, 1.0, 9.0)] == [0.25, 0.5, 1.5]


@pytest.mark.parametrize(("days", "phi", "printed"), [(30, 0.0, 6), (30, 0.4, 14), (90, 0.4, 9)])
def test_printed_typical_limits(days, phi, printed):
    limit = pr.predictive_cusum_limit(days, phi, 0.5, seed=1, paths=500)
    assert limit.h == pytest.approx(printed, rel=0.25)
    assert limit.false_alarms <= 1.0
    assert limit.false_alarms_q90 >= limit.false_alarms
    assert (np.diff(limit.delays) < 0).all()


def test_repeats_and_depends_on_its_seed():
    one, two, three = (pr.predictive_cusum_limit(30, 0.2, 0.5, seed, paths=200) for seed in (1, 1, 2))
    assert one.h == two.h
    np.testing.assert_array_equal(one.delays, two.delays)
    assert one.h != three.h


def test_heavy_tails_and_more_alarms():
    normal = pr.predictive_cusum_limit(60, 0.0, 0.5, 3, paths=500)
    assert pr.predictive_cusum_limit(60, 0.0, 0.5, 3, paths=500, kurtosis=9.0).h > normal.h - 0.5
    assert pr.predictive_cusum_limit(60, 0.0, 0.5, 3, paths=500, per_year=12.0).h < normal.h


def test_years_have_the_spread_and_correlation_asked_for():
    years = pr.predictive_years(100_000, 0.5, 4, kurtosis=6.0, paths=400)
    assert years.std() == pytest.approx(1.0, abs=0.02)
    assert np.corrcoef(years[1:].ravel(), years[:-1].ravel())[0, 1] == pytest.approx(0.5, abs=0.02)
