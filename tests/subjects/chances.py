"""A small world of probabilities: customers on days, scored with two decimals, measured from a CSV file."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from generator.engines.duckdb import DuckDB
from generator.measure import measure
from generator.records.evidence import Evidence
from generator.records.fact import Fact
from generator.records.ledger import Ledger
from generator.records.project import (
    About,
    Data,
    DecisionPolicy,
    Model,
    Objective,
    Objectives,
    Project,
    Segment,
    Settings,
)
from generator.records.table import Table
from generator.scoring import columns


def rows(n: int = 6_000, seed: int = 3, days: int = 20, *, shift: float = 0.0, slope: float = 1.0) -> pd.DataFrame:
    """Return rows whose true log-odds are `shift` + `slope` times those of the score; two decimals, one bin each."""
    rng = np.random.default_rng(seed)
    p = (1 / (1 + np.exp(-rng.normal(-0.8, 1.3, n)))).round(2).clip(0.01, 0.99)
    true = 1 / (1 + np.exp(-(shift + slope * np.log(p / (1 - p)))))
    return pd.DataFrame(
        {
            "day": np.repeat(pd.date_range("2026-03-01", periods=days).strftime("%Y-%m-%d"), n // days),
            "customer": rng.integers(0, 1_000, n),
            "plan": rng.choice(["basic", "plus"], n),
            "p": p,
            "left": np.where(rng.random(n) < true, "yes", "no"),
        }
    )


def project(
    folder: Path, metrics: tuple[Objective, ...] = (), decision: DecisionPolicy | None = None, **changes: Any
) -> Project:
    """Return a project on `rows.csv` of the folder."""
    given: dict[str, Any] = {
        "production": "rows.csv",
        "target": "left",
        "task": "binary",
        "positive": "yes",
        "prediction": "p",
        "time": "day",
        "entity": "customer",
        "segments": (Segment(column="plan"),),
        "reference_is": "held_out",
    }
    settings = Settings(
        project=About(name="churn"),
        model=Model(name="m", version="1", format="column"),
        data=Data(**{**given, **changes}),
        objectives=Objectives(metrics=metrics),
        decision=decision or DecisionPolicy(),
    )
    return Project(settings=settings, folder=str(folder), file="dossier.yaml", lines={}, sha256="0" * 64)


def ledger(at: Project, production: pd.DataFrame, reference: pd.DataFrame | None = None) -> Ledger:
    """Return what is counted of the rows, written into the project's folder; `reference` as `reference.csv`."""
    folder = Path(at.folder)
    production.to_csv(folder / "rows.csv", index=False)
    if reference is not None:
        reference.to_csv(folder / "reference.csv", index=False)
    (folder / "dossier.yaml").write_text("", encoding="utf-8")
    return measure(at, DuckDB(), (columns.READER,))


def truth(table: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return outcomes and probabilities."""
    return (table["left"] == "yes").to_numpy(int), table["p"].to_numpy()


def facts(evidence: Evidence) -> dict[str, Fact]:
    """Return the facts by id."""
    return {fact.id: fact for fact in evidence.facts}


def value(evidence: Evidence, id: str) -> Any:
    """Return the value of a fact."""
    return facts(evidence)[id].value


def table(evidence: Evidence, id: str) -> Table:
    """Return the table `id`."""
    return next(item for item in evidence.tables if item.id == id)
