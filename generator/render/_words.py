"""Takes nodes and cells and gives the words that every format shows for them, so that no two formats differ."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from generator.records.document import TOKEN, CalloutBlock, Document, FigureBlock, NumberNode, NumberStyle, TableBlock
from generator.records.fact import Fact, Sentence
from generator.records.notation import (
    SHAPES,
    TONES,
    Tone,
    apart,
    digits,
    heading_unit,
    roughly,
    spell,
    write,
    write_range,
)
from generator.records.reason import UNDECLARED, general
from generator.records.table import Cell, Column, Mark

EMPTY = "(empty)"
NOTHING = "–"
ABSENT = "n/a"
UNNAMED = "to be named"
LONGEST = 1200
"""Characters of a text from data that are shown; the whole text stands in the results."""
LONG_WORD = 28
LIMITS = {"bound", "limit", "threshold", "acceptable", "red", "yellow", "stop"}
"""Keys of columns with what the other numbers of a row are held against."""
WITHIN = "tolerance"
"""Key of the column with how far the others of its row may be off: they are told as finely."""
LARGE = 1000
"""Sums of money from here on go without cents."""
NAMES = {"id", "feature", "fact", "evidence", "sha256", "digest", "file", "path", "anchor", "metric_id", "column"}
"""Keys of columns whose texts are names, as long as they are one word."""
CODE = {"query", "command", "undo"}
"""Keys of columns whose texts are code."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A cell in words: its text, a smaller note behind it, and how the text is set."""

    text: str
    kind: Literal["text", "name", "number", "status"] = "text"
    note: str = ""
    tone: Tone | None = None
    fact: Fact | None = None

    @property
    def is_long(self) -> bool:
        """Tell whether it holds a word that a column should rather break than grow with."""
        return len(self.text) > LONG_WORD and max(map(len, self.text.split())) > LONG_WORD


@dataclass(frozen=True, slots=True)
class Heading:
    """A column in words; figures stand right."""

    label: str
    unit: str
    figures: bool
    wide: bool


def words(text: str) -> str:
    """Return a text from data as it is shown: never blank, never endless."""
    text = text.strip()
    return (text if len(text) <= LONGEST else f"{text[:LONGEST].rstrip()}…") or EMPTY


def number(fact: Fact, currency: str, style: NumberStyle = "value", places: int | None = None) -> str:
    """Return a fact in words in one of the styles of a number."""
    if style == "points":
        fact = replace(fact, unit="points")
    places = roughly(fact) if style == "rough" else places
    text = write(fact, currency=currency, unit=style != "bare", signed=style == "signed", places=places)
    note = span(fact, currency) if style == "interval" else ""
    return words(f"{text} ({note})" if note else text)


def span(fact: Fact, currency: str, *, unit: bool = True, places: int | None = None) -> str:
    """Return interval and n of a fact, or an empty text where it has neither."""
    if fact.value is None:
        return ""
    count = f"n\u00a0=\u00a0{fact.n:,}" if fact.n is not None else ""
    return ", ".join(filter(None, (write_range(fact, currency=currency, unit=unit, places=places), count)))


def status(mark: Mark) -> tuple[str, str, Tone]:
    """Return shape, word and tone of a status."""
    tone = TONES[mark.status]
    return SHAPES[tone], words(mark.word), tone


def plain(sentence: Sentence, currency: str) -> str:
    """Return a sentence on one line."""
    return words(spell(sentence, currency=currency)) if sentence else NOTHING


def headings(block: TableBlock, currency: str) -> list[Heading]:
    """Return the columns of a table in words."""
    return [
        Heading(
            label=words(column.label),
            unit=_heading_unit(column, currency),
            wide=column.wide,
            figures=_are_figures([row[index] for row in block.table.rows]) and block.table.id != "evidence",
        )
        for index, column in enumerate(block.table.columns)
    ]


def cells(block: TableBlock, currency: str) -> list[list[Shown]]:
    """Return the rows of a table in words."""
    columns = block.table.columns
    places = [_cents([row[index] for row in block.table.rows]) for index in range(len(columns))]
    return [
        [
            _shown(cell, column, _enough(cell, row, columns, cents), block, currency)
            for cell, column, cents in zip(row, columns, places, strict=True)
        ]
        for row in block.table.rows
    ]


def notes(block: TableBlock, currency: str) -> list[str]:
    """Return what stands under a table: why cells are empty, its own note, where its other rows are."""
    found = []
    if block.kind != "control":
        cells = (cell for row in block.table.rows for cell in row)
        reasons = dict.fromkeys(general(cell.reason) for cell in cells if isinstance(cell, Fact) and cell.value is None)
        if reasons:
            found.append(f"{ABSENT}: {'; '.join(map(words, reasons))}.")
    found += [f"{words(label)}: {words(general(fact.reason))}." for label, fact in block.lost]
    if block.table.note:
        found.append(plain(block.table.note, currency))
    return found


def rest(block: TableBlock) -> str:
    """Return how many rows are printed of how many, when not all are."""
    return f"{len(block.table.rows)} of {block.total} rows; all in " if block.more else ""


def is_line(block: TableBlock) -> bool:
    """Return whether a table is told in a line of words: it has one row, and no other stands in a file."""
    if block.ruled:
        return False
    return block.kind == "table" and len(block.table.rows) == 1 == block.total and len(block.table.columns) > 1


