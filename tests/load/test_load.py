"""The door: what a good file gives, and how everything wrong with a bad one comes at once."""

import dataclasses
import hashlib
import inspect
import json
from pathlib import Path

import pytest

from generator.errors import InputError
from generator.load import json_schema, load
from generator.records import project as schema
from generator.records.project import Model, Settings
from tests.load.example import problems, text, write


def test_a_minimal_file_is_enough(tmp_path: Path):
    content = text()
    project = load(write(tmp_path, content))
    assert project.settings.model == Model(name="Ridge", version="1.0", format="column")
    assert project.file == "dossier.yaml"
    assert project.folder == str(tmp_path)
    assert project.sha256 == hashlib.sha256(content.encode()).hexdigest()
    assert load(tmp_path) == project


def test_every_key_has_its_line(tmp_path: Path):
    lines = load(write(tmp_path, text("alerts", "rules:\n  - id: a\n    metric: rmse\n    red: 5"))).lines
    assert lines["project"] == 1
    assert lines["project.name"] == 2
    assert lines["alerts.rules"] == 12
    assert lines["alerts.rules.0"] == 13
    assert lines["alerts.rules.0.red"] == 15
    assert "" not in lines


BAD = """\
project: {name: shop, titel: x, currency: usd}
model: {name: Ridge, version: 1.10, format: column}
data:
  production: row.csv
  prediction: p
  segments: [{column: a, quantiles: [0.5], tiers: [1]}]
alerts:
  rules:
    - {id: a, metric: rmsee, red: 1}
    - {id: b, metric: rmse, yelow: 1}
    - {id: c, metric: rmse, yellow: 5, red: 1}
    - {id: c, metric: rmse, red: 1}
context:
  incidents: [{what: TODO, rule: zzz}, {what: a, rule: c}]
"""


def test_everything_comes_at_once_and_in_order(tmp_path: Path):
    found = problems(tmp_path, BAD)
    assert [(problem.where.rpartition("dossier.yaml:")[2], problem.what.split(",")[0][:58]) for problem in found] == [
        ("1:23", "the key 'titel' is not known in `project`"),
        ("1:43", "`project.currency` is 'usd'"),
        ("2:31", "`model.version` should be text"),
        ("3:1", "`data.target` is missing"),
        ("4:15", "`data.production` names 'row.csv'"),
        ("6:51", "`data.segments[0].tiers` do not fit: 1 quantiles make 2 ti"),
        ("6:52", "`data.segments[0].tiers[0]` should be text"),
        ("9:23", "`alerts.rules[0].metric` should be one of rmse"),
        ("10:29", "the key 'yelow' is not known in `alerts.rules[1]`"),
        ("11:37", "`alerts.rules[2].yellow` is 5"),
        ("12:12", "`alerts.rules[3].id` is 'c' for the second time"),
        ("14:22", "`context.incidents[0].what` still holds the placeholder 'T"),
    ]


def test_nothing_is_said_that_rests_on_what_was_left_out(tmp_path: Path):
    """The rule that the incident names is there, but its metric is wrong; the rule with `yelow` has a threshold."""
    found = problems(tmp_path, BAD.replace("rule: zzz", "rule: a").replace("TODO", "it broke"))
    assert not any("incidents" in problem.what or "neither" in problem.what for problem in found)


def test_an_unknown_reference_is_found_beside_other_errors(tmp_path: Path):
    content = text("context", "incidents: [{what: a, rule: b}]").replace("name: shop", "name: shop\n  colour: red")
    unknown, reference = problems(tmp_path, content)
    assert "'colour'" in unknown.what
    assert reference.what.startswith("`context.incidents[0].rule` is 'b', which is no id")


@pytest.mark.parametrize("content", ["project: []\nmodel: 1\ndata: x\n", "a: 1\n", "project:\nmodel:\ndata:\n"])
def test_what_cannot_be_mended_is_still_reported(tmp_path: Path, content: str):
    assert len(problems(tmp_path, content)) >= 3


def test_the_error_names_the_first_problem(tmp_path: Path):
    with pytest.raises(InputError, match="titel") as raised:
        load(write(tmp_path, BAD))
    assert raised.value.exit_code == 2


def test_the_records_are_left_alone():
    assert not any(name.startswith("__pydantic") for name in vars(Settings))


def test_the_schema_names_every_key_with_its_description():
    described = json_schema()
    assert described["required"] == ["project", "model", "data"]
    definitions = {**described["$defs"], "Settings": described}
    for name, definition in definitions.items():
        fields = dataclasses.fields(getattr(schema, name))
        assert list(definition["properties"]) == [field.name for field in fields]
        assert definition["additionalProperties"] is False
        assert definition["description"] == inspect.cleandoc(getattr(schema, name).__doc__)
    rule = definitions["Rule"]["properties"]
    assert rule["recovery"]["description"] == "Windows without a breach before the alert closes. Unit: count."
    stop = "Share of missing values from which scoring stops. A share: 0.25 is 25 %."
    assert definitions["Feature"]["properties"]["missing_stop"]["description"] == stop
    assert json.loads(json.dumps(described)) == described
