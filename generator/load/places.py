"""A tree → plain data for validation, and the place of every key in the file."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from generator.errors import InputError, Problem
from generator.load.tree import DEPTH, Branch, FileMark, Leaf, Node

Path = tuple[str | int, ...]
LIMIT = 200_000


@dataclass(frozen=True, slots=True)
class Place:
    """Where a key and its value stand; `path` is the key's path in the file as it is written."""

    key: FileMark
    node: Node
    path: Path


@dataclass(frozen=True, slots=True)
class Content:
    """The file as plain data with its places by path; a key without a value counts as absent."""

    data: dict[str, Any]
    places: Mapping[Path, Place]
    name: str

    def place(self, path: Path) -> Place:
        """Return the place of a path, or of the nearest thing above it that stands in the file."""
        while path not in self.places:
            path = path[:-1]
        return self.places[path]

    def problem(self, path: Path, what: str, hint: str, *, at_key: bool = False) -> Problem:
        """Return a problem at the value of `path`; at its key where asked, or where the value is a block below."""
        place = self.place(path)
        beside = isinstance(place.node, Leaf) or place.node.mark.line == place.key.line
        exact = path in self.places and not at_key and beside
        mark = place.node.mark if exact else place.key
        return Problem(what=what, where=f"{mark.file or self.name}:{mark.line}:{mark.column}", hint=hint)

    def spell(self, path: Path) -> str:
        """Return a path as people write it: `alerts.rules[2].yellow`, numbered as in the file."""
        return spell(self.written(path))

    def written(self, path: Path) -> Path:
        """Return a path with the numbers that list items have in the file."""
        known = self.place(path).path
        return (*known, *path[len(known) :])


def spell(path: Path) -> str:
    """Return `alerts.rules[2].yellow`."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.removeprefix(".")


def in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Return problems in the order of the file."""
    return tuple(sorted(problems, key=lambda problem: tuple(map(int, problem.where.rsplit(":", 2)[1:]))))


def lay_out(root: Branch, name: str) -> Content:
    """Return data and places; a file that unfolds beyond all measure through its aliases is an error."""
    places: dict[Path, Place] = {(): Place(root.mark, root, ())}
    data = _data(root, (), (), places, name)
    assert isinstance(data, dict)
    return Content(data, places, name)


def _data(node: Node, path: Path, written: Path, places: dict[Path, Place], name: str) -> Any:
    if isinstance(node, Leaf):
        return node.value
    if len(path) > DEPTH or len(places) > LIMIT:
        where = f"{name}:{node.mark.line}:{node.mark.column}"
        raise InputError("aliases unfold the file too far", where=where, hint="write the values out")
    parts: list[tuple[str | int, Any]] = []
    for position, entry in enumerate(node.entries):
        key = position if node.listed else entry.key
        inner, as_written = (*path, key), (*written, entry.key)
        places[inner] = Place(entry.mark, entry.node, as_written)
        parts.append((key, _data(entry.node, inner, as_written, places, name)))
    if node.listed:
        return [value for _, value in parts]
    return {key: value for key, value in parts if value is not None}
