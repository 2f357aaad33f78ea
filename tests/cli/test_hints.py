"""What a message tells to do helps when it is done: a case fails, its hint is followed, and the words go through."""

import gzip
import json
import pickle
import sqlite3
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import skops.io
import xgboost
from sklearn.calibration import CalibratedClassifierCV
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.svm import LinearSVC
from typer.testing import CliRunner

from generator.cli import app
from tests.scoring.onnx_files import regressor

Words = tuple[str, ...]


def rows() -> pd.DataFrame:
    """Return 200 deliveries with a prediction, an outcome of two, and a column that has a place in no model."""
    rng = np.random.default_rng(5)
    n = 200
    table = pd.DataFrame({"day": pd.date_range("2026-01-01", periods=n // 4).repeat(4).strftime("%Y-%m-%d")})
    table["km"] = rng.uniform(1, 9, n).round(2)
    table["minutes"] = (5 * table["km"] + rng.normal(0, 2, n)).round(1)
    table["predicted"] = 5 * table["km"]
    table["late"] = np.where(table["minutes"] + rng.normal(0, 9, n) > 25, "yes", "no")
    return table


def saved(table: pd.DataFrame) -> None:
    table.to_csv("rows.csv", index=False)


@dataclass(frozen=True)
class Hint:
    """A state of affairs, the words that fail there, what the hint says, and what following it changes."""

    make: Callable[[], object]
    says: str
    follow: Callable[[], object] = lambda: None
    words: Words = ("--target", "minutes")
    more: Words = ()


def packed(program: str) -> Callable[[], object]:
    def pack() -> None:
        saved(rows())
        subprocess.run([program, "rows.csv"], check=True)
        next(Path().glob("rows.csv.*")).rename("rows.csv")

    return pack


def unpacked(program: str, suffix: str) -> Callable[[], object]:
    def unpack() -> None:
        Path("rows.csv").rename(f"rows.csv.{suffix}")
        subprocess.run([program, f"rows.csv.{suffix}"], check=True)

    return unpack


def in_sqlite() -> None:
    with sqlite3.connect("rows.csv") as database:
        rows().to_sql("deliveries", database, index=False)


def changed(**columns: Any) -> Callable[[], object]:
    return lambda: saved(rows().assign(**columns))


def fitted(model: object, *, named: bool = True, target: str = "minutes") -> object:
    table = rows()
    inputs = table[["km"]] if named else table[["km"]].to_numpy()
    return model.fit(inputs, table[target])  # type: ignore[attr-defined] # any estimator


def without_levels() -> None:
    """Write a booster of before XGBoost 3.1, which knows a city by its place among those of its training rows."""
    table = rows().drop(columns="predicted").assign(city=np.resize(["Graz", "Lviv", "Porto"], 200))
    inputs = table[["km", "city"]].astype({"city": "category"})
    booster = xgboost.XGBRegressor(n_estimators=2, enable_categorical=True).fit(inputs, table["minutes"]).get_booster()
    whole = json.loads(bytes(booster.save_raw("json")))
    del whole["learner"]["gradient_booster"]["model"]["cats"]
    Path("model.json").write_text(json.dumps(whole))
    table.to_csv("train.csv", index=False)
    saved(table[table["city"] != "Graz"])


def model_file(write: Callable[[], object]) -> Callable[[], object]:
    def make() -> None:
        saved(rows().drop(columns="predicted"))
        write()

    return make


GLMNET = """
d <- read.csv("rows.csv"); x <- cbind(km = d$km, other = d$km^2)
saveRDS(glmnet::glmnet(x, d$minutes), "model.rds"); d$other <- d$km^2; write.csv(d, "rows.csv", row.names = FALSE)
"""
MODEL = ("--target", "minutes", "--model", "model.skops", "--exclude", "late")
HINTS = {
    "a pickle of rows": Hint(
        lambda: Path("rows.csv").write_bytes(pickle.dumps(rows())),
        "write it as Parquet where it was made, such as df.to_parquet('rows.parquet')",
        lambda: pickle.loads(Path("rows.csv").read_bytes()).to_parquet("rows.csv"),
    ),
    "packed by xz": Hint(packed("xz"), "unpack it: unxz", unpacked("unxz", "xz")),
    "packed by bzip2": Hint(packed("bzip2"), "unpack it: bunzip2", unpacked("bunzip2", "bz2")),
    "packed twice": Hint(
        lambda: Path("rows.csv").write_bytes(gzip.compress(gzip.compress(rows().to_csv(index=False).encode()))),
        "unpack it once: gunzip",
        lambda: Path("rows.csv").write_bytes(gzip.decompress(Path("rows.csv").read_bytes())),
    ),
    "a database of SQLite": Hint(
        in_sqlite,
        "export the table as CSV",
        lambda: saved(rows()),
    ),
    "a name that stands twice": Hint(
        lambda: Path("rows.csv").write_text(rows().to_csv(index=False).replace("predicted", "km", 1)),
        "give each a name of its own",
        lambda: Path("rows.csv").write_text(Path("rows.csv").read_text().replace("minutes,km", "minutes,predicted", 1)),
    ),
    "a list that is ranked": Hint(
        changed(session=lambda t: np.arange(200) // 10, rank=lambda t: np.arange(200) % 10),
        "--exclude rank",
        more=("--exclude", "rank"),
    ),
    "several horizons": Hint(
        changed(horizon=lambda t: np.arange(200) % 3 + 1),
        "keep the rows of one in a file",
        lambda: saved(pd.read_csv("rows.csv").query("horizon == 1")),
    ),
    "predictions of two outcomes": Hint(
        changed(tip=lambda t: t["km"], tip_pred=lambda t: t["km"] + 1),
        "--exclude tip --exclude tip_pred",
        more=("--exclude", "tip", "--exclude", "tip_pred"),
    ),
    "a prediction for each horizon": Hint(
        lambda: saved(rows().rename(columns={"predicted": "pred_h1"}).assign(pred_h2=lambda t: t["km"] * 4)),
        "--exclude pred_h2",
        more=("--exclude", "pred_h2"),
    ),
    "no horizon": Hint(
        changed(horizon=lambda t: np.arange(200) % 3), "--exclude horizon", more=("--exclude", "horizon")
    ),
    "decisions in the place of probabilities": Hint(
        changed(predicted=lambda t: (t["km"] > 5).astype(int)),
        "give the probability of the outcome",
        changed(predicted=lambda t: t["km"] / 10),
        words=("--target", "late"),
    ),
    "scores of a hundred": Hint(
        changed(predicted=lambda t: t["km"] * 10),
        "divide scores of a hundred by 100",
        changed(predicted=lambda t: t["km"] / 10),
        words=("--target", "late"),
    ),
    "three classes": Hint(
        changed(late=lambda t: np.resize(["early", "late", "in time"], 200), predicted=lambda t: t["km"] / 10),
        "--positive ONE --negative OTHER --negative ANOTHER",
        words=("--target", "late"),
        more=("--positive", "late", "--negative", "early", "--negative", "in time"),
    ),
    "one outcome alone": Hint(
        changed(late="no", predicted=lambda t: t["km"] / 10),
        "say with --positive which value counts as 1, and with --negative which counts as 0",
        words=("--target", "late"),
        more=("--positive", "yes", "--negative", "no"),
    ),
    "days that may be months": Hint(
        changed(day=lambda t: np.resize([f"0{d}/0{m}/2026" for m in range(1, 9) for d in range(1, 9)], 200)),
        "say which with --time-format DD/MM/YYYY",
        more=("--time-format", "DD/MM/YYYY"),
    ),
    "no prediction": Hint(
        lambda: saved(rows().rename(columns={"predicted": "eta"})),
        "name the column with --prediction COL",
        more=("--prediction", "eta"),
    ),
    "no outcome": Hint(
        lambda: saved(rows().drop(columns="late").assign(minutes=lambda t: t["minutes"] * 50)),
        "name it with --target; there are km, minutes",
        words=(),
        more=("--target", "minutes"),
    ),
    "a column that is written otherwise": Hint(
        lambda: saved(rows()), "did you mean minutes?", words=("--target", "minuets"), more=("--target", "minutes")
    ),
    "a matrix": Hint(
        model_file(lambda: skops.io.dump(fitted(LinearRegression(), named=False), "model.skops")),
        "init: --columns A,B,C",
        words=MODEL,
        more=("--columns", "km"),
    ),
    "no probabilities": Hint(
        model_file(lambda: skops.io.dump(fitted(LinearSVC(), target="late"), "model.skops")),
        "fit it inside sklearn.calibration.CalibratedClassifierCV",
        lambda: skops.io.dump(fitted(CalibratedClassifierCV(LinearSVC()), target="late"), "model.skops"),
        words=("--target", "late", "--model", "model.skops"),
    ),
    "a suffix that says nothing": Hint(
        model_file(lambda: skops.io.dump(fitted(LinearRegression()), "model.bin")),
        "or write the predictions into a column and name it with --prediction",
        changed(eta=lambda t: fitted(LinearRegression()).predict(t[["km"]])),  # type: ignore[attr-defined] # fitted
        words=("--target", "minutes", "--model", "model.bin"),
        more=("--prediction", "eta"),
    ),
    "a network of Keras": Hint(
        model_file(lambda: Path("model.keras").write_bytes(b"PK")),
        "export it as ONNX: model.export('model.onnx', format='onnx')",
        lambda: Path("model.onnx").write_bytes(regressor([5.0], 0.0, ["km"])),
        words=("--target", "minutes", "--exclude", "late", "--model", "model.keras"),
        more=("--model", "model.onnx"),
    ),
    "levels that a file does not keep": Hint(
        without_levels,
        "init: --reference FILE",
        words=("--target", "minutes", "--exclude", "late", "--model", "model.json"),
        more=("--reference", "train.csv"),
    ),
    "no skops file": Hint(
        model_file(lambda: Path("model.skops").write_bytes(pickle.dumps(fitted(LinearRegression())))),
        "save it with skops.io.dump",
        lambda: skops.io.dump(pickle.loads(Path("model.skops").read_bytes()), "model.skops"),
        words=MODEL,
    ),
    "several penalties": Hint(
        model_file(lambda: subprocess.run(["Rscript", "--vanilla", "-e", GLMNET], check=True, capture_output=True)),
        "init: --penalty VALUE",
        words=("--target", "minutes", "--model", "model.rds", "--exclude", "late"),
        more=("--penalty", "0.5"),
    ),
    "another class": Hint(
        model_file(lambda: skops.io.dump(fitted(LogisticRegression(), target="late"), "model.skops")),
        "name the one whose probability is the prediction",
        words=("--target", "late", "--model", "model.skops", "--positive", "maybe"),
        more=("--positive", "yes"),
    ),
}


@pytest.mark.parametrize("case", HINTS)
def test_a_hint_that_is_followed_helps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, case: str):
    hint = HINTS[case]
    monkeypatch.chdir(tmp_path)
    hint.make()
    words = ["init", "p", "--quiet", "--production", "rows.csv", *hint.words]
    failed = CliRunner().invoke(app, words)
    assert (failed.exit_code, hint.says in failed.output) == (2, True), failed.output
    hint.follow()
    if "--prediction" in hint.more:
        words = [word for word in words if word not in ("--model", "model.bin")]
    again = CliRunner().invoke(app, [*words, *hint.more])
    assert again.exit_code == 0, again.output
