"""Words such as `data.time_zone=UTC` → the tree of a project file with these values in the place of its own."""

import re
from collections.abc import Sequence
from dataclasses import replace

from generator.errors import InputError
from generator.load.keys import annotation_at, strip
from generator.load.places import Path, spell
from generator.load.text import UNPRINTABLE
from generator.load.tree import Branch, FileMark, Leaf, Node, TreeEntry, parse_value

OPTION = "--set"
WORD = re.compile(r"(?P<key>[^=\s.\[\]]+(?:\.[^=\s.\[\]]+|\[\d+\])*)=(?P<value>.*)", re.DOTALL)
DEEPEST = 20
PART = re.compile(r"[^.\[\]]+")


def changed(root: Branch, words: Sequence[str]) -> Branch:
    """Return the tree with each value set, the last of equal keys; an InputError names the option that cannot be."""
    for word in words:
        match = WORD.fullmatch(word)
        if not match or UNPRINTABLE.search(word) or len(PART.findall(match["key"])) > DEEPEST:
            raise InputError(
                f"{OPTION} {word[:80]!r} is not KEY=VALUE",
                hint=f"write a key of the project file, as in {OPTION} project.time_zone=Europe/Kyiv",
            )
        mark = FileMark(1, match.start("value") + 1, file=named(word))
        path = tuple(int(part) if part.isdigit() else part for part in PART.findall(match["key"]))
        value = _moved(_read(match["value"], path, mark.file), mark)
        changed = _set(root, path, (), value, replace(mark, column=1))
        assert isinstance(changed, Branch)
        root = changed
    return root


def named(word: str) -> str:
    """Return the option as it was written: the place of what it sets."""
    return f"{OPTION} {word}"


def _read(text: str, path: Path, name: str) -> Node:
    """Return the value of a text in YAML; under a key that holds text a number is text, since a shell takes quotes."""
    value = parse_value(text, name)
    try:
        kind, _ = strip(annotation_at(path))
    except LookupError:
        return value
    if isinstance(value, Leaf) and value.value is not None and kind is str:
        return replace(value, value=value.written)
    return value


def _set(node: Node | None, rest: Path, above: Path, value: Node, mark: FileMark) -> Node:
    """Return the node with `value` at the path `rest` below it; `above` is the path that leads to the node."""
    if not rest:
        return value
    if node is None or (isinstance(node, Leaf) and node.value is None):
        node = Branch(False, (), mark)
    if isinstance(node, Leaf):
        raise _closed(f"`{spell(above)}` is a value and has no keys below it", mark, f"set `{spell(above)}` itself")
    key = rest[0]
    if node.listed and not (isinstance(key, int) and key < len(node.entries)):
        numbers = f"0 to {len(node.entries) - 1}" if node.entries else "none"
        hint = f"its entries are numbered; there are {numbers}"
        raise _closed(f"the list `{spell(above)}` has no entry {key!r}", mark, hint)
    key = key if node.listed else str(key)
    old = next((entry for entry in node.entries if entry.key == key), None)
    new = TreeEntry(key, mark, _set(old.node if old else None, rest[1:], (*above, key), value, mark))
    if old is None:
        return replace(node, entries=(*node.entries, new))
    return replace(node, entries=tuple(new if entry is old else entry for entry in node.entries))


def _closed(what: str, mark: FileMark, hint: str) -> InputError:
    return InputError(what, where=mark.file, hint=hint)


def _moved(node: Node, mark: FileMark) -> Node:
    """Return the node with its marks counted in the word of the command line."""
    first = node.mark.line == 1
    here = FileMark(node.mark.line, node.mark.column + (mark.column - 1) * first, mark.file)
    if isinstance(node, Leaf):
        return replace(node, mark=here)
    entries = tuple(replace(entry, mark=here, node=_moved(entry.node, mark)) for entry in node.entries)
    return replace(node, mark=here, entries=entries)
