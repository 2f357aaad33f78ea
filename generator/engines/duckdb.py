"""The default engine: DuckDB scans files of rows, or copies, and streams Arrow batches into a pool of threads."""

from __future__ import annotations

import contextlib
import tempfile
import weakref
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from generator.engines import BATCH_ROWS, Labels, Scan, State, Table, Unreadable
from generator.engines._batches import ordered, rebatch
from generator.engines._copies import copied, wants_copy
from generator.engines._dialect import dialect
from generator.engines._files import (
    DELIMITERS,
    broken_line,
    check_delimiter,
    format_of,
    is_utf8,
    lines_by_size,
    to_utf8,
)
from generator.engines._read import other_columns, reading, schema_query, sniffing
from generator.engines._sql import columns, day, name, number, quoted, text, with_labels
from generator.errors import EnvironmentLacks, InputError
from generator.records.places import digest_of
from generator.records.plugin import EngineSpec
from generator.records.project import Csv
from generator.records.scratch import scratch

INTERRUPTED = "Query interrupted"
"""What DuckDB's streams of batches say after Ctrl-C."""
EMPTY = "(empty)"
"""How DuckDB tells that it found no such sign."""
CAUSES = ("Expected Number of Columns", "Invalid unicode", "Value with unterminated quote", "Maximum line size")
"""How the lines of DuckDB's messages begin that say why a CSV line is unfit, and hold nothing of it."""
MEMORY = "384MB"
"""What a query may hold before it writes to its folder: memory must not grow with the rows."""


