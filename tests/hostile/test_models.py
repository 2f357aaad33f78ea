"""Every way a model can fail is an error of the input with words of its own; what it does beside answering is told."""

import hashlib
import json
import math
import os
import pickle
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import make_pipeline

from generator.engines.duckdb import DuckDB
from generator.errors import InputError
from generator.measure import measure
from generator.measure.scored import CheckedModel
from generator.records.project import Model, ModelLimits
from generator.scoring import joblib as reader
from generator.subjects.data import artifact
from tests.hostile.models import Hostile, Restless, Shop
from tests.measure import frames

LIMITS = ModelLimits(seconds=1.0, megabytes=1500.0)
ROWS = {"x": np.array([1.0, 2.0, 3.0, 4.0]), "y": np.array([1.0, np.nan, 3.0, 4.0])}


def opened(estimator: object, limits: ModelLimits | None = LIMITS) -> CheckedModel:
    content = pickle.dumps(estimator)
    digest = hashlib.sha256(content).hexdigest()
    declared = Model(name="m", version="1", format="joblib", trust=True, sha256=digest, limits=limits)
    return CheckedModel(reader.open_model(content, declared), binary=False)


FAILING = {
    "attribute": "cannot score the rows: AttributeError 'Ridge' object has no attribute 'positive'",
    "key": "cannot score the rows: KeyError 'x'",
    "index": "cannot score the rows: IndexError list index out of range",
    "runtime": "cannot score the rows: RuntimeError CUDA error",
    "zero": "cannot score the rows: ZeroDivisionError division by zero",
    "value": "cannot score the rows: could not convert string to float",
    "type": "cannot score the rows: unsupported operand",
    "assertion": "cannot score the rows: AssertionError",
    "recursion": "cannot score the rows: RecursionError maximum recursion depth exceeded",
    "interrupt": "cannot score the rows: KeyboardInterrupt",
    "stop": "cannot score the rows: StopIteration",
    "generator": "cannot score the rows: GeneratorExit",
    "unspeakable": "cannot score the rows: Unspeakable",
    "exit 0": "cannot score the rows: SystemExit 0",
    "exit words": "cannot score the rows: SystemExit bye",
    "hard exit 0": "ended with code 0 and gave no answer",
    "hard exit 3": "ended with code 3 and gave no answer",
    "segfault": "ended by the signal SIGSEGV and gave no answer",
    "abort": "ended by the signal SIGABRT and gave no answer",
    "killed": "ended by the signal SIGKILL and gave no answer",
    "loop": "did not answer within 1 seconds",
    "sleep": "did not answer within 1 seconds",
    "memory": "needs more than 1,500 MB of memory",
    "three": "gives 3 answers for 4 rows",
    "two columns": "gives 2 answers for each row",
    "one number": "gives 1 answers for 4 rows",
    "nothing": "answers with values of type NoneType, no numbers",
    "empty": "gives 0 answers for 4 rows",
    "complex": "answers with complex numbers, no numbers",
    "texts": "answers with texts, no numbers",
    "numbers as texts": "answers with texts, no numbers",
    "texts as objects": "answers with texts, no numbers",
    "objects": "answers with values of type object, no numbers",
    "dates": "answers with dates, no numbers",
    "nan": "gives no number for 4 of the first 4 rows",
    "infinite": "gives no number for 4 of the first 4 rows",
    "huge": "gives 1e\\+200, and no number beyond 1e\\+50",
    "masked": "gives no number for 4 of the first 4 rows",
    "shuts": "gave no answer",
    "garbles": "gave no answer",
}


@pytest.mark.parametrize(("name", "words"), FAILING.items())
def test_a_model_that_fails_is_an_error_of_the_input(name, words):
    with pytest.raises(InputError, match=words) as caught:
        opened(Hostile(name)).score(ROWS)
    assert caught.value.exit_code == 2 and caught.value.problems[0].hint


@pytest.mark.parametrize(
    "name", ["good", "list", "one column", "float32", "prints", "writes", "runs", "noisy", "reads"]
)
def test_what_else_a_model_does_changes_no_answer(name, capfd):
    model = opened(Hostile(name), None)
    np.testing.assert_array_equal(model.score(ROWS).prediction, ROWS["x"] + 1.0)
    assert capfd.readouterr() == ("", "")
    assert (model.conduct.changes, model.conduct.again, model.conduct.alone) == ((), 0.0, 0.0)


def test_warnings_are_kept_once_and_bounded():
    model = opened(Hostile("warns"))
    model.score(ROWS)
    assert model.conduct.warnings[0] == "UserWarning: beware 0" and len(model.conduct.warnings) == 20


@pytest.mark.parametrize(
    ("name", "changes"), [("overwrites", ("x",)), ("fills", ("y",)), ("drops", ("y",)), ("good", ())]
)
def test_a_model_that_changes_its_input_is_told_and_changes_nothing_else(name, changes):
    rows = {key: values.copy() for key, values in ROWS.items()}
    model = opened(Hostile(name))
    np.testing.assert_array_equal(model.score(rows).prediction, ROWS["x"] + 1.0)
    assert model.conduct.changes == changes
    np.testing.assert_equal(rows, ROWS)


