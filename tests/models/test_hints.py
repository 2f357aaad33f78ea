"""What the files ask for that no word of the command line gives: each way on is gone to its end."""

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import joblib
import lightgbm
import numpy as np
import onnx
import pandas as pd
import pytest
import skops.io
import xgboost
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder
from typer.testing import CliRunner

from generator.cli import app
from generator.records.named import model_format
from tests.models.run import EXPORT, tried, write_rows
from tests.scoring.test_torchscript import TORCH

NETWORK = Path(__file__).with_name("network.onnx")
"""What torch 2.13 wrote by the words that it holds as `written by`; `make models` lets torch write another by them."""
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


def built(*words: str) -> dict[str, dict[str, float]]:
    """Return the facts of a project that `init` starts with these words."""
    document = ["--document", "executive-summary", "--as-of", "2026-01-01"]
    for line in (["init", "p", *words], ["build", "p", "-o", "b", "--format", "md", *document]):
        result = CliRunner().invoke(app, [*line, "--quiet"])
        assert result.exit_code == 0, result.output
    facts: dict[str, dict[str, float]] = json.loads(Path("b/results.json").read_text())["facts"]
    return facts


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
    started = ["--production", "scored.csv", "--target", target, "--prediction", "p", *outcome, *dropped]
    facts, rows = built(*started), pd.read_csv("scored.csv")
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


def test_a_network_that_torch_exports_by_the_printed_words_scores(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_rows(tmp_path)
    Path("weights.pt").write_bytes(b"weights alone")
    Path("torch.py").write_text(TORCH)
    trust = ["--trust", hashlib.sha256(b"weights alone").hexdigest(), "--python", sys.executable]
    rows = ["--production", "rows.csv", "--target", "price", "--columns", "cost,clicks"]
    refused = CliRunner().invoke(app, ["init", ".", "--model", "weights.pt", *trust, *rows, "--quiet"])
    told = EXPORT.search(" ".join(refused.output.split()))
    network = onnx.load(NETWORK)
    assert refused.exit_code == 2 and told is not None
    assert told[0] == next(one.value for one in network.metadata_props if one.key == "written by")
    Path("model.onnx").write_bytes(NETWORK.read_bytes())
    found = built("--model", "model.onnx", *rows)
    weights = {one.name: onnx.numpy_helper.to_array(one) for one in network.graph.initializer}
    frame = pd.read_csv("rows.csv")
    hidden = np.maximum(frame[["cost", "clicks"]].to_numpy() @ weights["0.weight"].T + weights["0.bias"], 0.0)
    answers = (hidden @ weights["2.weight"].T + weights["2.bias"])[:, 0]
    wanted = float(np.sqrt(np.mean((answers - frame["price"]) ** 2)))
    assert found["performance.rmse.production"]["value"] == pytest.approx(wanted, rel=1e-6)


@pytest.mark.parametrize("name", ["model.sav", "model.joblib.gz", "model"])
def test_a_pickle_is_one_whatever_its_file_is_called(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    write_rows(tmp_path)
    rows = pd.read_csv("rows.csv")
    ridge = Ridge().fit(rows[["cost", "clicks"]], rows["price"])
    joblib.dump(ridge, name, compress=("gzip", 3) if name.endswith("gz") else 0)
    trust = ["--trust", hashlib.sha256(Path(name).read_bytes()).hexdigest()]
    found = built("--model", name, "--production", "rows.csv", "--target", "price", *trust)
    wanted = float(np.sqrt(np.mean((ridge.predict(rows[["cost", "clicks"]]) - rows["price"]) ** 2)))
    assert found["performance.rmse.production"]["value"] == pytest.approx(wanted, rel=1e-9)


def test_boosters_are_told_by_their_first_bytes(tmp_path):
    rows = np.random.default_rng(1).normal(size=(60, 2))
    lightgbm.train({"verbose": -1}, lightgbm.Dataset(rows, rows[:, 0]), 2).save_model(tmp_path / "model.lgb")
    xgboost.train({}, xgboost.DMatrix(rows, rows[:, 0]), 2).save_model(tmp_path / "kept.ubj")
    (tmp_path / "kept.ubj").rename(tmp_path / "model.bst")
    assert [model_format(tmp_path / f"model.{end}") for end in ("lgb", "bst")] == ["lightgbm", "xgboost"]


def test_init_refuses_training_rows_with_a_level_that_the_encoder_never_saw(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_rows(tmp_path)
    rows = pd.read_csv("rows.csv")
    codes = ColumnTransformer([("c", OneHotEncoder(handle_unknown="ignore"), ["city"])], remainder="passthrough")
    skops.io.dump(make_pipeline(codes, Ridge()).fit(rows[["city", "cost"]], rows["price"]), "model.skops")
    rows.replace({"city": {"Porto": "Oslo"}}).to_csv("other.csv", index=False)
    words = ["init", "p", "--model", "model.skops", "--production", "rows.csv", "--target", "price", "--quiet"]
    refused = CliRunner().invoke(app, [*words, "--reference", "other.csv"])
    assert refused.exit_code == 2
    assert "the model does not know 1 of 3 levels of city in training: Oslo" in refused.output
    assert "name the rows that the model was trained on" in refused.output and not Path("p").exists()
    rows.replace({"city": {"Porto": "unknown"}}).to_csv("gaps.csv", index=False)
    gaps = CliRunner().invoke(app, ["init", "q", *words[2:], "--reference", "gaps.csv"])
    assert gaps.exit_code == 0, gaps.output  # whoever trained may have read it as no value
    for line in ([*words, "--reference", "rows.csv"], ["check", "p", "--quiet"]):
        result = CliRunner().invoke(app, line)
        assert result.exit_code == 0, result.output
