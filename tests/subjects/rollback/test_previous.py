"""What going back would do is told by the newest days of both versions, not by the whole period."""

from __future__ import annotations

from typing import Any

import pytest

from generator.records import project as p
from generator.records.evidence import Evidence
from generator.subjects.rollback import rollback, runbook
from tests.subjects import case

RULE = p.Rule(id="error", metric="rmse", yellow=9.5, red=10)


def both(own: list[float], previous: list[float]) -> Evidence:
    days = [day.isoformat() for day in case.DAYS[: len(own)]]
    rows = [
        (day, case.fact(f"n.{day}", 100), case.fact(f"o.{day}", a), case.fact(f"p.{day}", b))
        for day, a, b in zip(days, own, previous, strict=True)
    ]
    return case.evidence(tables=(case.table("previous.daily", "date rows own previous", *rows),))


def decided(own: list[float], previous: list[float], **more: Any) -> Any:
    return runbook.run(case.pricing(alerts=p.Alerts(rules=(RULE,)), **more), both(own, previous), case.BEFORE)


def card(found: Any) -> str:
    return next(case.plain(row[1]) for row in found.tables[0].rows if row[0] == "By the newest day")


@pytest.mark.parametrize(
    ("own", "previous", "way", "against"),
    [
        ([12.0, 10.0], [10.0, 10.6], "raise the error", True),
        ([10.0, 12.0], [10.6, 11.0], "lower the error", False),
        ([12.0, 10.0], [10.0, 10.4], "no difference", True),
        ([12.0, 10.0], [10.0, 9.6], "no difference", True),
    ],
)
def test_the_newest_day_decides(own: list[float], previous: list[float], way: str, against: bool) -> None:
    found = decided(own, previous)
    assert way in str(case.value(found, "rollback.tonight.way"))
    assert case.value(found, "rollback.tonight.against") is against
    assert way in card(found)


def test_the_days_on_which_the_previous_version_itself_would_have_alerted_are_counted() -> None:
    fact = case.known(decided([9.0] * 4, [9.4, 9.5, 9.6, 12.0]), "rollback.previous.days_over")
    assert (fact.value, fact.n) == (2, 4)


@pytest.mark.parametrize("window", [1, 2])
def test_a_condition_is_held_against_the_newest_window_of_its_own_length(window: int) -> None:
    more: Any = {"relative_to": "previous", "window_days": window, "traffic": 0.1}
    condition = p.Condition(id="c", metric="rmse", threshold=0.05, **more)
    project = case.pricing(rollback=p.Rollback(conditions=(condition,)))
    found = rollback.run(project, both([5.0, 5.0, 12.0], [9.0, 9.0, 10.0]), case.BEFORE)
    expected = {1: 0.2, 2: ((25 + 144) / (81 + 100)) ** 0.5 - 1}[window]
    assert case.value(found, "rollback.condition.c.current") == pytest.approx(expected)
    assert case.value(found, "rollback.condition.c.fires") is (window == 1)


def test_without_days_of_both_nothing_is_said_of_tonight() -> None:
    found = runbook.run(case.pricing(), case.evidence(), case.BEFORE)
    assert case.value(found, "rollback.tonight.against") is None
    assert "not known" in card(found)
