"""Takes the bytes of an .rds file, gives the R object in it as plain values with their attributes; no R code runs."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from generator.scorer.frames import Message
from generator.scorer.refused import AT_FILE, EXPORT, Refused, first_line


@dataclass(frozen=True, eq=False)
class RValue:
    """One R object; what holds no data, such as a function or an environment, is of kind `other`."""

    kind: str
    """`null`, `numbers`, `texts`, `list`, `symbol`, `call`, `s4` or `other`."""
    numbers: Any = field(default_factory=lambda: np.zeros(0))
    """NaN stands for NA."""
    texts: tuple[str | None, ...] = ()
    items: tuple[RValue, ...] = ()
    """What a list holds; a call: the function, then its arguments."""
    attributes: Mapping[str, RValue] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of the parts, empty where they have none."""
        return self.text_attribute("names")

    @property
    def classes(self) -> tuple[str, ...]:
        """Return the S3 or S4 classes."""
        return self.text_attribute("class")

    def text_attribute(self, name: str) -> tuple[str, ...]:
        """Return an attribute made of texts, empty where there is none."""
        found = self.attributes.get(name)
        return () if found is None else tuple(text or "" for text in found.texts)

    def parts(self) -> dict[str, RValue]:
        """Return a list's parts by name."""
        return dict(zip(self.names, self.items, strict=False))

    def levels_of_factor(self) -> tuple[str | None, ...]:
        """Return the texts of a factor or of a text vector."""
        levels = self.text_attribute("levels")
        if not levels:
            return self.texts
        return tuple(None if np.isnan(code) else levels[int(code) - 1] for code in self.numbers)


def read_r(content: bytes) -> RValue:
    """Return the object of an .rds file; raises Refused when it cannot be read."""
    from rdata.parser import parse_data

    try:
        return _value(parse_data(content, extension=".rds").object)
    except MemoryError:
        raise
    except RecursionError as error:
        raise Refused("the R object is nested too deeply", AT_FILE, SAVE) from error
    except Exception as error:
        unknown = UNKNOWN.match(str(error))
        if str(error).startswith("Type R") or (unknown and int(unknown[1]) >= OWN_KINDS):
            what = f"the object holds what cannot be read without R: {first_line(error)}"
            raise Refused(what, AT_FILE, EXPORT) from error
        raise Refused(f"not an .rds file: {first_line(error)}", AT_FILE, SAVE) from error


UNKNOWN = re.compile(r"(\d+) is not a valid RObjectType")
OWN_KINDS = 238
"""From this number on R marks what it alone understands, such as byte code and environments of packages."""
SAVE = "write it in R with saveRDS(object, file)"


def _value(raw: Any) -> RValue:
    kind = raw.info.type.name
    if kind == "REF":
        return _value(raw.referenced_object)
    attributes = {tag: _value(part) for tag, part in _pairs(raw.attributes)}
    if kind in ("LGL", "INT", "REAL"):
        masked = np.ma.asarray(raw.value, dtype=np.float64)
        return RValue(kind="numbers", numbers=np.asarray(masked.filled(np.nan)), attributes=attributes)
    if kind == "STR":
        return RValue(kind="texts", texts=tuple(_text(part) for part in raw.value), attributes=attributes)
    if kind in ("VEC", "EXPR"):
        return RValue(kind="list", items=tuple(_value(part) for part in raw.value), attributes=attributes)
    return _of_language(raw, kind, attributes)


def _of_language(raw: Any, kind: str, attributes: Mapping[str, RValue]) -> RValue:
    if kind == "SYM":
        return RValue(kind="symbol", texts=(_text(raw.value),))
    if kind in ("LANG", "LIST"):
        made = "call" if kind == "LANG" else "list"
        return RValue(kind=made, items=tuple(_value(part) for _, part in _pairs(raw)), attributes=attributes)
    if kind == "S4":
        return RValue(kind="s4", attributes=attributes)
    return RValue(kind="null" if kind in ("NIL", "NILVALUE") else "other", attributes=attributes)


def _pairs(cell: Any) -> Iterator[tuple[str, Any]]:
    """Yield tag and value of every cell of a pair list."""
    while cell is not None and cell.info.type.name in ("LIST", "LANG"):
        value, rest = cell.value
        yield _tag(cell.tag), value
        cell = rest


def _tag(tag: Any) -> str:
    if tag is None:
        return ""
    symbol = tag.referenced_object or tag
    return _text(symbol.value) or ""


def _text(char: Any) -> str | None:
    """Return the text of an R string; NA is None."""
    if char.value is None:
        return None
    try:
        return str(char.value.decode("utf-8"))
    except UnicodeDecodeError:
        return str(char.value.decode("latin-1"))


def flat(value: RValue) -> Message:
    """Return an R object as a message: its parts by their number, the object itself first."""
    found: Message = {}
    count = itertools.count()

    def add(part: RValue) -> int:
        place = next(count)
        found[f"{place} kind"], found[f"{place} numbers"], found[f"{place} texts"] = (
            (part.kind,),
            part.numbers,
            part.texts,
        )
        items, attributes = [add(each) for each in part.items], [add(each) for each in part.attributes.values()]
        found[f"{place} items"] = np.array(items, dtype=np.int32)
        found[f"{place} attributes"] = np.array(attributes, dtype=np.int32)
        found[f"{place} tags"] = tuple(part.attributes)
        return place

    add(value)
    return found


def whole(message: Message, place: int = 0) -> RValue:
    """Return the R object of such a message."""
    attributes = zip(message[f"{place} tags"], message[f"{place} attributes"].tolist())
    return RValue(
        kind=message[f"{place} kind"][0],
        numbers=message[f"{place} numbers"],
        texts=message[f"{place} texts"],
        items=tuple(whole(message, each) for each in message[f"{place} items"].tolist()),
        attributes={tag: whole(message, each) for tag, each in attributes},
    )
