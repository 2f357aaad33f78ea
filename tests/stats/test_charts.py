import math

import numpy as np
import pytest

from generator.stats import charts

SHIFTS = (0, 0.25, 0.5, 0.75, 1, 1.5, 2, 2.5, 3, 4)
EWMA = [
    (0.40, 3.054, "499.95 223.73 71.20 28.42 14.26 5.87 3.52 2.54 2.02 1.44"),
    (0.25, 2.998, "499.84 170.30 48.29 20.11 11.14 5.46 3.61 2.74 2.26 1.73"),
    (0.20, 2.962, "499.74 150.22 41.76 18.15 10.54 5.50 3.74 2.88 2.38 1.86"),
    (0.20, 2.96, "496.78 149.57 41.64 18.11 10.53 5.50 3.74 2.88 2.38 1.86"),
    (0.10, 2.814, "499.58 106.32 31.30 15.85 10.33 6.08 4.36 3.44 2.87 2.19"),
    (0.05, 2.615, "499.93 84.01 28.76 16.37 11.38 7.11 5.22 4.17 3.50 2.69"),
]
CUSUM = [
    (4, "167.68 74.22 26.63 13.29 8.38 4.75 3.34 2.62 2.19 1.71"),
    (5, "465.44 139.49 38.00 17.05 10.38 5.75 4.01 3.11 2.57 2.01"),
]


def printed(row):
    return [float(v) for v in row.split()]


def test_printed_shewhart_and_one_sided():
    shewhart = [charts.shewhart_run_length(3, shift, two_sided=True) for shift in (0, 0.25, 0.5, 0.75, 1, 1.5, 2, 3)]
    assert shewhart[0] == pytest.approx(370.398, abs=0.00051)
    assert shewhart[1:] == pytest.approx([281.15, 155.22, 81.22, 43.89, 14.97, 6.30, 2.00], abs=0.0051)
    ours = [charts.cusum_run_length(h, 0.5) for h in (2, 3, 4, 5, 6)]
    assert ours == pytest.approx([38.5, 117.6, 335.4, 930.9, 2553.1], abs=0.051)


def test_limits_that_cannot_be():
    assert charts.cusum_run_length(30, 1.5) == math.inf
    assert charts.cusum_run_length(0.0, 0.5) == charts.shewhart_run_length(0.5)
    assert charts.shewhart_run_length(60) == math.inf


def test_unknown_designs():
    assert math.isnan(charts.cusum_run_length(math.nan, 0.5))


def test_run_length_agrees_with_simulation():
    z = np.random.default_rng(1).normal(1.0, 1.0, (20_000, 60))
    level, delay = np.zeros(20_000), np.full(20_000, 60.0)
    alive = np.ones(20_000, bool)
    for day in range(60):
        level = np.maximum(level + z[:, day] - 0.5, 0)
        hit = alive & (level > 4)
        delay[hit], alive = day + 1, alive & ~hit
    assert delay.mean() == pytest.approx(charts.cusum_run_length(4, 0.5, 1.0), rel=0.02)


def test_printed_paths():
    assert charts.cusum_path([0.2, -0.2, 1, 2, 2.4], 0.5) == pytest.approx([0, 0, 0.5, 2.0, 3.9])


def test_paths_without_days():
    assert charts.cusum_path([], 0.5).size == 0
    assert charts.cusum_path([math.nan, 2.0, math.nan], 0.5) == pytest.approx([0, 1.5, 1.5])
