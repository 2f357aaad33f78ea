from dataclasses import replace

import pytest

from generator.records import project as p
from generator.records.decision import Decisions
from generator.subjects.ladder.ladder import run
from tests.subjects import case

ORDERLY = p.Alerts(rules=(p.Rule(id="rmse", metric="rmse", yellow=9.2, red=9.8),))
TRIGGER = p.Trigger(id="error", metric="rmse", threshold=9.5)
BACK = p.Condition(id="bad", metric="rmse", threshold=10.5)
UNSEEN = case.evidence(case.fact("performance.rmse.previous", None))
"""The previous version was not scored."""


def said(decided: Decisions) -> dict[str, str]:
    return {finding.id: case.plain(finding.words) for finding in decided.findings}


def test_a_ladder_in_order_gives_no_finding() -> None:
    project = case.project(
        objectives=case.OBJECTIVES,
        alerts=ORDERLY,
        retraining=p.Retraining(triggers=(TRIGGER,)),
        rollback=p.Rollback(conditions=(BACK,)),
        policies=p.Policies(drift=p.DriftPolicy(yellow_mean_change=0.2, severe_mean_change=0.25)),
    )
    decided = run(project, case.UNMEASURED, case.BEFORE)
    assert decided.findings == ()
    assert case.value(decided, "ladder.count.problems") == 0
    problems = next(table for table in decided.tables if table.id == "ladder.problems")
    assert problems.reason == "every declared threshold stands in order"


def test_nothing_declared_is_not_called_in_order() -> None:
    decided = run(case.project(), case.NOTHING, case.BEFORE)
    assert {table.reason for table in decided.tables} == {
        "no thresholds declared for this metric (objectives.metrics, alerts.rules)",
        "no thresholds declared (objectives.metrics, alerts.rules)",
    }


def test_equal_thresholds_are_in_order() -> None:
    alerts = p.Alerts(rules=(p.Rule(id="rmse", metric="rmse", yellow=9.0, red=10.0),))
    project = case.project(objectives=case.OBJECTIVES, alerts=alerts)
    assert run(project, case.UNMEASURED, case.BEFORE).findings == ()


def test_the_contradictions_of_the_pricing_case_are_named_with_both_numbers() -> None:
    words = said(run(case.pricing(), UNSEEN, case.BEFORE))
    retrain = words["ladder.rmse.retraining.error.retrain"]
    assert "RMSE > 9.43 over 1 (0.15 on validation)" in retrain and "below Alert “RMSE”, yellow: RMSE > 9.50" in retrain
    rollback = words["ladder.rmse.rollback.ratio.rollback"]
    assert "8.61" in rollback and "inside the expected band 8.00 to 9.00" in rollback
    drift = words["ladder.mean_change.policies.severe"]
    assert "shift > 0.20" in drift and "below Policy, yellow: absolute mean shift > 0.25" in drift
    noise = words["ladder.alerts_per_day.rollback%2Econdition%2Enoise"]
    assert "14.33 a day and it fires on 30 of 30" in noise and "1.33 a day and it fires on 0" in noise
    assert "answer within 1, yet its rules look at up to 24" in words["ladder.response.red"]


def test_the_ladder_of_the_rmse_is_ordered_by_value() -> None:
    steps = case.rows(run(case.pricing(), UNSEEN, case.BEFORE), "ladder.headline")
    values = [float(case.plain(step["value"])) for step in steps]
    assert values == sorted(values) and len(values) == 8
    assert case.plain(steps[2]["value"]) == "8.61" and case.plain(steps[2]["change"]) == "0.05"
    assert case.plain(steps[2]["step"]) == "Rollback “ratio”, previous as this version in validation"


def test_a_limit_relative_to_the_previous_version_stands_on_its_own_error_where_that_is_measured() -> None:
    """9.90 on the same rows makes 10.40: above the red alert, not within what is expected of this version."""
    decided = run(case.pricing(), case.evidence(), case.BEFORE)
    last = case.rows(decided, "ladder.headline")[-1]
    assert case.plain(last["step"]) == "Rollback “ratio”, previous on the same rows"
    assert case.plain(last["value"]) == "10.40" == f"{1.05 * 9.9 + 1e-9:.2f}"
    assert not [id for id in said(decided) if id.startswith("ladder.rmse.rollback.")]


@pytest.mark.parametrize(("low", "high", "told"), [(8.0, 8.9, False), (8.1, 8.3, True)])
def test_a_limit_that_moves_with_the_previous_version_contradicts_only_where_all_of_its_interval_does(
    low: float, high: float, told: bool
) -> None:
    """8.20 makes 8.61, inside what is expected, 9.00 at most: 8.9 would make 9.345, 8.3 only 8.715."""
    evidence = case.evidence(case.fact("performance.rmse.previous", 8.2, low=low, high=high))
    found = said(run(case.pricing(), evidence, case.BEFORE))
    assert (
        any("expected band" in words for id, words in found.items() if id.startswith("ladder.rmse.rollback.")) is told
    )


