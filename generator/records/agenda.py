"""Takes the results before and those of now, gives those of now with what moved on the calendar, and what fell away."""

import datetime
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial

from generator.records.fact import Fact
from generator.records.results import Results
from generator.records.table import Cell, Table

DATES, CANCELLED = "calendar.dates", "calendar.cancelled"
OF_A_VERSION = ("run.", "stage.", "due.", "decision", "rollout", "expiry", "signature.")
"""How the ids begin of what a later version has of its own."""
REPEATED = re.compile(r"(.+)\.\d{4}-\d{2}-\d{2}")
"""The id of an activity that is repeated: what it is, and the day that its rhythm gave it first."""
MOST = 45
"""Days by which a repeated activity moves and is the same; beyond that it is another."""
TOLD = ("date", "end", "activity", "owner", "deputy", "duration", "note")

Row = Mapping[str, Cell]


def uid(id: str, version: str, project: str) -> str:
    """Return the name of an activity in every calendar, whatever day it is on."""
    return f"{id}.{version}@{project}" if id.startswith(OF_A_VERSION) else f"{id}@{project}"


def carried(old: Results, new: Results) -> Results:
    """Return the new results: what changed has a higher number, what fell away before its day is listed."""
    before = dict(_events(old))
    new = _moved(before, new)
    now = dict(_events(new))
    if not now:
        return new
    dates = new.tables[DATES]
    at = [column.key for column in dates.columns].index("sequence")
    rows = tuple(
        (*row[:at], _number(before.get(key), record), *row[at + 1 :])
        for row, (key, record) in zip(dates.rows, now.items(), strict=True)
    )
    gone = [one for key, one in before.items() if key not in now and str(one["end"]) > new.header.as_of.isoformat()]
    table = _cancelled(dates, gone, old)
    return replace(new, tables={**new.tables, DATES: replace(dates, rows=rows), table.id: table})


def _moved(before: Mapping[str, Row], new: Results) -> Results:
    """Return the new results, in which a repeated activity on another day keeps the id under which it was announced."""
    dates, now, names = new.tables.get(DATES), dict(_events(new)), dict[str, str]()
    gone = [row for key, row in before.items() if key not in now and _day(row) > new.header.as_of]
    for row in (row for key, row in now.items() if key not in before):
        near = [one for one in gone if _head(one) and _head(one) == _head(row) and _apart(one, row) <= MOST]
        if near:
            was = min(near, key=partial(_apart, row))
            gone.remove(was)
            names[str(row["id"])] = str(was["id"])
    if dates is None or not names:
        return new
    at = [column.key for column in dates.columns].index("id")
    rows = tuple((*row[:at], names.get(str(row[at]), row[at]), *row[at + 1 :]) for row in dates.rows)
    return replace(new, tables={**new.tables, DATES: replace(dates, rows=rows)})


def _head(row: Row) -> str:
    """Return what a repeated activity is, whatever its day; nothing for another, which has one name anyhow."""
    found = REPEATED.fullmatch(str(row["id"]))
    return found[1] if found and not found[1].startswith(OF_A_VERSION) else ""


def _day(row: Row) -> datetime.date:
    value = _plain(row["date"])
    return value if isinstance(value, datetime.date) else datetime.date.fromisoformat(str(value))


def _apart(one: Row, other: Row) -> int:
    return abs((_day(one) - _day(other)).days)


def _events(results: Results) -> Iterator[tuple[str, Row]]:
    """Yield the activities by their name in calendars; with those cancelled earlier, which stay so."""
    head = results.header
    table = results.tables.get(DATES)
    for row in table.records if table and any(column.key == "sequence" for column in table.columns) else ():
        yield uid(str(row["id"]), head.version, head.project), row


def _number(was: Row | None, now: Row) -> str:
    """Return the number of a change: one more where anything that is told is no longer the same."""
    if was is None:
        return str(now["sequence"])
    changed = any(_plain(was[key]) != _plain(now[key]) for key in TOLD)
    return str(int(str(was["sequence"])) + changed)


def _plain(cell: Cell) -> object:
    return cell.value if isinstance(cell, Fact) else cell


def _cancelled(dates: Table, gone: list[Row], old: Results) -> Table:
    """Return what was announced and is no more; what an earlier bundle cancelled stays until its day."""
    keys = [column.key for column in dates.columns]
    version, project = old.header.version, old.header.project
    fresh = [
        (
            uid(str(row["id"]), version, project),
            *(str(int(str(row[key])) + 1) if key == "sequence" else row[key] for key in keys if key != "id"),
        )
        for row in gone
    ]
    earlier = old.tables[CANCELLED].rows if CANCELLED in old.tables else ()
    columns = (next(one for one in dates.columns if one.key == "id"), *(c for c in dates.columns if c.key != "id"))
    known = {row[0] for row in fresh}
    rows = (*fresh, *(row for row in earlier if row[0] not in known))
    reason = "" if rows else "nothing that was announced has fallen away"
    return Table(id=CANCELLED, title="No longer on the calendar", columns=columns, rows=rows, reason=reason)
