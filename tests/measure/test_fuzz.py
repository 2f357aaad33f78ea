"""Whatever stands in a CSV file: a ledger, or an InputError; and what csv.writer wrote is read back as it was."""

import csv
import io
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Literal

import pyarrow as pa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generator.engines import Scan, SourceTable
from generator.engines.duckdb import DuckDB
from generator.errors import InputError
from generator.measure import measure
from generator.records.project import Csv
from generator.scoring import skops
from tests.measure.frames import project

Signs = tuple[Literal[".", ","], Literal[",", ".", " ", "'", "_"] | None]
"""Decimal and thousands sign."""
QUOTINGS: tuple[Literal[0, 1, 2], ...] = (csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC)
NUMBER = count()
ODD = (
    "",
    " ",
    "#a",
    "# c, d",
    "a\\",
    "\\",
    '"',
    'a"b',
    "'",
    "it's",
    "a,b",
    "a;b|c",
    "a\tb",
    "a\nb",
    "\n",
    "\r\n",
    "1.5",
    "--",
    " a",
    "a ",
    "-0",
    "NULL",
    "nan",
    "é€",
    "\u2028",
    "\ufeff",
    "t",
    "x",
)
HEAD = "price,guess,date,item,cost,city\n"
SIGNS = st.text(alphabet=st.sampled_from("ab12.,;|\t'\"\n\r\\#-:€\x00"), max_size=60)
BYTES = st.binary(max_size=120)
LINES = st.lists(st.tuples(*[st.sampled_from(("", "1", "2.5", "2026-03-01", "a", '"b', "x,y", "1e400", "\x00"))] * 6))
few = settings(
    max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None
)

texts = st.sampled_from(ODD) | st.text(alphabet=st.characters(exclude_characters="\0\r", codec="utf-8"), max_size=6)
numbers = st.integers(-(10**9), 10**9).map(float) | st.floats(-1e12, 1e12).map(lambda value: float(f"{value:.12g}"))
encodings = st.sampled_from(("utf-8", "utf-8-sig", "utf-16"))
dialects = st.builds(Csv, delimiter=st.sampled_from(",;|\t"), quote=st.sampled_from("\"'"), encoding=encodings)
SIGN_PAIRS: tuple[Signs, ...] = ((".", None), (",", None), (",", "."), (".", ","), (",", " "), (".", "'"), (",", "_"))
decimals = st.sampled_from(SIGN_PAIRS)


def check(folder: Path, content: bytes, dialect: Csv) -> None:
    """Measure a project with this file."""
    name = f"{next(NUMBER)}.csv"
    (folder / name).write_bytes(content)
    made = project(folder, production=name, previous_prediction=None, segments=(), csv=dialect)
    try:
        ledger = measure(made, DuckDB(), (skops.READER,))
    except InputError as error:
        assert all(problem.what and problem.where for problem in error.problems)
    else:
        assert ledger.production.rows > 0


@few
@given(content=BYTES, dialect=st.just(Csv()) | dialects)
def test_any_bytes(tmp_path: Path, content: bytes, dialect: Csv):
    check(tmp_path, content, dialect)


@few
@given(content=SIGNS, dialect=st.just(Csv()) | dialects)
def test_any_text_of_the_signs_of_csv(tmp_path: Path, content: str, dialect: Csv):
    check(tmp_path, f"{HEAD}{content}".encode(dialect.encoding), dialect)


@few
@given(lines=LINES, dialect=st.just(Csv()) | dialects)
def test_any_lines_below_the_right_header(tmp_path: Path, lines: list[tuple[str, ...]], dialect: Csv):
    content = HEAD + "".join(",".join(line) + "\n" for line in lines)
    check(tmp_path, content.replace(",", dialect.delimiter or ",").encode(dialect.encoding), dialect)


def printed(value: float, decimal: str, thousands: str | None) -> str:
    """Return a number as such files have it."""
    text = f"{value:,.3f}" if thousands else repr(value)
    signs = {ord(","): thousands or "", ord("."): decimal}
    return text.translate(signs)


@few
@given(
    rows=st.lists(st.tuples(texts, numbers), min_size=1, max_size=8),
    dialect=dialects,
    signs=decimals,
    quoting=st.sampled_from(QUOTINGS),
    end=st.sampled_from(("\n", "\r\n")),
)
def test_what_was_written_is_read(
    tmp_path: Path, rows: list[tuple[str, float]], dialect: Csv, signs: Signs, quoting: Literal[0, 1, 2], end: str
):
    dialect = replace(dialect, decimal=signs[0], thousands=signs[1])
    written = io.StringIO(newline="")
    writer = csv.writer(
        written, delimiter=dialect.delimiter or "", quotechar=dialect.quote, quoting=quoting, lineterminator=end
    )
    rows = [(text, round(value, 3)) if signs[1] else (text, value) for text, value in rows]
    writer.writerows([("t", "x"), *((text, printed(value, *signs)) for text, value in rows)])
    path = tmp_path / f"{next(NUMBER)}.csv"
    path.write_bytes(written.getvalue().encode(dialect.encoding))
    scan = Scan(table=SourceTable(files=(path,), csv=dialect), numeric=("x",), text=("t",))
    found = DuckDB().fold(scan, lambda batch: pa.Table.from_batches([batch]), lambda a, b: pa.concat_tables([a, b]))
    assert found is not None
    assert found.column("t").to_pylist() == [text or None for text, _ in rows]
    assert found.column("x").to_pylist() == [value for _, value in rows]
