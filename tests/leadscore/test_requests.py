"""What lead scoring asks of its service's own request counters, run by promtool: its two rules, and its burn rates."""

import json
import math
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from generator.bundle.results import read_results
from generator.records import project as p
from generator.records.results import Results
from generator.records.table import value_of
from tests.bundles import ROOT, in_markdown
from tests.export.test_prometheus import decided, written

MINUTES = 5
"""From one sample to the next."""
DAY = 24 * 60 // MINUTES
GOOD, BAD = 'http_requests_total{job="lead-scorer",code="200"}', 'http_requests_total{job="lead-scorer",code="503"}'
UP = 'up{job="lead-scorer",instance="a"}'
BUCKET = 'http_request_duration_seconds_bucket{{job="lead-scorer",le="{}"}}'
Series = dict[str, str]


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return in_markdown(tmp_path_factory, "leadscore")


@pytest.fixture(scope="module")
def results(bundle: Path) -> Results:
    return read_results((bundle / "results.json").read_bytes())


def growing(*steps: tuple[float, int]) -> str:
    """Return a counter that grows by so much a sample, for so many samples, step after step."""
    level, parts = 0.0, []
    for rate, samples in steps:
        parts.append(f"{level}+{rate}x{samples - 1}")
        level += rate * samples
    return " ".join(parts)


def agrees(folder: Path, rules: list[Any], tests: list[Any], minutes: int = MINUTES) -> None:
    """Have promtool check rules and run their tests."""
    (folder / "rules.yml").write_text(yaml.safe_dump({"groups": [{"name": "requests", "rules": rules}]}))
    plain = {"rule_files": ["rules.yml"], "evaluation_interval": f"{minutes}m", "tests": tests}
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
    cases: Sequence[tuple[float, float, int, list[str]]] = (
        (0.0005, 0.97, 1, []),
        (0.0020, 0.97, 1, ["service-down-red"]),
        (0.0005, 0.97, 0, ["service-down-red"]),
        (0.0005, 0.92, 1, ["latency-yellow"]),
        (0.0005, 0.85, 1, ["latency-yellow", "latency-red"]),
    )
    agrees(tmp_path, rules, [_one(rules, *each) for each in cases])


def _one(rules: list[Any], bad: float, fast: float, up: int, fire: list[str]) -> Any:
    """Two days of so many bad requests, of which so many take less than 160 ms, and all of them less than 240 ms.

    At their end the instance answers, or not.
    """
    shares = {"0.1": 0.5, "0.16": fast, "0.24": 1.0, "+Inf": 1.0}
    series = {GOOD: growing((1000 * (1 - bad), 2 * DAY)), BAD: growing((1000 * bad, 2 * DAY))}
    series |= {UP: f"{up}x{2 * DAY}"}
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


def burning(bundle: Path) -> list[Any]:
    """Return the shipped rules on the error budget: what they record, and the alerts."""
    (group,) = yaml.safe_load((bundle / "prometheus" / "rules.yml").read_text())["groups"]
    return [rule for rule in group["rules"] if rule.get("labels", {}).get("rule") == "burn-uptime"]


def told(rules: list[Any], minute: int, firing: Sequence[str]) -> list[Any]:
    """Expect at this minute these alerts to fire, whatever they say, and the others not to."""
    return [
        {"expr": f'count by (alertname) (ALERTS{{alertstate="firing",alertname="{rule["alert"]}"}})', "eval_time": at}
        | (
            {"exp_samples": [{"labels": f'{{alertname="{rule["alert"]}"}}', "value": 1}]}
            if rule["alert"] in firing
            else {}
        )
        for at in (f"{minute}m",)
        for rule in rules
        if "alert" in rule
    ]


def test_the_burn_rates_are_silent_within_the_budget_and_see_an_outage_in_the_stated_time(
    bundle: Path, results: Results, tmp_path: Path
) -> None:
    """Half of what is allowed, then an outage of ten minutes, then all is well: the fastest alert closes first.

    Each stays open for half an hour after its short window has closed it.
    """
    rules, quiet, out, after = burning(bundle), 3 * 24 * 60, 10, 60
    names = [rule["alert"] for rule in rules if "alert" in rule]
    assert names == ["burn-uptime-1h", "burn-uptime-6h", "burn-uptime-3d"]
    seen = [value_of(row["detection"]) for row in results.tables["services.burn_alerts"].records]
    assert all(isinstance(one, float) and 0 < one < out - 3 for one in seen)
    series = {
        GOOD: growing((99.95, quiet), (0, out), (100, after)),
        BAD: growing((0.05, quiet), (100, out), (0, after)),
    }
    checks = told(rules, quiet - 1, ())
    for name, minutes in zip(names, seen, strict=True):
        assert isinstance(minutes, float)
        fires = [each for each, one in zip(names, seen, strict=True) if isinstance(one, float) and one <= minutes]
        assert name in fires
        checks += [one for one in told(rules, quiet + math.ceil(minutes) + 1, fires) if name in one["expr"]]
        checks += [one for one in told(rules, quiet, ()) if name in one["expr"]]
    checks += told(rules, quiet + out + 10, names)
    checks += told(rules, quiet + out + 45, ("burn-uptime-6h", "burn-uptime-3d"))
    agrees_with(tmp_path, rules, [(series, checks)])


