"""A seed → TechMart's rows, both models, the training statistics and the truth, written beside this file.

    python -m data.techmart.make_data

A product's price is a linear function of its 75 features, plus an error: part of it stays with the product, part is
the row's own and heavy-tailed, a little belongs to the day. With `Shifts.none()` production is the same process as
training and validation.
"""

import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import rdata
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import Ridge
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from data.model_file import write_model
from data.techmart.catalogue import CATEGORICAL, FEATURES, HERE, NUMERIC
from data.techmart.rows import NOISE_SCALE, rows
from data.techmart.shifts import ALL_SHIFTS, Shifts
from data.techmart.truth import World, alone, errors_of, rmse, truth

__all__ = ["Shifts", "previous_rows", "production_rows", "training_rows", "validation_rows"]

SEED = 20260535
PREVIOUS = ("2026-02-24", 90)
TRAINING = ("2026-05-25", 90)
VALIDATION = ("2026-08-23", 14)
PRODUCTION = ("2026-09-14", 30)
VALIDATION_RMSE = 8.20


def training_rows(seed: int = SEED, *, scale: float = NOISE_SCALE) -> pd.DataFrame:
    return rows(TRAINING, np.random.default_rng([seed, 1]), scale=scale)


def validation_rows(seed: int = SEED, *, scale: float = NOISE_SCALE) -> pd.DataFrame:
    return rows(VALIDATION, np.random.default_rng([seed, 2]), scale=scale)


def production_rows(seed: int = SEED, shifts: Shifts = ALL_SHIFTS) -> pd.DataFrame:
    return rows(PRODUCTION, np.random.default_rng([seed, 3]), shifts)


def previous_rows(seed: int = SEED) -> pd.DataFrame:
    """The older window of the previous model, from before the price list was revised in May."""
    return rows(PREVIOUS, np.random.default_rng([seed, 4]), revision=1.0)


def fitted(table: pd.DataFrame) -> Pipeline:
    numeric = make_pipeline(SimpleImputer(strategy="mean"), StandardScaler())
    categorical = make_pipeline(
        SimpleImputer(strategy="constant", fill_value="missing"),
        OneHotEncoder(handle_unknown="ignore", sparse_output=False),
    )
    columns = ColumnTransformer([("numeric", numeric, list(NUMERIC)), ("categorical", categorical, list(CATEGORICAL))])
    return make_pipeline(columns, Ridge(alpha=0.05, solver="svd")).fit(table[FEATURES], table["price"])


def noise_scale() -> float:
    """The NOISE_SCALE that gives VALIDATION_RMSE: a fixed point, as the error is nearly linear in it."""
    scale = NOISE_SCALE
    for _ in range(4):
        model = fitted(training_rows(scale=scale))
        scale *= VALIDATION_RMSE / rmse(errors_of(model, validation_rows(scale=scale)))
    return scale


def mse_alone(model: Pipeline) -> dict[str, float]:
    """Mean squared error of production with one shift at a time."""
    return {name: rmse(errors_of(model, production_rows(SEED, shifts))) ** 2 for name, shifts in alone().items()}


def write_rows(table: pd.DataFrame, path: Path) -> None:
    """Whole numbers without a decimal point, missing values as nothing."""
    whole = [name for name in NUMERIC if (table[name].dropna() % 1 == 0).all()]
    table.astype(dict.fromkeys(whole, "Int64")).to_csv(path, index=False, lineterminator="\n")


def write_truth(world: World, path: Path) -> None:
    windows = {"previous": PREVIOUS, "training": TRAINING, "validation": VALIDATION, "production": PRODUCTION}
    found = {"seed": SEED, "windows": windows, **truth(world), "mse_alone": mse_alone(world.current)}
    text = json.dumps(found, indent=1)
    path.write_text(re.sub(r"\d+\.\d{7,}", lambda number: f"{float(number[0]):.6f}", text) + "\n")


def write_statistics() -> None:
    """The training statistics, by the program's own `profile`."""
    from generator import start
    from generator.catalog import CATALOG

    (HERE / "training_statistics.json").write_bytes(start.profile(HERE, CATALOG, HERE / "training.parquet"))


def r_statistics(training: pd.DataFrame) -> pd.DataFrame:
    """What an R user would keep of the training rows: one record a number or the target, one a level of a category."""
    numbers = training[[*NUMERIC, "price"]]
    told = pd.DataFrame(
        {
            "feature": numbers.columns,
            "level": [None] * len(numbers.columns),
            "n": float(len(training)),
            "mean": numbers.mean().to_numpy(),
            "sd": numbers.std().to_numpy(),
            "missing_rate": numbers.isna().mean().to_numpy(),
            "share": np.nan,
        }
    )
    for tenth in range(1, 10):
        told[f"p{10 * tenth}"] = numbers.quantile(tenth / 10).to_numpy()
    levels = [
        {
            "feature": name,
            "level": str(level),
            "n": float(len(training)),
            "share": share,
            "missing_rate": float(training[name].isna().mean()),
        }
        for name in CATEGORICAL
        for level, share in training[name].value_counts(normalize=True).sort_index().items()
    ]
    return pd.concat([told, pd.DataFrame(levels).reindex(columns=told.columns)], ignore_index=True)


def write_r_statistics(training: pd.DataFrame, path: Path) -> None:
    table = r_statistics(training)
    for name in ("feature", "level"):
        table[name] = table[name].astype(object).where(table[name].notna(), None)
    table.columns = table.columns.astype(object)
    rdata.write_rds(path, table, compression="xz")


def main() -> None:
    training = training_rows()
    world = World(
        current=fitted(training),
        previous=fitted(previous_rows()),
        training=training,
        validation=validation_rows(),
        production=production_rows(),
    )
    reached = rmse(errors_of(world.current, world.validation))
    if round(reached, 2) != VALIDATION_RMSE:
        raise SystemExit(f"validation RMSE is {reached:.4f}: set NOISE_SCALE to {noise_scale():.4f}")
    write_model(world.current, HERE / "model.skops")
    write_model(world.previous, HERE / "model_previous.skops")
    write_rows(world.production, HERE / "production_simulation.csv")
    world.training.to_parquet(HERE / "training.parquet", index=False)
    world.validation.to_parquet(HERE / "validation.parquet", index=False)
    write_truth(world, HERE / "truth.json")
    write_statistics()
    write_r_statistics(world.training, HERE / "training_stats.rds")


if __name__ == "__main__":
    main()
