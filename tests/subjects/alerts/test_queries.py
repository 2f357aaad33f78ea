"""Rules as SQL: repeats, rare windows, spreads and outcomes, held against what the rule's own reading gives."""

import datetime
from dataclasses import replace
from typing import Any

import duckdb
import pandas as pd
import pytest

from generator.records import project as p
from generator.records.table import Column, Table
from generator.subjects.alerts._sheet_levels import spells
from generator.subjects.alerts.alerts import run
from tests.subjects import case

FEW = p.Data(production="rows.csv", target="y", target_unit="USD", time="on", entity="who")


def query(rule: p.Rule, *more: Any, data: p.Data = FEW, tables: tuple[Table, ...] = ()) -> str:
    """Return the query of one rule."""
    project = case.project(data=data, alerts=p.Alerts(rules=(rule,)))
    told = case.evidence(*more, tables=tables)
    found: Table = next(t for t in run(project, told, case.BEFORE).tables if t.id == "alerts.queries")
    return str(found.records[0]["query"])


def asked(sql: str, **tables: dict[str, list[Any]]) -> Any:
    base = duckdb.connect()
    for name, content in tables.items():
        base.register(name, pd.DataFrame(content))
    case.watch(base, "2")
    return base.sql(sql).df()


def rows(errors: list[float | None]) -> dict[str, dict[str, list[Any]]]:
    """Return predictions and outcomes, one of each a day: a day whose error is None has neither."""
    days = [(pd.Timestamp("2026-03-01") + pd.Timedelta(days=k), e) for k, e in enumerate(errors) if e is not None]
    key: dict[str, list[Any]] = {"who": ["a"] * len(days), "on": [day for day, _ in days]}
    return {
        "predictions": {**key, "prediction": [10 + e for _, e in days], "model_version": ["2"] * len(days)},
        "outcomes": {**key, "y": [10.0] * len(days)},
    }


def test_a_rule_that_asks_for_two_windows_in_a_row_fires_on_the_second():
    rule = p.Rule(id="a", metric="rmse", yellow=2, consecutive=2)
    found = asked(query(rule), **rows([1, 3, 3, 1, 3]))
    assert found["yellow"].tolist() == [False, False, True, False, False]


def test_a_window_is_of_calendar_days_and_starts_with_the_first_full_one():
    found = asked(query(p.Rule(id="a", metric="mae", yellow=2, window_days=3)), **rows([3, 1, 2, None, None, 6]))
    assert dict(zip(found["day"].dt.day, found["value"], strict=True)) == {3: 2.0, 6: 6.0}


@pytest.mark.parametrize(("consecutive", "first"), [(1, True), (2, False)])
def test_too_few_rows_are_no_value_and_neither_fire_nor_are_within(consecutive: int, first: bool):
    rule = p.Rule(id="a", metric="mae", yellow=2, minimum_n=2, window_days=2, consecutive=consecutive)
    found = asked(query(rule), **rows([3, 3, None, 3]))
    assert found["value"].isna().tolist() == [False, True]
    assert found["yellow"].isna().tolist() == [False, True] and bool(found["yellow"][0]) is first


def test_outcomes_in_words_count_as_one_and_nought_and_others_not_at_all():
    data = replace(FEW, task="binary", positive="yes", negative=("no",))
    tables = rows([0.0, 0.0, 0.0])
    tables["predictions"]["prediction"] = [0.75, 0.75, 0.75]
    tables["outcomes"]["y"] = ["yes", "no", "moved"]
    found = asked(query(p.Rule(id="a", metric="brier", yellow=0.5), data=data), **tables)
    assert found["value"].tolist() == pytest.approx([0.0625, 0.5625])


def test_a_spread_is_that_of_the_rows_of_the_window():
    facts = (case.fact("drift.x.mean_reference", 1.0), case.fact("drift.x.sd_reference", 2.0))
    data = replace(FEW, features=(p.Feature(name="x"),))
    sql = query(p.Rule(id="a", metric="sd_change", features="each", yellow=0.2, window_days=2), *facts, data=data)
    tables = rows([0, 0, 0])["predictions"] | {"x": [1.0, 4.0, 9.0]}
    found = asked(sql, predictions=tables)
    assert found["value"].tolist() == pytest.approx([abs(4.5**0.5 / 2 - 1), abs(12.5**0.5 / 2 - 1)])
    assert found["feature"].tolist() == ["x", "x"] and found["yellow"].tolist() == [False, True]


@pytest.mark.parametrize(
    ("metric", "value"),
    [("missing", 2 / 6), ("missing_points", 2 / 6 - 0.1), ("mean_change", 0.5), ("sd_change", 4.5**0.5 / 2 - 1)],
)
def test_an_infinite_number_is_not_missing_and_in_no_mean(metric: p.Metric, value: float):
    facts = (
        case.fact("drift.x.mean_reference", 2.0),
        case.fact("drift.x.sd_reference", 2.0),
        case.fact("missing.x.reference", 0.1),
    )
    columns = (Column(key="feature", label=""), Column(key="kind", label=""))
    kinds = Table(id="features.kinds", title="", columns=columns, rows=(("x", "numeric"),))
    only = (kinds, *(replace(kinds, id=id) for id in ("drift.all", "missing.all")))
    data = replace(FEW, features=(p.Feature(name="x"),))
    sql = query(p.Rule(id="a", metric=metric, features="each", yellow=0.3), *facts, data=data, tables=only)
    base = duckdb.connect()
    base.sql('CREATE TABLE predictions (who VARCHAR, "on" DATE, prediction DOUBLE, model_version VARCHAR, x DOUBLE)')
    for x in ("NULL", "'NaN'", "'Infinity'", "'-Infinity'", "4.5", "1.5"):
        base.sql(f"INSERT INTO predictions VALUES ('a', DATE '2026-03-01', 1, '2', {x})")
    case.watch(base, "2")
    found = base.sql(sql).df()
    assert abs(found["value"][0]) == pytest.approx(abs(value))


