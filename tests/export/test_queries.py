"""The generated queries on the demo rows: DuckDB gives the values and the firing days that the results state."""

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
from generator.records import project as p
from generator.records.fact import Fact
from generator.records.results import Results
from generator.records.watch import unwatched
from generator.subjects.alerts.alerts import run
from tests.subjects import case as by_hand
from tests.subjects.case import EVENING, at_time

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
    made = {str(row["id"]) for row in results.tables["alerts.queries"].records if row["state"] == "generated"}
    after = results.header.as_of + datetime.timedelta(days=1)
    return results, {id: on(after, query, base) for id, query in statements(results).items() if id in made}


def on(today: datetime.date, query: str, base: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """Return what a statement gives when it runs in the evening of this day."""
    found: pd.DataFrame = base.sql(at_time(query, f"{today} {EVENING}")).df()
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
    by_hand.watch(base, version, predictions)
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
    assert len(set(given) & set(stated)) >= 5
    for id, frame in given.items():
        if id not in stated:
            continue
        told = frame.dropna(subset=["value"])
        found = dict(zip(map(day, told["day"]), told["value"].astype(float), strict=True))
        assert set(found) == set(stated[id]), id
        close = BINNED.get(metrics[id], 1e-6)
        assert all(value == pytest.approx(stated[id][at], abs=close, rel=1e-6) for at, value in found.items()), id


def test_a_limit_on_a_segment_has_a_query_with_the_value_that_is_stated(
    case: tuple[Results, dict[str, pd.DataFrame]],
) -> None:
    results, given = case
    """The other test holds its days; here its newest is that of the gate on the recent days."""
    assert results.facts["segments.limited.window"].value == results.facts["windows.recent.days"].value
    alerts = [alert for alert in results.alerts if alert.id.startswith("segment-")]
    assert alerts and {alert.id for alert in alerts} <= set(given)
    for alert in alerts:
        segment, level = alert.scope.split()
        value = results.facts[f"segments.{segment}.{level}.{alert.metric}_recent"].value
        bound = alert.levels[0].bound.value
        assert isinstance(value, float) and isinstance(bound, int | float)
        assert given[alert.id]["value"].iloc[-1] == pytest.approx(value, rel=1e-9)
        assert given[alert.id]["red"].iloc[-1] == (value > bound)


STAND_INS = {
    "techmart": {
        "pricing.requests": "DATE '2026-10-01' AS date, 310.0 AS latency_ms",
        "sales.lines": "DATE '2026-10-01' AS date, 'a' AS product_id, 11 AS units, 147.0 AS price",
        "pricing.predictions": "DATE '2026-10-01' AS date, 'a' AS product_id",
        "monitoring.alerts": "DATE '2026-10-01' AS date, 'volume' AS rule, 'techmart-price' AS model, "
        "'red' AS level, 'P2' AS severity",
    },
    "churn": {
        "monitoring.churn_feature_days": "DATE '2026-10-01' AS scored_on, 'tenure' AS feature, 0.2 AS psi_of_7_days",
        "churn.requests": "DATE '2026-10-01' AS day, 180.0 AS latency_ms",
        "crm.retention_days": "DATE '2026-10-01' AS day, 3 AS kept, 60 AS contacted",
        "monitoring.alerts": "DATE '2026-10-01' AS day, 'volume' AS rule, 'churn' AS model, "
        "'red' AS level, 'P2' AS severity",
    },
    "leadscore": {"monitoring.feature_days": "DATE '2026-10-01' AS day, 'visits' AS feature, 0.2 AS psi_of_7_days"},
}
OWN = {
    "techmart": {"latency": (310.0, True), "revenue": (1617.0, True), "alert-count": (1.0, False)},
    "churn": {
        "feature-drift": (0.2, True),
        "latency": (180.0, True),
        "kept-margin": (600.0, True),
        "alert-count": (1.0, False),
    },
    "leadscore": {"drift": (0.2, True)},
}
"""Of each query of the team's own its value on the stand-ins, and whether yellow fires then."""


def test_the_team_s_own_queries_are_held_against_the_limits(case: tuple[Results, dict[str, pd.DataFrame]]) -> None:
    results, _ = case
    name = next(one for one in CASES if CASES[one][5] == results.header.version)
    base = duckdb.connect()
    for table, row in STAND_INS[name].items():
        base.execute(f"CREATE SCHEMA IF NOT EXISTS {table.split('.')[0]}")
        base.execute(f"CREATE TABLE {table} AS SELECT {row}")
    states = {str(row["id"]): row["state"] for row in results.tables["alerts.queries"].records}
    made = statements(results)
    assert {id for id, state in states.items() if state == "wrapped"} == set(OWN[name])
    for id, (value, fires) in OWN[name].items():
        found = on(datetime.date(2026, 10, 2), made[id], base)
        assert (found["value"].tolist(), found["yellow"].tolist()) == ([value], [fires]), id
        assert on(datetime.date(2026, 10, 1), made[id], base).empty, "of the day it runs on nothing"


def made_of(results: Results) -> duckdb.DuckDBPyConnection:
    """Return the tables on drift and on alerts that a team's own queries read, made of what the build itself found."""
    tables, base = results.tables, duckdb.connect()
    drift = {alert.id for alert in results.alerts if alert.metric == "psi"}
    moved = [
        {"day": row["date"], "scored_on": row["date"], "feature": row["feature"], "psi_of_7_days": row["value"].value}
        for row in tables["alerts.values"].records
        if row["id"] in drift and isinstance(row["value"], Fact)
    ]
    severities = {(alert.id, one.level): one.severity for alert in results.alerts for one in alert.levels}
    fired = [
        {"day": at.date(), "date": at.date(), "rule": row["id"], "model": results.header.model}
        | {"level": row["level"], "severity": severities[str(row["id"]), str(row["level"])]}
        for row in tables["alerts.fired"].records
        if isinstance(row["first"], Fact) and isinstance(row["last"], Fact)
        for at in pd.date_range(str(row["first"].value), str(row["last"].value))
    ]
    calm = [frame | {"feature": "another", "psi_of_7_days": 0.0} for frame in moved]
    base.execute("CREATE SCHEMA monitoring")
    for table, rows in (("alerts", fired), ("feature_days", moved + calm), ("churn_feature_days", moved + calm)):
        if rows:
            base.register("given", pd.DataFrame(rows))
            base.execute(f"CREATE TABLE monitoring.{table} AS SELECT * FROM given")
    return base


def test_the_team_s_own_queries_agree_with_the_build_where_its_rows_hold_what_they_read(
    case: tuple[Results, dict[str, pd.DataFrame]],
) -> None:
    """Drift and the count of alerts; requests, sales and contacts are not in the rows of any case."""
    results, _ = case
    name = next(one for one in CASES if CASES[one][5] == results.header.version)
    base, made = made_of(results), statements(results)
    stated: dict[str, dict[datetime.date, float]] = {}
    for row in (one for one in results.tables["alerts.values"].records if one["id"] != "alert-count"):
        at = datetime.date.fromisoformat(str(row["date"]))
        if isinstance(row["value"], Fact) and isinstance(row["value"].value, int | float):
            stated.setdefault(str(row["id"]), {})[at] = row["value"].value
        if row["fires"]:
            counted = stated.setdefault("alert-count", {})
            counted[at] = counted.get(at, 0) + 1
    known = {"techmart": {"alert-count"}, "churn": {"feature-drift", "alert-count"}, "leadscore": {"drift"}}[name]
    assert known <= set(OWN[name])
    for id in known:
        found = on(results.header.as_of + datetime.timedelta(days=1), made[id], base)
        assert dict(zip(map(day, found["day"]), found["value"], strict=True)) == pytest.approx(stated[id]), id
        bounds = {
            level.level: level.bound.value for alert in results.alerts if alert.id == id for level in alert.levels
        }
        for level, bound in bounds.items():
            assert found[level].tolist() == [value > bound for value in found["value"]], id


def test_every_query_fires_on_the_stated_days(case: tuple[Results, dict[str, pd.DataFrame]]) -> None:
    results, given = case
    stated: dict[tuple[str, str], set[datetime.date]] = {}
    for row in results.tables["alerts.fired"].records:
        first, last = row["first"], row["last"]
        assert isinstance(first, Fact) and isinstance(last, Fact)
        days = pd.date_range(str(first.value), str(last.value))
        stated.setdefault((str(row["id"]), str(row["level"])), set()).update(one.date() for one in days)
    for id, frame in given.items():
        for level in {"yellow", "red"} & set(frame.columns) if not id.startswith("segment-") else ():
            fires = frame[level].astype("boolean").fillna(False)
            assert set(map(day, frame.loc[fires, "day"])) == stated.get((id, level), set()), id


def test_the_statements_read_the_columns_that_are_stated_and_no_others(
    case: tuple[Results, dict[str, pd.DataFrame]],
) -> None:
    results, given = case
    base, made = duckdb.connect(), statements(results)
    inputs = [str(row["name"]) for row in results.tables["features.spec"].records]
    for row in results.tables["alerts.reads"].records:
        columns = [*str(row["columns"]).split(", "), *(inputs if "every input" in str(row["more"]) else ())]
        base.execute(f"CREATE SCHEMA IF NOT EXISTS {str(row['table']).split('.')[0]}")
        times = ("date", "scored_on", "created")
        typed = (f'"{name}" {"DATE" if name in times else "DOUBLE"}' for name in dict.fromkeys(columns))
        base.execute(f"CREATE TABLE {row['table']} ({', '.join(typed)})")
    for id in given:
        base.sql(made[id].replace("'yes'", "1.0")).fetchall()
    for row in results.tables["alerts.reads"].records:
        for column in str(row["columns"]).split(", "):
            assert any(f'"{column}"' in made[id] for id in given), column


@pytest.mark.parametrize(("now", "newest"), [("05:59", 18), ("06:00", 19)])
@pytest.mark.parametrize(("zone", "offset"), [("Asia/Dubai", "+04"), ("America/Chicago", "-05"), ("", "+00")])
def test_a_day_is_closed_at_its_hour_by_the_clock_of_the_model(now: str, newest: int, zone: str, offset: str) -> None:
    data = p.Data(production="rows.csv", target="y", target_unit="USD", time="on", entity="who")
    about = p.About(name="m", owner="o", time_zone=zone)
    rule = p.Rule(id="a", metric="rows", operator="<", yellow=1)
    settings = by_hand.project(project=about, data=data, alerts=p.Alerts(rules=(rule,), closes_at="06:00"))
    tables = run(settings, by_hand.evidence(), by_hand.BEFORE).tables
    sql = str(next(one for one in tables if one.id == "alerts.queries").records[0]["query"])
    base = duckdb.connect()
    days = pd.date_range("2026-03-15", "2026-03-20")
    base.register("predictions", pd.DataFrame({"who": "a", "on": days, "prediction": 1.0, "model_version": "2"}))
    by_hand.watch(base, "2")
    found = base.sql(at_time(sql, f"2026-03-20 {now}:00{offset}")).df()
    assert found["day"].dt.day.max() == newest


@pytest.mark.parametrize("key", ["who", ""])
def test_a_request_that_got_no_prediction_is_not_counted_as_scored(key: str) -> None:
    data = p.Data(production="rows.csv", target="y", target_unit="USD", time="on", entity=key or None)
    rule = p.Rule(id="a", metric="rows", operator="<", yellow=2)
    settings = by_hand.project(data=data, alerts=p.Alerts(rules=(rule,)))
    tables = {one.id: one for one in run(settings, by_hand.evidence(), by_hand.BEFORE).tables}
    base, days = duckdb.connect(), pd.to_datetime(["2026-03-15", "2026-03-15", "2026-03-16"])
    rows = {"who": ["a", "b", "a"], "on": days, "prediction": [1.0, None, None], "model_version": "2"}
    base.register("predictions", pd.DataFrame(rows))
    by_hand.watch(base, "2")
    counted = on(datetime.date(2026, 3, 17), str(tables["alerts.queries"].records[0]["query"]), base)
    assert list(zip(counted["value"], counted["yellow"], strict=True)) == [(1, True), (0, True)]
    silent_since = next(row for row in tables["alerts.liveness"].records if row["id"] == "no-predictions")
    newest = on(datetime.date(2026, 3, 17), str(silent_since["query"]), base)["newest"]
    assert day(newest[0]) == datetime.date(2026, 3, 15)


def test_the_version_watched_stands_in_one_place_that_a_deployment_changes() -> None:
    results = pipeline.judge(ROOT / "data" / "techmart" / "dossier.yaml", CATALOG, None, silent)
    base, after, made = database("techmart"), results.header.as_of + datetime.timedelta(days=1), statements(results)
    version = results.header.version
    assert [id for id, statement in made.items() if version in statement] == ["watched"] == list(made)[:1]
    own = on(after, made["rmse-daily"], base)["value"].tolist()
    base.execute(made["watched"].replace(version, "another"))
    other = on(after, made["rmse-daily"], base)["value"].tolist()
    assert all(wrong > 2 * right for wrong, right in zip(other, own, strict=True)), "it predicts half of each price"
    base.execute(made["watched"])
    assert on(after, made["rmse-daily"], base)["value"].tolist() == own


def test_the_day_on_which_a_query_runs_is_left_out() -> None:
    results = pipeline.judge(ROOT / "data" / "techmart" / "dossier.yaml", CATALOG, None, silent)
    base, last = database("techmart"), results.header.as_of
    for id, query in statements(results).items():
        if id in ("watched", *OWN["techmart"]) or id.startswith("segment-") or "-by-" in id:
            continue
        column = "newest" if id.startswith("no-") else "day"
        assert day(on(last, query, base)[column].max()) == last - datetime.timedelta(days=1), id


def test_the_team_s_own_queries_are_said_not_to_have_run(case: tuple[Results, dict[str, pd.DataFrame]]) -> None:
    results, given = case
    states = {str(row["id"]): str(row["state"]) for row in results.tables["alerts.queries"].records}
    assert {id for id, state in states.items() if state == "generated"} == set(given)
    assert set(states.values()) <= {"generated", "wrapped", "declared, not run", "none"}
    kept = (*results.tables["alerts.sheets"].records, *results.tables["alerts.further"].records)
    assert any("the team's own" in str(row["query_from"]) for row in kept)


@pytest.mark.parametrize(("name", "rule"), [("techmart", "rmse-daily"), ("leadscore", "probabilities")])
def test_the_levels_of_a_segment_make_up_the_newest_window_of_their_rule(name: str, rule: str) -> None:
    results = pipeline.judge(ROOT / "data" / name / "dossier.yaml", CATALOG, None, silent)
    base, after, made = database(name), results.header.as_of + datetime.timedelta(days=1), statements(results)
    whole = on(after, made[rule], base).dropna(subset="value").iloc[-1]
    squared = name == "techmart"
    parts = {str(row["id"]) for row in results.records("alerts.by_level") if row["of"] == rule}
    assert len(parts) == {"techmart": 3, "leadscore": 3}[name]
    for id in parts:
        found = on(after, made[id], base)
        adds = (found["n"] * (found["value"] - found["usual"])).dropna()
        assert list(adds) == sorted(adds, reverse=True) and len(adds) > 1, "what adds most to the rise first"
        assert list(found["change"].dropna()) == pytest.approx(list((found["value"] - found["usual"]).dropna()))
        assert found["share"].sum() <= 1 + 1e-9
        mean = (found["n"] * found["value"] ** (2 if squared else 1)).sum() / found["n"].sum()
        if found["n"].sum() < whole["n"]:
            assert results.facts["declared.privacy.small_cell"].value, "groups of few rows are left out"
            continue
        assert mean ** (0.5 if squared else 1) == pytest.approx(whole["value"]), id
