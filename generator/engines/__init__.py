"""Engines scan a table and hand its rows to a fold as Arrow batches; they compute nothing themselves."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, TypeVar

import pyarrow as pa

from generator.records.project import Csv

BATCH_ROWS = 16_384
"""Rows of a batch: few enough for the caches of a processor, whatever is made of them."""
DAY = "\ue000day"
"""Name of the column that holds days since 1970-01-01, null where there is no readable date."""

HOUR = "\ue000hour"
"""Name of the column that holds whole hours since 1970-01-01 in the scan's zone, where a scan asks for it."""

DELAY = "\ue000delay"
"""Name of the column that holds days from a prediction to the arrival of its label, null where one is unknown."""

TEXT = "\ue000text "
"""What stands before the name of a column in a batch that has it as a number too."""

LONGEST, MOST_LISTED = 60, 12
"""Signs of a name, and names, that a message shows."""
State = TypeVar("State")


class Unreadable(Exception):
    """A value in the scanned columns does not read as its type; `Engine.unreadable` tells which."""


@dataclass(frozen=True, kw_only=True)
class Database:
    """The rows of one query of a database; placeholders of the address are filled in by the engine alone."""

    name: str
    """The address as the project file writes it."""
    server: str
    query: str


@dataclass(frozen=True, kw_only=True)
class SourceTable:
    """Files of rows with the same columns, read one after the other; their first bytes tell of what kind they are.

    In their place there may be the folder of a Delta table or of Parquet files, or a `database`. A value that is one
    of the `missing` texts is no value, and in one column those that `missing_in` names.
    """

    files: tuple[Path, ...]
    database: Database | None = None
    store: str = ""
    """The address of a file, or of a folder of Parquet files, in a store of objects."""
    missing: tuple[str, ...] = ()
    missing_in: tuple[tuple[str, tuple[str, ...]], ...] = ()
    csv: Csv = field(default_factory=Csv)

    @property
    def name(self) -> str:
        """Return the name of the file, or of the first and the last; of a database its address."""
        if self.database or self.store:
            return self.database.name if self.database else self.store
        first, last = self.files[0].name, self.files[-1].name
        return first if first == last else f"{first} … {last}"


@dataclass(frozen=True, kw_only=True)
class OutcomeTexts:
    """The text that reads as 1, and those that read as 0: the one other where there are none; more are no outcome."""

    positive: str
    negative: tuple[str, ...] = ()

    @property
    def case_matters(self) -> bool:
        """Return whether the values differ by nothing but capital letters."""
        return self.positive.strip().lower() in {value.strip().lower() for value in self.negative}


@dataclass(frozen=True, kw_only=True)
class LabelTable:
    """Outcomes in a table of their own, joined by a `key` column that both tables have, as text.

    The column `target` comes into a batch as `name`, a 64-bit float; of several labels with one key the last counts.
    """

    table: SourceTable
    key: str
    target: str
    name: str
    arrived: str | None = None
    outcome: OutcomeTexts | None = None
    """How `target` reads; None where it holds numbers."""


@dataclass(frozen=True, kw_only=True)
class Scan:
    """The columns to read: `numeric` as 64-bit floats, `text` as strings, `time` as days in `zone`.

    A time without an offset is taken as local in `zone`; `time_format` is that of the project file.
    """

    table: SourceTable
    numeric: tuple[str, ...]
    text: tuple[str, ...]
    time: str | None = None
    time_format: str | None = None
    zone: str = "UTC"
    hours: bool = False
    """Whether a batch tells the hour of each row too."""
    labels: LabelTable | None = None
    until: int | None = None
    """The last day, since 1970-01-01, whose rows are read; rows without a readable date are read in any case."""
    outcomes: Mapping[str, OutcomeTexts] = field(default_factory=dict)
    """Columns of `numeric` that hold outcomes; a value that is none of them comes as NaN, no value as null."""
    lenient: bool = False
    """Whether a value that does not read as a number or a time is no value, in the place of an error."""


def text_name(scan: Scan, column: str) -> str:
    """Return the name under which a batch of the scan has a column as text."""
    return TEXT + column if column in scan.numeric else column


def is_delta(path: Path) -> bool:
    """Return whether a folder is a Delta table: it has a log of its own."""
    return (path / "_delta_log").is_dir()


class TableReader(Protocol):
    """What an engine says of the files of a table."""

    def schema(self, table: SourceTable) -> Mapping[str, str]:
        """Return column names with their types, in file order; InputError when the files differ in their columns."""
        ...

    def dialect(self, table: SourceTable) -> Csv:
        """Return how the first file of a table of CSV seems to be written, by its first lines."""
        ...

    def rows(self, table: SourceTable) -> int:
        """Return the number of rows."""
        ...

    def about(self, table: SourceTable) -> int:
        """Return about how many rows there are, at no cost: 0 where that cannot be told."""
        ...

    def digest(self, table: SourceTable) -> str:
        """Return the SHA-256 of the rows when this was first asked: of a file, of the digests of several, of a copy."""
        ...

    def changed(self) -> tuple[SourceTable, ...]:
        """Return the tables whose digest was asked for and whose files are no longer what they were."""
        ...


class Engine(TableReader, Protocol):
    """What every engine can do; all of them pass the same conformance tests."""

    def numeric(self, table: SourceTable, columns: tuple[str, ...]) -> tuple[str, ...]:
        """Return those of `columns` whose every value reads as a number, and that have a value at all.

        Digits with leading zeros are codes, and so are those that a file with types calls texts.
        """
        ...

    def unreadable(self, scan: Scan) -> Mapping[str, tuple[int, str]]:
        """Return, by column, how many values do not read as the scan's type, and one of them."""
        ...

    def days(self, scan: Scan) -> Mapping[int, int]:
        """Return the rows of each day since 1970-01-01 by the scan's time; -1 stands for no readable date."""
        ...

    def duplicates(self, scan: Scan) -> int:
        """Return the rows of a scan beyond the first of each combination of its texts."""
        ...

    def unmatched(self, table: SourceTable, labels: LabelTable) -> int:
        """Return the labels whose key no row of `table` has."""
        ...

    def others(self, table: SourceTable, column: str, said: OutcomeTexts) -> Mapping[str, int]:
        """Return the rows of the values beside the positive one, the most frequent first; none where that one lacks."""
        ...

    def fold(
        self,
        scan: Scan,
        partial: Callable[[pa.RecordBatch], State],
        merge: Callable[[State, State], State],
        jobs: int = 1,
    ) -> State | None:
        """Return the merged partial states of batches in file order; None without rows.

        A batch has `BATCH_ROWS` rows, and fewer of a wide table.

        Raises Unreadable when a value does not read as the scan's type.
        """
        ...


def listed(columns: tuple[str, ...]) -> str:
    """Return how many columns there are, and the names of the first ones."""
    names = ", ".join(map(shown, columns[:MOST_LISTED])) + (" …" if len(columns) > MOST_LISTED else "")
    return f"{len(columns)} column{'s' * (len(columns) != 1)}: {names}"


def shown(name: str) -> str:
    """Return the name of a column, in quotes where blanks belong to it, and cut where it is long."""
    if len(name) > LONGEST:
        return repr(f"{name[: LONGEST - 1]}…")
    return repr(name) if name != name.strip() or not name else name
