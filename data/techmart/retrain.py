"""The training job: a project folder → the model of its newest window, its statistics, and the model.yaml that tells.

    python -m data.techmart.retrain FOLDER

Ninety days to learn from, then seven to validate on, then fourteen that neither this model nor the one before has
seen: they become the rows of the next build. The version that model.yaml held stands in it as the previous one. The
project file is read and never written. Days from before the supplied rows are made again from their seed: in a real
house they are a snapshot of the feature table.
"""

import datetime
import hashlib
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml
from sklearn.metrics import mean_absolute_error, median_absolute_error, r2_score

from data.model_file import write_model
from data.techmart.make_data import fitted, training_rows, validation_rows, write_rows

DAYS, VALIDATED, NEWEST = 90, 7, 14
ROWS, FILE = "production_simulation.csv", "model.yaml"
KEPT = ("version", "path", "sha256", "artifact")
STORE = "s3://techmart-models/price"


def window(table: pd.DataFrame, last: datetime.date, days: int) -> tuple[pd.DataFrame, dict[str, datetime.date]]:
    """Return the rows of the days up to `last`, and the window as model.yaml gives it."""
    first = last - datetime.timedelta(days=days - 1)
    inside = table["date"].between(first.isoformat(), last.isoformat())
    return table[inside].reset_index(drop=True), {"start": first, "end": last}


def metrics(model: Any, rows: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the errors of a model on rows it has not seen."""
    price, told = rows["price"].to_numpy(), model.predict(rows.drop(columns="price"))
    found = {
        "rmse": float(np.sqrt(np.mean((told - price) ** 2))),
        "mae": mean_absolute_error(price, told),
        "median_ae": median_absolute_error(price, told),
        "wape": float(np.abs(told - price).sum() / price.sum()),
        "r2": r2_score(price, told),
    }
    return [{"metric": name, "validation": round(value, 4), "n": len(rows)} for name, value in found.items()]


def statistics(folder: Path, training: pd.DataFrame, path: str) -> None:
    """Write what the program keeps of training rows, by its own `profile`."""
    from generator import start
    from generator.catalog import CATALOG

    rows = folder / "training.parquet"
    training.to_parquet(rows, index=False)
    (folder / path).write_bytes(start.profile(folder, CATALOG, rows))
    rows.unlink()


def main(folder: Path) -> None:
    """Train, and write everything that the next build reads."""
    old = yaml.safe_load((folder / FILE).read_text())
    supplied = pd.read_csv(folder / ROWS)
    every = pd.concat([training_rows(), validation_rows(), supplied], ignore_index=True)
    today = datetime.date.fromisoformat(every["date"].max())
    newest, _ = window(every, today, NEWEST)
    validation, validated = window(every, today - datetime.timedelta(days=NEWEST), VALIDATED)
    training, trained = window(every, validated["start"] - datetime.timedelta(days=1), DAYS)
    version = f"{today.year}.{today.month:02}.0"
    path, kept = f"model-{version}.skops", f"training_statistics-{version}.json"
    model = fitted(training)
    write_model(model, folder / path)
    new = {
        "version": version,
        "path": path,
        "sha256": hashlib.sha256((folder / path).read_bytes()).hexdigest(),
        "artifact": f"{STORE}/{version}/model.skops",
        "training": trained,
        "validation": validated,
        "reference_stats": kept,
        "metrics": metrics(model, validation),
        "previous": {key: old[key] for key in KEPT},
    }
    (folder / FILE).write_text(yaml.safe_dump(new, sort_keys=False))
    write_rows(newest, folder / ROWS)
    statistics(folder, training, kept)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