class DuckDB:
    """An in-memory DuckDB that reads files and keeps nothing but their column names."""

    def __init__(self) -> None:
        self._connection = duckdb.connect(":memory:")
        kept = contextlib.ExitStack()
        self._folder = _temporary(kept)
        weakref.finalize(self, kept.close)
        self._connection.execute(
            "SET TimeZone = 'UTC'; SET enable_progress_bar = false; "
            "SET disabled_optimizers = 'statistics_propagation,build_side_probe_side'; "
            f"SET threads = 2; SET memory_limit = '{MEMORY}'; SET temp_directory = {quoted(str(self._folder))}"
        )
        self._schemas: dict[Table, dict[str, str]] = {}
        self._copies: dict[Table, Table] = {}

    def schema(self, table: Table) -> Mapping[str, str]:
        """Return column names with their types, in file order; InputError when the files differ in their columns."""
        if table not in self._schemas:
            self._schemas[table] = self._described(table)
        return self._schemas[table]

    def dialect(self, table: Table) -> Csv:
        """Return how the first file of a table of CSV seems to be written, by its first lines."""
        return dialect(table.files[0]) if format_of(table) == "csv" else Csv()

    def rows(self, table: Table) -> int:
        """Return the number of rows."""
        ((rows,),) = self._rows(table, f"SELECT count(*) FROM {self._from(table)}")
        return int(rows)

    def about(self, table: Table) -> int:
        """Return about how many rows there are, at no cost: 0 where that cannot be told."""
        return self.rows(table) if format_of(table) == "parquet" else sum(map(lines_by_size, table.files))

    def digest(self, table: Table) -> str:
        """Return the SHA-256 of the rows as they are read: of a file, of the digests of several, of a copy."""
        return digest_of(self._local(table).files if wants_copy(table) else table.files)

    def numeric(self, table: Table, columns: tuple[str, ...]) -> tuple[str, ...]:
        """Return those of `columns` whose every value reads as a number, and that have a value at all."""
        if not columns:
            return ()
        numbers = {c: number(c, _csv(table)) for c in columns}
        tests = ", ".join(f"count({name(c)}) > 0 AND count({name(c)}) = count({n})" for c, n in numbers.items())
        (answers,) = self._rows(table, f"SELECT {tests} FROM {self._from(table)}")
        return tuple(c for c, answer in zip(columns, answers, strict=True) if answer)

    def unreadable(self, scan: Scan) -> Mapping[str, tuple[int, str]]:
        """Return, by column, how many values do not read as the scan's type, and one of them."""
        if (labels := scan.labels) is not None:
            alone, own = replace(scan, labels=None), tuple(c for c in scan.numeric if c != labels.name)
            return {**self.unreadable(replace(alone, numeric=own)), **self.unreadable(_of_labels(scan, labels))}
        casts = {c: number(c, _csv(scan.table)) for c in scan.numeric if c not in scan.outcomes}
        casts |= {scan.time: day(scan, self._kind(scan), strict=False)} if scan.time else {}
        if not casts:
            return {}
        failed = {c: f"({name(c)} IS NOT NULL AND {cast} IS NULL)" for c, cast in casts.items()}
        parts = [f"count(*) FILTER ({f}), any_value({text(c)}) FILTER ({f})" for c, f in failed.items()]
        (answer,) = self._rows(scan.table, f"SELECT {', '.join(parts)} FROM {self._from(scan.table)}")
        pairs = zip(answer[::2], answer[1::2], strict=True)
        return {c: (int(n), str(example)) for c, (n, example) in zip(casts, pairs, strict=True) if n}

    def duplicates(self, table: Table, key: tuple[str, ...]) -> int:
        """Return the rows beyond the first of each combination of `key`."""
        names = ", ".join(name(c) for c in key)
        query = f"SELECT coalesce(sum(n - 1), 0) FROM (SELECT count(*) AS n FROM {self._from(table)} GROUP BY {names})"
        ((extra,),) = self._rows(table, query)
        return int(extra)

    def unmatched(self, table: Table, labels: Labels) -> int:
        """Return the labels whose key no row of `table` has."""
        keys = f"CAST(l.{name(labels.key)} AS VARCHAR) = CAST(p.{name(labels.key)} AS VARCHAR)"
        query = f"SELECT count(*) FROM {self._from(labels.table)} l ANTI JOIN {self._from(table)} p ON {keys}"
        ((rows,),) = self._rows(labels.table, query)
        return int(rows)

    def fold(
        self,
        scan: Scan,
        partial: Callable[[pa.RecordBatch], State],
        merge: Callable[[State, State], State],
        jobs: int = 1,
    ) -> State | None:
        """Return the merged partial states of batches of `BATCH_ROWS` rows in file order; None without rows."""
        state: State | None = None
        for part in ordered(self._batches(scan), partial, jobs):
            state = part if state is None else merge(state, part)
        return state

    def _batches(self, scan: Scan) -> Iterator[pa.RecordBatch]:
        query = f"SELECT {columns(scan, _csv(scan.table), self._kind(scan))} FROM {self._joined(scan)}"
        with _reading(scan.table):
            self._connection.execute(_means(scan))
            try:
                yield from rebatch(self._connection.sql(query).to_arrow_reader(BATCH_ROWS))
            except duckdb.ConversionException as error:
                raise Unreadable(str(error)) from error

    def _rows(self, table: Table, query: str) -> list[tuple[Any, ...]]:
        with _reading(table):
            return self._connection.sql(query).fetchall()

    def _described(self, table: Table) -> dict[str, str]:
        """Return the schema of the first file, once all others are known to have its columns."""
        kind, first = format_of(table), dict[str, str]()
        for one in [replace(table, files=(file,)) for file in table.files] or [table]:
            if kind == "csv" and table.csv.delimiter is None:
                check_delimiter(self._local(one).files[0], one.name)
            found = {str(c): str(t) for c, t, *_ in self._rows(one, schema_query(self._local(one), kind))}
            if kind == "csv" and table.csv.delimiter is None and len(found) == 1:
                self._check_one_column(one, *found)
            first = first or found
            if set(found) != set(first):
                raise other_columns(one, table, found, first)
        return first

    def _check_one_column(self, one: Table, header: str) -> None:
        """Raise InputError with the line that made a CSV be read as one column, whose name holds the separator."""
        separator = max(DELIMITERS, key=header.count)
        if separator in header:
            parts = ", ".join(f"'c{i}': 'VARCHAR'" for i in range(header.count(separator) + 1))
            known = f"delim = {quoted(separator)}, quote = '\"', escape = '\"', columns = {{{parts}}}"
            source = f"read_csv({quoted(str(self._local(one).files[0]))}, header = true, auto_detect = false, {known})"
            self._rows(one, f"SELECT count(COLUMNS(*)) FROM {source}")

    def _from(self, table: Table) -> str:
        return reading(self._local(table), format_of(table), self.schema(table))

    def _joined(self, scan: Scan) -> str:
        rows, labels = self._from(scan.table), scan.labels
        if labels is None:
            return rows
        own, dated = self.schema(scan.table), _of_labels(scan, labels)
        arrived = day(dated, self._kind(dated), strict=True) if dated.time else "NULL::INTEGER"
        return with_labels(rows, own, self._from(labels.table), labels, _csv(labels.table), arrived)

    def _kind(self, scan: Scan) -> str:
        return self.schema(scan.table)[scan.time] if scan.time else ""

    def _local(self, table: Table) -> Table:
        """Return the table, or a copy that goes with the engine: of no files, and of CSV in UTF-8 where it is not."""
        if table not in self._copies:
            made = self._copied(table)
            self._copies[table] = replace(made, escape=self._escape(made)) if format_of(table) == "csv" else made
        return self._copies[table]

    def _copied(self, table: Table) -> Table:
        if not wants_copy(table) and (is_utf8(table.csv.encoding) or format_of(table) != "csv"):
            return table
        folder = Path(tempfile.mkdtemp(dir=self._folder))
        return copied(table, folder) if wants_copy(table) else _in_utf8(table, folder)

    def _escape(self, table: Table) -> str | None:
        """Return the quote, which escapes itself, where DuckDB would take an apostrophe for the sign that does."""
        for file in table.files:
            with contextlib.suppress(duckdb.Error):
                ((quote, escape),) = self._connection.sql(sniffing(table, file)).fetchall()
                if escape not in (quote, "\\", EMPTY):
                    return str(quote)
        return None


