"""What the case's own declarations contradict: found, with numbers, and printed."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests.techmart.reading import DOCUMENTS
from tests.techmart.reference import Reference
from tests.techmart.test_truths import rows_of

Facts = dict[str, dict[str, Any]]
Results = dict[str, Any]


def squeezed(text: str) -> str:
    """Return Markdown without escapes and with single spaces."""
    return re.sub(r"\s+", " ", text.replace("\\", "").replace("\u202f", " "))


@pytest.fixture(scope="module")
def printed(bundle: Path) -> dict[str, str]:
    """The documents as plain text."""
    return {name: squeezed((bundle / f"{name}.md").read_text()) for name in DOCUMENTS}


def finding(results: Results, *needles: str) -> Any:
    """Return the first finding whose text has all these words."""
    for each in results["findings"]:
        text = squeezed(each["text"])
        if all(needle in text for needle in needles):
            return each | {"text": text}
    raise AssertionError(f"no finding says {needles}")


def value(facts: Facts, id: str) -> float:
    found = facts[id]["value"]
    assert isinstance(found, float | int), (id, facts[id])
    return found


@pytest.mark.parametrize(
    ("option", "stated", "runs", "a_year"),
    [("weekly", 10_400, 365 / 7, "18,250"), ("monthly", 2_600, 365 / 30, "4,258")],
)
def test_the_stated_costs_contradict_the_run_cost(
    results: Results, facts: Facts, printed: dict[str, str], option: str, stated: int, runs: float, a_year: str
):
    assert value(facts, "retraining.run.cost") == pytest.approx(2 * 150 + 50)
    cost = value(facts, f"retraining.{option}.cost_per_year")
    assert cost == pytest.approx(350 * runs)
    found = finding(results, f"${stated:,} a year", "$350", f"${a_year}")
    assert (found["kind"], found["severity"]) == ("claim", "confirmed")
    assert any(fact in facts for fact in found["evidence"])
    assert f"{stated:,}" in printed["retraining-calendar"]
    words = {row["option"]: row["status"] for row in rows_of(results, "retraining.options")}
    assert sorted(words.values()) == ["", "", "contradicts", "contradicts"]
    assert "contradict" in printed["retraining-calendar"]


def test_the_retraining_trigger_lies_below_the_yellow_alert(results: Results, printed: dict[str, str]):
    found = finding(results, "RMSE > $9.43", "lies below", "RMSE ≥ $9.50")
    assert found["kind"] == "ladder"
    assert "+15.0 % on validation" in found["text"]
    assert "9.43" in printed["retraining-calendar"] and "9.43" in printed["monitoring"]
    assert "9.50" in printed["monitoring"]
    assert "RMSE > $9.43" in printed["monitoring"]


def test_the_rollback_limit_stands_on_the_error_of_the_version_that_one_goes_back_to(
    results: Results, truth: dict[str, Any], printed: dict[str, str]
):
    """5 % above what the previous version errs on the same rows lies above what is expected of this one."""
    limit = 1.05 * truth["previous_model"]["production_rmse"]
    steps = {row["step"]: row["value"] for row in rows_of(results, "ladder.headline")}
    assert steps["Rollback “rmse-vs-previous”, previous on the same rows"] == pytest.approx(limit) and limit > 10
    assert not [one for one in results["findings"] if one["id"].startswith("ladder.rmse.rollback.")]
    assert "8.61" not in printed["monitoring"]


def test_severe_drift_lies_below_its_yellow_alert(results: Results, printed: dict[str, str]):
    found = finding(results, "Policy, severe: absolute mean shift > 20.0 %", "lies below", "yellow", "25.0 %")
    assert found["kind"] == "ladder"
    assert "absolute mean shift > 20.0 %" in printed["monitoring"]
    assert "absolute mean shift > 25.0 %" in printed["monitoring"]


def test_ten_alerts_a_day_depend_on_what_is_counted(
    results: Results, facts: Facts, printed: dict[str, str], reference: Reference
):
    found = finding(results, "alerts a day > 10", "per feature", "per rule")
    by_rule, by_feature = daily_alerts(reference)
    assert f"fires on {(by_feature > 10).sum()} days of 30 days" in found["text"]
    assert f"fires on {(by_rule > 10).sum()} days" in found["text"]
    assert (by_feature > 10).sum() > 20 > (by_rule > 10).sum() == 0
    assert f"{by_feature.mean():.1f}" in printed["monitoring"]
    assert f"{by_rule.mean():.1f}" in printed["monitoring"]
    assert "Counted per feature it fires" in printed["monitoring"]
    assert found["id"].startswith("ladder.alerts_per_day.")


def test_the_per_rule_count_is_right(facts: Facts, reference: Reference):
    """Five rules have data: RMSE, mean shift of a feature, mean missing rate, rise of a missing rate, volume."""
    per_rule, per_feature = daily_alerts(reference)
    assert value(facts, "alerts.per_day.per_rule") == pytest.approx(per_rule.mean())
    assert value(facts, "alerts.per_day.per_feature") == pytest.approx(per_feature.mean())


def daily_alerts(reference: Reference) -> tuple[np.ndarray, np.ndarray]:
    """Return alerts a day, a rule counted once, and a rule on features counted for each feature over its limit."""
    rows, total = reference.rows, reference.sums["total"]
    features = reference.numeric + reference.categorical
    before = np.array(total["mean"])[: len(reference.numeric)]
    lacking = (np.array(reference.sums["nulls"]) + np.array(reference.sums["nans"]))[: len(before)]
    slots, at = reference.sums["slots"], 0
    absent = list(lacking / reference.sums["rows"])
    for levels in reference.plan["levels"]:
        absent.append(slots[at + len(levels) + 1] / reference.sums["rows"])
        at += len(levels) + 2
    per_rule, per_feature = [], []
    for _, day in rows.assign(error=reference.error).groupby("date"):
        rmse = np.sqrt((day["error"] ** 2).mean()) >= 9.5
        shift = (np.abs(day[reference.numeric].mean() - before) / np.abs(before) > 0.25).sum()
        missing = day[features].isna().mean()
        level, rise = missing.mean() > 0.15, (missing - absent >= 0.10).sum()
        per_rule.append(int(rmse) + int(shift > 0) + int(level) + int(rise > 0) + int(len(day) < 475))
        per_feature.append(int(rmse) + shift + int(level) + rise + int(len(day) < 475))
    return np.array(per_rule), np.array(per_feature)


@pytest.mark.parametrize("level", ["yellow", "red"])
def test_false_alarms_are_told_at_500_and_at_17_rows_a_day(facts: Facts, printed: dict[str, str], level: str):
    many = facts[f"alerts.rmse-daily.{level}.false_alarms_per_month"]
    assert many["low"] <= many["value"] <= many["high"] < 0.3
    assert "fewer rows" in facts[f"alerts.rmse-daily.{level}.false_alarms_per_month_at_17"]["reason"]
    assert "stands" in facts["alerts.mean-shift.yellow.false_alarms_per_month_at_17"]["reason"]
    assert "stands" in facts["alerts.volume.yellow.false_alarms_per_month_at_17"]["reason"]
    answer = printed["executive-summary"].split("What if there were 17 rows a day?")[1].split("worked out here")[0]
    assert "too few rows come to judge them: Root mean squared error of the day" in answer
    assert "cannot be told: 95th percentile of response time" in answer
    assert "tables/alerts.volumes.csv" in printed["monitoring"]


def test_the_number_of_false_alarms_is_plausible(facts: Facts, truth: dict[str, Any]):
    """Messages a month at 500 rows of a healthy model of this kurtosis, counted on a long row of simulated days."""
    rng = np.random.default_rng(3)
    kurtosis = truth["validation"]["kurtosis"]
    df = 4 + 6 / (kurtosis - 3)
    errors = rng.standard_t(df, (40_000, 500)) / np.sqrt(df / (df - 2)) * 8.20
    fired = np.flatnonzero(np.sqrt((errors**2).mean(axis=1)) >= 9.5)
    messages = 1 + int((np.diff(fired) > 2).sum())  # a new one after two quiet days, the rule's recovery
    found = value(facts, "alerts.rmse-daily.yellow.false_alarms_per_month")
    assert found == pytest.approx(messages / 40_000 * 365.25 / 12, rel=0.4)


def test_thresholds_name_window_and_operator(results: Results, printed: dict[str, str]):
    for alert in results["alerts"]:
        assert {level["operator"] for level in alert["levels"]} <= {">", ">=", "<", "<="}
        assert alert["window_days"] >= 1
    assert "| yellow | ≥ $9.50 | P3 |" in printed["monitoring"] and "| red | ≥ $10 | P1 |" in printed["monitoring"]
    assert "one day; with fewer than 200 rows no value" in printed["monitoring"]


def test_days_fired_are_right(facts: Facts, reference: Reference):
    squares = pd.Series(reference.error**2).groupby(reference.rows["date"]).mean()
    daily = np.sqrt(squares.to_numpy())
    assert value(facts, "alerts.rmse-daily.yellow.days_fired") == (daily >= 9.5).sum()
    assert value(facts, "alerts.rmse-daily.red.days_fired") == (daily >= 10).sum()
    assert value(facts, "alerts.rmse-daily.current") == pytest.approx(daily[-1])
