"""A third of the days is worse than the first where the interval of their difference holds no zero."""

import pytest

from generator.subjects.performance import facts
from tests.subjects.case import fact


@pytest.mark.parametrize(
    ("low", "value", "high", "word"),
    [
        (0.129, 0.134, 0.139, "higher"),  # 0.012 apart, and hypot(0.005, 0.007) is 0.0086: the two only touch
        (0.122, 0.128, 0.134, "no clear change"),  # 0.006 apart, and hypot(0.006, 0.007) is 0.0092
        (0.105, 0.110, 0.115, "lower"),
    ],
)
def test_intervals_may_touch_where_the_difference_is_sure(low: float, value: float, high: float, word: str) -> None:
    first = fact("performance.brier.first", 0.122, low=0.115, high=0.129)
    third = fact("performance.brier.last", value, low=low, high=high)
    assert facts.moved(third, first, rated=True).word == word
