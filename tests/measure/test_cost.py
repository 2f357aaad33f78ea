"""The time of the model itself: measured by a command, kept in a file, imported by builds and never made by one."""

import datetime
import json
from dataclasses import replace

import pytest
import skops.io
from sklearn.linear_model import LinearRegression

from generator.engines.duckdb import DuckDB
from generator.errors import InputError
from generator.measure import cost, measure
from generator.records.project import Model
from generator.scoring import skops as reader
from generator.subjects.data import inference
from tests.measure import frames

TODAY = datetime.date(2026, 3, 1)


@pytest.fixture
def made(tmp_path):
    table = frames.rows(4)
    fitted = LinearRegression().fit(table[["cost", "clicks"]], table["price"])
    (tmp_path / "m.skops").write_bytes(skops.io.dumps(fitted))
    (tmp_path / "dossier.yaml").write_text("")
    table.to_csv(tmp_path / "production.csv", index=False)
    project = frames.project(tmp_path, prediction=None, previous_prediction=None)
    model = Model(name="m", version="1", path="m.skops", format="skops", cost="cost.json")
    return replace(project, settings=replace(project.settings, model=model))


def kept(made, tmp_path, **changes):
    body = json.loads(cost(made, DuckDB(), [reader.READER], TODAY)) | changes
    (tmp_path / "cost.json").write_text(json.dumps(body))
    return body, inference.run(made, measure(made, DuckDB(), [reader.READER]))


def test_a_kept_measurement_becomes_facts(made, tmp_path):
    body, evidence = kept(made, tmp_path)
    for key in ("p50", "p95", "p99"):
        fact = evidence.fact(f"inference.one_row.{key}")
        assert (fact.value, fact.unit, fact.origin) == (body["one_row_ms"][key], "ms", "measured")
    assert 0 < body["one_row_ms"]["p50"] <= body["one_row_ms"]["p95"] <= body["one_row_ms"]["p99"]
    rate = evidence.fact("inference.batch.rows_per_second")
    assert (rate.value, rate.n, rate.source) == (body["batch"]["rows_per_second"], 160, "cost.json")
    assert evidence.fact("inference.measured_on").value == TODAY
    assert evidence.fact("inference.machine").value == body["machine"]


def test_two_builds_with_one_kept_file_agree(made, tmp_path):
    _, first = kept(made, tmp_path)
    assert inference.run(made, measure(made, DuckDB(), [reader.READER])) == first


def test_a_measurement_of_another_model_is_a_gap(made, tmp_path):
    _, evidence = kept(made, tmp_path, model_sha256="0" * 64)
    assert evidence.fact("inference.one_row.p99").reason == inference.OTHER_MODEL


def test_without_a_kept_file_the_time_is_a_gap(made):
    bare = replace(made, settings=replace(made.settings, model=replace(made.settings.model, cost=None)))
    evidence = inference.run(bare, measure(bare, DuckDB(), [reader.READER]))
    assert {fact.reason for fact in evidence.facts} == {inference.NOT_KEPT}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"kind": "something"}, "it is no inference cost"),
        ({"one_row_ms": {"p50": 1.0}}, "it lacks"),
        ({"batch": {"rows": 1, "rows_per_second": -1}}, "is no time or rate"),
        ({"measured_on": "yesterday"}, "isoformat"),
    ],
)
def test_a_file_that_is_no_measurement_is_refused(made, tmp_path, changes, words):
    with pytest.raises(InputError, match=words) as caught:
        kept(made, tmp_path, **changes)
    assert "dossier cost" in caught.value.problems[0].hint


def test_predictions_in_a_column_cost_no_time(tmp_path):
    frames.rows(2).to_csv(tmp_path / "production.csv", index=False)
    with pytest.raises(InputError, match="no model to measure"):
        cost(frames.project(tmp_path), DuckDB(), [], TODAY)


def test_a_measurement_of_this_model_file_holds_on_whatever_day_it_was_made(made, tmp_path):
    """A build's day is that of the newest rows, and `dossier cost` runs later; the day is told beside the figure."""
    _, evidence = kept(made, tmp_path, measured_on="2030-01-01")
    assert evidence.fact("inference.one_row.p99").number
    assert evidence.fact("inference.measured_on").value == datetime.date(2030, 1, 1)
