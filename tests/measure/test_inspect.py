from pathlib import Path

import pandas as pd
import pytest

from generator.engines.duckdb import DuckDB
from generator.errors import InputError
from generator.measure.inspect import FEW, inspect
from generator.records.project import Csv


def columns(path: Path):
    return {column.name: column for column in inspect(path, DuckDB(), Csv()).columns}


TABLE = pd.DataFrame(
    {
        "number": [1.5, None, 3.0] * 40,
        "flag": [0, 1, 1] * 40,
        "text": ["a", "b", None] * 40,
        "day": [f"2026-01-{1 + n % 28:02}" for n in range(120)],
        "key": [f"K{n}" for n in range(120)],
        "many": [f"M{n % 60}" for n in range(120)],
        "nothing": [None] * 120,
        "marked": ["1", "2", "unknown"] * 40,
        "mixed": ["1", "2", "three"] * 40,
    }
)
KINDS = {
    "number": "number",
    "flag": "number",
    "text": "text",
    "day": "time",
    "key": "text",
    "many": "text",
    "nothing": "text",
    "marked": "number",
    "mixed": "text",
}


def test_a_csv_is_seen_by_kind_level_and_marker(tmp_path: Path):
    TABLE.to_csv(tmp_path / "t.csv", index=False)
    seen = inspect(tmp_path / "t.csv", DuckDB(), Csv())
    found = {column.name: column for column in seen.columns}
    assert {name: column.kind for name, column in found.items()} == KINDS
    assert (seen.rows, found["marked"].markers) == (120, ("unknown",))
    assert found["text"].levels == ("a", "b")
    assert found["flag"].levels == ("0", "1")
    assert found["nothing"].levels == ()
    assert found["many"].levels is None and not found["many"].unique
    assert found["key"].unique


def test_few_values_that_are_no_numbers_or_dates_are_kept_with_one_of_them(tmp_path: Path):
    days = pd.date_range("2026-01-01", periods=100).strftime("%Y-%m-%d").tolist()
    table = pd.DataFrame({"fee": [*range(97), *["ask us"] * 3], "day": [*days[:98], "soon", "soon"], "x": ["a"] * 100})
    table.to_csv(tmp_path / "t.csv", index=False)
    odd = {column.name: column.odd for column in inspect(tmp_path / "t.csv", DuckDB(), Csv()).columns}
    assert odd == {"fee": (3, "ask us", "numbers"), "day": (2, "soon", "dates"), "x": None}


def test_a_parquet_table_keeps_its_types(tmp_path: Path):
    table = TABLE[["number", "text", "key"]].assign(when=pd.Timestamp("2026-01-01"), yes=[True, False] * 60)
    table.to_parquet(tmp_path / "t.parquet")
    found = columns(tmp_path / "t.parquet")
    assert {name: column.kind for name, column in found.items()} == {
        "number": "number",
        "text": "text",
        "key": "text",
        "when": "time",
        "yes": "number",
    }


@pytest.mark.parametrize("rows", [FEW, FEW + 1])
def test_few_ends_where_it_says(tmp_path: Path, rows: int):
    pd.DataFrame({"a": [f"x{n}" for n in range(rows)]}).to_csv(tmp_path / "t.csv", index=False)
    assert (columns(tmp_path / "t.csv")["a"].levels is None) == (rows > FEW)


def test_levels_are_joined_over_batches(tmp_path: Path):
    rows = 70_000
    pd.DataFrame({"a": ["first"] * (rows - 1) + ["last"], "b": [str(n // 1400) for n in range(rows)]}).assign(
        c=[str(n // 1000) + "x" for n in range(rows)]
    ).to_csv(tmp_path / "t.csv", index=False)
    found = columns(tmp_path / "t.csv")
    assert found["a"].levels == ("first", "last")
    assert len(found["b"].levels or ()) == 50
    assert found["c"].levels is None


@pytest.mark.parametrize(("content", "said"), [("", "is empty"), ("a,b\n", "no rows"), (None, "no such file")])
def test_nothing_to_inspect_is_said(tmp_path: Path, content: str | None, said: str):
    if content is not None:
        (tmp_path / "t.csv").write_text(content)
    with pytest.raises(InputError, match=said):
        inspect(tmp_path / "t.csv", DuckDB(), Csv())
