"""What is recorded changes what the next build says of it, and nothing else; and the lines stay."""

import errno
import hashlib
import json
import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from generator.bundle.journal import appended
from generator.cli import app
from generator.records.journal import FILE
from tests.hostile.world import World, accepted

TODAY = date.today().isoformat()
GIVEN = {"build.digest", "build.inputs.records.sha256", "build.inputs.records.rows"}
REQUEST = {f"request.{name}" for name in ("stage", "name", "none", "next", "lacks")}
MONITORED = {
    *("readiness.monitoring.state", "readiness.monitoring.since", "gates.monitoring.state"),
    *("declared.state.controls.0.since", *REQUEST),
}
SERVES = {"declared.state.stage", "request.serves", "request.beyond", "runbook.serves"}
DRILLED = {
    *("declared.rollback.last_drill", "gates.rollback.met", "gates.rollback.margin"),
    *("calendar.drill", "conditions.rollback.due"),
}
CLOSED = {"conditions.count", "conditions.services.due"}


def shop(folder: Path) -> World:
    """A project on which everything that can be recorded has a say."""
    world = World(folder=folder)
    world.project |= {
        "rollback": {"drill_every": "quarterly", "decides": "Bo", "restore_minutes": 5, "steps": [{"title": "back"}]},
        "calendar": {"valid_days": 90},
    }
    world.project["project"]["owner"] = "Ada"
    world.save()
    (folder / "proof.txt").write_text("seen by both\n")
    return world


def copied(world: World, folder: Path) -> World:
    copy = World(folder=folder, project=world.project)
    shutil.copytree(world.folder, copy.folder)
    return copy


def recorded(world: World, *words: str, day: str = "2026-01-05", who: str = "Ada") -> Result:
    proof = str(world.folder / "proof.txt")
    told = ("--date", day, "--who", who, "--evidence", proof)
    return CliRunner().invoke(app, ["record", str(world.folder), *told, *words])


def lines(world: World) -> list[str]:
    return (world.folder / FILE).read_text().splitlines()


def built(world: World, *words: str) -> Any:
    accepted(world, world.build(*words))
    return world.results()


def changed(before: Any, after: Any) -> set[str]:
    """Return the ids of the facts that came, went or have another value."""
    old, new = before["facts"], after["facts"]
    return {id for id in {*old, *new} if old.get(id, {}).get("value") != new.get(id, {}).get("value")}


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> World:
    """The project with its first bundle; nothing is recorded yet."""
    world = shop(tmp_path_factory.mktemp("first") / "case")
    built(world)
    return world


@pytest.fixture
def world(first: World, tmp_path: Path) -> World:
    """A copy of it to record in."""
    return copied(first, tmp_path / "case")


def contents(world: World) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in world.output.rglob("*") if path.is_file()}


def said(results: Any) -> set[tuple[str, ...]]:
    """Return what is decided: verdict, gates, conditions, and what contradicts a record."""
    gates = {("gate", gate["id"], gate["verdict"]) for gate in results["gates"]}
    conditions = {("condition", row[0]) for row in results["tables"]["conditions.all"]["rows"]}
    findings = {("finding", finding["id"]) for finding in results["findings"]}
    return {("verdict", results["verdict"]), *gates, *conditions, *findings}


@pytest.mark.parametrize(
    ("words", "facts", "decided"),
    [
        (("control", "monitoring", "live"), MONITORED, set()),
        (("drill", "rollback"), DRILLED, set()),
        (("state", "canary"), SERVES, set()),
        (("condition", "services"), CLOSED, {("condition", "services")}),
    ],
)
def test_a_record_changes_what_it_is_about_and_nothing_else(
    world: World, words: tuple[str, ...], facts: set[str], decided: set[tuple[str, ...]]
):
    before = world.results()
    words = (*words, "--bundle", str(world.output)) if words[0] == "condition" else words
    assert recorded(world, *words).stdout == f"{FILE}:1\n"
    after = built(world)
    dates = {id for id in changed(before, after) if id.startswith("calendar.date.")}
    assert changed(before, after) - dates == facts | GIVEN
    assert bool(dates) == (words[0] == "drill")
    assert said(before) ^ said(after) == decided


def test_a_build_as_of_a_day_does_not_know_what_was_recorded_of_a_later_one(world: World):
    """Without a day it knows all: the clock of the rows may stand months behind the one on the wall."""
    before = contents(world)
    recorded(world, "control", "monitoring", "live", day=TODAY)
    recorded(world, "control", "alerts", "live", day="2026-03-09")
    built(world, "--as-of", "2026-03-08")
    assert contents(world) == before
    after = built(world)["facts"]
    assert after["readiness.monitoring.state"]["value"] == "live"
    assert after["build.command"]["value"] == "dossier build ."


def test_the_bundle_names_the_records_that_it_knew(world: World):
    recorded(world, "control", "monitoring", "built")
    recorded(world, "control", "alerts", "built", day=TODAY)
    results = built(world, "--as-of", "2026-03-08")
    named = [one for one in results["inputs"] if one["role"] == "records"]
    known = hashlib.sha256(f"{lines(world)[0]}\n".encode()).hexdigest()
    assert named == [{"role": "records", "name": FILE, "sha256": known, "rows": 1}]


def test_the_newest_record_of_a_thing_counts(world: World):
    recorded(world, "control", "monitoring", "live", day="2026-01-05")
    recorded(world, "control", "monitoring", "specified", day="2026-01-07")
    recorded(world, "control", "monitoring", "tested", day="2026-01-06")
    fact = built(world)["facts"]["readiness.monitoring.state"]
    assert (fact["value"], fact["source"]) == ("specified", f"{FILE}:2")


