"""The address of a PostgreSQL table or query → its rows as Arrow batches; secrets come from the environment alone."""

import contextlib
import os
from collections.abc import Iterator, Mapping
from urllib.parse import quote, unquote

import pyarrow as pa

from generator.engines import Database
from generator.errors import EnvironmentLacks, InputError
from generator.records.address import PLACEHOLDER

NUMBERS = {"numeric", "money"}
PLAIN = {
    "bool",
    "int2",
    "int4",
    "int8",
    "float4",
    "float8",
    "text",
    "varchar",
    "date",
    "timestamp",
    "timestamptz",
}
"""Types that are read as they are; numbers of arbitrary length become 64-bit floats, all others texts."""
CALM = "-c default_transaction_read_only=on -c synchronize_seqscans=off -c max_parallel_workers_per_gather=0"
"""Nothing can be written, and an unchanged table gives its rows in the same order again."""
HINT = "is the server up, and are PGUSER and PGPASSWORD set?"


def postgres_batches(database: Database) -> tuple[pa.Schema, Iterator[pa.RecordBatch]]:
    """Return the schema and the batches of one query, streamed.

    Raises EnvironmentLacks without the driver, InputError when server or query refuse; no message has a secret.
    """
    try:
        from adbc_driver_postgresql import dbapi
    except ImportError as error:
        raise EnvironmentLacks(
            "PostgreSQL needs the package adbc-driver-postgresql",
            where=database.name,
            hint='pip install "deployment-dossier[postgres]"',
        ) from error
    address, secrets = _filled(database)
    with contextlib.ExitStack() as opened:
        try:
            connection = opened.enter_context(dbapi.connect(address, autocommit=True))
        except dbapi.Error as error:
            raise _refused("the database cannot be opened", database, error, secrets, HINT) from None
        try:
            cursor = opened.enter_context(connection.cursor())
            chosen = ", ".join(_column(field) for field in cursor.adbc_execute_schema(database.query))
            cursor.execute(f"SELECT {chosen} FROM (\n{database.query}\n) AS rows")
            reader = opened.enter_context(cursor.fetch_record_batch())
        except dbapi.Error as error:
            hint = "one SELECT that the user may run; nothing is written"
            raise _refused("the query fails", database, error, secrets, hint) from None
        return reader.schema, _batches(opened.pop_all(), reader, database, secrets)


def _batches(
    opened: contextlib.ExitStack, reader: pa.RecordBatchReader, database: Database, secrets: Mapping[str, str]
) -> Iterator[pa.RecordBatch]:
    with opened:
        try:
            yield from reader
        except (pa.ArrowException, OSError) as error:
            raise _refused("the rows break off", database, error, secrets, HINT) from None


def _filled(database: Database) -> tuple[str, dict[str, str]]:
    """Return the address with its placeholders filled in, and what they stand for by how they are written."""
    secrets = {}
    for found in PLACEHOLDER.finditer(database.server):
        value = os.environ.get(found[1])
        if value is None:
            hint = f"set it for this run: {found[1]}=… dossier build …"
            raise InputError(f"the environment variable {found[1]} is not set", where=database.name, hint=hint)
        secrets[found[0]] = value
    address: str = PLACEHOLDER.sub(lambda found: quote(secrets[found[0]], safe=""), database.server)
    return f"{address}{'&' if '?' in address else '?'}options={quote(CALM)}", secrets


def _column(field: pa.Field) -> str:
    name: str = '"' + field.name.replace('"', '""') + '"'
    kind = (field.metadata or {}).get(b"POSTGRESQL:type", b"").decode()
    if kind in PLAIN:
        return name
    if kind in NUMBERS:
        return f"CAST(CAST({name} AS numeric) AS double precision) AS {name}"
    return f"CAST({name} AS text) AS {name}"


def _refused(what: str, database: Database, error: Exception, secrets: Mapping[str, str], hint: str) -> InputError:
    """Return the error with the first line of the server's message, in which every secret is its placeholder again."""
    lines = [line for line in str(error).splitlines() if line.strip()] or [type(error).__name__]
    said = lines[0]
    own = {"$PGPASSWORD": os.environ.get("PGPASSWORD", "")}
    for written, value in {**secrets, **own}.items():
        for form in {value, quote(value, safe=""), unquote(value)} - {""}:
            said = said.replace(form, written)
    return InputError(f"{what}: {said}", where=database.name, hint=hint)
