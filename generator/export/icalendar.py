"""The dated activities as an iCalendar file (RFC 5545) that any calendar program imports."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Mapping

from generator.records.artifact import Artifact
from generator.records.fact import Fact
from generator.records.notation import spell
from generator.records.plugin import Companion
from generator.records.results import Results
from generator.records.table import Cell

OCTETS = 75


def export(results: Results) -> Artifact | None:
    """Return `calendar.ics` with one all-day event a dated activity; None without dates."""
    table = results.tables.get("calendar.dates")
    if table is None or not table.rows:
        return None
    events = [_event(row, results) for row in table.records]
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:-//{results.header.tool}//EN", "CALSCALE:GREGORIAN"]
    body = [line for event in events for line in event]
    text = "".join(f"{_folded(line)}\r\n" for line in [*lines, *body, "END:VCALENDAR"])
    return Artifact(path="calendar.ics", content=text.encode())


def _event(row: Mapping[str, Cell], results: Results) -> list[str]:
    start = row["date"].value if isinstance(row["date"], Fact) else None
    if not isinstance(start, datetime.date):
        return []
    title = _text(row["activity"])
    uid = hashlib.sha256(f"{results.header.project} {start} {title}".encode()).hexdigest()[:24]
    stamp = results.header.as_of.strftime("%Y%m%dT000000Z")
    notes = "; ".join(text for key in ("owner", "deputy", "duration", "note") if (text := _text(row.get(key, ()))))
    return [
        "BEGIN:VEVENT",
        f"UID:{uid}@{results.header.project}",
        f"DTSTAMP:{stamp}",
        f"DTSTART;VALUE=DATE:{start:%Y%m%d}",
        f"DTEND;VALUE=DATE:{start + datetime.timedelta(days=1):%Y%m%d}",
        f"SUMMARY:{_escaped(f'{results.header.title or results.header.project}: {title}')}",
        *([f"DESCRIPTION:{_escaped(notes)}"] if notes else []),
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    ]


def _text(cell: Cell) -> str:
    if isinstance(cell, str):
        return cell
    if isinstance(cell, Fact):
        return "" if cell.value is None else spell((cell,))
    return spell(cell) if isinstance(cell, tuple) else cell.word


def _escaped(text: str) -> str:
    for mark in ("\\", ";", ","):
        text = text.replace(mark, f"\\{mark}")
    return " ".join(text.split())


def _folded(line: str) -> str:
    """Return a line in parts of at most 75 octets, cut between characters."""
    parts: list[str] = []
    part = ""
    for character in line:
        if len((part + character).encode()) > OCTETS - (1 if parts else 0):
            parts.append(part)
            part = ""
        part += character
    return "\r\n ".join([*parts, part])


COMPANION = Companion(id="icalendar", title="Calendar of activities (calendar.ics)", export=export)
