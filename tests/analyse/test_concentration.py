from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from generator.analyse._segment_summary import _concentration


def level(rows: float) -> Any:
    return SimpleNamespace(sums=SimpleNamespace(total=lambda column: rows))


def test_small_bad_levels_come_before_a_large_one_that_is_hardly_worse() -> None:
    """By the whole excess the large level would carry it: 90 % of the rows with 45 % of the excess."""
    large, bad, worst = level(900), level(60), level(40)
    split: Any = SimpleNamespace(levels=(large, bad, worst))
    excess = {id(large): 45.0, id(bad): 30.0, id(worst): 25.0}
    taken, share, rows = _concentration(split, excess)
    assert taken == 2
    assert share == pytest.approx(0.55) and rows == pytest.approx(0.1)


def test_levels_below_the_validation_level_carry_nothing() -> None:
    fine, other = level(10), level(20)
    split: Any = SimpleNamespace(levels=(fine, other))
    taken, share, _ = _concentration(split, {id(fine): -1.0, id(other): 0.0})
    assert taken == 0 and share != share
