"""Text in YAML → a tree of scalars, lists and mappings that know their place; no tag makes an object."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from generator.errors import InputError, Problem
from generator.load.scalars import Value, resolve
from generator.load.syntax import explain
from generator.load.text import UNPRINTABLE

DEPTH = 24
MOST_NODES = 500_000
"""Values of a file, its aliases written out."""
TEXT_TAGS = {"!", "tag:yaml.org,2002:str"}
LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class FileMark:
    """A place in the file; both count from 1."""

    line: int
    column: int
    file: str = ""
    """The small table it stands in; empty for the project file."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """A scalar: its value, and as it is written; `style` is the sign it is quoted or folded by."""

    value: Value
    written: str
    style: str
    mark: FileMark


@dataclass(frozen=True, slots=True)
class TreeEntry:
    """A key (in a list: its number) and what stands under it."""

    key: str | int
    mark: FileMark
    node: "Leaf | Branch"


@dataclass(frozen=True, slots=True)
class Branch:
    """A list or a mapping."""

    listed: bool
    entries: tuple[TreeEntry, ...]
    mark: FileMark


Node = Leaf | Branch


def parse(text: str, name: str) -> tuple[Branch, tuple[Problem, ...]]:
    """Return the file's mapping and what is wrong with its keys and tags; raise where nothing can be read."""
    builder = _Builder(text, name)
    root = builder.document()
    if isinstance(root, Branch) and not root.listed:
        return root, tuple(builder.problems)
    empty = root is None or (isinstance(root, Leaf) and root.value is None)
    mark = root.mark if root else FileMark(1, 1)
    raise InputError(
        "the project file is empty" if empty else "the project file does not consist of keys and values",
        where=f"{name}:{mark.line}:{mark.column}",
        hint="begin with `project:`, `model:` and `data:`",
    )


def parse_value(text: str, name: str) -> Node:
    """Return the value that a text in YAML stands for, null where it is empty; raise where it cannot be read."""
    builder = _Builder(text, name)
    root = builder.document() or Leaf(None, "", "", FileMark(1, 1))
    if builder.problems:
        raise InputError(builder.problems[0].what, problems=tuple(builder.problems))
    return root


class _Builder:
    """Reads parser events one after the other; depth and aliases are kept in bounds."""

    def __init__(self, text: str, name: str) -> None:
        self.events: Iterator[Any] = yaml.parse(text, Loader=LOADER)
        self.text = text
        self.name = name
        self.anchors: dict[str, tuple[Node, int]] = {}
        self.count = 0
        self.problems: list[Problem] = []

    def document(self) -> Node | None:
        """Return the root of the only document, None when there is none."""
        self._next()
        if not isinstance(self._next(), yaml.DocumentStartEvent):
            return None
        root = self._node(self._next(), 0)
        self._next()
        event = self._next()
        if isinstance(event, yaml.DocumentStartEvent):
            raise InputError(
                "a second document begins here",
                where=self._where(event),
                hint="keep everything in one document: remove the line `---`",
            )
        return root

    def _next(self) -> Any:
        try:
            return next(self.events)
        except (yaml.YAMLError, ValueError, OverflowError) as error:
            raise explain(error, self.name, self.text) from error

    def _where(self, event: Any) -> str:
        mark = _mark(event)
        return f"{self.name}:{mark.line}:{mark.column}"

    def _node(self, event: Any, depth: int) -> Node:
        if depth > DEPTH:
            raise InputError(
                f"keys and lists are nested more than {DEPTH} deep",
                where=self._where(event),
                hint="no key of a project file stands that deep",
            )
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event)
        before, self.count = self.count, self.count + 1
        node = self._scalar(event) if isinstance(event, yaml.ScalarEvent) else self._branch(event, depth)
        if event.anchor:
            self.anchors[event.anchor] = node, self.count - before
        return node

    def _alias(self, event: Any) -> Node:
        if event.anchor in self.anchors:
            node, size = self.anchors[event.anchor]
            self.count += size
            if self.count > MOST_NODES:
                raise InputError(
                    "aliases unfold the file too far", where=self._where(event), hint="write the values out"
                )
            return node
        self._complain(
            event,
            f"`*{event.anchor}` refers to nothing above",
            f"write `&{event.anchor}` before the value that is meant, or put the text in quotes",
        )
        return Leaf(None, "", "", _mark(event))

    def _scalar(self, event: Any) -> Leaf:
        if event.tag and event.tag not in TEXT_TAGS:
            self._complain(event, f"the tag `{event.tag}` is not read here", "write the plain value")
        if hidden := UNPRINTABLE.search(event.value):
            self._complain(event, f"the character U+{ord(hidden[0]):04X} cannot be printed", "remove it")
        plain = event.style in {None, ""} and event.tag not in TEXT_TAGS
        value = resolve(event.value) if plain else event.value
        return Leaf(value, event.value, event.style or "", _mark(event))

    def _branch(self, event: Any, depth: int) -> Branch:
        if event.tag:
            self._complain(event, f"the tag `{event.tag}` is not read here", "write the plain value")
        listed = isinstance(event, yaml.SequenceStartEvent)
        entries = self._items(depth) if listed else self._pairs(depth)
        return Branch(listed, tuple(entries), _mark(event))

    def _items(self, depth: int) -> Iterator[TreeEntry]:
        number = 0
        while not isinstance(event := self._next(), yaml.SequenceEndEvent):
            yield TreeEntry(number, _mark(event), self._node(event, depth + 1))
            number += 1

    def _pairs(self, depth: int) -> Iterator[TreeEntry]:
        lines: dict[str, int] = {}
        while not isinstance(event := self._next(), yaml.MappingEndEvent):
            key = self._node(event, depth + 1)
            node = self._node(self._next(), depth + 1)
            if not isinstance(key, Leaf):
                self._complain(event, "a list or a mapping cannot be a key", "write a word and a colon")
            elif key.written in lines:
                first = lines[key.written]
                self._complain(
                    event,
                    f"the key `{key.written[:80]}` stands here for the second time",
                    f"the first is in line {first}: keep one of the two",
                )
            else:
                lines[key.written] = key.mark.line
                yield TreeEntry(key.written, _mark(event), node)

    def _complain(self, event: Any, what: str, hint: str) -> None:
        self.problems.append(Problem(what=what, where=self._where(event), hint=hint))


def _mark(event: Any) -> FileMark:
    return FileMark(event.start_mark.line + 1, event.start_mark.column + 1)
