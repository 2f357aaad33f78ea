"""A build finds the bundle before it, tells what changed, and changes nothing that a document says by doing so."""

import datetime
import hashlib
import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from generator.bundle import _manifest
from generator.bundle.earlier import find_earlier
from generator.cli import app
from tests.bundle.test_diff import RULE
from tests.hostile.world import World

DAY = "2026-03-08"
DOCUMENTS = 6


def build(place: Path, *words: str) -> Result:
    """Build the project of `place` into its `output`, in Markdown."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(place)
        return CliRunner().invoke(app, ["build", "case", "--format", "md", *words])


def bundle(place: Path, version: str) -> Path:
    return place / "output" / "shop" / version / DAY


def said(folder: Path) -> dict[str, str]:
    """Return the content digest of each document."""
    return dict(json.loads((folder / "citations.json").read_text())["contents"])


def changes(folder: Path) -> list[list[Any]]:
    return list(json.loads((folder / "results.json").read_text())["tables"]["changes.since"]["rows"])


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a project, and the bundle of its version 1."""
    place = tmp_path_factory.mktemp("first")
    world = World(place / "case")
    world.project["alerts"] = {"rules": [dict(RULE)]}
    world.save()
    assert build(place, "--quiet").exit_code == 0
    return place


@pytest.fixture
def place(first: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(first, tmp_path / "place"))


def test_the_first_bundle_has_none_before_it(first: Path):
    folder = bundle(first, "1")
    assert "changes.since" not in json.loads((folder / "results.json").read_text())["tables"]
    for file in (*folder.glob("*.md"), folder / "index.html"):
        assert "Changes since" not in file.read_text() and "## Changes" not in file.read_text()


def test_a_rebuild_with_nothing_changed_keeps_what_each_document_says(place: Path):
    """The bundle before is an input and a section of its own: neither is what an approval is of."""
    assert build(place, "--quiet", "--previous", str(bundle(place, "1")), "-o", "again").exit_code == 0
    again = place / "again"
    assert said(again) == said(bundle(place, "1")) and len(said(again)) == DOCUMENTS
    assert changes(again) == []
    for file in again.glob("*.md"):
        assert f"Nothing that this document says has changed since version 1 as of {DAY}." in file.read_text()
    assert "nothing, each document says what it said" in (again / "index.html").read_text()
    roles = {each["role"] for each in json.loads((again / "manifest.json").read_text())["inputs"]}
    assert "previous bundle" in roles


def test_another_threshold_is_told_by_the_documents_that_print_it(place: Path):
    result = build(place, "--set", "alerts.rules.0.yellow=3.6", "--set", "model.version=2")
    assert result.exit_code == 0
    assert "compared with: output/shop/1/" in result.stderr
    new = bundle(place, "2")
    assert [row[1] for row in changes(new) if row[0] == "alert"] == ["rmse-daily.yellow"]
    before, after = said(bundle(place, "1")), said(new)
    monitoring = (new / "monitoring.md").read_text().split("## Changes")[1]
    assert re.search(r"\| rmse, yellow +\| \\?>= 3\.4 over a day +\| \\?>= 3\.6 over a day +\|", monitoring)
    assert before["monitoring"] != after["monitoring"]
    assert "rmse, yellow" not in (new / "feature-requirements.md").read_text().split("## Changes")[1]
    index = (new / "index.html").read_text()
    assert f"Changes since version 1 as of {DAY}" in index and "An approver must read again: " in index


def test_documents_are_made_again_from_results_alone(place: Path):
    assert build(place, "--quiet", "--set", "alerts.rules.0.yellow=3.6", "--set", "model.version=2").exit_code == 0
    result = CliRunner().invoke(app, ["render", str(bundle(place, "2")), "-o", str(place / "r"), "--format", "md"])
    assert result.exit_code == 0, result.output
    verified = CliRunner().invoke(app, ["verify", str(bundle(place, "2")), "--quiet"])
    assert verified.exit_code == 0, verified.output
    for file in bundle(place, "2").glob("*.md"):
        assert (place / "r" / file.name).read_bytes() == file.read_bytes()


def made_by_another(folder: Path, **others: Any) -> None:
    """Sign a bundle again whose results lack a table that templates print, as if another program had made it."""
    file, manifest = folder / "results.json", folder / "manifest.json"
    content = json.loads(file.read_text())
    del content["tables"]["runbook.commands"]
    file.write_text(json.dumps(content))
    told = json.loads(manifest.read_text()) | others
    told["files"]["results.json"]["sha256"] = hashlib.sha256(file.read_bytes()).hexdigest()
    del told[_manifest.OWN]
    manifest.write_text(json.dumps({**told, _manifest.OWN: _manifest._own(told)}))


@pytest.mark.parametrize("command", ["render", "verify", "diff"])
def test_a_bundle_that_another_program_made_is_to_be_built_again(place: Path, command: str) -> None:
    folder = bundle(place, "1")
    made_by_another(folder, templates={"documents/rollback-runbook.md.j2": "other"})
    words = [str(folder)] * (2 if command == "diff" else 1)
    result = CliRunner().invoke(app, [command, *words, "--json", "--quiet"])
    (problem,) = json.loads(result.output)["error"]["problems"]
    assert result.exit_code == 2
    assert (
        problem["what"].startswith("the bundle is not of this state of the program")
        and "runbook.commands" in problem["what"]
    )
    assert problem["where"] == str(folder / "results.json") and problem["hint"].startswith("build it again")
    assert build(place, "--quiet").exit_code == 0
    assert CliRunner().invoke(app, [command, *words, "--quiet"]).exit_code == 0


