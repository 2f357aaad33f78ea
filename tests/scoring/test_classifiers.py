"""Classifiers of two classes: the prediction is the probability of the positive one, linear ones in log-odds."""

import numpy as np
import pytest
import skops.io
from scipy.special import expit
from sklearn.calibration import CalibratedClassifierCV
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, SGDClassifier
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC

from generator.errors import InputError
from generator.records.project import Model
from generator.scoring.skops import open_model
from tests.measure.frames import rows

NUMBERS = ["cost", "clicks"]


@pytest.fixture(scope="module")
def table():
    return rows(days=4)


def dear(table, names=("cheap", "dear")):
    return np.where(table["price"] > table["price"].median(), names[1], names[0])


def fit(estimator, table, names=("cheap", "dear")):
    pipeline = make_pipeline(SimpleImputer(), StandardScaler(), estimator)
    return pipeline.fit(table[NUMBERS].astype(float), dear(table, names))


def opened(estimator, **keys):
    content = skops.io.dumps(estimator)
    trusted = tuple(skops.io.get_untrusted_types(data=content))
    return open_model(content, Model(name="m", version="1", trusted_types=trusted, **keys))


def columns(table):
    return {name: table[name].to_numpy(dtype=np.float64) for name in NUMBERS}


@pytest.mark.parametrize(
    "estimator",
    [LogisticRegression(), SGDClassifier(loss="log_loss", random_state=0), LinearDiscriminantAnalysis()],
    ids=["logistic", "sgd", "discriminant"],
)
@pytest.mark.parametrize(("positive", "place"), [(None, 1), ("dear", 1), ("cheap", 0)])
def test_a_linear_classifier_is_linear_in_log_odds(table, estimator, positive, place):
    fitted = fit(estimator, table)
    model = opened(fitted, positive_class=positive)
    scores, expected = model.score(columns(table)), fitted.predict_proba(table[NUMBERS].astype(float))[:, place]
    np.testing.assert_allclose(scores.prediction, expected, rtol=1e-9, atol=1e-15)
    assert (model.linear.link, model.probability) == ("logit", True)
    sums = scores.design @ model.linear.coefficients + model.linear.intercept
    np.testing.assert_allclose(expit(sums), expected, rtol=1e-9, atol=1e-15)


@pytest.mark.parametrize(
    "estimator",
    [
        GradientBoostingClassifier(n_estimators=5),
        CalibratedClassifierCV(LinearSVC()),
        SGDClassifier(loss="modified_huber", random_state=0),
        KNeighborsClassifier(),
    ],
    ids=["boosting", "calibrated", "modified huber", "neighbours"],
)
def test_other_classifiers_give_their_own_probability(table, estimator):
    fitted = fit(estimator, table)
    model = opened(fitted, positive_class="cheap")
    expected = fitted.predict_proba(table[NUMBERS].astype(float))[:, 0]
    np.testing.assert_allclose(model.score(columns(table)).prediction, expected, rtol=1e-12)
    assert model.linear is None


@pytest.mark.parametrize(
    ("names", "positive", "place"),
    [
        ((0, 1), "1", 1),
        ((0, 1), "false", 0),
        ((0.0, 1.0), "0", 0),
        ((False, True), "true", 1),
        ((False, True), "0", 0),
        ((1, 2), "1", 0),
        (("False", "True"), "false", 0),
    ],
)
def test_the_positive_class_is_found_as_it_is_written(table, names, positive, place):
    fitted = fit(LogisticRegression(), table, names)
    expected = fitted.predict_proba(table[NUMBERS].astype(float))[:, place]
    scores = opened(fitted, positive_class=positive).score(columns(table))
    np.testing.assert_allclose(scores.prediction, expected, rtol=1e-9, atol=1e-15)


def test_a_class_the_model_does_not_know_is_named(table):
    with pytest.raises(InputError, match="knows no class yes: its classes are cheap and dear"):
        opened(fit(LogisticRegression(), table), positive_class="yes")


def test_several_classes_are_refused_by_name_with_a_way_out(table):
    city = make_pipeline(StandardScaler(), LogisticRegression()).fit(
        table[["clicks"]].astype(float), np.arange(len(table)) % 3
    )
    with pytest.raises(InputError, match="tells 3 classes apart, not two: 0, 1, 2") as caught:
        opened(city)
    assert "one class against all others" in caught.value.problems[0].hint


def test_a_classifier_without_probabilities_is_refused_with_a_way_out(table):
    with pytest.raises(InputError, match="no predict_proba") as caught:
        opened(fit(LinearSVC(), table))
    assert "CalibratedClassifierCV" in caught.value.problems[0].hint
