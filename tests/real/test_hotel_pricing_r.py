"""The hotel as an R user has it: a dossier from the model, the statistics and the rows that R wrote."""

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from generator import pipeline
from generator.catalog import CATALOG
from generator.cli import app
from generator.scoring.rds import read_r
from tests.worlds.world import silent

HERE = Path(__file__).resolve().parent
SHARED = HERE.parents[2] / "shared" / "data" / "hotel_pricing_r"
FILES = ("production_data.csv", "production_model.rds", "training_stats.rds")
pytestmark = pytest.mark.real


DOCUMENTS = (
    "executive-summary",
    "feature-requirements",
    "monitoring",
    "retraining-calendar",
    "rollback-runbook",
    "appendix",
)


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hotel_r")
    for path in (*(SHARED / name for name in FILES), HERE / "hotel_pricing_r" / "dossier.yaml"):
        shutil.copyfile(path, folder / path.name)
    done = CliRunner().invoke(app, ["build", str(folder), "-o", str(folder / "bundle"), "--format", "md", "--quiet"])
    assert done.exit_code in (0, 1), done.output
    return folder / "bundle"


@pytest.fixture(scope="module")
def facts(bundle: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((bundle / "results.json").read_text(encoding="utf-8"))["facts"]
    return found


def test_all_documents_are_there(bundle: Path):
    for document in DOCUMENTS:
        assert len((bundle / f"{document}.md").read_text(encoding="utf-8")) > 2_000


def test_the_error_is_that_of_the_model_computed_by_hand(facts: dict[str, Any]):
    table = pd.read_csv(SHARED / "production_data.csv")
    parts = read_r((SHARED / "production_model.rds").read_bytes(), "model").parts()
    beta = parts["beta"].attributes
    design = table[list(beta["Dimnames"].items[0].texts)].to_numpy(dtype=np.float64)
    error = design @ beta["x"].numbers + parts["a0"].numbers[0] - table["avg_price_per_room"].to_numpy()
    assert facts["performance.rmse.production"]["value"] == pytest.approx(np.sqrt((error**2).mean()), rel=1e-9)
    assert facts["performance.mae.production"]["value"] == pytest.approx(np.abs(error).mean(), rel=1e-9)


def test_means_are_compared_with_those_that_r_wrote(facts: dict[str, Any]):
    told = read_r((SHARED / "training_stats.rds").read_bytes(), "statistics").parts()
    table = pd.read_csv(SHARED / "production_data.csv")
    for place, name in enumerate(told["features"].texts):
        mean, sd = float(told["mean"].numbers[place]), float(told["sd"].numbers[place])
        found = facts[f"drift.{name}.smd"]["value"]
        assert found == pytest.approx((table[name].mean() - mean) / sd, rel=1e-9, abs=1e-12), name
    assert facts["data.reference.rows"]["value"] == told["n"].numbers[0]


def test_what_the_list_lacks_is_a_gap_with_its_reason(facts: dict[str, Any]):
    for id in ("prediction.psi", "drift.historical_adr.high_reference", "drift.adults.psi", "drift.lead_time.impact"):
        assert facts[id]["value"] is None and "do not tell" in facts[id]["reason"], id
    assert facts["drift.lead_time.psi"]["value"] > 0.1


@pytest.mark.parametrize("kind", ["untouched", "doubled", "reversed"])
def test_with_init_alone_nobody_is_told_to_proceed(kind: str, tmp_path: Path):
    """The statistics that R wrote tell of no error: nothing says what these errors were before."""
    table, target = pd.read_csv(SHARED / "production_data.csv"), "avg_price_per_room"
    beta = read_r((SHARED / "production_model.rds").read_bytes(), "model").parts()
    names = list(beta["beta"].attributes["Dimnames"].items[0].texts)
    p = table[names].to_numpy(float) @ beta["beta"].attributes["x"].numbers + beta["a0"].numbers[0]
    y = table[target].to_numpy(float)
    table[target] = {"untouched": y, "doubled": p + 2.2 * (y - p), "reversed": 2 * y.mean() - y}[kind]
    table.to_csv(tmp_path / "production.csv", index=False)
    words = ["init", str(tmp_path / "p"), "--production", str(tmp_path / "production.csv"), "--target", target, "-q"]
    words += ["--model", str(SHARED / "production_model.rds"), "--reference-stats", str(SHARED / "training_stats.rds")]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0, done.output
    found = pipeline.judge(tmp_path / "p" / "dossier.yaml", CATALOG, None, silent)
    assert found.verdict == "not_enough"
