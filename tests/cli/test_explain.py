"""`dossier explain`, over a results.json of the tests' own."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from generator.bundle import bundle as written
from generator.bundle.explain import CITATIONS
from generator.bundle.identity import manifest_facts
from generator.bundle.results import write_results
from generator.cli import app
from generator.compose.mentions import mentions
from generator.records.artifact import Artifact
from tests.compose.sample import results, sample


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """Return a folder with the results of the sample, and what its document cites."""
    files = (Artifact(path="results.json", content=write_results(results())), mentions([sample()], CITATIONS))
    return written(files, tmp_path / "bundle", manifest_facts(results(), {}))


def run(*words: object) -> Any:
    return CliRunner().invoke(app, [str(word) for word in ("explain", *words)])


def test_it_prints_where_the_number_comes_from_and_who_prints_it(bundle: Path):
    result = run(bundle, "performance.rmse.production")
    assert result.exit_code == 0, result.output
    first, *rest = result.stdout.splitlines()
    assert first == "performance.rmse.production"
    words = [line[2:14].strip() for line in rest]
    assert [word for word in words if word][:3] == ["value", "meaning", "unit"]
    assert {"range", "n", "origin", "printed in", "rests on it"} <= set(words)


def test_json_has_every_part(bundle: Path):
    found = json.loads(run(bundle, "performance.rmse.production", "--json").stdout)
    fact = results().facts["performance.rmse.production"]
    assert (found["value"], found["low"], found["n"], found["origin"]) == (fact.value, fact.low, fact.n, fact.origin)
    assert found["documents"][0]["id"] == sample().id
    assert set(found) >= {"unit", "method", "source", "reason", "findings", "gates", "alerts", "triggers"}


@pytest.mark.parametrize("id", sorted(results().facts))
def test_every_fact_of_any_type_can_be_explained(bundle: Path, id: str):
    assert run(bundle, id).exit_code == 0
    assert json.loads(run(bundle, id, "--json").stdout)["id"] == id


def test_an_unknown_id_is_exit_2_with_the_nearest(bundle: Path):
    result = run(bundle, "performance.rmse.produciton")
    assert result.exit_code == 2
    assert "did you mean performance.rmse.production" in result.stderr


def test_a_folder_that_is_no_bundle_is_exit_2(tmp_path: Path):
    result = run(tmp_path, "performance.rmse.production")
    assert result.exit_code == 2
    assert "results.json" in result.stderr


@pytest.mark.parametrize(("content", "said"), [(None, "citations.json is missing"), (b"{}", "was changed after")])
def test_a_bundle_whose_citations_are_not_those_it_was_made_with_is_exit_4(
    bundle: Path, content: bytes | None, said: str
):
    (bundle / CITATIONS).unlink() if content is None else (bundle / CITATIONS).write_bytes(content)
    result = run(bundle, "performance.rmse.production")
    assert result.exit_code == 4
    assert said in result.stderr