def test_an_empty_text_is_missing_as_in_the_contract():
    columns = (Column(key="feature", label=""), Column(key="kind", label=""))
    kinds = Table(id="features.kinds", title="", columns=columns, rows=(("x", "categorical"),))
    only = (kinds, *(replace(kinds, id=id) for id in ("drift.all", "missing.all")))
    data = replace(FEW, features=(p.Feature(name="x"),))
    sql = query(p.Rule(id="a", metric="missing", features="each", yellow=0.3), data=data, tables=only)
    texts = {"x": ["", None, "a", "b"]}
    found = asked(sql, predictions={key: [cells[0]] * 4 for key, cells in rows([0.0])["predictions"].items()} | texts)
    assert found["value"][0] == 0.5


@pytest.mark.parametrize("data", [replace(FEW, time=None), replace(FEW, entity=None), replace(FEW, acted_on="called")])
def test_no_query_is_made_up_where_days_or_keys_are_not_known(data: p.Data):
    assert query(p.Rule(id="a", metric="rmse", yellow=1), data=data) == ""
    assert query(p.Rule(id="a", metric="rmse", yellow=1, query="sum(errors)"), data=data) == "sum(errors)"


P95 = "SELECT date, percentile_cont(0.95) WITHIN GROUP (ORDER BY ms) AS p95 FROM requests GROUP BY date;"


@pytest.mark.parametrize(
    ("logged", "values"),
    [
        ([("a", "2"), ("b", "2"), ("c", "1")], [3.0]),
        ([("a", "2"), ("a", "1"), ("b", "2"), ("b", "1")], [2.0]),
        ([("a", "1"), ("b", "1"), ("c", "1")], [3.0]),
    ],
    ids=["who answers alone", "both of every row", "gone back"],
)
def test_how_many_are_served_does_not_hang_on_the_version_and_an_error_does(
    logged: list[tuple[str, str]], values: list[float]
):
    who, versions = (list(column) for column in zip(*logged, strict=True))
    known, day = sorted(set(who)), pd.Timestamp("2026-03-01")
    tables = {
        "predictions": {"who": who, "on": [day] * len(who), "prediction": [1.0] * len(who), "model_version": versions},
        "outcomes": {"who": known, "on": [day] * len(known), "y": [1.0] * len(known)},
    }
    count = query(p.Rule(id="a", metric="rows", operator="<", red=1))
    assert asked(count, **tables)["value"].tolist() == values
    own = asked(query(p.Rule(id="b", metric="mae", red=1)), **tables)
    assert own["n"].tolist() == [versions.count("2")] * ("2" in versions)


def test_without_a_key_rows_of_two_versions_are_not_added_up():
    rule = p.Rule(id="a", metric="rows", operator="<", red=1)
    tables = {
        "predictions": {
            "on": [pd.Timestamp("2026-03-01")] * 3,
            "prediction": [1.0] * 3,
            "model_version": ["2", "2", "1"],
        }
    }
    assert asked(query(rule, data=replace(FEW, entity=None)), **tables)["value"].tolist() == [2.0]


def test_the_team_s_own_query_is_held_against_the_limits_on_closed_days():
    rule = p.Rule(id="a", metric="latency_p95", yellow=300, red=350, query=P95)
    days = pd.to_datetime(["2026-03-01", "2026-03-01", "2026-03-02", "2026-03-03"])
    sql = case.at_time(query(rule), f"2026-03-03 {case.EVENING}")
    found = asked(sql, requests={"date": list(days), "ms": [100.0, 330.0, 400.0, 10.0]})
    assert found["day"].dt.day.tolist() == [1, 2]
    assert found["value"].tolist() == pytest.approx([318.5, 400.0])
    assert (found["yellow"].tolist(), found["red"].tolist()) == ([True, True], [False, True])


def test_a_query_of_the_team_s_own_that_tells_of_inputs_names_the_worst():
    rule = p.Rule(
        id="a", metric="psi", features="each", yellow=0.1, consecutive=2, query="SELECT on_day, f, psi FROM s"
    )
    days = list(pd.to_datetime(["2026-03-01", "2026-03-01", "2026-03-02", "2026-03-02"]))
    sql = case.at_time(query(rule), f"2026-03-03 {case.EVENING}")
    found = asked(sql, s={"on_day": days, "f": ["x", "y", "x", "y"], "psi": [0.2, 0.15, 0.05, 0.3]})
    assert found["feature"].tolist() == ["x", "y"] and found["value"].tolist() == [0.2, 0.3]
    assert found["beyond"].tolist() == ["x, y", "y"]
    assert found["yellow"].tolist() == [False, True]


def test_a_name_or_a_text_with_quotes_stays_one():
    data = replace(FEW, target='y"; DROP TABLE x; --', task="binary", positive="it's")
    sql = query(p.Rule(id="a", metric="brier", yellow=1), data=data)
    assert '"y""; DROP TABLE x; --"' in sql and "'it''s'" in sql


def test_days_that_follow_one_another_are_one_spell():
    day = [datetime.date(2026, 3, d) for d in (1, 2, 4, 5, 6)]
    assert spells(tuple(day)) == [(day[0], day[1]), (day[2], day[4])]
