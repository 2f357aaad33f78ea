"""Tables that cannot be meant: refused with words that are true of them, and nothing of anybody in the words."""

import gzip
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.hostile.spoil import (
    Spoil,
    all_of,
    content,
    file,
    json_lines,
    of_data,
    parquet,
    table,
    with_value,
    written,
)
from tests.hostile.test_project_files import of
from tests.hostile.world import World, refused

PERSON = "ZJANE DOE 1980-01-01"


def lines(change: Callable[[list[str]], Iterable[str]]) -> Spoil:
    return written(lambda text: "\n".join(change(text.splitlines())) + "\n")


def sensitive(column: str, how: str) -> Spoil:
    return of_data(f"features: [{{name: {column}, kind: numeric, sensitivity: {how}}}]")


ROWS: dict[str, tuple[Spoil, tuple[str, ...]]] = {
    "a workbook cut short": (content(b"PK\x03\x04" + bytes(200)), ("zip cannot be read",)),
    "a page of the web": (content(b"<!DOCTYPE html><html><body>Log in</body></html>"), ("is a web page",)),
    "a pointer to a large file": (
        content(b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"a" * 64 + b"\nsize 12345\n"),
        ("a pointer of Git LFS", "git lfs pull"),
    ),
    "packed, and of others": (
        content(gzip.compress(b"height,age\n1,2\n")),
        ("column price (target) is missing", "It has 2 columns, and the project names none"),
    ),
    "text called Parquet": (file("rows.parquet", lambda rows: rows.to_csv().encode()), ("cannot be read",)),
    "a header alone": (table(lambda rows: rows.head(0)), ("the table has no rows",)),
    "a name twice": (written(lambda text: text.replace("old", "price", 1)), ("price stands more than once",)),
    "no name": (written(lambda text: text.replace("cost", "", 1)), ("column cost (segment) is missing",)),
    "colons between": (
        written(lambda text: text.replace(",", ":")),
        ("is it the right file, with the names of its columns first? It has 1 column, and",),
    ),
    "decimal commas": (
        written(lambda text: text.replace(",", ";").replace(".", ",")),
        ("no numbers: '26,46'", "declare data.csv.decimal: ','"),
    ),
    "outcomes in words": (
        table(lambda rows: rows.assign(price="cheap")),
        ("column price are no numbers: 'cheap'", "`task: binary` and `positive`"),
    ),
    "outcomes that are true": (table(lambda rows: rows.assign(price=True)), ("'True'", "`task: binary`")),
    "predictions in words": (
        with_value("guess", "high"),
        ("2 values of column guess are no numbers: 'high'", "name a column of numbers"),
    ),
    "predictions in hexadecimal": (with_value("guess", "0x1F"), ("are no numbers: '0x1F'",)),
    "a cell of 500 letters": (with_value("cost", "x" * 500), ("…'", "take `quantiles` and `tiers` from its segment")),
    "a number beyond sums": (with_value("price", 1e308), ("no number beyond 1e+50 can be squared",)),
    "days in words": (
        table(lambda rows: rows.assign(date="soon")),
        ("no row has a date in column date that can be read", "data.time_format"),
    ),
    "a day that is none": (with_value("date", "31/31/2026"), ("2 values of column date", "data.time_format")),
    "days before days": (
        table(lambda rows: rows.assign(date="0001-01-01")),
        ("no row has a date in column date that can be read",),
    ),
    "a cell of a person": (
        all_of(with_value("weight", PERSON), sensitive("weight", "personal")),
        ("2 values of column weight are no numbers\n",),
    ),
    "a cell in confidence": (
        all_of(with_value("weight", PERSON), sensitive("weight", "confidential")),
        ("2 values of column weight are no numbers\n",),
    ),
    "a huge number of a person": (
        all_of(with_value("weight", 7.654321e60), sensitive("weight", "personal")),
        ("column weight holds a number that cannot be squared and summed\n",),
    ),
    "no row with a day": (
        table(lambda rows: rows.assign(date=np.nan)),
        ("no row has a date in column date",),
    ),
    # Tables that came to harm.
    "columns of two signs": (
        lines(lambda rows: [rows[0], *(row.replace(",", ";") for row in rows[1:])]),
        ("the delimiter cannot be told", "declare data.csv.delimiter"),
    ),
    "a sign at the end of each row": (
        lines(lambda rows: [rows[0], *(f"{row}," for row in rows[1:])]),
        ("the delimiter cannot be told", "correct the lines"),
    ),
    "UTF-16 that nobody declares": (written(lambda text: text.encode("utf-16")), ("not UTF-8", "utf-16")),
    "a title above the header": (
        lines(lambda rows: ["Report of sales", *rows]),
        ("none of the 7 columns", "with the names of its columns first?"),
    ),
    "notes above the header": (lines(lambda rows: ["# made by X", *rows]), ("the names of its columns first?",)),
    "a sum below the rows": (
        lines(lambda rows: [*rows, "TOTAL,,,,,,,,1234.5,,"]),
        ("1 value of column date is no date: 'TOTAL'",),
    ),
    "a count below the rows": (lines(lambda rows: [*rows, "(192 rows)"]), ("CSV Error on Line: 194",)),
    "an end of another system": (written(lambda text: text + "\x1a"), ("CSV Error on Line: 194",)),
    "the header again": (
        lines(lambda rows: [*rows[:50], rows[0], *rows[50:]]),
        ("1 value of column cost is no number: 'cost'",),
    ),
    "zeros in between": (written(lambda text: f"{text[:500]}{chr(0) * 20}{text[500:]}"), ("is no number: '6",)),
    "blanks around the names": (
        lines(lambda rows: [rows[0].replace(",", " , "), *rows[1:]]),
        ("column price (target) is missing", "did you mean ' price '?"),
    ),
    "quotes of another kind": (
        written(lambda text: text.replace("price", "'price'", 1)),
        ("did you mean 'price'?",),
    ),
    "a name of 100,000 letters": (
        written(lambda text: text.replace("weight", "w" * 100_000, 1)),
        ("column weight is missing", "w…'"),
    ),
    "packed twice": (
        file("rows.csv.gz", lambda rows: gzip.compress(gzip.compress(rows.to_csv().encode()))),
        ("the file is packed twice", "gunzip rows.csv.gz"),
    ),
    "packed, and more": (
        file("rows.csv.gz", lambda rows: gzip.compress(rows.to_csv(index=False).encode()) + b"more"),
        ("the packed file cannot be read",),
    ),
    "packed nothing": (file("rows.csv.gz", lambda _: gzip.compress(b"")), ("holds no record",)),
    "a zip of nothing": (file("rows.zip", lambda _: b"PK\x05\x06" + bytes(18)), ("a zip without any file in it",)),
    "an array": (file("rows.npy", lambda _: b"\x93NUMPY\x01\0" + bytes(600)), ("an array of NumPy", "to_parquet")),
    "Feather of old": (
        file("rows.feather", lambda _: b"FEA1" + bytes(100) + b"FEA1"),
        ("a Feather file of the first version", "to_parquet"),
    ),
    "half of an ORC file": (file("rows.orc", lambda _: b"ORC" + bytes(100)), ("cannot be read", "write it again")),
    "half of an Arrow file": (file("rows.arrow", lambda _: b"ARROW1\0\0" + bytes(100)), ("Not an Arrow file",)),
    "a workbook of zeros": (
        file("rows.xls", lambda _: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)),
        ("the workbook cannot be read",),
    ),
    "a locked Parquet file": (file("rows.parquet", lambda _: b"PARE" + bytes(100) + b"PARE"), ("is encrypted",)),
    "Parquet without an end": (
        file("rows.parquet", lambda rows: parquet(rows)[:-8] + b"\xff\xff\xff\x7fPAR1"),
        ("Footer length error",),
    ),
    "JSON nested without end": (
        file("rows.jsonl", lambda _: b'{"a":' + b"[" * 100_000 + b"\n"),
        ("line 1 is no JSON of a table: it is nested too deeply", "rows.jsonl:1"),
    ),
    "JSON with a key twice": (
        file("rows.jsonl", lambda rows: json_lines(rows).replace(b"{", b'{"price":1,"note":"ZJANE",')),
        ("an object names a key twice", "a name of its own"),
    ),
    "JSON with a mark of order": (
        file("rows.jsonl", lambda rows: b"\xef\xbb\xbf" + json_lines(rows)),
        ("begins with a byte order mark", "sed -i"),
    ),
    "JSON in UTF-16": (
        file("rows.jsonl", lambda rows: json_lines(rows).decode().encode("utf-16")),
        ("line 1 is no JSON",),
    ),
    "JSON of a list": (file("rows.jsonl", lambda rows: json_lines(rows) + b"[1]\n"), ("no JSON object, but a list",)),
    "a number in JSON": (file("rows.json", lambda _: b"3"), ("none of the 7 columns",)),
    "objects for numbers": (
        file(
            "rows.jsonl", lambda rows: json_lines(rows.assign(weight=pd.Series([{"a": 1}] * len(rows), dtype=object)))
        ),
        ("values of column weight are no numbers",),
    ),
    "lists for numbers": (
        file("rows.parquet", lambda rows: parquet(rows.assign(weight=pd.Series([[1.0]] * len(rows), dtype=object)))),
        ("values of column weight are no numbers: '[1.0]'",),
    ),
    "a quantile of texts": (
        of_data("segments: [{column: city, quantiles: [0.5], tiers: [low, high]}]"),
        ("values of column city are no numbers", "take `quantiles` and `tiers` from its segment"),
    ),
    "no sign for no price": (with_value("price", "-"), ("2 values of column price are no numbers: '-'", "markers")),
    "an error of a sheet": (with_value("price", "#REF!"), ("no numbers: '#REF!'", "missing_markers")),
    "a blank that nobody sees": (with_value("price", "12\u200b"), (r"no numbers: '12\u200b'",)),
    "figures of another script": (with_value("price", "\u0661\u0662"), ("no numbers: '\u0661\u0662'",)),
}
TIMES = (
    *("26-03-05", "2026-W10", "2026-064", "2026Q1", "2026-03", "2026", "03/05/2026 01:00 PM", "05032026"),
    *("2026-06-30T23:59:60Z", "Thu, 05 Mar 2026 10:00:00 +0000", "5 March 2026", "2025-02-29", "now", "46086"),
    *(
        "2026-03-05T10:00:00+99:00",
        "2026-03-05T10:00:00+01:00[Europe/Vienna]",
        "\u0662\u0660\u0662\u0666-03-05",
        "-0044-03-15",
    ),
)
"""What stands in a column of times and tells no day."""


