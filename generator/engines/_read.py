"""Takes files that DuckDB reads and how they are written, gives the SQL of their rows in order, markers as no value."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from generator.engines import SourceTable
from generator.engines._csv import Written
from generator.engines._kinds import Kind
from generator.engines._sql import name, number_in, text
from generator.engines._times import quoted
from generator.errors import InputError

KEYS = """
SELECT key, max(max(number)) OVER () FROM (
  SELECT unnest(json_keys(json)) AS key, generate_subscripts(json_keys(json), 1) AS place, number
  FROM (SELECT json, row_number() OVER () AS number FROM {source})
) GROUP BY key ORDER BY min(number), arg_min(place, number)
"""
MOST_COLUMNS = 5_000
"""Wider tables do not fit into the memory that a query may take."""


@dataclass(frozen=True, kw_only=True)
class FilePart:
    """One file: its columns in its own order with their types, and how it is cut where it is CSV."""

    file: Path
    columns: tuple[tuple[str, str], ...]
    written: Written | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of the columns."""
        return tuple(column for column, _ in self.columns)


@dataclass(frozen=True, kw_only=True)
class Local:
    """A table as it is read: its kind, its files, and the columns of the first."""

    kind: Kind
    table: SourceTable
    parts: tuple[FilePart, ...]
    columns: Mapping[str, str]
    whole: frozenset[str] = frozenset()
    """Columns of text that hold nothing but whole numbers written with `.0`, as a column of floats is."""


def keys_query(file: Path, kind: Kind) -> str:
    """Return the SQL of the keys of all JSON objects of a file, in the order in which they come up, and their count."""
    form = "array" if kind == "array" else "newline_delimited"
    return KEYS.format(source=f"read_json_objects({_files([file])}, format = '{form}')")


def described(file: Path) -> str:
    """Return the SQL of the types of a Parquet file's columns."""
    return f"DESCRIBE SELECT * FROM read_parquet({_files([file])})"


def whole_query(local: Local, columns: Sequence[str]) -> str:
    """Return the SQL that tells of each column of text whether all its values are whole numbers with `.0`."""
    tests = ", ".join(f"bool_and(regexp_full_match({name(c)}, '\\s*-?[0-9]+\\.0\\s*'))" for c in columns)
    return f"SELECT {tests} FROM {_rows(local)}"


def reading(local: Local) -> str:
    """Return the SQL of a table's rows in file order; a missing marker, whatever blanks are around it, is no value."""
    rows, table = _rows(local), local.table
    changed = {c: _changed(c, kind, _markers(table, c), c in local.whole) for c, kind in local.columns.items()}
    if all(expression == name(c) for c, expression in changed.items()):
        return rows
    kept = ", ".join(f"{expression} AS {name(c)}" for c, expression in changed.items())
    return f"(SELECT {kept} FROM {rows})"


def check_columns(part: FilePart, first: FilePart) -> None:
    """Raise InputError for a file that names a column twice, has too many, or other ones than the first file."""
    names = part.names
    double = next((column for column, times in Counter(names).items() if times > 1), None)
    if double is not None:
        places = " and ".join(str(place) for place, column in enumerate(names, start=1) if column == double)
        what, hint = f"column {double} stands more than once: as columns {places}", "give each a name of its own"
        raise InputError(what, where=part.file.name, hint=hint)
    if len(names) > MOST_COLUMNS:
        what = f"the table has {len(names)} columns, and at most {MOST_COLUMNS} are read"
        hint = "write a file of the columns that the model takes, the time, the prediction and the outcome"
        raise InputError(what, where=part.file.name, hint=hint)
    lacks, adds = [c for c in first.names if c not in names], [c for c in names if c not in first.names]
    if lacks or adds:
        parts = [f"it lacks {', '.join(lacks)}"] if lacks else []
        parts += [f"it adds {', '.join(adds)}"] if adds else []
        raise InputError(
            f"the file has other columns than {first.file.name}: {' and '.join(parts)}",
            where=part.file.name,
            hint="files that one pattern matches have the same columns: narrow the pattern, or write the file again",
        )


def _markers(table: SourceTable, column: str) -> tuple[str, ...]:
    """Return a column's missing markers: those of the table, and its own."""
    return (*table.missing, *(marker for name, own in table.missing_in if name == column for marker in own))


def _rows(local: Local) -> str:
    """Return the SQL of all files, one after the other; those that are written alike are read at once."""
    alike = [list(parts) for _, parts in groupby(local.parts, key=lambda part: (part.columns, part.written))]
    kept = ", ".join(name(c) for c in local.columns)
    sources = [_source(parts, local.kind) for parts in alike]
    if len(sources) == 1:
        return sources[0]
    return "(" + " UNION ALL ".join(f"SELECT {kept} FROM {source}" for source in sources) + ")"


def _source(parts: Sequence[FilePart], kind: Kind) -> str:
    files, first = _files(part.file for part in parts), parts[0]
    if kind == "csv":
        return f"read_csv({files}, {_options(first)})"
    aliases = ", ".join(name(c) for c in first.names)
    if kind == "parquet":
        return f"(SELECT * FROM read_parquet({files}) AS t({aliases}))"
    form = "array" if kind == "array" else "newline_delimited"
    if len({c.lower() for c in first.names}) < len(first.names):
        values = ", ".join(f"json ->> {quoted('$.' + _path(c))} AS {name(c)}" for c in first.names)
        return f"(SELECT {values} FROM read_json_objects({files}, format = '{form}'))"
    columns = ", ".join(f"{_identifier(c)}: 'VARCHAR'" for c in first.names)
    source = f"read_json({files}, columns = {{{columns}}}, records = 'true', format = '{form}')"
    return f"(SELECT * FROM {source} AS t({aliases}))"


def _options(part: FilePart) -> str:
    written = part.written
    assert written is not None
    columns = ", ".join(f"{name(c)}: 'VARCHAR'" for c in part.names)
    signs = {"delim": written.delimiter, "quote": written.quote, "escape": written.escape}
    given = ", ".join(f"{key} = {quoted(sign)}" for key, sign in signs.items())
    packed = ", compression = 'gzip'" if written.packed else ""
    return f"auto_detect = false, header = true, columns = {{{columns}}}, {given}, nullstr = ['']{packed}"


def _changed(column: str, kind: str, marks: tuple[str, ...], whole: bool) -> str:
    value = f"regexp_replace({name(column)}, '\\.0\\s*$', '')" if whole else name(column)
    return f"CASE WHEN {_marked(column, kind, marks)} THEN NULL ELSE {value} END" if marks else value


def _marked(column: str, kind: str, marks: tuple[str, ...]) -> str:
    """Return the SQL that is true where a value is a missing marker: the same text, or the same number."""
    if kind == "VARCHAR":
        return f"trim({name(column)}) IN ({', '.join(quoted(marker.strip()) for marker in marks)})"
    numbers = ", ".join(str(value) for value in map(number_in, marks) if value is not None)
    alike = (
        f" OR {name(column)} IN ({numbers})"
        if numbers and kind not in {"DATE", "BOOLEAN"} and "TIME" not in kind
        else ""
    )
    return f"({text(column, kind)} IN ({', '.join(map(quoted, marks))}){alike})"


def _identifier(column: str) -> str:
    return '"' + column.replace('"', '""') + '"'


def _path(column: str) -> str:
    return '"' + column.replace('"', '\\"') + '"'


def _files(files: Iterable[Path]) -> str:
    return "[" + ", ".join(quoted(str(file)) for file in files) + "]"
