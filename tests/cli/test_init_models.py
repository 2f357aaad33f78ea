"""`dossier init` with models as people have them: what it says when it opens none, and the words it asks for."""

import hashlib
import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression
from skops.io import dump
from typer.testing import CliRunner

from generator import pipeline
from generator.catalog import CATALOG
from generator.cli import app
from generator.cli.progress import progress
from generator.load import load

USED = ["km", "items"]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    rng = np.random.default_rng(2)
    n = 240
    days = pd.date_range("2026-03-01", periods=n // 4).repeat(4).strftime("%Y-%m-%d")
    table = pd.DataFrame({"day": days, "km": rng.uniform(1, 9, n), "items": rng.integers(1, 6, n)})
    table["minutes"] = 5 * table["km"] + table["items"] + rng.normal(0, 1, n)
    table["late"] = np.where(table["minutes"] + rng.normal(0, 8, n) > 30, "yes", "no")
    table["note"] = rng.normal(size=n)  # a column that no model uses
    monkeypatch.chdir(tmp_path)
    table.to_csv("rows.csv", index=False)
    return tmp_path


def run(folder: str, model: str, *words: str, target: str = "minutes"):
    return CliRunner().invoke(
        app, ["init", folder, "--production", "rows.csv", "--model", model, "--target", target, *words]
    )


def fitted():
    rows = pd.read_csv("rows.csv")
    return LinearRegression().fit(rows[USED], rows["minutes"])


def word_of(output: str) -> str:
    """Return the digest that `init` prints after --trust."""
    return output.split("--trust ")[1].split()[0]


def test_a_file_that_runs_code_is_opened_once_its_digest_is_said(here: Path):
    Path("model.pkl").write_bytes(pickle.dumps(fitted()))
    first = run("a", "model.pkl")
    assert first.exit_code == 0 and load(here / "a").settings.data.features == ()
    again = run("b", "model.pkl", "--trust", word_of(first.output))
    assert again.exit_code == 0, again.output
    settings = load(here / "b").settings
    assert (settings.model.trust, [f.name for f in settings.data.features]) == (True, USED)
    assert "then: dossier build b\n" in again.output
    assert pipeline.check(here / "b", CATALOG, progress(True)) is not None


def test_the_digest_of_another_file_opens_nothing(here: Path):
    Path("model.pkl").write_bytes(pickle.dumps(fitted()))
    result = run("a", "model.pkl", "--trust", hashlib.sha256(b"other").hexdigest())
    assert result.exit_code == 2 and "another digest" in result.output
    assert not (here / "a").exists()


def test_a_model_of_a_matrix_is_opened_once_its_columns_are_said(here: Path):
    rows = pd.read_csv("rows.csv")
    dump(LinearRegression().fit(rows[USED].to_numpy(), rows["minutes"]), "model.skops")
    first = run("a", "model.skops")
    assert first.exit_code == 2 and "--columns" in first.output
    again = run("a", "model.skops", "--columns", ",".join(USED))
    assert again.exit_code == 0, again.output
    settings = load(here / "a").settings
    assert (settings.model.columns, [f.name for f in settings.data.features]) == (tuple(USED), USED)
    assert pipeline.check(here / "a", CATALOG, progress(True)) is not None


def test_a_model_of_r_is_asked_by_r_once_its_digest_is_said(here: Path):
    script = "d <- read.csv('rows.csv'); saveRDS(glm(factor(late) ~ km + items, binomial, d), 'model.rds')"
    subprocess.run(["Rscript", "--vanilla", "-e", script], check=True, capture_output=True)
    first = run("a", "model.rds", target="late")
    assert first.exit_code == 0 and "not an .rds file" not in first.output, first.output
    again = run("b", "model.rds", "--trust", word_of(first.output), target="late")
    assert again.exit_code == 0, again.output
    data = load(here / "b").settings.data
    assert (data.task, data.positive, [f.name for f in data.features]) == ("binary", "yes", USED)
    assert pipeline.check(here / "b", CATALOG, progress(True)) is not None


def test_a_model_of_another_environment_is_asked_there_once_its_digest_is_said(here: Path):
    dump(fitted(), "model.skops")
    first = run("a", "model.skops", "--python", sys.executable)
    assert first.exit_code == 2 and "names a program" in first.output
    again = run("a", "model.skops", "--python", sys.executable, "--trust", word_of(first.output).rstrip(")"))
    assert again.exit_code == 0, again.output
    model = load(here / "a").settings.model
    assert model.trust and (here / "a" / str(model.python)).resolve() == Path(sys.executable).resolve()
    assert pipeline.check(here / "a", CATALOG, progress(True)) is not None
