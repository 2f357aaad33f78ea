"""Ways in for models that people have: fitted on a matrix, in a dictionary, of a module or a Python of their own."""

import hashlib
import pickle
import subprocess
import sys

import numpy as np
import pytest
import sklearn
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from skops.io import dumps

from generator.errors import InputError
from generator.records.project import Model
from generator.scoring import joblib, skops
from tests.measure.frames import rows

NAMES = ("cost", "clicks")


@pytest.fixture(scope="module")
def table():
    return rows(days=4)


def matrix(table):
    return table[list(NAMES)].to_numpy(dtype=np.float64)


def columns(table):
    return {name: table[name].to_numpy(dtype=np.float64) for name in NAMES}


def pickled(content: bytes, **keys) -> Model:
    digest = hashlib.sha256(content).hexdigest()
    return Model(name="m", version="1", format="joblib", trust=True, sha256=digest, **keys)


@pytest.mark.parametrize(
    "estimator", [Ridge(), make_pipeline(StandardScaler(), Ridge()), HistGradientBoostingRegressor()]
)
def test_a_model_of_a_matrix_takes_the_columns_that_are_listed(table, estimator):
    fitted = estimator.fit(matrix(table), table["price"])
    content = dumps(fitted)
    model = skops.open_model(content, Model(name="m", version="1", columns=NAMES))
    np.testing.assert_allclose(model.score(columns(table)).prediction, fitted.predict(matrix(table)), rtol=1e-12)
    assert model.features == NAMES
    assert model.linear is None or model.linear.features == NAMES


@pytest.mark.parametrize(
    ("listed", "words"), [((), "a matrix of 2 columns"), (("a",), "of 2 columns, and 1 are listed")]
)
def test_a_matrix_whose_columns_are_not_listed_is_refused_with_the_key_to_write(table, listed, words):
    content = dumps(Ridge().fit(matrix(table), table["price"]))
    with pytest.raises(InputError, match=words) as caught:
        skops.open_model(content, Model(name="m", version="1", columns=listed))
    assert "model.columns" in caught.value.problems[0].hint


def test_a_dictionary_around_a_model_is_looked_into(table):
    fitted = Ridge().fit(matrix(table), table["price"])
    content = pickle.dumps({"model": fitted, "features": list(NAMES), "version": 3})
    model = joblib.open_model(content, pickled(content))
    np.testing.assert_allclose(model.score(columns(table)).prediction, fitted.predict(matrix(table)), rtol=1e-12)


@pytest.mark.parametrize("held", [{"a": 1}, {"a": Ridge(), "b": Ridge()}])
def test_a_dictionary_with_no_model_or_two_is_refused(held):
    content = pickle.dumps(held)
    with pytest.raises(InputError, match=r"dictionary with [02] models, not one"):
        joblib.open_model(content, pickled(content))


MODULE = """
import numpy as np
class Plain:
    feature_names_in_ = np.array(["cost", "clicks"], dtype=object)
    def predict(self, frame):
        return frame["cost"].to_numpy() * 2.0
class Chances(Plain):
    classes_ = np.array([0, 1])
    def predict_proba(self, frame):
        share = np.full(len(frame), 0.25)
        return np.column_stack([1 - share, share])
"""


def made_elsewhere(folder, name: str) -> bytes:
    """Return a pickle of an object of a module that lies in a folder."""
    (folder / "ours.py").write_text(MODULE)
    script = f"import ours, pickle, sys; sys.stdout.buffer.write(pickle.dumps(ours.{name}()))"
    return subprocess.run([sys.executable, "-c", script], cwd=folder, capture_output=True, check=True).stdout


@pytest.mark.parametrize(("name", "probability"), [("Plain", False), ("Chances", True)])
def test_what_predicts_is_a_model_whatever_it_inherits_from_and_its_module_lies_beside_the_project(
    tmp_path, table, name, probability
):
    content = made_elsewhere(tmp_path, name)
    model = joblib.open_model(content, pickled(content), tmp_path)
    expected = np.full(len(table), 0.25) if probability else table["cost"].to_numpy() * 2.0
    np.testing.assert_array_equal(model.score(columns(table)).prediction, expected)
    assert model.probability == probability


def test_a_module_that_is_not_there_is_named(tmp_path):
    content = made_elsewhere(tmp_path, "Plain")
    with pytest.raises(InputError, match="needs the module ours, which is not here") as caught:
        joblib.open_model(content, pickled(content))
    assert "model.python" in caught.value.problems[0].hint


def test_another_python_opens_the_model(tmp_path, table):
    fitted = LogisticRegression().fit(table[list(NAMES)], table["price"] > table["price"].median())
    content = pickle.dumps(fitted)
    model = joblib.open_model(content, pickled(content, python=sys.executable), tmp_path)
    expected = fitted.predict_proba(table[list(NAMES)])[:, 1]
    np.testing.assert_allclose(model.score(columns(table)).prediction, expected, rtol=1e-12)


@pytest.mark.parametrize(
    ("python", "words"),
    [("nowhere/python", "no Python can be started"), ("/bin/true", "gave no answer"), ("/bin/false", "gave no answer")],
)
def test_a_python_that_is_none_is_said(tmp_path, python, words):
    content = pickle.dumps(Ridge())
    with pytest.raises(InputError, match=words):
        joblib.open_model(content, pickled(content, python=python), tmp_path)


def test_a_python_of_the_project_needs_trust(tmp_path):
    mark = tmp_path / "mark"
    (tmp_path / "python").write_text(f"#!/bin/sh\ntouch {mark}\n")
    (tmp_path / "python").chmod(0o755)
    declared = Model(name="m", version="1", python="python")
    with pytest.raises(InputError, match="names a program") as caught:
        skops.open_model(dumps(Ridge()), declared, tmp_path)
    assert not mark.exists() and caught.value.problems[0].where == "model.python"


def test_the_version_that_wrote_a_file_is_told_and_not_warned_of(table):
    fitted = make_pipeline(StandardScaler(), Ridge()).fit(table[list(NAMES)], table["price"])
    content = pickle.dumps(fitted).replace(sklearn.__version__.encode(), b"1.0.0"[: len(sklearn.__version__)])
    model = joblib.open_model(content, pickled(content))
    assert model.conduct.wrote == ("scikit-learn", "1.0.0", sklearn.__version__)
    assert model.conduct.warnings == ()
