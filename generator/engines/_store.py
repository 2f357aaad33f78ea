"""Takes tables and gives them as DuckDB reads them: files as they are, or copies that go with the store."""

import contextlib
import os
import shutil
import tempfile
import weakref
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq

from generator.engines import SourceTable
from generator.engines._copies import AS_THEY_ARE, copied
from generator.engines._csv import plain, written
from generator.engines._kinds import Kind, is_packed, kind_of
from generator.engines._read import FilePart, Local, check_columns, described, keys_query, whole_query
from generator.engines._refused import one_object, refused
from generator.engines._times import quoted
from generator.engines._wide import is_wide
from generator.records.temporary import temporary_folder

INTERRUPTED = "Query interrupted"
"""What DuckDB's streams of batches say after Ctrl-C."""
ROOM, HANDLES, MOST_OPEN = "copies-", Path("/proc/self/fd"), 100
"""Folders of copies, where Linux names what a process has open, and how many copies are kept open at most."""
MEMORY = "384MB"
"""What a query may hold before it writes to its folder: memory must not grow with the rows."""


class TableStore:
    """A connection in memory, the tables that are open in it, and the copies of those that DuckDB does not read."""

    def __init__(self) -> None:
        self.connection = duckdb.connect(":memory:")
        self._stack = contextlib.ExitStack()
        self._folder = temporary_folder(self._stack)
        weakref.finalize(self, self._stack.close)
        self.connection.execute(
            "SET TimeZone = 'UTC'; SET enable_progress_bar = false; "
            "SET disabled_optimizers = 'statistics_propagation,build_side_probe_side'; "
            f"SET threads = 2; SET memory_limit = '{MEMORY}'; SET temp_directory = {quoted(str(self._folder))}"
        )
        self._locals: dict[SourceTable, Local] = {}

    def local(self, table: SourceTable) -> Local:
        """Return the table as it is read: of files that need it a copy, which goes with the engine."""
        if table not in self._locals:
            self._locals[table] = self._opened(table, kind_of(table))
        return self._locals[table]

    def rows(self, table: SourceTable, query: str, kind: Kind | None = None) -> list[tuple[Any, ...]]:
        """Return the rows of a query over a table, which is of a `kind` before it is opened."""
        with reading_errors(table, kind or self.local(table).kind):
            return self.connection.sql(query).fetchall()

    def _opened(self, table: SourceTable, kind: Kind) -> Local:
        rooms = set(self._folder.glob(f"{ROOM}*"))
        made, kind = self._readable(table, kind)
        made = self._unnamed(made, set(self._folder.glob(f"{ROOM}*")) - rooms)
        parts = tuple(self._part(made, file, kind, shown) for file, shown in _named(made, table))
        for part in parts:
            check_columns(part, parts[0])
        local = Local(kind=kind, table=made, parts=parts, columns=dict(parts[0].columns))
        return local if kind != "csv" else replace(local, whole=self._whole(local))

    def _readable(self, table: SourceTable, kind: Kind) -> tuple[SourceTable, Kind]:
        """Return a table of files that DuckDB reads, copied where they are none such, and their kind."""
        if kind == "parquet" and any(map(is_wide, table.files)):
            return copied(table, kind, self._room()), kind
        if kind not in AS_THEY_ARE:
            made = copied(table, kind, self._room())
            made = replace(made, csv=replace(made.csv, encoding="utf-8", delimiter=",")) if kind == "excel" else made
            return self._readable(made, kind_of(made))
        if kind != "csv":
            return table, kind
        files, csv = plain(table.files, table.csv, self._room())
        return replace(table, files=files, csv=csv), kind

    def _room(self) -> Path:
        return Path(tempfile.mkdtemp(prefix=ROOM, dir=self._folder))

    def _unnamed(self, made: SourceTable, rooms: set[Path]) -> SourceTable:
        """Return the table with copies that have lost their names: they go however the process ends."""
        own = [file for file in made.files if rooms & set(file.parents)]
        if not own or len(own) > MOST_OPEN or not HANDLES.is_dir() or any(map(is_packed, own)):
            return made
        files = tuple(self._held(file) if file in own else file for file in made.files)
        for room in rooms:
            shutil.rmtree(room, ignore_errors=True)
        return replace(made, files=files)

    def _held(self, file: Path) -> Path:
        handle = os.open(file, os.O_RDONLY)
        self._stack.callback(os.close, handle)
        return HANDLES / str(handle)

    def _part(self, table: SourceTable, file: Path, kind: Kind, shown: str) -> FilePart:
        """Return the columns of one file under the names that it gives them, which DuckDB would change."""
        if kind == "csv":
            cut = written(file, table.csv, shown)
            return FilePart(file=file, columns=tuple((c, "VARCHAR") for c in cut.header), written=cut)
        one = replace(table, files=(file,), database=None)
        if kind == "parquet":
            types = [str(row[1]) for row in self.rows(one, described(file), kind)]
            return FilePart(file=file, columns=tuple(zip(pq.read_schema(file).names, types, strict=True)))
        found = self.rows(one, keys_query(file, kind), kind)
        if kind == "json" and found and found[0][1] == 1 and (wrong := one_object(file)):
            raise wrong
        return FilePart(file=file, columns=tuple((str(c), "VARCHAR") for c, _ in found))

    def _whole(self, local: Local) -> frozenset[str]:
        """Return the columns of text that hold whole numbers of floats; the first lines tell which are asked at all."""
        asked = [
            c for c in local.columns if all(c in (part.written.floats if part.written else ()) for part in local.parts)
        ]
        if not asked:
            return frozenset()
        (found,) = self.rows(local.table, whole_query(local, asked), "csv")
        return frozenset(c for c, whole in zip(asked, found, strict=True) if whole)


def _named(made: SourceTable, table: SourceTable) -> Iterator[tuple[Path, str]]:
    """Yield the files that are read, each with the name of the one it was made from."""
    same = len(made.files) == len(table.files)
    for place, file in enumerate(made.files):
        yield file, table.files[place].name if same else table.name


@contextlib.contextmanager
def reading_errors(table: SourceTable, kind: Kind) -> Iterator[None]:
    """Turn what DuckDB says of a table into an error of the input, and an interrupted query into an interruption."""
    try:
        yield
    except duckdb.InterruptException as error:
        raise KeyboardInterrupt from error
    except duckdb.Error as error:
        raise refused(table, kind, error) from error
    except RuntimeError as error:
        if str(error) != INTERRUPTED:
            raise
        raise KeyboardInterrupt from error
