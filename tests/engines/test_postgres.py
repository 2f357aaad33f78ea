"""Rows of a PostgreSQL server that the tests start themselves: the ledger of a file, and no secret anywhere."""

import re
import sys
from dataclasses import replace

import numpy as np
import pytest

from generator.engines import Database, SourceTable
from generator.engines.duckdb import DuckDB
from generator.errors import EnvironmentLacks, InputError
from generator.measure import measure
from generator.records.project import Labels
from generator.scoring import skops
from tests.engines import server
from tests.measure.frames import project, rows

pytestmark = pytest.mark.skipif(server.programs() is None, reason="there is no PostgreSQL server here")


@pytest.fixture(scope="module")
def port():
    with server.running() as number:
        yield number


@pytest.fixture
def shop(port, monkeypatch):
    """Return the address of a table with the rows of the tests; its secrets are in the environment."""
    from adbc_driver_postgresql import dbapi

    monkeypatch.setenv("PGUSER", server.USER)
    monkeypatch.setenv("PGPASSWORD", server.PASSWORD)
    frame = rows()
    with dbapi.connect(f"postgresql://127.0.0.1:{port}/postgres", autocommit=True) as connection:
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS shop")
        with connection.cursor() as cursor:
            import pyarrow as pa

            cursor.adbc_ingest("shop", pa.Table.from_pandas(frame, preserve_index=False), mode="create")
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE shop ALTER date TYPE date USING date::date, ALTER cost TYPE numeric(12, 3)")
        with connection.cursor() as cursor:
            body = "LANGUAGE sql AS 'DELETE FROM shop; SELECT 1'"
            cursor.execute(f"CREATE OR REPLACE FUNCTION emptied() RETURNS int {body}")
    return f"postgresql://127.0.0.1:{port}/postgres?table=public.shop"


def measured(folder, address, **changes):
    return measure(project(folder, production=address, **changes), DuckDB(), (skops.READER,))


def same(one, other):
    np.testing.assert_array_equal(one.production.total.mean, other.production.total.mean)
    np.testing.assert_array_equal(one.production.losses.day_level, other.production.losses.day_level)
    np.testing.assert_array_equal(one.production.slots_day, other.production.slots_day)
    assert (one.as_of, one.duplicates, one.plan.features) == (other.as_of, other.duplicates, other.plan.features)


def test_a_table_gives_the_ledger_of_a_file(tmp_path, shop):
    rows().to_csv(tmp_path / "production.csv", index=False)
    found = measured(tmp_path, shop)
    same(found, measured(tmp_path, "production.csv"))
    assert [(s.role, s.name, s.rows) for s in found.sources][1] == ("production rows", shop, len(rows()))
    assert found.sources[1].sha256 == measured(tmp_path, shop).sources[1].sha256


def test_a_query_and_placeholders_give_the_same(tmp_path, shop, port, monkeypatch):
    rows().to_csv(tmp_path / "production.csv", index=False)
    (tmp_path / "rows.sql").write_text("SELECT * FROM shop -- all of them\nWHERE cost IS NOT NULL;\n")
    monkeypatch.delenv("PGUSER")
    monkeypatch.delenv("PGPASSWORD")
    monkeypatch.setenv("SHOP_USER", server.USER)
    monkeypatch.setenv("SHOP_PASSWORD", server.PASSWORD)
    secrets = "${SHOP_USER}:${SHOP_PASSWORD}"
    address = f"postgresql://{secrets}@127.0.0.1:{port}/postgres?query=rows.sql&connect_timeout=5"
    found = measured(tmp_path, address)
    same(found, measured(tmp_path, "production.csv"))
    assert server.PASSWORD not in repr(found) and server.USER not in repr(found.sources)


