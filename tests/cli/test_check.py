"""`dossier check` runs a part of what a build runs, and tells every contradiction that the build finds."""

import contextlib
from pathlib import Path

import pytest
from typer.testing import CliRunner

from generator import pipeline
from generator.bundle.results import read_results
from generator.catalog import CATALOG
from generator.cli import app
from generator.conclude import CONTRADICTIONS
from generator.records.notation import spell
from generator.records.watch import unwatched
from tests.bundles import ROOT, in_markdown
from tests.hostile.world import World


@pytest.mark.parametrize("case", ["techmart", "leadscore", "churn"])
def test_the_contradictions_are_those_of_the_build(tmp_path_factory: pytest.TempPathFactory, case: str):
    content = (in_markdown(tmp_path_factory, case) / "results.json").read_bytes()
    results = read_results(content)
    found = [finding for finding in results.findings if finding.kind in CONTRADICTIONS]
    told = pipeline.check(ROOT / "data" / case, CATALOG, lambda _stage: contextlib.nullcontext(unwatched))
    said = [spell(each.words, currency=results.header.currency) for each in found]
    assert [problem.what for problem in told] == said
    assert found


def test_every_id_that_check_runs_exists():
    assert CATALOG.checked <= {each.id for each in (*CATALOG.analyses, *CATALOG.decisions)}


@pytest.mark.parametrize("asked", ["contrast", "probed", "shuffled", "golden"])
def test_check_asks_nothing_of_samples_of_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: str):
    def never(*_: object) -> None:
        raise AssertionError

    world = World(folder=tmp_path / "case")
    world.save()
    monkeypatch.setattr(f"generator.measure.{asked}", never)
    assert CliRunner().invoke(app, ["check", str(world.folder), "--quiet"]).exit_code == 0


@pytest.mark.parametrize("words", [["list"], ["list", "--json"], ["check", "--schema"], ["explain", ".", "a.b"]])
def test_what_needs_no_temporary_folder_makes_none(monkeypatch: pytest.MonkeyPatch, words: list[str]):
    def never(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr("generator.records.temporary.scratch", never)
    assert CliRunner().invoke(app, words).exit_code == (2 if "explain" in words else 0)


def test_a_bundle_is_held_against_what_a_build_would_say_now(tmp_path: Path) -> None:
    """Nothing changed is 0; one limit changed is 4, and the limit and the documents that print it are named."""
    world = World(tmp_path / "shop")
    built = world.build("--format", "md", "--all")
    assert built.exit_code == 0, built.stderr
    words = ["check", str(world.folder), "--against", str(world.output), "--quiet"]
    same = CliRunner().invoke(app, words)
    assert same.exit_code == 0, same.output
    assert "Nothing changed" in same.stdout
    before = {path: path.read_bytes() for path in world.output.rglob("*") if path.is_file()}
    file = world.folder / "dossier.yaml"
    file.write_text(file.read_text().replace("acceptable: 3.5", "acceptable: 3.6"))
    other = CliRunner().invoke(app, words)
    assert other.exit_code == 4, other.output
    assert "3.5 → " not in other.stdout.splitlines()[0]
    assert "3.22 against 3.6, " in other.stdout
    assert {path: path.read_bytes() for path in world.output.rglob("*") if path.is_file()} == before
    gone = CliRunner().invoke(app, ["check", str(world.folder), "--against", str(tmp_path), "--quiet"])
    assert gone.exit_code == 2
