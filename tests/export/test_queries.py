"""The generated queries on the demo rows: DuckDB gives the values and the firing days that the results state."""

from __future__ import annotations

import datetime
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest
from skops.io import get_untrusted_types, load

from generator import pipeline
from generator.catalog import CATALOG
from generator.records.fact import Fact
from generator.records.results import Results
from generator.records.watch import unwatched

ROOT = Path(__file__).resolve().parents[2]
CASES = {
    "techmart": (
        "pricing.predictions",
        "predicted_price",
        "pricing.prices",
        ["product_id", "date"],
        "price",
        "2026.09.0",
    ),
    "churn": ("churn.scores", "probability", "churn.outcomes", ["customer_id", "scored_on"], "left", "2026.02.0"),
    "leadscore": ("scoring.predictions", "score", "crm.outcomes", ["lead_id"], "converted", "v1.1"),
}
"""Of each case the predictions, their column, the outcomes, what joins them, their column, and the version."""
BINNED = {"auc": 2e-3, "precision_at_top": 4e-3}
"""What bins of scores and not every score give: of these metrics the values may differ by so much."""


@contextmanager
def silent(_stage: str) -> Any:
    yield unwatched


@pytest.fixture(scope="module", params=CASES)
def case(request: pytest.FixtureRequest) -> tuple[Results, dict[str, pd.DataFrame]]:
    """The results of a case, and what its queries give on the same rows, read and scored without the program."""
    results = pipeline.judge(ROOT / "data" / request.param / "dossier.yaml", CATALOG, None, silent)
    base = database(request.param)
    rules = {alert.id for alert in results.alerts}
    after = results.header.as_of + datetime.timedelta(days=1)
    return results, {id: on(after, query, base) for id, query in statements(results).items() if id in rules}


def on(today: datetime.date, query: str, base: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """Return what a statement gives when it runs on this day."""
    found: pd.DataFrame = base.sql(query.replace("current_date", f"DATE '{today}'")).df()
    return found


def statements(results: Results) -> dict[str, str]:
    """Return the statements of the companion by the id of their rule."""
    companion = next(one for one in CATALOG.companions if one.id == "queries")
    made = companion.export(results)
    assert made is not None
    parts = made.content.decode().removeprefix("-- ").removesuffix(";\n").split(";\n\n-- ")
    return {part.split(":", 1)[0]: part.split("\n", 1)[1] for part in parts}


def database(name: str) -> duckdb.DuckDBPyConnection:
    """Return both tables of a case, with a second version and late outcomes that the queries must leave out."""
    predictions, column, outcomes, key, target, version = CASES[name]
    folder = ROOT / "data" / name
    rows = pd.read_csv(folder / "production_simulation.csv", keep_default_na=False, na_values=[""])
    file = folder / "model.skops"
    model = load(file, trusted=get_untrusted_types(file=file))
    inputs = rows[list(model.feature_names_in_)]
    rows[column] = model.predict_proba(inputs)[:, 1] if hasattr(model, "predict_proba") else model.predict(inputs)
    late = folder / "outcomes.csv"
    known = pd.read_csv(late) if late.exists() else rows[[*key, target]]
    rows = rows.drop(columns=[target], errors="ignore").assign(model_version=version)
    other = rows.assign(model_version="another", **{column: rows[column] / 2})
    both = pd.concat([rows, other])
    base = duckdb.connect()
    for table, frame in ((predictions, both), (outcomes, known)):
        base.execute(f"CREATE SCHEMA IF NOT EXISTS {table.split('.')[0]}")
        base.register("given", frame)
        base.execute(f"CREATE TABLE {table} AS SELECT * FROM given")
    return base


def day(value: Any) -> datetime.date:
    return pd.Timestamp(value).date()


def test_every_query_gives_the_stated_value_of_every_day(case: tuple[Results, dict[str, pd.DataFrame]]) -> None:
    results, given = case
    metrics = {alert.id: alert.metric for alert in results.alerts}
    stated: dict[str, dict[datetime.date, float]] = {}
    for row in results.tables["alerts.values"].records:
        fact = row["value"]
        if not isinstance(fact, Fact):
            continue
        assert isinstance(fact.value, int | float)
        stated.setdefault(str(row["id"]), {})[datetime.date.fromisoformat(str(row["date"]))] = fact.value
    assert len(given) >= 5
    for id, frame in given.items():
        told = frame.dropna(subset=["value"])
        found = dict(zip(map(day, told["day"]), told["value"].astype(float), strict=True))
        assert set(found) == set(stated[id]), id
        close = BINNED.get(metrics[id], 1e-6)
        assert all(value == pytest.approx(stated[id][at], abs=close, rel=1e-6) for at, value in found.items()), id


def test_every_query_fires_on_the_stated_days(case: tuple[Results, dict[str, pd.DataFrame]]) -> None:
    results, given = case
    stated: dict[tuple[str, str], set[datetime.date]] = {}
    for row in results.tables["alerts.fired"].records:
        first, last = row["first"], row["last"]
        assert isinstance(first, Fact) and isinstance(last, Fact)
        days = pd.date_range(str(first.value), str(last.value))
        stated.setdefault((str(row["id"]), str(row["level"])), set()).update(one.date() for one in days)
    for id, frame in given.items():
        for level in {"yellow", "red"} & set(frame.columns):
            fires = frame[level].astype("boolean").fillna(False)
            assert set(map(day, frame.loc[fires, "day"])) == stated.get((id, level), set()), id


def test_the_day_on_which_a_query_runs_is_left_out() -> None:
    results = pipeline.judge(ROOT / "data" / "techmart" / "dossier.yaml", CATALOG, None, silent)
    base, last = database("techmart"), results.header.as_of
    for id, query in statements(results).items():
        column = "newest" if id.startswith("no-") else "day"
        assert day(on(last, query, base)[column].max()) == last - datetime.timedelta(days=1), id


def test_the_team_s_own_queries_are_said_not_to_have_run(case: tuple[Results, dict[str, pd.DataFrame]]) -> None:
    results, given = case
    states = {str(row["id"]): str(row["state"]) for row in results.tables["alerts.queries"].records}
    alive = {str(row["id"]) for row in results.tables["alerts.liveness"].records}
    assert {id for id, state in states.items() if state == "generated"} - alive == set(given)
    assert set(states.values()) <= {"generated", "declared, not run", "none"}
    kept = (*results.tables["alerts.sheets"].records, *results.tables["alerts.further"].records)
    assert any("the team's own" in str(row["query_from"]) for row in kept)
