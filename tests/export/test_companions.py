"""The machine-readable companions: the calendar for calendar programs, the golden requests for scripts."""

import datetime
import json

from generator.export import export, golden, icalendar
from generator.records.agenda import carried
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
    day = datetime.date(2026, 2, 27)
    return agenda(*((f"a{n}", what, day) for n, what in enumerate(activities)))


def agenda(*activities: tuple[str, str, datetime.date]) -> Table:
    keys = ("date", "activity", "owner", "deputy", "duration", "note", "id", "end", "sequence")
    columns = tuple(Column(key=key, label=key) for key in keys)
    rows = tuple(
        (Fact(id=f"d.{id}", value=day), what, "Ada", "", "", (), id, day.isoformat(), "0")
        for id, what, day in activities
    )
    return Table(id="calendar.dates", title="", columns=columns, rows=rows, reason="" if rows else "none")


def events(content: bytes) -> dict[str, dict[str, str]]:
    """Return the properties of every event by its name, unfolded."""
    found: dict[str, dict[str, str]] = {}
    for block in content.decode().replace("\r\n ", "").split("BEGIN:VEVENT\r\n")[1:]:
        lines = block.split("END:VEVENT")[0].split("BEGIN:VALARM")[0].splitlines()
        event = dict(line.split(":", 1) for line in lines if ":" in line)
        found[event["UID"]] = event
    return found


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


FEB, MARCH = datetime.date(2026, 2, 27), datetime.date(2026, 3, 3)


def test_what_moved_keeps_its_name_with_a_higher_number_and_what_fell_away_is_cancelled():
    first = results(agenda(("run.1", "Retraining", FEB), ("review.1", "Review", FEB), ("drill.1", "Drill", FEB)))
    moved = results(agenda(("run.1", "Retraining", MARCH), ("review.1", "Review", FEB)))
    second = agenda_of(carried(first, moved))
    was = agenda_of(first)
    assert set(second) == set(was)
    told = {event["SUMMARY"].split(": ")[1]: event for event in second.values()}
    assert (told["Retraining"]["SEQUENCE"], told["Retraining"]["DTSTART;VALUE=DATE"]) == ("1", "20260303")
    assert (told["Review"]["SEQUENCE"], told["Review"]["STATUS"]) == ("0", "CONFIRMED")
    assert (told["Drill"]["SEQUENCE"], told["Drill"]["STATUS"]) == ("1", "CANCELLED")
    again = carried(carried(first, moved), moved)
    assert agenda_of(again) == second


def test_what_is_over_is_not_cancelled():
    past = datetime.date(2026, 1, 30)
    found = carried(results(agenda(("drill.1", "Drill", past))), results(agenda(("run.1", "Retraining", FEB))))
    assert [event["STATUS"] for event in agenda_of(found).values()] == ["CONFIRMED"]


def agenda_of(found: Results) -> dict[str, dict[str, str]]:
    made = icalendar.export(found)
    assert made is not None
    return events(made.content)


def test_an_event_names_its_people_by_their_part_and_wakes_the_day_before():
    columns = tuple(Column(key=key, label=key) for key in ("role", "name", "contact"))
    roles = Table(
        id="declared.people.roles", title="", columns=columns, rows=(("Model owner", "Ada", "ada@example.com"),)
    )
    text = icalendar.export(results(dates("Review"), roles)).content.decode().replace("\r\n ", "")
    assert 'ATTENDEE;CN="Ada";ROLE=REQ-PARTICIPANT:mailto:ada@example.com' in text
    assert "BEGIN:VALARM\r\nACTION:DISPLAY\r\nDESCRIPTION:Tomorrow\r\nTRIGGER:-PT15H\r\nEND:VALARM" in text


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
