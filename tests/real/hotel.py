"""The hotel's table and a project file → a folder that the program can build: rows cut by date, model, statistics."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import skops.io
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.impute import SimpleImputer
from sklearn.linear_model import Ridge
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler

from generator import start
from generator.catalog import CATALOG

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
RATES = ROOT.parent / "shared" / "data" / "hotel_pricing" / "hotel_rates.csv"

TARGET, TIME, MISSING = "avg_price_per_room", "arrival_date", "null"
NUMERIC = (
    "lead_time",
    "stays_in_weekend_nights",
    "stays_in_week_nights",
    "adults",
    "children",
    "babies",
    "is_repeated_guest",
    "previous_cancellations",
    "previous_bookings_not_canceled",
    "required_car_parking_spaces",
    "total_of_special_requests",
    "near_christmas",
    "near_new_years",
    "historical_adr",
)
CATEGORICAL = (
    "meal",
    "country",
    "market_segment",
    "distribution_channel",
    "reserved_room_type",
    "agent",
    "customer_type",
)
FEATURES = [*NUMERIC, *CATEGORICAL]
TREES = ("sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",)


@dataclass(frozen=True, kw_only=True)
class Hotel:
    """The rows by window; the file writes `null` where a country is not known."""

    training: pd.DataFrame
    validation: pd.DataFrame
    production: pd.DataFrame


def hotel() -> Hotel:
    """Train on nine months, validate on the tenth, and take the summer after it for production."""
    if not RATES.is_file():
        pytest.fail(f"{RATES.relative_to(ROOT.parent)} is not beside the repository: the real data are incomplete")
    table = pd.read_csv(RATES)
    day = table[TIME]
    return Hotel(
        training=table[day <= "2017-03-31"],
        validation=table[day.between("2017-04-01", "2017-04-30")],
        production=table[day >= "2017-05-01"],
    )


def ridge(table: pd.DataFrame) -> Pipeline:
    levels = OneHotEncoder(handle_unknown="infrequent_if_exist", min_frequency=10, sparse_output=False)
    texts = make_pipeline(SimpleImputer(strategy="constant", fill_value="missing"), levels)
    columns = ColumnTransformer([("numbers", StandardScaler(), list(NUMERIC)), ("texts", texts, list(CATEGORICAL))])
    return make_pipeline(columns, Ridge(alpha=1.0)).fit(table[FEATURES], table[TARGET])


def boosted(table: pd.DataFrame) -> Pipeline:
    codes = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1, encoded_missing_value=-1)
    columns = ColumnTransformer([("texts", codes, list(CATEGORICAL))], remainder="passthrough")
    trees = HistGradientBoostingRegressor(max_iter=60, random_state=0)
    return make_pipeline(columns, trees).fit(table[FEATURES], table[TARGET])


def errors(model: Any, table: pd.DataFrame) -> np.ndarray:
    """Prediction minus truth, by scikit-learn alone."""
    return np.asarray(model.predict(table[FEATURES]) - table[TARGET].to_numpy())


def write_project(
    folder: Path, rows: Hotel, model: Pipeline, file: str = "dossier.yaml", trusted: Sequence[str] = ()
) -> Path:
    """Write what the project file names beside a copy of it; the training rows stay in a folder of their own."""
    shutil.copy(HERE / "hotel_pricing" / file, folder / "dossier.yaml")
    skops.io.dump(model, folder / "model.skops")
    rows.production.to_csv(folder / "production.csv", index=False, na_rep=MISSING)
    away = folder / "training"
    away.mkdir()
    rows.training.to_csv(away / "training.csv", index=False, na_rep=MISSING)
    statistics = start.profile(folder, CATALOG, away / "training.csv")
    (folder / "training_statistics.json").write_bytes(statistics)
    return folder
