"""Nothing is left out of a figure without its count: predictions, days, outcomes; a last day that is not believed."""

import datetime
import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from generator.engines.duckdb import DuckDB
from generator.errors import InputError
from generator.estimates.features import groups_of
from generator.estimates.missing_rates import missing_by_day, missing_by_group, rates_of
from generator.measure import measure
from generator.measure.clock import clock
from generator.measure.inputs import open_inputs
from generator.measure.statistics import read_statistics, write_statistics
from generator.records.project import Feature
from generator.subjects.data import left_out
from generator.subjects.performance import performance
from tests.hostile.world import World
from tests.measure.frames import project, rows

TODAY = datetime.date(2026, 6, 1)


def evidence(folder, frame, as_of=None, **data):
    """Return the ledger of the rows and what is said to be left out."""
    frame.to_csv(folder / "production.csv", index=False)
    settled = project(folder, **data)
    ledger = measure(settled, DuckDB(), (), as_of=as_of)
    return ledger, left_out.run(settled, ledger)


def values(found):
    return {fact.id: fact.value for fact in found.facts}


def with_predictions(count, value):
    frame = rows(days=8, entities=24)
    frame.loc[frame.index[:count], "guess"] = value
    return frame


@pytest.mark.parametrize(
    ("count", "severity"), [(1, None), (2, "confirmed"), (19, "confirmed"), (20, "severe"), (115, "severe")]
)
@pytest.mark.parametrize(("value", "id"), [(np.nan, "prediction.missing"), (np.inf, "prediction.infinite")])
def test_predictions_that_are_no_number_are_counted_and_told_above_one_in_a_hundred(
    tmp_path, count, severity, value, id
):
    ledger, found = evidence(tmp_path, with_predictions(count, value), prediction="guess")
    other = {"prediction.missing", "prediction.infinite"} - {id}
    assert ledger.production.rows == 192
    assert values(found)[id] == count
    assert values(found)[other.pop()] == 0
    assert [finding.severity for finding in found.findings] == ([severity] if severity else [])
    assert values(found)["data.left_out.count"] == (1 if severity else 0)


@pytest.mark.parametrize(("column", "id"), [("cost", "inputs"), ("price", "outcomes"), ("guess", "")])
@pytest.mark.parametrize("written", ["inf", "Infinity", "-inf", "parquet"])
@pytest.mark.parametrize(("count", "severity"), [(1, None), (2, "confirmed"), (20, "severe")])
def test_infinite_values_of_files_are_told_apart_from_missing_ones(tmp_path, column, id, written, count, severity):
    frame = rows(days=8, entities=24)
    frame.loc[frame.index[count : count + 7], column] = np.nan
    frame.loc[frame.index[:count], column] = np.inf
    if written == "parquet":
        frame.to_parquet(tmp_path / "production.parquet")
    else:
        frame.to_csv(tmp_path / "production.csv", index=False, na_rep="")
        text = (tmp_path / "production.csv").read_text()
        (tmp_path / "production.csv").write_text(text.replace("inf", written))
    settled = project(tmp_path, production="production.parquet" if written == "parquet" else "production.csv")
    found = left_out.run(settled, measure(settled, DuckDB(), ()))
    kinds = ("data.production.infinite_inputs", "data.production.infinite_outcomes", "prediction.infinite")
    own = f"data.production.infinite_{id}" if id else "prediction.infinite"
    assert {kind: values(found)[kind] for kind in kinds} == {kind: count if kind == own else 0 for kind in kinds}
    told = [one for one in found.findings if one.id.startswith("left_out.infinite")]
    assert [one.severity for one in told] == ([severity] if severity else [])
    listed = {row[0]: row[1].value for table in found.tables for row in table.rows}
    assert sum("infinite" in label for label in listed) == 1
    names = {"cost": "Rows whose input cost is infinite, of its own figures alone"}
    assert column not in names or listed[names[column]] == count


@pytest.mark.parametrize("written", ["csv", "parquet"])
@pytest.mark.parametrize("profiled", [False, True])
def test_an_infinite_value_is_missing_in_no_rate_of_either_side(tmp_path, written, profiled):
    before, frame = rows(days=8, entities=24, seed=1), rows(days=8, entities=24)
    for side, infinite, gone in ((before, 30, 11), (frame, 50, 23)):
        side.loc[side.index[:infinite], "cost"] = np.inf
        side.loc[side.index[infinite : infinite + gone], "cost"] = np.nan
    for name, side in (("training", before), ("production", frame)):
        side.to_parquet(tmp_path / f"{name}.parquet") if written == "parquet" else side.to_csv(
            tmp_path / f"{name}.csv", index=False
        )
    settled = project(tmp_path, production=f"production.{written}", reference=f"training.{written}", prediction="guess")
    ledger = measure(settled, DuckDB(), ())
    if profiled:
        assert ledger.reference is not None
        _, kept = read_statistics(write_statistics(ledger.plan, ledger.reference, prepared=""), "training")
        ledger = replace(ledger, reference=kept)
    found = rates_of(ledger, groups_of(ledger))
    place = ledger.plan.features.index("cost")
    assert (found.reference.value[place], found.production.value[place]) == (11 / 192, 23 / 192)
    daily = frame.assign(gone=frame["cost"].isna()).groupby("date")["gone"].sum()
    by_day, by_group = missing_by_day(ledger.plan, ledger.production), missing_by_group(ledger.plan, ledger.production)
    assert by_day is not None and by_group is not None
    assert by_day[:, place].tolist() == daily.tolist()
    assert by_group[:, place].sum() == 23


