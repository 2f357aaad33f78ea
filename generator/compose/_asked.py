"""Takes the reason why something is missing and gives the keys of the project file that would bring it."""

from __future__ import annotations

import re
from dataclasses import fields

from generator.records.fact import Fact
from generator.records.notation import UNDECLARED, general
from generator.records.project.settings import Settings
from generator.records.table import Cell, Table

SECTIONS = "|".join(field.name for field in fields(Settings))
KEY = re.compile(rf"\b(?:{SECTIONS})(?:\.[a-z_*][\w*]*)+|(?<=[( ])(?:{SECTIONS})(?=\))")
AT = re.compile(r"[^\s(]+\.ya?ml(?::\d+)?: ")
INSIDE = re.compile(r"\(([^()]*)\)")
STEM = 2
"""Parts of a key by which the list of what is not declared is grouped."""


def keys(reason: str) -> tuple[str, ...]:
    """Return the keys that a reason names, in its order."""
    return tuple(dict.fromkeys(KEY.findall(AT.sub(" ", general(reason)))))


def unasked(reason: str) -> bool:
    """Return whether it is the project file alone that says nothing."""
    return reason.startswith(UNDECLARED) or bool(keys(reason))


def stem(key: str) -> str:
    """Return the key whose parts the project file keeps together."""
    return ".".join(key.split(".")[:STEM])


def wanted(reason: str) -> str:
    """Return what is to be declared, as the reason puts it in brackets, or the first key that it names."""
    plain = AT.sub("", general(reason))
    bracket = next((inside for inside in INSIDE.findall(plain) if keys(f"({inside})")), "")
    return bracket or next(iter(keys(plain)), "")


def is_unsaid(cell: Cell) -> bool:
    """Return whether a cell says no more than that nobody declared it."""
    if isinstance(cell, Fact):
        return cell.value is None
    return cell in ("", UNDECLARED, (), ("",), (UNDECLARED,))


def is_left_out(table: Table) -> bool:
    """Return whether a table has no rows since the project file says nothing of it."""
    return not table.rows and unasked(table.reason)