def test_a_step_is_reported_once_with_the_others_it_undercuts() -> None:
    words = said(run(case.pricing(), UNSEEN, case.BEFORE))["ladder.rmse.rollback.ratio.rollback"]
    assert words.count("Alert “RMSE”, yellow") == 1 and "Alert “RMSE”, red 10.00" in words


def test_for_a_metric_where_less_is_worse_the_order_is_turned() -> None:
    good = p.Rule(id="rows", metric="rows", operator="<", yellow=400, red=200)
    bad = replace(good, yellow=200, red=400)
    for rule, count in ((good, 0), (bad, 1)):
        project = case.project(alerts=p.Alerts(rules=(rule,)))
        assert len(run(project, case.NOTHING, case.BEFORE).findings) == count


@pytest.mark.parametrize(("window", "hours", "count"), [(1, 24, 0), (1, 23, 1), (7, 24, 1)])
def test_a_response_shorter_than_the_window_is_reported(window: int, hours: int, count: int) -> None:
    alerts = p.Alerts(
        levels=(p.Level(name="Red", respond_within_hours=hours),),
        rules=(p.Rule(id="rmse", metric="rmse", red=10, window_days=window),),
    )
    decided = run(case.project(alerts=alerts), case.NOTHING, case.BEFORE)
    assert len(decided.findings) == count


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        (p.Rule(id="volume", metric="rows", operator="<", yellow=475, red=400), True),
        (p.Rule(id="volume", metric="rows", operator="<", yellow=420, red=400), False),
        (p.Rule(id="volume", metric="rows", operator="<", yellow=550, red=400), False),
        (p.Rule(id="volume", metric="rows", operator=">", yellow=600), False),
    ],
)
def test_rows_that_the_contract_does_not_leave_contradict_the_limit_on_them(rule: p.Rule, told: bool) -> None:
    """Of 500 a day 11.2 % are kept from the model: a service level of 500 rows is named, one of 15,000 not."""
    facts = (
        case.fact("contract.rejected.last_day", 0.112, unit="share"),
        case.fact("data.production.per_day", 500, unit="rows"),
    )
    services = tuple(
        p.Service(id=f"s{rows}", title="Priced", objective=rows, unit="rows", operator=">=") for rows in (500, 15_000)
    )
    project = case.project(alerts=p.Alerts(rules=(rule,)), services=services)
    words = said(run(project, case.found(facts=facts), case.BEFORE)).get("ladder.contract.volume", "")
    assert bool(words) is told
    if told:
        assert (
            "yellow: rows a day < 475" in words and "444 are left of 500; also service level “Priced” ≥ 500." in words
        )


def test_what_wakes_nobody_promises_no_answer() -> None:
    rules = tuple(p.Rule(id=metric, metric=metric, red=10) for metric in ("rmse", "alerts_per_day"))
    alerts = p.Alerts(levels=(p.Level(name="Red", respond_within_hours=23),), rules=rules)
    decided = run(case.project(alerts=alerts), case.NOTHING, case.BEFORE)
    assert "(1 rules with" in case.plain(decided.findings[0].words)


def test_thresholds_of_single_features_and_of_their_mean_are_not_compared() -> None:
    rule = p.Rule(id="mean", metric="mean_change", features="mean", yellow=0.3)
    project = case.project(alerts=p.Alerts(rules=(rule,)), policies=case.POLICIES)
    found = run(project, case.NOTHING, case.BEFORE).findings
    assert [finding.id for finding in found] == ["ladder.mean_change.policies.severe"]


def test_a_count_of_alerts_that_agrees_both_ways_is_no_problem() -> None:
    condition = p.Condition(id="noise", metric="alerts_per_day", threshold=100)
    project = case.project(alerts=case.ALERTS, rollback=p.Rollback(conditions=(condition,)))
    found = run(project, case.evidence(), case.BEFORE).findings
    assert not [finding for finding in found if "alerts_per_day" in finding.id]


def test_two_rules_that_fire_on_the_same_days_are_reported_once() -> None:
    first = p.Rule(id="one", metric="rmse", yellow=9.0, red=10.0)
    alerts = p.Alerts(rules=(first, replace(first, id="two", yellow=9.5)))
    found = said(run(case.project(alerts=alerts), case.UNMEASURED, case.BEFORE))
    assert list(found) == ["ladder.double.one.red.two.red"]
    assert "One event calls people twice" in found["ladder.double.one.red.two.red"]
    twice = p.Alerts(rules=(replace(first, yellow=10.0),))
    words = said(run(case.project(alerts=twice), case.UNMEASURED, case.BEFORE))
    assert "never come alone" in words["ladder.double.one.yellow.one.red"]


