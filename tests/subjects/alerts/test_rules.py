"""What is found of all alert rules together, on either side of each limit."""

import datetime
from typing import Any

import pytest

from generator.records import project as p
from generator.subjects.alerts import _alert_levels as levels
from generator.subjects.alerts import alerts
from generator.subjects.kit.known import known
from generator.subjects.limits import counting
from generator.subjects.limits.healthy import setting
from generator.subjects.limits.quantities import Limit
from generator.subjects.limits.rules import RuleLevel, rule_levels
from tests.subjects import case

TODAY = datetime.date(2026, 3, 30)


@pytest.mark.parametrize(
    ("total", "budget", "over"),
    [(4.1, 4, True), (4.0, 4, False), (3.0, 4, False), (None, 4, False), (9.0, None, False)],
)
def test_false_alarms_are_a_finding_beyond_the_budget_only(total: Any, budget: Any, over: bool) -> None:
    project = case.project(alerts=p.Alerts(budget_per_month=budget))
    assert bool(alerts._over_budget(case.fact("t", total), project)) is over


def rule(name: str, monthly: float | None, *, path: str = "rules") -> Any:
    made = rule_levels(
        case.project(alerts=p.Alerts(rules=(p.Rule(id=name, metric="rmse", yellow=9, red=10, title=name),)))
    )
    return [
        levels.Evaluated(
            level=one if path else RuleLevel(rule=one.rule, name=one.name, limit=one.limit, level=None),
            reading=None,  # type: ignore[arg-type] # not looked at
            chance=None,  # type: ignore[arg-type] # not looked at
            days=case.fact("d", 0),
            false_alarms=case.fact("m", monthly if one.name == "yellow" else 99.0),
            delay=case.fact("l", None),
            visible=case.fact("v", None),
        )
        for one in made
    ]


def test_of_each_rule_its_lowest_level_counts_and_what_cannot_be_told_is_named() -> None:
    every = (*rule("a", 1.5), *rule("b", 2.0), *rule("c", None), *rule("d", 7.0, path=""))
    total = levels.total_false_alarms(every)
    assert (total.value, total.n) == (3.5, 2) and total.method.endswith("without c, which cannot be told")
    assert [name for name, _ in levels.left_out(every)] == ["c"]
    none = levels.total_false_alarms(tuple(rule("c", None)))
    assert none.value is None and none.reason == "it can be worked out for no rule"
    assert "no alert rules declared" in levels.total_false_alarms(()).reason


def limit(operator: Any, bound: float) -> Limit:
    return Limit(
        metric="alerts_per_day", features="none", operator=operator, threshold=case.fact("t", bound), window_days=1
    )


@pytest.mark.parametrize(
    ("operator", "bound", "beyond"),
    [(">", 2, False), (">", 3, True), (">=", 3, False), (">=", 3.1, True), ("<", 9, False)],
)
def test_a_limit_that_asks_for_more_alerts_than_there_are_rules_cannot_hold(operator: Any, bound: float, beyond: bool):
    counts = counting.Counts(per_feature={}, per_rule={}, rules=3)
    assert counting.beyond_all(limit(operator, bound), counts) is beyond
    assert ("cannot hold" in counting.chance_of_counts(limit(operator, bound), counts).reason) is beyond


def test_days_are_counted_on_which_the_limit_is_broken_both_ways_of_counting() -> None:
    days = [TODAY - datetime.timedelta(days=back) for back in range(3)]
    by_rule, by_feature = (dict(zip(days, values, strict=True)) for values in ((1.0, 2.0, 3.0), (1.0, 4.0, 9.0)))
    counts = counting.Counts(per_feature=by_feature, per_rule=by_rule, rules=3)
    assert counting.days_over(by_rule, limit(">", 2)) == 1 and counting.days_over(by_rule, limit(">=", 2)) == 2
    assert [(one.value, one.n) for one in counting.day_facts(counts, limit(">", 1), "x")] == [(2, 3), (2, 3)]
    assert [one.value for one in counting.count_facts(counts)] == pytest.approx([14 / 3, 2.0])
    empty = counting.Counts(per_feature={}, per_rule={}, rules=0)
    assert [one.value for one in (*counting.day_facts(empty, limit(">", 1), "x"), *counting.count_facts(empty))] == [
        None
    ] * 4


@pytest.mark.parametrize(
    ("volumes", "rows"), [((), ["500.00"]), ((500,), ["500"]), ((17, 500), ["17", "500"]), ((17,), ["500.00", "17"])]
)
def test_the_volume_of_the_data_stands_once_among_the_others(volumes: Any, rows: list[str]) -> None:
    project = case.pricing(alerts=p.Alerts(rules=(p.Rule(id="r", metric="rmse", red=10),), rows_per_day=volumes))
    found = alerts.run(project, case.evidence(), case.BEFORE)
    told = [case.plain(tuple(row.values())[2]) for row in case.rows(found, "alerts.volumes")]
    assert told == rows * (len(told) // len(rows)) and told


def test_a_level_of_absolute_errors_is_told_relative_to_validation() -> None:
    at = known(case.evidence(), case.BEFORE)
    for metric, level, change in (("rmse", 8.2 * 1.1, 0.1), ("mae", 6.2 * 0.9, -0.1), ("missing", 0.3, None)):
        own: Any = metric
        where = setting(
            Limit(metric=own, features="none", operator=">", threshold=case.fact("t", 1.0), window_days=1),
            1.0,
            500,
            at,
            case.pricing(),
        )
        assert levels.change_to(where, level) == (None if change is None else pytest.approx(change))
