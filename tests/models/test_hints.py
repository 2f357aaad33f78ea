"""What the files ask for that no word of the command line gives: each way on is gone to its end."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from generator.cli import app
from tests.models.run import tried, write_rows

PLACE = {"PATH": "/usr/local/bin:/usr/bin:/bin", "TZ": "UTC", "LC_ALL": "C.UTF-8"}
EXPORTED = {
    "kmeans": ("kmeans(d[, c('cost', 'clicks')], 3)", "m$centers[m$cluster, 'cost'] * 2", "price", ()),
    "three": ("rpart::rpart(city ~ cost + clicks, d)", "predict(m, d, type = 'prob')[, 'Graz']", "is_graz", ("yes",)),
}
"""Model → how R fits it, what R exports of it, the outcome, and what counts as 1."""


def in_r(folder: Path, *lines: str) -> None:
    script = f"d <- read.csv('rows.csv', stringsAsFactors = TRUE); set.seed(7); {'; '.join(lines)}"
    done = subprocess.run(["Rscript", "--vanilla", "-e", script], cwd=folder, env=PLACE, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", EXPORTED)
def test_the_column_that_r_exports_is_scored(tmp_path, monkeypatch, name):
    fit, export, target, positive = EXPORTED[name]
    write_rows(tmp_path)
    in_r(tmp_path, f"m <- {fit}", f"saveRDS(m, '{name}.rds')")
    refused = tried(tmp_path / f"{name}.rds", None)
    assert refused.apart is None and "export" in refused.told and "data.prediction" in refused.told
    keep = f"d$p <- {export}; d$is_graz <- ifelse(d$city == 'Graz', 'yes', 'no')"
    in_r(tmp_path, f"m <- {fit}", keep, "write.csv(d, 'scored.csv', row.names = FALSE)")
    monkeypatch.chdir(tmp_path)
    outcome = ["--positive", *positive] if positive else []
    dropped = [
        word for other in ("is_graz", "price", "sold", "city") if other != target for word in ("--exclude", other)
    ]
    started = ["init", "p", "--production", "scored.csv", "--target", target, "--prediction", "p", *outcome, *dropped]
    for words in (
        started,
        ["build", "p", "-o", "b", "--format", "md", "--document", "executive-summary", "--as-of", "2026-01-01"],
    ):
        result = CliRunner().invoke(app, [*words, "--quiet"])
        assert result.exit_code == 0, result.output
    facts, rows = json.loads(Path("b/results.json").read_text())["facts"], pd.read_csv("scored.csv")
    truth = (rows["is_graz"] == "yes").astype(float) if positive else rows["price"]
    squares = ((rows["p"] - truth) ** 2).mean()
    key = "performance.brier.production" if positive else "performance.rmse.production"
    assert facts[key]["value"] == pytest.approx(squares if positive else squares**0.5, rel=1e-9)


def test_a_forest_of_classes_fitted_for_probabilities_scores(tmp_path):
    write_rows(tmp_path)
    in_r(tmp_path, "saveRDS(ranger::ranger(sold ~ cost, d, num.trees = 5), 'classes.rds')")
    assert "fit it with ranger(..., probability = TRUE)" in tried(tmp_path / "classes.rds", None).told
    fitted = "m <- ranger::ranger(sold ~ cost, d, num.trees = 5, probability = TRUE)"
    answer = "write.csv(data.frame(answer = predict(m, d)$predictions[, 'yes']), 'chances.csv', row.names = FALSE)"
    in_r(tmp_path, fitted, "saveRDS(m, 'chances.rds')", answer)
    found = tried(tmp_path / "chances.rds", None)
    assert found.words == ("--trust DIGEST",) and found.apart is not None and found.apart < 1e-9
