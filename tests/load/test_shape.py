"""Wrong types, unknown and missing keys: each with its place, in our words, with what to write."""

from pathlib import Path

import pytest

from tests.load.example import place, problems, project, text

# Key the block stands under, block with the place of the problem, what is wrong, what to try.
CASES = [
    ("project", "¶titel: Shop", "the key 'titel' is not known in `project`", "did you mean `title`?"),
    ("project", "¶time-zone: UTC", "the key 'time-zone' is not known", "did you mean `time_zone`?"),
    ("project", "¶zzz: 1", "the key 'zzz' is not known", "known here: name, title, owner"),
    ("", "¶modle: {}", "the key 'modle' is not known at the top", "did you mean `model`?"),
    ("project", "¶<<: {}", "the key '<<' is not known", "known here"),
    ("model", "version: ¶1.10", "`model.version` should be text, but is the number 1.10", 'quotes: "1.10"'),
    ("project", "owner: ¶true", "should be text, but is the truth value true", '"true"'),
    ("project", "owner: ¶[a]", "should be text, but is a list", "one plain value"),
    (
        "model",
        "format: ¶skop",
        "should be one of skops, joblib, rds, onnx, xgboost, lightgbm, catboost, torchscript, mlflow, column, "
        "but is the text",
        "did you mean skops?",
    ),
    (
        "model",
        "format: ¶R",
        "should be one of skops, joblib, rds, onnx, xgboost, lightgbm, catboost, torchscript, mlflow, column",
        "write 'skops'",
    ),
    ("model", "released: ¶31.01.2026", "should be a date", "year-month-day"),
    ("model", "released: ¶20260131", "but is the number 20260131", "write 2026-01-31"),
    ("model", "released: ¶2026-01-31T10:00:00", "should be a date", "write 2026-01-31"),
    ("model", "released: ¶2026-02-30", "should be a date", "no such day"),
    ("model", "trusted_types: ¶a.B", "should be a list, but is the text 'a.B'", "write [a.B]"),
    ("model", "trusted_types: ¶{a: b}", "should be a list, but is a mapping", "after `- `"),
    ("model", "trusted_types: [a, ¶1]", "`model.trusted_types[1]` should be text", '"1"'),
    ("model", "trusted_types:\n  - a\n  -¶", "`model.trusted_types[1]` should be text, but is empty", "take"),
    ("model", "previous: ¶v1", "`model.previous` should be a mapping with keys such as version", "`key: value`"),
    ("model", "¶previous: {path: a}", "`model.previous.version` is missing", "write `version:` with text"),
    ("data", "simulated: ¶yes", "should be true or false, but is the text 'yes'", "write true, without quotes"),
    ("data", "simulated: ¶0", "should be true or false, but is the number 0", "write false, without quotes"),
    ("data", "simulated: ¶maybe", "should be true or false", "write true or false"),
    ("data", "¶training: {start: 2026-01-01}", "`data.training.end` is missing", "with a date"),
    ("data", "features:\n  - {name: a, low: ¶'9.5'}", "but is the text '9.5'", "9.5, without quotes"),
    ("data", "features:\n  - name: a\n    low: ¶$1,200.50", "the text '$1,200.50'", "write 1200.5, without quotes"),
    ("data", "features:\n  - {name: a, low: ¶about five}", "should be a number", "in figures"),
    ("data", "features:\n  - {name: a, low: ¶true}", "should be a number, but is the truth value", "in figures"),
    ("data", "features:\n  - {name: a, low: ¶.nan}", "should be a number, but is the number .nan", "below 1e+15"),
    ("data", "features:\n  - {name: a, low: ¶-.inf}", "should be a number, but is the number -.inf", "below 1e+15"),
    ("data", "features:\n  - {name: a, missing_stop: ¶25%}", "should be a share such as 0.25 for 25 %", "write 0.25"),
    ("data", "sources:\n  - {name: a, kind: api, stage: ¶1.0}", "should be a whole number", "write 1,"),
    ("data", "sources:\n  - {name: a, kind: api, stage: ¶1.5}", "should be a whole number", "write 2, or another"),
    ("data", "sources:\n  - {name: a, kind: api, latency_budget_ms: ¶x}", "a number (ms)", "in figures"),
    ("data", "sources:\n  - ¶name: a", "`data.sources[0].kind` is missing", "with one of database, api"),
    ("data", "sources: ¶{}", "should be a list, but is a mapping", "`- name: …`"),
    ("data", "¶target:", "`data.target` has no value", "write `target:` with text"),
    ("alerts", "rules:\n  - {id: a, metric: rmse, operator: ¶'=>', red: 1}", "should be one of >, >=, <, <=", ">"),
    ("alerts", "rules:\n  - id: a\n    metric: rmse\n    operator: ¶>\n    red: 1", "is the text ''", "quotes, '>'"),
    ("risks", "- {id: a, title: b, likelihood: ¶high, impact: 1}", "should be a whole number", "in figures"),
    ("", "¶rollout:\n  - a", "`rollout` should be a mapping with keys such as start, stages", "`key: value`"),
]


@pytest.mark.parametrize(("under", "block", "what", "hint"), CASES)
def test_a_wrong_key_is_found(tmp_path: Path, under: str, block: str, what: str, hint: str):
    content, where = place(text(under, block))
    (problem,) = problems(tmp_path, content)
    assert what in problem.what
    assert hint in problem.hint
    assert problem.where == f"{tmp_path / 'dossier.yaml'}:{where}"


@pytest.mark.parametrize("word", ["NO", "no", "on", "12:30", "1_000", "2026-01-31", "0b1", "=", "null and void"])
def test_text_stays_text(tmp_path: Path, word: str):
    assert project(tmp_path, text("project", f"owner: {word}")).settings.project.owner == word


@pytest.mark.parametrize("value", ["", "~", "null"])
def test_a_key_without_a_value_is_absent(tmp_path: Path, value: str):
    settings = project(tmp_path, text("model", f"released: {value}\ntrusted_types: {value}")).settings
    assert settings.model.released is None
    assert settings.model.trusted_types == ()


def test_a_whole_number_is_a_number(tmp_path: Path):
    rule = project(tmp_path, text("alerts", "rules: [{id: a, metric: rmse, red: 10}]")).settings.alerts.rules[0]
    assert rule.red == 10.0
    assert isinstance(rule.red, float)


@pytest.mark.parametrize("value", ["16", "+16", "016", "0x10", "0o20", "1.6e1", "16.", ".16e2"])
def test_a_number_may_be_written_in_many_ways(tmp_path: Path, value: str):
    rules = text("alerts", f"rules: [{{id: a, metric: rmse, red: {value}}}]")
    assert project(tmp_path, rules).settings.alerts.rules[0].red == 16


@pytest.mark.parametrize("value", ["'2'", "!!str 2", "! 2"])
def test_a_tag_makes_text(tmp_path: Path, value: str):
    assert project(tmp_path, text("model", f"version: {value}")).settings.model.version == "2"


def test_a_missing_section_is_named(tmp_path: Path):
    found = problems(tmp_path, "project: {name: shop}\n")
    assert [problem.what for problem in found] == ["`model` is missing", "`data` is missing"]
    assert all(problem.where.endswith(":1:1") for problem in found)
