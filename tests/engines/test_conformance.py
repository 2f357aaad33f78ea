"""What every engine has to do, run over all engines of the catalogue and all formats of files."""

import gzip
from dataclasses import replace

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from generator.catalog import CATALOG
from generator.engines import DAY, DELAY, LabelTable, Scan, SourceTable, Unreadable
from generator.errors import InputError
from generator.records.project import Csv

FORMATS = ("csv", "csv.gz", "parquet", "jsonl", "ndjson.gz")


@pytest.fixture(params=[spec.id for spec in CATALOG.engines])
def engine(request):
    return next(spec for spec in CATALOG.engines if spec.id == request.param).open()


@pytest.fixture(params=FORMATS)
def form(request):
    return request.param


def save(frame, folder, form, name="it's"):
    path = folder / f"{name}.{form}"
    if form == "parquet":
        frame.to_parquet(path, index=False)
        return path
    plain = "csv" in form
    text = frame.to_csv(index=False) if plain else frame.to_json(orient="records", lines=True, force_ascii=False)
    path.write_bytes(gzip.compress(text.encode()) if form.endswith("gz") else text.encode())
    return path


@pytest.fixture
def table(form, tmp_path):
    frame = pd.DataFrame(
        {
            "when": ["2026-01-01", "2026-01-02", None, "2026-01-02"],
            'na"me': [1.5, np.nan, 3.0, 4.0],
            "text": ["a", None, "<b>|[x](javascript:1)", "ü"],
        }
    )
    return SourceTable(files=(save(frame, tmp_path, form),))


def collected(engine, scan):
    return engine.fold(scan, lambda batch: pa.Table.from_batches([batch]), lambda a, b: pa.concat_tables([a, b]))


def numbers(engine, table, column="x"):
    return collected(engine, Scan(table=table, numeric=(column,), text=())).column(column).to_pylist()


def test_schema_keeps_the_order_of_the_file(engine, table):
    assert list(engine.schema(table)) == ["when", 'na"me', "text"]
    assert engine.rows(table) == 4


def test_rows_come_in_file_order_with_their_types(engine, table):
    found = collected(engine, Scan(table=table, numeric=('na"me',), text=("text",), time="when"))
    assert found.column("text").to_pylist() == ["a", None, "<b>|[x](javascript:1)", "ü"]
    assert found.column(DAY).to_pylist() == [20454, 20455, None, 20455]
    assert [v for v in found.column('na"me').to_pylist() if v == v and v is not None] == [1.5, 3.0, 4.0]


def test_numbers_are_told_from_texts(engine, table):
    assert engine.numeric(table, ('na"me', "text", "when")) == ('na"me',)


def test_unreadable_values_are_counted_with_an_example(engine, table):
    found = engine.unreadable(Scan(table=table, numeric=("text",), text=(), time="when"))
    assert found["text"][0] == 3
    assert "when" not in found


def test_duplicates_are_rows_beyond_the_first(engine, table):
    scan = Scan(table=table, numeric=(), text=("when",), time="when")
    assert engine.duplicates(scan) == 1
    assert engine.duplicates(replace(scan, until=20455)) == 1
    assert engine.duplicates(replace(scan, until=20454)) == 0


def test_batches_have_a_fixed_size(engine, tmp_path, form):
    path = save(pd.DataFrame({"x": np.arange(150_000)}), tmp_path, form)
    scan = Scan(table=SourceTable(files=(path,)), numeric=("x",), text=())
    for jobs in (1, 2):
        assert engine.fold(scan, lambda b: [b.num_rows], lambda a, b: a + b, jobs) == [*[16_384] * 9, 2_544]
    found = engine.fold(scan, lambda b: [b.column("x").to_numpy()], lambda a, b: a + b, 2)
    np.testing.assert_array_equal(np.concatenate(found), np.arange(150_000))


def test_missing_markers_mean_no_value(engine, tmp_path, form):
    frame = pd.DataFrame({"x": ["1", "unknown", "999"], "n": [999, 2, 3], "t": ["it's", "999.5", "b"]})
    table = SourceTable(files=(save(frame, tmp_path, form),), missing=("unknown", "999", "it's"))
    assert numbers(engine, table) == [1.0, None, None]
    assert numbers(engine, table, "n") == [None, 2.0, 3.0]
    found = collected(engine, Scan(table=table, numeric=(), text=("t",)))
    assert found.column("t").to_pylist() == [None, "999.5", "b"]


