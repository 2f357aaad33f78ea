"""The dashboard: valid by Grafana's own types, a panel for every rule, every query answered by a real Prometheus."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator, ValidationError  # type: ignore[import-untyped]  # has no types

from generator.bundle.results import read_results
from generator.export import grafana
from generator.export._prometheus import alert_rules
from generator.records import project as p
from tests.bundles import in_markdown
from tests.export.scraped import exposed, scraping
from tests.export.test_prometheus import QUEUE, SHIFT, decided, promtool, rules_in

CASES = ("techmart", "leadscore", "churn")
SCHEMA = json.loads(Path(__file__).with_name("grafana-dashboard.schema.json").read_text())


@pytest.fixture(scope="module", params=CASES)
def bundle(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return in_markdown(tmp_path_factory, request.param)


@pytest.fixture(scope="module")
def board(bundle: Path) -> Any:
    return json.loads((bundle / grafana.PATH).read_text())


def values(board: Any) -> dict[str, Any]:
    """Return the panels of values by the series that they show."""
    shown = ((panel["targets"][0]["expr"].partition(" and on (model)"), panel) for panel in board["panels"])
    return {series: panel for (series, version, _), panel in shown if version and "model_rule_rows" not in series}


def test_it_is_valid_by_grafana_s_own_types(board: Any) -> None:
    Draft7Validator(SCHEMA).validate(board)
    wrong = json.loads(json.dumps(board))
    wrong["panels"][0]["titel"] = "?"
    with pytest.raises(ValidationError):
        Draft7Validator(SCHEMA).validate(wrong)


def test_every_alerting_rule_has_its_panel_with_its_limits_and_runbook(bundle: Path, board: Any) -> None:
    found = read_results((bundle / "results.json").read_bytes())
    panels = values(board)
    rows = [row for row in found.tables["alerts.rules"].records if row["value"]]
    assert panels.keys() == {str(row["value"]) for row in rows}
    for row in rows:
        links = [link["url"] for link in panels[str(row["value"])].get("links", [])]
        assert not row["runbook"] or row["runbook"] in links
    for alert in found.alerts:
        if alert.series in panels:
            steps = [step["value"] for step in panels[alert.series]["fieldConfig"]["defaults"]["thresholds"]["steps"]]
            assert {level.bound.value for level in alert.levels} <= set(steps)
            assert steps[0] is None
            assert steps[1:] == sorted(steps[1:])


def test_ids_and_places_are_of_one_panel_each(board: Any) -> None:
    assert len({panel["id"] for panel in board["panels"]}) == len(board["panels"])
    places = {(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in board["panels"]}
    assert len(places) == len(board["panels"])


def test_every_alert_points_at_the_panel_that_shows_its_series(bundle: Path, board: Any) -> None:
    found = read_results((bundle / "results.json").read_bytes())
    base = found.facts["declared.alerts.grafana_url"].value or ""
    assert bool(base) == (found.header.project == "leadscore")
    panels = {panel["id"]: panel for panel in board["panels"]}
    rows = {str(row["id"]): row for row in found.tables["alerts.rules"].records}
    rules = rules_in(bundle / "prometheus")
    assert rules
    for rule in rules:
        says, row = rule["annotations"], rows[rule["alert"]]
        assert says["dashboard_url"] == f"{base}/d/{board['uid']}?viewPanel={says['__panelId__']}"
        assert says["__dashboardUid__"] == board["uid"]
        silent = row["silent"] and row["series"]
        series = row["value"] or silent or f'model_rule_fires{{model="{found.header.model}"}}'
        assert any(str(series) in one["expr"] for one in panels[int(says["__panelId__"])]["targets"]), rule["alert"]


def panels_of(*rules: p.Rule) -> dict[str, int]:
    made = grafana.export(decided(*rules))
    assert made is not None
    return {panel["title"]: panel["id"] for panel in json.loads(made.content)["panels"]}


def test_the_id_of_a_panel_stays_when_a_rule_comes_before_it() -> None:
    alone, behind = panels_of(SHIFT), panels_of(QUEUE, SHIFT)
    assert alone.items() < behind.items()


def test_without_the_dashboard_no_alert_points_at_one() -> None:
    made = decided(SHIFT)
    without = replace(made, presentation=replace(made.presentation, without={"grafana": grafana.PATH}))
    assert all("dashboard_url" in rule.annotations("", "", "", str) for rule in alert_rules(made))
    assert not any("dashboard_url" in rule.annotations("", "", "", str) for rule in alert_rules(without))


def test_every_query_is_answered_by_prometheus(bundle: Path, board: Any, tmp_path: Path) -> None:
    """From the metrics of the newest day; a rule that has no value there has a panel without one."""
    metrics = (bundle / "prometheus" / "metrics.prom").read_bytes()
    (version,) = re.findall(rb'model_version_info\{[^}]*version="([^"]*)"', metrics)
    with exposed(metrics) as target, scraping(target, tmp_path) as server:
        for query in (target["expr"] for panel in board["panels"] for target in panel["targets"]):
            (name, *_), rule = re.findall(r"model_\w+", query), re.search(r'rule="[^"]*"', query)
            known = any(
                line.startswith(f"{name}{{".encode()) and (not rule or rule[0].encode() in line)
                for line in metrics.splitlines()
            )
            assert bool(server.query(query.replace("$version", version.decode()))) == known, query
            if rule:
                assert server.query(query.replace("$version", "another")) == []
        alarms, releases = (one["target"]["expr"] for one in board["annotations"]["list"])
        assert server.query(alarms) == []
        assert [one["metric"]["version"] for one in server.query(releases)] == [version.decode()]


def test_a_release_is_marked_in_its_first_hour_and_a_job_that_starts_anew_is_not(tmp_path: Path) -> None:
    """Version 1 from the first day with an hour's gap on the third, version 2 from the fifth."""
    made = grafana.export(decided(QUEUE))
    assert made is not None
    (query,) = [one["target"]["expr"] for one in json.loads(made.content)["annotations"]["list"][1:]]
    (name, model) = re.findall(r"^(\w+)\{(.*?)\}", query)[0]
    runs = {"1": "1x719 _x11 1x708", "2": "_x1440 1x300"}
    series = [{"series": f'{name}{{{model},version="{key}"}}', "values": text} for key, text in runs.items()]
    marks = {0: "1", 50: "1", 125: "", 60 * 60 + 65: "", 120 * 60 + 5: "2", 120 * 60 + 50: "2", 120 * 60 + 125: ""}
    checks = [
        {"expr": f"count by (version) ({query})", "eval_time": f"{minute}m"}
        | ({"exp_samples": [{"labels": f'{{version="{version}"}}', "value": 1}]} if version else {})
        for minute, version in marks.items()
    ]
    test = {"interval": "5m", "input_series": series, "promql_expr_test": checks}
    (tmp_path / "tests.yml").write_text(yaml.safe_dump({"evaluation_interval": "5m", "tests": [test]}))
    done = promtool(tmp_path, "test", "rules", "tests.yml")
    assert done.returncode == 0, done.stdout + done.stderr
