import math

import pytest

from generator.stats import charts


def test_printed_paths():
    assert charts.cusum_path([0.2, -0.2, 1, 2, 2.4], 0.5) == pytest.approx([0, 0, 0.5, 2.0, 3.9])


def test_paths_without_days():
    assert charts.cusum_path([], 0.5).size == 0
    assert charts.cusum_path([math.nan, 2.0, math.nan], 0.5) == pytest.approx([0, 1.5, 1.5])
