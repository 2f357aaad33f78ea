"""Files as people have them: names an engine would change, formats told by first bytes, times of all types."""

import datetime
import gzip
import io
import json
import pickle
import random
import zipfile

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.feather
import pyarrow.orc
import pyarrow.parquet as pq
import pytest

from generator.engines import DAY, TEXT, OutcomeTexts, Scan, SourceTable
from generator.engines._copies import copied
from generator.engines._store import TableStore
from generator.engines.duckdb import AT_ONCE, DuckDB
from generator.errors import InputError
from generator.records.project import Csv
from tests.workbooks import write_workbook


def read(path, numeric=(), text=(), **said):
    """Return the columns of a scan as lists."""
    table = SourceTable(files=(path,), **{k: said.pop(k) for k in ("csv", "missing", "missing_in") if k in said})
    scan = Scan(table=table, numeric=numeric, text=text, **said)
    found = DuckDB().fold(scan, lambda b: pa.Table.from_batches([b]), lambda a, b: pa.concat_tables([a, b]))
    return found.to_pydict()


CASES = {"KM": [1.0, 2.0], "km": [3.0, 4.0], " items ": [5.0, 6.0], "Km ": [7.0, 8.0]}


def saved(frame, folder, form):
    path = folder / f"rows.{form}"
    if form == "csv":
        frame.to_csv(path, index=False)
    elif form == "parquet":
        frame.to_parquet(path, index=False)
    elif form in ("feather", "orc"):
        write = {"feather": pyarrow.feather.write_feather, "orc": pyarrow.orc.write_table}[form]
        write(pa.Table.from_pandas(frame, preserve_index=False), path)
    elif form == "xlsx":
        write_workbook(frame, path)
    elif form == "zip":
        path.write_bytes(in_zip("rows.csv", frame.to_csv(index=False)))
    else:
        frame.to_json(path, orient="records", lines=form == "jsonl", date_format="iso")
    return path


@pytest.mark.parametrize("form", ["csv", "parquet", "jsonl", "json"])
def test_names_are_those_of_the_file_and_capital_letters_count(tmp_path, form):
    path = saved(pd.DataFrame(CASES), tmp_path, form)
    assert list(DuckDB().schema(SourceTable(files=(path,)))) == list(CASES)
    assert read(path, tuple(CASES)) == CASES


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_a_name_that_stands_twice_is_refused_with_both_places(tmp_path, form):
    path = tmp_path / f"rows.{form}"
    if form == "csv":
        path.write_text("km,x,km\n1,2,3\n")
    else:
        pq.write_table(pa.Table.from_arrays([pa.array([1])] * 3, names=["km", "x", "km"]), path)
    with pytest.raises(InputError, match="column km stands more than once: as columns 1 and 3"):
        DuckDB().schema(SourceTable(files=(path,)))


@pytest.mark.parametrize("form", ["csv", "parquet", "jsonl"])
def test_one_column_is_read_as_a_number_and_as_a_text(tmp_path, form):
    path = saved(pd.DataFrame({"items": [1, 2, 2]}), tmp_path, form)
    assert read(path, ("items",), ("items",)) == {"items": [1.0, 2.0, 2.0], TEXT + "items": ["1", "2", "2"]}


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_whole_numbers_are_the_same_level_whether_or_not_they_are_floats(tmp_path, form):
    path = saved(pd.DataFrame({"store": [101.0, None, 103.0], "x": [1, 2, 3]}), tmp_path, form)
    assert read(path, (), ("store",)) == {"store": ["101", None, "103"]}


def test_versions_keep_their_fraction(tmp_path):
    (tmp_path / "rows.csv").write_text("version,x\n1.0,1\n1.1,2\n")
    assert read(tmp_path / "rows.csv", (), ("version",)) == {"version": ["1.0", "1.1"]}


def test_a_record_may_hold_line_ends_and_a_name_too(tmp_path):
    (tmp_path / "rows.csv").write_text('x,"two\nlines",note\n1,2,"a\nb, c"\n3,4,"d ""e"""\n\n')
    found = read(tmp_path / "rows.csv", ("x", "two\nlines"), ("note",))
    assert found == {"x": [1.0, 3.0], "two\nlines": [2.0, 4.0], "note": ["a\nb, c", 'd "e"']}


