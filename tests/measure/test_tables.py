"""The same rows written in another way give the same ledger; what cannot be read says so."""

import datetime
import json
from dataclasses import replace

import numpy as np
import pytest

from generator.engines.duckdb import DuckDB
from generator.errors import InputError
from generator.measure import measure
from generator.records.project import Csv
from generator.scoring import skops
from tests.measure.frames import project, rows


def measured(folder, jobs=1, **data):
    return measure(project(folder, **data), DuckDB(), (skops.READER,), jobs=jobs)


@pytest.fixture(scope="module")
def frame():
    return rows(days=6)


@pytest.fixture(scope="module")
def plain(frame, tmp_path_factory):
    folder = tmp_path_factory.mktemp("plain")
    frame.to_csv(folder / "production.csv", index=False)
    return measured(folder)


def same(one, other):
    np.testing.assert_array_equal(one.production.days, other.production.days)
    np.testing.assert_array_equal(one.production.losses.day, other.production.losses.day)
    np.testing.assert_array_equal(one.production.losses.group_level, other.production.losses.group_level)
    np.testing.assert_array_equal(one.production.slots, other.production.slots)
    np.testing.assert_array_equal(one.production.nulls, other.production.nulls)
    np.testing.assert_array_equal(one.production.total.m4, other.production.total.m4)
    assert one.plan.categorical == other.plan.categorical


def test_json_lines(tmp_path, frame, plain):
    frame.to_json(tmp_path / "p.jsonl", orient="records", lines=True, double_precision=15)
    same(measured(tmp_path, production="p.jsonl"), plain)


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_file_a_day(tmp_path, frame, plain, jobs):
    for day, part in frame.groupby("date"):
        part.to_csv(tmp_path / f"rows-{day}.csv", index=False)
    made = measured(tmp_path, jobs, production="rows-2026-*.csv")
    same(made, plain)
    assert [(s.name, s.rows, len(s.sha256)) for s in made.sources[1:]] == [("rows-2026-*.csv", len(frame), 64)]


def test_a_dialect(tmp_path, frame, plain):
    frame.to_csv(tmp_path / "p.csv", index=False, sep=";", decimal=",", encoding="utf-16")
    same(measured(tmp_path, production="p.csv", csv=Csv(encoding="utf-16", decimal=",", thousands=".")), plain)


@pytest.mark.parametrize(("form", "time_format"), [("%d.%m.%Y", None), ("%m/%d/%Y %H:%M", "MM/DD/YYYY HH:mm")])
def test_ways_to_write_a_date(tmp_path, frame, plain, form, time_format):
    when = [f"{datetime.date.fromisoformat(day):{form}}" for day in frame["date"]]
    frame.assign(date=when).to_csv(tmp_path / "p.csv", index=False)
    same(measured(tmp_path, production="p.csv", time_format=time_format), plain)


# Name of the file, its content, what is asked for, what the error says, where, and what it advises.
BAD = [
    ({"p.csv": "a;b,c\n1;2,3\n"}, "p.csv", "the delimiter cannot be told", "p.csv", "data.csv.delimiter"),
    ({"p.jsonl": '{"a": 1}\n{"a"\n'}, "p.jsonl", "line 2 is no JSON", "p.jsonl:2", "one JSON object"),
    ({}, "p-*.csv", "no file matches the pattern", "p-*.csv", "paths start at"),
    ({}, "p.csv", "there is no such file", "p.csv", "paths start at"),
    ({"p.csv": ""}, "*.csv", "the file is empty", "p.csv", "header"),
    ({"a.csv": "a,b\n1,2\n", "b.csv": "a,c\n1,2\n"}, "?.csv", "lacks b and it adds c", "b.csv", "same columns"),
    ({"a.csv": "a,b\n1,2\n", "a.jsonl": "{}\n"}, "a.*", "of different formats", "a.csv … a.jsonl", "rows/*.csv"),
]


@pytest.mark.parametrize(("files", "asked", "what", "where", "hint"), BAD)
def test_tables_that_cannot_be_read(tmp_path, files, asked, what, where, hint):
    for name, content in files.items():
        (tmp_path / name).write_text(content)
    with pytest.raises(InputError) as caught:
        measured(tmp_path, production=asked)
    problem = caught.value.problems[0]
    assert (what in problem.what, problem.where, hint in problem.hint) == (True, where, True), problem
    assert caught.value.exit_code == 2


def test_days_are_those_of_the_project(tmp_path, frame):
    frame = frame.assign(date=frame["date"] + "T23:30:00Z")
    frame.to_json(tmp_path / "p.jsonl", orient="records", lines=True)
    first = json.loads((tmp_path / "p.jsonl").read_text().splitlines()[0])["date"]
    assert first == "2026-03-01T23:30:00Z"
    assert measured(tmp_path, production="p.jsonl").as_of.isoformat() == "2026-03-06"
    settled = project(tmp_path, production="p.jsonl")
    zoned = replace(settled.settings, project=replace(settled.settings.project, time_zone="Asia/Tokyo"))
    made = measure(replace(settled, settings=zoned), DuckDB(), (skops.READER,))
    assert made.as_of.isoformat() == "2026-03-07"


def test_times_that_cannot_be_read_name_the_key(tmp_path, frame):
    frame.assign(date="03/04/2026").to_csv(tmp_path / "production.csv", index=False)
    with pytest.raises(InputError) as caught:
        measured(tmp_path)
    (problem,) = caught.value.problems
    assert "no row has a date in column date that can be read" in problem.what
    assert "data.time_format" in problem.hint
