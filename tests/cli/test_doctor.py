"""`dossier doctor`: what is here, what is not, and what to install."""

import json
import re
import tomllib
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from generator import __version__
from generator.cli import app, machine
from generator.errors import EnvironmentLacks
from generator.render import _fonts, pdf
from tests.house.source import ROOT


def run(*words: str) -> Any:
    return CliRunner().invoke(app, ["doctor", *words])


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the page of proof out, which takes a second."""
    monkeypatch.setattr(pdf, "trial", lambda: 2048)


def lacking(result: Any) -> dict[str, dict[str, str]]:
    return {each["name"]: each for each in json.loads(result.stdout)["checks"] if each["state"] == "lacks"}


def test_where_the_tests_run_nothing_is_missing():
    result = run()
    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines()[-1] == "everything a build needs is here"


def test_every_declared_package_is_looked_at(quick: None):
    found = json.loads(run("--json").stdout)
    names = {each["name"] for each in found["checks"]}
    assert found["ready"] is True
    assert {"Python", "duckdb", "weasyprint", "templates", "fonts", "cache folder", "PDF"} <= names


EXTRAS = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]


@pytest.mark.parametrize("extra", EXTRAS)
def test_an_extra_that_is_not_here_is_a_note_with_its_command(quick: None, monkeypatch: pytest.MonkeyPatch, extra: str):
    names = [re.split("[<>=]", line)[0] for line in EXTRAS[extra]]
    version = metadata.version

    def absent(name: str) -> str:
        if name in names:
            raise metadata.PackageNotFoundError(name)
        return version(name)

    monkeypatch.setattr(metadata, "version", absent)
    result = run("--json")
    assert result.exit_code == 0, result.output
    found = {each["name"]: each for each in json.loads(result.stdout)["checks"]}
    for name in names:
        check = found[f"{name} (extra {extra})"]
        assert check["state"] == "note"
        assert check["hint"].endswith(f"'deployment-dossier[{extra}]'")


@pytest.mark.parametrize("place", ["/usr/bin/Rscript", None])
def test_r_is_looked_for_and_not_needed(quick: None, monkeypatch: pytest.MonkeyPatch, place: str | None):
    monkeypatch.setattr("shutil.which", lambda _name: place)
    result = run("--json")
    assert result.exit_code == 0
    found = {each["name"]: each for each in json.loads(result.stdout)["checks"]}
    assert (found["R"]["state"], place or "not here" in found["R"]["found"]) == (
        "ok" if place else "note",
        place or True,
    )
    assert found["deployment-dossier"]["found"] == __version__


def test_a_missing_system_library_is_exit_3_with_the_package_to_install(monkeypatch: pytest.MonkeyPatch):
    def broken() -> Any:
        raise EnvironmentLacks("PDF needs a system library: libpango", hint="apt-get install libpango-1.0-0")

    monkeypatch.setattr(pdf, "load", broken)
    result = run()
    assert result.exit_code == 3
    assert "LACKS  PDF" in result.stdout
    assert "try: apt-get install libpango-1.0-0" in result.stdout
    assert result.stdout.splitlines()[-1].startswith("1 of ")


def test_a_page_that_cannot_be_made_is_exit_3(monkeypatch: pytest.MonkeyPatch):
    def broken() -> int:
        raise RuntimeError("no glyphs")

    monkeypatch.setattr(pdf, "trial", broken)
    result = run("--json")
    assert (result.exit_code, lacking(result)["PDF"]["found"]) == (3, "RuntimeError: no glyphs")


def test_a_missing_font_is_named(quick: None, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(_fonts.FACES, "matplotlib", ("nowhere", ["Lost.ttf"]))
    result = run("--json")
    assert result.exit_code == 3
    assert "Lost.ttf" in lacking(result)["fonts"]["found"]


def test_a_cache_folder_that_cannot_be_written_has_a_substitute(
    quick: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    (cache,) = (each for each in json.loads(run("--json").stdout)["checks"] if each["name"] == "cache folder")
    assert cache["state"] == "note"
    assert "XDG_CACHE_HOME" in cache["hint"]


def test_an_old_python_is_told_what_to_install(quick: None, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(machine, "LEAST", (9, 0))
    result = run("--json")
    assert (result.exit_code, lacking(result)["Python"]["hint"]) == (3, "install Python 9.0 or newer")


def test_a_missing_package_is_one_not_installed():
    assert machine.package("no-such-package>=1.0").state == "lacks"


def test_packages_are_named_with_the_version_to_install(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(metadata, "version", lambda name: "1.4.2")
    check = machine.package("duckdb>=2.0")
    assert (check.state, check.found) == ("lacks", "1.4.2, but >=2.0 is needed")
    assert check.hint.endswith("'duckdb>=2.0'")
    assert machine.package("duckdb").state == "ok"


def test_the_installed_distribution_says_what_it_needs(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(metadata, "requires", lambda name: ["typer>=0.1", "onnx>=1 ; extra == 'onnx'"])
    assert [check.name for check in machine._packages()] == ["typer"]


@pytest.mark.parametrize(
    ("found", "rule", "wanted", "expected"),
    [
        ("2.0.1", ">=", "2.0", True),
        ("2", ">=", "2.0", True),
        ("10.1", ">=", "9.9", True),
        ("1.9", ">=", "1.10", False),
        ("70.0", "==", "70.0", True),
        ("70.0.0", "==", "70", True),
        ("70.1", "==", "70.0", False),
        ("3.0rc1", ">=", "3.0", True),
        ("unknown", ">=", "1", False),
    ],
)
def test_versions_are_compared_by_their_numbers(found: str, rule: str, wanted: str, expected: bool):
    assert machine.fits(found, rule, wanted) is expected