def at(written: str) -> Spoil:
    return table(lambda rows: rows.assign(date=written))


NO_TIME = ("no row has a date in column date that can be read", "data.time_format", "--as-of")
ROWS |= {f"times as {written}": (at(written), NO_TIME) for written in TIMES}


@pytest.mark.parametrize("name", ROWS)
def test_rows_that_cannot_be_meant_are_refused(tmp_path: Path, name: str):
    spoil, said = ROWS[name]
    world: World = of(tmp_path / "case", spoil)
    result = world.build()
    refused(world, result, *said)
    assert "ZJANE" not in result.stderr and "7.654" not in result.stderr
    assert all(len(line) < 400 for line in result.stderr.splitlines())


def test_a_cell_that_is_nobodys_is_quoted(tmp_path: Path):
    world = of(tmp_path / "case", all_of(with_value("weight", "heavy"), sensitive("weight", "none")))
    refused(world, world.build(), "2 values of column weight are no numbers: 'heavy'")


def test_a_copy_of_production_is_nothing_to_compare_with(tmp_path: Path):
    world = World(tmp_path / "case")
    world.training = world.production
    refused(world, world.build(), "data.reference holds the rows of data.production", "name other rows")
    world.data["held_out"] = world.data.pop("reference")
    (world.folder / "dossier.yaml").unlink()
    refused(world, world.build(), "data.held_out holds the rows of data.production")