def test_columns_without_a_name_are_called_as_pandas_calls_them(tmp_path):
    (tmp_path / "rows.csv").write_text(",x\n0,1\n1,2\n")
    assert list(DuckDB().schema(SourceTable(files=(tmp_path / "rows.csv",)))) == ["Unnamed: 0", "x"]


@pytest.mark.parametrize(
    ("written", "csv", "value"),
    [
        ("$1,234.50", Csv(thousands=","), 1234.5),
        ("-$5", Csv(), -5.0),
        ("(5.25)", Csv(), -5.25),
        ("12.5%", Csv(), 0.125),
        ("15,589", Csv(thousands=","), 15589.0),
        ("1.234,50 €", Csv(decimal=",", thousands="."), 1234.5),
        ("  ", Csv(), None),
        ("inf", Csv(), float("inf")),
    ],
)
def test_money_percent_and_thousands_are_numbers(tmp_path, written, csv, value):
    (tmp_path / "rows.csv").write_text(f'x;y\n"{written}";1\n7;2\n')
    assert read(tmp_path / "rows.csv", ("x",), csv=csv)["x"] == [value, 7.0]


@pytest.mark.parametrize("written", ["12 EUR", "1.2.3", "1,23", "5-", "$", "%"])
def test_what_only_looks_like_a_number_is_none(tmp_path, written):
    (tmp_path / "rows.csv").write_text(f'x;y\n"{written}";1\n7;2\n')
    engine, table = DuckDB(), SourceTable(files=(tmp_path / "rows.csv",), csv=Csv(thousands=","))
    assert engine.numeric(table, ("x",)) == ()


def test_markers_belong_to_their_column_and_blanks_around_them_do_not_count(tmp_path):
    (tmp_path / "rows.csv").write_text("weight,country\n1,NA\n NA ,AT\n")
    found = read(tmp_path / "rows.csv", ("weight",), ("country",), missing_in=(("weight", ("NA",)),))
    assert found == {"weight": [1.0, None], "country": ["NA", "AT"]}


@pytest.mark.parametrize("form", ["csv", "parquet", "jsonl"])
def test_a_set_of_outcomes_is_closed(tmp_path, form):
    path = saved(pd.DataFrame({"y": ["Yes", "No", "pending", None, " yes"]}), tmp_path, form)
    found = read(path, ("y",), outcomes={"y": OutcomeTexts(positive="Yes", negative=("No",))})["y"]
    assert found[:2] + found[3:] == [1.0, 0.0, None, 1.0]
    assert np.isnan(found[2])
    capital = read(path, ("y",), outcomes={"y": OutcomeTexts(positive="Yes", negative=("yes",))})["y"]
    assert (capital[0], capital[4], np.isnan(capital[1])) == (1.0, 0.0, True)


def test_a_32_bit_float_stands_for_the_shortest_decimal(tmp_path):
    values = np.array([0.1, 0.15, 1e-7, 123.456, np.nan], dtype=np.float32)
    pq.write_table(pa.table({"x": values}), tmp_path / "rows.parquet")
    assert read(tmp_path / "rows.parquet", ("x",))["x"][:4] == [0.1, 0.15, 1e-7, 123.456]
    pq.write_table(pa.table({"x": values.astype(np.float16)}), tmp_path / "half.parquet")
    assert read(tmp_path / "half.parquet", ("x",))["x"][3] == 123.4375


ROWS = pd.DataFrame({"city": ["Graz", "Linz", "Graz"], "x": [1.0, 2.0, 3.5]})
EXPECTED = {"x": [1.0, 2.0, 3.5], "city": ["Graz", "Linz", "Graz"]}


def in_zip(name, content):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return packed.getvalue()


def in_arrow(make):
    sink = io.BytesIO()
    table = pa.Table.from_pandas(ROWS, preserve_index=False)
    make(table, sink)
    return sink.getvalue()


def as_stream(table, sink):
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)


