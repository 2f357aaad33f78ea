"""Models from skops files: the same predictions, nothing but trusted types, no code run on the way."""

import numpy as np
import pandas as pd
import pytest
import skops.io
from sklearn.base import BaseEstimator
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import GradientBoostingRegressor
from sklearn.impute import SimpleImputer
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from generator.errors import InputError
from generator.records.project import Model
from generator.scoring.skops import open_model as open_declared
from tests.hostile import crafted
from tests.measure.frames import rows

NUMBERS, TEXTS = ["cost", "rating"], ["city", "brand"]


def open_model(content, trusted, **keys):
    return open_declared(content, Model(name="m", version="1", trusted_types=trusted, **keys))


class Stranger(BaseEstimator):
    """A type nobody listed."""


@pytest.fixture(scope="module")
def table():
    return rows(days=4)


@pytest.fixture(scope="module")
def pipeline(table):
    texts = make_pipeline(
        SimpleImputer(strategy="constant", fill_value="missing"), OneHotEncoder(handle_unknown="ignore")
    )
    numbers = make_pipeline(SimpleImputer(), StandardScaler())
    columns = ColumnTransformer([("n", numbers, NUMBERS), ("t", texts, TEXTS)])
    return make_pipeline(columns, Ridge(alpha=0.05)).fit(table[NUMBERS + TEXTS], table["price"])


def columns(table):
    numbers = {name: table[name].to_numpy(dtype=np.float64) for name in NUMBERS}
    return numbers | {name: table[name].astype(object).where(table[name].notna(), np.nan).to_numpy() for name in TEXTS}


def test_a_linear_pipeline_predicts_as_scikit_learn_does(pipeline, table):
    model = open_model(skops.io.dumps(pipeline), ())
    other = table.assign(city=["Atlantis", *table["city"][1:]])
    scores = model.score(columns(other))
    np.testing.assert_allclose(scores.prediction, pipeline.predict(other[NUMBERS + TEXTS]), rtol=1e-12)
    assert model.features == ("cost", "rating", "city", "brand")
    assert scores.design.shape == (len(table), len(model.linear.columns))
    assert set(model.linear.features) == set(NUMBERS + TEXTS)


def test_a_model_that_is_not_linear_has_no_design(table):
    trees = GradientBoostingRegressor(n_estimators=5).fit(table[["cost", "clicks"]], table["price"])
    model = open_model(skops.io.dumps(trees), ("sklearn.tree._tree.Tree",))
    assert model.linear is None
    scores = model.score({n: table[n].to_numpy(dtype=np.float64) for n in ("cost", "clicks")})
    np.testing.assert_array_equal(scores.prediction, trees.predict(table[["cost", "clicks"]].astype(float)))


def test_unknown_types_are_named_and_refused():
    with pytest.raises(InputError, match="Stranger"):
        open_model(skops.io.dumps(make_pipeline(Stranger())), ())


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 not a zip", b"\x80\x04\x95"])
def test_a_file_that_is_no_model_is_refused(content):
    with pytest.raises(InputError, match="not a skops file"):
        open_model(content, ())


@pytest.mark.parametrize(("module", "name"), [("gone.away", "Ridge"), ("sklearn.linear_model._ridge", "Gone")])
def test_a_trusted_type_that_is_not_here_is_said(module, name):
    with pytest.raises(InputError, match="needs what is not here") as caught:
        open_model(crafted.renamed(module, name), (f"{module}.{name}",))
    assert "model.python" in caught.value.problems[0].hint


def test_a_model_without_column_names_is_refused(table):
    bare = Ridge().fit(table[["cost"]].to_numpy(), table["price"])
    with pytest.raises(InputError, match="does not know its columns"):
        open_model(skops.io.dumps(bare), ())


def test_values_the_model_refuses_are_an_input_error(table):
    strict = Ridge().fit(table[["cost"]], table["price"])
    model = open_model(skops.io.dumps(strict), ())
    with pytest.raises(InputError, match="cannot score"):
        model.score({"cost": np.array([1.0, np.nan])})


def test_frames_are_built_by_column_name(pipeline, table):
    model = open_model(skops.io.dumps(pipeline), ())
    shuffled = dict(reversed(columns(table).items()))
    np.testing.assert_allclose(
        model.score(shuffled).prediction, pipeline.predict(pd.DataFrame(shuffled)[NUMBERS + TEXTS])
    )


@pytest.mark.parametrize("words", [("True", "False"), ("true", "false")])
def test_truth_values_written_as_texts_are_what_the_model_was_trained_on(table, words):
    rain = (table["cost"] > table["cost"].median()).rename("rain").to_frame()
    model = open_model(skops.io.dumps(Ridge().fit(rain, table["price"])), ())
    texts = np.where(rain["rain"], *words).astype(object)
    np.testing.assert_allclose(model.score({"rain": texts}).prediction, model.score({"rain": rain["rain"]}).prediction)


def test_truth_values_are_known_to_an_encoder_also_where_some_are_missing(table):
    rain = pd.DataFrame({"rain": np.resize(np.array([True, False, np.nan], dtype=object), len(table))})
    encoded = make_pipeline(ColumnTransformer([("t", OneHotEncoder(handle_unknown="ignore"), ["rain"])]), Ridge())
    encoded.fit(rain, table["price"])
    texts = rain["rain"].map({True: "True", False: "False"}).astype(object).to_numpy()
    model = open_model(skops.io.dumps(encoded), ())
    np.testing.assert_allclose(model.score({"rain": texts}).prediction, encoded.predict(rain))
