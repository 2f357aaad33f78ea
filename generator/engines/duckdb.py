"""The default engine: DuckDB scans CSV and Parquet and streams Arrow batches into a pool of threads."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import duckdb
import pyarrow as pa

from generator.engines import BATCH_ROWS, DAY, Scan, State, Table, Unreadable
from generator.errors import InputError
from generator.records.plugin import EngineSpec

SEPARATORS = (",", ";", "\t", "|")
CAUSES = ("Expected Number of Columns", "Invalid unicode", "Value with unterminated quote", "Maximum line size")
"""How the lines of DuckDB's messages begin that say why a CSV line is unfit, and hold nothing of it."""


class DuckDB:
    """An in-memory DuckDB that reads files and keeps nothing."""

    def __init__(self) -> None:
        self._connection = duckdb.connect(":memory:")
        self._connection.execute(
            "SET TimeZone = 'UTC'; SET enable_progress_bar = false; SET disabled_optimizers = 'statistics_propagation'"
        )

    def schema(self, table: Table) -> Mapping[str, str]:
        """Return column names with their types, in file order."""
        rows = self._rows(table, f"DESCRIBE SELECT * FROM {_from(table)}")
        found = {str(name): str(kind) for name, kind, *_ in rows}
        if len(found) == 1:
            self._check_separator(table, *found)
        return found

    def _check_separator(self, table: Table, name: str) -> None:
        """Raise InputError with the line that made a CSV be read as one column, whose name holds the separator."""
        separator = max(SEPARATORS, key=name.count)
        if separator in name:
            columns = ", ".join(f"'c{i}': 'VARCHAR'" for i in range(name.count(separator) + 1))
            known = f"delim = {_quoted(separator)}, quote = '\"', escape = '\"', columns = {{{columns}}}"
            source = f"read_csv({_quoted(str(table.path))}, header = true, auto_detect = false, {known})"
            self._rows(table, f"SELECT count(COLUMNS(*)) FROM {source}")

    def rows(self, table: Table) -> int:
        """Return the number of rows."""
        ((rows,),) = self._rows(table, f"SELECT count(*) FROM {_from(table)}")
        return int(rows)

    def numeric(self, table: Table, columns: tuple[str, ...]) -> tuple[str, ...]:
        """Return those of `columns` whose every value reads as a number, and that have a value at all."""
        if not columns:
            return ()
        tests = ", ".join(f"count({_name(c)}) > 0 AND count({_name(c)}) = count({_number(c)})" for c in columns)
        (answers,) = self._rows(table, f"SELECT {tests} FROM {_from(table)}")
        return tuple(c for c, answer in zip(columns, answers, strict=True) if answer)

    def unreadable(self, scan: Scan) -> Mapping[str, tuple[int, str]]:
        """Return, by column, how many values do not read as the scan's type, and one of them."""
        casts = {c: _number(c) for c in scan.numeric} | ({scan.time: _day(scan.time)} if scan.time else {})
        if not casts:
            return {}
        failed = {c: f"({_name(c)} IS NOT NULL AND {cast} IS NULL)" for c, cast in casts.items()}
        parts = [f"count(*) FILTER ({f}), any_value({_text(c)}) FILTER ({f})" for c, f in failed.items()]
        (answer,) = self._rows(scan.table, f"SELECT {', '.join(parts)} FROM {_from(scan.table)}")
        pairs = zip(answer[::2], answer[1::2], strict=True)
        return {c: (int(n), str(example)) for c, (n, example) in zip(casts, pairs, strict=True) if n}

    def duplicates(self, table: Table, key: tuple[str, ...]) -> int:
        """Return the rows beyond the first of each combination of `key`."""
        names = ", ".join(_name(c) for c in key)
        query = f"SELECT coalesce(sum(n - 1), 0) FROM (SELECT count(*) AS n FROM {_from(table)} GROUP BY {names})"
        ((extra,),) = self._rows(table, query)
        return int(extra)

    def fold(
        self,
        scan: Scan,
        partial: Callable[[pa.RecordBatch], State],
        merge: Callable[[State, State], State],
        jobs: int = 1,
    ) -> State | None:
        """Return the merged partial states of batches of `BATCH_ROWS` rows in file order; None without rows."""
        state: State | None = None
        for part in _ordered(self._batches(scan), partial, jobs):
            state = part if state is None else merge(state, part)
        return state

    def _batches(self, scan: Scan) -> Iterator[pa.RecordBatch]:
        query = f"SELECT {_columns(scan)} FROM {_from(scan.table)}"
        try:
            yield from _rebatch(self._connection.sql(query).to_arrow_reader(BATCH_ROWS))
        except duckdb.ConversionException as error:
            raise Unreadable(str(error)) from error
        except duckdb.Error as error:
            raise _readable(scan.table, error) from error

    def _rows(self, table: Table, query: str) -> list[tuple[Any, ...]]:
        try:
            return self._connection.sql(query).fetchall()
        except duckdb.Error as error:
            raise _readable(table, error) from error


