"""MLflow folders: the file in them goes to its own reader, and nothing of it runs that nobody vouched for."""

import hashlib
import json
import pickle
import sqlite3
from contextlib import closing
from dataclasses import replace

import lightgbm
import pytest
import skops.io
import xgboost
from sklearn.linear_model import LinearRegression

from generator.catalog import CATALOG
from generator.engines.duckdb import DuckDB
from generator.errors import InputError
from generator.measure import measure
from generator.records.files import read_folder
from generator.records.project import Model
from generator.scoring.mlflow import inside
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
    inner.mkdir(exist_ok=True)
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
        ("flavors:\n  keras: {data: model.keras}\n", "it has keras"),
        ("flavors:\n  keras: {data: model.keras}\n  python_function: {}\n", "does not trust this one"),
        ("flavors: {xgboost: {data: model.bin}}", "serialised as .bin"),
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


STAND_IN = """
import json, pathlib, types
__version__ = "9.9"
class Schema:
    def __init__(self, columns):
        self.inputs = [types.SimpleNamespace(name=n, type=types.SimpleNamespace(name=t)) for n, t in columns.items()]
    def is_tensor_spec(self): return False
    def has_input_names(self): return all(each.name for each in self.inputs)
class Free:
    def __init__(self, folder):
        columns = json.loads((pathlib.Path(folder) / "columns.json").read_text())
        schema = Schema(columns) if columns else None
        self.metadata = types.SimpleNamespace(get_input_schema=lambda: schema, mlflow_version="3.0")
        self.wanted = columns
    def predict(self, frame):
        kinds = {"long": "int64", "double": "float64", "boolean": "bool", "string": "str"}
        for name, kind in self.wanted.items():
            if frame[name].dtype != kinds[kind]: raise ValueError(f"{name} is {frame[name].dtype}, not {kind}")
        return (frame["cost"] * 2 + frame["clicks"]).to_frame("answer")
"""
FREE = "flavors: {python_function: {loader_module: mlflow.pyfunc.model}}\n"
"""What mlflow alone can open; the real one is asked by `make models`."""


@pytest.fixture
def free(tmp_path):
    """Return what measures a folder of free code, with a stand-in of mlflow beside the project file."""
    package = tmp_path / "mlflow"
    package.mkdir()
    (package / "__init__.py").write_text(STAND_IN)
    (package / "pyfunc.py").write_text(
        "from mlflow import Free\n\n\ndef load_model(folder):\n    return Free(folder)\n"
    )

    def asked(columns, **keys):
        made = wrapped(tmp_path, FREE)
        (tmp_path / "mlflow_model" / "columns.json").write_text(json.dumps(columns))
        packed = read_folder(tmp_path / "mlflow_model", most=10_000, name="m")
        return measured(made, **{"trust": True, "sha256": digest(packed)} | keys)

    return asked


def test_a_model_of_free_code_is_asked_in_the_types_of_its_signature(free):
    ledger = free({"cost": "double", "clicks": "long", "city": "string"})
    table = rows(days=2)
    assert ledger.production.total.mean[-1] == pytest.approx((table["cost"] * 2 + table["clicks"]).mean(), rel=1e-12)
    assert ledger.runs_code and ledger.conduct.wrote == ("mlflow", "3.0", "9.9")


@pytest.mark.parametrize(
    ("columns", "keys", "words"),
    [
        ({"cost": "double"}, {"trust": False}, "does not trust this one"),
        ({"cost": "double"}, {"sha256": digest(b"other")}, "the declared digest is not that of mlflow_model"),
        ({}, {}, "no signature that names its columns"),
        ({"": "any"}, {}, "by it MLflow gives the model the first column alone"),
        ({"cost": "boolean", "clicks": "long"}, {}, "cost is float64, not boolean|cannot score"),
    ],
)
def test_a_model_of_free_code_that_cannot_be_asked_says_why(free, columns, keys, words):
    with pytest.raises(InputError, match=words):
        free(columns, **keys)


def test_a_link_out_of_a_folder_of_free_code_is_refused(free, tmp_path):
    (tmp_path / "mlflow_model").mkdir()
    (tmp_path / "mlflow_model" / "secret").symlink_to("/etc/hostname")
    with pytest.raises(InputError, match="holds secret, a link out of it"):
        read_folder(tmp_path / "mlflow_model", most=10_000, name="m")


