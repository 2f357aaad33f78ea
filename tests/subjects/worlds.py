"""Small worlds for the analyses of features: training and production rows, measured from CSV files."""

import dataclasses
import datetime
from pathlib import Path

import numpy as np
import pandas as pd

from generator.engines.duckdb import DuckDB
from generator.measure import measure, profile
from generator.records.aggregates import CoMoments
from generator.records.evidence import Evidence
from generator.records.fact import Fact, facts_in
from generator.records.ledger import Aggregates, Ledger, Linear
from generator.records.project import About, Data, Feature, Model, Policies, Privacy, Project, Settings
from generator.records.table import Table
from generator.stats.comoments import co_of

ENTITIES = 400
NUMERIC = ("a", "b", "c", "zeros")
FEATURES = (*NUMERIC, "kind")
Linearity = dict[str, float]


def rows(days: int, seed: int, entities: int = ENTITIES, start: str = "2026-01-01") -> pd.DataFrame:
    """Return rows of the same entities on each day; `a` and `b` belong together and stay with the entity."""
    own = np.random.default_rng(7).normal(size=(entities, 3))
    rng = np.random.default_rng(seed)
    size = entities * days
    values = np.tile(own, (days, 1)) * 0.7 + rng.normal(size=(size, 3)) * 0.7
    values[:, 1] = 0.6 * values[:, 0] + 0.8 * values[:, 1]
    frame = pd.DataFrame({"a": 10 + values[:, 0] * 2, "b": 50 + values[:, 1] * 5, "c": np.exp(values[:, 2])})
    frame["zeros"] = rng.poisson(0.4, size).astype(float)
    frame["kind"] = rng.choice(["x", "y", "z", "rare"], size, p=[0.5, 0.3, 0.195, 0.005])
    frame["y"] = frame["a"] + frame["b"] + rng.normal(size=size)
    frame["prediction"] = frame["a"] + frame["b"]
    frame["date"] = np.repeat(pd.date_range(start, periods=days).strftime("%Y-%m-%d"), entities)
    frame["id"] = np.tile([f"E{i}" for i in range(entities)], days)
    frame.loc[rng.random(size) < 0.02, "c"] = np.nan
    frame.loc[rng.random(size) < 0.02, "kind"] = None
    return frame.round(6)


def project(
    folder: Path,
    *,
    features: tuple[str, ...] = FEATURES,
    policies: Policies | None = None,
    critical: tuple[str, ...] = ("a",),
    time: str | None = "date",
    small_cell: int = 5,
) -> Project:
    """Return a project on the files of `folder`."""
    settings = Settings(
        project=About(name="world"),
        model=Model(name="m", version="1"),
        policies=policies or Policies(),
        privacy=Privacy(small_cell=small_cell),
        data=Data(
            production="production.csv",
            target="y",
            prediction="prediction",
            time=time,
            entity="id",
            target_unit="USD",
            reference_stats="reference.json",
            features=tuple(
                Feature(name=name, critical=name in critical, kind="categorical" if name == "kind" else "numeric")
                for name in features
            ),
        ),
    )
    return Project(settings=settings, folder=str(folder), file=str(folder / "dossier.yaml"), lines={}, sha256="0")


def ledger(
    folder: Path, reference: pd.DataFrame | None, production: pd.DataFrame, made: Project | None = None
) -> tuple[Project, Ledger]:
    """Write both tables, return the project and the ledger that `measure` makes of them."""
    (folder / "dossier.yaml").write_text("project: world\n")
    production.to_csv(folder / "production.csv", index=False)
    made = made or project(folder)
    if reference is None:
        made = _without_reference(made)
    else:
        reference.to_csv(folder / "reference.csv", index=False)
        statistics = profile(_without_reference(made), DuckDB(), [], folder / "reference.csv")
        (folder / "reference.json").write_bytes(statistics)
    return made, measure(made, DuckDB(), [], as_of=datetime.date(2026, 3, 1))


def linear(base: Ledger, reference: pd.DataFrame, production: pd.DataFrame, weights: Linearity) -> Ledger:
    """Return the ledger as if a linear model with these `weights` had made the predictions."""
    columns = tuple(weights)
    model = Linear(
        columns=columns, features=columns, coefficients=np.array([weights[c] for c in columns]), intercept=0.0
    )
    assert base.reference is not None
    return dataclasses.replace(
        base,
        linear=model,
        production=_with_design(base.production, production, columns, base.production.rows),
        reference=_with_design(base.reference, reference, columns, 0),
    )


def _without_reference(made: Project) -> Project:
    data = dataclasses.replace(made.settings.data, reference_stats=None)
    return dataclasses.replace(made, settings=dataclasses.replace(made.settings, data=data))


def _with_design(sums: Aggregates, frame: pd.DataFrame, columns: tuple[str, ...], grouped: int) -> Aggregates:
    """Add the design's co-moments, of entities in 64 groups (any will do) or of all rows in one."""
    design = frame[[*columns, "prediction", "y"]].to_numpy(dtype=float)
    group = frame["id"].str[1:].astype(int).to_numpy() % 64 if grouped else np.zeros(len(frame), dtype=int)
    parts = [co_of(design[group == g]) for g in range(64 if grouped else 1)]
    stacked = CoMoments(
        n=np.stack([p.n for p in parts]),
        mean=np.stack([p.mean for p in parts]),
        comoment=np.stack([p.comoment for p in parts]),
    )
    return dataclasses.replace(sums, design=stacked)


def value(evidence: Evidence, id: str) -> float:
    """Return the number of a fact."""
    found = evidence.fact(id).value
    assert isinstance(found, (int, float)), evidence.fact(id)
    return float(found)


def table_of(evidence: Evidence, id: str) -> Table:
    """Return the table `id`."""
    return next(table for table in evidence.tables if table.id == id)


def statuses(evidence: Evidence, id: str, column: str = "severity") -> dict[str, str]:
    """Return the word in a status column by feature."""
    table = table_of(evidence, id)
    marks = table.column(column)
    return {str(name): getattr(mark, "word", "") for name, mark in zip(table.column("feature"), marks, strict=True)}


def check(evidence: Evidence) -> None:
    """Assert what holds for all evidence: ids are unique, and every fact that is shown is among the facts."""
    ids = [fact.id for fact in evidence.facts]
    assert len(ids) == len(set(ids))
    known = {fact.id: fact for fact in evidence.facts}
    for table in evidence.tables:
        for cell in [cell for row in table.rows for cell in row] + [table.note]:
            for fact in (cell,) if isinstance(cell, Fact) else facts_in(cell) if isinstance(cell, tuple) else ():
                assert fact.id.startswith("missing.") or known[fact.id] is fact
    for finding in evidence.findings:
        assert all(id in known for id in finding.evidence), finding
    for fact in evidence.facts:
        assert fact.label, fact.id
        assert fact.value is None or fact.low is None or fact.high is None or fact.low <= fact.high
