"""Reported experiments with rows known and unknown: effects, statuses, split, power and what was stated of them."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generator.records.decision import Decisions
from generator.records.fact import Fact
from generator.records.table import Mark
from tests.subjects.stating import decided, findings, number, problems, told

CONVERSION = "{name: conversion, control: 0.123, test: 0.141, stated_change: +14.6 %, stated_status: PASS}"
ERRORS = "{name: errors, control: 0.008, test: 0.009, higher_is_better: false, guardrail: true, margin: 0.002}"


def experiment(*metrics: str, **keys: Any) -> str:
    lines = ["experiments:", "  - id: ab", *(f"    {key}: {value}" for key, value in keys.items())]
    return "\n".join([*lines, "    metrics:", *(f"      - {metric}" for metric in metrics)]) + "\n"


def column(found: Decisions, key: str, table: str = "results") -> list[Any]:
    cells = next(one for one in found.tables if one.id == f"experiments.{table}").column(key)
    return [cell.word if isinstance(cell, Mark) else cell.value if isinstance(cell, Fact) else cell for cell in cells]


@pytest.mark.parametrize(
    ("n_control", "n_test", "p", "status"),
    [
        (1000, 1000, 0.2344, "not shown"),
        (2000, 2000, 0.0926, "not shown"),
        (5000, 5000, 0.00784, "better"),
        (17_000, 3000, 0.0061, "better"),
    ],
)
def test_the_test_of_two_shares(tmp_path: Path, n_control: int, n_test: int, p: float, status: str) -> None:
    allocation = f"[{n_test / (n_control + n_test)}]"
    found = decided(tmp_path, experiment(CONVERSION, n_control=n_control, n_test=n_test, allocation=allocation))
    assert number(found, "experiments.ab.conversion.p") == pytest.approx(p, abs=6e-5)
    assert column(found, "status") == [status]
    assert ("experiment.ab.conversion.status" in findings(found)) == (status != "better")
    assert number(found, "experiments.ab.conversion.rows_significant") == 2717
    assert number(found, "experiments.ab.conversion.rows_needed") == 5551


def test_the_interval_and_the_power_of_known_arms(tmp_path: Path) -> None:
    found = decided(tmp_path, experiment(CONVERSION, n_control=5551, n_test=5551))
    difference = next(fact for fact in found.facts if fact.id == "experiments.ab.conversion.difference")
    assert difference.low is not None and difference.high is not None and difference.n == 11_102
    assert 0.004 < difference.low < 0.018 < difference.high < 0.032
    assert number(found, "experiments.ab.conversion.power") == pytest.approx(0.8, abs=1e-3)
    assert column(found, "rows", "power") == [5551]


def test_without_rows_nothing_is_verified_and_the_least_rows_are_told(tmp_path: Path) -> None:
    found = decided(tmp_path, experiment(CONVERSION))
    assert column(found, "status") == ["unverifiable"]
    words = told(findings(found)["experiment.ab.rows"])
    assert "2,717" in words and "5,551" in words and "traffic" not in words
    assert column(found, "share", "power") == [()]


def test_traffic_says_what_could_have_been_seen(tmp_path: Path) -> None:
    keys = {"days": 14, "traffic_per_month": 20_000, "allocation": "[0.05, 0.15, 0.25]"}
    found = decided(tmp_path, experiment(CONVERSION, **keys))
    assert column(found, "p", "power") == pytest.approx([0.25, 0.061, 0.024], abs=6e-4)
    assert column(found, "rows", "power") == [466, 1400, 2333]
    dated = decided(tmp_path, experiment(CONVERSION, **{**keys, "days": 99}, start="2026-01-01", end="2026-01-14"))
    assert column(dated, "rows", "power") == [466, 1400, 2333]


def test_a_broken_split_voids_the_test(tmp_path: Path) -> None:
    fair = decided(tmp_path, experiment(CONVERSION, n_control=10_000, n_test=10_300))
    assert number(fair, "experiments.ab.split_p") == pytest.approx(0.0352, abs=5e-5)
    assert "experiment.ab.split" not in findings(fair)
    broken = decided(tmp_path, experiment(CONVERSION, n_control=10_000, n_test=11_000))
    assert "void" in told(findings(broken)["experiment.ab.split"])
    planned = decided(tmp_path, experiment(CONVERSION, n_control=10_000, n_test=11_000, allocation="[0.5238]"))
    assert "experiment.ab.split" not in findings(planned)


@pytest.mark.parametrize(
    ("rows", "test", "margin", "status"),
    [
        (100_000, 0.0081, 0.002, "not worse"),
        (3000, 0.0081, 0.002, "not shown"),
        (100_000, 0.014, 0.002, "worse"),
        (100_000, 0.0081, None, "not shown"),
        (100_000, 0.014, None, "worse"),
    ],
)
def test_a_guardrail_is_held_against_its_margin(
    tmp_path: Path, rows: int, test: float, margin: float | None, status: str
) -> None:
    metric = ERRORS.replace("0.009", str(test)).replace("margin: 0.002", f"margin: {margin}" if margin else "unit: x")
    found = decided(tmp_path, experiment(metric.replace("}", ", stated_status: PASS}"), n_control=rows, n_test=rows))
    assert column(found, "status") == [status]
    assert bool(findings(found)) == (status != "not worse")


def test_a_rise_of_what_should_be_low_is_worse(tmp_path: Path) -> None:
    metric = "{name: returns, control: 0.10, test: 0.12, higher_is_better: false, stated_status: Pass}"
    found = decided(tmp_path, experiment(metric, n_control=20_000, n_test=20_000))
    assert column(found, "status") == ["worse"]
    assert findings(found)["experiment.ab.returns.status"].severity == "confirmed"


def test_means_need_their_spread(tmp_path: Path) -> None:
    metric = "{name: response, kind: mean, unit: ms, control: 180, test: 195, higher_is_better: false}"
    without = decided(tmp_path, experiment(metric, n_control=400, n_test=400))
    assert column(without, "status") == ["unverifiable"]
    found = decided(tmp_path, experiment(metric.replace("}", ", sd: 60}"), n_control=400, n_test=400))
    assert column(found, "status") == ["worse"]
    assert number(found, "experiments.ab.response.p") == pytest.approx(0.000407, abs=1e-6)


@pytest.mark.parametrize(
    ("change", "word", "key"),
    [
        ("+14.6 %", "adds up", ""),
        ("+15 %", "adds up", ""),
        ("+1.8 pp", "adds up", ""),
        ("+1.8 %", "points written as %", "unit"),
        ("+18 %", "does not add up", "change"),
        ("-14.6 %", "does not add up", "change"),
        ("+2.8 pp", "does not add up", "change"),
    ],
)
def test_stated_changes(tmp_path: Path, change: str, word: str, key: str) -> None:
    found = decided(tmp_path, experiment(CONVERSION.replace("+14.6 %", f'"{change}"'), n_control=9000, n_test=9000))
    assert column(found, "unit") == [word]
    assert set(findings(found)) == ({f"experiment.ab.conversion.{key}"} if key else set())


@given(st.integers(10, 990), st.integers(10, 990))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_change_rightly_rounded_always_adds_up(tmp_path: Path, first: int, last: int) -> None:
    change = f"{100 * (last / first - 1):+.1f} %"
    metric = f'{{name: m, control: {first / 1000}, test: {last / 1000}, stated_change: "{change}"}}'
    found = decided(tmp_path, experiment(metric, n_control=9000, n_test=9000))
    assert column(found, "unit") == ["adds up"], change


def test_outcomes_that_could_not_be_known_yet(tmp_path: Path) -> None:
    metric = CONVERSION.replace("}", ", label_delay_days: 30}")
    text = experiment(metric, n_control=9000, n_test=9000, end="2024-11-20") + "claims: {document_date: 2024-11-30}\n"
    assert "not final" in told(findings(decided(tmp_path, text))["experiment.ab.conversion.maturity"])
    later = text.replace("2024-11-30", "2024-12-30")
    assert not findings(decided(tmp_path, later))


@pytest.mark.parametrize(
    ("metric", "keys", "what"),
    [
        (CONVERSION.replace("0.141", "14.1"), {}, "no share between 0 and 1"),
        (CONVERSION, {"allocation": "[1.0]"}, "allocation"),
        (CONVERSION, {"n_control": 0, "n_test": 5}, "n_control"),
        (CONVERSION, {"start": "2026-02-01", "end": "2026-01-01"}, "before `start`"),
        (CONVERSION.replace("+14.6 %", "much"), {}, "shows no change"),
        (ERRORS.replace("0.002", "0"), {}, "margin"),
    ],
)
def test_what_cannot_be_is_refused(tmp_path: Path, metric: str, keys: dict[str, Any], what: str) -> None:
    found = problems(tmp_path, experiment(metric, **keys))
    assert len(found) == 1, found
    assert what in found[0].what


def test_two_metrics_of_one_name_are_refused(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, experiment(CONVERSION, CONVERSION))
    assert "second time" in problem.what


def test_arms_without_anything_and_with_everything_give_no_traceback(tmp_path: Path) -> None:
    for control, test in ((0, 0), (1, 1), (0, 1), (1, 0), (0, 0.5)):
        metric = f'{{name: m, control: {control}, test: {test}, stated_change: "+5 %", stated_status: PASS}}'
        for keys in ({}, {"n_control": 10, "n_test": 10}, {"days": 14, "traffic_per_month": 100}):
            found = decided(tmp_path, experiment(metric, **keys))
            assert len(column(found, "status")) == 1
