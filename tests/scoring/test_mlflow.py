"""MLflow folders: the file in them goes to its own reader, and nothing of it runs that nobody vouched for."""

from __future__ import annotations

import hashlib
import pickle
from dataclasses import replace

import pytest
import skops.io
from sklearn.linear_model import LinearRegression

from generator.catalog import CATALOG
from generator.engines.duckdb import DuckDB
from generator.errors import InputError
from generator.measure import measure
from generator.records.project import Model
from generator.scoring.mlflow import READER, inside
from tests.measure.frames import project, rows
from tests.scoring.onnx_files import regressor
from tests.scoring.test_joblib import Bomb

PICKLED = "flavors:\n  python_function: {loader_module: mlflow.sklearn}\n  sklearn:\n    pickled_model: model.pkl\n"
SKOPS = "flavors:\n  sklearn: {pickled_model: model.skops, serialization_format: skops, sklearn_version: 1.9.0}\n"
ONNX = "flavors:\n  onnx: {data: model.onnx, onnx_version: 1.23.2}\n"


@pytest.fixture(scope="module")
def fitted():
    table = rows(days=2)
    return LinearRegression().fit(table[["cost", "clicks"]], table["price"])


def wrapped(folder, description, **files):
    """Write an MLflow folder and the rows beside it, return the project."""
    inner = folder / "mlflow_model"
    inner.mkdir()
    (inner / "MLmodel").write_text(description)
    for name, content in files.items():
        (inner / f"model.{name}").write_bytes(content)
    (folder / "dossier.yaml").write_text("")
    rows(days=2).to_csv(folder / "production.csv", index=False)
    return project(folder, prediction=None, previous_prediction=None)


def measured(made, **keys):
    model = Model(name="m", version="1", path="mlflow_model", format="mlflow", **keys)
    made = replace(made, settings=replace(made.settings, model=model))
    return measure(made, DuckDB(), CATALOG.readers)


def digest(content):
    return hashlib.sha256(content).hexdigest()


def test_each_kind_of_file_is_opened_by_its_own_reader(tmp_path, fitted):
    expected = fitted.predict(rows(days=2)[["cost", "clicks"]]).mean()
    slopes = regressor(fitted.coef_.tolist(), float(fitted.intercept_), ["cost", "clicks"])
    cases = {
        "pickle": (PICKLED, {"pkl": pickle.dumps(fitted)}, True),
        "skops": (SKOPS, {"skops": skops.io.dumps(fitted)}, False),
        "onnx": (ONNX, {"onnx": slopes}, False),
    }
    for name, (description, files, risky) in cases.items():
        folder = tmp_path / name
        folder.mkdir()
        (content,) = files.values()
        ledger = measured(wrapped(folder, description, **files), trust=risky, sha256=digest(content))
        assert ledger.production.total.mean[-1] == pytest.approx(expected, rel=1e-6)
        assert (ledger.runs_code, ledger.scored) == (risky, True)
        (source,) = (each for each in ledger.sources if each.role == "model")
        assert (source.name, source.sha256) == (f"mlflow_model/model.{next(iter(files))}", digest(content))


@pytest.mark.parametrize("description", [PICKLED, PICKLED + "    serialization_format: cloudpickle\n"])
@pytest.mark.parametrize("case", ["plain", "pinned only", "trusted only", "another digest"])
def test_nothing_of_a_pickle_runs_that_nobody_vouched_for(tmp_path, description, case):
    content = pickle.dumps(Bomb(tmp_path / "marker"))
    keys = {
        "plain": {},
        "pinned only": {"sha256": digest(content)},
        "trusted only": {"trust": True},
        "another digest": {"trust": True, "sha256": digest(b"other")},
    }[case]
    made = wrapped(tmp_path, description, pkl=content)
    with pytest.raises(InputError) as caught:
        measured(made, **keys)
    assert not (tmp_path / "marker").exists()
    assert caught.value.problems[0].where in ("model.trust", "model.sha256")


def test_a_pickle_that_calls_itself_skops_does_not_run(tmp_path):
    made = wrapped(tmp_path, SKOPS, skops=pickle.dumps(Bomb(tmp_path / "marker")))
    with pytest.raises(InputError, match="not a skops file"):
        measured(made, trust=True)
    assert not (tmp_path / "marker").exists()


def test_a_description_that_is_code_does_not_run(tmp_path):
    made = wrapped(tmp_path, f"flavors: !!python/object/apply:os.mkdir ['{tmp_path / 'marker'}']\n")
    with pytest.raises(InputError, match="cannot be read"):
        measured(made)
    assert not (tmp_path / "marker").exists()


@pytest.mark.parametrize(
    ("description", "words"),
    [
        ("flavors:\n  xgboost: {data: model.xgb}\n  python_function: {}\n", "it has python_function, xgboost"),
        ("flavors: {python_function: {}}\n", "it has python_function"),
        ("", "it has none"),
        ("[1, 2]", "it has none"),
        ("flavors: [", "cannot be read"),
        ("flavors: {sklearn: {pickled_model: model.pkl, serialization_format: json}}", "serialised as json"),
        ("flavors: {sklearn: {pickled_model: gone.pkl}}", "'gone.pkl', which is no file in the folder"),
        ("flavors: {sklearn: {pickled_model: ../production.csv}}", "which is no file in the folder"),
        ("flavors: {onnx: {data: /etc/hostname}}", "which is no file in the folder"),
        ("flavors: {onnx: {}}", "names nothing"),
    ],
)
def test_what_cannot_be_read_is_refused_by_name(tmp_path, description, words):
    with pytest.raises(InputError, match=words):
        measured(wrapped(tmp_path, description))


def test_a_link_out_of_the_folder_is_refused(tmp_path):
    made = wrapped(tmp_path, ONNX)
    (tmp_path / "mlflow_model" / "model.onnx").symlink_to(tmp_path / "production.csv")
    with pytest.raises(InputError, match="no file in the folder"):
        measured(made)


def test_a_folder_without_a_description_is_refused(tmp_path):
    (tmp_path / "m").mkdir()
    with pytest.raises(InputError, match="no MLmodel"):
        inside(tmp_path, Model(name="m", version="1", path="m", format="mlflow"))


def test_the_format_is_for_folders():
    with pytest.raises(InputError, match="is for folders"):
        READER.open(b"", Model(name="m", version="1"))


def test_a_folder_of_another_format_is_an_input_error(tmp_path):
    made = wrapped(tmp_path, ONNX)
    model = Model(name="m", version="1", path="mlflow_model", format="skops")
    with pytest.raises(InputError, match="is a folder"):
        measure(replace(made, settings=replace(made.settings, model=model)), DuckDB(), CATALOG.readers)
