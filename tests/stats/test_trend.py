import numpy as np

from generator.stats.trend import detrend


def test_nothing_to_take_out():
    assert detrend([]).shape == "level"
    assert detrend([np.nan, np.nan]).shape == "level"
    constant = detrend(np.full(30, 0.3))
    assert constant.shape == "level"
    np.testing.assert_array_equal(constant.residual, 0.0)
    noise = detrend(np.random.default_rng(0).normal(size=30))
    assert (noise.shape, noise.step_day) == ("level", -1)


def test_line_and_step_are_found():
    noise = np.random.default_rng(1).normal(0, 0.2, 30)
    line = detrend(np.linspace(0, 3, 30) + noise)
    assert (line.shape, line.parameters) == ("line", 2)
    step = detrend(np.where(np.arange(30) < 17, 0.0, 2.0) + noise)
    assert (step.shape, step.step_day) == ("step", 17)
    assert abs(step.residual.mean()) < 1e-12


def test_printed_change_point():
    step = detrend([10.1, 9.8, 10.0, 10.2, 9.9, 12.1, 11.8, 12.0, 12.2, 11.9])
    assert step.step_day == 5
    assert abs((step.residual**2).sum() - 0.20) < 1e-9


def test_days_without_data_stay_without():
    x = np.arange(30.0)
    x[7] = np.nan
    flat = detrend(x)
    assert flat.shape == "line"
    assert np.isnan(flat.residual[7])
    np.testing.assert_allclose(np.delete(flat.residual, 7), 0.0, atol=1e-9)
