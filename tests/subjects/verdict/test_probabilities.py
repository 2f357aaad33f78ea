"""Decisions on a model of two outcomes: floors, alerts on probabilities, and the level of the probabilities."""

from dataclasses import replace
from typing import Any

import pytest

from generator.records import project as p
from generator.records.decision import Gate
from generator.records.evidence import Evidence
from generator.records.fact import Fact
from generator.subjects.alerts import _alert_levels as visible
from generator.subjects.alerts import alerts
from generator.subjects.kit.known import known
from generator.subjects.labels.found import LateLabels
from generator.subjects.ladder import ladder
from generator.subjects.limits import healthy
from generator.subjects.limits.quantities import Limit
from generator.subjects.verdict._judge import margin
from generator.subjects.verdict.gates import run
from tests.subjects import case

DATA = p.Data(production="rows.csv", target="left", task="binary")
METRICS = (
    p.Objective(metric="brier", validation=0.12, acceptable=0.13),
    p.Objective(metric="auc", validation=0.8, expected_low=0.78, expected_high=0.82, acceptable=0.75),
    p.Objective(metric="precision_at", top=0.1, validation=0.5, acceptable=0.4),
)
AUC = p.Rule(id="auc", metric="auc", operator="<", yellow=0.77, red=0.74, window_days=7)


def churn(**settings: Any) -> p.Project:
    return case.project(**{"data": DATA, "objectives": p.Objectives(metrics=METRICS), **settings})


def evidence(*extra: Any) -> Evidence:
    days = [case.fact(f"performance.daily.auc.{day}", 0.8 if day < case.DAYS[20] else 0.72) for day in case.DAYS]
    rows = [case.fact(f"performance.daily.rows.{day}", 500) for day in case.DAYS]
    return case.found(
        facts=(
            case.fact("performance.metric", "brier"),
            case.fact("data.production.per_day", 500.0),
            case.fact("data.production.rows", 15_000),
            case.fact("performance.auc.validation", 0.8),
            case.fact("performance.auc.spread", 0.5),
            case.fact("performance.base_rate.reference", 0.2),
            case.fact("performance.base_rate.spread", 0.4),
            case.fact("performance.base_rate.production", 0.2),
            *days,
            *rows,
            *extra,
        )
    )


def gates(found: Evidence, **settings: Any) -> dict[str, Gate]:
    return {gate.id: gate for gate in run(churn(**settings), found, case.BEFORE).gates}


@pytest.mark.parametrize(
    ("low", "high", "verdict"), [(0.76, 0.79, "pass"), (0.74, 0.76, "inconclusive"), (0.70, 0.74, "fail")]
)
def test_of_a_ranking_the_acceptable_level_is_a_floor(low: float, high: float, verdict: str) -> None:
    value = (low + high) / 2
    gate = gates(evidence(case.fact("performance.auc.production", value, low=low, high=high, n=1000)))["overall.auc"]
    assert gate.verdict == verdict
    assert gate.metric == "auc" and gate.title == "Overall performance (ranking quality)"


def test_the_share_of_positives_among_the_highest_is_found_by_its_name() -> None:
    found = evidence(case.fact("performance.precision_at_10.production", 0.3, low=0.28, high=0.32, n=1000))
    assert gates(found)["overall.precision_at_10"].verdict == "fail"


def test_the_room_to_a_floor_counts_upwards() -> None:
    found = evidence(case.fact("performance.auc.production", 0.8, low=0.79, high=0.81, n=1000))
    decided = run(churn(objectives=p.Objectives(metrics=METRICS[1:2])), found, case.BEFORE)
    row = next(row for row in case.rows(decided, "gates.all") if "ranking" in case.plain(row["gate"]))
    margin = row["margin"]
    assert isinstance(margin, Fact) and margin.value == pytest.approx(0.05)
    target = case.plain(case.rows(decided, "scorecard.rows")[0]["target"])
    assert target.startswith("at least")


def test_a_segment_limit_on_the_ranking_is_a_floor() -> None:
    limits = (p.SegmentLimit(segment="plan", level="basic", metric="auc", acceptable=0.7),)
    objectives = p.Objectives(metrics=METRICS, critical_segments=limits)
    found = evidence(case.fact("segments.plan.basic.auc", 0.6, low=0.58, high=0.62, n=500))
    assert gates(found, objectives=objectives)["segment.plan.basic"].verdict == "fail"