ENGINE = EngineSpec(id="duckdb", title="DuckDB, in process", open=DuckDB)


def _ordered(
    batches: Iterator[pa.RecordBatch], partial: Callable[[pa.RecordBatch], State], jobs: int
) -> Iterator[State]:
    if jobs <= 1:
        yield from (partial(batch) for batch in batches)
        return
    waiting: deque[Future[State]] = deque()
    with ThreadPoolExecutor(jobs) as pool:
        for batch in batches:
            waiting.append(pool.submit(partial, batch))
            if len(waiting) > jobs:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _rebatch(reader: pa.RecordBatchReader) -> Iterator[pa.RecordBatch]:
    """Yield batches of exactly BATCH_ROWS rows but for the last, so that sums do not depend on the reader."""
    held: list[pa.RecordBatch] = []
    rows = 0
    for batch in reader:
        held.append(batch)
        rows += batch.num_rows
        while rows >= BATCH_ROWS:
            whole = _one(held)
            yield whole.slice(0, BATCH_ROWS)
            held, rows = [whole.slice(BATCH_ROWS)], rows - BATCH_ROWS
    if rows:
        yield _one(held)


def _one(batches: list[pa.RecordBatch]) -> pa.RecordBatch:
    if len(batches) == 1:
        return batches[0]
    return pa.Table.from_batches(batches).combine_chunks().to_batches()[0]


def _columns(scan: Scan) -> str:
    parts = [f"CAST({_name(c)} AS DOUBLE) AS {_name(c)}" for c in scan.numeric]
    parts += [f"{_text(c)} AS {_name(c)}" for c in scan.text]
    parts += [f"{_day(scan.time, 'CAST')} AS {_name(DAY)}"] if scan.time else []
    return ", ".join(parts) or "1 AS one"


def _from(table: Table) -> str:
    path = _quoted(str(table.path))
    if table.path.suffix.lower() in {".parquet", ".pq"}:
        return f"read_parquet({path})"
    markers = ", ".join(_quoted(m) for m in ("", *table.missing))
    return f"read_csv({path}, header = true, all_varchar = true, nullstr = [{markers}])"


def _number(column: str) -> str:
    return f"TRY_CAST({_name(column)} AS DOUBLE)"


def _text(column: str) -> str:
    return f"CAST({_name(column)} AS VARCHAR)"


def _day(column: str, cast: str = "TRY_CAST") -> str:
    return f"date_diff('day', DATE '1970-01-01', CAST({cast}({_name(column)} AS TIMESTAMP) AS DATE))::INTEGER"


def _name(column: str) -> str:
    return '"' + column.replace('"', '""') + '"'


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _readable(table: Table, error: duckdb.Error) -> InputError:
    lines = str(error).strip().splitlines()
    cause = next((f"; {line.lower()}" for line in lines[1:] if line.startswith(CAUSES)), "")
    return InputError(
        f"the table cannot be read: {lines[0]}{cause}",
        where=table.path.name,
        hint="a CSV file in UTF-8 with a header line, or a Parquet file, with at least one row",
    )
