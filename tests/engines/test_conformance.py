"""What every engine has to do, run over all engines of the catalogue."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from generator.catalog import CATALOG
from generator.engines import DAY, Scan, Table
from generator.errors import InputError


@pytest.fixture(params=[spec.id for spec in CATALOG.engines])
def engine(request):
    return next(spec for spec in CATALOG.engines if spec.id == request.param).open()


@pytest.fixture(params=["csv", "parquet"])
def table(request, tmp_path):
    frame = pd.DataFrame(
        {
            "when": ["2026-01-01", "2026-01-02", None, "2026-01-02"],
            'na"me': [1.5, np.nan, 3.0, 4.0],
            "text": ["a", None, "<b>|[x](javascript:1)", "ü"],
        }
    )
    path = tmp_path / f"it's.{request.param}"
    frame.to_csv(path, index=False) if request.param == "csv" else frame.to_parquet(path, index=False)
    return Table(path=path)


def collected(engine, scan):
    return engine.fold(scan, lambda batch: pa.Table.from_batches([batch]), lambda a, b: pa.concat_tables([a, b]))


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
    assert engine.duplicates(table, ("when",)) == 1


def test_batches_have_a_fixed_size(engine, tmp_path):
    pd.DataFrame({"x": np.arange(150_000)}).to_parquet(tmp_path / "x.parquet", index=False)
    scan = Scan(table=Table(path=tmp_path / "x.parquet"), numeric=("x",), text=())
    for jobs in (1, 2):
        assert engine.fold(scan, lambda b: [b.num_rows], lambda a, b: a + b, jobs) == [65_536, 65_536, 18_928]


def test_missing_markers_mean_no_value(engine, tmp_path):
    (tmp_path / "m.csv").write_text("x\n1\nunknown\n999\n")
    scan = Scan(table=Table(path=tmp_path / "m.csv", missing=("unknown", "999")), numeric=("x",), text=())
    assert collected(engine, scan).column("x").to_pylist() == [1.0, None, None]


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02"])
def test_a_file_that_is_no_table_is_an_input_error(engine, tmp_path, content):
    (tmp_path / "broken.parquet").write_bytes(content)
    with pytest.raises(InputError, match="cannot be read"):
        engine.schema(Table(path=tmp_path / "broken.parquet"))
