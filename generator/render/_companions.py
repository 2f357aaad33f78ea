"""Takes documents and tables and gives the files beside them: figures as SVG, tables as CSV."""

import csv
import datetime
import io
from collections.abc import Iterable, Iterator, Mapping

from generator.records.artifact import Artifact
from generator.records.document import Document, FigureBlock
from generator.records.fact import Fact, Range
from generator.records.notation import clean, spell
from generator.records.table import Cell, Mark, Table
from generator.render._kit import figure_path
from generator.render._svg import standalone

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A cell of text that begins so would be run by a spreadsheet."""


def companions(documents: Iterable[Document], tables: Mapping[str, Table]) -> tuple[Artifact, ...]:
    """Return the figures of the documents, their shortened tables in full, and every table with rows, by path."""
    files: dict[str, bytes] = {}
    every = tuple(documents)
    currency = every[0].header.currency if every else ""
    for id, table in tables.items():
        if table.rows:
            files[f"tables/{id}.csv"] = _csv(table, currency)
    for document in every:
        files |= {path: _csv(table, currency) for path, table in document.shortened.items()}
        figures = (node for node in document.nodes.values() if isinstance(node, FigureBlock))
        files |= {figure_path(node.name): standalone(node.svg).encode() for node in figures}
    return tuple(Artifact(path=path, content=files[path]) for path in sorted(files))


def _csv(table: Table, currency: str) -> bytes:
    """Return a table with whole values; a column of facts with intervals is followed by their bounds."""
    bounded = [_has_bounds([row[index] for row in table.rows]) for index in range(len(table.columns))]
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    keys = [column.key for column in table.columns]
    writer.writerow([name for key, wide in zip(keys, bounded, strict=True) for name in _names(key, wide)])
    for row in table.rows:
        writer.writerow(
            [text for cell, wide in zip(row, bounded, strict=True) for text in _texts(cell, wide, currency)]
        )
    return written.getvalue().encode()


def _has_bounds(cells: list[Cell]) -> bool:
    return any(isinstance(cell, Fact) and cell.low is not None for cell in cells)


def _names(key: str, wide: bool) -> tuple[str, ...]:
    return (key, f"{key}_low", f"{key}_high", f"{key}_range") if wide else (key,)


def _texts(cell: Cell, wide: bool, currency: str) -> Iterator[str]:
    yield _text(cell, currency)
    if wide:
        fact = cell if isinstance(cell, Fact) else None
        for bound in (fact.low, fact.high) if fact else (None, None):
            yield "" if bound is None else _figure(bound)
        yield _kind(fact.range) if fact else ""


def _kind(range: Range) -> str:
    return " ".join(filter(None, ("" if range.kind == "none" else range.kind, _level(range))))


def _level(range: Range) -> str:
    return "" if range.level is None else _figure(range.level)


def _text(cell: Cell, currency: str) -> str:
    if isinstance(cell, Fact):
        return _value(cell)
    return _words(
        cell.word if isinstance(cell, Mark) else cell if isinstance(cell, str) else spell(cell, currency=currency)
    )


def _value(fact: Fact) -> str:
    value = fact.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return _figure(value)
    return value.isoformat() if isinstance(value, datetime.date) else _words(value)


def _figure(value: float) -> str:
    return str(value) if isinstance(value, int) else f"{value:.12g}"


def _words(text: str) -> str:
    text = clean(text).strip()
    return f"'{text}" if text.startswith(FORMULA) else text
