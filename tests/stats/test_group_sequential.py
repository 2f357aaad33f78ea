import numpy as np
import pytest

from generator.stats import group_sequential as gs


def test_error_over_looks():
    assert gs.error_over_looks(np.full(14, 1.959964)) == pytest.approx(0.22, abs=0.005)
