"""`dossier verify`: a bundle as it was built passes; whatever was done to it since is found and named."""

import datetime
import json
import random
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from generator.bundle import bundle
from generator.bundle.identity import manifest_facts, template_digests
from generator.bundle.results import read_results
from generator.bundle.verify import intact
from generator.cli import app
from generator.cli.verify import VALID, _lines, _plain
from generator.errors import Unverified
from generator.pipeline import Verified
from generator.records.artifact import Artifact
from generator.records.fact import Fact
from tests.compose.sample import results
from tests.hostile.world import World, accepted

DOCUMENT = "monitoring.md"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    world = World(tmp_path_factory.mktemp("world") / "case")
    world.project["calendar"] = {"valid_days": 30}
    accepted(world, world.build("--format", "md", "--document", "monitoring", "--document", "rollback-runbook"))
    return world.output


@pytest.fixture
def made(built: Path, tmp_path: Path) -> Path:
    shutil.copytree(built, tmp_path / "bundle")
    return tmp_path / "bundle"


def run(folder: Path, *words: str) -> Result:
    return CliRunner().invoke(app, ["verify", str(folder), "--quiet", *words])


def refused(folder: Path, *said: str) -> None:
    result = run(folder)
    assert result.exit_code == 4, result.output
    for words in said:
        assert words in result.stderr, result.stderr


def test_a_bundle_as_it_was_built_is_in_order(made: Path):
    files = sum(path.is_file() for path in made.rglob("*")) - 1
    result = run(made)
    assert result.exit_code == 0, result.output
    assert f"files: {files} of {files}" in result.stdout
    assert "documents: 2 of 2" in result.stdout
    plain = json.loads(run(made, "--json").stdout)
    late = (datetime.date.today() - datetime.date.fromisoformat(plain["valid_until"])).days
    assert plain["stale"] and f"{late} days ago: build it again" in result.stdout


@pytest.mark.parametrize(("days", "stale"), [(-1, True), (0, False)])
def test_papers_hold_through_their_last_day(days: int, stale: bool):
    until = datetime.date.today() + datetime.timedelta(days=days)
    fact = Fact(id=VALID, value=until)
    found = Verified(results=replace(results(), facts={VALID: fact}), files=3, documents=2)
    assert _plain(found)["stale"] is stale
    assert ("1 days ago" in "\n".join(_lines(found))) is stale


def rename(folder: Path) -> None:
    (folder / DOCUMENT).rename(folder / "monitoring-old.md")


def exchange(folder: Path) -> None:
    other = (folder / "rollback-runbook.md").read_bytes()
    (folder / "rollback-runbook.md").write_bytes((folder / DOCUMENT).read_bytes())
    (folder / DOCUMENT).write_bytes(other)


def link(folder: Path) -> None:
    moved = (folder / DOCUMENT).rename(folder.parent / DOCUMENT)
    (folder / DOCUMENT).symlink_to(moved)


DONE: dict[str, tuple[Callable[[Path], Any], tuple[str, ...]]] = {
    "a file more": (lambda folder: (folder / "tables" / "more.csv").write_text("a\n"), ("tables/more.csv is none",)),
    "a folder more": (lambda folder: (folder / "more").mkdir(), ("the folder more is none",)),
    "a file less": (lambda folder: (folder / DOCUMENT).unlink(), (f"{DOCUMENT} is missing",)),
    "another name": (rename, (f"{DOCUMENT} is missing", "monitoring-old.md is none of the bundle's files")),
    "two exchanged": (exchange, (f"{DOCUMENT} was changed", "rollback-runbook.md was changed")),
    "a link in its place": (link, (f"{DOCUMENT} is none of the bundle's files",)),
    "no manifest": (lambda folder: (folder / "manifest.json").unlink(), ("manifest.json is missing",)),
}


@pytest.mark.parametrize("name", DONE)
def test_what_was_done_to_a_bundle_is_named(made: Path, name: str):
    change, said = DONE[name]
    change(made)
    refused(made, *said)


def test_any_byte_that_was_changed_is_found_and_its_file_named(made: Path):
    chance = random.Random(20261129)
    files = sorted(path for path in made.rglob("*") if path.is_file() and path.stat().st_size)
    for _ in range(200):
        file = chance.choice(files)
        before = file.read_bytes()
        place = chance.randrange(len(before))
        file.write_bytes(before[:place] + bytes([before[place] ^ 1 << chance.randrange(8)]) + before[place + 1 :])
        with pytest.raises(Unverified) as error:
            intact(made)
        assert file.name in " ".join(problem.what for problem in error.value.problems)
        file.write_bytes(before)
    intact(made)


def forged(folder: Path, change: Callable[[Artifact], Artifact]) -> None:
    """Write a bundle again with every digest right, each file changed as a forger may."""
    files = [
        change(Artifact(path=path.relative_to(folder).as_posix(), content=path.read_bytes()))
        for path in folder.rglob("*")
        if path.is_file() and path.name != "manifest.json"
    ]
    said = read_results(next(file.content for file in files if file.path == "results.json"))
    bundle(files, folder, manifest_facts(said, template_digests()))


def in_document(file: Artifact) -> Artifact:
    """Say in one document that it is well."""
    content = file.content + b"\nAll is well.\n" if file.path == DOCUMENT else file.content
    return Artifact(path=file.path, content=content)


def in_results(file: Artifact) -> Artifact:
    """Turn the verdict of the results alone."""
    if file.path != "results.json":
        return file
    found = json.loads(file.content)
    found["verdict"] = "delay" if found["verdict"] != "delay" else "proceed"
    return Artifact(path=file.path, content=f"{json.dumps(found, indent=1, ensure_ascii=False)}\n".encode())


def test_a_document_that_the_results_do_not_give_is_found_with_every_digest_right(made: Path):
    forged(made, in_document)
    refused(made, f"{DOCUMENT} is not what the results give")


def test_results_that_do_not_give_the_documents_are_found_with_every_digest_right(made: Path):
    forged(made, in_results)
    refused(made, "index.html is not what the results give")


def test_a_document_more_is_found_with_every_digest_right(made: Path):
    forged(made, lambda file: file)
    (made / "notes.md").write_text("Sign here.\n")
    refused(made, "notes.md is none of the bundle's files")
    files = [Artifact(path=str(path.relative_to(made)), content=path.read_bytes()) for path in made.rglob("*.*")]
    said = read_results((made / "results.json").read_bytes())
    (made / "notes.md").unlink()
    listed = [file for file in files if file.path != "manifest.json"]
    bundle(listed, made, manifest_facts(said, template_digests()))
    refused(made, "notes.md is none of the files that the results give")


def test_other_versions_are_named_where_files_differ(made: Path):
    file = made / "manifest.json"
    forged(made, in_document)
    found = json.loads(file.read_text())
    facts = {key: value for key, value in found.items() if key not in ("files", "schema_version", "manifest_sha256")}
    facts["environment"]["packages"]["numpy"] = "1.0"
    files = [Artifact(path=path, content=(made / path).read_bytes()) for path in found["files"]]
    bundle(files, made, facts)
    refused(made, "verify with what it was made by (numpy 1.0)")


def test_what_is_no_bundle_is_refused(tmp_path: Path):
    result = run(tmp_path)
    assert result.exit_code == 2
    assert "try: " in result.stderr