@pytest.mark.parametrize(
    ("gap", "verdict"), [((-0.01, 0.01), "pass"), ((0.015, 0.03), "inconclusive"), ((-0.05, -0.03), "fail")]
)
def test_the_mean_probability_is_held_against_the_share_of_positives(gap: tuple[float, float], verdict: str) -> None:
    own = case.fact("calibration.in_the_large.gap", sum(gap) / 2, low=gap[0], high=gap[1], n=15_000)
    gate = gates(evidence(own))["drift_impact"]
    assert gate.verdict == verdict
    assert gate.bound.value == pytest.approx(0.02)


def test_an_alert_on_the_ranking_fires_when_it_falls() -> None:
    decided = alerts.run(churn(alerts=p.Alerts(rules=(AUC,))), evidence(), case.BEFORE)
    facts = {fact.id: fact for fact in decided.facts}
    assert facts["alerts.auc.yellow.days_fired"].value == 8  # from the third low day on
    assert facts["alerts.auc.red.days_fired"].value == 5
    for name in ("false_alarms_per_month", "delay", "smallest_visible"):
        assert facts[f"alerts.auc.yellow.{name}"].value is not None, name
    visible = facts["alerts.auc.yellow.smallest_visible"].value
    assert isinstance(visible, float) and 0.77 < visible < 0.79  # one of thirty days falls below the limit before


@pytest.mark.parametrize(
    ("metric", "operator", "near", "far"),
    [
        ("auc", "<", 0.799, 0.6),
        ("base_rate", ">", 0.201, 0.4),
        ("base_rate", "<", 0.199, 0.05),
    ],
)
def test_chance_breaches_what_lies_near_and_not_what_lies_far(metric: Any, operator: Any, near: float, far: float):
    at = known(evidence(), case.BEFORE)
    chances = []
    for bound in (near, far):
        limit = Limit(metric=metric, features="none", operator=operator, threshold=case.fact("t", bound), window_days=1)
        chances.append(healthy.healthy_breach(limit, 500, at, churn()).value)
        assert visible.shown_level(healthy.setting(limit, bound, 500, at, churn()), 0.8) is not None
    assert chances[0] is not None and chances[0] > 0.4
    assert chances[1] is not None and chances[1] < healthy.NEVER


def test_the_normal_approximation_is_that_of_the_formula() -> None:
    limit = Limit(metric="auc", features="none", operator="<", threshold=case.fact("t", 0.78), window_days=2)
    found = healthy.healthy_breach(limit, 500, known(evidence(), case.BEFORE), churn()).value
    assert found == pytest.approx(0.102952, abs=1e-5)  # Φ(−0.02 ÷ (0.5 ÷ √1000))


def test_a_floor_that_lies_above_what_is_expected_contradicts_itself() -> None:
    tight = p.Rule(id="auc", metric="auc", operator="<", yellow=0.79)
    found = ladder.run(churn(alerts=p.Alerts(rules=(tight,))), evidence(), case.BEFORE).findings
    assert [finding.id for finding in found] == ["ladder.auc.alerts.auc.yellow"]
    words = case.plain(found[0].words)
    assert "inside the expected band 0.78 to" in words and "fires while the model does what is expected" in words
    assert not ladder.run(churn(alerts=p.Alerts(rules=(AUC,))), evidence(), case.BEFORE).findings[1:]


def test_the_rows_that_settle_a_gap_go_by_its_size() -> None:
    for sign in (1, -1):
        ends = sorted((sign * 0.012, sign * 0.023))
        own = case.fact("calibration.in_the_large.gap", sign * 0.0175, low=ends[0], high=ends[1], n=30_000)
        gate = gates(evidence(own))["drift_impact"]
        assert "wait for 296674" in case.plain(gate.remedy)
        assert margin(gate).value == pytest.approx(0.0025)


@pytest.mark.parametrize(
    ("gap", "told"), [(-0.1, ", late outcomes lower it"), (0.1, ", late outcomes raise it"), (None, "")]
)
def test_a_level_judged_on_the_whole_shows_that_of_the_recent_days(gap: float | None, told: str) -> None:
    whole = case.fact("calibration.in_the_large.gap", -0.0001, low=-0.004, high=0.004, n=30_000)
    recent = case.fact("performance.bias.recent", 0.0102, low=0.0016, high=0.0188, n=8_000)
    known = evidence(whole, recent)
    if gap is not None:
        known = replace(known, shelf=known.shelf.added(LateLabels(gap=case.fact("labels.late.gap", gap))))
    card = case.rows(run(churn(), known, case.BEFORE), "scorecard.rows")
    (row,) = (row for row in card if row["topic"] == "Level of the probabilities")
    assert isinstance(row["actual"], tuple) and row["actual"][:3] == (whole, "; recent ", recent)
    assert case.plain(row["actual"][3:]) == told