READ = {
    "rows.json": ROWS.to_json(orient="records").encode(),
    "rows.txt": ROWS.to_json(orient="records", lines=True).encode(),
    "rows.feather": in_arrow(lambda table, sink: pyarrow.feather.write_feather(table, sink)),
    "rows.arrow": in_arrow(as_stream),
    "rows.orc": in_arrow(lambda table, sink: pyarrow.orc.write_table(table, sink)),
    "rows": in_arrow(lambda table, sink: pq.write_table(table, sink)),
    "rows.csv.zip": in_zip("rows.csv", ROWS.to_csv(index=False)),
    "mixed.csv": ROWS.to_csv(index=False).encode().replace(b"\n", b"\r\n", 2),
    "rows.csv": b"sep=;\r\n" + ROWS.to_csv(index=False, sep=";").encode(),
}


@pytest.mark.parametrize("name", READ)
def test_the_first_bytes_tell_what_a_file_is(tmp_path, name):
    (tmp_path / name).write_bytes(READ[name])
    assert read(tmp_path / name, ("x",), ("city",)) == EXPECTED


def test_a_folder_of_parquet_files_is_one_table_and_its_folders_a_column(tmp_path):
    for city, part in ROWS.groupby("city"):
        (tmp_path / "rows" / f"city={city}").mkdir(parents=True)
        part.drop(columns="city").to_parquet(tmp_path / "rows" / f"city={city}" / "part-0.parquet", index=False)
    assert read(tmp_path / "rows", ("x",), ("city",)) == {"x": [1.0, 3.5, 2.0], "city": ["Graz", "Graz", "Linz"]}


NAMED = {
    "rows.pkl": (pickle.dumps({"x": 1}), "a pickle", "to_parquet"),
    "rows.csv": (b"version https://git-lfs.github.com/spec/v1\n", "pointer of Git LFS", "git lfs pull"),
    "page.csv": (b"<!DOCTYPE html><html></html>", "a web page", "CSV"),
    "rows.sav": (b"$FL2@(#) SPSS", "an SPSS file", "read_spss"),
    "rows.db": (b"SQLite format 3\0", "a SQLite database", "sqlite3 -header -csv rows.db"),
}


@pytest.mark.parametrize("name", NAMED)
def test_what_is_no_table_is_named_with_a_cure(tmp_path, name):
    content, what, hint = NAMED[name]
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError) as caught:
        DuckDB().schema(SourceTable(files=(tmp_path / name,)))
    (problem,) = caught.value.problems
    assert what in problem.what
    assert hint in problem.hint


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("name", ["rows.json", "rows.json.gz"])
@pytest.mark.parametrize("orient", ["split", "index", "columns", "table"])
def test_json_of_a_whole_frame_is_named_and_its_cure_gives_the_rows(tmp_path, monkeypatch, orient, name, indent):
    monkeypatch.chdir(tmp_path)
    ROWS.assign(code=["007", "010", "100"]).to_json(name, orient=orient, indent=indent)
    with pytest.raises(
        InputError, match=f'JSON of a whole frame, as pandas writes it with orient="{orient}"'
    ) as caught:
        DuckDB().schema(SourceTable(files=(tmp_path / name,)))
    exec(caught.value.problems[0].hint.removeprefix("pandas reads it: "), {"pd": pd})
    found = read(tmp_path / "rows.parquet", ("x",), ("city", "code"))
    assert found == {**EXPECTED, "code": ["007", "010", "100"]}


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize(
    ("name", "how"),
    [("rows.json", "values"), ("rows.json.gz", "values"), ("rows.jsonl", "lines"), ("rows.json", "names")],
)
def test_json_of_lists_is_named_and_its_cure_gives_the_rows(tmp_path, monkeypatch, name, how, indent):
    monkeypatch.chdir(tmp_path)
    frame = ROWS.assign(code=["007", "010", "100"])
    if how == "values":
        frame.to_json(name, orient="values", indent=indent)
    else:
        lists = [*([list(frame)] if how == "names" else []), *frame.to_numpy().tolist()]
        lines = "\n".join(map(json.dumps, lists))
        (tmp_path / name).write_text(lines if how == "lines" else json.dumps(lists, indent=indent))
    with pytest.raises(InputError, match="the file is JSON of lists") as caught:
        DuckDB().schema(SourceTable(files=(tmp_path / name,)))
    cure = caught.value.problems[0].hint.removeprefix("pandas reads it: ")
    assert ("['A', 'B', 'C']" in cure) == (how != "names")
    exec(cure.replace("['A', 'B', 'C']", "['city', 'x', 'code']"), {"pd": pd})
    found = read(tmp_path / "rows.parquet", ("x",), ("city", "code"))
    assert found == {**EXPECTED, "code": ["007", "010", "100"]}


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("name", ["rows.json", "rows.json.gz"])
@pytest.mark.parametrize("under", ["data", "it's", None])
def test_rows_in_one_json_object_are_named_and_the_cure_gives_them(tmp_path, monkeypatch, under, name, indent):
    monkeypatch.chdir(tmp_path)
    frame = ROWS.assign(code=["007", "010", "100"])
    held = frame.to_dict("list") if under is None else {"count": 3, under: frame.to_dict("records")}
    with gzip.open(name, "wt") if name.endswith("gz") else open(name, "w") as file:
        json.dump(held, file, indent=indent)
    with pytest.raises(InputError, match="the file is one JSON object: ") as caught:
        DuckDB().schema(SourceTable(files=(tmp_path / name,)))
    exec(caught.value.problems[0].hint.removeprefix("pandas reads it: "), {"pd": pd})
    found = read(tmp_path / "rows.parquet", ("x",), ("city", "code"))
    assert found == {**EXPECTED, "code": ["007", "010", "100"]}


