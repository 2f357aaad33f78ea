"""A tree whose `model.file` names what a training job wrote → the tree with that in it, each key with its place there.

The keys are those of `model`, and a few that a retraining changes elsewhere; what stands in both files is an error.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from generator.errors import InputError, Problem
from generator.load.text import decode, read
from generator.load.tree import Branch, FileMark, Leaf, Node, TreeEntry, parse_value
from generator.records.files import unfit

SECTIONS = {
    "training": "data",
    "validation": "data",
    "reference": "data",
    "reference_stats": "data",
    "held_out": "data",
    "metrics": "objectives",
}
"""Keys of the file that stand in another section than `model`; its `metrics` are joined by their name."""
MODEL, FILE, METRICS = "model", "file", "metrics"
HINT = "run the training job, which writes it beside the project file; or write version, path and sha256 under `model`"
FORM = "write `key: value` lines, such as version, path, sha256, training and previous"


def model_file(root: Branch) -> Leaf | None:
    """Return what a tree has under `model.file`, where that is text."""
    section = _entry(root, MODEL)
    found = _entry(section.node, FILE) if section else None
    return found.node if found and isinstance(found.node, Leaf) and isinstance(found.node.value, str) else None


def with_trained(root: Branch, leaf: Leaf, file: Path, digests: dict[str, str]) -> tuple[Branch, list[Problem]]:
    """Return the tree of the project file `file` with the keys of what `leaf` names, and what stands in both.

    Keeps the digest among `digests`.
    """
    name = leaf.written
    if state := unfit(file.parent / name):
        where = f"{leaf.mark.file or file}:{leaf.mark.line}:{leaf.mark.column}"
        raise InputError(f"`model.file` names {name[:80]!r}, which {state}", where=where, hint=HINT)
    content = read(file.parent / name)
    node = _placed(parse_value(decode(content, name), name), name)
    if not isinstance(node, Branch) or node.listed:
        raise InputError("the file does not consist of keys and values", where=f"{name}:1:1", hint=FORM)
    digests[name] = hashlib.sha256(content).hexdigest()
    problems: list[Problem] = []
    for entry in node.entries:
        section = SECTIONS.get(str(entry.key), MODEL)
        added = Branch(False, (TreeEntry(section, entry.mark, Branch(False, (entry,), entry.mark)),), entry.mark)
        joined = _joined(root, added, (), problems)
        assert isinstance(joined, Branch)
        root = joined
    return root, problems


def _joined(old: Node, new: Node, path: tuple[str, ...], problems: list[Problem]) -> Node:
    """Return a section with the entries of another; a value that stands in both is a problem."""
    if not isinstance(old, Branch) or not isinstance(new, Branch):
        if not (isinstance(old, Leaf) and old.value is None):
            problems.append(_twice(".".join(path), old, new))
        return new
    if old.listed or new.listed:
        return _listed(old, new, path, problems)
    entries = list(old.entries)
    for entry in new.entries:
        known = _entry(old, entry.key)
        if known is None:
            entries.append(entry)
        else:
            node = _joined(known.node, entry.node, (*path, str(entry.key)), problems)
            entries[entries.index(known)] = replace(known, node=node)
    return replace(old, entries=tuple(entries))


def _listed(old: Branch, new: Branch, path: tuple[str, ...], problems: list[Problem]) -> Node:
    """Return a list of metrics with what another says of them."""
    if not (old.listed and new.listed and path[-1:] == (METRICS,)):
        problems.append(_twice(".".join(path), old, new))
        return new
    items = [entry.node for entry in old.entries]
    places = {_metric(item): place for place, item in enumerate(items) if _metric(item)}
    for entry in new.entries:
        place = places.get(_metric(entry.node))
        if place is None:
            items.append(entry.node)
        else:
            rest = Branch(False, tuple(_others(entry.node)), entry.node.mark)
            items[place] = _joined(items[place], rest, (*path, _metric(entry.node)), problems)
    return replace(old, entries=tuple(TreeEntry(place, item.mark, item) for place, item in enumerate(items)))


def _metric(node: Node) -> str:
    found = _entry(node, "metric") if isinstance(node, Branch) else None
    return found.node.written if found and isinstance(found.node, Leaf) else ""


def _others(node: Node) -> Iterator[TreeEntry]:
    assert isinstance(node, Branch)
    return (entry for entry in node.entries if entry.key != "metric")


def _twice(key: str, old: Node, new: Node) -> Problem:
    return Problem(
        what=f"`{key}` stands in the project file too, in line {old.mark.line}",
        where=f"{new.mark.file}:{new.mark.line}:{new.mark.column}",
        hint="keep it in one of the two: what the training job writes is taken out of the project file",
    )


def _entry(node: Node, key: str | int) -> TreeEntry | None:
    entries = node.entries if isinstance(node, Branch) else ()
    return next((entry for entry in entries if entry.key == key), None)


def _placed(node: Node, name: str) -> Node:
    """Return a node whose marks name the file."""
    mark = replace(node.mark, file=name)
    if isinstance(node, Leaf):
        return replace(node, mark=mark)
    entries = tuple(TreeEntry(each.key, _in(each.mark, name), _placed(each.node, name)) for each in node.entries)
    return replace(node, mark=mark, entries=entries)


def _in(mark: FileMark, name: str) -> FileMark:
    return replace(mark, file=name)
