"""The records of a `results.json` → its JSON Schema, which ships as a file: `python -m generator.bundle.schema`."""

import datetime
import json
import types
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from generator.bundle.results import SCHEMA_VERSION
from generator.records.decision import Alert, Gate, JudgedTrigger, Verdict
from generator.records.evidence import Claim, Finding
from generator.records.fact import Fact, Kind, Origin
from generator.records.presentation import Presentation
from generator.records.results import Input
from generator.records.table import Table
from generator.records.timeline import Timeline
from generator.subjects.windows.found import DayWindow

FILE = Path(__file__).with_name("results.schema.json")
DIALECT = "https://json-schema.org/draft/2020-12/schema"
PLAIN = {str: "string", bool: "boolean", int: "integer", float: "number", type(None): "null"}
TEXT, OBJECT, DAY = {"type": "string"}, {"type": "object"}, {"type": "string", "format": "date"}
REFERENCE = {"type": "object", "required": ["fact"], "properties": {"fact": TEXT, "as": {"$ref": "#/$defs/Fact"}}}
"""How a fact is named where it stands; `as` holds it where another fact has its id."""
Json = dict[str, Any]


def json_schema() -> Json:
    """Return the schema of `results.json`."""
    shapes = _Shapes()
    shown = {
        "schema_version": {"const": SCHEMA_VERSION},
        "project": _object(name=TEXT, title=TEXT, currency=TEXT, simulated={"type": "boolean"}, classification=TEXT),
        "model": _object(name=TEXT, version=TEXT),
        "as_of": DAY,
        "digest": TEXT,
        "tool": TEXT,
        "inputs": shapes.of(tuple[Input, ...]),
        "verdict": shapes.of(Verdict),
        "request": {"enum": ["none", "shadow", "canary", "full", None]},
        "gates": shapes.of(tuple[Gate, ...]),
        "findings": shapes.of(tuple[Finding, ...]),
        "alerts": shapes.of(tuple[Alert, ...]),
        "triggers": shapes.of(tuple[JudgedTrigger, ...]),
        "windows": {"type": ["object", "null"], "additionalProperties": shapes.of(DayWindow)},
        "readiness": {"type": ["object", "null"]},
        "timeline": shapes.of(Timeline | None),
        "value": {"type": ["object", "null"]},
        "tables": _each(shapes.of(Table)),
        "subjects": _each(OBJECT),
        "facts": _each({"$ref": "#/$defs/Fact"}),
    }
    shapes.found["Fact"] = _fact(shapes)
    shapes.found["Gate"]["properties"] |= {"margin": TEXT, "claim": shapes.of(Claim)}
    shapes.found["Finding"]["properties"]["text"] = TEXT
    shapes.found["Table"]["required"].remove("id")
    whole = _object(**shown)
    whole["properties"]["presentation"] = shapes.of(Presentation)
    return {"$schema": DIALECT, "title": "results.json", **whole, "$defs": shapes.found}


def _object(**properties: Json) -> Json:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _each(kind: Json) -> Json:
    return {"type": "object", "additionalProperties": kind}


def _fact(shapes: "_Shapes") -> Json:
    number = {"type": ["number", "null"]}
    date = _object(date=DAY)
    shape = _object(
        value={"anyOf": [{"type": ["number", "string", "boolean", "null"]}, date]},
        unit=TEXT,
        low=number,
        high=number,
        range=shapes.of(Kind),
        level=number,
        n={"type": ["integer", "null"]},
        method=TEXT,
        source=TEXT,
        origin=shapes.of(Origin),
        label=TEXT,
        reason=TEXT,
        asks=shapes.of(tuple[str, ...]),
    )
    shape["properties"] |= {"in_table": {"type": "boolean"}, "window": {"type": ["string", "null"]}}
    return shape


class _Shapes:
    """Writes types as the codec of results writes their values; records stand under `found`, by name."""

    def __init__(self) -> None:
        self.found: dict[str, Json] = {}

    def of(self, kind: Any) -> Json:
        """Return the schema of a type."""
        origin, inside = get_origin(kind), get_args(kind)
        if kind is Fact:
            return REFERENCE
        if is_dataclass(kind):
            return self._record(kind)
        if origin in (Union, types.UnionType):
            return {"anyOf": [self.of(each) for each in inside]}
        if origin is tuple:
            return {"type": "array", "items": self.of(inside[0])}
        if isinstance(origin, type) and issubclass(origin, Mapping):
            return _each(self.of(inside[1])) if inside[0] is str else {"type": "array"}
        if origin is Literal:
            return {"enum": list(inside)}
        return DAY if kind is datetime.date else {"type": PLAIN[kind]}

    def _record(self, kind: Any) -> Json:
        name = kind.__name__
        if name not in self.found:
            self.found[name] = {}
            hints = get_type_hints(kind)
            shape = _object(**{each.name: self.of(hints[each.name]) for each in fields(kind)})
            needless = {each.name for each in fields(kind) if each.default is not MISSING}
            needless |= {each.name for each in fields(kind) if each.default_factory is not MISSING}
            shape["required"] = [each for each in shape["required"] if each not in needless]
            self.found[name] = shape
        return {"$ref": f"#/$defs/{name}"}


def written() -> str:
    """Return the schema as the text of its file."""
    return f"{json.dumps(json_schema(), indent=1, ensure_ascii=False)}\n"


if __name__ == "__main__":
    FILE.write_text(written(), encoding="utf-8")
