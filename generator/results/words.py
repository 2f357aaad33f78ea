"""Takes the `words.toml` of a room, gives what each of its quantities is called, its unit, and how it was found."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from generator.records.fact import Fact, Origin, missing
from generator.records.reason import Reason


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


def quantities(file: str) -> Words:
    """Return the words of the room in which the module `file` lies."""
    return _read(Path(file).with_name("words.toml"))


@cache
def _read(path: Path) -> Words:
    return Words(tomllib.loads(path.read_text(encoding="utf-8")))
