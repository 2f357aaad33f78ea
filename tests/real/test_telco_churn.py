"""Customers of a fictional telecom split at random: nothing has changed, and no finding may say that something has."""

import numpy as np
import pandas as pd
import pytest
import skops.io
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss, roc_auc_score
from sklearn.model_selection import cross_val_predict
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from tests.real.started import ALARMS, Built, source, started

pytestmark = [pytest.mark.real, pytest.mark.slow]

TARGET, ENTITY, BLANKS = "Churn", "customerID", "TotalCharges"
NUMERIC = ["tenure", "MonthlyCharges", BLANKS]


def rows(seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Training and production rows as the file has them, the blanks as texts."""
    table = pd.read_csv(source("telco_churn/Telco-Customer-Churn.csv"), dtype={BLANKS: str})
    order = np.random.default_rng(seed).permutation(len(table))
    return table.iloc[order[: len(table) // 2]], table.iloc[order[len(table) // 2 :]]


def inputs(table: pd.DataFrame) -> pd.DataFrame:
    return table.drop(columns=[TARGET, ENTITY]).assign(**{BLANKS: pd.to_numeric(table[BLANKS], errors="coerce")})


def fresh(columns: pd.Index) -> Pipeline:
    numbers = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
    texts = [name for name in columns if name not in NUMERIC]
    split = ColumnTransformer(
        [
            ("numbers", numbers, NUMERIC),
            ("texts", OneHotEncoder(handle_unknown="ignore", sparse_output=False), texts),
        ]
    )
    return make_pipeline(split, LogisticRegression(max_iter=2000))


Split = tuple[Built, pd.DataFrame, np.ndarray]
"""A bundle, its production rows, and what scikit-learn predicts for them."""


@pytest.fixture(scope="module", params=range(3))
def split(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Split:
    folder = tmp_path_factory.mktemp("telco")
    training, production = rows(request.param)
    model = fresh(inputs(training).columns).fit(inputs(training), training[TARGET])
    honest = cross_val_predict(
        fresh(inputs(training).columns), inputs(training), training[TARGET], method="predict_proba"
    )[:, 1]
    validation = brier_score_loss(training[TARGET] == "Yes", honest)
    skops.io.dump(model, folder / "model.skops")
    training.to_csv(folder / "training.csv", index=False)
    production.to_csv(folder / "production.csv", index=False)
    built = started(
        folder,
        "--production",
        str(folder / "production.csv"),
        "--reference",
        str(folder / "training.csv"),
        "--model",
        str(folder / "model.skops"),
        "--target",
        TARGET,
        "--entity",
        ENTITY,
        "--positive",
        "Yes",
        add=f"\nobjectives:\n  metrics: [{{metric: brier, validation: {validation:.6f}, n: {len(training)}}}]\n",
        as_of="2026-01-15",
    )
    return built, production, model.predict_proba(inputs(production))[:, 1]


def test_metrics_agree_with_scikit_learn(split: Split) -> None:
    built, production, p = split
    y = production[TARGET] == "Yes"
    assert built.value("performance.brier.production") == pytest.approx(brier_score_loss(y, p), rel=1e-6)
    assert built.value("performance.auc.production") == pytest.approx(roc_auc_score(y, p), abs=2e-3)


def test_blanks_among_numbers_are_missing_values(split: Split) -> None:
    built, production, _ = split
    assert built.value(f"missing.{BLANKS}.production") == pytest.approx((production[BLANKS] == " ").mean())


def test_no_finding_cries_wolf(split: Split) -> None:
    built = split[0]
    assert built.found(*ALARMS) == []
    assert len(built.found("segment")) <= 1  # of groups that are confirmed five in a hundred are so by chance


def test_what_needs_dates_says_that_there_are_none(split: Split) -> None:
    assert "no time column" in split[0].text("monitoring") or "no dates" in split[0].text("monitoring")
