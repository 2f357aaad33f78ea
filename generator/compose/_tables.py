"""Takes a table and gives the part of it that is printed: some columns, the first rows, units in the headings."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from generator.compose._asked import is_unsaid
from generator.errors import TemplateError
from generator.records.decision import Gate
from generator.records.evidence import Severity
from generator.records.fact import Fact
from generator.records.reason import general
from generator.records.results import Results
from generator.records.table import Cell, Column, Mark, Table

GRAVEST: tuple[Severity, ...] = ("severe", "confirmed", "watch")
"""The order in which findings are listed; those of one severity stay in the order of the analyses."""


def select(table: Table, keys: Sequence[str] | None) -> Table:
    """Return the table with the columns of these keys, in this order; with all when there are none."""
    if not keys:
        return table
    places = [_place(table, key) for key in keys]
    return replace(
        table,
        columns=tuple(table.columns[place] for place in places),
        rows=tuple(tuple(row[place] for place in places) for row in table.rows),
    )


def shorten(table: Table, limit: int | None) -> Table:
    """Return the table with its first rows."""
    return table if limit is None else replace(table, rows=table.rows[:limit])


def starts(values: Sequence[object]) -> tuple[int, ...]:
    """Return the places, but the first, at which another value begins."""
    return tuple(place for place, (before, now) in enumerate(pairwise(values), 1) if before != now)


def filled_with(table: Table, blank: str) -> Table:
    """Return the table with a word in each empty cell."""
    if not blank:
        return table
    return replace(
        table, rows=tuple(tuple(cell if cell not in ((), "") else blank for cell in row) for row in table.rows)
    )


def without_empty(table: Table) -> tuple[Table, tuple[tuple[str, Fact], ...]]:
    """Return the table without the columns that say nothing in any row, and one fact of each that has a reason.

    The first column stays: it names the rows.
    """
    columns = [[row[index] for row in table.rows] for index in range(len(table.columns))]
    kept = [index for index, cells in enumerate(columns) if index == 0 or not all(map(is_unsaid, cells))]
    lost = {
        general(cell.reason): (table.columns[index].label, cell)
        for index, cells in reversed(list(enumerate(columns)))
        for cell in reversed(cells)
        if index not in kept and isinstance(cell, Fact)
    }
    if not lost and len(kept) == len(columns):
        return table, ()
    shown = replace(
        table,
        columns=tuple(table.columns[index] for index in kept),
        rows=tuple(tuple(row[index] for index in kept) for row in table.rows),
    )
    return shown, tuple(reversed(lost.values()))


def head(table: Table) -> Table:
    """Return the table with the unit in a column's heading where all facts under it share one."""
    columns = tuple(
        replace(column, unit=_shared_unit([row[index] for row in table.rows], column))
        for index, column in enumerate(table.columns)
    )
    return replace(table, columns=columns)


def pairs(id: str, facts: Sequence[Fact], labels: Sequence[str] = ()) -> Table:
    """Return the control table of facts: label and value."""
    names = labels or [fact.label or fact.id for fact in facts]
    return Table(
        id=id,
        title="",
        columns=(Column(key="label", label="Field"), Column(key="value", label="Value", wide=True)),
        rows=tuple(zip(names, facts, strict=True)),
    )


def rows_of(table: Table, id: str) -> Table:
    """Return the table with the rows that have this id."""
    rows = tuple(row for row, cell in zip(table.rows, table.column("id"), strict=True) if cell == id)
    return replace(table, rows=rows, reason="" if rows else table.reason or f"no row is of {id}")


def turned(table: Table) -> Table:
    """Return the cells of a table's first row under one another, each behind its heading; none that is empty."""
    cells = zip(table.columns, table.rows[0], strict=True)
    return Table(
        id=table.id,
        title=table.title,
        columns=(Column(key="label", label="Field"), Column(key="value", label="Value", wide=True)),
        rows=tuple((column.label, cell) for column, cell in cells if cell not in ((), "")),
    )


def standing(results: Results) -> dict[str, Table]:
    """Return the tables that every project has: inputs, gates and findings."""
    made = (_inputs(results), _gates(results), _findings(results))
    return {table.id: table for table in made}


def _place(table: Table, key: str) -> int:
    keys = [column.key for column in table.columns]
    if key not in keys:
        raise TemplateError(f"the table {table.id} has no column {key}", hint=f"it has {', '.join(keys)}")
    return keys.index(key)


def _shared_unit(cells: Sequence[Cell], column: Column) -> str:
    facts = [cell for cell in cells if isinstance(cell, Fact) and cell.value is not None]
    units = {fact.unit if fact.number is not None else "" for fact in facts}
    if not facts:
        return column.unit
    if any(isinstance(part, Fact) for cell in cells if isinstance(cell, tuple) for part in cell):
        return ""  # a count among amounts would read as an amount
    return units.pop() if len(units) == 1 else ""


def _inputs(results: Results) -> Table:
    id = "head.inputs"
    found = tuple(
        (item.role, item.name, _rows(f"{id}.{item.role}", item.rows), item.sha256[:12])
        for item in results.header.inputs
    )
    columns = (_column("role", "Role"), _column("file", "File"), _column("rows", "Rows"), _column("sha256", "SHA-256"))
    return _table(id, "Inputs", columns, found)


def _rows(id: str, rows: int | None) -> Fact:
    if rows is None:
        return Fact(id=id, value=None, unit="rows", reason="it is not a table of rows")
    return Fact(id=id, value=rows, unit="rows")


def _gates(results: Results) -> Table:
    words = {"pass": "pass", "fail": "fail", "inconclusive": "inconclusive"}
    card = results.tables.get("scorecard.rows")
    told = {row[-1]: row[2] for row in card.rows} if card else {}
    found = tuple(
        (
            gate.title,
            _actual(gate, told.get(gate.value.id, gate.value)),
            gate.bound,
            Mark(status=gate.verdict, word=words[gate.verdict]),
            "hard" if gate.hard else "soft",
            gate.why,
            gate.remedy,
        )
        for gate in results.gates
    )
    columns = (
        _column("gate", "Gate", wide=True),
        _column("value", "Actual"),
        _column("bound", "Bound"),
        _column("verdict", "Verdict"),
        _column("kind", "Kind"),
        _column("why", "Where the bound comes from", wide=True),
        _column("remedy", "What would settle it", wide=True),
    )
    return _table("head.gates", "Gates", columns, found)


def _actual(gate: Gate, told: Cell) -> Cell:
    """Return what was counted, or differs of late, as the scorecard does: a bare value does not say why it fails."""
    return told if isinstance(told, tuple) or gate.value.unit == "count" else gate.value


def _findings(results: Results) -> Table:
    found = tuple(
        (
            Mark(status=finding.severity, word=finding.severity),
            finding.kind,
            finding.subject,
            finding.words,
            finding.evidence[0] if finding.evidence else (),
        )
        for finding in sorted(results.findings, key=lambda one: GRAVEST.index(one.severity))
    )
    columns = (
        _column("severity", "Severity"),
        _column("kind", "Kind"),
        _column("subject", "Subject"),
        _column("finding", "Finding", wide=True),
        _column("evidence", "Evidence"),
    )
    return _table("head.findings", "Findings", columns, found)


def _column(key: str, label: str, *, wide: bool = False) -> Column:
    return Column(key=key, label=label, wide=wide)


def _table(id: str, title: str, columns: tuple[Column, ...], found: tuple[tuple[Cell, ...], ...]) -> Table:
    reason = "" if found else f"there are no {title.lower()}"
    return Table(id=id, title=title, columns=columns, rows=found, reason=reason)
