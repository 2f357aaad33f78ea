"""The rules of going back by themselves, on either side of each limit."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from generator.records import project as p
from generator.subjects.kit.known import known
from generator.subjects.rollback import _conditions as conditions
from generator.subjects.rollback import rollback
from tests.subjects import case

ARM = p.Condition(id="c", metric="rmse", threshold=0.05, relative_to="previous", window_days=7, traffic=0.1)
RATIO = replace(ARM, metric="error_ratio_previous", threshold=1.05, relative_to="none")


def at(*facts: Any) -> Any:
    return known(case.evidence(*facts), case.BEFORE)


@pytest.mark.parametrize(
    ("condition", "compares", "share", "name"),
    [
        (ARM, True, 0.05, "RMSE"),
        (RATIO, True, 0.05, "RMSE"),
        (replace(RATIO, relative_to="previous", threshold=0.05), True, 0.05, ""),
        (replace(ARM, relative_to="none", threshold=9.0), False, 9.0, "RMSE"),
    ],
)
def test_a_ratio_and_a_change_to_the_previous_version_are_one_share(
    condition: Any, compares: bool, share: float, name: str
):
    assert conditions.compares(condition) is compares
    assert conditions._share(condition) == pytest.approx(share)
    assert conditions._against(condition).startswith(name)


@pytest.mark.parametrize(
    ("minimum", "traffic", "few"),
    [(350, 0.1, False), (351, 0.1, True), (None, 0.1, False), (0, 0.1, False), (351, None, False)],
)
def test_a_week_of_a_tenth_of_500_rows_holds_350(minimum: Any, traffic: Any, few: bool) -> None:
    condition = replace(ARM, minimum_n=minimum, traffic=traffic)
    assert conditions._too_few(condition, at()) is few
    assert conditions._too_few(condition, known(case.NOTHING, case.BEFORE)) is False
    assert conditions.arm_rows(condition) == (1.0 if traffic is None else 0.1)
    assert conditions.arm_rows(None) == 1.0


def test_what_equal_models_would_do_is_told_where_the_rows_of_both_arms_are_known() -> None:
    """Arms of 350 and 3,150 rows; more traffic, a longer window or a wider margin err less often."""
    seen = conditions.chance_on_arms(ARM, at(case.fact("performance.rmse.kurtosis", 3.0))).value
    assert seen is not None and 0.02 < seen < 0.25
    for rarer in (replace(ARM, threshold=0.10), replace(ARM, window_days=28), replace(ARM, traffic=0.5)):
        less = conditions.chance_on_arms(rarer, at()).value
        assert less is not None and less < seen
    assert (
        conditions.chance_on_arms(replace(RATIO, traffic=0.1), at(case.fact("performance.rmse.kurtosis", 3.0))).value
        == seen
    )
    heavy = conditions.chance_on_arms(ARM, at(case.fact("performance.rmse.kurtosis", 12.0))).value
    assert heavy is not None and heavy > seen
    light, unknown = (
        conditions.chance_on_arms(ARM, at(case.fact("performance.rmse.kurtosis", k))).value for k in (2.0, None)
    )
    assert light == unknown == seen, "no lighter than normal"
    reasons = (
        (replace(ARM, metric="revenue"), at(), "is not known"),
        (replace(ARM, traffic=None), at(), "equal models never differ"),
        (ARM, known(case.NOTHING, case.BEFORE), "rows a day are not known"),
        (replace(ARM, minimum_n=351), at(), "never judged"),
        (replace(ARM, traffic=1.0), at(), "one arm has no rows"),
    )
    for condition, where, why in reasons:
        chance = conditions.chance_on_arms(condition, where)
        assert chance.value is None and why in chance.reason


def held(
    chance: float | None, *, never: bool = False, paired: bool = False, monthly: float | None = 1.0, **more: Any
) -> Any:
    made = SimpleNamespace(
        condition=replace(ARM, **more),
        chance=case.fact("chance", chance),
        monthly=case.fact("monthly", monthly),
        threshold=case.fact("t", 0.05),
        words=("words",),
        never=never,
        paired=("on both",) if paired else (),
    )
    return made


@pytest.mark.parametrize(
    ("chance", "action", "told"),
    [(0.05, "roll back", False), (0.051, "roll back", True), (0.051, "observe", False), (None, "roll back", False)],
)
def test_a_condition_that_holds_by_chance_in_more_than_one_window_of_twenty_is_a_finding(
    chance: Any, action: Any, told: bool
):
    assert bool(rollback._trigger_happy((held(chance, action=action),))) is told
    for title, name in (("Error", "Error"), (None, "c")):
        for found in rollback._trigger_happy((held(chance, action=action, title=title),)):
            assert found.subject == f"rollback condition {name}" and f"“{name}”" in case.plain(found.words)


@pytest.mark.parametrize(
    ("chance", "never", "paired", "action", "rows"),
    [
        (0.05, False, True, "roll back", []),
        (0.06, False, True, "roll back", ["by chance; both"]),
        (0.06, False, True, "observe", ["by chance"]),
        (0.06, False, False, "roll back", ["by chance"]),
        (None, True, False, "roll back", ["not measured"]),
        (None, False, False, "roll back", []),
    ],
)
def test_what_cannot_hold_or_holds_by_chance_is_set_aside(
    chance: Any, never: bool, paired: bool, action: Any, rows: Any
):
    found = rollback._set_aside((held(chance, never=never, paired=paired, action=action),))
    told = [case.plain(row[1]) for row in found.rows]
    assert len(told) == len(rows)
    for text, words in zip(told, rows, strict=True):
        first, _, both = words.partition("; ")
        assert first in text and (rollback.ON_SAME in text) is bool(both)


def test_false_alarms_of_conditions_add_up_and_those_that_cannot_be_told_are_named() -> None:
    total = rollback._total((held(0.01, monthly=2.0), held(0.01, monthly=0.5), held(0.01, monthly=None, title="Blind")))
    assert (total.value, total.n) == (2.5, 2) and "without Blind" in total.method
    none = rollback._total((held(0.01, monthly=None),))
    assert none.value is None and "no condition" in none.reason and rollback._total(()).value is None


@pytest.mark.parametrize(
    ("restore", "steps", "whole", "kept"),
    [
        (15, 9.0, 15.0, True),
        (15, 9.0, 15.1, False),
        (None, 9.0, 15.0, None),
        (15, None, 15.0, None),
        (15, 9.0, None, None),
    ],
)
def test_the_promise_is_kept_by_all_checks_and_steps_together(restore: Any, steps: Any, whole: Any, kept: Any) -> None:
    facts = [case.fact(name, value) for name, value in (("r", restore), ("s", steps), ("w", whole))]
    assert rollback._kept(*facts).value is kept
    slow = restore is not None and whole is not None and whole > restore
    assert bool(rollback._too_slow(facts[0], facts[2])) is slow


@pytest.mark.parametrize(
    ("declared", "rows", "ready"), [(False, 100, False), (True, None, None), (True, 0, False), (True, 1, True)]
)
def test_a_previous_version_is_ready_where_it_is_declared_and_has_scored_rows(
    declared: bool, rows: Any, ready: Any
) -> None:
    model = p.Model(name="m", version="2", previous=p.Previous(version="1") if declared else None)
    state, _ = rollback._previous(case.project(model=model), at(case.fact("previous.scored_rows", rows)))
    assert state.value is ready


@pytest.mark.parametrize(
    ("more", "who"),
    [
        ({"decide_within_minutes": 30}, "on-call lead, within 30"),
        ({}, "on-call lead"),
        ({"authority": "head", "decide_within_minutes": 30}, "head, within 30"),
        (
            {"automated": True, "decide_within_minutes": 30},
            "on call, at once; by itself only once the rollback is live",
        ),
    ],
)
def test_who_goes_back_is_told_with_the_time_to_decide(more: Any, who: str) -> None:
    condition = p.Condition(id="c", metric="rmse", threshold=10.0, **more)
    plan = replace(case.ROLLBACK, conditions=(condition,), without_asking=())
    found = rollback.run(case.pricing(rollback=plan), case.evidence(), case.BEFORE)
    assert case.plain(case.rows(found, "rollback.go_back")[-1]["who"]) == who
    (row,) = case.rows(found, "rollback.conditions")
    assert row["id"] == "c" and row["authority"] == (more.get("authority") or who.partition(", within")[0])
    named = replace(plan, conditions=(replace(condition, title="Error"),))
    (row,) = case.rows(rollback.run(case.pricing(rollback=named), case.evidence(), case.BEFORE), "rollback.conditions")
    assert row["id"] == "Error"
