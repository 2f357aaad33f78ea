"""The calendar imported into a calendar program that is none of ours: Radicale, in this process, without a network."""

import datetime
import importlib
import io
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from generator.export import icalendar
from generator.records.agenda import carried
from tests.export.test_companions import agenda, results
from tests.hostile.world import World, accepted

pytestmark = pytest.mark.filterwarnings("ignore")
FEBRUARY, MARCH = datetime.date(2026, 2, 27), datetime.date(2026, 3, 3)


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Any]:
    """Give a calendar program with one empty calendar."""
    from radicale import config
    from radicale.app import Application

    settings = config.load()
    storage = {"filesystem_folder": str(tmp_path), "_filesystem_fsync": False}
    settings.update(
        {"storage": storage, "auth": {"type": "none"}, "rights": {"type": "authenticated"}}, "test", privileged=True
    )
    app = Application(settings)
    logging.getLogger("radicale").setLevel(logging.CRITICAL)
    status, text = ask(app, "MKCALENDAR", "/ada/work/")
    assert status == 201, text
    yield app


def ask(app: Any, method: str, path: str, content: bytes = b"") -> tuple[int, str]:
    """Return status and text of a request."""
    said: list[str] = []
    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "REMOTE_USER": "ada",
        "CONTENT_TYPE": "text/calendar",
        "CONTENT_LENGTH": str(len(content)),
        "wsgi.input": io.BytesIO(content),
        "wsgi.errors": io.StringIO(),
        "wsgi.url_scheme": "http",
        "HTTP_HOST": "localhost",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "",
        "HTTP_AUTHORIZATION": "Basic YWRhOmFkYQ==",
    }
    body = b"".join(app(environ, lambda status, _headers: said.append(status)))
    return int(said[0].split()[0]), body.decode()


def imported(app: Any, content: bytes) -> None:
    """Import as programs do: each event under its own name, where another of that name is replaced."""
    head, *events = content.decode().split("BEGIN:VEVENT\r\n")
    for event in (text.split("END:VEVENT\r\n")[0] for text in events):
        name = next(line for line in event.splitlines() if line.startswith("UID:")).removeprefix("UID:")
        whole = f"{head}BEGIN:VEVENT\r\n{event}END:VEVENT\r\nEND:VCALENDAR\r\n"
        status, text = ask(app, "PUT", f"/ada/work/{name}.ics", whole.encode())
        assert status in (201, 204), text


def events(app: Any) -> list[Any]:
    """Return the events of the calendar, as the program's own parser reads them."""
    status, text = ask(app, "GET", "/ada/work/")
    assert status == 200
    return list(importlib.import_module("vobject").readOne(text).vevent_list)


def shown(app: Any) -> dict[str, Any]:
    """Return the events of the calendar by their title."""
    every = events(app)
    found = {event.summary.value.partition(": ")[2]: event for event in every}
    assert len(found) == len(every)
    return found


def test_imported_twice_there_is_one_event_on_the_new_day_and_what_fell_away_is_cancelled(client: Any) -> None:
    first = results(agenda(("run.1", "Retraining", FEBRUARY), ("drill.1", "Drill", FEBRUARY)))
    second = carried(first, results(agenda(("run.1", "Retraining", MARCH))))
    for each in (first, second):
        made = icalendar.export(each)
        assert made is not None
        imported(client, made.content)
    found = shown(client)
    assert set(found) == {"Retraining", "Drill"}
    assert (found["Retraining"].dtstart.value, found["Retraining"].sequence.value) == (MARCH, "1")
    assert (found["Drill"].status.value, found["Drill"].sequence.value) == ("CANCELLED", "1")


def test_a_repeated_activity_that_moves_stays_one_event_and_what_comes_beside_it_is_another(client: Any) -> None:
    """Its id ends in the day that the rhythm gave it: a drill put forward is the same drill, a third one is new."""
    june, later = datetime.date(2026, 6, 1), datetime.date(2026, 6, 8)
    dates = (FEBRUARY, MARCH), (june, later)
    named = [[(f"Drill.{day}", f"Drill {n}", day) for n, day in enumerate(days)] for days in zip(*dates, strict=True)]
    first = results(agenda(*named[0]))
    second = carried(first, results(agenda(*named[1], (f"Drill.{datetime.date(2026, 9, 1)}", "Drill 2", MARCH))))
    third = carried(second, results(agenda(*named[1])))
    for each in (first, second, second, third):
        made = icalendar.export(each)
        assert made is not None
        imported(client, made.content)
    found = shown(client)
    told = {title: (event.dtstart.value, event.sequence.value, event.status.value) for title, event in found.items()}
    assert told["Drill 0"] == (MARCH, "1", "CONFIRMED") and told["Drill 1"] == (later, "1", "CONFIRMED")
    assert told["Drill 2"][1:] == ("1", "CANCELLED")


def test_of_two_whole_builds_a_date_that_moved_stands_once_and_on_its_new_day(client: Any, tmp_path: Path) -> None:
    """The team puts the decision off by a week between two builds; who imports both files has it once."""
    world, days = World(tmp_path / "case"), ("2026-04-01", "2026-04-08")
    world.project["rollout"] = {"start": "2026-04-20", "stages": [{"name": "All", "traffic": 1, "days": 7}]}
    world.save()
    first, document = world.folder / "bundles" / "first", ("--format", "md", "--document", "retraining-calendar")
    accepted(world, world.build(*document, "--set", f"context.decide_by={days[0]}"))
    world.output.rename(first)
    accepted(world, world.build(*document, "--previous", str(first), "--set", f"context.decide_by={days[1]}"))
    for bundle in (first, world.output):
        imported(client, (bundle / "calendar.ics").read_bytes())
    found = [event for event in events(client) if event.summary.value.endswith("Decision asked for")]
    assert [(event.dtstart.value.isoformat(), event.sequence.value) for event in found] == [(days[1], "1")]
    stays = [event for event in events(client) if event.summary.value.endswith("Rollout")]
    assert [(event.dtstart.value.isoformat(), event.sequence.value) for event in stays] == [("2026-04-20", "0")]
