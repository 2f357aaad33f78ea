"""Rows in a store of objects: asked of a server on loopback that speaks S3; Google and Azure are not tried."""

import io

import pandas as pd
import pytest

from generator.engines.duckdb import DuckDB
from generator.errors import InputError
from generator.load import load
from generator.measure import measure
from tests.engines import store
from tests.measure.frames import ledger, project, rows

TABLE = rows(days=4)


def packed(table: pd.DataFrame) -> bytes:
    file = io.BytesIO()
    table.to_parquet(file, index=False)
    return file.getvalue()


OBJECTS = {
    "days/rows.csv": TABLE.to_csv(index=False).encode(),
    "days/rows.parquet": packed(TABLE),
    **{
        f"parts/city={city}/0.parquet": packed(TABLE[TABLE["city"] == city].drop(columns="city"))
        for city in sorted(TABLE["city"].unique())
    },
}


@pytest.fixture
def served(monkeypatch):
    """Give what stands behind the path in an address, with the key in the environment."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", store.KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", store.SECRET)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with store.running(OBJECTS) as behind:
        yield behind


@pytest.mark.parametrize("place", ["days/rows.csv", "days/rows.parquet", "parts"])
def test_rows_of_a_store_give_the_ledger_of_a_file(tmp_path, served, place):
    wanted = ledger(tmp_path, TABLE.sort_values("city", kind="stable") if place == "parts" else TABLE)
    address = f"s3://rows/{place}?{served}"
    found = measure(project(tmp_path, production=address), DuckDB(), ())
    assert found.production.rows == len(TABLE)
    assert found.production.total.mean.tolist() == pytest.approx(wanted.production.total.mean.tolist(), rel=1e-12)
    assert found.production.level.rows.tolist() == wanted.production.level.rows.tolist()
    (source,) = [each for each in found.sources if each.role == "production rows"]
    assert source.name == address and store.SECRET not in repr(found.sources)


@pytest.mark.parametrize(
    ("place", "key", "words"),
    [
        ("rows/none.csv", store.KEY, "the store has no such file"),
        ("rows/days/rows.csv", "nobody", "the store does not give the rows: .*ACCESS_DENIED"),
    ],
)
def test_what_the_store_does_not_give_is_told_without_the_secret(tmp_path, served, monkeypatch, place, key, words):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", key)
    with pytest.raises(InputError, match=words) as caught:
        measure(project(tmp_path, production=f"s3://{place}?{served}"), DuckDB(), ())
    (problem,) = caught.value.problems
    assert store.SECRET not in str(problem) and "AWS_ACCESS_KEY_ID" in problem.hint


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("s3://key:s3cret@bucket/rows.csv", "has a user or a password"),
        ("s3://bucket/rows.csv?secret_key=s3cret", "has parts that are not known"),
        ("s3://bucket", "does not say which file"),
        ("abfss://box:s3cret@account.dfs.core.windows.net/rows", "has a user or a password"),
    ],
)
def test_an_address_says_where_and_nothing_else(tmp_path, address, words):
    text = "project: {name: a}\nmodel: {name: m, version: '1', format: column}\n"
    (tmp_path / "dossier.yaml").write_text(f"{text}data: {{production: '{address}', target: y, prediction: p}}\n")
    with pytest.raises(InputError, match=words) as caught:
        load(tmp_path)
    assert "s3cret" not in "".join(f"{each.what} {each.hint}" for each in caught.value.problems)


@pytest.mark.parametrize("address", ["gs://bucket/a/rows.csv", "abfss://box@account.dfs.core.windows.net/rows.parquet"])
def test_addresses_of_the_other_stores_are_well_formed(tmp_path, address):
    text = "project: {name: a}\nmodel: {name: m, version: '1', format: column}\n"
    (tmp_path / "dossier.yaml").write_text(f"{text}data: {{production: '{address}', target: y, prediction: p}}\n")
    assert load(tmp_path).settings.data.production == address
