import numpy as np
import pytest

from generator.stats import group_sequential as gs


def test_one_look_is_the_usual_test():
    assert gs.pocock_limits(1) == pytest.approx([1.959964], abs=1e-6)
    assert gs.obrien_fleming_limits(1) == pytest.approx([1.959964], abs=1e-6)


@pytest.mark.parametrize(("looks", "pocock", "obrien"), [(2, 2.178, 1.977), (4, 2.361, 2.024), (5, 2.413, 2.040)])
def test_printed_limits(looks, pocock, obrien):
    assert gs.pocock_limits(looks) == pytest.approx([pocock] * looks, abs=5.1e-4)
    limits = gs.obrien_fleming_limits(looks)
    assert limits[-1] == pytest.approx(obrien, abs=5.1e-4)
    assert limits * np.sqrt(np.arange(1, looks + 1) / looks) == pytest.approx([limits[-1]] * looks)


def test_error_over_looks():
    assert gs.error_over_looks(np.full(14, 1.959964)) == pytest.approx(0.22, abs=0.005)
    z = np.cumsum(np.random.default_rng(1).normal(size=(100_000, 5)), axis=1) / np.sqrt(np.arange(1, 6))
    simulated = (np.abs(z) > gs.obrien_fleming_limits(5)).any(axis=1).mean()
    assert simulated == pytest.approx(0.05, abs=0.003)
