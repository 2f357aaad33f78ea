"""The JSON Schema that ships: what the dataclasses say now, a true word for every key, and it judges as `load` does."""

import json
import re
import tomllib
from typing import Any

import pytest

from generator.load.schema import WORDS, json_schema, written
from generator.records.places import schema_file
from tests.house.source import ROOT


def sections() -> dict[str, dict[str, Any]]:
    """Return the properties of each section of the schema by its name."""
    schema = json_schema()
    found = {name: section.get("properties", {}) for name, section in schema["$defs"].items()}
    return found | {"Settings": schema["properties"]}


def test_the_file_that_ships_is_what_the_dataclasses_say():
    text = schema_file().read_text(encoding="utf-8")
    assert text == written(), "write it again: python -m generator.load.schema"
    assert json.loads(text)["required"] == ["project", "model", "data"]


def test_every_key_has_a_description():
    """A sentence beside the unit that is said of its own accord."""
    places = {(name, key): entry["description"] for name, keys in sections().items() for key, entry in keys.items()}
    words = {place: re.sub(r"\s*(A share: .*|Unit: \S+)$", "", text) for place, text in places.items()}
    assert len(words) > 500
    assert not [place for place, text in words.items() if len(text.split()) < 2 or not text.endswith((".", "`"))]


@pytest.mark.parametrize("section", tomllib.loads(WORDS.read_text(encoding="utf-8")))
def test_words_are_of_keys_that_exist_and_say_nothing_else_says(section: str):
    """A key with a docstring of its own has its words there alone."""
    words = tomllib.loads(WORDS.read_text(encoding="utf-8"))[section]
    told = sections()[section]
    assert set(words) <= set(told)
    assert not [key for key, text in words.items() if not told[key]["description"].startswith(text)]


def test_the_wheel_carries_schema_and_words():
    """Everything under `generator` is in it; both files lie there."""
    for file in (schema_file(), WORDS):
        assert file.is_relative_to(ROOT / "generator")
