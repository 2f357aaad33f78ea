"""Answers of a model that nothing can be made of: refused before a sum is made of them."""

from dataclasses import replace

import numpy as np
import pytest
import skops.io
from sklearn.linear_model import LogisticRegression

from generator.engines.duckdb import DuckDB
from generator.errors import InputError
from generator.measure import measure
from generator.measure.scored import CheckedModel
from generator.records.project import Model
from generator.scoring import ScoredRows
from generator.scoring import skops as reader
from tests.measure import frames


class Answers:
    features, linear, probability = ("x",), None, False
    texts: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    gaps = False
    rows = None

    def __init__(self, *answers):
        self.answers, self.levels = answers, dict[str, tuple[str, ...]]()

    def score(self, columns):
        return ScoredRows(prediction=np.array(self.answers, dtype=np.float64), design=None)


COLUMNS = {"x": np.array([1.0, 2.0])}


@pytest.mark.parametrize(
    ("answers", "binary", "words"),
    [
        ((1.0,), False, "gives 1 answers for 2 rows"),
        (((1.0, 2.0), (3.0, 4.0)), False, "gives 2 × 2 answers for 2 rows"),
        ((np.nan, 2.0), False, "gives no number for 1 of the first 2 rows"),
        ((np.inf, 2.0), False, "gives no number for 1 of the first 2 rows"),
        ((0.5, 1.2), True, "gives 1.2 where a probability is wanted"),
        ((-0.1, 0.5), True, "gives -0.1 where a probability is wanted"),
    ],
)
def test_answers_that_are_no_predictions_are_refused(answers, binary, words):
    with pytest.raises(InputError, match=words):
        CheckedModel(Answers(*answers), binary=binary).score(COLUMNS)


@pytest.mark.parametrize(("answers", "binary"), [((0.0, 1.0), True), ((-5.0, 12.0), False)])
def test_predictions_pass_unchanged(answers, binary):
    scores = CheckedModel(Answers(*answers), binary=binary).score(COLUMNS)
    np.testing.assert_array_equal(scores.prediction, answers)


def classified(folder, **data):
    table = frames.rows(4)
    table = table.assign(dear=np.where(table["price"] > table["price"].median(), "yes", "no"))
    fitted = LogisticRegression().fit(table[["cost"]], table["dear"])
    (folder / "m.skops").write_bytes(skops.io.dumps(fitted))
    (folder / "dossier.yaml").write_text("")
    table.to_csv(folder / "production.csv", index=False)
    made = frames.project(folder, prediction=None, previous_prediction=None, target="dear", segments=(), **data)
    model = Model(name="m", version="1", path="m.skops", format="skops")
    made = replace(made, settings=replace(made.settings, model=model))
    return table, fitted, measure(made, DuckDB(), [reader.READER])


def test_a_classifier_of_a_regression_is_refused(tmp_path):
    with pytest.raises(InputError, match="is a classifier, and"):
        classified(tmp_path)


@pytest.mark.parametrize(("positive", "place"), [("yes", 1), ("no", 0)])
def test_the_positive_value_of_the_target_is_the_class_that_is_predicted(tmp_path, positive, place):
    table, fitted, ledger = classified(tmp_path, task="binary", positive=positive)
    mean = ledger.production.total.mean[-1]
    assert mean == pytest.approx(fitted.predict_proba(table[["cost"]])[:, place].mean(), rel=1e-9)
    assert ledger.linear is not None and ledger.linear.link == "logit"


class OfR(Answers):
    gaps = True


def test_a_model_of_r_may_leave_out_rows_with_a_missing_value_and_no_others():
    model = CheckedModel(OfR(np.nan, 1.0), binary=False)
    assert np.isnan(model.score({"x": np.array([np.nan, 2.0])}).prediction[0])
    with pytest.raises(InputError, match="gives no number for 1 of the first 2 rows"):
        model.score({"x": np.array([1.0, np.nan])})
    with pytest.raises(InputError, match="gives no number for 1"):
        CheckedModel(Answers(np.nan, 1.0), binary=False).score({"x": np.array([np.nan, 2.0])})