def test_rules_of_other_windows_or_directions_are_no_doubles() -> None:
    first = p.Rule(id="one", metric="rmse", red=10.0)
    others = (replace(first, id="two", window_days=7), replace(first, id="three", operator=">="))
    project = case.project(alerts=p.Alerts(rules=(first, *others)))
    assert said(run(project, case.UNMEASURED, case.BEFORE)) == {}


@pytest.mark.parametrize(
    ("rule", "id"),
    [
        (p.Rule(id="r", metric="missing", features="mean", red=1.0), "ladder.reach.r.red.value"),
        (p.Rule(id="r", metric="rows", operator="<", red=0), "ladder.reach.r.red.value"),
        (p.Rule(id="r", metric="rmse", red=9.9, minimum_n=501), "ladder.reach.r.red.rows"),
        (p.Rule(id="r", metric="rmse", red=9.9, minimum_n=501, window_days=2), ""),
        (p.Rule(id="r", metric="mean_change", red=1.5), ""),
        (p.Rule(id="r", metric="rows", operator="<", red=1), ""),
    ],
)
def test_thresholds_that_can_never_fire_are_reported(rule: p.Rule, id: str) -> None:
    found = said(run(case.project(alerts=p.Alerts(rules=(rule,))), case.evidence(), case.BEFORE))
    assert list(found) == ([id] if id else [])


def test_a_graver_step_on_fewer_days_and_another_baseline_is_worth_a_look() -> None:
    trigger = p.Trigger(id="slow", metric="rmse", threshold=0.10, relative_to="validation", window_days=7)
    back = p.Condition(id="fast", metric="rmse", threshold=0.30, relative_to="previous", window_days=1)
    project = case.project(
        retraining=p.Retraining(triggers=(trigger,)),
        rollback=p.Rollback(conditions=(back,)),
    )
    found = [one for one in run(project, case.evidence(), case.BEFORE).findings if one.kind == "ladder"]
    assert [finding.id for finding in found] == [
        "ladder.window.retraining.slow.rollback.fast",
        "ladder.baseline.retraining.slow.rollback.fast",
    ]
    assert {finding.severity for finding in found} == {"watch"}
    assert all("RMSE against the previous version > 0.3" in case.plain(one.words) for one in found)
    level = replace(back, relative_to="none", threshold=12.0, window_days=7)
    other = case.project(retraining=p.Retraining(triggers=(trigger,)), rollback=p.Rollback(conditions=(level,)))
    assert not [one for one in run(other, case.evidence(), case.BEFORE).findings if one.kind == "ladder"]


def test_what_is_counted_as_a_contradiction_is_what_the_table_holds_and_what_a_condition_asks_for() -> None:
    """A response sooner than its window is to be known and nothing to decide, so that it is counted nowhere."""
    decided = run(case.pricing(), case.evidence(), case.BEFORE)
    told = {
        severity: [one for one in decided.findings if one.kind == "ladder" and (one.severity == "watch") is severity]
        for severity in (True, False)
    }
    assert (
        len(case.rows(decided, "ladder.problems")) == case.value(decided, "ladder.count.problems") == len(told[False])
    )
    assert len(case.rows(decided, "ladder.notes")) == len(told[True]) > 0
    consequences = {case.plain(row["consequence"]) for row in case.rows(decided, "ladder.notes")}
    assert any(words.startswith("The promise counts from the alert") for words in consequences)


def test_on_what_a_step_stands_comes_before_a_title_that_a_figure_may_cut() -> None:
    back = p.Condition(id="b", title="A long title " * 9, metric="rmse", threshold=0.3, relative_to="previous")
    decided = run(case.project(rollback=p.Rollback(conditions=(back,))), UNSEEN, case.BEFORE)
    names = [case.plain(row["step"]) for row in case.rows(decided, "ladder.headline")]
    assert "Rollback “b”, previous as this version in validation" in names


@pytest.mark.parametrize(("days", "told"), [(7, True), (1, False)])
def test_one_limit_over_two_windows_is_told(days: int, told: bool) -> None:
    rule = p.Rule(id="psi", metric="psi", features="each", red=0.25)
    trigger = p.Trigger(id="psi", metric="psi", features="each", threshold=0.25, window_days=days)
    project = case.project(alerts=p.Alerts(rules=(rule,)), retraining=p.Retraining(triggers=(trigger,)))
    found = said(run(project, case.UNMEASURED, case.BEFORE))
    assert any(id.startswith("ladder.days.") and "other days" in words for id, words in found.items()) is told
