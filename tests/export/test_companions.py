"""The machine-readable companions: the calendar for calendar programs, the golden requests for scripts."""

from __future__ import annotations

import datetime
import json

from generator.export import export, golden, icalendar
from generator.records.decision import Alert
from generator.records.fact import Fact
from generator.records.results import Header, Results
from generator.records.table import Column, Table


def results(*tables: Table, model: str = "m", alerts: tuple[Alert, ...] = ()) -> Results:
    header = Header(
        project="shop",
        title="Shop; prices, daily",
        model=model,
        version="1",
        as_of=datetime.date(2026, 1, 31),
        currency="EUR",
        simulated=False,
        classification="internal",
        inputs=(),
        digest="",
        tool="deployment-dossier 0",
    )
    named = {table.id: table for table in tables}
    return Results(
        header=header, verdict="proceed", facts={}, tables=named, findings=(), gates=(), alerts=alerts, triggers=()
    )


def dates(*activities: str) -> Table:
    columns = tuple(Column(key=key, label=key) for key in ("date", "activity", "owner", "note"))
    day = datetime.date(2026, 2, 27)
    rows = tuple((Fact(id=f"d{n}", value=day), what, "Ada", ()) for n, what in enumerate(activities))
    return Table(id="calendar.dates", title="", columns=columns, rows=rows, reason="" if rows else "none")


def test_an_activity_is_an_all_day_event():
    text = icalendar.export(results(dates("Drill, with\nall; hands"))).content.decode()
    assert "DTSTART;VALUE=DATE:20260227\r\nDTEND;VALUE=DATE:20260228" in text
    assert "SUMMARY:Shop\\; prices\\, daily: Drill\\, with all\\; hands" in text
    assert text.startswith("BEGIN:VCALENDAR\r\nVERSION:2.0") and text.endswith("END:VCALENDAR\r\n")


def test_long_lines_are_folded_between_characters():
    content = icalendar.export(results(dates("Überprüfung " * 30))).content
    assert max(map(len, content.split(b"\r\n"))) <= 75
    assert "Überprüfung Überprüfung" in content.decode().replace("\r\n ", "")


def test_the_same_activity_keeps_its_uid():
    first, second = (icalendar.export(results(dates("Review"))).content for _ in range(2))
    assert first == second


def test_nothing_to_say_makes_no_file():
    assert export(results(dates()), (icalendar.COMPANION, golden.COMPANION)) == ()


def test_golden_requests_are_whole_in_the_file():
    columns = tuple(Column(key=key, label=key) for key in ("id", "request", "expected", "previous", "tolerance"))
    row = ("typical", '{"cost": 1.5, "city": "Graz"}', Fact(id="e", value=10.0), (), Fact(id="t", value=0.001))
    table = Table(id="rollback.golden", title="", columns=columns, rows=(row,))
    found = json.loads(golden.export(results(table)).content)
    assert found["requests"] == [
        {
            "id": "typical",
            "inputs": {"cost": 1.5, "city": "Graz"},
            "expected": 10.0,
            "previous": None,
            "tolerance": 0.001,
        }
    ]
