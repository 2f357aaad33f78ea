"""A table and a model file as `init` sees them: columns with their kinds and few levels, what the model wants."""

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


@dataclass(frozen=True, kw_only=True, slots=True)
class ModelFile:
    """A model file as `init` sees it; one that runs code is not opened, and tells nothing but its digest."""

    format: str
    sha256: str
    features: tuple[str, ...] = ()
    """The columns it wants; empty where it does not say."""
    classifier: bool = False
    opened: bool = True
