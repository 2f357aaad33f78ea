"""Takes a table and its format, gives the SQL that reads its files in order, missing markers as no value."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from generator.engines import Table
from generator.engines._files import Format
from generator.engines._sql import name, quoted, text
from generator.errors import InputError

KEYS = """
SELECT key, 'VARCHAR' FROM (
  SELECT unnest(json_keys(json)) AS key, generate_subscripts(json_keys(json), 1) AS place, number
  FROM (SELECT json, row_number() OVER () AS number FROM read_ndjson_objects({files}))
) GROUP BY key ORDER BY min(number), arg_min(place, number)
"""


def schema_query(table: Table, kind: Format) -> str:
    """Return the SQL whose rows are the columns of a table and their types; JSON values are read as text."""
    return KEYS.format(files=_files(table)) if kind == "json" else f"DESCRIBE SELECT * FROM {_scanned(table, kind, {})}"


def reading(table: Table, kind: Format, schema: Mapping[str, str]) -> str:
    """Return the SQL of a table's rows in file order."""
    source = _scanned(table, kind, schema)
    if kind == "csv" or not table.missing:
        return source
    kept = ", ".join(
        f"CASE WHEN {_marked(c, t, table)} THEN NULL ELSE {name(c)} END AS {name(c)}" for c, t in schema.items()
    )
    return f"(SELECT {kept} FROM {source})"


def sniffing(table: Table, file: Path) -> str:
    """Return the SQL that tells by which signs DuckDB would read a CSV file: its quote, and what escapes one."""
    return f"SELECT Quote, Escape FROM sniff_csv({quoted(str(file))}, {_options(table)})"


def other_columns(one: Table, all_files: Table, found: Mapping[str, str], first: Mapping[str, str]) -> InputError:
    """Return the error for a file that has other columns than the first."""
    lacks, adds = [c for c in first if c not in found], [c for c in found if c not in first]
    parts = [f"it lacks {', '.join(lacks)}"] if lacks else []
    parts += [f"it adds {', '.join(adds)}"] if adds else []
    return InputError(
        f"the file has other columns than {all_files.files[0].name}: {' and '.join(parts)}",
        where=one.name,
        hint="files that one pattern matches have the same columns: narrow the pattern, or write the file again",
    )


def _scanned(table: Table, kind: Format, schema: Mapping[str, str]) -> str:
    files, together = _files(table), ", union_by_name = true" if len(table.files) > 1 else ""
    if kind == "parquet":
        return f"read_parquet({files}{together})"
    if kind == "json":
        columns = ", ".join(f"{name(c)}: 'VARCHAR'" for c in schema)
        return f"read_ndjson({files}, columns = {{{columns}}}, records = 'true')"
    return f"read_csv({files}, {_options(table)}{together})"


def _options(table: Table) -> str:
    markers = ", ".join(quoted(marker) for marker in ("", *table.missing))
    signs = [("delim", table.csv.delimiter), ("quote", table.csv.quote), ("escape", table.escape)]
    given = "".join(f", {key} = {quoted(sign)}" for key, sign in signs if sign)
    return f"header = true, all_varchar = true, nullstr = [{markers}]{given}"


def _files(table: Table) -> str:
    return "[" + ", ".join(quoted(str(file)) for file in table.files) + "]"


def _marked(column: str, kind: str, table: Table) -> str:
    """Return the SQL that is true where a value is a missing marker: the same text, or the same number."""
    markers = ", ".join(quoted(marker) for marker in table.missing)
    if kind == "VARCHAR":
        return f"{name(column)} IN ({markers})"
    numbers = ", ".join(str(value) for value in map(_number, table.missing) if value is not None)
    alike = (
        f" OR {name(column)} IN ({numbers})"
        if numbers and kind not in {"DATE", "BOOLEAN"} and "TIME" not in kind
        else ""
    )
    return f"({text(column)} IN ({markers}){alike})"


def _number(marker: str) -> float | None:
    try:
        value = float(marker)
    except ValueError:
        return None
    return value if abs(value) < 1e300 else None