def test_a_slow_burn_asks_for_a_ticket_and_calls_nobody(bundle: Path, tmp_path: Path) -> None:
    rules, day = burning(bundle), 24 * 60
    slow = {GOOD: growing((99.7, day)), BAD: growing((0.3, day))}
    none = {GOOD: growing((0, day)), BAD: growing((0, day))}
    worlds = [(slow, told(rules, day - 1, ("burn-uptime-3d",))), (none, told(rules, day - 1, ()))]
    only = {BAD: growing((1, day))}
    every = [rule["alert"] for rule in rules if "alert" in rule]
    agrees_with(tmp_path, rules, [*worlds, (only, told(rules, day - 1, every))])


def agrees_with(folder: Path, rules: list[Any], worlds: Sequence[tuple[Series, list[Any]]]) -> None:
    """Have promtool run these rules on samples of every minute."""
    tests = [
        {
            "interval": "1m",
            "input_series": [{"series": name, "values": values} for name, values in series.items()],
            "promql_expr_test": checks,
        }
        for series, checks in worlds
    ]
    agrees(folder, rules, tests, minutes=1)


def fast_enough(quick: float, slow: float) -> Series:
    """Return a histogram of three days: so many requests a minute below 160 ms, and so many below 240 ms alone."""
    counts = {"0.1": quick / 2, "0.16": quick, "0.24": quick + slow, "+Inf": quick + slow}
    series = {BUCKET.format(le): growing((count, 3 * 24 * 60)) for le, count in counts.items()}
    return series | {'http_request_duration_seconds_count{job="lead-scorer"}': growing((quick + slow, 3 * 24 * 60))}


def test_a_budget_of_slow_requests_is_read_from_the_buckets_of_a_histogram(tmp_path: Path) -> None:
    """One request in a hundred may take 160 ms or longer: beyond 14.4, 6 and 1 in a hundred each alert comes."""
    counters = p.Counters(good=BUCKET.format("0.16"), total='http_request_duration_seconds_count{job="lead-scorer"}')
    service = p.Service(id="fast", title="Fast", objective=160, unit="ms", share=0.99, counters=counters)
    folder = written(decided(p.Rule(id="error", metric="rmse", red=10), services=(service,)), tmp_path)
    (group,) = yaml.safe_load((folder / "rules.yml").read_text())["groups"]
    rules = [rule for rule in group["rules"] if rule.get("labels", {}).get("rule") == "burn-fast"]
    assert all('le="0.16"' in rule["expr"] for rule in rules if "record" in rule)
    names = [rule["alert"] for rule in rules if "alert" in rule]
    assert names == ["burn-fast-1h", "burn-fast-6h", "burn-fast-3d"]
    minute = 3 * 24 * 60 - 1
    shares = {0.009: (), 0.011: names[2:], 0.061: names[1:], 0.145: names}
    worlds = [(fast_enough(1000 * (1 - bad), 1000 * bad), told(rules, minute, fire)) for bad, fire in shares.items()]
    agrees_with(tmp_path, rules, worlds)


def test_a_model_without_such_counters_has_no_burn_rate(tmp_path_factory: pytest.TempPathFactory) -> None:
    for case in ("techmart", "churn"):
        rules = (in_markdown(tmp_path_factory, case) / "prometheus" / "rules.yml").read_text()
        assert "burn-" not in rules
        assert "bad_requests" not in rules


def test_the_golden_requests_send_each_level_of_each_category(bundle: Path) -> None:
    asked = [one["inputs"] for one in json.loads((bundle / "golden.json").read_text())["requests"]]
    rows = pd.read_csv(ROOT / "data" / "leadscore" / "production_simulation.csv")
    for name in ("source", "sector", "region", "licence"):
        assert {one[name] for one in asked} == set(rows[name].dropna()), name
    assert len(asked) == 8