@pytest.mark.parametrize("line", [{"x": 1, "city": {"at": "Graz"}}, {"at": {"city": "Graz"}, "0": 2}])
def test_nested_lines_are_no_whole_frame(tmp_path, line):
    (tmp_path / "rows.jsonl").write_text(f"{json.dumps(line)}\n" * 2)
    assert list(DuckDB().schema(SourceTable(files=(tmp_path / "rows.jsonl",)))) == list(line)


def test_a_zip_of_several_tables_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "two.zip", "w") as archive:
        archive.writestr("a.csv", "x\n1\n")
        archive.writestr("b.csv", "x\n1\n")
    with pytest.raises(InputError, match=r"the zip holds 2 files, and one table is wanted: a\.csv, b\.csv"):
        DuckDB().schema(SourceTable(files=(tmp_path / "two.zip",)))


def test_too_many_columns_and_too_long_a_line_are_named(tmp_path):
    (tmp_path / "wide.csv").write_text(",".join(f"c{k}" for k in range(30_000)) + "\n")
    with pytest.raises(InputError, match="has 30000 columns, and at most 5000 are read"):
        DuckDB().schema(SourceTable(files=(tmp_path / "wide.csv",)))
    (tmp_path / "long.csv").write_text("x" * (5 << 20))
    with pytest.raises(InputError, match="hold no end of a line"):
        DuckDB().schema(SourceTable(files=(tmp_path / "long.csv",)))


INSTANT = datetime.datetime(2026, 1, 1, 23, 30)
"""In Oslo it is half past midnight of the next day already."""
SECONDS = 1767310200


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
@pytest.mark.parametrize("zone", [None, "UTC", "America/New_York"])
@pytest.mark.parametrize("form", ["parquet", "feather"])
def test_typed_times_fall_on_their_day_in_the_zone_of_the_project(tmp_path, unit, zone, form):
    steps = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}[unit]
    table = pa.table({"t": pa.array([SECONDS * steps, None], pa.timestamp(unit, zone))})
    path = tmp_path / f"rows.{form}"
    if form == "parquet":
        pq.write_table(table, path)
    else:
        pyarrow.feather.write_feather(table, path)
    for project, day in (("UTC", 20454), ("Europe/Oslo", 20455 if zone else 20454)):
        assert read(path, (), (), time="t", zone=project)[DAY] == [day, None]


CONTAINERS = ("csv", "parquet", "jsonl", "json", "feather", "orc", "xlsx", "zip")
TYPED = ("parquet", "feather", "orc")
FORMS = [
    (20250401, "YYYYMMDD", 20179),
    (202504, "YYYYMM", 20179),
    (2025, "YYYY", 20089),
    ("2025-04", "YYYY-MM", 20179),
    ("13/04/2025", "DD/MM/YYYY", 20191),
    ("4/13/2025", "MM/DD/YYYY", 20191),
    ("13/04/25", "DD/MM/YY", 20191),
    ("13-Apr-2025", "DD-MMM-YYYY", 20191),
    ("APR 13 2025", "MMM DD YYYY", 20191),
    (SECONDS, "epoch seconds", 20454),
    (SECONDS * 10**6, None, 20454),
    (SECONDS * 10**9, None, 20454),
]