def _means(scan: Scan) -> str:
    """Return the settings of a scan: Parquet is read by one thread, since each holds a whole group of rows.

    A join gets all the memory there is: one that writes to its folder no longer keeps the order of the rows.
    """
    threads = 2 if format_of(scan.table) == "csv" else 1
    return f"SET threads = {threads}; " + ("RESET memory_limit" if scan.labels else f"SET memory_limit = '{MEMORY}'")


def _in_utf8(table: Table, folder: Path) -> Table:
    files = (to_utf8(file, folder, table.csv.encoding, number) for number, file in enumerate(table.files))
    return replace(table, files=tuple(files))


def _of_labels(scan: Scan, labels: Labels) -> Scan:
    """Return the scan of the labels' own table."""
    known = {} if labels.positive is None else {labels.target: labels.positive}
    return replace(
        scan, table=labels.table, numeric=(labels.target,), text=(), time=labels.arrived, labels=None, outcomes=known
    )


def _csv(table: Table) -> Csv | None:
    return table.csv if format_of(table) == "csv" else None


def _temporary(kept: contextlib.ExitStack) -> Path:
    """Return a folder for what does not fit into memory and for copies; no other user sees into it."""
    try:
        return kept.enter_context(scratch(Path(tempfile.gettempdir()), "dossier-"))
    except OSError as error:
        what = f"no temporary folder can be made: {error.strerror}"
        raise EnvironmentLacks(what, where="TMPDIR", hint="set it to a folder that can be written") from error


@contextlib.contextmanager
def _reading(table: Table) -> Iterator[None]:
    """Turn what DuckDB says of a table into an error of the input, and an interrupted query into an interruption."""
    try:
        yield
    except duckdb.InterruptException as error:
        raise KeyboardInterrupt from error
    except duckdb.Error as error:
        raise _readable(table, error) from error
    except RuntimeError as error:
        if str(error) != INTERRUPTED:
            raise
        raise KeyboardInterrupt from error


def _readable(table: Table, error: duckdb.Error) -> InputError:
    kind = format_of(table)
    if kind == "json" and (found := broken_line(table)):
        return found
    lines = str(error).strip().splitlines()
    cause = next((f"; {line.lower()}" for line in lines[1:] if line.startswith(CAUSES)), "")
    what = f"{lines[0]}{cause}"
    hint = "a CSV file with a header line, a Parquet file, or JSON lines, with at least one row"
    if kind == "csv" and "utf-8" in str(error).lower():
        what, hint = f"it is not UTF-8 text: {what}", "declare data.csv.encoding, such as windows-1252 or utf-16"
    return InputError(f"the table cannot be read: {what}", where=table.name, hint=hint)


ENGINE = EngineSpec(id="duckdb", title="DuckDB, in process", open=DuckDB)
