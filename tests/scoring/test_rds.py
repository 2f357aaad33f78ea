"""R's models: what can be computed is, everything else is refused by its name."""

import gzip

import numpy as np
import pytest

from generator.errors import InputError
from generator.records.project import Model
from generator.scoring.rds import open_model
from tests.scoring.r_objects import ENVIRONMENT, call, glmnet, integers, linear, named, numbers, rds, symbol, texts

PLAIN = {"price": "numeric", "size": "numeric"}
TOWN = PLAIN | {"town": "character"}
LEVELS = {"town": ("Graz", "Lviv", "Porto")}
NA = float("nan")


def declared(**keys: object) -> Model:
    return Model(name="m", version="1", format="rds", **keys)  # type: ignore[arg-type] # a test's own keywords


def opened(value: bytes, **keys: object):
    return open_model(gzip.compress(rds(value)), declared(**keys))


def predicted(model, **columns):
    arrays = {name: np.array(v, dtype=object if isinstance(v[0], str) else float) for name, v in columns.items()}
    return model.score(arrays).prediction.tolist()


def town(coefficients=(1.0, 2.0, 10.0, 20.0), **keys):
    return linear(TOWN, ["size", "town"], [(0, 1, 0), (0, 0, 1)], coefficients, LEVELS, **keys)


def path():
    return glmnet(["a", "b"], [4.0, 2.0], [(0.0, 1.0), (2.0, 3.0)], [10.0, 20.0])


def test_a_single_lambda_needs_no_choice():
    model = opened(glmnet(["a", "b"], [0.05], [(2.0, 0.0)], [1.0]))
    assert model.features == ("a", "b")
    assert predicted(model, a=[1, 2], b=[9, 9]) == [3.0, 5.0]
    assert model.linear.coefficients.tolist() == [2.0, 0.0] and model.linear.intercept == 1.0


def test_between_two_lambdas_coefficients_are_interpolated_as_glmnet_does():
    model = opened(path(), lambda_value=3.0)
    assert model.linear.coefficients.tolist() == [1.0, 2.0] and model.linear.intercept == 15.0


@pytest.mark.parametrize(
    ("keys", "slopes"),
    [({}, [0.0, 1.0]), ({"lambda_choice": "lambda.min"}, [2.0, 3.0]), ({"lambda_value": 3.0}, [1.0, 2.0])],
)
def test_cross_validation_keeps_two_lambdas_and_takes_any(keys, slopes):
    parts = {"glmnet.fit": path(), "lambda.min": numbers([2.0]), "lambda.1se": numbers([4.0])}
    assert opened(named(parts, "cv.glmnet"), **keys).linear.coefficients.tolist() == slopes


def test_levels_of_a_factor_have_columns_but_the_first():
    model = opened(town())
    assert predicted(model, size=[1, 1, 1], town=["Graz", "Lviv", "Porto"]) == [3.0, 13.0, 23.0]
    assert model.linear.columns == ("size", "townLviv", "townPorto")
    assert model.linear.features == ("size", "town", "town")


def test_without_intercept_every_level_has_a_column():
    value = linear(TOWN, ["town"], [(0, 0, 2)], (5.0, 10.0, 20.0), LEVELS, intercept=0)
    assert predicted(opened(value), town=["Graz", "Porto"]) == [5.0, 20.0]


def test_levels_written_as_numbers_are_found():
    value = linear(PLAIN | {"floor": "factor"}, ["floor"], [(0, 0, 1)], (1.0, 5.0), {"floor": ("1", "2")})
    assert predicted(opened(value), floor=[1.0, 2.0]) == [1.0, 6.0]


def test_a_coefficient_that_r_left_out_adds_nothing():
    assert predicted(opened(town((1.0, 2.0, NA, 20.0))), size=[1], town=["Lviv"]) == [3.0]


def test_the_design_times_the_coefficients_is_the_prediction():
    model = opened(town())
    scores = model.score({"size": np.array([1.0, 4.0]), "town": np.array(["Porto", "Graz"], dtype=object)})
    np.testing.assert_allclose(scores.prediction, scores.design @ model.linear.coefficients + model.linear.intercept)