def test_files_are_read_one_after_the_other_whatever_the_order_of_their_columns(engine, tmp_path, form):
    frames = [pd.DataFrame({"x": np.arange(n, n + 40_000), "y": "a"}) for n in (0, 40_000, 80_000)]
    frames[1] = frames[1][["y", "x"]]
    table = SourceTable(files=tuple(save(frame, tmp_path, form, f"part {n}") for n, frame in enumerate(frames)))
    assert engine.rows(table) == 120_000
    assert list(engine.schema(table)) == ["x", "y"]
    np.testing.assert_array_equal(numbers(engine, table), np.arange(120_000))


def test_files_with_other_columns_are_refused(engine, tmp_path, form):
    first = save(pd.DataFrame({"x": [1], "y": [2]}), tmp_path, form, "a")
    second = save(pd.DataFrame({"x": [1], "z": [2]}), tmp_path, form, "b")
    with pytest.raises(InputError, match=r"other columns than a\..*: it lacks y and it adds z") as caught:
        engine.schema(SourceTable(files=(first, second)))
    assert caught.value.problems[0].where == second.name


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02"])
def test_a_file_that_is_no_table_is_an_input_error(engine, tmp_path, content):
    (tmp_path / "broken.parquet").write_bytes(content)
    with pytest.raises(InputError, match="cannot be read"):
        engine.schema(SourceTable(files=(tmp_path / "broken.parquet",)))


DIALECTS = [
    ("x;y\n1,5;a\n-2.000,25;b\n", Csv(decimal=",", thousands="."), [1.5, -2000.25]),
    ("x|y\n1 234,5|a\n7|b\n", Csv(decimal=",", thousands=" "), [1234.5, 7.0]),
    ('x,y\n"1,234,567.5",a\n3e2,b\n', Csv(thousands=","), [1234567.5, 300.0]),
    ("x\ty\n'1.5'\ta\n2\tb\n", Csv(delimiter="\t", quote="'"), [1.5, 2.0]),
    ("x;y\n1,5;a,b;c\n".replace(";c", ""), Csv(delimiter=";", decimal=","), [1.5]),
]


@pytest.mark.parametrize(("content", "csv", "expected"), DIALECTS)
def test_csv_dialects(engine, tmp_path, content, csv, expected):
    (tmp_path / "d.csv").write_text(content)
    table = SourceTable(files=(tmp_path / "d.csv",), csv=csv)
    assert numbers(engine, table) == expected
    assert engine.numeric(table, ("x", "y")) == ("x",)


@pytest.mark.parametrize("csv", [Csv(thousands="'"), Csv(thousands="'", quote='"'), Csv(thousands="'", delimiter=",")])
def test_an_apostrophe_between_quotes_is_kept(engine, tmp_path, csv):
    """DuckDB alone would take it for the sign that escapes a quote."""
    (tmp_path / "d.csv").write_text('"x","t"\n"1\'000.5","it\'s"\n"7",""\n')
    scan = Scan(table=SourceTable(files=(tmp_path / "d.csv",), csv=csv), numeric=("x",), text=("t",))
    assert collected(engine, scan).to_pydict() == {"x": [1000.5, 7.0], "t": ["it's", None]}


def test_a_quote_after_a_backslash_is_read(engine, tmp_path):
    (tmp_path / "d.csv").write_text('x,t\n1,"a \\"b\\" c"\n2,"d"\n')
    scan = Scan(table=SourceTable(files=(tmp_path / "d.csv",)), numeric=("x",), text=("t",))
    assert collected(engine, scan).column("t").to_pylist() == ['a "b" c', "d"]


def test_digits_grouped_in_another_way_are_no_number(engine, tmp_path):
    (tmp_path / "d.csv").write_text("x;y\n1.5;a\n12.34.567;b\n2.000;c\n")
    table = SourceTable(files=(tmp_path / "d.csv",), csv=Csv(decimal=",", thousands="."))
    assert engine.unreadable(Scan(table=table, numeric=("x",), text=()))["x"][0] == 2


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "windows-1252", "latin-1", "utf-16"])
@pytest.mark.parametrize("packed", [False, True])
def test_encodings(engine, tmp_path, encoding, packed):
    content = "größe;y\n1;Zürich\n".encode(encoding)
    path = tmp_path / ("e.csv.gz" if packed else "e.csv")
    path.write_bytes(gzip.compress(content) if packed else content)
    table = SourceTable(files=(path,), csv=Csv(encoding=encoding))
    found = collected(engine, Scan(table=table, numeric=("größe",), text=("y",)))
    assert found.to_pydict() == {"größe": [1.0], "y": ["Zürich"]}


