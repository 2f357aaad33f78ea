"""Columns reach an encoder in the type it was fitted on: predictions are those of the estimator on pandas' reading."""

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder

from generator.scorer.encoders import as_known, levels_of
from generator.scorer.estimator import Estimator
from generator.scorer.refused import Refused

STORES = {
    "int": pd.Series([101, 102, 103] * 10),
    "float": pd.Series([101.0, np.nan, 103.5] * 10),
    "zeros": pd.Series(["01067", "04109", "10115"] * 10),
    "digits": pd.Series(["101", "102", "103"] * 10),
    "texts": pd.Series(["a", "b", None] * 10, dtype=object),
    "category": pd.Series(["a", "b", "c"] * 10, dtype="category"),
    "truth": pd.Series([True, False, True] * 10),
}
ENCODERS = {
    "one hot": lambda: OneHotEncoder(handle_unknown="ignore"),
    "ordinal": lambda: OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1, encoded_missing_value=-2),
    "imputed": lambda: make_pipeline(SimpleImputer(strategy="most_frequent"), OneHotEncoder(handle_unknown="ignore")),
}


def raw(column):
    """Return a column as the program holds it when it is categorical: texts, NaN where there is none."""
    if column.dtype == bool:
        return column.map(str).to_numpy(dtype=object)
    texts = [np.nan if pd.isna(v) else f"{v:g}" if isinstance(v, (int, float)) else str(v) for v in column]
    return np.array(texts, dtype=object)


@pytest.mark.parametrize("encoder", ENCODERS)
@pytest.mark.parametrize("kind", STORES)
def test_predictions_are_those_of_the_estimator_for_every_type(kind, encoder):
    if encoder == "imputed" and kind in {"truth", "texts", "category"}:
        table = pd.DataFrame({"store": pd.Series(["a", "b", "c"] * 10), "km": np.arange(30.0)})
    else:
        table = pd.DataFrame({"store": STORES[kind], "km": np.arange(30.0)})
    step = make_column_transformer((ENCODERS[encoder](), ["store"]), remainder="passthrough")
    model = make_pipeline(step, Ridge()).fit(table, np.arange(30.0) ** 2)
    opened = Estimator(model, None, ())
    given = {"store": raw(table["store"]), "km": table["km"].to_numpy()}
    found, _ = opened.answers(opened.frame(given))
    np.testing.assert_allclose(found, model.predict(table), rtol=1e-9)


def test_numbers_become_the_texts_that_an_encoder_knows():
    known = np.array(["101", "102"], dtype=object)
    found = as_known("store", np.array([101.0, np.nan, 102.0]), known)
    assert list(found[[0, 2]]) == ["101", "102"]
    assert np.isnan(found[1])


def test_values_of_which_an_encoder_knows_none_are_refused():
    known = np.array(["01067", "04109"], dtype=object)
    rows = np.array(["1067", "4109"] * 10, dtype=object)
    with pytest.raises(Refused, match="no value of column zip is one the model was trained on: the rows hold 1067"):
        as_known("zip", rows, known)
    assert as_known("zip", rows[:19], known) is not None
    assert as_known("zip", np.array(["01067", *rows], dtype=object), known) is not None


def test_an_encoder_behind_another_step_tells_nothing_of_the_columns():
    table = pd.DataFrame({"a": [1, 2, 3], "b": [4, 5, 6]})
    model = make_pipeline(make_column_transformer(("passthrough", ["a"])), OrdinalEncoder()).fit(table)
    assert levels_of(model, ("a", "b")) == {}
