"""Real rows with outcomes made worse are never told to proceed, and untouched ones stay quiet; nothing is declared."""

import datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from generator import pipeline
from generator.bundle.results import read_results
from generator.catalog import CATALOG
from generator.cli import app
from generator.records.results import Results
from tests.real.healthy_rows import DAMAGE, SETS, STRAYED, Form, Split, written
from tests.worlds.world import silent

pytestmark = [pytest.mark.real, pytest.mark.slow]

AS_OF = datetime.date(2026, 1, 15)
"""For rows without dates."""


@pytest.fixture(scope="module", params=sorted(SETS))
def split(request: pytest.FixtureRequest) -> Split:
    return SETS[request.param](1)


def started(split: Split, form: Form, folder: Path) -> tuple[Path, datetime.date | None]:
    """Start a project with `init` and nothing more."""
    words = written(split, form, folder)
    done = CliRunner().invoke(app, ["init", str(folder / "project"), *words, "--quiet"])
    assert done.exit_code == 0, done.output
    return folder / "project" / "dossier.yaml", None if "--time" in words else AS_OF


def judged(split: Split, form: Form, folder: Path) -> Results:
    file, as_of = started(split, form, folder)
    return pipeline.judge(file, CATALOG, as_of, silent)


def out_of_sample(split: Split) -> Form:
    return "held_out" if split.model is not None else "reference"


def severe(results: Results) -> list[str]:
    return [one.id for one in results.findings if one.severity == "severe"]


def test_untouched_rows_are_quiet_and_their_documents_are_written(split: Split, tmp_path: Path) -> None:
    file, as_of = started(split, out_of_sample(split), tmp_path)
    dated = ["--as-of", str(as_of)] if as_of else []
    out = tmp_path / "out"
    done = CliRunner().invoke(app, ["build", str(file), "-o", str(out), "--format", "md", "--quiet", *dated])
    assert done.exit_code == 0, done.output
    results = read_results((out / "results.json").read_bytes())
    assert severe(results) == []
    assert results.verdict == "not_enough"
    assert not [one.id for one in results.findings if one.id.startswith("calibration.changed")]
    assert results.facts["causes.verdict"].value in ("no change", "cannot be told")


@pytest.mark.parametrize("kind", sorted(DAMAGE))
def test_damaged_rows_are_told_to_wait(split: Split, kind: str, tmp_path: Path) -> None:
    results = judged(DAMAGE[kind](split), out_of_sample(split), tmp_path)
    telling = split.outcomes is not None or kind != "apart"
    assert results.verdict == ("delay" if telling else "not_enough"), "a level of numbers is no floor of its own"


@pytest.mark.parametrize("kind", ["none", "doubled"])
def test_where_nothing_says_how_they_were_nobody_is_told_to_proceed(split: Split, kind: str, tmp_path: Path) -> None:
    results = judged(DAMAGE[kind](split) if kind in DAMAGE else split, "nothing", tmp_path)
    assert results.verdict == "not_enough" or (kind == "doubled" and results.verdict == "delay")
    assert kind == "doubled" or severe(results) == []


@pytest.mark.parametrize("kind", sorted(STRAYED))
def test_predictions_that_are_not_the_models_are_never_told_to_proceed(split: Split, kind: str, tmp_path: Path) -> None:
    strayed = STRAYED[kind](split)
    results = judged(strayed, "reference", tmp_path)
    before, after = (float(((one.truth - one.predicted) ** 2).mean()) for one in (split, strayed))
    assert results.verdict in ("delay", "not_enough") or after < 1.25 * before
    told = [one.id for one in results.findings if one.severity in ("confirmed", "severe")]
    assert kind == "slipped" or "relation" not in str(results.facts["causes.verdict"].value)
    assert after < 1.25 * before or any(id.startswith("performance.") for id in told)
