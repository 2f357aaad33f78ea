"""Takes frozen records, gives JSON by their fields, and the other way round, strictly, with the place of an error.

A field is a text, a number, a truth value, a day, a literal, a fact, a record, a tuple, a mapping, or one of several of
these that JSON tells apart. A fact is a reference to where all facts stand. A mapping whose keys are records becomes a
list of pairs.
"""

import datetime
import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from generator.records.fact import Fact, field_names

Json = Any
Read = Callable[[Json], Any]
UNIONS = (Union, types.UnionType)
PLAIN: dict[type, tuple[type, ...]] = {str: (str,), bool: (bool,), int: (int,), float: (float, int)}


class Misfit(ValueError):
    """JSON that is no value of the type asked for; its text begins with the place, such as `.days[3].date`."""

    def inside(self, place: str) -> "Misfit":
        """Return the same one level further up."""
        return Misfit(f"{place}{self}")


def encoded(value: Any, refer: Callable[[Fact], Json]) -> Json:
    """Return a value as JSON; `refer` says how a fact is referred to."""
    if isinstance(value, Fact):
        return refer(value)
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [encoded(each, refer) for each in value]
    if isinstance(value, Mapping):
        if all(isinstance(key, str) for key in value):
            return {key: encoded(each, refer) for key, each in value.items()}
        return [[encoded(key, refer), encoded(each, refer)] for key, each in value.items()]
    if is_dataclass(kind := type(value)):
        return {name: encoded(getattr(value, name), refer) for name in field_names(kind)}
    return value


class Decoder:
    """Reads JSON as values of types; `fact` finds the fact that a reference stands for."""

    def __init__(self, fact: Callable[[Json], Fact]) -> None:
        self._fact = fact
        self._reader = cache(self._made)

    def read(self, kind: Any, content: Json) -> Any:
        """Return the value of a type; a Misfit says where the JSON is none."""
        return self._reader(kind)(content)

    def _made(self, kind: Any) -> Read:
        origin, inside = get_origin(kind), get_args(kind)
        if kind is Fact:
            return self._fact
        if is_dataclass(kind):
            return self._record(kind)
        if origin in UNIONS:
            return self._one_of(inside)
        if origin is tuple:
            return self._tuple(*inside)
        if isinstance(origin, type) and issubclass(origin, Mapping):
            return self._mapping(*map(self._reader, inside))
        if origin is Literal:
            return _checked(lambda content: content in inside, f"one of {', '.join(map(str, inside))}")
        return _plain(kind)

    def _record(self, kind: Any) -> Read:
        hints = get_type_hints(kind)
        readers = {each.name: self._reader(hints[each.name]) for each in fields(kind)}
        needed = {each.name for each in fields(kind) if each.default is MISSING and each.default_factory is MISSING}

        def read(content: Json) -> Any:
            if type(content) is not dict or not needed <= content.keys() <= readers.keys():
                given = content.keys() if type(content) is dict else set[str]()
                odd = ", ".join(sorted((needed - given) | (given - readers.keys())))
                raise Misfit(f": not the fields of {kind.__name__}: {odd}")
            found = {}
            for name, each in content.items():
                try:
                    found[name] = readers[name](each)
                except Misfit as misfit:
                    raise misfit.inside(f".{name}") from None
            return kind(**found)

        return read

    def _tuple(self, *kinds: Any) -> Read:
        each = self._reader(kinds[0])

        def read(content: Json) -> Any:
            if type(content) is not list:
                raise Misfit(": not a list")
            found = []
            for place, part in enumerate(content):
                try:
                    found.append(each(part))
                except Misfit as misfit:
                    raise misfit.inside(f"[{place}]") from None
            return tuple(found)

        return read

    def _mapping(self, key: Read, value: Read) -> Read:
        def read(content: Json) -> Any:
            found = {}
            for name, each in content.items() if type(content) is dict else content:
                try:
                    found[key(name)] = value(each)
                except Misfit as misfit:
                    raise misfit.inside(f"[{name}]") from None
            return found

        return read

    def _one_of(self, kinds: tuple[Any, ...]) -> Read:
        """Among texts, lists, and records, which their fields tell apart."""
        readers = {kind: self._reader(kind) for kind in kinds}

        def read(content: Json) -> Any:
            fitting = [kind for kind in kinds if _fits(kind, content)]
            if len(fitting) != 1:
                raise Misfit(f": {len(fitting)} of {', '.join(getattr(kind, '__name__', str(kind)) for kind in kinds)}")
            return readers[fitting[0]](content)

        return read


def _fits(kind: Any, content: Json) -> bool:
    """Return whether JSON can be of a type at first sight."""
    if kind is Fact:
        return type(content) is dict and "fact" in content
    if kind is type(None):
        return content is None
    if is_dataclass(kind):
        return type(content) is dict and content.keys() <= set(field_names(kind))
    if get_origin(kind) is tuple:
        return type(content) is list
    return type(content) in PLAIN.get(kind, (str,))


def _plain(kind: Any) -> Read:
    if kind is datetime.date:
        return _day
    if kind is type(None):
        return _checked(lambda content: content is None, "nothing")
    return _checked(lambda content: type(content) in PLAIN[kind], kind.__name__)


def _checked(fits: Callable[[Json], bool], wanted: str) -> Read:
    def read(content: Json) -> Json:
        if not fits(content):
            raise Misfit(f": {content!r:.40} is not {wanted}")
        return content

    return read


def _day(content: Json) -> datetime.date:
    try:
        return datetime.date.fromisoformat(content)
    except (TypeError, ValueError):
        raise Misfit(f": {content!r:.40} is not a day") from None
