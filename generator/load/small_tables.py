"""A tree in which `{csv: path}` stands for a list of records → the tree with the records of the files in it.

A record's place is its line in the CSV file, so that what is wrong with it is found there.
"""

import hashlib
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, get_args, get_origin

from generator.errors import InputError, Problem
from generator.load.keys import is_section, keys, nearest, needed, strip
from generator.load.scalars import resolve
from generator.load.tree import Branch, FileMark, Leaf, Node, TreeEntry
from generator.records.files import MEGABYTE, as_text, read_file, unfit
from generator.records.project import Settings

MOST_ROWS = 5_000
LARGEST = 10 * MEGABYTE
FORM = "a CSV file has a header line with the keys, then one record a line"


@dataclass(frozen=True, kw_only=True)
class TableReading:
    """The folder at which paths start, and what comes of the files: what is wrong with them, and their digests."""

    folder: Path
    problems: list[Problem] = field(default_factory=list)
    digests: dict[str, str] = field(default_factory=dict)
    """File as the project names it → SHA-256 of the bytes that were read."""


def with_tables(root: Branch, folder: Path) -> tuple[Branch, TableReading]:
    """Return the tree with every table read, and what came of the files; paths start at `folder`."""
    reading = TableReading(folder=folder)
    node = _node(root, Settings, reading)
    assert isinstance(node, Branch)
    return node, reading


def _node(node: Node, annotation: Any, reading: TableReading) -> Node:
    kind, _ = strip(annotation)
    if not isinstance(node, Branch):
        return node
    if get_origin(kind) is tuple:
        item, _ = strip(get_args(kind)[0])
        if not node.listed and is_section(item) and [entry.key for entry in node.entries] == ["csv"]:
            records = _records(node.entries[0].node, item, reading)
            return Branch(True, tuple(records), node.mark)
        inner: dict[Any, Any] = {entry.key: item for entry in node.entries} if node.listed else {}
    else:
        inner = {**keys(kind)} if is_section(kind) and not node.listed else {}
    return replace(
        node,
        entries=tuple(
            replace(entry, node=_node(entry.node, inner[entry.key], reading)) if entry.key in inner else entry
            for entry in node.entries
        ),
    )


def _records(leaf: Node, section: type, reading: TableReading) -> Sequence[TreeEntry]:
    """Return the records of the file that a leaf names; none where the file is wrong."""
    problems, name = reading.problems, leaf.value if isinstance(leaf, Leaf) else None
    if not isinstance(name, str):
        problems.append(_problem("`csv` should be the path of a file", leaf.mark, FORM))
        return ()
    lines, wrong = _lines(reading, name)
    if wrong:
        hint = f"name a file, as seen from {reading.folder.absolute()}" if unfit(reading.folder / name) else FORM
        problems.append(_problem(f"the table {name[:80]!r} {wrong}", leaf.mark, hint))
        return ()
    header, known = lines[0][1], keys(section)
    marks = [FileMark(1, place, name) for place in range(1, len(header) + 1)]
    bad = [*_unknown(header, marks, known), *_lacking(header, section, name)]
    problems.extend(bad)
    columns = [(place, key, strip(known[key])[0]) for place, key in enumerate(header) if key in known]
    return () if bad else [_record(number, *line, columns, name) for number, line in enumerate(lines[1:])]


def _record(number: int, line: int, cells: list[str], columns: list[tuple[int, str, Any]], name: str) -> TreeEntry:
    entries = []
    for place, key, kind in columns:
        mark, text = FileMark(line, place + 1, name), cells[place].strip()
        value = resolve(text) if kind in {int, float, bool} else text
        entries.append(TreeEntry(key, mark, Leaf(value if text else None, text, "", mark)))
    mark = FileMark(line, 1, name)
    return TreeEntry(number, mark, Branch(False, tuple(entries), mark))


def _lines(reading: TableReading, name: str) -> tuple[list[tuple[int, list[str]]], str]:
    """Return the lines of a file that are not blank, each with its number and cells, or what is wrong with it."""
    import pandas as pd  # a project without such tables need not wait for it

    file = reading.folder / name
    try:
        content = read_file(file, most=LARGEST)
        text = as_text(content, str(file))
        first = text.partition("\n")[0]
        table = pd.read_csv(
            io.StringIO(text, newline=""),
            sep=";" if first.count(";") > first.count(",") else ",",
            header=None,
            dtype=str,
            keep_default_na=False,
            na_filter=False,
            skip_blank_lines=False,
        )
    except InputError as error:
        return [], unfit(file) or error.problems[0].what.removeprefix("the file ")
    except pd.errors.EmptyDataError:
        return [], "is empty, or its first line is"
    except pd.errors.ParserError as error:
        return [], f"is no CSV file: {str(error).strip().rpartition('error: ')[2]}"
    found = hashlib.sha256(content).hexdigest()
    if reading.digests.setdefault(name, found) != found:
        return [], "changed while it was read"
    if len(table) > MOST_ROWS:
        return [], f"has more than {MOST_ROWS} lines, too many for the project file"
    kept, line = [], 1
    for cells in table.fillna("").to_numpy().tolist():
        if any(cell.strip() for cell in cells):
            kept.append((line, [cell.strip() for cell in cells] if line == 1 else cells))
        line += 1 + sum(cell.count("\n") for cell in cells)
    return (kept, "") if kept and kept[0][0] == 1 else ([], "has no header in its first line")


def _unknown(header: list[str], marks: list[FileMark], known: Any) -> Iterator[Problem]:
    for place, (key, mark) in enumerate(zip(header, marks, strict=True)):
        if key not in known:
            close = nearest(key, known)
            hint = f"did you mean `{close}`?" if close else f"known here: {', '.join(known)}"
            yield _problem(f"the column {key[:60]!r} is not known", mark, hint)
        elif key in header[:place]:
            yield _problem(f"the column {key!r} stands here for the second time", mark, "keep one of the two")


def _lacking(header: list[str], section: type, name: str) -> Iterator[Problem]:
    meant = {nearest(key, keys(section)) for key in header if key not in keys(section)}
    for key in sorted(needed(section) - set(header) - meant):
        yield _problem(f"the column {key!r} is missing", FileMark(1, 1, name), "add it to the header and to each line")


def _problem(what: str, mark: FileMark, hint: str) -> Problem:
    return Problem(what=what, where=f"{mark.file}:{mark.line}:{mark.column}", hint=hint)
