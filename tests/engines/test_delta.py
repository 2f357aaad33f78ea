"""Delta tables: the ledger of a file with the same rows, only the present rows, and errors that say what to do."""

import json
import shutil
import sys

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from deltalake import DeltaTable, write_deltalake

from generator.engines import Scan, SourceTable
from generator.engines.duckdb import DuckDB
from generator.errors import EnvironmentLacks, InputError
from generator.measure import measure
from generator.records.project import Labels
from generator.scoring import skops
from tests.measure.frames import project, rows


def write(folder, frame, **how):
    write_deltalake(folder, pa.Table.from_pandas(frame, preserve_index=False), **how)


def measured(folder, **changes):
    return measure(project(folder, **changes), DuckDB(), (skops.READER,))


def test_a_delta_table_gives_the_ledger_of_a_file(tmp_path):
    frame = rows()
    frame.to_parquet(tmp_path / "production.parquet", index=False)
    write(tmp_path / "production", frame)
    one = measured(tmp_path, production="production")
    other = measured(tmp_path, production="production.parquet")
    np.testing.assert_array_equal(one.production.total.mean, other.production.total.mean)
    np.testing.assert_array_equal(one.production.losses.day_level, other.production.losses.day_level)
    assert (one.as_of, one.duplicates, one.plan.features) == (other.as_of, other.duplicates, other.plan.features)
    assert one.sources[1].name == "production"
    assert one.sources[1].sha256 == measured(tmp_path, production="production").sources[1].sha256


def test_the_newest_version_counts_with_its_partitions_and_added_columns(tmp_path):
    write(tmp_path / "t", pd.DataFrame({"x": [1.0, 2.0, 3.0], "day": ["a", "b", None]}), partition_by=["day"])
    write(tmp_path / "t", pd.DataFrame({"x": [4.0], "day": ["a"], "z": ["new"]}), mode="append", schema_mode="merge")
    DeltaTable(tmp_path / "t").delete("x = 2")
    engine, table = DuckDB(), SourceTable(files=(tmp_path / "t",))
    assert set(engine.schema(table)) == {"x", "day", "z"} and engine.rows(table) == 3
    scan = Scan(table=table, numeric=("x",), text=("day", "z"))
    found = engine.fold(scan, lambda batch: batch.to_pylist(), lambda a, b: a + b)
    assert sorted(map(tuple, (row.values() for row in found))) == [(1, "a", None), (3, None, None), (4, "a", "new")]


def test_labels_and_training_rows_may_be_delta_tables(tmp_path):
    frame = rows().assign(id=lambda table: np.arange(len(table)).astype(str))
    frame.drop(columns="price").to_csv(tmp_path / "production.csv", index=False)
    write(tmp_path / "labels", frame[["id", "price"]])
    write(tmp_path / "training", frame)
    found = measured(tmp_path, labels=Labels(path="labels", key="id"), reference="training")
    assert found.labels.unmatched == found.labels.missing == 0 and found.reference.rows == len(frame)


def test_missing_columns_are_named_as_for_files(tmp_path):
    write(tmp_path / "production", rows().drop(columns="guess"))
    with pytest.raises(InputError) as caught:
        measured(tmp_path, production="production")
    assert caught.value.problems[0].what == "column guess (prediction) is missing"


def test_without_the_package_it_says_what_to_install(tmp_path, monkeypatch):
    write(tmp_path / "t", pd.DataFrame({"x": [1.0]}))
    monkeypatch.setitem(sys.modules, "deltalake", None)
    with pytest.raises(EnvironmentLacks) as caught:
        DuckDB().rows(SourceTable(files=(tmp_path / "t",)))
    assert caught.value.exit_code == 3 and "deployment-dossier[delta]" in caught.value.problems[0].hint


def spoil(folder, how):
    log = folder / "_delta_log" / "00000000000000000000.json"
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    for line in lines:
        if how == "vectors" and "protocol" in line:
            features = {"readerFeatures": ["deletionVectors"], "writerFeatures": ["deletionVectors"]}
            line["protocol"] = {"minReaderVersion": 3, "minWriterVersion": 7, **features}
        if how == "mapping" and "metaData" in line:
            line["metaData"]["configuration"] = {"delta.columnMapping.mode": "name"}
    log.write_text("".join(json.dumps(line) + "\n" for line in lines))
    if how == "file":
        next(folder.glob("*.parquet")).unlink()
    if how == "log":
        shutil.rmtree(folder / "_delta_log")
        (folder / "_delta_log").mkdir()


BAD = [
    ("vectors", "deletionVectors", "PURGE"),
    ("mapping", "maps its columns", "PURGE"),
    ("file", "a file that is not there", "with its log"),
    ("log", "cannot be read", "log"),
]


@pytest.mark.parametrize(("how", "what", "hint"), BAD)
def test_tables_that_cannot_be_read_say_what_to_do(tmp_path, how, what, hint):
    write(tmp_path / "t", pd.DataFrame({"x": [1.0]}))
    spoil(tmp_path / "t", how)
    with pytest.raises(InputError) as caught:
        DuckDB().rows(SourceTable(files=(tmp_path / "t",)))
    problem = caught.value.problems[0]
    assert (what in problem.what, problem.where, hint in problem.hint) == (True, "t", True), problem
