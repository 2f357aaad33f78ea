"""What going back would do is told by the newest days of both versions, not by the whole period."""

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


@pytest.mark.parametrize(
    ("own", "previous", "helps", "harms"),
    [
        ([12.0, 10.0], [10.0, 10.6], False, True),
        ([10.0, 12.0], [10.6, 11.0], True, False),
        ([12.0, 10.0], [10.0, 10.4], False, False),
        ([12.0, 10.0], [10.0, 9.6], False, False),
    ],
)
def test_the_newest_day_decides(own: list[float], previous: list[float], helps: bool, harms: bool) -> None:
    found = decided(own, previous)
    assert case.value(found, "rollback.tonight.helps") is helps
    assert case.value(found, "rollback.tonight.harms") is harms


def test_the_days_on_which_the_previous_version_itself_would_have_alerted_are_counted() -> None:
    found = decided([9.0] * 4, [9.4, 9.5, 9.6, 12.0])
    assert (case.value(found, "rollback.previous.days_over"), case.value(found, "rollback.previous.days_seen")) == (
        2,
        4,
    )
    assert case.value(found, "rollback.previous.alerts") is True


def test_what_is_asked_after_going_back_the_previous_version_kept_to_on_every_day() -> None:
    found, days = decided([9.0] * 4, [9.4, 12.0, 9.6, 9.5]), [9.4, 12.0, 9.6, 9.5]
    assert all(day <= case.value(found, "rollback.criterion") for day in days)
    assert case.value(found, "rollback.criterion.days") == len(days)


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
    for id in ("rollback.tonight.helps", "rollback.tonight.harms", "rollback.criterion"):
        assert case.value(found, id) is None, id
