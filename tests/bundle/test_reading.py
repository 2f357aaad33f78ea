"""Whoever reads a bundle reads what was written: results that were removed, edited or forged are refused."""

import hashlib
import json
import os
import platform
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from generator.bundle import _manifest, bundle, opened
from generator.bundle.identity import manifest_facts, said_of
from generator.bundle.results import write_results
from generator.cli import app
from generator.errors import InputError
from generator.records import environment
from generator.records.artifact import Artifact
from generator.subjects.data import build as provenance
from tests.bundles import ROOT
from tests.compose.sample import results


@pytest.fixture
def made(tmp_path: Path) -> Path:
    files = (Artifact(path="results.json", content=write_results(results())), Artifact(path="a.md", content=b"# A"))
    return bundle(files, tmp_path / "bundle", manifest_facts(results(), {}))


def proceed(folder: Path) -> None:
    """Write another verdict into the results."""
    file = folder / "results.json"
    file.write_bytes(file.read_bytes().replace(b'"proceed_with_conditions"', b'"proceed"', 1))


def added_to(folder: Path) -> None:
    file = folder / "results.json"
    file.write_bytes(file.read_bytes() + b" ")


def listed_again(folder: Path) -> None:
    proceed(folder)
    listed(folder)


def listed(folder: Path, **others: Any) -> None:
    """List the results that are there in the manifest, as a forger would who knows of one digest alone."""
    file = folder / "manifest.json"
    said = json.loads(file.read_text())
    said["files"]["results.json"]["sha256"] = hashlib.sha256((folder / "results.json").read_bytes()).hexdigest()
    file.write_text(json.dumps({**said, **others}))


def forged(folder: Path) -> None:
    """Write another verdict into the results alone, with every digest right."""
    proceed(folder)
    listed(folder)
    file = folder / "manifest.json"
    said = json.loads(file.read_text())
    del said[_manifest.OWN]
    file.write_text(json.dumps({**said, _manifest.OWN: _manifest._own(said)}))


Spoil = Callable[[Path], object]
SPOILT: dict[str, tuple[Spoil, str]] = {
    "edited": (proceed, "results.json was changed"),
    "added to": (added_to, "results.json was changed"),
    "emptied": (lambda folder: (folder / "results.json").write_bytes(b""), "results.json was changed"),
    "removed": (lambda folder: (folder / "results.json").unlink(), "results.json is missing"),
    "without manifest": (lambda folder: (folder / "manifest.json").unlink(), "manifest.json is missing"),
    "listed again": (listed_again, "manifest.json was changed"),
    "another verdict": (lambda folder: listed(folder, verdict="proceed"), "manifest.json was changed"),
    "forged": (forged, "they differ in verdict"),
    "another's manifest": (
        lambda folder: (folder / "manifest.json").write_text('{"manifest_version": 3}'),
        "none of this program's",
    ),
}


@pytest.mark.parametrize("command", [("render",), ("explain", "build.as_of")])
@pytest.mark.parametrize("name", SPOILT)
def test_what_is_not_as_it_was_written_is_refused(made: Path, command: tuple[str, ...], name: str):
    spoil, said = SPOILT[name]
    spoil(made)
    before = {path: path.read_bytes() for path in made.iterdir()}
    first, *rest = command
    result = CliRunner().invoke(app, [first, str(made), *rest])
    assert result.exit_code == 4, result.output
    assert said in result.stderr
    assert str(made) in result.stderr
    assert {path: path.read_bytes() for path in made.iterdir()} == before


def test_what_is_no_file_is_not_read(made: Path):
    (made / "results.json").unlink()
    os.mkfifo(made / "results.json")
    with pytest.raises(InputError, match="pipe"):
        opened(made)


def test_a_folder_that_is_no_bundle_is_a_wrong_word(tmp_path: Path):
    with pytest.raises(InputError, match=r"no results\.json"):
        opened(tmp_path)


def test_results_come_with_the_digest_of_what_they_were_read_from(made: Path):
    found = opened(made)
    assert found.results.facts == results().facts
    assert found.manifest.sha256 == hashlib.sha256((made / "manifest.json").read_bytes()).hexdigest()
    assert "rendered_from" not in manifest_facts(found.results, {})
    assert manifest_facts(found.results, {}, found.manifest.sha256)["rendered_from"] == found.manifest.sha256


def test_the_manifest_names_what_changes_numbers_or_bytes(made: Path):
    said = json.loads((made / "manifest.json").read_text())["environment"]
    assert said["python"] == platform.python_version()
    assert {"numpy", "scipy", "scikit-learn", "duckdb", "weasyprint", "matplotlib", "pikepdf"} <= set(said["packages"])
    assert list(said["packages"]) == sorted(said["packages"])


def test_a_patch_of_python_changes_the_manifest_alone(monkeypatch: pytest.MonkeyPatch):
    """Another patch number: what is said of the results is the same, the environment is not."""
    before = environment.python(), said_of(results()), environment.environment()["python"]
    monkeypatch.setattr(platform, "python_version", lambda: "3.11.99")
    monkeypatch.setattr(platform, "python_version_tuple", lambda: ("3", "11", "99"))
    assert (environment.python(), said_of(results())) == before[:2]
    assert environment.environment()["python"] == "3.11.99" != before[2]
    assert "99" not in environment.python()
    assert not hasattr(provenance, "platform")


@pytest.mark.parametrize(("edited", "end"), [(False, ""), (True, "-dirty")])
def test_the_commit_of_a_checkout_is_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, edited: bool, end: str):
    root = tmp_path / "checkout"
    (root / "templates").mkdir(parents=True)
    (root / "templates" / "a").write_text("1")
    git = ["git", "-C", str(root), "-c", "user.name=a", "-c", "user.email=a@b.invalid"]
    for words in (["init", "-q"], ["add", "."], ["commit", "-qm", "first"], ["tag", "v1"]):
        subprocess.run([*git, *words], check=True)
    head = subprocess.run([*git, "rev-parse", "HEAD"], check=True, capture_output=True, text=True).stdout.strip()
    if edited:
        (root / "templates" / "a").write_text("2")
    monkeypatch.setattr(environment, "__file__", str(root / "generator" / "records" / "environment.py"))
    assert environment.commit() == f"{head}{end}"


def test_where_there_is_no_checkout_and_no_git_no_commit_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(environment, "__file__", str(tmp_path / "lib" / "generator" / "environment.py"))
    monkeypatch.setattr(environment, "DISTRIBUTION", "no-such-distribution")
    assert environment.commit() is None
    monkeypatch.setenv("PATH", str(tmp_path))
    assert environment._answer(["git", "describe"]) is None


def test_documents_are_made_again_without_the_libraries_of_the_measurement():
    """What they need is loaded with the first question that they are asked; results alone ask none."""
    heavy = ["scipy", "pandas", "pyarrow", "duckdb", "sklearn"]
    made = "import generator.bundle, generator.compose, generator.render, generator.export, generator.catalog as c"
    asked = f"import sys; {made}; [*c.CATALOG.figures, *c.CATALOG.companions, *c.CATALOG.formats]"
    script = f"{asked}; print(*[name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout == "\n"
