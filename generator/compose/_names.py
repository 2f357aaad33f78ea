"""Takes facts and tables by dotted id and gives the names by which a template reaches them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Generic, TypeVar

from generator.errors import TemplateError
from generator.records.fact import Fact
from generator.records.table import Cell, Table

Leaf = TypeVar("Leaf")


@dataclass(frozen=True)
class Names(Generic[Leaf]):
    """All leaves of one kind by id, and every path that has ids below it."""

    kind: str
    leaves: Mapping[str, Leaf]
    groups: frozenset[str]


class Group(Generic[Leaf]):
    """Everything whose id begins with a path; an attribute leads one part deeper, existing or not.

    It has no public attributes of its own, so that every part of an id can be reached.
    """

    __slots__ = ("_names", "_path")

    def __init__(self, names: Names[Leaf], path: str = "") -> None:
        self._names = names
        self._path = path

    def __getattr__(self, part: str) -> "Group[Leaf] | Leaf":
        path = f"{self._path}.{part}" if self._path else part
        leaf = self._names.leaves.get(path)
        return Group(self._names, path) if leaf is None or path in self._names.groups else leaf


def tree(kind: str, leaves: Mapping[str, Leaf]) -> Group[Leaf]:
    """Return the group of all leaves."""
    parts = [id.split(".") for id in leaves]
    groups = {".".join(path[:depth]) for path in parts for depth in range(1, len(path))}
    return Group(Names(kind, leaves, frozenset(groups)))


def branch(whole: Group[Leaf], path: str) -> Group[Leaf]:
    """Return the group of the leaves below a path."""
    return Group(whole._names, path)


def own(group: Group[Leaf]) -> Leaf | None:
    """Return what has exactly the group's path as its id."""
    return group._names.leaves.get(group._path)


def leaf(group: Group[Leaf]) -> Leaf:
    """Return what has exactly the group's path as its id; a TemplateError names the nearest when nothing has."""
    found = own(group)
    if found is not None:
        return found
    names, path = group._names, group._path
    below = sorted(id for id in names.leaves if id.startswith(f"{path}."))[:3]
    near = below or get_close_matches(path, names.leaves, n=3, cutoff=0.6)
    hint = f"nearest: {', '.join(near)}" if near else f"no {names.kind} is called anything like it"
    raise TemplateError(f"no {names.kind} {path}", hint=hint)


class Row:
    """A row of a table; an attribute is the cell under the column of that key."""

    __slots__ = ("_cells", "_table")

    def __init__(self, table: Table, cells: tuple[Cell, ...]) -> None:
        self._table = table
        self._cells = cells

    def __getattr__(self, key: str) -> Cell:
        for column, cell in zip(self._table.columns, self._cells, strict=True):
            if column.key == key:
                return cell
        keys = ", ".join(column.key for column in self._table.columns)
        raise TemplateError(f"the table {self._table.id} has no column {key}", hint=f"it has {keys}")


def rows(table: Table) -> Iterator[Row]:
    """Yield the rows of a table."""
    return (Row(table, cells) for cells in table.rows)


def roots(everything: Group[Fact]) -> dict[str, Group[Fact] | Fact]:
    """Return the first parts of all fact ids as the names that templates begin with."""
    first = {id.partition(".")[0] for id in everything._names.leaves}
    return {root: getattr(everything, root) for root in sorted(first)}
