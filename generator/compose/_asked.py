"""Takes what is missing and tells whether it is the project file alone that says nothing, and what it would have to."""

from generator.records.fact import Fact
from generator.records.reason import UNDECLARED, general, listed
from generator.records.table import Cell, Table

STEM = 2
"""Parts of a key by which the list of what is not declared is grouped."""


def unasked(lost: Fact | Table) -> bool:
    """Return whether it is the project file alone that says nothing."""
    return lost.reason.startswith(UNDECLARED) or bool(lost.asks)


def stem(key: str) -> str:
    """Return the key whose parts the project file keeps together."""
    return ".".join(general(key).partition(",")[0].split(".")[:STEM])


def wanted(asks: tuple[str, ...]) -> str:
    """Return what is to be declared, in words of the project file."""
    return general(listed(asks))


def is_unsaid(cell: Cell) -> bool:
    """Return whether a cell says no more than that nobody declared it."""
    if isinstance(cell, Fact):
        return cell.value is None
    return cell in ("", UNDECLARED, (), ("",), (UNDECLARED,))


def is_left_out(table: Table) -> bool:
    """Return whether a table has no rows since the project file says nothing of it."""
    return not table.rows and unasked(table)
