"""A table as `init` sees it: its columns with what kind each is and which few levels it has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    """A column; `levels` are its values where there are few, None where there are many.

    `unique` says that no value of a column of many levels comes twice.
    """

    name: str
    kind: Literal["number", "time", "text"]
    levels: tuple[str, ...] | None = None
    unique: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Inspection:
    """A table's columns in file order, and the texts in it that mean no value where numbers belong."""

    rows: int
    columns: tuple[Column, ...]
    markers: tuple[str, ...] = ()
