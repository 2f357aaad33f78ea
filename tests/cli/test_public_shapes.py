"""Tables of the shapes that people report of tools of this field: from `init` to the right figures, or asked for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from generator.cli import app


def table(rows: int = 240, seed: int = 0) -> pd.DataFrame:
    """Return deliveries of sixty days: kilometres, minutes they took and minutes foretold."""
    rng = np.random.default_rng(seed)
    km = rng.uniform(1, 12, rows).round(2)
    minutes = (4 + 3 * km + rng.normal(0, 4, rows)).round(1)
    day = pd.Timestamp("2025-03-02") + pd.to_timedelta(np.arange(rows) // 4, unit="D")
    return pd.DataFrame({"day": day.strftime("%Y-%m-%d"), "km": km, "minutes": minutes, "predicted": 4 + 3 * km})


def built(folder: Path, production: pd.DataFrame, training: pd.DataFrame, *words: str) -> dict[str, Any]:
    """Return the facts of a bundle that `init` and `build` make of two CSV files."""
    production.to_csv(folder / "prod.csv", index=False)
    training.to_csv(folder / "train.csv", index=False)
    files = ["--production", str(folder / "prod.csv"), "--reference", str(folder / "train.csv")]
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
