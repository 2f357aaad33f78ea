"""Why a metric alerts or does not, on either side of each limit."""

from types import SimpleNamespace
from typing import Any

import pytest

from generator.stats.metric_choice import AlertMetric, Failure
from generator.subjects.charts import _choice as choice
from tests.subjects import case

LOST = Failure(per_year=1, loss_per_day=100, unwatched_days=11)


def planned(*, reason: str = "", still: bool = False, seen: bool = True) -> Any:
    return SimpleNamespace(one=SimpleNamespace(reason=reason, id="x"), still=still, seen=seen or None)


def told(cost: float, delay: float = 1.0, *, kept: bool = False, sees: bool = True, **more: Any) -> str:
    """The words on a metric beside one that is chosen, which sees the failure after a day and costs 100 a year."""
    watches = (AlertMetric(delays=(1.0,), cost_per_year=100), AlertMetric(delays=(delay,), cost_per_year=cost))
    every = (planned(), planned(**more))
    held = choice.Choice(every=every, failures=(LOST,), kinds=("drift",), watches=watches, chosen=(0,))
    return case.plain(choice._why(held, 1, kept, sees))


def test_of_a_metric_it_is_told_why_it_alerts_or_does_not() -> None:
    assert told(0, kept=True).startswith("sees some failure sooner")
    assert told(0, sees=False) == "no priced failure moves it"
    assert told(0, reason="too few days") == "too few days" != told(0, reason="too few days", still=True)


@pytest.mark.parametrize(
    ("cost", "delay", "words"),
    [
        (1_000, 1.0, "costs more"),
        (999, 1.0, "the others see"),
        (100, 0.0, "the others see"),
        (99, 0.0, "worth something"),
        (101, 0.0, "the others see"),
    ],
)
def test_what_costs_all_that_it_saves_or_adds_is_not_worth_an_alert(cost: float, delay: float, words: str) -> None:
    """Alone it saves ten days of 100, less its cost; beside the other one a day of 100 if it sees it at once."""
    assert told(cost, delay).startswith(words)


def test_the_chosen_come_first_then_by_what_they_add_and_what_was_never_seen_last() -> None:
    costs = {"chosen": 100.0, "dear": 90.0, "cheap": 10.0, "blind": 0.0, "still": 50.0}
    watches = tuple(
        AlertMetric(delays=(0.0 if name != "chosen" else 1.0,), cost_per_year=one) for name, one in costs.items()
    )
    every = tuple(planned(seen=name not in ("blind", "still"), still=name == "still") for name in costs)
    held = choice.Choice(every=every, failures=(LOST,), kinds=("drift",), watches=watches, chosen=(0,))
    order = sorted(range(5), key=lambda index: choice._rank(held, index))
    assert [list(costs)[index] for index in order] == ["chosen", "cheap", "still", "dear", "blind"]


def test_a_share_of_the_budget_needs_both_and_a_budget_that_is_not_zero() -> None:
    for total, budget, share in ((2.0, 4.0, 0.5), (None, 4.0, None), (2.0, None, None), (2.0, 0.0, None)):
        assert choice._share(case.fact("a", total), case.fact("b", budget)) == share
