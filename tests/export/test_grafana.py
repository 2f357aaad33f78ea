"""The dashboard: valid by Grafana's own types, a panel for every rule, every query answered by a real Prometheus."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator, ValidationError  # type: ignore[import-untyped]  # has no types

from generator.bundle.results import read_results
from generator.export import grafana
from tests.bundles import in_markdown
from tests.export.scraped import exposed, scraping

CASES = ("techmart", "leadscore", "churn")
SCHEMA = json.loads(Path(__file__).with_name("grafana-dashboard.schema.json").read_text())


@pytest.fixture(scope="module", params=CASES)
def bundle(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return in_markdown(tmp_path_factory, request.param)


@pytest.fixture(scope="module")
def board(bundle: Path) -> Any:
    return json.loads((bundle / grafana.PATH).read_text())


def values(board: Any) -> dict[str, Any]:
    """Return the panels of values by rule."""
    found = {}
    for panel in board["panels"]:
        if rule := re.match(r'model_rule_value\{model="[^"]*",rule="([^"]*)"\}', panel["targets"][0]["expr"]):
            found[rule[1]] = panel
    return found


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
    assert panels.keys() == {str(row["rule"]) for row in rows}
    for row in rows:
        links = [link["url"] for link in panels[str(row["rule"])].get("links", [])]
        assert not row["runbook"] or row["runbook"] in links
    for alert in found.alerts:
        if alert.id in panels:
            steps = [step["value"] for step in panels[alert.id]["fieldConfig"]["defaults"]["thresholds"]["steps"]]
            assert {level.bound.value for level in alert.levels} <= set(steps)
            assert steps[0] is None
            assert steps[1:] == sorted(steps[1:])


def test_ids_and_places_are_of_one_panel_each(board: Any) -> None:
    assert [panel["id"] for panel in board["panels"]] == list(range(1, len(board["panels"]) + 1))
    places = {(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in board["panels"]}
    assert len(places) == len(board["panels"])


def test_every_query_is_answered_by_prometheus(bundle: Path, board: Any, tmp_path: Path) -> None:
    """From the metrics of the newest day; a rule that has no value there has a panel without one."""
    metrics = (bundle / "prometheus" / "metrics.prom").read_bytes()
    (version,) = re.findall(rb'model_version_info\{[^}]*version="([^"]*)"', metrics)
    with exposed(metrics) as target, scraping(target, tmp_path) as server:
        for panel in board["panels"]:
            query = panel["targets"][0]["expr"]
            (name, *_), rule = re.findall(r"model_\w+", query), re.search(r'rule="[^"]*"', query)
            known = any(
                line.startswith(f"{name}{{".encode()) and (not rule or rule[0].encode() in line)
                for line in metrics.splitlines()
            )
            assert bool(server.query(query.replace("$version", version.decode()))) == known, query
            if rule:
                assert server.query(query.replace("$version", "another")) == []
        assert server.query(board["annotations"]["list"][0]["target"]["expr"]) == []