def test_what_contradicts_a_record_is_told(world: World):
    file = world.folder / "dossier.yaml"
    state = (
        "state: {stage: shadow, controls: [{name: monitoring, state: built}, {name: alerts, state: live, since: %s}]}"
    )
    file.write_text(file.read_text() + state % "2026-02-01\n")
    recorded(world, "state", "canary")
    recorded(world, "control", "monitoring", "live")
    recorded(world, "control", "alerts", "built")
    results = built(world)
    told = {one["subject"]: one["text"] for one in results["findings"] if one["kind"] == "record"}
    assert set(told) == {"version", "monitoring", "alerts"}
    assert told["monitoring"].endswith("the record counts.")
    assert told["alerts"].endswith("what is newer counts, the project file.")
    values = [results["facts"][f"readiness.{name}.state"]["value"] for name in ("monitoring", "alerts")]
    assert values == ["live", "live"]
    assert "the record counts" in CliRunner().invoke(app, ["check", str(world.folder), "-q"]).stderr


REFUSED = {
    "an unknown kind": (("contrl", "monitoring", "live"), "did you mean control?"),
    "an unknown control": (("control", "monitor", "live"), "did you mean monitoring?"),
    "an unknown state": (("control", "monitoring", "finished"), "one of specified, built, tested, live"),
    "no state": (("control", "monitoring"), "one of specified, built, tested, live"),
    "an unknown stage": (("state", "in-service"), "did you mean in_service?"),
    "an unknown drill": (("drill", "fire"), "one of rollback"),
    "a version that nothing knows": (("drill", "rollback", "--of", "7"), "one of 1;"),
    "a condition without a bundle": (("condition", "services"), "build it first"),
    "a condition that is none": (("condition", "servces", "--bundle", "{out}"), "did you mean services?"),
    "a condition that the build refutes": (("condition", "monitoring", "--bundle", "{out}"), "control monitoring live"),
    "a condition that rows decide": (("condition", "overall.rmse", "--bundle", "{out}"), "the next build drops"),
    "a day to come": (("drill", "rollback", "--date", "{tomorrow}"), "once it has"),
    "nobody": (("drill", "rollback", "--who", " "), "signs that can be seen"),
    "no evidence": (("drill", "rollback", "--evidence", "{case}/none.txt"), "name the file that shows it"),
    "empty evidence": (("drill", "rollback", "--evidence", "{case}/empty.txt"), "name the file that shows it"),
    "an address": (("drill", "rollback", "--evidence", "https://host/page"), "save the page as a file"),
    "the project as its own evidence": (("drill", "rollback", "--evidence", "{case}/dossier.yaml"), "a log"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_nonsense_is_not_recorded(world: World, name: str):
    words, hint = REFUSED[name]
    (world.folder / "empty.txt").touch()
    places = {"case": world.folder, "out": world.output, "tomorrow": date.today() + timedelta(days=1)}
    result = recorded(world, *(word.format(**places) for word in words))
    assert result.exit_code == 2, result.output
    assert hint in result.stderr
    assert not (world.folder / FILE).exists()


def test_a_condition_may_be_opened_again(world: World):
    named = ("--bundle", str(world.output))
    assert recorded(world, "condition", "services", *named).exit_code == 0
    assert recorded(world, "condition", "services", "open", *named, day="2026-01-06").exit_code == 0
    assert ("condition", "services") in said(built(world))


def test_what_stands_there_is_not_written_twice(world: World):
    assert recorded(world, "drill", "rollback").stdout == f"{FILE}:1\n"
    assert recorded(world, "drill", "rollback").stdout == f"{FILE}:1, where it stands already\n"
    told = json.loads(recorded(world, "drill", "rollback", "--json", who="Bo").stdout)
    assert (told["new"], told["line"], told["record"]["who"]) == (True, 2, "Bo")
    assert len(lines(world)) == 2


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("{", "is no record"),
        ('{"kind": "drill"}', "is no record"),
        ("[1]", "is no record"),
        ("{good}".replace("held", "skipped"), None),
    ],
)
def test_a_line_that_is_none_is_refused_with_its_place(world: World, line: str, what: str | None):
    recorded(world, "drill", "rollback")
    good = lines(world)[0]
    bad = good.replace("held", "skipped") if what is None else line
    (world.folder / FILE).write_text(f"{good}\n\n{bad}\n")
    result = world.build()
    assert result.exit_code == 2
    assert f"{FILE}:3" in result.stderr
    assert (what or "a state that there is not") in result.stderr


def test_many_write_at_once_and_no_line_is_lost(tmp_path: Path):
    texts = [json.dumps({"n": number, "text": "x" * 3000}) for number in range(60)]
    (tmp_path / FILE).write_text("the first, without its end")
    with ThreadPoolExecutor(8) as pool:
        places = list(pool.map(lambda text: appended(tmp_path / FILE, text), texts))
    found = (tmp_path / FILE).read_text().splitlines()
    assert found[0] == "the first, without its end"
    assert sorted(found[1:]) == sorted(texts)
    assert [found[line - 1] for line, _ in places] == texts


@pytest.mark.parametrize("broken", ["write", "fsync"])
def test_a_full_disk_leaves_the_lines_as_they_were(world: World, monkeypatch: pytest.MonkeyPatch, broken: str):
    recorded(world, "drill", "rollback")
    before = lines(world)
    real = os.write

    def full(handle: int, content: bytes = b"") -> int:
        if broken == "write" and content:
            return real(handle, content[: len(content) // 2])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(os, broken, full)
        result = recorded(world, "drill", "rollback", who="Bo")
    assert result.exit_code == 2
    assert "the record cannot be written: No space left on device" in result.stderr
    assert lines(world) == before
