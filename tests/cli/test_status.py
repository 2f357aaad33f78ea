"""Where a version stands today: by its records, its newest bundle, and what has changed since."""

import datetime
import json
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from generator.cli import app
from generator.records.journal import FILE
from tests.cli.test_record import TODAY, copied, recorded, shop
from tests.hostile.world import World

BUNDLE = Path("output", "shop", "1", "2026-03-08")


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> World:
    world = shop(tmp_path_factory.mktemp("first") / "case")
    built(world)
    return world


@pytest.fixture
def world(first: World, tmp_path: Path) -> World:
    return copied(first, tmp_path / "case")


def built(world: World) -> None:
    """Build to where a bundle goes that is looked for."""
    words = ("--format", "md", "--document", "monitoring", "-q", "-o", str(world.folder / BUNDLE))
    assert CliRunner().invoke(app, ["build", str(world.folder), *words]).exit_code == 0


def told(world: World, *words: str) -> Any:
    result = CliRunner().invoke(app, ["status", str(world.folder), *words, "--json"])
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def stale(world: World) -> set[tuple[str, str]]:
    return {(one["kind"], one["what"]) for one in told(world)["stale"] if one["kind"] != "expired"}


def test_before_anything_is_recorded(world: World):
    found = told(world)
    assert found["version"]["state"] == "candidate"
    assert {one["state"] for one in found["controls"]} == {"not built"}
    assert (found["stage"], found["lacks"]) == ("no traffic yet", ["monitoring built (now not built)"])
    assert found["bundle"]["path"].endswith(str(BUNDLE))
    results = json.loads((world.folder / BUNDLE / "results.json").read_text())
    assert [one["id"] for one in found["conditions"]] == [row[0] for row in results["tables"]["conditions.all"]["rows"]]
    assert all(one["owner"] and date.fromisoformat(one["due"]) for one in found["conditions"])
    assert stale(world) == set()


def test_what_is_recorded_counts_at_once(world: World):
    recorded(world, "state", "shadow", day="2026-03-10")
    recorded(world, "control", "monitoring", "built", day="2026-03-09")
    recorded(world, "condition", "services", "--bundle", str(world.folder / BUNDLE), day=TODAY)
    found = told(world)
    version, monitoring = found["version"], found["controls"][0]
    assert (version["state"], version["since"], version["place"]) == ("shadow", "2026-03-10", f"{FILE}:1")
    assert (monitoring["state"], monitoring["since"], monitoring["place"]) == ("built", "2026-03-09", f"{FILE}:2")
    assert found["stage"] == "a shadow run"
    assert "services" not in [one["id"] for one in found["conditions"]]
    assert stale(world) == {("records", f"3 newer than the bundle: {FILE}")}


def test_a_build_that_knows_the_records_is_not_older_than_they(world: World):
    recorded(world, "control", "monitoring", "built", day="2026-03-01")
    assert stale(world) == {("records", f"1 newer than the bundle: {FILE}")}
    built(world)
    assert stale(world) == set()
    recorded(world, "control", "monitoring", "live", day="2026-02-01")
    assert stale(world) == {("records", f"1 newer than the bundle: {FILE}")}


def test_lines_that_were_edited_are_told(world: World):
    recorded(world, "control", "monitoring", "built", day="2026-03-01")
    built(world)
    file = world.folder / FILE
    file.write_text(file.read_text().replace("Ada", "Eve"))
    assert {words for _, words in stale(world)} == {
        f"the first lines of {FILE} are not what the bundle was built from: lines are never edited"
    }


def test_inputs_and_evidence_that_changed_are_told(world: World):
    recorded(world, "control", "monitoring", "built", day="2026-03-01")
    built(world)
    (world.folder / "proof.txt").write_text("seen by nobody\n")
    with (world.folder / "rows.csv").open("a") as rows:
        rows.write("\n")
    with (world.folder / "dossier.yaml").open("a") as project:
        project.write("# a word\n")
    assert stale(world) == {
        ("evidence", f"proof.txt, the evidence of {FILE}:1, is not what it was"),
        ("input", "dossier.yaml (project file) is not what it was"),
        ("input", "rows.csv (production rows) is not what it was"),
    }
    (world.folder / "proof.txt").unlink()
    assert ("evidence", f"proof.txt, the evidence of {FILE}:1, is gone") in stale(world)


def test_papers_that_ran_out_are_told(world: World):
    late = (date.today() - date(2026, 6, 6)).days
    found = told(world)
    assert found["valid_until"] == "2026-06-06"
    assert [one["what"] for one in found["stale"]] == [f"the papers ran out on 2026-06-06, {late} days ago"] * (
        late > 0
    )


def test_dates_to_come_are_in_order(world: World):
    days = [datetime.date.fromisoformat(one["day"]) for one in told(world)["dates"]]
    assert days == sorted(days)
    assert all(day >= date.today() for day in days)


def test_without_a_bundle_it_says_so(world: World):
    shutil.rmtree(world.folder / "output")
    found = told(world)
    assert (found["bundle"], found["conditions"]) == (None, [])
    text = CliRunner().invoke(app, ["status", str(world.folder)]).stdout
    assert "bundle: none of this version was found" in text
    assert "open conditions" not in text


def test_a_bundle_of_another_version_is_refused(world: World):
    file = world.folder / "dossier.yaml"
    file.write_text(file.read_text().replace("version: '1'", "version: '2'"))
    result = CliRunner().invoke(app, ["status", str(world.folder), str(world.folder / BUNDLE)])
    assert result.exit_code == 2
    assert "the bundle is of shop, version 1" in result.stderr


def test_in_words(world: World):
    recorded(world, "control", "on_call", "live", day="2026-03-09")
    text = CliRunner().invoke(app, ["status", str(world.folder)]).stdout
    lines = text.splitlines()
    assert lines[0] == "shop, pricing 1: candidate (dossier.yaml)"
    assert lines[1] == "controls allow: no traffic yet; the next stage needs monitoring built (now not built)"
    assert f"  on call     live since 2026-03-09 ({FILE}:1)" in lines