@pytest.mark.parametrize(("name", "again"), [("random", True), ("counts", True), ("centred", False), ("good", False)])
def test_answers_that_differ_the_second_time_are_told(name, again):
    model = opened(Hostile(name))
    model.score(ROWS)
    assert (model.conduct.again > 0) == again


@pytest.mark.parametrize(("name", "apart"), [("centred", 1.5), ("alone", math.inf), ("good", 0.0)])
def test_a_row_that_gets_another_answer_alone_is_told(name, apart):
    model = opened(Hostile(name))
    model.score(ROWS)
    assert model.conduct.alone == apart


def test_lanes_that_ask_at_once_get_their_own_answers():
    from concurrent.futures import ThreadPoolExecutor

    model = opened(Hostile("good"))
    rows = [{"x": np.arange(n, dtype=float), "y": np.zeros(n)} for n in range(1, 60)]
    with ThreadPoolExecutor(8) as lanes:
        for asked, found in zip(rows, lanes.map(model.score, rows), strict=True):
            np.testing.assert_array_equal(found.prediction, asked["x"] + 1.0)


def test_no_process_outlives_its_model():
    model = opened(Hostile("good"))
    model.score(ROWS)
    pid = model._model._process._running.pid
    del model
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def built(folder, estimator, columns=("cost", "clicks")):
    """Return a project on rows in `folder` whose trusted model is `estimator`."""
    table = frames.rows(4)
    table.to_csv(folder / "production.csv", index=False)
    content = pickle.dumps(estimator)
    (folder / "m.pkl").write_bytes(content)
    (folder / "dossier.yaml").write_text("")
    made = frames.project(folder, prediction=None, previous_prediction=None)
    digest = hashlib.sha256(content).hexdigest()
    model = Model(name="m", version="1", path="m.pkl", format="joblib", trust=True, sha256=digest)
    return replace(made, settings=replace(made.settings, model=model))


def test_a_pipeline_of_one_step_scores(tmp_path):
    table = frames.rows(4)
    fitted = make_pipeline(LinearRegression()).fit(table[["cost", "clicks"]].astype(float), table["price"])
    ledger = measure(built(tmp_path, fitted), DuckDB(), [reader.READER])
    assert ledger.linear is not None and ledger.linear.columns == ("cost", "clicks")
    mean = fitted.predict(table[["cost", "clicks"]].astype(float)).mean()
    assert ledger.production.total.mean[-1] == pytest.approx(mean, rel=1e-12)


def test_conduct_becomes_facts_and_findings(tmp_path):
    made = built(tmp_path, Restless())
    evidence = artifact.run(made, measure(made, DuckDB(), [reader.READER]))
    found = {finding.id: finding.severity for finding in evidence.findings}
    assert found == {
        "artifact.runs_code": "watch",
        "artifact.changes": "watch",
        "artifact.again": "confirmed",
        "artifact.alone": "confirmed",
    }
    assert evidence.fact("artifact.changes").value == "rating"
    assert evidence.fact("artifact.again").value > 0 and evidence.fact("artifact.alone").value > 0


PROJECT = """
project: {{name: shop}}
model: {{name: m, version: "1", path: m.pkl, format: joblib, trust: true, sha256: {digest}}}
data: {{production: production.csv, target: price, time: date, entity: item}}
"""


def command(folder, estimator, *words):
    """Return how a real command ends on a project with this model, started as a user starts it."""
    built(folder, estimator)
    digest = hashlib.sha256((folder / "m.pkl").read_bytes()).hexdigest()
    (folder / "dossier.yaml").write_text(PROJECT.format(digest=digest))
    root = str(frames.__file__).split("tests")[0]
    environment = {**os.environ, "PYTHONPATH": root}
    program = [sys.executable, "-m", "generator", words[0], str(folder), *words[1:]]
    return subprocess.run(program, env=environment, capture_output=True, text=True, timeout=300, check=False)


@pytest.mark.parametrize("name", ["exit 0", "hard exit 0", "segfault", "attribute"])
def test_a_command_whose_model_fails_ends_with_two(tmp_path, name):
    done = command(tmp_path, Shop(name), "check")
    assert (done.returncode, done.stdout) == (2, "")
    assert "model" in done.stderr and "Traceback" not in done.stderr and "report" not in done.stderr


def test_what_a_model_prints_is_no_part_of_the_answer(tmp_path):
    done = command(
        tmp_path, Shop("prints"), "build", "-o", str(tmp_path / "out"), "--format", "md", "--json", "--quiet"
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["bundle"] and "PRINTED" not in done.stderr
    told = (tmp_path / "out" / "feature-requirements.md").read_text()
    assert "counts by how much the error rises" in told and "one SD of training" not in told
