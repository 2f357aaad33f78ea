"""Settings → every number and date in them under the names by which a formula may call them."""

import datetime
import re
import types
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from generator.records.project.units import Unit

NAMING = ("id", "name", "version", "metric", "level")
"""Keys by which an item of a list may be called instead of its number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberAt:
    """A number or a date: its dotted path with items by number, the same with items by name, and its unit."""

    path: str
    alias: str
    value: float | datetime.date
    unit: str


def numbers_of(settings: Any) -> Iterator[NumberAt]:
    """Yield every declared number and date of a settings dataclass, in the order of the schema."""
    yield from _section(settings, "", "")


def _section(section: Any, path: str, alias: str) -> Iterator[NumberAt]:
    hints = get_type_hints(type(section), include_extras=True)
    for field in fields(section):
        value, unit = getattr(section, field.name), _unit(hints[field.name])
        yield from _value(value, unit, f"{path}.{field.name}".lstrip("."), f"{alias}.{field.name}".lstrip("."))


def _value(value: Any, unit: str, path: str, alias: str) -> Iterator[NumberAt]:
    if is_dataclass(value):
        yield from _section(value, path, alias)
    elif isinstance(value, tuple):
        for number, item in enumerate(value):
            yield from _value(item, unit, f"{path}.{number}", f"{alias}.{_name(item, number)}")
    elif isinstance(value, (int, float, datetime.date)) and not isinstance(value, bool):
        yield NumberAt(path=path, alias=alias, value=value, unit="date" if isinstance(value, datetime.date) else unit)


def _name(item: Any, number: int) -> str:
    named = next((getattr(item, key) for key in NAMING if isinstance(getattr(item, key, None), str)), "")
    return re.sub(r"\W", "_", named) or str(number)


def _unit(hint: Any) -> str:
    """Return the unit that a type is annotated with, inside of a list or beside None too."""
    origin = get_origin(hint)
    if origin is Annotated:
        return next((mark.name for mark in get_args(hint)[1:] if isinstance(mark, Unit)), "")
    if origin in {Union, types.UnionType, tuple}:
        return next((unit for part in get_args(hint) if (unit := _unit(part))), "")
    return ""
