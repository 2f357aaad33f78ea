"""`--set KEY=VALUE`: values of the command line in the place of the project file's, and errors that name them."""

import datetime
from pathlib import Path
from typing import Any

import pytest

from generator.errors import InputError
from generator.load import load

FILE = """
project: {name: shop}
model: {name: pricing, version: "1", format: column}
data:
  production: rows.csv
  target: price
  prediction: guess
  features:
    - {name: cost, unit: €}
    - {name: rating}
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "rows.csv").write_text("price,guess,cost,rating\n1,2,3,4\n")
    (tmp_path / "dossier.yaml").write_text(FILE, encoding="utf-8")
    return tmp_path


def at(settings: Any, path: str) -> Any:
    for part in path.split("."):
        settings = settings[int(part)] if part.isdigit() else getattr(settings, part)
    return settings


@pytest.mark.parametrize(
    ("word", "path", "value"),
    [
        ("model.version=2.0", "model.version", "2.0"),
        ('model.version="2"', "model.version", "2"),
        ("data.simulated=true", "data.simulated", True),
        ("project.time_zone=Europe/Kyiv", "project.time_zone", "Europe/Kyiv"),
        ("project.title=a = b", "project.title", "a = b"),
        ("data.training={start: 2026-01-01, end: 2026-02-01}", "data.training.end", datetime.date(2026, 2, 1)),
        ("data.exclude=[old, older]", "data.exclude", ("old", "older")),
        ("data.features[1].unit=stars", "data.features.1.unit", "stars"),
        ("data.features.0.unit=USD", "data.features.0.unit", "USD"),
        ("data.features[0].unit=", "data.features.0.unit", None),
        ("privacy.small_cell=9", "privacy.small_cell", 9),
    ],
)
def test_a_value_takes_the_place_of_the_file_s(project: Path, word: str, path: str, value: object):
    before, made = load(project), load(project, changes=(word,))
    assert at(made.settings, path) == value
    assert made.changes == (f"--set {word}",)
    assert made.sha256 == before.sha256  # of the file as it lies there


def test_the_last_of_equal_keys_counts_and_the_file_stays_as_it_is(project: Path):
    made = load(project, changes=("model.version=2", "model.version=3"))
    assert made.settings.model.version == "3"
    assert (project / "dossier.yaml").read_text(encoding="utf-8") == FILE


@pytest.mark.parametrize(
    ("word", "what", "where"),
    [
        ("model.version", "is not KEY=VALUE", ""),
        ("=2", "is not KEY=VALUE", ""),
        ("model..version=2", "is not KEY=VALUE", ""),
        ("modle.version=2", "the key 'modle' is not known", "--set modle.version=2:1:1"),
        ("data.simulated=perhaps", "`data.simulated`", "--set data.simulated=perhaps:1:16"),
        ("data.production=no.csv", "does not exist", "--set data.production=no.csv:1:17"),
        ("data.target.name=x", "`data.target` is a value", "--set data.target.name=x"),
        ("data.features[2].unit=x", "`data.features` has no entry 2", "--set data.features[2].unit=x"),
        ("data.features.cost.unit=x", "`data.features` has no entry 'cost'", "--set data.features.cost.unit=x"),
        ("data.exclude=[a", "a list opened with", "--set data.exclude=[a"),
        ("data.exclude=!!python/name:os.system x", "the tag", "--set data.exclude="),
        ("model.version=\x1b[31m", "is not KEY=VALUE", ""),
    ],
)
def test_what_cannot_be_set_names_the_option(project: Path, word: str, what: str, where: str):
    with pytest.raises(InputError) as raised:
        load(project, changes=("project.currency=EUR", word))
    problems = [problem for problem in raised.value.problems if what in problem.what]
    assert problems and problems[0].where.startswith(where), raised.value.problems
    assert all("\x1b" not in problem.what for problem in problems)
