"""`dossier init` with outcomes in a file of their own, and with CSV files that are written in other ways."""

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from typer.testing import CliRunner

from generator.cli import app
from generator.load import load
from generator.records.project import Csv, Labels

SAYING = ("--prediction", "minutes_pred", "--target", "minutes")


@pytest.fixture
def here(given: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the present folder with predictions in one file and their outcomes in another."""
    table = pd.read_csv(given / "production.csv").assign(minutes_pred=lambda rows: 8 + 5 * rows.km + rows["items"])
    table.drop(columns="minutes").to_csv(tmp_path / "production.csv", index=False)
    table[["orderID", "minutes"]].assign(came=table.day).to_csv(tmp_path / "outcomes.csv", index=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*words: object) -> Any:
    return CliRunner().invoke(app, [*map(str, words), "--quiet"])


def started(*words: object) -> dict[str, str]:
    result = run("init", "my", "--production", *words, "--json")
    assert result.exit_code == 0, result.output
    return {guess["key"]: guess["value"] for guess in json.loads(result.stdout)["guessed"]}


def test_outcomes_in_a_file_of_their_own_build(here: Path):
    guessed = started("production.csv", "--labels", "outcomes.csv", "--prediction", "minutes_pred")
    assert guessed["data.labels.key"] == "orderID"
    assert (guessed["data.labels.arrived"], guessed["data.target"]) == ("came", "minutes")
    data = load(Path("my")).settings.data
    assert data.labels == Labels(path="../outcomes.csv", key="orderID", arrived="came")
    assert "orderID" not in {feature.name for feature in data.features}
    built = run("build", "my", "-o", "out", "--format", "md")
    assert built.exit_code == 0, built.output
    facts = json.loads(Path("out/results.json").read_text())["facts"]
    assert facts["data.labels.rows"]["value"] == 900 and facts["data.labels.missing"]["value"] == 0


def test_what_is_said_of_the_labels_is_not_guessed(here: Path):
    guessed = started("production.csv", "--labels", "outcomes.csv", "--key", "orderID", *SAYING)
    assert not {"data.labels.key", "data.target"} & guessed.keys()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--labels", "outcomes.csv", "--key", "courier"), "the labels have no column courier"),
        (("--labels", "outcomes.csv", "--key", "came"), "the production rows have no column came"),
        (("--labels", "outcomes.csv", "--target", "cost"), "the outcome among the labels cannot be told"),
        (("--labels", "nowhere.csv"), "there is no such file"),
        (("--labels", "other.csv"), "the column that joins labels and production rows cannot be told"),
    ],
)
def test_labels_that_cannot_be_joined(here: Path, words: tuple[str, ...], said: str):
    Path("other.csv").write_text("number,minutes\n1,2\n")
    result = run("init", "my", "--production", "production.csv", "--prediction", "minutes_pred", *words)
    assert result.exit_code == 2 and said in result.output, result.output
    assert not Path("my").exists()


def test_a_key_without_labels_is_refused(here: Path):
    assert run("init", "my", "--production", "production.csv", "--key", "orderID").exit_code == 2


def test_an_address_is_not_repeated(here: Path):
    result = run("init", "my", "--production", "postgresql://bob:hunter2@host/db?table=t")
    assert result.exit_code == 2 and "rows elsewhere cannot be looked at here" in result.output
    assert "hunter2" not in result.output


def write(frame: pd.DataFrame, form: Csv, name: str) -> None:
    text = frame.to_csv(index=False, sep=form.delimiter or ",", decimal=form.decimal)
    Path(name).write_bytes(text.encode(form.encoding))


@pytest.mark.parametrize(
    "form",
    [
        Csv(),
        Csv(delimiter=";"),
        Csv(delimiter=";", decimal=","),
        Csv(delimiter="\t", decimal=",", encoding="windows-1252"),
        Csv(delimiter="|", encoding="utf-16"),
    ],
)
def test_files_written_in_another_way_build_as_well(here: Path, form: Csv):
    frame = pd.read_csv("production.csv").assign(city=lambda rows: rows.city.replace("Graz", "Köln"))
    write(frame, form, "production.csv")
    write(pd.read_csv("outcomes.csv"), form, "outcomes.csv")
    guessed = started("production.csv", "--labels", "outcomes.csv", *SAYING)
    assert load(Path("my")).settings.data.csv == form
    assert ("data.csv" in guessed) == (form != Csv())
    assert run("check", "my").exit_code == 0


def test_dots_between_thousands_are_seen(here: Path):
    frame = pd.read_csv("production.csv")
    frame["km"] = [f"1.{n % 900 + 100:03},5" for n in range(len(frame))]
    frame["minutes_pred"] = "7,25"
    frame.to_csv("production.csv", sep=";", index=False)
    pd.read_csv("outcomes.csv").to_csv("outcomes.csv", sep=";", index=False, decimal=",")
    started("production.csv", "--labels", "outcomes.csv", *SAYING)
    data = load(Path("my")).settings.data
    assert data.csv == Csv(delimiter=";", decimal=",", thousands=".")
    assert {feature.name: feature.kind for feature in data.features}["km"] == "numeric"


def test_training_rows_written_in_another_way_are_profiled(here: Path):
    frame = pd.read_csv("production.csv").assign(minutes=20.5)
    write(frame, Csv(delimiter=";", decimal=","), "training.csv")
    result = run("profile", "training.csv", "--target", "minutes", "--time", "day", "--exclude", "orderID")
    assert result.exit_code == 0, result.output
    assert "km" in json.loads(Path("training_statistics.json").read_text())["plan"]["numeric"]


@pytest.mark.parametrize("address", ["https://x.org/y.csv", "bigquery://a/b", "dbfs:/a.csv", "jdbc:postgresql://h/d"])
def test_an_address_that_nothing_reads_is_named_by_how_it_begins(tmp_path, address):
    found = CliRunner().invoke(app, ["init", str(tmp_path / "p"), "--production", address, "--target", "y"])
    assert found.exit_code == 2 and "addresses that begin with" in found.stderr
    assert "get the file, and write its path" in found.stderr and "is the path right" not in found.stderr