LOG = {"price": "numeric", "log(size)": "numeric", "age": "numeric"}
REFUSED = [
    (linear(LOG, ["log(size)", "age"], [(0, 1, 0), (0, 0, 1)], (1, 2, 3)), "log\\(size\\)$"),
    (linear({"log(price)": "numeric", "age": "numeric"}, ["age"], [(0, 1)], (1, 2)), "log\\(price\\)$"),
    (linear(TOWN, ["size", "size:town"], [(0, 1, 0), (0, 1, 2)], (1, 2, 3, 4), LEVELS), "size:town$"),
    (linear(TOWN, ["town"], [(0, 0, 1)], (1, 2, 3), LEVELS, contrast="contr.sum"), "town$"),
    (linear(PLAIN | {"new": "logical"}, ["new"], [(0, 0, 1)], (1, 2)), "new$"),
    (linear(PLAIN | {"at": "nmatrix.2"}, ["at"], [(0, 0, 1)], (1, 2)), "at$"),
    (linear(PLAIN, ["size"], [(0, 1)], (1, 2), offset=integers([2])), "offset size$"),
    (linear(PLAIN, ["size"], [(0, 1)], (1, 2), classes=("glm", "lm")), "class glm lm"),
    (named({"trees": ENVIRONMENT}, "gbm"), "class gbm"),
    (numbers([1.0]), "class numbers"),
    (call(symbol("f"), symbol("x")), "class call"),
    (glmnet(["a"], [1.0], [(1.0,)], [0.0], classes=("lognet", "glmnet")), "class lognet glmnet"),
    (named({"glmnet.fit": glmnet(["a"], [1.0], [(1.0,)], [0.0], ("lognet", "glmnet"))}, "cv.glmnet"), "lognet"),
    (glmnet(["a"], [1.0], [(1.0,)], [0.0], offset=1), "offset"),
    (glmnet([], [1.0], [(1.0,)], [0.0]), "by name"),
    (path(), "holds 2 values of lambda"),
    (named({"call": texts(["lm"])}, "lm"), "lacks a part"),
]


@pytest.mark.parametrize(("value", "told"), REFUSED)
def test_what_cannot_be_computed_is_refused_by_name(value, told):
    with pytest.raises(InputError, match=told) as caught:
        opened(value)
    assert caught.value.problems[0].hint


@pytest.mark.parametrize(
    ("keys", "told"),
    [({"lambda_value": 9.0}, "outside the model's path"), ({"lambda_choice": "lambda.min"}, "cross-validated")],
)
def test_a_lambda_that_the_path_does_not_hold_is_refused(keys, told):
    with pytest.raises(InputError, match=told):
        opened(path(), **keys)


PACKED = gzip.compress(b"nothing", mtime=0)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"X\n\x00\x00", PACKED, b"\x1f\x8b\x08"])
def test_a_file_that_is_no_rds_is_refused(content):
    with pytest.raises(InputError, match=r"not an \.rds file|packed file cannot be read"):
        open_model(content, declared())


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        ({"size": [1.0], "town": ["Atlantis"]}, "town has levels R did not train on: Atlantis"),
        ({"size": [1.0, 1.0], "town": ["Graz", "Oslo"]}, "town has levels R did not train on: Oslo"),
    ],
)
def test_rows_that_r_would_not_score_are_an_input_error(columns, told):
    arrays = {"size": np.array(columns["size"]), "town": np.array(columns["town"], dtype=object)}
    with pytest.raises(InputError, match=told):
        opened(town()).score(arrays)


def test_a_row_with_a_missing_value_has_no_prediction_and_the_others_keep_theirs():
    model = opened(town())
    size, places = np.array([1.0, np.nan, 2.0, 3.0]), np.array(["Graz", "Graz", np.nan, "Lviv"], dtype=object)
    found = model.score({"size": size, "town": places}).prediction
    whole = model.score({"size": size[[0, 3]], "town": places[[0, 3]]}).prediction
    assert np.isnan(found[1:3]).all() and model.gaps
    np.testing.assert_array_equal(found[[0, 3]], whole)
