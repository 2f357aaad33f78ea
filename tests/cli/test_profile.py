"""`dossier profile`: statistics of a table, with the roles of a project or with those said."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from generator.cli import app
from generator.measure.statistics import read_statistics
from tests.measure.frames import rows

PROJECT = """
project: {name: shop}
model: {name: pricing, version: "1", format: column}
data:
  production: production.csv
  reference_stats: kept/statistics.json
  target: price
  prediction: guess
  time: date
  entity: item
  exclude: [old]
  segments: [{column: city}]
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the present folder, with training and production rows and a project."""
    monkeypatch.chdir(tmp_path)
    rows().to_csv(tmp_path / "production.csv", index=False)
    rows(seed=2).to_csv(tmp_path / "training.csv", index=False)
    (tmp_path / "dossier.yaml").write_text(PROJECT)
    return tmp_path


def run(*words: object) -> Any:
    return CliRunner().invoke(app, ["profile", *map(str, words), "--quiet"])


def read(path: Path) -> Any:
    return read_statistics(path.read_bytes(), path.name)


def test_without_roles_every_column_is_a_feature(folder: Path):
    result = run("training.csv")
    assert result.exit_code == 0, result.output
    assert result.stdout == "training_statistics.json\n"
    plan, sums = read(folder / "training_statistics.json")
    assert {"price", "guess", "date"} <= set(plan.features)
    assert sums.rows == 480


def test_roles_that_are_said_are_no_features(folder: Path):
    words = "training.csv -o s.json --target price --prediction guess --time date --entity item --exclude old"
    assert run(*words.split(), "--segment", "city").exit_code == 0
    plan, sums = read(folder / "s.json")
    assert set(plan.features) == {"cost", "rating", "clicks", "weight", "city", "brand"}
    assert "city" in [segment.name for segment in plan.segments]
    assert sums.errors is not None


def test_a_project_says_the_roles_and_the_place(folder: Path):
    result = run("training.csv", "--project", folder)
    assert result.exit_code == 0, result.output
    assert Path(result.stdout.strip()) == folder / "kept" / "statistics.json"
    plan, _ = read(folder / "kept" / "statistics.json")
    assert set(plan.features) == {"cost", "rating", "clicks", "weight", "city", "brand"}


def test_training_rows_may_lack_what_only_production_has(folder: Path):
    rows(seed=2).drop(columns=["guess", "date", "item", "price"]).to_csv("bare.csv", index=False)
    assert run("bare.csv", "--project", folder, "-o", "s.json").exit_code == 0
    plan, _ = read(folder / "s.json")
    assert set(plan.features) == {"cost", "rating", "clicks", "weight", "city", "brand"}


def test_a_dash_prints_the_statistics(folder: Path):
    before = set(folder.iterdir())
    assert json.loads(run("training.csv", "--target", "price", "-o", "-").stdout)["plan"]
    assert set(folder.iterdir()) == before


def test_json_names_the_file(folder: Path):
    plain = json.loads(run("training.csv", "--json").stdout)
    assert plain == {"statistics": "training_statistics.json", "bytes": Path("training_statistics.json").stat().st_size}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("nowhere.csv", "there is no such file"),
        ("training.csv --project . --target price", "--project says the roles already"),
        ("training.csv --segment town", "there is no column town"),
        ("training.csv --model nowhere.skops", "there is no such model file"),
        ("training.csv --model production.csv", "no reader is for model files that end in .csv"),
        ("training.csv --time brand", "are no dates"),
        ("training.csv -o dossier.yaml/s.json", "cannot be written"),
        ("training.csv --project nowhere", "there is no nowhere"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_written(folder: Path, words: str, said: str):
    before = set(folder.rglob("*"))
    result = run(*words.split())
    assert (result.exit_code, set(folder.rglob("*"))) == (2, before)
    assert said in result.stderr
