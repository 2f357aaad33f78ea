"""A tree with errors → the nearest valid one, so that the cross-checks can look at the rest in the same run.

What is wrong is left out with as little around it as possible; a number where text belongs is read as text; a
text that nothing can be without gets a stand-in. What is left out is a gap, on which no cross-check may rest.
"""

from collections.abc import Iterable, Iterator, Mapping

from generator.load.keys import annotation_at, is_section, keys, nearest, needed, strip
from generator.load.places import Content, Path
from generator.load.tree import Branch, Leaf, Node, TreeEntry

UNKNOWN = "unexpected_keyword_argument"
MISSING = "missing"
STAND_IN = "stand-in"
Wrong = tuple[str, Path]
"""What pydantic calls the error, and where it is."""


def touches(gap: Path, path: Path) -> bool:
    """Return whether what is looked up at `path` may be missing only because of the gap."""
    return path[: len(gap)] == gap or (gap[: len(path)] == path and len(gap) <= len(path) + 1)


def mend(root: Branch, content: Content, wrong: Iterable[Wrong]) -> tuple[Branch | None, tuple[Path, ...]]:
    """Return the mended tree, None where it cannot be mended, and its gaps by their paths in the file."""
    changes: dict[Path, Node | None] = {}
    gaps: list[Path] = []
    for kind, path in wrong:
        if kind == UNKNOWN:
            changes[path] = None
            gaps.append(content.written(_meant(path)))
        elif text := _as_text(content, path):
            changes[path] = text
        elif place := _around(path, kind):
            changes[place] = None
            gaps.append(content.written(place))
        elif _is_text(path) and path[:-1] in content.places:
            changes[path] = Leaf(STAND_IN, STAND_IN, "", content.place(path).key)
            gaps.append(content.written(path))
        else:
            return None, ()
    return _changed(root, (), changes), tuple(gaps)


def _meant(path: Path) -> Path:
    """Return the path of the key that an unknown one is a slip of, else its own."""
    section, _ = strip(annotation_at(path[:-1]))
    return (*path[:-1], nearest(str(path[-1]), keys(section)) or path[-1])


def _is_text(path: Path) -> bool:
    return strip(annotation_at(path))[0] is str


def _as_text(content: Content, path: Path) -> Leaf | None:
    node = content.places[path].node if path in content.places else None
    if isinstance(node, Leaf) and node.value is not None and _is_text(path):
        return Leaf(node.written, node.written, node.style, node.mark)
    return None


def _around(path: Path, kind: str) -> Path:
    """Return the smallest part around an error that may be absent; () when there is none."""
    path = path[:-1] if kind == MISSING else path
    while path and not _optional(path):
        path = path[:-1]
    return path


def _optional(path: Path) -> bool:
    if isinstance(path[-1], int):
        return True
    section, _ = strip(annotation_at(path[:-1]))
    return is_section(section) and path[-1] not in needed(section)


def _changed(branch: Branch, path: Path, changes: Mapping[Path, Node | None]) -> Branch:
    """Return the branch with nodes replaced, taken out (None) or added; list items keep their numbers."""
    entries = tuple(_entries(branch, path, changes))
    present = {entry.key for entry in entries}
    added = tuple(
        TreeEntry(place[-1], node.mark, node)
        for place, node in changes.items()
        if node and place[:-1] == path and place[-1] not in present and not branch.listed
    )
    return Branch(branch.listed, (*entries, *added), branch.mark)


def _entries(branch: Branch, path: Path, changes: Mapping[Path, Node | None]) -> Iterator[TreeEntry]:
    for position, entry in enumerate(branch.entries):
        inner = (*path, position if branch.listed else entry.key)
        node = changes.get(inner, entry.node)
        if node is entry.node and isinstance(node, Branch):
            node = _changed(node, inner, changes)
        if node:
            yield TreeEntry(entry.key, entry.mark, node)
