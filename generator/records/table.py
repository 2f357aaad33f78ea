"""A table of facts and texts: what documents print and what figures are drawn from."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from generator.records.fact import Fact, Sentence, Value
from generator.records.reason import asked

Status = Literal["pass", "fail", "inconclusive", "ok", "watch", "confirmed", "severe", "yellow", "red", "green", "info"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Mark:
    """A status word; formats show it as a word with a shape, never as colour alone."""

    status: Status
    word: str


Cell = Fact | Mark | Sentence | str


@dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    """A column: its key, its heading, and the unit that stands in the heading when all its facts share it."""

    key: str
    label: str
    unit: str = ""
    wide: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    """Rows of cells under columns; empty exactly when `reason` says why."""

    id: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    reason: str = ""
    note: Sentence = ()
    asks: tuple[str, ...] = ()
    """Keys of the project file that would bring rows."""

    def __post_init__(self) -> None:
        if asks := asked(self.reason):
            object.__setattr__(self, "asks", asks)
        if bool(self.rows) == bool(self.reason):
            raise ValueError(f"{self.id}: a table has either rows or a reason why not")
        for row in self.rows:
            if len(row) != len(self.columns):
                raise ValueError(f"{self.id}: a row of {len(row)} cells under {len(self.columns)} columns")

    @property
    def records(self) -> tuple[Mapping[str, Cell], ...]:
        """Return the rows by column key."""
        keys = [column.key for column in self.columns]
        return tuple(dict(zip(keys, row, strict=True)) for row in self.rows)

    def column(self, key: str) -> tuple[Cell, ...]:
        """Return the cells under the column `key`; a KeyError names the table when there is none."""
        for index, column in enumerate(self.columns):
            if column.key == key:
                return tuple(row[index] for row in self.rows)
        raise KeyError(f"{self.id} has no column {key}")


def value_of(cell: Cell) -> Value:
    """Return the value of the fact in a cell; None where the cell holds no fact."""
    return cell.value if isinstance(cell, Fact) else None


def day_of(cell: Cell) -> datetime.date | None:
    """Return the day that the fact in a cell is, if it is one."""
    value = value_of(cell)
    return value if isinstance(value, datetime.date) else None
