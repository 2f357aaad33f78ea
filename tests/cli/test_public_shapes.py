"""Tables of the shapes that people report of tools of this field: from `init` to the right figures, or asked for."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import skops.io
from sklearn.compose import make_column_transformer
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder
from typer.testing import CliRunner

from generator.cli import app


def table(rows: int = 240, seed: int = 0) -> pd.DataFrame:
    """Return deliveries of sixty days: kilometres, minutes they took and minutes foretold."""
    rng = np.random.default_rng(seed)
    km = rng.uniform(1, 12, rows).round(2)
    minutes = (4 + 3 * km + rng.normal(0, 4, rows)).round(1)
    day = pd.Timestamp("2025-03-02") + pd.to_timedelta(np.arange(rows) // 4, unit="D")
    return pd.DataFrame({"day": day.strftime("%Y-%m-%d"), "km": km, "minutes": minutes, "predicted": 4 + 3 * km})


def saved(frame: pd.DataFrame, stem: Path) -> str:
    """Write a table as CSV, one with 32-bit or text columns of digits as Parquet, which keeps them."""
    typed = any(str(kind) in {"float32", "int32"} for kind in frame.dtypes)
    path = stem.with_suffix(".parquet" if typed else ".csv")
    (frame.to_parquet if typed else frame.to_csv)(path, index=False)
    return str(path)


def built(folder: Path, production: pd.DataFrame, training: pd.DataFrame, *words: str) -> dict[str, Any]:
    """Return the facts of a bundle that `init` and `build` make of two CSV files."""
    files = ["--production", saved(production, folder / "prod"), "--reference", saved(training, folder / "train")]
    runner = CliRunner()
    made = runner.invoke(app, ["init", str(folder / "p"), *files, "--target", "minutes", *words])
    assert made.exit_code == 0, made.output
    wanted = ["--format", "md", "--document", "executive-summary", "--quiet", "-o", str(folder / "out")]
    done = runner.invoke(app, ["build", str(folder / "p"), *wanted])
    assert done.exit_code == 0, done.output
    facts = json.loads((folder / "out" / "results.json").read_text())["facts"]
    return {id: fact["value"] for id, fact in facts.items()}


def dated(form: str):
    def change(frame: pd.DataFrame) -> pd.DataFrame:
        return frame.assign(day=pd.to_datetime(frame["day"]).dt.strftime(form))

    return change


def with_money(frame: pd.DataFrame) -> pd.DataFrame:
    fee = frame["km"] * 250
    return frame.assign(fee=[f"${value:,.2f}" for value in fee])


def with_country(frame: pd.DataFrame) -> pd.DataFrame:
    place = np.arange(len(frame))
    return frame.assign(
        country=np.array(["AT", "DE", "NA"])[place % 3], weight=np.where(place % 10, place % 7 + 0.5, np.nan)
    )


SHAPES: dict[str, Any] = {
    "days first": (dated("%d/%m/%Y"), {"data.production.start": {"date": "2025-03-02"}, "data.production.days": 60}),
    "digits": (dated("%Y%m%d"), {"data.production.start": {"date": "2025-03-02"}, "data.production.days": 60}),
    "months": (dated("%Y-%m"), {"data.production.start": {"date": "2025-03-01"}, "data.production.days": 2}),
    "money": (with_money, {"drift.fee.mean_production": None}),
    "a country": (with_country, {"missing.country.production": 0.0, "missing.weight.production": 0.1}),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_a_table_is_read_as_it_is_meant(tmp_path: Path, shape: str):
    change, expected = SHAPES[shape]
    production, training = table(), table(seed=1)
    if shape == "a country":
        text = change(production).to_csv(index=False, na_rep="NA")
        (tmp_path / "kept.csv").write_text(text)
        production = pd.read_csv(tmp_path / "kept.csv", dtype=str, keep_default_na=False)
        training = change(training)
    else:
        production, training = change(production), change(training)
    facts = built(tmp_path, production, training)
    if shape == "money":
        expected = {
            "drift.fee.mean_production": float(np.mean([float(v[1:].replace(",", "")) for v in production["fee"]]))
        }
    for id, value in expected.items():
        assert facts[id] == (pytest.approx(value, rel=1e-9) if isinstance(value, float) else value)


def test_a_code_with_a_letter_in_production_is_a_new_level(tmp_path: Path):
    place = np.arange(240)
    production, training = (
        frame.assign(code=np.array([101, 102, 103])[place % 3].astype(str)) for frame in (table(), table(seed=1))
    )
    production.loc[5:10, "code"] = "C103"
    assert built(tmp_path, production, training)["unseen.code.share"] == pytest.approx(6 / 240)


@pytest.mark.parametrize(
    "codes", [("01067", "04109", "10115"), (101, 102, 103)], ids=["leading zeros", "whole numbers"]
)
def test_a_model_gets_the_codes_that_it_was_trained_on(tmp_path: Path, codes: tuple[object, ...]):
    production, training = (frame.assign(zip=np.array(codes)[np.arange(240) % 3]) for frame in (table(), table(seed=1)))
    encoded = make_column_transformer((OneHotEncoder(handle_unknown="ignore"), ["zip"]), remainder="passthrough")
    model = make_pipeline(encoded, Ridge()).fit(training[["zip", "km"]], training["minutes"])
    skops.io.dump(model, tmp_path / "m.skops")
    facts = built(tmp_path, production, training, "--model", str(tmp_path / "m.skops"), "--exclude", "predicted")
    wrong = production["minutes"] - model.predict(production[["zip", "km"]])
    assert facts["performance.rmse.production"] == pytest.approx(float(np.sqrt((wrong**2).mean())), rel=1e-9)


def test_a_column_of_32_bits_has_not_drifted_from_one_of_64(tmp_path: Path):
    shares = np.array([0.0, 0.1, 0.15, 0.3])[np.arange(240) % 4]
    production, training = (table().assign(discount=shares.astype("float32")), table(seed=1).assign(discount=shares))
    assert built(tmp_path, production, training)["drift.discount.ks"] == pytest.approx(0.0, abs=1e-12)


def test_errors_are_told_by_the_levels_of_a_column_of_whole_numbers(tmp_path: Path):
    production, training = (frame.assign(items=np.arange(240) % 4) for frame in (table(), table(seed=1)))
    facts = built(tmp_path, production, training, "--segment", "items")
    for level, rows in production.groupby("items"):
        error = float(np.sqrt(((rows["minutes"] - rows["predicted"]) ** 2).mean()))
        assert facts[f"segments.items.{level}.rmse"] == pytest.approx(error, rel=1e-9)


def test_names_that_differ_by_capital_letters_are_two_columns(tmp_path: Path):
    production, training = (frame.assign(KM=np.arange(240) % 7 + 100.0) for frame in (table(), table(seed=1)))
    facts = built(tmp_path, production, training)
    means = {name: float(production[name].mean()) for name in ("km", "KM")}
    assert {name: facts[f"drift.{name}.mean_production"] for name in means} == pytest.approx(means)


def test_days_that_are_whole_numbers_are_days_in_a_typed_file_too(tmp_path: Path):
    production, training = (dated("%Y%m%d")(frame).astype({"day": "int32"}) for frame in (table(), table(seed=1)))
    facts = built(tmp_path, production, training)
    assert (facts["data.production.start"], facts["data.production.days"]) == ({"date": "2025-03-02"}, 60)


def test_an_outcome_of_neither_kind_is_none(tmp_path: Path):
    late = np.array(["Yes", "No", "No"])[np.arange(240) % 3]
    production, training = (
        frame.drop(columns="predicted").assign(minutes=late, p=np.arange(240) % 9 / 10) for frame in (table(), table())
    )
    production.loc[:29, "minutes"], production.loc[30:36, "minutes"] = "pending", "yes"
    facts = built(tmp_path, production, training, "--prediction", "p", "--positive", "Yes")
    known = production["minutes"].str.lower().loc[30:]
    assert facts["data.production.labelled"] == 210
    assert facts["performance.base_rate.production"] == pytest.approx(float((known == "yes").mean()))
