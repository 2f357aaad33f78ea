"""Small tables and projects for the tests of everything that needs a ledger."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from generator.engines.duckdb import DuckDB
from generator.measure import measure, profile
from generator.records.ledger import Ledger
from generator.records.project import About, Data, Model, Objective, Objectives, Project, Segment, Settings
from generator.scoring import skops

NUMERIC = ("cost", "rating", "clicks", "weight")


def rows(days: int = 12, entities: int = 40, seed: int = 1, shift: float = 0.0) -> pd.DataFrame:
    """Return a panel: every entity every day, with missing values, a zero-inflated column and text features."""
    rng = np.random.default_rng(seed)
    n = days * entities
    table = pd.DataFrame(
        {
            "date": np.repeat(pd.date_range("2026-03-01", periods=days).strftime("%Y-%m-%d"), entities),
            "item": np.tile([f"I{i:03}" for i in range(entities)], days),
            "cost": np.exp(rng.normal(3 + shift, 0.4, n)).round(3),
            "rating": rng.normal(4, 0.5, n).round(2),
            "clicks": rng.poisson(0.7, n),
            "weight": rng.gamma(2, 3, n).round(3),
            "city": rng.choice(["Graz", "Lviv", "Porto"], n),
            "brand": rng.choice(["a", "b", "c", "d"], n),
        }
    )
    table["price"] = (2 * table["cost"] + 5 * table["rating"] + rng.normal(0, 3, n)).round(3)
    table["guess"] = (2 * table["cost"] + 5 * table["rating"]).round(3)
    table["old"] = (table["guess"] + rng.normal(1, 2, n)).round(3)
    table.loc[rng.random(n) < 0.1, "rating"] = np.nan
    table.loc[rng.random(n) < 0.05, "brand"] = None
    return table


def project(folder: Path, **changes: object) -> Project:
    """Return a project on `production.csv` in `folder` with predictions in a column; `changes` go to `data`."""
    data = Data(
        production="production.csv",
        target="price",
        prediction="guess",
        previous_prediction="old",
        time="date",
        entity="item",
        segments=(
            Segment(column="city"),
            Segment(column="cost", name="cost tier", quantiles=(0.5,), tiers=("low", "high")),
        ),
    )
    settings = Settings(
        project=About(name="shop"),
        model=Model(name="pricing", version="1", format="column"),
        data=replace(data, **changes),  # type: ignore[arg-type] # a test's own keywords
        objectives=Objectives(metrics=(Objective(metric="rmse", validation=3.0, n=400, acceptable=3.5),)),
    )
    (folder / "dossier.yaml").write_text("project: {name: shop}\n")
    return Project(settings=settings, folder=str(folder), file="dossier.yaml", lines={}, sha256="0" * 64)


def with_statistics(folder: Path, training: pd.DataFrame, **changes: object) -> Project:
    """Return the project with training statistics made of `training`."""
    training.to_csv(folder / "training.csv", index=False)
    bare = project(folder, **changes)
    (folder / "statistics.json").write_bytes(profile(bare, DuckDB(), (skops.READER,), folder / "training.csv"))
    return replace(
        bare, settings=replace(bare.settings, data=replace(bare.settings.data, reference_stats="statistics.json"))
    )


def ledger(folder: Path, production: pd.DataFrame, training: pd.DataFrame | None = None, **changes: object) -> Ledger:
    """Return the ledger of `production` against `training`."""
    production.to_csv(folder / "production.csv", index=False)
    settled = project(folder, **changes) if training is None else with_statistics(folder, training, **changes)
    return measure(settled, DuckDB(), (skops.READER,))
