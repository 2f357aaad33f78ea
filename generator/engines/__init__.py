"""Engines scan a table and hand its rows to a fold as Arrow batches; they compute nothing themselves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar

import pyarrow as pa

BATCH_ROWS = 65_536
DAY = "\ue000day"
"""Name of the column that holds days since 1970-01-01, null where there is no readable date."""

State = TypeVar("State")


class Unreadable(Exception):
    """A value in the scanned columns does not read as its type; `Engine.unreadable` tells which."""


@dataclass(frozen=True, kw_only=True)
class Table:
    """A file of rows: CSV or Parquet; in a CSV the `missing` texts mean no value."""

    path: Path
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Scan:
    """The columns to read: `numeric` as 64-bit floats, `text` as strings, `time` as days."""

    table: Table
    numeric: tuple[str, ...]
    text: tuple[str, ...]
    time: str | None = None


class Engine(Protocol):
    """What every engine can do; all of them pass the same conformance tests."""

    def schema(self, table: Table) -> Mapping[str, str]:
        """Return column names with their types, in file order."""
        ...

    def rows(self, table: Table) -> int:
        """Return the number of rows."""
        ...

    def numeric(self, table: Table, columns: tuple[str, ...]) -> tuple[str, ...]:
        """Return those of `columns` whose every value reads as a number, and that have a value at all."""
        ...

    def unreadable(self, scan: Scan) -> Mapping[str, tuple[int, str]]:
        """Return, by column, how many values do not read as the scan's type, and one of them."""
        ...

    def duplicates(self, table: Table, key: tuple[str, ...]) -> int:
        """Return the rows beyond the first of each combination of `key`."""
        ...

    def fold(
        self,
        scan: Scan,
        partial: Callable[[pa.RecordBatch], State],
        merge: Callable[[State, State], State],
        jobs: int = 1,
    ) -> State | None:
        """Return the merged partial states of batches of `BATCH_ROWS` rows in file order; None without rows.

        Raises Unreadable when a value does not read as the scan's type.
        """
        ...