# Name of the file, its content, how it is declared to be written, what the error says, where, and what it advises.
BAD = [
    ("a.csv", b"a;b,c\n1;2,3\n", Csv(), "the delimiter cannot be told", "a.csv", "data.csv.delimiter"),
    ("a.csv", b"a,b;c\n1;2;3\n4\n", Csv(), "the delimiter cannot be told", "a.csv", "data.csv.delimiter"),
    ("a.csv", "a,b\n1,Zürich\n".encode("latin-1"), Csv(), "is not UTF-8", "a.csv", "data.csv.encoding"),
    ("a.csv", "a,b\n1,Zürich\n".encode(), Csv(encoding="ascii"), "not written in ascii", "a.csv", "windows-1252"),
    ("a.csv.gz", b"a,b\n1,2\n", Csv(), "the packed file cannot be read: Not a gzipped", "a.csv.gz", "gzip"),
    ("a.csv.gz", gzip.compress(b"a,b\n1,2\n", mtime=0)[:-9], Csv(), "the packed file cannot", "a.csv.gz", "gzip"),
    ("a.jsonl", b'{"a": 1}\n\n{"a": tru}\n', Csv(), "line 3 is no JSON: Expect", "a.jsonl:3", "one JSON object"),
    ("a.jsonl", b'{"a": 1}\n[1]\n', Csv(), "line 2 is no JSON object, but a list", "a.jsonl:2", "one JSON object"),
    ("a.jsonl", b'{"a": 1}\n{"a": 2', Csv(), "line 2 is no JSON", "a.jsonl:2", "one JSON object"),
]


@pytest.mark.parametrize(("name", "content", "csv", "what", "where", "hint"), BAD)
def test_files_that_cannot_be_read_say_where_and_what_to_do(engine, tmp_path, name, content, csv, what, where, hint):
    (tmp_path / name).write_bytes(content)
    table = SourceTable(files=(tmp_path / name,), csv=csv)
    with pytest.raises(InputError) as caught:
        numbers(engine, table, "a")
    (problem,) = caught.value.problems
    assert (what in problem.what, problem.where, hint in problem.hint) == (True, where, True), problem
    assert caught.value.exit_code == 2


def test_files_of_several_formats_are_refused(engine, tmp_path):
    files = tuple(save(pd.DataFrame({"x": [1]}), tmp_path, form, "a") for form in ("csv", "jsonl"))
    with pytest.raises(InputError, match="different formats: csv, json"):
        engine.rows(SourceTable(files=files))


# How the time is written, its format where declared, the day (20454 is 2026-01-01).
TIMES = [
    ("2026-01-01", None, 20454),
    ("2026-01-01 23:59:59", None, 20454),
    ("2026-01-01T23:30:00Z", None, 20455),
    ("2026-01-01T23:30:00.250+01:00", None, 20454),
    ("2026-01-02 01:00:00-0500", None, 20455),
    ("2026-01-01T22:30:00+00", None, 20454),
    ("31.12.2025", None, 20453),
    ("1.1.2026 07:30", None, 20454),
    ("1767309000", None, 20455),
    ("1767309000000", None, 20455),
    ("01/02/2026", "MM/DD/YYYY", 20455),
    ("01/02/2026", "DD/MM/YYYY", 20485),
    ("01/02/2026 23:15", "MM/DD/YYYY HH:mm", 20455),
    ("86400", "epoch seconds", 1),
    ("172800000", "epoch milliseconds", 2),
]


@pytest.mark.parametrize(("written", "time_format", "day"), TIMES)
def test_days_are_counted_in_the_time_zone(engine, tmp_path, written, time_format, day):
    for form in ("csv", "jsonl", "parquet"):
        table = SourceTable(files=(save(pd.DataFrame({"x": [1, 2], "when": [written, None]}), tmp_path, form),))
        scan = Scan(table=table, numeric=(), text=(), time="when", time_format=time_format, zone="Europe/Oslo")
        assert collected(engine, scan).column(DAY).to_pylist() == [day, None]
        assert engine.unreadable(scan) == {}


