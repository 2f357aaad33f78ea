"""The statements of the companion run in PostgreSQL as they do in DuckDB, whichever version is watched."""

import contextlib
import datetime

import duckdb
import pytest

from generator import pipeline
from generator.catalog import CATALOG
from tests.engines import server
from tests.export import test_queries as in_duckdb
from tests.subjects.case import EVENING, at_time

pytestmark = pytest.mark.skipif(server.programs() is None, reason="there is no PostgreSQL server here")
OWN = ("latency", "revenue", "alert-count")
"""Rules with a query of the team's own, whose tables are in no rows."""


def plain(columns: dict[str, list[object]]) -> list[tuple[str, ...]]:
    """Return what a statement gave by column, numbers to nine figures: a decimal of PostgreSQL comes as a text."""
    return [tuple(map(_figure, column)) for column in columns.values()]


def _figure(value: object) -> str:
    with contextlib.suppress(ValueError):
        return f"{float(str(value)):.9g}"
    return str(value)


def copied(base: duckdb.DuckDBPyConnection, cursor) -> None:
    """Copy both tables of a case to the server, with their days as dates."""
    for table in ("pricing.predictions", "pricing.prices"):
        schema, _, name = table.partition(".")
        cursor.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
        cursor.adbc_ingest(name, base.sql(f"SELECT * FROM {table}").to_arrow_table(), db_schema_name=schema)


@pytest.mark.slow
def test_statements_give_in_postgresql_what_they_give_in_duckdb(monkeypatch: pytest.MonkeyPatch) -> None:
    from adbc_driver_postgresql import dbapi

    monkeypatch.setenv("PGUSER", server.USER)
    monkeypatch.setenv("PGPASSWORD", server.PASSWORD)
    results = pipeline.judge(in_duckdb.ROOT / "data/techmart/dossier.yaml", CATALOG, None, in_duckdb.silent)
    base, made = in_duckdb.database("techmart"), in_duckdb.statements(results)
    after = f"{results.header.as_of + datetime.timedelta(days=1)} {EVENING}"
    view, asked = made.pop("watched"), {id: at_time(sql, after) for id, sql in made.items() if id not in OWN}
    address = "postgresql://127.0.0.1:{}/postgres"
    with server.running() as port, dbapi.connect(address.format(port), autocommit=True) as connection:
        with connection.cursor() as cursor:
            copied(base, cursor)
        for version in (results.header.version, "another"):
            base.execute(view.replace(results.header.version, version))
            with connection.cursor() as cursor:
                cursor.execute(view.replace(results.header.version, version))
            for id, sql in asked.items():
                with connection.cursor() as cursor:
                    cursor.execute(sql)
                    given = plain(cursor.fetch_arrow_table().to_pydict())
                assert given == plain(base.sql(sql).to_arrow_table().to_pydict()), (id, version)
