"""Conditions that tell nothing as they stand: a case on either side of each line."""

from dataclasses import replace
from typing import Any

import pytest

from generator.records import project as p
from generator.records.evidence import Evidence, Finding
from generator.records.fact import Fact
from generator.subjects.ladder import ladder
from generator.subjects.rollback import rollback
from tests.subjects import case


def found(evidence: Evidence | None = None, **settings: Any) -> dict[str, Finding]:
    decided = ladder.run(case.project(**settings), evidence or case.evidence(), case.BEFORE)
    kinds = ("ladder.reach.", "ladder.always.", "ladder.chance.", "ladder.mostly.")
    return {one.id: one for one in decided.findings if one.id.startswith(kinds)}


def alerting(*rules: p.Rule) -> dict[str, Any]:
    return {"alerts": p.Alerts(rules=rules)}


def going_back(*conditions: p.Condition) -> dict[str, Any]:
    return {"rollback": p.Rollback(conditions=conditions)}


def test_a_finding_names_the_alert_and_not_its_metric_alone() -> None:
    told = found(**alerting(p.Rule(id="r", metric="rmse", operator=">=", red=0, title="Errors of the day")))
    assert {one.subject for one in told.values()} == {"Alert “Errors of the day”, red"}


@pytest.mark.parametrize(
    ("rule", "id"),
    [
        (p.Rule(id="r", metric="missing", features="mean", red=-0.1), "ladder.always.r.red"),
        (p.Rule(id="r", metric="rmse", operator=">=", red=0), "ladder.always.r.red"),
        (p.Rule(id="r", metric="base_rate", operator="<=", red=1), "ladder.always.r.red"),
        (p.Rule(id="r", metric="rmse", red=10.6), ""),
    ],
)
def test_what_always_holds_is_told(rule: p.Rule, id: str) -> None:
    of_kind = [one for one in found(**alerting(rule)) if one.startswith("ladder.always.")]
    assert of_kind == ([id] if id else [])


def test_a_rule_that_held_on_most_days_is_told_with_its_days() -> None:
    """The pricing case: 8.5 on ten days, 9.2 on ten, 10.5 on ten."""
    rule = p.Rule(id="r", metric="rmse", yellow=9.0, red=10.0)
    told = found(**alerting(rule))
    assert list(told) == ["ladder.mostly.r.yellow"]
    assert told["ladder.mostly.r.yellow"].severity == "watch"
    assert "held on 20 of 30" in case.plain(told["ladder.mostly.r.yellow"].words)
    trigger = p.Trigger(id="t", metric="rmse", threshold=9.0)
    assert list(found(retraining=p.Retraining(triggers=(trigger,)))) == ["ladder.mostly.retraining.t"]
    assert not found(retraining=p.Retraining(triggers=(replace(trigger, threshold=10.0),)))


def test_a_rule_that_holds_by_chance_in_a_third_of_its_windows_is_told() -> None:
    """Normal errors, 500 rows a day, validation 8.20: a day above 8.30 has one chance in three, above 8.40 in five."""
    evidence = case.evidence(case.fact("performance.rmse.kurtosis", 3.0))
    near, far = (
        found(evidence, objectives=case.OBJECTIVES, **alerting(p.Rule(id="r", metric="rmse", red=red)))
        for red in (8.3, 8.4)
    )
    assert "ladder.chance.r.red" in near and "ladder.chance.r.red" not in far
    assert near["ladder.chance.r.red"].severity == "confirmed"
    assert any("messages" in id for id in near["ladder.chance.r.red"].evidence)


def test_the_arm_of_the_new_version_has_to_hold_the_rows_that_are_asked_for() -> None:
    arm = p.Condition(
        id="c", metric="rmse", threshold=0.2, relative_to="previous", window_days=28, traffic=0.1, minimum_n=1_401
    )
    told = found(**going_back(arm))
    assert "1400.00" in case.plain(told["ladder.reach.rollback.c.rows"].words)
    assert not found(**going_back(replace(arm, minimum_n=1_400)))


def test_more_alerts_than_there_are_rules_can_never_come() -> None:
    rules = tuple(p.Rule(id=f"r{number}", metric="rmse", yellow=20.0 + number) for number in range(7))
    many = p.Condition(id="many", metric="alerts_per_day", threshold=7)
    told = found(**alerting(*rules), **going_back(many))
    assert list(told) == ["ladder.reach.rollback.many.value"]
    assert "only 7" in case.plain(told["ladder.reach.rollback.many.value"].words)
    assert not found(**alerting(*rules), **going_back(replace(many, threshold=6)))


def test_going_back_by_chance_stands_in_the_table_and_has_one_finding() -> None:
    """Five per cent on one day of a tenth of 500 rows holds by chance in three windows of ten."""
    rash = p.Condition(id="c", metric="rmse", threshold=0.05, relative_to="previous", traffic=0.1)
    settings = going_back(rash)
    decided = ladder.run(case.pricing(**settings), case.evidence(), case.BEFORE)
    row = next(row for row in case.rows(decided, "ladder.idle") if row["what"] == "Rollback “c”")
    assert "by chance in 0.3" in case.plain(row["why"]) and "same rows" in case.plain(row["do"])
    assert not any("ladder.chance" in one.id for one in decided.findings)
    told = rollback.run(case.pricing(**settings), case.evidence(), case.BEFORE).findings
    assert "rollback.false_alarm.c" in {one.id for one in told}
    calm = going_back(replace(rash, window_days=28))
    assert not case.rows(ladder.run(case.project(**calm), case.evidence(), case.BEFORE), "ladder.idle")


@pytest.mark.parametrize(
    ("metric", "threshold", "told"),
    [("accuracy", 0.75, True), ("accuracy", 0.88, False), ("auc", 0.45, True), ("auc", 0.6, False)],
)
def test_a_limit_below_what_is_reached_without_a_model_is_told(metric: p.Metric, threshold: float, told: bool) -> None:
    trigger = p.Trigger(id="t", metric=metric, operator="<", threshold=threshold)
    known = case.evidence(
        Fact(id="performance.others.trivial", value=0.879, label="All no", unit="share"),
        Fact(id="performance.auc.production", value=0.8, label="AUC"),
    )
    decided = ladder.run(case.project(retraining=p.Retraining(triggers=(trigger,))), known, case.BEFORE)
    assert any(one.id == "ladder.worthless.retraining.t" for one in decided.findings) is told


@pytest.mark.parametrize(("days", "red", "told"), [(1, 0.999, True), (1, 0.9, False), (30, 0.999, False)])
def test_a_limit_that_one_failed_request_passes_is_told(days: int, red: float, told: bool) -> None:
    """The pricing case has 100 rows a day."""
    rule = p.Rule(id="r", metric="availability", operator="<", red=red, window_days=days)
    decided = ladder.run(case.project(**alerting(rule)), case.evidence(), case.BEFORE)
    assert ("ladder.single.r.red" in {one.id for one in decided.findings}) is told
