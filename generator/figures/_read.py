"""Cells in, plain values out: what a figure reads from the tables and facts of the results."""

import datetime
import re
from collections.abc import Mapping
from typing import TypeAlias

from generator.records.fact import Fact, Sentence
from generator.records.headline import resolved
from generator.records.notation import TONES, Tone, clean, heading_unit, spell, write
from generator.records.results import Results
from generator.records.table import Cell, Mark, Table

Row: TypeAlias = Mapping[str, Cell]
BRACES = re.compile(r"\{([^{}]+)\}")
NOT_IN_XML = re.compile("[\ufffe\uffff]")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def rows(results: Results, id: str) -> list[Row]:
    """Return the rows of a table by column key; none when the table is empty or was never made."""
    table = results.tables.get(id)
    return rows_of(table) if table else []


def rows_of(table: Table) -> list[Row]:
    """Return the rows of `table` by column key."""
    return list(table.records)


def reason(results: Results, id: str, otherwise: str) -> str:
    """Return why the table `id` has no rows, or `otherwise` when it has some that cannot be drawn."""
    table = results.tables.get(id)
    return (table.reason if table else f"no table {id}") or otherwise


def known(results: Results, id: str) -> Fact | None:
    """Return the fact `id` when it has a value."""
    fact = results.facts.get(resolved(id, results.facts))
    return fact if fact and fact.value is not None else None


def value(results: Results, id: str) -> float | None:
    """Return the number of the fact `id`, if there is one."""
    return number(known(results, id))


def number(cell: Cell | None) -> float | None:
    """Return the number in a cell; None for texts, dates and missing values."""
    if not isinstance(cell, Fact) or isinstance(cell.value, bool):
        return None
    return float(cell.value) if isinstance(cell.value, (int, float)) else None


def interval(cell: Cell | None) -> tuple[float, float] | None:
    """Return the interval of a cell's fact, if it has one."""
    if not isinstance(cell, Fact) or cell.low is None or cell.high is None:
        return None
    return cell.low, cell.high


def moment(cell: Cell | None) -> datetime.date | None:
    """Return the date in a cell, given as a fact or written as year-month-day."""
    content = cell.value if isinstance(cell, Fact) else cell
    if isinstance(content, datetime.date):
        return datetime.date(content.year, content.month, content.day)
    try:
        return datetime.date.fromisoformat(content[:10]) if isinstance(content, str) else None
    except ValueError:
        return None


def words(cell: Cell | None, currency: str = "USD") -> str:
    """Return a cell as one line of text that is safe in XML."""
    return NOT_IN_XML.sub("", clean(_spelled(cell, currency))).strip()


def _spelled(cell: Cell | None, currency: str) -> str:
    if cell is None or (isinstance(cell, Fact) and cell.value is None):
        return ""
    if isinstance(cell, Fact):
        return write(cell, currency=currency)
    if isinstance(cell, Mark):
        return cell.word
    return cell if isinstance(cell, str) else spell(cell, currency=currency)


def tone(cell: Cell | None) -> Tone | None:
    """Return the tone of a status cell; None when the cell is no status."""
    return TONES.get(cell.status, "plain") if isinstance(cell, Mark) else None


def unit_of(cell: Cell | None) -> str:
    """Return the unit of a cell's fact."""
    return cell.unit if isinstance(cell, Fact) else ""


def with_unit(name: str, unit: str, currency: str) -> str:
    """Return the label of an axis: what it shows and in which unit."""
    suffix = NOT_IN_XML.sub("", clean(heading_unit(unit, currency=currency)))
    return f"{name} ({suffix})" if suffix else name


def day_month(day: datetime.date) -> str:
    """Return `day` as day and month."""
    return f"{day.day} {MONTHS[day.month - 1]}"


def say(*parts: str | Fact | None) -> Sentence:
    """Return the parts as a sentence; with a fact among them that is missing nothing is said."""
    known_parts = tuple(part for part in parts if isinstance(part, str) or (part and part.value is not None))
    return known_parts if len(known_parts) == len(parts) else ()


def tell(results: Results, *clauses: str) -> Sentence:
    """Return the clauses as one sentence with facts for the ids in braces; a clause that lacks one is left out."""
    told: list[str | Fact] = []
    for clause in clauses:
        texts, ids = BRACES.split(clause)[::2], BRACES.findall(clause)
        facts = [known(results, id) for id in ids]
        told.extend(say(*(part for pair in zip(texts, [*facts, ""], strict=True) for part in pair)))
    return tuple(part for part in (*told, ".") if part != "")
