"""One number, text, date or truth value with everything that vouches for it."""

import datetime
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from typing import Any, Literal, NoReturn
from urllib.parse import quote

from generator.records.reason import asked

Origin = Literal["measured", "declared", "derived", "simulated"]
Value = float | int | str | bool | datetime.date | None
Kind = Literal["sampling", "declared", "scenario", "simulation", "none"]


@dataclass(frozen=True, slots=True)
class Range:
    """What the bounds of a value stand for, and for how much of what is possible.

    `sampling`: what rows like these leave open, at `level`; `simulation`: the share `level` of seeded draws;
    `declared`: the project file says so; `scenario`: the value under stated circumstances. The last two have no
    level, since nobody has counted how often the truth lies within them; `none`: there are no bounds.
    """

    kind: Kind = "none"
    level: float | None = None

    def __post_init__(self) -> None:
        if (self.level is None) == (self.kind in COUNTED):
            raise ValueError(f"a range of the kind {self.kind} has {'a' if self.kind in COUNTED else 'no'} level")


COUNTED: tuple[Kind, ...] = ("sampling", "simulation")
NO_RANGE = Range()
SAMPLING, SAMPLING_90 = Range("sampling", 0.95), Range("sampling", 0.9)
SIMULATION, SIMULATION_90 = Range("simulation", 0.95), Range("simulation", 0.9)
DECLARED, SCENARIO = Range("declared"), Range("scenario")


@dataclass(frozen=True, kw_only=True, slots=True)
class Fact:
    """A value with its evidence; `value` is None exactly when `reason` says why.

    `unit` is one of the unit names of `records.notation`; `low` and `high` bound the value in the same unit, and
    `range` says in which sense; `n` counts the rows (or days, or draws) behind it.
    """

    id: str
    value: Value
    label: str = ""
    unit: str = ""
    low: float | None = None
    high: float | None = None
    range: Range = NO_RANGE
    n: int | None = None
    method: str = ""
    source: str = ""
    origin: Origin = "measured"
    reason: str = ""
    asks: tuple[str, ...] = ()
    """Keys of the project file that would bring the value."""

    def __post_init__(self) -> None:
        if (self.value is None) != bool(self.reason):
            raise ValueError(f"{self.id}: a fact has either a value or a reason why not")
        if asks := asked(self.reason):
            object.__setattr__(self, "asks", asks)
        if isinstance(self.value, float) and self.value - self.value != 0:
            raise ValueError(f"{self.id}: {self.value} is not a number")
        if self.low is None or self.high is None:
            object.__setattr__(self, "range", NO_RANGE)
        elif self.range == NO_RANGE:
            raise ValueError(f"{self.id}: its bounds do not say what they stand for")

    @property
    def number(self) -> float | None:
        """Return the value where it is a number."""
        value = self.value
        return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None

    @property
    def bounds(self) -> tuple[float, float] | None:
        """Return the bounds of the value where it has both."""
        return None if self.low is None or self.high is None else (self.low, self.high)

    def __str__(self) -> NoReturn:
        raise TypeError(f"{self.id}: a fact is printed by a component, never as bare text")

    def __format__(self, spec: str) -> NoReturn:
        raise TypeError(f"{self.id}: a fact is printed by a component, never as bare text")


Sentence = tuple[str | Fact, ...]
"""Words with facts between them: prose that a program writes, its numbers still evidence."""


NOWHERE = "nothing in this build measures it"


def missing(id: str, reason: str, *, label: str = "", unit: str = "") -> Fact:
    """Return the fact that says why there is no value."""
    return Fact(id=id, value=None, reason=reason, label=label, unit=unit)


def segment_of(name: str) -> str:
    """Return `name` as one part of a fact id: every character but letters, digits, `_` and `-` percent-encoded."""
    return quote(name, safe="").replace(".", "%2E").replace("~", "%7E") or "%00"


def facts_in(sentence: Sentence) -> Iterator[Fact]:
    """Yield the facts of a sentence in order."""
    return (part for part in sentence if isinstance(part, Fact))


def own_facts(record: Any) -> tuple[Fact, ...]:
    """Return the facts that are fields of a record, in their order."""
    held = (getattr(record, name) for name in field_names(type(record)))
    return tuple(one for one in held if isinstance(one, Fact))


def facts_of(value: Any) -> Iterator[Fact]:
    """Return the facts anywhere in a value, in order: in a node, a gate, a sentence, a result."""
    found: list[Fact] = []
    _gather(value, found)
    return iter(found)


def _gather(value: Any, found: list[Fact]) -> None:
    if isinstance(value, Fact):
        found.append(value)
    elif isinstance(value, tuple):
        for item in value:
            _gather(item, found)
    elif isinstance(value, Mapping):
        for item in value.values():
            _gather(item, found)
    else:
        for name in field_names(type(value)):
            _gather(getattr(value, name), found)


def _field_names(kind: type) -> tuple[str, ...]:
    return tuple(each.name for each in fields(kind)) if is_dataclass(kind) else ()


field_names: Callable[[Any], tuple[str, ...]] = cache(_field_names)
"""Takes a class, gives the names of its fields; none where it is no record."""
