"""What lead scoring asks of its service's own request counters, run by promtool: its two rules, and its burn rates."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

from generator.bundle.results import read_results
from generator.records.results import Results
from generator.records.table import value_of
from tests.bundles import in_markdown

MINUTES = 5
"""From one sample to the next."""
DAY = 24 * 60 // MINUTES
GOOD, BAD = 'http_requests_total{job="lead-scorer",code="200"}', 'http_requests_total{job="lead-scorer",code="503"}'
BUCKET = 'http_request_duration_seconds_bucket{{job="lead-scorer",le="{}"}}'
Series = dict[str, str]


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    return read_results((in_markdown(tmp_path_factory, "leadscore") / "results.json").read_bytes())


def growing(*steps: tuple[float, int]) -> str:
    """Return a counter that grows by so much a sample, for so many samples, step after step."""
    level, parts = 0.0, []
    for rate, samples in steps:
        parts.append(f"{level}+{rate}x{samples - 1}")
        level += rate * samples
    return " ".join(parts)


def agrees(folder: Path, rules: list[Any], tests: list[Any]) -> None:
    """Have promtool check rules and run their tests."""
    (folder / "rules.yml").write_text(yaml.safe_dump({"groups": [{"name": "requests", "rules": rules}]}))
    plain = {"rule_files": ["rules.yml"], "evaluation_interval": f"{MINUTES}m", "tests": tests}
    (folder / "tests.yml").write_text(yaml.safe_dump(plain))
    for words in (("check", "rules", "--lint-fatal", "rules.yml"), ("test", "rules", "tests.yml")):
        done = subprocess.run(["promtool", *words], cwd=folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def on_rules(results: Results) -> list[Any]:
    """Return the rules whose query is PromQL as alerts: the declared query held against each declared limit."""
    queries = {str(row["id"]): str(row["query"]) for row in results.tables["alerts.queries"].records}
    return [
        {
            "alert": f"{alert.id}-{one.level}",
            "expr": f"({queries[alert.id]}) {one.operator} {one.bound.value}",
        }
        for alert in results.alerts
        if alert.id in ("service-down", "latency")
        for one in alert.levels
    ]


def test_the_declared_queries_run_and_fire_beyond_their_limits(results: Results, tmp_path: Path) -> None:
    rules = on_rules(results)
    assert [rule["alert"] for rule in rules] == ["service-down-red", "latency-yellow", "latency-red"]
    cases: Sequence[tuple[float, float, list[str]]] = (
        (0.0005, 0.97, []),
        (0.0020, 0.97, ["service-down-red"]),
        (0.0005, 0.92, ["latency-yellow"]),
        (0.0005, 0.85, ["latency-yellow", "latency-red"]),
    )
    agrees(tmp_path, rules, [_one(rules, *each) for each in cases])


def _one(rules: list[Any], bad: float, fast: float, fire: list[str]) -> Any:
    """Two days of so many bad requests, of which so many take less than 160 ms, and all of them less than 240 ms."""
    shares = {"0.1": 0.5, "0.16": fast, "0.24": 1.0, "+Inf": 1.0}
    series = {GOOD: growing((1000 * (1 - bad), 2 * DAY)), BAD: growing((1000 * bad, 2 * DAY))}
    series |= {BUCKET.format(le): growing((1000 * share, 2 * DAY)) for le, share in shares.items()}
    return {
        "interval": f"{MINUTES}m",
        "input_series": [{"series": name, "values": values} for name, values in series.items()],
        "alert_rule_test": [
            {
                "eval_time": "47h",
                "alertname": rule["alert"],
                "exp_alerts": [{"exp_labels": {}}] if rule["alert"] in fire else [],
            }
            for rule in rules
        ],
    }


def burning(results: Results) -> list[Any]:
    """Return the burn rates of the table as alerts on both windows of the request counters."""
    found = []
    for row in results.tables["services.burn_alerts"].records:
        hours, minutes, bad = (value_of(row[key]) for key in ("long", "short", "bad"))
        assert isinstance(bad, float)
        shares = (
            f'sum(increase(http_requests_total{{job="lead-scorer",code=~"5.."}}[{window}])) '
            f'/ sum(increase(http_requests_total{{job="lead-scorer"}}[{window}])) > {bad}'
            for window in (f"{hours:.0f}h", f"{max(2 * MINUTES, int(str(minutes).split('.')[0]))}m")
        )
        found.append({"alert": f"burn-{hours:.0f}h", "expr": " and ".join(shares), "labels": {"severity": "burn"}})
    return found


def test_the_burn_rates_are_silent_within_the_budget_and_see_an_outage_in_the_stated_time(
    results: Results, tmp_path: Path
) -> None:
    rules, quiet = burning(results), 3 * DAY
    rows = results.tables["services.burn_alerts"].records
    assert len(rules) == 3
    tests = []
    for rule, row in zip(rules, rows, strict=True):
        seen = value_of(row["detection"])
        assert isinstance(seen, float)
        begin = quiet * MINUTES
        late = max(2 * MINUTES, int(seen) + 2 * MINUTES)
        series = {
            GOOD: growing((999.5, quiet), (0, DAY)),
            BAD: growing((0.5, quiet), (1000, DAY)),
        }
        told = {"exp_labels": {"severity": "burn"}}
        tests.append(
            {
                "interval": f"{MINUTES}m",
                "input_series": [{"series": name, "values": values} for name, values in series.items()],
                "alert_rule_test": [
                    {"eval_time": f"{begin - MINUTES}m", "alertname": rule["alert"], "exp_alerts": []},
                    {"eval_time": f"{begin + late}m", "alertname": rule["alert"], "exp_alerts": [told]},
                ],
            }
        )
    agrees(tmp_path, rules, tests)
