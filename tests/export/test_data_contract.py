"""`data-contract.yaml`: valid by the standard's own schema, and the rules of the specification to the last limit."""

import json
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from generator.bundle.results import read_results
from generator.export import data_contract
from generator.records.evidence import Evidence
from generator.records.project import Objectives
from generator.records.results import Header, Results
from generator.records.rules import OF_KEYS, rules_of
from tests.bundles import in_markdown
from tests.subjects import case as hand
from tests.subjects.features.test_features import decided_on


@pytest.fixture(scope="module")
def validator() -> Any:
    """The JSON Schema of version 3.2.0, as the standard's package ships it."""
    jsonschema = pytest.importorskip("jsonschema")
    standard = pytest.importorskip("open_data_contract_standard")
    schema = json.loads((Path(standard.__path__[0]) / "schema.json").read_text())
    return jsonschema.validators.validator_for(schema)(schema)


def results(*tables: Any) -> Results:
    return Results(
        header=Header(**{**HEAD, "as_of": hand.DAYS[-1]}),
        verdict="proceed",
        facts={},
        tables={table.id: table for table in tables},
        findings=(),
        gates=(),
        alerts=(),
        triggers=(),
    )


HEAD: dict[str, Any] = {
    "project": "shop",
    "title": "",
    "model": "m",
    "version": "1",
    "currency": "EUR",
    "simulated": False,
    "classification": "internal",
    "inputs": (),
    "digest": "",
    "tool": "",
}


def content(found: Results) -> Any:
    artifact = data_contract.export(found)
    assert artifact is not None and artifact.path == "data-contract.yaml"
    return yaml.safe_load(artifact.content)


def by_hand() -> Any:
    levels = hand.table("features.levels", "feature level", ("brand", "Acme"), ("brand", "no"))
    decided = decided_on(Evidence(tables=(levels,)), objectives=Objectives(output_low=10))
    return content(results(*decided.tables))


def errors(validator: Any, plain: Any) -> list[str]:
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(plain)]


def test_a_misspelt_key_would_be_seen(validator: Any):
    plain = by_hand()
    plain["schema"][0]["properties"][0]["logicalType"] = "double"
    assert errors(validator, plain)


@pytest.mark.parametrize("case", ["churn", "leadscore", "techmart"])
def test_a_case_is_valid_and_holds_every_rule(validator: Any, tmp_path_factory: pytest.TempPathFactory, case: str):
    bundle = in_markdown(tmp_path_factory, case)
    text = (bundle / "data-contract.yaml").read_text()
    plain = yaml.safe_load(text)
    assert errors(validator, plain) == []
    model = pytest.importorskip("open_data_contract_standard.model").OpenDataContractStandard.from_string(text)
    assert len(model.schema_[0].properties) == len(plain["schema"][0]["properties"])
    rules = rules_of(read_results((bundle / "results.json").read_bytes()).tables["features.rules"])
    every = [
        check for part in plain["schema"] for one in (*part["properties"], part) for check in one.get("quality", [])
    ]
    checks = {check["name"]: check for check in every}
    known = [rule.id for rule in rules if rule.judged or rule.kind == OF_KEYS]
    assert sorted(checks) == sorted(known) and len(every) == len(known)
    assert {name: check["severity"] for name, check in checks.items()} == {rule.id: rule.severity for rule in rules}
    assert {one["property"] for one in plain["slaProperties"]} == {"freshness", "latency"}


def test_limits_levels_and_owners_are_there(validator: Any):
    plain = by_hand()
    assert errors(validator, plain) == []
    inputs, outputs = plain["schema"]
    cost, brand = inputs["properties"]
    assert cost["logicalTypeOptions"] == {"minimum": 0, "maximum": 500} and cost["criticalDataElement"]
    spread, alert, stop = cost["quality"]
    assert "WHERE (${property} < 0 OR ${property} > 500) AND" in spread["query"]
    assert [one["arguments"] for one in (alert, stop)] == [{"missingValues": [None, "", "NaN"]}] * 2
    assert [one["id"] for one in inputs["quality"]] == ["FR-request-twice", "FR-request-unknown"]
    assert (spread["severity"], spread["description"]) == ("error", "When broken: reject")
    assert (alert["mustBeLessOrEqualTo"], alert["unit"], stop["mustBeLessOrEqualTo"]) == (5, "percent", 20)
    assert [one["customProperties"][1] for one in (alert, stop)] == [
        {"property": "fromRows", "value": 100},
        {"property": "fromRows", "value": 25},
    ]
    assert brand["enum"] == [{"value": "Acme"}, {"value": "no"}]
    assert brand["quality"][0]["arguments"] == {"validValues": ["Acme", "no"]}
    assert outputs["properties"][0]["logicalTypeOptions"] == {"minimum": 10}
    assert {"property": "freshness", "value": 60, "unit": "minutes", "element": "inputs.cost"} in plain["slaProperties"]
    assert plain["team"]["members"] == [{"username": "data team", "role": "data owner", "description": "Delivers cost"}]


def test_a_range_is_sql_that_counts_the_rows_beyond_it():
    (query,) = (check["query"] for check in by_hand()["schema"][0]["properties"][0]["quality"] if "query" in check)
    rows = "(VALUES (-1), (0), (500), (501), (NULL), (1e9), ('NaN'::DOUBLE)) AS rows(cost)"
    found = duckdb.sql(query.replace("${object}", rows).replace("${property}", "cost")).fetchall()
    assert found == [(3,)]


def test_what_nobody_declared_is_left_out():
    assert data_contract.export(results()) is None
    levels = hand.table("features.kinds", "feature kind", ("size", "categorical"))
    decided = decided_on(Evidence(tables=(levels,)), data=hand.p.Data(production="x", target="y"))
    (size,) = content(results(*decided.tables))["schema"][0]["properties"]
    assert size == {"name": "size", "logicalType": "string"}
