"""The dated activities as an iCalendar file (RFC 5545) that any calendar program imports, again and again."""

import datetime
import hashlib
from collections.abc import Iterator

from generator.records.agenda import CANCELLED, DATES, Row, uid
from generator.records.artifact import Artifact
from generator.records.fact import Fact
from generator.records.notation import spell
from generator.records.plugin import Companion
from generator.records.results import Results
from generator.records.table import Cell

OCTETS = 75
ALARM = (
    "BEGIN:VALARM",
    "ACTION:DISPLAY",
    "DESCRIPTION:Tomorrow",
    "TRIGGER:-PT15H",
    "END:VALARM",
)
"""At nine in the morning of the day before."""
ROLES = (("owner", "REQ-PARTICIPANT"), ("deputy", "OPT-PARTICIPANT"))
ZONE, ROLES_TABLE = "declared.project.time_zone", "declared.people.roles"


def export(results: Results) -> Artifact | None:
    """Return `calendar.ics` with an event for each activity over all its days; None without dates.

    An event keeps its name when it moves; then, and when it is cancelled, its number is higher than before.
    """
    table, head = results.tables.get(DATES), results.header
    if table is None or not table.rows:
        return None
    cancelled = results.tables[CANCELLED].records if CANCELLED in results.tables else ()
    zone = _text(results.facts[ZONE]) if ZONE in results.facts else ""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:-//{head.tool}//EN", "CALSCALE:GREGORIAN"]
    lines += [f"X-WR-TIMEZONE:{zone}"] if zone else []
    for row in table.records:
        lines += _event(row, uid(_text(row["id"]), head.version, head.project), "CONFIRMED", results)
    for row in cancelled:
        lines += _event(row, _text(row["id"]), "CANCELLED", results)
    text = "".join(f"{_folded(line)}\r\n" for line in [*lines, "END:VCALENDAR"])
    return Artifact(path="calendar.ics", content=text.encode())


def _event(row: Row, name: str, status: str, results: Results) -> Iterator[str]:
    start, last = _day(row["date"]), _day(row["end"])
    title, head = _text(row["activity"]), results.header
    local, _, project = name.rpartition("@")
    yield "BEGIN:VEVENT"
    yield f"UID:{hashlib.sha256(local.encode()).hexdigest()[:24]}@{project}"
    yield f"SEQUENCE:{_text(row['sequence'])}"
    yield f"STATUS:{status}"
    yield f"DTSTAMP:{head.as_of:%Y%m%d}T000000Z"
    yield f"DTSTART;VALUE=DATE:{start:%Y%m%d}"
    yield f"DTEND;VALUE=DATE:{last + datetime.timedelta(days=1):%Y%m%d}"
    yield f"SUMMARY:{_escaped(f'{head.title or head.project}: {title}')}"
    if notes := "; ".join(text for key in ("owner", "deputy", "duration", "note") if (text := _text(row[key]))):
        yield f"DESCRIPTION:{_escaped(notes)}"
    yield from _people(row, results)
    yield "TRANSP:TRANSPARENT"
    if status == "CONFIRMED":
        yield from ALARM
    yield "END:VEVENT"


def _people(row: Row, results: Results) -> Iterator[str]:
    """Yield who has to be there and who may, where a role gives their address."""
    known = results.tables[ROLES_TABLE].records if ROLES_TABLE in results.tables else ()
    for key, part in ROLES:
        for person in known:
            name, role, address = (_text(person[column]) for column in ("name", "role", "contact"))
            if "@" in address and any(text and text in _text(row[key]) for text in (name, role)):
                yield f'ATTENDEE;CN="{(name or role).replace(chr(34), "")}";ROLE={part}:mailto:{address}'


def _day(cell: Cell) -> datetime.date:
    value = cell.value if isinstance(cell, Fact) else cell
    return value if isinstance(value, datetime.date) else datetime.date.fromisoformat(str(value))


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