def test_an_infinite_value_is_out_of_range_and_not_missing_in_the_contract(tmp_path):
    frame = rows(days=8, entities=24)
    frame.loc[frame.index[:5], "cost"], frame.loc[frame.index[5:8], "cost"] = np.inf, np.nan
    frame.to_csv(tmp_path / "production.csv", index=False)
    asked = Feature(name="cost", low=0.0, high=1e6, when_missing="refuse the row", when_out_of_range="reject the row")
    features = (asked, *(Feature(name=name) for name in ("rating", "clicks", "weight", "city", "brand")))
    found = measure(project(tmp_path, prediction="guess", features=features), DuckDB(), ()).production.contract
    assert found is not None
    assert dict(zip(found.actions, found.day.sum(axis=0), strict=True)) == {"refuse the row": 3, "reject the row": 5}


@pytest.mark.parametrize("days", [0, 10, 15])
def test_days_without_a_prediction_leave_the_other_thirds_as_they_are(tmp_path, days):
    frame = rows(days=30, entities=24)
    frame.loc[frame["date"].isin(sorted(frame["date"].unique())[:days]), "guess"] = np.nan
    frame.to_csv(tmp_path / "production.csv", index=False)
    settled = project(tmp_path, prediction="guess")
    found = performance.SUBJECT.run(settled, measure(settled, DuckDB(), ()))
    table = next(table for table in found.tables if table.id == "performance.thirds")
    assert table.rows
    assert table.rows[0][3:] == ((), ())


def test_the_rows_after_the_day_asked_for_are_in_no_figure_and_counted(tmp_path):
    frame = rows(days=8, entities=24)
    last = pd.to_datetime(frame["date"]).max().date()
    ledger, found = evidence(tmp_path, frame, as_of=last - datetime.timedelta(days=2), prediction="guess")
    assert (ledger.production.rows, values(found)["data.production.after_as_of"]) == (144, 48)
    assert ledger.as_of == last - datetime.timedelta(days=2)
    assert [finding.id for finding in found.findings] == ["left_out.after_as_of"]
    _, whole = evidence(tmp_path, frame, as_of=last, prediction="guess")
    assert (values(whole)["data.production.after_as_of"], whole.findings) == (0, ())


def test_a_day_before_all_rows_is_refused_with_their_days(tmp_path):
    with pytest.raises(InputError, match="none of the rows is of 2020-01-01 or before: their days run from 2026"):
        evidence(tmp_path, rows(days=8, entities=24), as_of=datetime.date(2020, 1, 1), prediction="guess")


def told(folder, days, today=TODAY):
    """Return the clock of rows of these days."""
    frame = rows(days=1, entities=len(days)).assign(date=[day.isoformat() for day in days])
    frame.to_csv(folder / "production.csv", index=False)
    return clock(open_inputs(project(folder, prediction="guess"), DuckDB(), ()), today=today)[0]


def days_until(last, count, step=1):
    return [last - datetime.timedelta(days=step * k) for k in range(count)][::-1]


@pytest.mark.parametrize("step", [1, 7, 30])
def test_a_last_day_far_from_the_others_is_not_today(tmp_path, step):
    last = TODAY - datetime.timedelta(days=400)
    days = days_until(last, 40, step)
    far = last + datetime.timedelta(days=max(31, 3 * step + 1))
    found = told(tmp_path, [*days, far])
    assert (found.as_of, found.last, found.after) == (last, far, 1)
    near = last + datetime.timedelta(days=max(30, 3 * step))
    assert told(tmp_path, [*days, near]).as_of == near


def test_a_day_after_tomorrow_is_not_today_and_tomorrow_is(tmp_path):
    days = days_until(TODAY, 20)
    tomorrow, later = TODAY + datetime.timedelta(days=1), TODAY + datetime.timedelta(days=2)
    assert told(tmp_path, [*days, tomorrow]).as_of == tomorrow
    found = told(tmp_path, [*days, tomorrow, later])
    assert (found.as_of, found.last, found.after) == (tomorrow, later, 1)


def test_rows_that_all_lie_ahead_are_reported_on_as_they_are(tmp_path):
    ahead = days_until(TODAY + datetime.timedelta(days=90), 20)
    found = told(tmp_path, ahead)
    assert (found.as_of, found.after, found.last) == (ahead[-1], 0, None)


def test_what_is_left_out_stands_in_the_summary(tmp_path):
    world = World(folder=tmp_path / "shop")
    world.production.loc[world.production.index[:154:2], "guess"] = np.nan
    assert world.build("--format", "md", "--document", "executive-summary").exit_code == 0
    text = (world.output / "executive-summary.md").read_text()
    assert "77 rows (Rows without a prediction)" in text
    assert re.search(r"Errors of [\d,]+ of [\d,]+ rows", text)
