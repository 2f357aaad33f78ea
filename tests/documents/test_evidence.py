"""What the list of evidence names as a source is there: another line, a table, a key of the project file, a file."""

import csv
import re
from pathlib import Path

import pytest

from generator.load import load
from tests.bundles import ROOT, results_of

ID = re.compile(r"[a-z_]+(\.[\w%-]+)+")
KEY = "key of the project file: "


@pytest.fixture(scope="session")
def listed(bundle: Path) -> list[dict[str, str]]:
    with (bundle / "tables" / "appendix.evidence.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def found(settings: object, path: list[str]) -> bool:
    """Whether there is such a key, declared or by its default; an entry of a list goes by its place, id or name."""
    if not path:
        return True
    if isinstance(settings, tuple):
        named = ((str(n), getattr(one, "id", None), getattr(one, "name", None)) for n, one in enumerate(settings))
        return any(path[0] in names and found(settings[n], path[1:]) for n, names in enumerate(named))
    return hasattr(settings, path[0]) and found(getattr(settings, path[0]), path[1:])


def test_every_source_of_a_number_is_there(bundle: Path, listed: list[dict[str, str]]):
    there = {row["fact"] for row in listed} | set(results_of(bundle)["tables"])
    files = {path.name for path in (ROOT / "data" / bundle.name).iterdir()}
    named = {one for row in listed for one in row["source"].split(", ")}
    lost = {one for one in named if ID.fullmatch(one)} - there - files
    assert len(listed) > 100
    assert not lost


def test_every_key_of_the_project_file_that_is_a_source_stands_there(bundle: Path, listed: list[dict[str, str]]):
    settings = load(ROOT / "data" / bundle.name / "dossier.yaml").settings
    named = {one for row in listed for one in row["source"].split(", ") if one.startswith(KEY)}
    assert named
    assert not [one for one in named if not found(settings, one.removeprefix(KEY).split("."))]


def test_findings_stand_by_their_severity(texts: dict[str, str]):
    table = texts["appendix"].split("Findings, the gravest first")[1].split("\n\n")[1]
    told = [word for row in table.splitlines() for word in ("severe", "confirmed", "watch") if f" {word} " in row[:30]]
    assert len(told) > 3
    assert told == sorted(told, key=("severe", "confirmed", "watch").index)
