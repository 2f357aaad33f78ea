"""An alert stands in specification, rules, their tests, runbook and routes; one that is gone from any is seen."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from generator.bundle.results import read_results
from generator.export._prometheus import AlertRule, alert_rules
from generator.records.decision import Alert
from generator.records.gauges import ASKED, LIVENESS
from tests.bundles import in_markdown
from tests.export.test_loopback import matches

SPECIFICATION, RUNBOOK = "monitoring.md", "rollback-runbook.md"
RULES, TESTS, ROUTES = (f"prometheus/{name}.yml" for name in ("rules", "tests", "alertmanager"))
PLACES = (SPECIFICATION, RUNBOOK, RULES, TESTS, ROUTES)
ASIDE = ("condition", "diagnostic")
Texts = Mapping[str, Any]
"""By place the text of a document, or what a file of YAML holds."""


@dataclass(frozen=True, kw_only=True)
class Files:
    """The alerts that the list holds, and what was made of it."""

    rules: tuple[AlertRule, ...]
    alerts: tuple[Alert, ...]
    daily: str
    texts: Texts


def files(bundle: Path) -> Files:
    results = read_results((bundle / "results.json").read_bytes())
    texts = {place: read((bundle / place).read_text(), place) for place in PLACES}
    daily = str(results.facts["declared.alerts.channels.daily_summary"].value)
    return Files(rules=alert_rules(results), alerts=results.alerts, daily=daily, texts=texts)


def read(text: str, place: str) -> Any:
    return yaml.safe_load(text) if place.endswith(".yml") else text


def of_itself(rule: AlertRule) -> bool:
    """Whether an alert is on the monitoring, on another alert or on counters, and so has a row and no sheet."""
    return not (rule.dated or rule.value.startswith(ASKED)) or rule.labels["level"] == LIVENESS


def called(rule: AlertRule) -> str:
    """Return what a page calls the level of a rule: by its colour, or by where it goes when it wakes nobody."""
    return "daily summary" if rule.labels["severity"] == "P4" else rule.labels["level"]


def in_specification(rule: AlertRule, text: str) -> bool:
    if of_itself(rule):
        return re.search(rf"^\| `{rule.id}` ", text, re.MULTILINE) is not None
    name, level = rule.labels["rule"], called(rule)
    sheet = text.partition(f"### `{name}`:")[2].partition("\n### ")[0]
    row = re.search(rf"^\| `{name}` .*\b{level} \\?[<>≤≥]", text, re.MULTILINE)
    return bool(re.search(rf"^(\| )?{level}( |;)", sheet, re.MULTILINE) or row)


def in_runbook(rule: AlertRule, text: str) -> bool:
    anchor = rule.runbook.partition("#")[2]
    return f'id="{anchor}"' in text and (not of_itself(rule) or f"- `{rule.id}`" in text)


def in_rules(rule: AlertRule, plain: Any) -> bool:
    return any(one.get("alert") == rule.id for group in plain["groups"] for one in group["rules"])


def in_tests(rule: AlertRule, plain: Any) -> bool:
    checks = [check for test in plain["tests"] for check in test["alert_rule_test"]]
    return any(check["alertname"] == rule.id and check["exp_alerts"] for check in checks)


def in_routes(rule: AlertRule, plain: Any) -> bool:
    first = next((one for one in plain["route"]["routes"] if matches(one["matchers"], dict(rule.labels))), None)
    own = f"{rule.labels['severity']} {rule.labels['receiver']}"
    return first is not None and first["receiver"] == own and own in [one["name"] for one in plain["receivers"]]


IN = dict(zip(PLACES, (in_specification, in_runbook, in_rules, in_tests, in_routes), strict=True))


def missing(found: Files, texts: Texts) -> set[tuple[str, str]]:
    """Return each alert with each place that lacks it."""
    return {(rule.id, place) for rule in found.rules for place in PLACES if not IN[place](rule, texts[place])}


@pytest.fixture(params=["techmart", "leadscore", "churn"])
def found(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Files:
    return files(in_markdown(tmp_path_factory, request.param))


def test_every_alert_stands_everywhere(found: Files) -> None:
    assert len(found.rules) > 10
    assert missing(found, found.texts) == set()


def taken_out(rule: AlertRule, place: str, text: Any) -> Any:
    """Return a file without an alert."""
    if place == SPECIFICATION:
        return _without_lines(text, *_told(rule, text))
    if place == RUNBOOK:
        anchor = f'<a id="{rule.runbook.partition("#")[2]}"></a>'
        return (
            re.sub(rf"^- `{rule.id}`.*\n", "", text, flags=re.MULTILINE)
            if of_itself(rule)
            else text.replace(anchor, "")
        )
    return _without(rule, place, text)


def _without(rule: AlertRule, place: str, plain: Any) -> Any:
    """Return what a file of YAML holds, without an alert; what is given stays as it is."""
    if place == RULES:
        kept = [
            {**one, "rules": [each for each in one["rules"] if each.get("alert") != rule.id]} for one in plain["groups"]
        ]
        return {**plain, "groups": kept}
    if place == TESTS:
        key = "alert_rule_test"
        kept = [{**one, key: [each for each in one[key] if each["alertname"] != rule.id]} for one in plain["tests"]]
        return {**plain, "tests": kept}
    routes = [one for one in plain["route"]["routes"] if not matches(one["matchers"], dict(rule.labels))]
    return {**plain, "route": {**plain["route"], "routes": routes}}


def _told(rule: AlertRule, text: str) -> Iterator[str]:
    if of_itself(rule):
        yield from (line for line in text.splitlines() if line.startswith(f"| `{rule.id}` "))
        return
    name, level = rule.labels["rule"], called(rule)
    sheet = text.partition(f"### `{name}`:")[2].partition("\n### ")[0]
    yield from (line for line in sheet.splitlines() if re.match(rf"(\| )?{level}( |;)", line))
    yield from (line for line in text.splitlines() if line.startswith(f"| `{name}` ") and f"{level} " in line)


def _without_lines(text: str, *lines: str) -> str:
    return "\n".join(line for line in text.split("\n") if line not in lines)


def test_an_alert_that_is_taken_out_of_one_place_is_missed_there(found: Files) -> None:
    for rule in found.rules:
        for place in PLACES:
            texts = {**found.texts, place: taken_out(rule, place, found.texts[place])}
            gone = missing(found, texts)
            assert (rule.id, place) in gone, (rule.id, place)
            assert {where for _, where in gone} == {place}


def test_conditions_and_diagnostics_go_to_the_daily_summary_and_wake_nobody(found: Files) -> None:
    summary = [rule for rule in found.rules if rule.labels["severity"] == "P4"]
    levels = {(alert.id, one.level) for alert in found.alerts if alert.kind in ASIDE for one in alert.levels}
    assert levels == {(rule.labels["rule"], rule.labels["level"]) for rule in summary} != set()
    assert {rule.respond for rule in summary} == {"none: it wakes nobody"}
    assert {rule.labels["receiver"] for rule in summary} == {found.daily}
    routes = found.texts[ROUTES]["route"]
    (own,) = [one for one in routes["routes"] if one["receiver"].startswith("P4 ")]
    assert "repeat_interval" not in own and routes["repeat_interval"] == "24h"
