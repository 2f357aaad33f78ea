"""In promtool with the shipped rules: when a value is gone, or all are, that is told before the alert on it closes."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from generator.bundle.results import read_results
from generator.export._prometheus import AlertRule, alert_rules
from generator.records.gauges import ASKED, BAD, RUN, labels_of
from tests.bundles import in_markdown
from tests.export.test_prometheus import content, promtool

STEP, GONE, SEEN = 5, 30, 90
"""Minutes from one evaluation to the next, until what is compared is gone, and until the last look."""
Series = Mapping[str, str]


@pytest.fixture(params=["techmart", "leadscore", "churn"])
def bundle(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return in_markdown(tmp_path_factory, request.param)


def until_gone(value: float, step: float = 0.0) -> str:
    return f"{value}+{step}x{GONE // STEP - 1} stale"


def counters(expression: str) -> dict[str, str]:
    """Return requests that are all bad, by the selectors of a recording rule: the total alone has them."""
    total = re.findall(r"rate\(([^\[]+)\[", expression)[-1]
    return {total.replace("}", ',code="500"}'): until_gone(0, 600)}


def compared(rule: AlertRule, recorded: Mapping[str, str]) -> dict[str, str]:
    """Return what makes a rule fire, and is then gone."""
    if rule.value.startswith(BAD):
        return counters(recorded[rule.value.partition("{")[0]])
    if rule.value.startswith(ASKED):
        return {rule.value: until_gone(rule.bound + (1 if rule.rises else -1))}
    return {rule.value: until_gone(rule.bound), rule.series: until_gone(1), rule.day_series: until_gone(0)}


def firing(name: str, **labels: str) -> str:
    return "ALERTS" + labels_of(alertname=name, alertstate="firing", **labels)


def looks(rule: AlertRule, silence: str) -> Iterator[Mapping[str, Any]]:
    """Ask at every moment whether the alert or the silence is told, and in the end whether the silence is."""
    there = [{"labels": "{}", "value": 1}]
    yield {"expr": f"count({firing(rule.id)})", "eval_time": f"{GONE - STEP}m", "exp_samples": there}
    for minute in range(GONE, SEEN, STEP):
        either = f"count({firing(rule.id)} or {silence}) > bool 0"
        yield {"expr": either, "eval_time": f"{minute}m", "exp_samples": there}
    yield {"expr": f"count({silence})", "eval_time": f"{SEEN}m", "exp_samples": there}


def orders(bundle: Path) -> Iterator[Mapping[str, Any]]:
    every = content(bundle / "prometheus" / "rules.yml")["groups"][0]["rules"]
    recorded = {one["record"]: one["expr"] for one in every if "record" in one}
    for rule in alert_rules(read_results((bundle / "results.json").read_bytes())):
        if not rule.value:
            continue
        run, own = RUN.name + labels_of(model=rule.labels["model"]), compared(rule, recorded)
        alone = firing("rule-without-value", rule=rule.labels["rule"])
        yield case({**own, run: f"0+{60 * STEP}x{SEEN // STEP}"}, rule, alone)
        if rule.dated:
            yield case({**own, run: until_gone(0, 60 * STEP)}, rule, firing("no-values"))


def case(series: Series, rule: AlertRule, silence: str) -> Mapping[str, Any]:
    given = [{"series": name, "values": values} for name, values in series.items()]
    asked = list(looks(rule, silence))
    return {"name": f"{rule.id}: {silence}", "interval": f"{STEP}m", "input_series": given, "promql_expr_test": asked}


def told(folder: Path, rules: Any, tests: list[Mapping[str, Any]]) -> str:
    plain = {"rule_files": ["rules.yml"], "evaluation_interval": f"{STEP}m", "tests": tests}
    (folder / "rules.yml").write_text(yaml.safe_dump(rules))
    (folder / "order.yml").write_text(yaml.safe_dump(plain))
    done = promtool(folder, "test", "rules", "order.yml")
    return done.stdout + done.stderr if done.returncode else ""


def test_silence_is_told_before_any_alert_closes(bundle: Path, tmp_path: Path) -> None:
    tests, rules = list(orders(bundle)), content(bundle / "prometheus" / "rules.yml")
    assert len(tests) > 12
    assert told(tmp_path, rules, tests) == ""


def test_an_alert_that_closes_first_is_seen(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> None:
    bundle = in_markdown(tmp_path_factory, "leadscore")
    rules = content(bundle / "prometheus" / "rules.yml")
    for rule in rules["groups"][0]["rules"]:
        rule.pop("keep_firing_for", None)
    tests = {test["name"].partition(":")[0]: test for test in orders(bundle)}
    for id in ("segment-referral-red", "burn-uptime-1h"):
        assert "count(ALERTS" in told(tmp_path, rules, [tests[id]])
