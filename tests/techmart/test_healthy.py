"""TechMart's own process without any shift: nothing is found, hardly anything is to be watched."""

import pytest

from tests.benchmarks.healthy import said


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 3, 5])
def test_a_healthy_month_raises_no_alarm(seed: int) -> None:
    one = said(seed)
    assert one.found == ()
    assert one.watched <= 1
    assert one.open_gates == ()
    assert one.verdict != "delay"
    assert one.facts["causes.verdict"] == "no change"
    assert one.facts["slices.count.confirmed"] == one.facts["correlation.count.changed"] == 0