def line(block: TableBlock, currency: str) -> list[tuple[str, Shown]]:
    """Return what a table of one row says, each cell behind the name of its column; what names the row has none."""
    heads, (row,) = headings(block, currency), cells(block, currency)
    labels = [f"{head.label} ({head.unit})" if head.unit else head.label for head in heads]
    if row[0].kind in ("text", "name") and not heads[0].figures:
        labels[0] = ""
    told = [(label, cell) for label, cell in zip(labels, row, strict=True) if cell.text != NOTHING]
    label, last = told[-1]
    return [*told[:-1], (label, replace(last, text=last.text.rstrip(".")))]


def unavailable(block: TableBlock) -> str:
    """Return the note that stands in place of a table without rows."""
    if block.table.id in {"gaps", "evidence"}:
        return f"{block.table.reason[:1].upper()}{block.table.reason[1:]}."
    if block.table.reason.startswith(UNDECLARED):
        return f"{UNDECLARED.capitalize()}."
    return f"Not available: {block.table.reason}."


def numbering(document: Document) -> dict[int, str]:
    """Return `Table 1`, `Figure 1` by node, in the order of the document."""
    numbers: dict[int, str] = {}
    counts = {"Table": 0, "Figure": 0}
    for index in _order(document, document.whole):
        node = document.nodes[index]
        name = "Figure" if isinstance(node, FigureBlock) else "Table"
        captioned = isinstance(node, TableBlock) and node.caption and node.table.rows and not is_line(node)
        if isinstance(node, FigureBlock) or captioned:
            counts[name] += 1
            numbers[index] = f"{name} {counts[name]}"
    return numbers


def heading_words(document: Document, source: str) -> str:
    """Return the text of a heading without its numbers: what its address is made of."""

    def word(index: int) -> str:
        node = document.nodes[index]
        return str(getattr(node, "text", "")) if not isinstance(node, NumberNode) else ""

    return TOKEN.sub(lambda match: word(int(match[1])), source)


def _order(document: Document, source: str) -> Iterator[int]:
    for match in TOKEN.finditer(source):
        index = int(match[1])
        yield index
        node = document.nodes[index]
        if isinstance(node, CalloutBlock):
            yield from _order(document, node.body)


def _cents(cells: list[Cell]) -> int:
    """Return the decimals of small sums of money in a column: all have them or none."""
    return max((digits(cell) for cell in cells if isinstance(cell, Fact) and _is_small_sum(cell)), default=0)


def _is_small_sum(fact: Fact) -> bool:
    number = fact.value if isinstance(fact.value, int | float) else None
    return fact.unit == "money" and number is not None and abs(number) < LARGE


def _enough(cell: Cell, row: tuple[Cell, ...], columns: tuple[Column, ...], cents: int) -> int | None:
    """Return the decimals of a cell: those of its column, and more where it would read like a limit that it is not."""
    if not isinstance(cell, Fact):
        return None
    limits = [one for one, column in zip(row, columns, strict=True) if column.key in LIMITS and isinstance(one, Fact)]
    others = [one for one in row if isinstance(one, Fact)] if any(one.id == cell.id for one in limits) else limits
    finely = [
        digits(one) for one, column in zip(row, columns, strict=True) if column.key == WITHIN and isinstance(one, Fact)
    ]
    own, needed = digits(cell), max(apart(cell, others, ends=True), *finely, 0)
    shown = max(cents, 0) if _is_small_sum(cell) else own
    return max(shown, needed) if needed > own else shown


def _shown(cell: Cell, column: Column, places: int | None, block: TableBlock, currency: str) -> Shown:
    if isinstance(cell, Fact):
        return _shown_fact(cell, column, places, block, currency)
    if isinstance(cell, Mark):
        shape, word, tone = status(cell)
        return Shown(text=f"{shape} {word}", kind="status", tone=tone)
    if isinstance(cell, tuple):
        is_scored = block.kind == "scorecard" and column.key in block.intervals
        text = plain(_ranged(cell, currency) if is_scored else cell, currency)
        return Shown(text=text, kind="name" if cell and _is_name(text, column) else "text")
    if not cell.strip():
        return Shown(text=NOTHING)
    return Shown(text=words(cell), kind="name" if _is_name(cell, column) else "text")


def _ranged(sentence: Sentence, currency: str) -> Sentence:
    """Return a sentence with its interval behind every number that rows leave open."""
    ranges = (
        write_range(part, currency=currency) if isinstance(part, Fact) and part.range.kind == "sampling" else ""
        for part in sentence
    )
    both = zip(sentence, ranges, strict=True)
    return tuple(one for part, ends in both for one in ((part, f" ({ends})") if ends else (part,)))


def _is_name(text: str, column: Column) -> bool:
    return column.key in CODE or (column.key in NAMES and not re.search(r"\s", text.strip()))


def _shown_fact(fact: Fact, column: Column, places: int | None, block: TableBlock, currency: str) -> Shown:
    if fact.value is None:
        text = ABSENT if block.kind != "control" else number(fact, currency)
        return Shown(text=text, fact=fact)
    bare = bool(column.unit) and column.unit == fact.unit
    text = words(write(fact, currency=currency, unit=not bare, places=places))
    note = span(fact, currency, unit=not bare, places=places) if column.key in block.intervals else ""
    return Shown(text=text, kind="number" if fact.number is not None else "text", note=note, fact=fact)


def _heading_unit(column: Column, currency: str) -> str:
    unit = heading_unit(column.unit, currency=currency)
    return "" if unit.lower() in column.label.lower().split() else unit


def _are_figures(column: list[Cell]) -> bool:
    facts = [cell for cell in column if isinstance(cell, Fact)]
    filled = [cell for cell in column if cell not in ((), "")]
    return len(facts) == len(filled) > 0 and all(fact.number is not None or fact.value is None for fact in facts)