def test_labels_and_training_rows_may_be_tables_too(tmp_path, shop):
    frame = rows().assign(id=lambda table: np.arange(len(table)).astype(str))
    frame.drop(columns="price").to_csv(tmp_path / "production.csv", index=False)
    (tmp_path / "labels.sql").write_text("SELECT row_number() OVER () - 1 AS id, price FROM shop")
    labels = Labels(path=shop.replace("table=public.shop", "query=labels.sql"), key="id")
    found = measured(tmp_path, "production.csv", labels=labels, reference=shop)
    assert found.labels.unmatched == found.labels.missing == 0
    assert found.reference.rows == len(frame)


def table(address, query="SELECT 1 AS x"):
    return SourceTable(files=(), database=Database(name="the shop", server=address.partition("?")[0], query=query))


@pytest.mark.parametrize(
    ("query", "what"),
    [
        ("SELECT * FROM nowhere", "the query fails: .*nowhere"),
        ("SELECT 1; SELECT 2", "the query fails: .*multiple commands"),
        ("DELETE FROM shop RETURNING *", "the query fails"),
        ("SELECT 1 / (item = 'I003')::int FROM shop", "division by zero"),
    ],
)
def test_queries_that_fail_say_why(shop, query, what):
    with pytest.raises(InputError, match=what) as caught:
        DuckDB().rows(table(shop, query))
    assert caught.value.problems[0].where == "the shop"


def test_nothing_can_be_written(shop):
    with pytest.raises(InputError, match="read-only transaction"):
        DuckDB().rows(table(shop, "SELECT emptied() AS x"))
    assert DuckDB().rows(table(shop, "SELECT * FROM shop")) == len(rows())


def test_types_of_all_sorts(shop):
    query = """SELECT 1::smallint AS a, 1.5::numeric AS b, 'x'::char(3) AS c, now() AS d, '{1,2}'::int[] AS e,
        '{"k": 1}'::jsonb AS f, gen_random_uuid() AS g, true AS h, '1 day'::interval AS i, NULL::numeric AS j,
        5::money AS k"""
    engine = DuckDB()
    kinds = engine.schema(table(shop, query))
    assert kinds["b"] == kinds["j"] == kinds["k"] == "DOUBLE" and kinds["d"] == "TIMESTAMP WITH TIME ZONE"
    assert {kinds[name] for name in "cefgi"} == {"VARCHAR"}


def test_wrong_secrets_are_refused_without_being_told(shop, monkeypatch):
    monkeypatch.setenv("PGPASSWORD", "wrong but secret")
    monkeypatch.setenv("SHOP_USER", "somebody")
    with pytest.raises(InputError, match="the database cannot be opened") as caught:
        DuckDB().rows(table(shop.replace("//", "//${SHOP_USER}@")))
    assert not re.search("wrong but secret|somebody", str(caught.value)) and "${SHOP_USER}" in str(caught.value)


def test_a_placeholder_without_a_variable(shop, monkeypatch):
    monkeypatch.delenv("NOT_THERE", raising=False)
    with pytest.raises(InputError, match="the environment variable NOT_THERE is not set"):
        DuckDB().rows(table(shop.replace("//", "//${NOT_THERE}@")))


def test_without_the_driver_it_says_what_to_install(shop, monkeypatch):
    monkeypatch.setitem(sys.modules, "adbc_driver_postgresql", None)
    with pytest.raises(EnvironmentLacks) as caught:
        DuckDB().rows(table(shop))
    assert caught.value.exit_code == 3 and "deployment-dossier[postgres]" in caught.value.problems[0].hint


def test_two_tables_of_one_server_are_two_copies(shop):
    engine = DuckDB()
    one, two = table(shop, "SELECT 1 AS x"), table(shop, "SELECT 2 AS x UNION ALL SELECT 3")
    assert (engine.rows(one), engine.rows(two), engine.rows(replace(one, missing=("1",)))) == (1, 2, 1)
    assert engine.digest(one) != engine.digest(two)


def test_rows_come_in_batches_of_constant_size(shop):
    engine = DuckDB()
    assert engine.rows(table(shop, "SELECT n, md5(n::text) AS t FROM generate_series(1, 300000) AS n")) == 300_000
