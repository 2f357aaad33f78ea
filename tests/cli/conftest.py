"""A folder as a newcomer has it: a model, its training rows, and rows of production."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import skops.io
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

FEATURES = ["km", "items", "rain", "city"]


def deliveries(seed: int, rows: int = 900, days: int = 20) -> pd.DataFrame:
    """Return deliveries with a date, a courier who comes again, a row key and the minutes they took."""
    rng = np.random.default_rng(seed)
    table = pd.DataFrame(
        {
            "orderID": [f"O{seed}-{number}" for number in range(rows)],
            "day": (pd.Timestamp("2026-03-01") + pd.to_timedelta(np.arange(rows) * days // rows, unit="D")).strftime(
                "%Y-%m-%d"
            ),
            "courier": [f"C{number:02}" for number in rng.integers(0, 30, rows)],
            "km": rng.gamma(2, 2, rows).round(2),
            "items": rng.poisson(3, rows) + 1,
            "rain": rng.random(rows).round(2),
            "city": rng.choice(["Graz", "Lviv", "Porto"], rows),
        }
    )
    table["minutes"] = (8 + 5 * table.km + table["items"] + rng.normal(0, 3, rows)).round(1)
    table["minutes_pred"] = (8 + 5 * table.km + table["items"]).round(1)
    table.loc[rng.random(rows) < 0.05, "rain"] = np.nan
    return table


@pytest.fixture(scope="session")
def given(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the files, written once."""
    folder = tmp_path_factory.mktemp("given")
    training = deliveries(1)
    prepared = ColumnTransformer(
        [
            ("numbers", SimpleImputer(), FEATURES[:3]),
            ("texts", OneHotEncoder(handle_unknown="ignore", sparse_output=False), FEATURES[3:]),
        ]
    )
    skops.io.dump(make_pipeline(prepared, Ridge()).fit(training[FEATURES], training["minutes"]), folder / "model.skops")
    training.drop(columns="minutes_pred").to_csv(folder / "training.csv", index=False)
    deliveries(2).to_csv(folder / "ready.csv", index=False)
    deliveries(2).drop(columns="minutes_pred").to_csv(folder / "production.csv", index=False)
    return folder
