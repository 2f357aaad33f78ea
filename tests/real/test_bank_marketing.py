"""Calls of a bank from 2008 to 2010: a model of the first rows meets a crisis, and its probabilities mean nothing."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import skops.io
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss, roc_auc_score
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from tests.real.started import Built, source, started

pytestmark = [pytest.mark.real, pytest.mark.slow]

TARGET, LEAK = "y", "duration"
"""How long the call took is known only when its outcome is."""
UNKNOWN = ["unknown", "999"]
NUMERIC = [
    "age",
    "campaign",
    "pdays",
    "previous",
    "emp.var.rate",
    "cons.price.idx",
    "cons.conf.idx",
    "euribor3m",
    "nr.employed",
]
TEXTS = ["job", "marital", "education", "default", "housing", "loan", "contact", "poutcome"]
FEATURES = [*NUMERIC, *TEXTS]
TRAINING, VALIDATION = 25_000, 2_690
"""Rows are in the order of the calls: the first train, those until the end of 2008 validate, 2009 and 2010 are
production."""


def rows() -> pd.DataFrame:
    """All rows with a date: the file knows the month, and the calls of a month follow one another."""
    table = pd.read_csv(source("bank_marketing/bank_additional_full_with_year.csv"), dtype=str)
    month = pd.to_datetime(table["year"] + "-" + table["month"], format="%Y-%b")
    place = table.groupby(month).cumcount() / month.map(month.value_counts())
    days = (place * month.dt.days_in_month).astype(int)
    return table.assign(called_on=(month + pd.to_timedelta(days, unit="D")).dt.strftime("%Y-%m-%d"))


def inputs(table: pd.DataFrame) -> pd.DataFrame:
    known = table[FEATURES].mask(table[FEATURES].isin(UNKNOWN))
    return known.assign(**{name: pd.to_numeric(known[name]) for name in NUMERIC})


def fitted(table: pd.DataFrame) -> Pipeline:
    numbers = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
    levels = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
    texts = make_pipeline(SimpleImputer(strategy="constant", fill_value="missing"), levels)
    split = ColumnTransformer([("numbers", numbers, NUMERIC), ("texts", texts, TEXTS)])
    return make_pipeline(split, LogisticRegression(max_iter=2000)).fit(table[FEATURES], table[TARGET])


def told(model: Pipeline, table: pd.DataFrame) -> np.ndarray:
    return np.asarray(model.predict_proba(inputs(table))[:, 1])


@pytest.fixture(scope="module")
def production() -> pd.DataFrame:
    return rows()[TRAINING + VALIDATION :]


@pytest.fixture(scope="module")
def model() -> Pipeline:
    training = rows()[:TRAINING]
    return fitted(inputs(training).assign(**{TARGET: training[TARGET]}))


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, production: pd.DataFrame, model: Pipeline) -> Built:
    folder: Path = tmp_path_factory.mktemp("bank")
    table = rows()
    after = table[TRAINING : TRAINING + VALIDATION]
    validation = brier_score_loss(after[TARGET] == "yes", told(model, after))
    skops.io.dump(model, folder / "model.skops")
    table[:TRAINING].to_csv(folder / "training.csv", index=False)
    production.to_csv(folder / "production.csv", index=False)
    excluded = [word for name in (LEAK, "month", "year", "day_of_week") for word in ("--exclude", name)]
    return started(
        folder,
        "--production",
        str(folder / "production.csv"),
        "--reference",
        str(folder / "training.csv"),
        "--model",
        str(folder / "model.skops"),
        "--target",
        TARGET,
        "--time",
        "called_on",
        "--positive",
        "yes",
        *excluded,
        into_data=f"  missing_markers: [{', '.join(map(repr, UNKNOWN))}]\n",
        replaced={"reference_stats: training_statistics.json": "reference: ../training.csv"},
        add=f"\nobjectives:\n  metrics: [{{metric: brier, validation: {validation:.6f}, n: {VALIDATION}}}]\n",
    )


def test_metrics_agree_with_scikit_learn(built: Built, production: pd.DataFrame, model: Pipeline) -> None:
    y, p = production[TARGET] == "yes", told(model, production)
    assert built.value("performance.brier.production") == pytest.approx(brier_score_loss(y, p), rel=1e-6)
    assert built.value("performance.auc.production") == pytest.approx(roc_auc_score(y, p), abs=5e-3)
    assert built.value("calibration.in_the_large.gap") == pytest.approx(p.mean() - y.mean(), abs=1e-6)


def test_the_collapse_of_calibration_is_found_and_told_in_plain_words(built: Built, production: pd.DataFrame) -> None:
    assert abs(built.value("calibration.in_the_large.gap")) > 0.05
    assert ("calibration", "level") in built.found("calibration")
    assert ("performance", "relation of inputs and outcome") in built.found("performance")
    findings = built.text("appendix")
    assert "The probabilities are too" in findings and "on the whole" in findings
    assert "Predicted were" in built.text("executive-summary")


def test_the_economy_moved_and_drift_says_so(built: Built) -> None:
    moved = {subject for _, subject in built.found("drift")}
    assert {"euribor3m", "emp.var.rate", "nr.employed"} <= moved


def test_what_stands_for_unknown_is_missing(built: Built, production: pd.DataFrame) -> None:
    for name in ("pdays", "default", "job"):
        assert built.value(f"missing.{name}.production") == pytest.approx(production[name].isin(UNKNOWN).mean())


def test_the_leak_is_no_feature(built: Built) -> None:
    assert built.value("data.features.count") == len(FEATURES)
    assert not [id for id in built.results["facts"] if id.startswith(f"drift.{LEAK}.")]
