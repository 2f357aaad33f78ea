"""A list of records in a CSV file is the same list; what is wrong in it is found at its line there."""

from pathlib import Path

import pytest

from generator.estimates.facts import place
from generator.records.project import Settings
from tests.load.example import problems, project, text

INLINE = """\
history:
  - {version: "1.10", date: 2026-01-31, trigger: drift}
  - {version: "2", date: 2026-03-01, metric: "RMSE, 8.2"}
"""
TABLE = 'version,date,trigger,metric\n1.10,2026-01-31,drift,\n\n2,2026-03-01,,"RMSE, 8.2"\n'


def read(folder: Path, table: str | bytes, under: str = "retraining", key: str = "history"):
    (folder / "table.csv").write_bytes(table if isinstance(table, bytes) else table.encode())
    return text(under, f"{key}: {{csv: table.csv}}")


@pytest.mark.parametrize("table", [TABLE, TABLE.replace(",", ";").replace("RMSE;", "RMSE,"), "\ufeff" + TABLE])
def test_a_table_is_the_list_it_stands_for(tmp_path: Path, table: str):
    inline = project(tmp_path, text("retraining", INLINE)).settings
    found = project(tmp_path, read(tmp_path, table))
    assert found.settings == inline
    assert place(found, "retraining.history.1.date") == "table.csv:4"
    assert place(found, "retraining.history.1.effect") == "table.csv:4"
    assert place(found, "retraining.history") == "dossier.yaml:12"


def test_numbers_truth_values_and_other_lists(tmp_path: Path):
    table = "title,minutes,point_of_no_return\nstop,2.5,false\nswitch,1,true\n"
    found: Settings = project(tmp_path, read(tmp_path, table, "rollback", "steps")).settings
    assert [(s.title, s.minutes, s.point_of_no_return) for s in found.rollback.steps] == [
        ("stop", 2.5, False),
        ("switch", 1, True),
    ]


def test_a_line_break_in_a_cell_counts(tmp_path: Path):
    table = 'version,date,effect\n1,2026-01-31,"two\nlines"\n2,tomorrow,\n'
    (problem,) = problems(tmp_path, read(tmp_path, table))
    assert problem.where == "table.csv:4:2"


# The table, what is wrong, where (the project file's own place is :12:18), what to try.
BAD = [
    ("", "the table 'table.csv' is empty", ":12:18", "a header line with the keys"),
    ("\nversion\n", "is empty, or its first line is", ":12:18", "a header line"),
    ("version,date\n1,2026-01-31,x,y\n", "is no CSV file: Expected 2 fields in line 2, saw 4", ":12:18", "header"),
    ("version,date\n1,é\n".encode("latin-1"), "is not UTF-8 text", ":12:18", "header"),
    ("version,date\n" + "1,2026-01-31\n" * 5_000, "more than 5000 lines", ":12:18", "header"),
    ("version,dates\n1,2026-01-31\n", "the column 'dates' is not known", "table.csv:1:2", "did you mean `date`?"),
    ("date\n2026-01-31\n", "the column 'version' is missing", "table.csv:1:1", "header"),
    ("version,date,date\n1,2026-01-31,\n", "'date' stands here for the second time", "table.csv:1:3", "one of the"),
    ("version,date\n1,2026-01-31\n2,31.1.2026\n", "`retraining.history[1].date` should", "table.csv:3:2", "year"),
    ("version,date\n1,2026-01-31\n2,\n", "`retraining.history[1].date` has no value", "table.csv:3:2", "date"),
    ("version,date\n1,0001-01-01\n", "which cannot be meant", "table.csv:2:2", "1970"),
    ("version,date,effect\n1,2026-01-31,TODO\n", "the placeholder 'TODO'", "table.csv:2:3", "meant"),
]


@pytest.mark.parametrize(("table", "what", "where", "hint"), BAD)
def test_what_is_wrong_in_a_table(tmp_path: Path, table: str | bytes, what: str, where: str, hint: str):
    found = problems(tmp_path, read(tmp_path, table))
    problem = found[0]
    place = f"{tmp_path / 'dossier.yaml'}{where}" if where[0] == ":" else where
    assert (what in problem.what, problem.where, hint in problem.hint) == (True, place, True), problem


def test_a_table_that_is_not_there(tmp_path: Path):
    (problem,) = problems(tmp_path, text("retraining", "history: {csv: nowhere.csv}"))
    assert "the table 'nowhere.csv' does not exist" in problem.what
    (problem,) = problems(tmp_path, text("retraining", "history: {csv: [a]}"))
    assert "should be the path of a file" in problem.what