def test_typed_times_of_parquet(engine, tmp_path):
    instant = pd.Timestamp("2026-01-01T23:30:00Z")
    frame = pd.DataFrame(
        {
            "zoned": [instant],
            "plain": [pd.Timestamp("2026-01-01T23:30:00")],
            "epoch": [1767310200],
            "ms": [1767310200000],
        }
    )
    table = SourceTable(files=(save(frame, tmp_path, "parquet"),))
    for column, day in (("zoned", 20455), ("plain", 20454), ("epoch", 20455), ("ms", 20455)):
        scan = Scan(table=table, numeric=(), text=(), time=column, zone="Europe/Oslo")
        assert collected(engine, scan).column(DAY).to_pylist() == [day]


@pytest.mark.parametrize("written", ["01/02/2026", "2026", "yesterday", "2026-13-01", "03/04/20", "31.02.2026"])
def test_what_is_no_time_is_counted(engine, tmp_path, form, written):
    table = SourceTable(files=(save(pd.DataFrame({"when": [written, "2026-01-01"], "x": [1, 2]}), tmp_path, form),))
    scan = Scan(table=table, numeric=(), text=(), time="when")
    assert engine.unreadable(scan)["when"] == (1, written)
    with pytest.raises(Unreadable):
        collected(engine, scan)


def test_a_lenient_scan_takes_what_does_not_read_for_no_value(engine, tmp_path, form):
    rows = pd.DataFrame({"when": ["soon", "2026-01-01", None], "x": ["1.5", "late", "2"]})
    scan = Scan(
        table=SourceTable(files=(save(rows, tmp_path, form),)), numeric=("x",), text=(), time="when", lenient=True
    )
    found = collected(engine, scan)
    assert found.column("x").to_pylist() == [1.5, None, 2.0]
    assert found.column(DAY).to_pylist() == [None, 20_454, None]
    assert engine.unreadable(scan) == {"when": (1, "soon"), "x": (1, "late")}


@pytest.fixture
def joined(form, tmp_path):
    rows = pd.DataFrame(
        {"id": [f"k{n}" for n in range(70_000)], "when": "2026-01-02", "x": np.arange(70_000), "y": 7.0}
    )
    labels = pd.DataFrame(
        {
            "id": [f"k{n}" for n in range(0, 140_000, 2)] + ["k4", None, "k2"],
            "truth": [*np.arange(0, 140_000, 2) * 0.5, -1.0, 3.0, None],
            "came": ["2026-01-05"] * 70_000 + ["2026-01-09", "2026-01-09", None],
        }
    )
    first, second = save(rows, tmp_path, form, "rows"), save(labels, tmp_path, form, "labels")
    found = LabelTable(table=SourceTable(files=(second,)), key="id", target="truth", name="y", arrived="came")
    return Scan(table=SourceTable(files=(first,)), numeric=("x", "y"), text=("id",), time="when", labels=found)


def test_labels_join_by_key_and_keep_the_order_of_the_rows(engine, joined):
    one, two = (engine.fold(joined, lambda b: [b], lambda a, b: a + b, jobs) for jobs in (1, 2))
    assert [batch.num_rows for batch in one] == [*[16_384] * 4, 4_464]
    found = pa.Table.from_batches(one)
    assert found.equals(pa.Table.from_batches(two))
    np.testing.assert_array_equal(found.column("x").to_numpy(), np.arange(70_000))
    values = found.column("y").to_pylist()
    assert values[:7] == [0.0, None, 1.0, None, -1.0, None, 3.0]
    assert found.column(DELAY).to_pylist()[:5] == [3, None, 3, None, 7]
    assert engine.unmatched(joined.table, joined.labels) == 35_000 + 1
    assert engine.duplicates(Scan(table=joined.labels.table, numeric=(), text=("id",))) == 2
    assert engine.unreadable(joined) == {}


def test_labels_that_are_no_numbers_are_counted(engine, joined, tmp_path, form):
    wrong = save(
        pd.DataFrame({"id": ["k1", "k2"], "truth": ["1", "late"], "came": ["2026-01-05", "soon"]}),
        tmp_path,
        form,
        "wrong",
    )
    scan = replace(joined, labels=replace(joined.labels, table=SourceTable(files=(wrong,))))
    with pytest.raises(Unreadable):
        collected(engine, scan)
    assert engine.unreadable(scan) == {"truth": (1, "late"), "came": (1, "soon")}
