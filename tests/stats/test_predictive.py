import numpy as np
import pytest

from generator.stats import predictive as pr


def test_reference_value_stays_in_range():
    assert [pr.cusum_reference(m) for m in (0.1, 1.0, 9.0)] == [0.25, 0.5, 1.5]


def test_years_repeat_and_depend_on_their_seed():
    one, two, three = (pr.predictive_years(30, 0.2, seed, level_days=30, paths=20) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, two)
    assert (one != three).all()


def test_years_have_the_spread_and_correlation_asked_for():
    years = pr.predictive_years(100_000, 0.5, 4, level_days=100_000, paths=400)
    assert years.std() == pytest.approx(1.0, abs=0.02)
    assert np.corrcoef(years[1:].ravel(), years[:-1].ravel())[0, 1] == pytest.approx(0.5, abs=0.02)


def test_few_days_make_years_farther_from_their_level():
    few, many = (pr.predictive_years(days, 0.2, 1, level_days=days, paths=400) for days in (15, 90))
    assert few.mean(axis=0).std() > 2 * many.mean(axis=0).std()
