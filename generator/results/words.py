"""Takes the `words.toml` of a room, gives the words of its quantities, and the titles and columns of its tables."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from generator.records.fact import Fact, Origin, Sentence, missing
from generator.records.reason import Reason
from generator.records.table import Cell, Column, Table

TABLES = "tables"
"""The section of the file that holds the tables; all others are quantities."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """What a number is, in words: its id, label and unit, how it was found, and why it may be missing."""

    id: str
    label: str = ""
    unit: str = ""
    method: str = ""
    reason: str = ""
    asks: tuple[str, ...] = ()
    origin: Origin | None = None

    @property
    def why(self) -> str:
        """Return the reason with the keys that would take it away."""
        return Reason(self.reason, self.asks) if self.asks else self.reason

    def gap(self) -> Fact:
        """Return the fact that says why there is no value."""
        return missing(self.id, self.why, label=self.label, unit=self.unit)


@dataclass(frozen=True, slots=True)
class Words:
    """The quantities of a room by their ids; braces in ids and words hold the names that differ."""

    quantities: Mapping[str, Mapping[str, Any]]

    def __call__(self, id: str, /, **names: object) -> Quantity:
        """Return the quantity `id` with the names in their places."""
        words = dict(self.quantities[id])
        asks = tuple(words.pop("asks", ()))
        return Quantity(id=id.format(**names), asks=asks, **{key: text.format(**names) for key, text in words.items()})


def worded(what: str | Quantity, label: str, unit: str, method: str, reason: str) -> Quantity:
    """Return a quantity, with the words that are given where it has none of its own."""
    own = Quantity(what) if isinstance(what, str) else what
    given = (own.label or label, own.unit or unit, own.method or method, own.why or reason)
    return Quantity(own.id, *given, origin=own.origin)


@dataclass(frozen=True, slots=True)
class TableWords:
    """The titles and columns of a room's tables by their ids; braces in them hold the names that differ."""

    written: Mapping[str, Mapping[str, Any]]

    def keys(self, id: str) -> tuple[str, ...]:
        """Return the keys of the columns of the table `id`."""
        return tuple(head.removeprefix("*").partition(": ")[0] for head in self.written[id]["columns"])

    def __call__(
        self, id: str, rows: Iterable[tuple[Cell, ...]], *, reason: str = "", note: Sentence = (), **names: str
    ) -> Table:
        """Return the table `id` with the names in their places; `reason` says why it has no rows when it has none."""
        words, rows = self.written[id], tuple(rows)
        return Table(
            id=id,
            title=words["title"].format(**names),
            columns=columns(*words["columns"], **names),
            rows=rows,
            reason="" if rows else reason,
            note=note if rows else (),
        )


def quantities(file: str) -> Words:
    """Return the words of the room in which the module `file` lies."""
    return Words({id: words for id, words in _read(_path(file)).items() if id != TABLES})


def tables(file: str) -> TableWords:
    """Return the tables of the room in which the module `file` lies."""
    return TableWords(_read(_path(file))[TABLES])


def columns(*heads: str, **names: str) -> tuple[Column, ...]:
    """Return columns from `key: Label (unit)` texts, units as `records.notation` names them; a `*` makes one wide."""
    made = []
    for head in heads:
        key, _, label = head.removeprefix("*").partition(": ")
        name, _, unit = label.partition(" (")
        label, unit = ((name or key.capitalize()).format(**names), unit.removesuffix(")").format(**names))
        made.append(Column(key=key, label=label, unit=unit, wide=head.startswith("*")))
    return tuple(made)


def _path(file: str) -> Path:
    return Path(file).with_name("words.toml")


@cache
def _read(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))
