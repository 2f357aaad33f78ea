"""Reads the Markdown of a document back: its paragraphs and its tables, in words that can be compared."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

FENCED = re.compile(r"^ *(`{3,}).*?^ *\1$", re.MULTILINE | re.DOTALL)
ITEM = re.compile(r"^\s*(?:[-*]|\d+\.) ", re.MULTILINE)
TARGET = re.compile(r"\]\(<[^>]*>\)")
BAR = re.compile(r"(?<!\\)\|")


@dataclass(frozen=True)
class Grid:
    """A table: its heading on one line, and its rows, cell by cell."""

    head: str
    rows: tuple[tuple[str, ...], ...]

    def repeats(self, other: "Grid") -> bool:
        """Return whether more than half of the shorter one's rows stand in the other."""
        mine, theirs = set(self.rows), set(other.rows)
        return 2 * len(mine & theirs) > min(len(mine), len(theirs))


def paragraphs(text: str) -> Iterator[str]:
    """Yield the paragraphs and the items of lists of a document."""
    for block in _blocks(text):
        if not block.startswith(("|", "#", ">", "![", "---")):
            yield from (_plain(item) for item in ITEM.split(block) if item.strip())


def grids(text: str) -> Iterator[Grid]:
    """Yield the tables of a document."""
    for block in _blocks(text):
        if block.startswith("|"):
            head, _, *rows = block.split("\n")
            yield Grid(_plain(head), tuple(tuple(map(_plain, BAR.split(row)[1:-1])) for row in rows))


def _blocks(text: str) -> list[str]:
    return [block.strip() for block in re.split(r"\n\s*\n", FENCED.sub("", text)) if block.strip()]


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[*_`\\]", "", TARGET.sub("]", text)).lower().split())
