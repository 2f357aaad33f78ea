"""The dataclasses of the project file and the words of `keys.toml` → a JSON Schema for editors.

What ships is a file, so that an editor needs no Python: `python -m generator.load.schema` writes it again.
"""

import json
import tomllib
from pathlib import Path
from typing import Any, get_args, get_origin

from pydantic import ConfigDict, TypeAdapter

from generator.load.keys import is_section, keys, strip
from generator.load.shape import CONFIG
from generator.records import project
from generator.records.places import schema_file
from generator.records.project import Settings

WORDS = Path(__file__).with_name("keys.toml")
DIALECT = "https://json-schema.org/draft/2020-12/schema"


def json_schema() -> dict[str, Any]:
    """Return the schema of `dossier.yaml`."""
    config = ConfigDict(**CONFIG, use_attribute_docstrings=True)
    definitions: dict[str, Any] = TypeAdapter(tuple[Settings], config=config).json_schema()["$defs"]
    words = tomllib.loads(WORDS.read_text(encoding="utf-8"))
    for name, definition in definitions.items():
        _polish(definition, getattr(project, name), words.get(name, {}))
    top = definitions.pop("Settings")
    return {"$schema": DIALECT, "title": "dossier.yaml", **top, "$defs": definitions}


def _polish(definition: dict[str, Any], section: type, words: dict[str, str]) -> None:
    """Take the titles away, which repeat the keys, and say what the keys mean, by `words` or their docstrings."""
    definition.pop("title", None)
    for key, annotation in keys(section).items():
        entry = definition["properties"][key]
        entry.pop("title", None)
        entry["description"] = entry.pop("description", None) or words.get(key, "")
        kind, unit = strip(annotation)
        if unit:
            said = "A share: 0.25 is 25 %." if unit == "share" else f"Unit: {unit}."
            entry["description"] = f"{entry['description']} {said}".strip()
        if get_origin(kind) is tuple and is_section(strip(get_args(kind)[0])[0]):
            _or_table(entry)
        if is_section(kind) and "default" in entry:
            del entry["default"]


def _or_table(entry: dict[str, Any]) -> None:
    """Let a list of records be a small table in a CSV file too."""
    listed = {key: entry.pop(key) for key in ("type", "items") if key in entry}
    table = {"type": "object", "properties": {"csv": {"type": "string"}}, "required": ["csv"]}
    entry["anyOf"] = [listed, {**table, "additionalProperties": False}]


def written() -> str:
    """Return the schema as the text of the file that ships."""
    return json.dumps(json_schema(), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    schema_file().write_text(written(), encoding="utf-8")