def test_a_folder_is_the_same_bytes_wherever_it_lies(tmp_path):
    for name in ("a", "b"):
        (tmp_path / name / "inner").mkdir(parents=True)
        for file in sorted(("z", "inner/x"), reverse=name == "a"):
            (tmp_path / name / file).write_text(file)
    a, b = (read_folder(tmp_path / name, most=10, name=name) for name in ("a", "b"))
    assert a == b
    with pytest.raises(InputError, match="larger than"):
        read_folder(tmp_path / "a", most=5, name="a")


def test_a_folder_of_another_format_is_an_input_error(tmp_path):
    made = wrapped(tmp_path, ONNX)
    model = Model(name="m", version="1", path="mlflow_model", format="skops")
    with pytest.raises(InputError, match="is a folder"):
        measure(replace(made, settings=replace(made.settings, model=model)), DuckDB(), CATALOG.readers)


def boosted(kind):
    """Return what MLflow writes of a booster, the file, and what the booster answers."""
    table = rows(days=2)
    inputs = table[["cost", "clicks"]]
    if kind == "xgboost":
        fitted = xgboost.XGBRegressor(n_estimators=5, nthread=1).fit(inputs, table["price"])
        content, name = bytes(fitted.get_booster().save_raw("ubj")), "ubj"
    else:
        fitted = lightgbm.LGBMRegressor(n_estimators=5, verbose=-1, n_jobs=1).fit(inputs, table["price"])
        content, name = fitted.booster_.model_to_string().encode(), "lgb"
    return f"flavors:\n  {kind}: {{data: model.{name}}}\n", {name: content}, fitted.predict(inputs).mean()


@pytest.mark.parametrize("kind", ["xgboost", "lightgbm"])
def test_boosters_in_folders_are_opened_in_their_own_format(tmp_path, kind):
    description, files, expected = boosted(kind)
    ledger = measured(wrapped(tmp_path, description, **files))
    assert ledger.production.total.mean[-1] == pytest.approx(expected, rel=1e-6)
    assert not ledger.runs_code


def registry(place, folder):
    """Write a registry as MLflow 3 does, with version 3 of churn in a folder, logged as a model of its own."""
    with closing(sqlite3.connect(place)) as database:
        database.execute("CREATE TABLE model_versions (name, version INTEGER, source, storage_location)")
        database.execute("CREATE TABLE registered_model_aliases (alias, version INTEGER, name)")
        database.execute("CREATE TABLE logged_models (model_id, artifact_location)")
        values = [("churn", 2, "models:/m-0a", None), ("churn", 3, "models:/m-0b", str(folder))]
        database.executemany("INSERT INTO model_versions VALUES (?, ?, ?, ?)", [*values, ("far", 1, "s3://b/m", None)])
        database.execute("INSERT INTO registered_model_aliases VALUES ('champion', 3, 'churn')")
        database.execute("INSERT INTO logged_models VALUES ('m-0a', ?)", (folder.as_uri(),))
        database.commit()


@pytest.mark.parametrize("name", ["models:/churn/3", "models:/churn/2", "models:/churn@champion"])
def test_a_name_in_a_local_registry_is_its_folder(tmp_path, monkeypatch, name):
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    wrapped(tmp_path, ONNX, onnx=regressor([1.0, 2.0], 3.0, ["cost", "clicks"]))
    registry(tmp_path / "mlflow.db", tmp_path / "mlflow_model")
    found = inside(tmp_path, Model(name="m", version="1", path=name, format="mlflow"))
    assert (found.path, found.format) == ("mlflow_model/model.onnx", "onnx")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("models:/churn/9", "has no such model"),
        ("models:/churn@gone", "has no such model"),
        ("models:/churn", "names no version"),
        ("models:/far/1", "lie at s3:, not on this machine"),
    ],
)
def test_what_the_registry_does_not_hold_is_said(tmp_path, monkeypatch, name, words):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{tmp_path}/other.db")
    registry(tmp_path / "other.db", tmp_path)
    with pytest.raises(InputError, match=words) as caught:
        inside(tmp_path, Model(name="m", version="1", path=name, format="mlflow"))
    assert caught.value.problems[0].hint


@pytest.mark.parametrize(("store", "words"), [(None, "no registry at"), ("http://127.0.0.1:5000", "SQLite file")])
def test_another_registry_is_named(tmp_path, monkeypatch, store, words):
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    if store:
        monkeypatch.setenv("MLFLOW_TRACKING_URI", store)
    with pytest.raises(InputError, match=words):
        inside(tmp_path, Model(name="m", version="1", path="models:/churn/3", format="mlflow"))