@pytest.mark.parametrize(
    ("kind", "value", "form", "day"),
    [(kind, *case) for case in FORMS for kind in CONTAINERS if case[1] or kind in TYPED],
)
def test_a_declared_form_is_honoured_in_every_container(tmp_path, kind, value, form, day):
    saved(pd.DataFrame({"t": [value]}), tmp_path, kind)
    assert read(tmp_path / f"rows.{kind}", time="t", time_format=form)[DAY] == [day]


@pytest.mark.parametrize("value", ["2025041", "20251301", "99999999", "202504011"])
def test_digits_that_are_no_date_of_the_form_are_none(tmp_path, value):
    for number in (value, int(value)):
        path = saved(pd.DataFrame({"t": [number]}), tmp_path, "parquet")
        scan = Scan(table=SourceTable(files=(path,)), numeric=(), text=(), time="t", time_format="YYYYMMDD")
        assert DuckDB().unreadable(scan) == {"t": (1, value)}


@pytest.mark.parametrize("columns", [500, 2_000])
def test_a_wide_file_of_one_row_group_is_read_in_parts(tmp_path, columns):
    rows = 30_000_000 // columns
    values = pa.array(np.arange(rows, dtype=np.float64))
    names = [f"c{k}" for k in range(columns)]
    pq.write_table(pa.table([values] * columns, names=names), tmp_path / "wide.parquet", row_group_size=rows)
    scan = Scan(table=SourceTable(files=(tmp_path / "wide.parquet",)), numeric=tuple(names), text=())
    found = DuckDB().fold(scan, lambda b: [b.column(columns - 1).to_numpy()], lambda a, b: a + b)
    np.testing.assert_array_equal(np.concatenate(found), np.arange(rows))
    assert max(map(len, found)) * columns <= 1 << 23


def test_very_many_columns_are_asked_in_parts(tmp_path, monkeypatch):
    """A query of thousands of sums takes gigabytes; parts give the same answers, across their seams too."""
    width = 2 * AT_ONCE + 3
    texts = (1, AT_ONCE, width - 1)
    content = {f"c{k}": ["1", "x"] if k in texts else [1.0, 2.5] for k in range(width)}
    pq.write_table(pa.table(content), tmp_path / "wide.parquet")
    table, engine, asked, real = SourceTable(files=(tmp_path / "wide.parquet",)), DuckDB(), [], TableStore.rows

    def rows(self, table, query, kind=None):
        asked.append(query.count("count(") + query.count("any_value("))
        return real(self, table, query, kind)

    monkeypatch.setattr(TableStore, "rows", rows)
    names = tuple(content)
    assert engine.numeric(table, names) == tuple(name for k, name in enumerate(names) if k not in texts)
    found = engine.unreadable(Scan(table=table, numeric=names, text=()))
    assert found == {f"c{k}": (1, "x") for k in texts}
    assert max(asked) <= 3 * AT_ONCE
    assert engine.numeric(table, ()) == () and engine.unreadable(Scan(table=table, numeric=(), text=())) == {}


@pytest.mark.parametrize("form", [pa.ipc.new_file, pa.ipc.new_stream])
def test_a_damaged_file_of_arrow_is_refused_or_read(tmp_path, form):
    """A byte or a few are changed, in 150 ways: one that Arrow believes would end the process by a signal."""
    texts, chance = ["x", "yy", "zzz"] * 50, random.Random(1)
    table = pa.table({"a": texts, "b": [1.0, 2.0, 3.0] * 50, "c": pa.array(texts).dictionary_encode()})
    sink = io.BytesIO()
    with form(sink, table.schema) as writer:
        writer.write_table(table)
    whole, good, copies = sink.getvalue(), 0, tmp_path / "copies"
    copies.mkdir()
    for number in range(150):
        content = bytearray(whole)
        for _ in range(chance.randint(1, 4)):
            content[chance.randrange(8, len(content))] = chance.choice((0, 1, 127, 128, 255))
        file = tmp_path / f"{number}.arrow"
        file.write_bytes(content)
        try:
            copied(SourceTable(files=(file,)), "arrow", copies)
        except InputError:
            continue
        good += 1
    assert 0 < good < 150
