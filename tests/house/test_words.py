"""The words of a room, in its `words.toml`, and the code that asks for them know one another."""

import ast
import re
import string
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any, get_args

import pytest

from generator.records.fact import Origin
from generator.records.project.settings import Settings
from generator.results.words import TABLES, Quantity, columns
from tests.house.source import PACKAGE, ROOT, tree

ROOMS = sorted(path.parent for path in (PACKAGE / "subjects").glob("*/words.toml"))
SECTIONS = "|".join(field.name for field in fields(Settings))
NAMES_KEYS = re.compile(rf"\((?:[a-z]+\.yaml: )?(?:{SECTIONS})(?:\.[a-z_*]+)*(?:, [a-z_.]+)*\)$")
"""A reason that ends with keys of the project file."""


def asked(room: Path, what: str = "QUANTITY") -> Iterator[tuple[str, set[str]]]:
    """Yield the id of each quantity, or TABLE, that the room's code asks for, with the names it gives."""
    calls = (node for path in room.glob("*.py") for node in ast.walk(tree(path)) if isinstance(node, ast.Call))
    for call in calls:
        if isinstance(call.func, ast.Name) and call.func.id == what:
            assert isinstance(call.args[0], ast.Constant), f"{room.name}: a {what} whose id is not written there"
            yield str(call.args[0].value), {str(keyword.arg) for keyword in call.keywords}


def written(room: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the quantities of a room, and its tables, as they are written."""
    words = tomllib.loads((room / "words.toml").read_text(encoding="utf-8"))
    found = words.pop(TABLES, {})
    return words, found


def wanted(texts: list[str]) -> set[str]:
    """Return the names in braces."""
    return {name for text in texts for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_words_and_code_of_a_room_know_one_another(room: Path):
    known, _ = written(room)
    given = defaultdict(list)
    for id, names in asked(room):
        given[id].append(names)
    assert sorted(known) == sorted(given)
    for id, words in known.items():
        assert words and set(words) <= {field.name for field in fields(Quantity)} - {"id"}
        assert words.get("origin", "measured") in get_args(Origin)
        texts = [text for text in words.values() if isinstance(text, str)]
        assert all(names == wanted([id, *texts]) for names in given[id]), id
        assert bool(NAMES_KEYS.search(words.get("reason", ""))) == ("asks" in words), id


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_tables_of_a_room_and_its_code_know_one_another(room: Path):
    _, known = written(room)
    given = defaultdict(list)
    for id, names in asked(room, "TABLE"):
        given[id].append(names - {"reason", "note"})
    assert sorted(known) == sorted(given)
    for id, words in known.items():
        wants = wanted([words["title"], *words["columns"]])
        assert all(names == wants for names in given[id]), id
        heads = columns(*words["columns"], **{name: name for name in wants})
        assert set(words) == {"title", "columns"} and words["title"], id
        assert len({head.key for head in heads}) == len(heads), id


@pytest.mark.parametrize("floor", ["estimates", "subjects"])
def test_a_reason_that_names_keys_is_made_of_them(floor: str):
    for path in (PACKAGE / floor).rglob("*.py"):
        calls = [node for node in ast.walk(tree(path)) if isinstance(node, ast.Call) and node.args]
        made = {id(call.args[0]) for call in calls if isinstance(call.func, ast.Name) and call.func.id == "Reason"}
        texts = [node for node in ast.walk(tree(path)) if isinstance(node, ast.Constant) and id(node) not in made]
        assert not [node.value for node in texts if isinstance(node.value, str) and NAMES_KEYS.search(node.value)], path


def printed(path: Path) -> Iterator[str]:
    """Yield the texts of a module that are no docstrings, or a whole file that is no module."""
    if path.suffix != ".py":
        yield path.read_text(encoding="utf-8")
        return
    nodes = list(ast.walk(tree(path)))
    aside = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
    yield from (
        node.value
        for node in nodes
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in aside
    )


def test_a_category_of_which_training_had_no_row_has_one_name():
    others = re.compile(r"(?<!\()unseen (?:categor|level)|\bnew level|level[^.]{0,12} training never", re.IGNORECASE)
    files = [*PACKAGE.glob("subjects/*/*.py"), *PACKAGE.glob("subjects/*/*.toml"), *(ROOT / "templates").rglob("*.j2")]
    assert not {f"{file.name}: {text[:80]}" for file in files for text in printed(file) if others.search(text)}