def test_a_bundle_of_this_program_that_cannot_be_printed_is_no_other_s(place: Path) -> None:
    made_by_another(bundle(place, "1"))
    result = CliRunner().invoke(app, ["render", str(bundle(place, "1")), "--quiet"])
    assert (
        result.exit_code == 2 and "no table runbook.commands" in result.output and "build it again" not in result.output
    )


def test_one_document_alone_says_which_others_are_stale(place: Path):
    words = ("--set", "alerts.rules.0.yellow=3.6", "--set", "model.version=2", "--document", "rollback-runbook")
    result = build(place, *words)
    (line,) = (line for line in result.stderr.splitlines() if line.startswith("warning: not made again"))
    assert "Monitoring specification" in line and "Rollback runbook" not in line
    assert json.loads(build(place, *words, "--json").stdout)["stale"]


def test_a_bundle_of_one_document_says_which_it_lacks_and_which_others_are_stale(place: Path):
    words = ("--set", "alerts.rules.0.yellow=3.6", "--set", "model.version=2", "--document", "rollback-runbook")
    assert build(place, *words, "--quiet").exit_code == 0
    page = (bundle(place, "2") / "index.html").read_text()
    ((absent, stale),) = re.findall(
        r"Not made in this build: (.*)\. No longer true in version 1 as of .*: (.*)\.<", page
    )
    assert len(absent.split(", ")) == DOCUMENTS - 1 and "Rollback runbook" not in absent
    assert "Monitoring specification" in stale and set(stale.split(", ")) < set(absent.split(", "))
    assert CliRunner().invoke(app, ["verify", str(bundle(place, "2")), "--quiet"]).exit_code == 0
    assert "Not made" not in (bundle(place, "1") / "index.html").read_text()


def test_what_goes_with_the_bundle_whose_place_is_taken_is_told(place: Path):
    """By name where it is a document, on stderr and in JSON; nothing goes in a whole build, or in a fresh place."""
    before = files_of(bundle(place, "1"))
    assert "gone" not in build(place).stderr
    result = build(place, "--document", "rollback-runbook")
    (line,) = (line for line in result.stderr.splitlines() if line.startswith("warning: gone"))
    assert "monitoring.md" in line and "rollback-runbook.md" not in line
    after = files_of(bundle(place, "1"))
    again = build(place, "--json")
    assert json.loads(again.stdout)["gone"] == []
    rendered = CliRunner().invoke(
        app, ["render", str(bundle(place, "1")), "--format", "md", "--document", "monitoring"]
    )
    assert "rollback-runbook.md" in rendered.stderr and "monitoring.md" not in rendered.stderr
    build(place)
    assert set(json.loads(build(place, "--document", "rollback-runbook", "--json").stdout)["gone"]) == before - after


def files_of(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_one_document_alone_leaves_nothing_stale_where_nothing_changed(place: Path):
    words = ("--previous", str(bundle(place, "1")), "-o", "again", "--document", "rollback-runbook")
    assert "not made again" not in build(place, *words).stderr


@pytest.mark.parametrize(
    ("bundles", "version", "day", "expected"),
    [
        (["1/2026-03-01", "2/2026-03-01"], "2", "2026-03-08", "2/2026-03-01"),
        (["1.9/2026-03-01", "1.10/2026-03-01"], "1.11", "2026-03-01", "1.10/2026-03-01"),
        (["1/2026-03-01", "2/2026-03-01"], "2", None, "1/2026-03-01"),
        (["2/2026-03-01"], "1", "2026-03-01", None),  # a later version of the same day came after
        (["1/2026-03-09"], "1", "2026-03-08", None),  # a later day was not known then
        (["1/2026-03-08"], "1", "2026-03-08", None),  # itself
        (["1/notes"], "1", "2026-03-08", None),
    ],
)
def test_which_bundle_comes_before(
    first: Path, tmp_path: Path, bundles: list[str], version: str, day: str | None, expected: str | None
):
    for name in bundles:
        shutil.copytree(bundle(first, "1"), tmp_path / "shop" / name)
    found = find_earlier(tmp_path, "shop", version, datetime.date.fromisoformat(day) if day else None)
    assert (found and found.folder.relative_to(tmp_path / "shop").as_posix()) == expected


def test_a_bundle_that_was_changed_is_passed_by(first: Path, tmp_path: Path):
    for name in ("1/2026-03-01", "1/2026-03-02"):
        shutil.copytree(bundle(first, "1"), tmp_path / "shop" / name)
    (tmp_path / "shop/1/2026-03-02/monitoring.md").write_text("forged")
    found = find_earlier(tmp_path, "shop", "1", datetime.date(2026, 3, 8))
    assert found and found.folder.name == "2026-03-01"


def test_a_named_bundle_has_to_be_one_of_the_project(place: Path):
    result = build(place, "--set", "project.name=other", "--previous", str(bundle(place, "1")))
    assert result.exit_code == 2 and "the bundle is of shop" in result.stderr and "  try: " in result.stderr
    (bundle(place, "1") / "monitoring.md").write_text("forged")
    assert build(place, "--previous", str(bundle(place, "1"))).exit_code == 4


def test_the_version_before_is_the_one_to_return_to_where_none_is_named(place: Path):
    file = place / "case" / "dossier.yaml"
    file.write_text(file.read_text().replace("  previous_prediction: old\n", ""))
    assert build(place, "--quiet", "--set", "model.version=2").exit_code == 0
    facts = json.loads((bundle(place, "2") / "results.json").read_text())["facts"]
    assert facts["declared.model.previous.version"]["value"] == "1"
    assert "the bundle of 1 as of" in facts["declared.model.previous.version"]["source"]
