"""A table and a model file as `init` sees them: what is said of them, columns and their kinds, what the model wants."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal


@dataclass(frozen=True, kw_only=True)
class Said:
    """What the caller says of a table; nothing of it is guessed here."""

    target: str | None = None
    prediction: str | None = None
    time: str | None = None
    entity: str | None = None
    segments: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    model: Path | None = None
    trusted: tuple[str, ...] = ()
    positive: str | None = None
    """The value of a binary target that counts as 1."""


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
