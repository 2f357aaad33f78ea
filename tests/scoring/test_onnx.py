"""ONNX files: inputs by name or as one matrix, one prediction a row, nothing read but the one file."""

import numpy as np
import pytest
from scipy.special import expit

from generator.errors import InputError
from generator.records.project import Model
from generator.scoring.onnx import open_model
from tests.scoring import onnx_files as made

COST = {"cost": np.array([1.0, -2.0, 0.5])}


def declared(**keys: object) -> Model:
    return Model(name="m", version="1", format="onnx", **keys)  # type: ignore[arg-type] # a test's own keywords


def test_a_regressor_with_an_input_a_column_takes_them_by_name():
    model = open_model(made.regressor([2.0, -1.0], 3.0, ["cost", "clicks"]), declared())
    scores = model.score({"clicks": np.array([4.0, 0.0]), "cost": np.array([1.5, 10.0])})
    np.testing.assert_allclose(scores.prediction, [2.0, 23.0])
    assert (model.features, model.linear, model.probability, scores.design) == (("cost", "clicks"), None, False, None)


def test_a_matrix_takes_the_features_in_declared_order():
    content = made.regressor([2.0, -1.0], 3.0)
    columns = {"cost": np.array([1.5, 10.0]), "clicks": np.array([4.0, 0.0])}
    forth = open_model(content, declared(columns=("cost", "clicks")))
    back = open_model(content, declared(columns=("clicks", "cost")))
    np.testing.assert_allclose(forth.score(columns).prediction, [2.0, 23.0])
    np.testing.assert_allclose(back.score(columns).prediction, [9.5, -7.0])


def test_a_matrix_of_another_width_is_refused():
    with pytest.raises(InputError, match="matrix of 2 columns, and 3 features are declared"):
        open_model(made.regressor([2.0, -1.0], 3.0), declared(columns=("a", "b", "c")))


def test_a_matrix_without_an_order_says_where_to_declare_it():
    with pytest.raises(InputError, match="does not say which") as caught:
        open_model(made.regressor([2.0, -1.0], 3.0), declared()).score({})
    assert caught.value.problems[0].where == "data.features"


def test_texts_and_missing_texts_reach_the_graph():
    model = open_model(made.by_text(), declared())
    cities = np.array(["Graz", "Lviv", np.nan], dtype=object)
    np.testing.assert_allclose(model.score({**COST, "city": cities}).prediction, [11.0, -2.0, 1.5])


def test_a_text_where_a_number_belongs_is_named():
    with pytest.raises(InputError, match="column cost holds texts"):
        open_model(made.regressor([1.0], 0.0, ["cost"]), declared()).score({"cost": np.array(["x"], dtype=object)})


def test_a_missing_value_where_a_whole_number_belongs_is_named():
    whole = made.model([made.node("Cast", ["cost"], ["y"], to=1)], [made.put("cost", made.INT)], [made.put("y")])
    model = open_model(whole, declared())
    np.testing.assert_allclose(model.score({"cost": np.array([3.0])}).prediction, [3.0])
    with pytest.raises(InputError, match="column cost has missing values"):
        model.score({"cost": np.array([np.nan])})


@pytest.mark.parametrize("mapped", [False, True])
@pytest.mark.parametrize(
    ("classes", "positive", "sign"),
    [((0, 1), None, 1), ((0, 1), "0", -1), (("no", "yes"), "yes", 1), (("no", "yes"), "no", -1)],
)
def test_a_classifier_gives_the_probability_of_the_positive_class(mapped, classes, positive, sign):
    model = open_model(made.classifier(1.0, classes, mapped=mapped), declared(positive_class=positive))
    np.testing.assert_allclose(model.score(COST).prediction, expit(sign * 2 * COST["cost"]), rtol=1e-6)
    assert model.probability


@pytest.mark.parametrize("mapped", [False, True])
def test_several_classes_are_refused_with_a_way_out(mapped):
    with pytest.raises(InputError, match=r"model (gives|tells) 3") as caught:
        open_model(made.classifier(1.0, ("a", "b", "c"), mapped=mapped), declared())
    assert "one class" in caught.value.problems[0].hint


def test_a_class_the_file_does_not_know_is_named():
    with pytest.raises(InputError, match="knows no class maybe"):
        open_model(made.classifier(1.0, ("no", "yes")), declared(positive_class="maybe"))


@pytest.mark.parametrize("content", [made.outside("weights.bin"), made.outside_in_a_branch("/etc/hostname")])
def test_weights_in_other_files_are_refused_wherever_they_stand(tmp_path, monkeypatch, content):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "weights.bin").write_bytes(np.ones(1, dtype=np.float32).tobytes())
    with pytest.raises(InputError, match="keeps weights in other files: w"):
        open_model(content, declared())


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"\x80\x04\x95 pickle", b"text"])
def test_what_is_no_onnx_file_is_refused(content):
    with pytest.raises(InputError, match="not an ONNX file"):
        open_model(content, declared())


def test_an_operator_nobody_knows_is_refused():
    steal = made.helper.make_node("Steal", ["cost"], ["y"], domain="x")
    strange = made.model([steal], [made.put("cost")], [made.put("y")])
    with pytest.raises(InputError, match="cannot be opened"):
        open_model(strange, declared())


@pytest.mark.parametrize(
    ("shape", "words"),
    [((3, 1), "takes 3 rows at a time"), ((None, 2, 2), "has 3 axes")],
)
def test_inputs_that_are_no_rows_are_refused(shape, words):
    same = made.model([made.node("Identity", ["x"], ["y"])], [made.put("x", shape=shape)], [made.put("y", shape=shape)])
    with pytest.raises(InputError, match=words):
        open_model(same, declared())


def test_several_numbers_a_row_are_no_prediction():
    nodes = [made.node("Identity", ["cost"], ["low"]), made.node("Identity", ["cost"], ["high"])]
    two = made.model(nodes, [made.put("cost")], [made.put("low"), made.put("high")])
    with pytest.raises(InputError, match="no single prediction a row: 2 of them hold numbers"):
        open_model(two, declared())
