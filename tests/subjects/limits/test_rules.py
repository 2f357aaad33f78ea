"""What a declared rule sets: its levels, their severity and what they ask, on either side of each limit."""

from dataclasses import replace
from typing import Any

import pytest

from generator.records import project as p
from generator.subjects.kit.known import known
from generator.subjects.limits import rules
from tests.subjects import case

RULE = p.Rule(id="r", metric="rmse", yellow=9.0, red=10.0, decision="find the cause", mitigation="go back")
NAMES: dict[str, Any] = {
    "Green": "none",
    "Yellow": "P3",
    "Red": "P2",
    "calm": "none",
    "page": "P1",
    "mail": "P4",
    "call": "P2",
}
EVERY = tuple(p.Level(name=name, severity=severity) for name, severity in NAMES.items())
NAMED, OTHERS = EVERY[:3], EVERY[3:]


def levels(*declared: p.Rule, own: tuple[p.Level, ...] = ()) -> tuple[rules.RuleLevel, ...]:
    return rules.rule_levels(case.project(alerts=p.Alerts(levels=own, rules=declared)))


def test_every_declared_level_stands_yellow_before_red() -> None:
    only = replace(RULE, id="s", yellow=None)
    found = levels(RULE, only, replace(RULE, id="t", red=None), replace(RULE, id="u", yellow=None, red=None))
    assert [(one.rule.id, one.name, one.limit.threshold.value) for one in found] == [
        ("r", "yellow", 9.0),
        ("r", "red", 10.0),
        ("s", "red", 10.0),
        ("t", "yellow", 9.0),
    ]
    assert [one.gravest for one in found] == [False, True, True, True]


@pytest.mark.parametrize(
    ("own", "yellow", "red"),
    [
        (NAMED, "Yellow", "Red"),
        (NAMED[:1], None, None),
        (NAMED[1:2], "Yellow", None),
        (OTHERS, "mail", "page"),
        (OTHERS[:2], None, "page"),
        (OTHERS[:1], None, None),
        ((), None, None),
    ],
)
def test_levels_of_other_names_count_by_their_severity(own: Any, yellow: str | None, red: str | None) -> None:
    project = case.project(alerts=p.Alerts(levels=own))
    found = [rules.level_named(project, name) for name in ("yellow", "red")]
    assert [one and one.name for one in found] == [yellow, red]


def test_a_rule_that_names_its_levels_has_those() -> None:
    chosen = replace(RULE, yellow_level="call", red_level="mail")
    assert [one.level and one.level.name for one in levels(chosen, own=OTHERS)] == ["call", "mail"]
    assert [one.level and one.level.name for one in levels(RULE, own=OTHERS)] == ["mail", "page"]


@pytest.mark.parametrize(
    ("own", "yellow", "red"),
    [
        (NAMED, "P3", "P2"),
        ((), rules.SEVERITIES["yellow"], rules.SEVERITIES["red"]),
        (NAMED[:1], rules.SEVERITIES["yellow"], rules.SEVERITIES["red"]),
    ],
)
def test_a_level_is_as_grave_as_declared_else_as_usual(own: Any, yellow: str, red: str) -> None:
    assert [one.severity for one in levels(RULE, own=own)] == [yellow, red]
    counting = replace(RULE, metric="alerts_per_day")
    (aside, _), (alone, _) = levels(counting, own=own), levels(RULE, own=own)
    assert (aside.aside, alone.aside, replace(alone, path="").aside) == (True, False, True)
    assert aside.severity == aside.called == rules.IN_SUMMARY and alone.called in ("yellow", rules.IN_SUMMARY)


@pytest.mark.parametrize(
    ("more", "asks"),
    [
        ({}, ["find the cause", "go back"]),
        ({"mitigation": None}, ["find the cause", "find the cause"]),
        ({"decision": None}, [None, "go back"]),
        ({"red": None}, ["go back"]),
    ],
)
def test_the_gravest_level_asks_for_what_helps_and_one_below_it_for_the_cause(more: Any, asks: list[str | None]):
    assert [one.do for one in levels(replace(RULE, **more))] == asks


def test_a_rule_is_called_by_its_title_else_by_its_metric() -> None:
    assert rules.title_of(replace(RULE, title="Error")) == "Error" and rules.title_of(RULE) == "RMSE"


@pytest.mark.parametrize(("recovery", "days"), [(0, 1), (1, 1), (3, 3)])
def test_a_rule_recovers_after_one_window_at_least(recovery: int, days: int) -> None:
    limit = rules.limit_of(replace(RULE, recovery=recovery), case.fact("t", 1.0))
    assert limit.recovery == days


@pytest.mark.parametrize(
    ("relative_to", "threshold", "limit"),
    [("validation", 0.15, 8.2 * 1.15), ("previous", 0.05, 9.9 * 1.05), ("none", 9.0, 9.0)],
)
def test_a_relative_limit_stands_on_the_error_that_it_names(relative_to: Any, threshold: float, limit: float) -> None:
    at = known(case.evidence(), case.BEFORE)
    condition = p.Condition(id="c", metric="rmse", threshold=threshold, relative_to=relative_to)
    trigger = p.Trigger(id="c", metric="rmse", threshold=threshold, relative_to=relative_to)
    found = (
        rules.condition_limit(condition, 0, at, case.pricing()),
        rules.trigger_limit(trigger, 0, at, case.pricing()),
    )
    assert [one.threshold.value for one in found] == pytest.approx([limit, limit])
    bare = rules.condition_limit(condition, 0, known(case.NOTHING, case.BEFORE), case.pricing()).threshold
    assert bare.value == (9.0 if relative_to == "none" else None) and (relative_to in bare.reason) is (
        relative_to != "none"
    )
