"""Figures that a reader lays side by side stand on one basis, or say at once how they differ."""

import re
from pathlib import Path

import pytest

from generator.bundle.results import read_results
from generator.records.results import Results
from tests.subjects import case


@pytest.fixture(scope="session")
def results(bundle: Path) -> Results:
    return read_results((bundle / "results.json").read_bytes())


def shown(results: Results, id: str) -> str | None:
    number = results.facts[id].number
    return None if number is None else f"{number:,.0f}"


def test_rows_that_settle_a_comparison_are_told_with_how_often_one_looks(results: Results, texts: dict[str, str]):
    once, daily = (shown(results, f"rollout.{name}") for name in ("rows_needed", "sequential.rows"))
    assert once and daily
    assert f"takes {once} rows when looked at once" in texts["retraining-calendar"]
    assert f"{daily} rows when looked at every day" in texts["retraining-calendar"]
    if "Rows until that decides" in texts["appendix"]:
        assert f"looked at once, when a stage ends, {once} rows" in texts["appendix"]


def test_which_rows_an_error_is_of_is_said_where_windows_are_defined(results: Results, texts: dict[str, str]):
    judged = texts["appendix"].split("## What was judged, and how")[1].split("\n## ")[0]
    assert "An error is of every row with a prediction and its outcome" in judged
    kept = results.facts["contract.rejected.any"].value is True
    assert ("also of those that the contract keeps from the model" in judged) is kept


def test_a_run_that_learns_gaps_is_followed_by_a_dated_one_after_they_are_closed(
    results: Results, texts: dict[str, str]
):
    said = texts["retraining-calendar"]
    if "learns the gaps as they are" not in said:
        pytest.skip("no input is past its stop limit where a run is asked for")
    due, again = re.findall(r"The gate on them is due on (\S+): the run of (\S+) is the first", said)[0]
    dates = [case.plain(row["date"]) for row in results.records("calendar.dates") if row["activity"] == "Retraining"]
    assert due < again and again in dates
