"""Tables that cannot be meant: refused with words that are true of them, and nothing of anybody in the words."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest

from tests.hostile.spoil import Spoil, all_of, content, file, of_data, table, with_value, written
from tests.hostile.test_project_files import of
from tests.hostile.world import World, refused

PERSON = "ZJANE DOE 1980-01-01"


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
        ("is it the right file? It has 2 columns",),
    ),
    "text called Parquet": (file("rows.parquet", lambda rows: rows.to_csv().encode()), ("cannot be read",)),
    "a header alone": (table(lambda rows: rows.head(0)), ("the table has no rows",)),
    "a name twice": (written(lambda text: text.replace("old", "price", 1)), ("price stands more than once",)),
    "no name": (written(lambda text: text.replace("cost", "", 1)), ("column cost (segment) is missing",)),
    "colons between": (written(lambda text: text.replace(",", ":")), ("is it the right file? It has 1 columns",)),
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
    "a cell of 500 letters": (with_value("cost", "x" * 500), ("…'", "declare the feature as categorical")),
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
    "no row with a day": (
        table(lambda rows: rows.assign(date=np.nan)),
        ("no row has a date in column date",),
    ),
}


@pytest.mark.parametrize("name", ROWS)
def test_rows_that_cannot_be_meant_are_refused(tmp_path: Path, name: str):
    spoil, said = ROWS[name]
    world: World = of(tmp_path / "case", spoil)
    result = world.build()
    refused(world, result, *said)
    assert "ZJANE" not in result.stderr
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
