"""The default engine: DuckDB scans files of rows, or copies, and streams Arrow batches into a pool of threads."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import duckdb
import pyarrow as pa

from generator.engines import LabelTable, OutcomeTexts, Scan, SourceTable, State, Unreadable, listed
from generator.engines._batches import ordered, rebatch, rows_at_once
from generator.engines._csv import dialect, lines_by_size
from generator.engines._kinds import Kind, kind_of
from generator.engines._read import reading
from generator.engines._sql import (
    codes,
    columns,
    day,
    fields,
    filled,
    name,
    number,
    outcome,
    same_key,
    text,
    with_labels,
)
from generator.engines._store import MEMORY, TableStore, reading_errors
from generator.errors import InputError
from generator.records.places import SeenFiles, is_as_seen, seen
from generator.records.plugin import EngineSpec
from generator.records.project import Csv

AT_ONCE = 256
"""Expressions that one query works out."""


class TableFacts:
    """What DuckDB says of the files of a table; nothing of them is kept but the names of columns and digests."""

    def __init__(self) -> None:
        self._store = TableStore()
        self._seen: dict[SourceTable, SeenFiles] = {}

    def schema(self, table: SourceTable) -> Mapping[str, str]:
        """Return column names with their types, in file order; InputError when the files differ in their columns."""
        return self._store.local(table).columns

    def dialect(self, table: SourceTable) -> Csv:
        """Return how the first file of a table of CSV seems to be written, by its first lines."""
        return dialect(table.files[0]) if kind_of(table) == "csv" else Csv()

    def rows(self, table: SourceTable) -> int:
        """Return the number of rows."""
        ((rows,),) = self._rows(table, f"SELECT count(*) FROM {self._from(table)}")
        return int(rows)

    def about(self, table: SourceTable) -> int:
        """Return about how many rows there are, at no cost: 0 where that cannot be told."""
        local = self._store.local(table)
        return self.rows(table) if local.kind == "parquet" else sum(map(lines_by_size, local.table.files))

    def digest(self, table: SourceTable) -> str:
        """Return the SHA-256 of the rows when this was first asked: of a file, of the digests of several, of a copy."""
        if table not in self._seen:
            own = table.files and all(file.is_file() for file in table.files)
            self._seen[table] = seen(table.files if own else self._store.local(table).table.files)
        return self._seen[table].sha256

    def changed(self) -> tuple[SourceTable, ...]:
        """Return the tables whose digest was asked for and whose files are no longer what they were."""
        return tuple(table for table, before in self._seen.items() if not is_as_seen(before))

    def _asked(self, table: SourceTable, sums: Sequence[str]) -> list[Any]:
        """Return what expressions over all rows give; those of very many columns at once take gigabytes."""
        answers: list[Any] = []
        for start in range(0, len(sums), AT_ONCE):
            some = ", ".join(sums[start : start + AT_ONCE])
            answers.extend(self._rows(table, f"SELECT {some} FROM {self._from(table)}")[0])
        return answers

    def _rows(self, table: SourceTable, query: str) -> list[tuple[Any, ...]]:
        return self._store.rows(table, query)

    def _from(self, table: SourceTable) -> str:
        return reading(self._store.local(table))

    def _csv(self, table: SourceTable) -> Csv | None:
        return None if self._store.local(table).kind in {"json", "array"} else table.csv


class DuckDB(TableFacts):
    """An in-memory DuckDB that reads files and keeps nothing but their column names."""

    def numeric(self, table: SourceTable, columns: tuple[str, ...]) -> tuple[str, ...]:
        """Return those of `columns` that have values, each of which reads as a number and none as a code."""
        kinds, csv = self.schema(table), self._csv(table)
        held = {c: filled(c, kinds[c]) for c in columns}
        typed = self._store.local(table).kind == "parquet"
        tests = [
            f"count(*) FILTER ({h}) > 0 AND count(*) FILTER ({h}) = count({number(c, kinds[c], csv)})"
            f" AND NOT {codes(c, kinds[c], typed=typed)}"
            for c, h in held.items()
        ]
        answers = self._asked(table, tests)
        return tuple(c for c, answer in zip(columns, answers, strict=True) if answer)

    def unreadable(self, scan: Scan) -> Mapping[str, tuple[int, str]]:
        """Return, by column, how many values do not read as the scan's type, and one of them."""
        if (labels := scan.labels) is not None:
            alone, own = replace(scan, labels=None), tuple(c for c in scan.numeric if c != labels.name)
            return {**self.unreadable(replace(alone, numeric=own)), **self.unreadable(_of_labels(scan, labels))}
        kinds, csv = self.schema(scan.table), self._csv(scan.table)
        casts = {c: number(c, kinds[c], csv) for c in scan.numeric if c not in scan.outcomes}
        casts |= {scan.time: day(scan, kinds[scan.time], strict=False)} if scan.time else {}
        failed = {c: f"({filled(c, kinds[c])} AND {cast} IS NULL)" for c, cast in casts.items()}
        counts = self._asked(scan.table, [f"count(*) FILTER ({f})" for f in failed.values()])
        some = {c: int(n) for c, n in zip(failed, counts, strict=True) if n}
        examples = self._asked(scan.table, [f"any_value({text(c, kinds[c])}) FILTER ({failed[c]})" for c in some])
        return {c: (n, str(example)) for (c, n), example in zip(some.items(), examples, strict=True)}

    def days(self, scan: Scan) -> Mapping[int, int]:
        """Return the rows of each day since 1970-01-01 by the scan's time; -1 stands for no readable date."""
        self._check_there(scan)
        date = day(scan, self.schema(scan.table)[str(scan.time)], strict=False)
        query = f"SELECT coalesce({date}, -1) AS day, count(*) FROM {self._from(scan.table)} GROUP BY 1 ORDER BY 1"
        return {int(number): int(rows) for number, rows in self._rows(scan.table, query)}

    def duplicates(self, scan: Scan) -> int:
        """Return the rows of a scan beyond the first of each combination of its texts."""
        names, rows = ", ".join(name(c) for c in scan.text), f"{self._from(scan.table)}{self._kept(scan)}"
        query = f"SELECT coalesce(sum(n - 1), 0) FROM (SELECT count(*) AS n FROM {rows} GROUP BY {names})"
        ((extra,),) = self._rows(scan.table, query)
        return int(extra)

    def unmatched(self, table: SourceTable, labels: LabelTable) -> int:
        """Return the labels whose key no row of `table` has."""
        keys = same_key(labels, self.schema(labels.table), self.schema(table))
        query = f"SELECT count(*) FROM {self._from(labels.table)} l ANTI JOIN {self._from(table)} p ON {keys}"
        ((rows,),) = self._rows(labels.table, query)
        return int(rows)

    def others(self, table: SourceTable, column: str, said: OutcomeTexts) -> Mapping[str, int]:
        """Return the rows of the values beside the positive one, the most frequent first; none where that one lacks."""
        kind = self.schema(table)[column]
        told = f"lower(trim({text(column, kind)}))"
        alike = f"coalesce(TRY_CAST({told} AS DOUBLE)::VARCHAR, {told})"
        here, value = self._from(table), outcome(column, kind, said)
        query = (
            f"SELECT min({text(column, kind)}), count(*) AS n FROM {here}"
            f" WHERE {value} = 0 AND EXISTS (SELECT 1 FROM {here} WHERE {value} = 1)"
            f" GROUP BY {alike} ORDER BY n DESC, 1 LIMIT 10"
        )
        return {str(value): int(rows) for value, rows in self._rows(table, query)}

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
        self._check_there(scan)
        wanted, names = columns(scan, self._csv(scan.table), self.schema(scan.table)), fields(scan)
        query = f"SELECT {wanted} FROM {self._joined(scan)}{self._kept(scan)}"
        with reading_errors(scan.table, self._store.local(scan.table).kind):
            self._store.connection.execute(_means(scan, self._store.local(scan.table).kind))
            try:
                size = rows_at_once(len(names))
                for batch in rebatch(self._store.connection.sql(query).to_arrow_reader(size), size):
                    yield pa.RecordBatch.from_arrays(batch.columns, names=names)
            except duckdb.ConversionException as error:
                raise Unreadable(str(error)) from error

    def _kept(self, scan: Scan) -> str:
        """Return the SQL condition of the rows that are read."""
        if scan.time is None or scan.until is None:
            return ""
        date = day(scan, self.schema(scan.table)[scan.time], strict=False)
        return f" WHERE coalesce({date}, -1) <= {scan.until}"

    def _check_there(self, scan: Scan) -> None:
        """Raise InputError for columns that the scan reads and the table lacks."""
        known = self.schema(scan.table)
        joined = {scan.labels.name} if scan.labels else set()
        wanted = dict.fromkeys((*scan.numeric, *scan.text, *((scan.time,) if scan.time else ())))
        lacks = [column for column in wanted if column not in known and column not in joined]
        if lacks:
            hint = f"the file has {listed(tuple(known))}"
            raise InputError(f"column {', '.join(lacks)} is missing", where=scan.table.name, hint=hint)

    def _joined(self, scan: Scan) -> str:
        rows, labels = self._from(scan.table), scan.labels
        if labels is None:
            return rows
        own, found, dated = self.schema(scan.table), self.schema(labels.table), _of_labels(scan, labels)
        arrived = day(dated, found[str(dated.time)], strict=True) if dated.time else "NULL::INTEGER"
        return with_labels(rows, own, self._from(labels.table), found, labels, self._csv(labels.table), arrived)


def _means(scan: Scan, kind: Kind) -> str:
    """Return the settings of a scan: Parquet is read by one thread, since each holds a whole group of rows.

    A join gets all the memory there is: one that writes to its folder no longer keeps the order of the rows.
    """
    threads = 2 if kind == "csv" else 1
    return f"SET threads = {threads}; " + ("RESET memory_limit" if scan.labels else f"SET memory_limit = '{MEMORY}'")


def _of_labels(scan: Scan, labels: LabelTable) -> Scan:
    """Return the scan of the labels' own table."""
    known = {} if labels.outcome is None else {labels.target: labels.outcome}
    return replace(
        scan, table=labels.table, numeric=(labels.target,), text=(), time=labels.arrived, labels=None, outcomes=known
    )


ENGINE = EngineSpec(id="duckdb", title="DuckDB, in process", open=DuckDB)
