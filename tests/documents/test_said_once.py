"""Nothing is printed twice: no paragraph and no table stands in two documents of a bundle."""

import re
from itertools import combinations, pairwise
from pathlib import Path

import pytest

from tests.documents.written import Grid, grids, paragraphs

WORDS = 8
"""A paragraph of fewer words may be a label."""
AGAIN = ("n/a: ", "figure ", "for ", "to ")
"""Beginnings of what may stand again: why a cell is empty, what a figure shows, and for whom a document is."""
TWICE = {"churn": (0, 9), "leadscore": (0, 1), "techmart": (0, 10)}
"""How many paragraphs and tables of a case still stand twice; no number here may rise."""


@pytest.mark.slow
def test_no_paragraph_stands_twice(bundle: Path, texts: dict[str, str]):
    said = {id: {each for each in paragraphs(text) if is_said(each, text)} for id, text in texts.items()}
    twice = [(one, two, each) for one, two in combinations(said, 2) for each in said[one] & said[two]]
    assert len(twice) <= TWICE[bundle.name][0], twice


@pytest.mark.slow
def test_no_table_stands_twice(bundle: Path, texts: dict[str, str]):
    every = {id: list(grids(text)) for id, text in texts.items()}
    twice = [
        (one, two, grid.head)
        for one, two in combinations(every, 2)
        for grid in every[one]
        if any(grid.repeats(other) for other in every[two])
    ]
    assert len(twice) <= TWICE[bundle.name][1], twice


@pytest.mark.slow
def test_every_item_of_a_list_has_a_line_of_its_own(texts: dict[str, str]):
    lines = [(id, *pair) for id, text in texts.items() for pair in pairwise(text.splitlines())]
    run_on = [(id, line) for id, _, line in lines if line.startswith("- ") and re.search(r"[^\s|]- \*", line)]
    joined = [(id, line) for id, before, line in lines if line.startswith("- ") and is_prose(before)]
    assert not run_on and not joined


def is_prose(line: str) -> bool:
    """Return whether a list would run on from a line: words that are no item, heading, quotation or end of one."""
    return bool(line.strip()) and not line.startswith(("- ", "  ", "#", ">", "|", "<"))


@pytest.mark.slow
def test_no_column_is_empty(texts: dict[str, str]):
    empty = [(id, grid.head) for id, text in texts.items() for grid in grids(text) if is_sparse(grid)]
    assert not empty


def test_what_stands_twice_is_seen():
    (grid,) = grids("| A | B |\n| - | - |\n| a | 1 |\n| b | 2 |\n| c | – |\n")
    (part,) = grids("words\n\n| A | B |\n| - | - |\n| **b** | 2 |\n")
    (other,) = grids("| A | B |\n| - | - |\n| b | 3 |\n")
    assert grid.repeats(part) and part.repeats(grid) and not grid.repeats(other)
    assert not is_sparse(grid) and is_sparse(Grid("| a | b |", (("a", "–"), ("b", "–"))))
    assert list(paragraphs("One *word*\nof two.\n\n- first\n- the [second](<x.md>)\n\n## Not this\n")) == [
        "one word of two.",
        "first",
        "the [second]",
    ]


def is_sparse(grid: Grid) -> bool:
    """Return whether a column besides the first says nothing; where somebody is to sign there is nothing yet."""
    wide = list(zip(*grid.rows, strict=True))[1:]
    return "signature" not in grid.head and any(set(cells) <= {"–", "n/a", ""} for cells in wide)


def is_said(paragraph: str, text: str) -> bool:
    """Return whether a paragraph is more than a label, a head or the reason of an empty cell."""
    first = " ".join(text.replace("*", "").split()[:40]).lower()
    return len(paragraph.split()) >= WORDS and not paragraph.startswith(AGAIN) and paragraph not in first
