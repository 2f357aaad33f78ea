"""Forecasts of several horizons are refused by `init`, `check` and `build`, and what merely looks like them is not."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from generator.cli import app
from generator.engines.duckdb import DuckDB
from generator.measure.inspect import inspect
from generator.records.project import Csv

ISSUES, STORES = 30, 3
PROJECT = """project: {name: load}
model: {name: m, version: "1", format: column}
data: {production: rows.csv, target: sales, prediction: sales_pred, time: target_day, exclude: [EXCLUDE]}
"""


def forecasts(leads=(1, 2, 7), issued="issued_at", target="target_day", form="%Y-%m-%d"):
    """Return forecasts for some stores: on every day of issue one for each lead."""
    day, lead = np.repeat(np.arange(ISSUES), len(leads) * STORES), np.tile(np.repeat(leads, STORES), ISSUES)
    rng, begun = np.random.default_rng(4), pd.Timestamp("2026-01-01")
    sales = rng.normal(100, 9, len(day)).round(2)
    dates = {
        name: (begun + pd.to_timedelta(days, "D")).strftime(form)
        for name, days in ((issued, day), (target, day + lead))
    }
    return pd.DataFrame({**dates, "sales": sales, "sales_pred": (sales + rng.normal(0, 1 + abs(lead))).round(2)})


def told(path: Path):
    return [(one.issued, one.target, one.ahead) for one in inspect(path, DuckDB(), Csv()).leads]


def run(*words: str):
    """Return the exit code and what was said, in one line."""
    done = CliRunner().invoke(app, list(words))
    return done.exit_code, " ".join(re.sub(r"[│╭╰─╮╯]", " ", done.output).split())


def started(*more: str):
    return run("init", "p", "--production", "rows.csv", "--time", "target_day", *more, "--quiet")


@pytest.fixture(autouse=True)
def _here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("form", ["%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%Y%m%d", "%Y-%m-%d 06:00:00", "%Y-%m-%dT06:00"])
@pytest.mark.parametrize(("issued", "target"), [("issued_at", "target_day"), ("forecastDate", "valid_date")])
def test_leads_are_told_from_two_days_however_they_are_written(issued, target, form):
    forecasts(issued=issued, target=target, form=form).to_csv("rows.csv", index=False)
    assert told(Path("rows.csv")) == [(issued, target, ("1", "2", "7"))]


def test_leads_are_told_from_dates_of_a_container():
    frame = forecasts()
    for name in ("issued_at", "target_day"):
        frame[name] = pd.to_datetime(frame[name])
    frame.to_parquet("rows.parquet")
    assert told(Path("rows.parquet")) == [("issued_at", "target_day", ("1", "2", "7"))]


@pytest.mark.parametrize(("issued", "target"), [("a", "b"), ("erstellt", "gilt"), ("issued_at", "paid_on")])
@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_leads_of_dates_with_other_names_are_told_where_each_issue_has_all_of_them(issued, target, form):
    frame = forecasts(issued=issued, target=target)
    known = frame[pd.to_datetime(frame[target]) <= pd.to_datetime(frame[issued]).max()]
    if form == "csv":
        known.to_csv("rows.csv", index=False)
    else:
        known.assign(**{name: pd.to_datetime(known[name]) for name in (issued, target)}).to_parquet("rows.parquet")
    assert told(Path(f"rows.{form}")) == [(issued, target, ("1", "2", "7"))]


@pytest.mark.parametrize("rows", [40, 4_000])
def test_dates_that_follow_others_by_chance_are_no_horizons(rows):
    rng = np.random.default_rng(2)
    ordered = pd.Timestamp("2026-01-01") + pd.to_timedelta(np.arange(rows) * ISSUES // rows, "D")
    paid = ordered + pd.to_timedelta(rng.integers(1, 4, rows), "D")
    price = rng.normal(9, 1, rows).round(2)
    pd.DataFrame({"ordered": ordered, "paid": paid, "sales": price, "sales_pred": price}).to_csv(
        "rows.csv", index=False
    )
    assert told(Path("rows.csv")) == []


@pytest.mark.parametrize(("share", "several"), [(0.30, False), (0.36, True)])
def test_each_issue_has_most_of_the_leads(share, several):
    grid = forecasts(tuple(range(1, 61))).drop_duplicates(["issued_at", "target_day"])
    grid.sample(round(share * len(grid)), random_state=1).to_csv("rows.csv", index=False)
    assert bool(told(Path("rows.csv"))) is several


def test_a_day_before_its_issue_is_no_forecast():
    forecasts((-1, 1)).to_csv("rows.csv", index=False)
    assert told(Path("rows.csv")) == []


def test_init_refuses_them_and_takes_the_rows_of_one():
    several = forecasts()
    several.to_csv("rows.csv", index=False)
    code, said = started()
    assert code == 2
    assert "several horizons: target_day lies 1, 2, 7 days after issued_at" in said
    assert "keep the rows of one in a file" in said
    assert "--exclude issued_at" in said
    lead = pd.to_datetime(several["target_day"]) - pd.to_datetime(several["issued_at"])
    several[lead.dt.days == 2].to_csv("rows.csv", index=False)
    assert started()[0] == 0


def test_init_takes_them_where_it_is_said_that_they_are_none_and_so_does_check():
    forecasts().to_csv("rows.csv", index=False)
    assert started("--exclude", "issued_at")[0] == 0
    assert run("check", "p")[0] == 0


def with_a_lead(leads):
    frame = forecasts(leads)
    days = pd.to_datetime(frame["target_day"]) - pd.to_datetime(frame.pop("issued_at"))
    return frame.assign(horizon=days.dt.days)


@pytest.mark.parametrize(("made", "column"), [(forecasts, "issued_at"), (with_a_lead, "horizon")])
@pytest.mark.parametrize(("leads", "exclude", "code"), [((1, 2, 7), False, 2), ((7,), False, 0), ((1, 2, 7), True, 0)])
def test_a_project_of_them_is_refused_and_of_one_of_them_is_not(made, column, leads, exclude, code):
    made(leads).to_csv("rows.csv", index=False)
    Path("dossier.yaml").write_text(PROJECT.replace("EXCLUDE", column if exclude else ""))
    found, said = run("check", ".")
    assert found == code, said
    assert ("several horizons" in said and f"{column} under data.exclude" in said) is (code == 2)


def test_nothing_is_built_of_them():
    forecasts().to_csv("rows.csv", index=False)
    Path("dossier.yaml").write_text(PROJECT.replace("EXCLUDE", ""))
    code, said = run("build", ".", "-o", "b", "--quiet")
    assert code == 2
    assert "several horizons" in said
