"""Car loans: predictions of two outcomes whose truth stands in a file of its own; started and built by command."""

import json
from pathlib import Path

import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score
from typer.testing import CliRunner

from generator.cli import app
from tests.conftest import REAL_DATA

pytestmark = [pytest.mark.real, pytest.mark.slow]
FOLDER = REAL_DATA / "car_loan"


def test_predictions_and_labels_of_two_files_build(tmp_path: Path):
    words = ["init", tmp_path / "p", "--production", FOLDER / "synthetic_car_loan_analysis.csv"]
    words += ["--labels", FOLDER / "synthetic_car_loan_analysis_target.csv", "--key", "id"]
    words += ["--reference", FOLDER / "synthetic_car_loan_reference.csv"]
    words += ["--prediction", "y_pred_proba", "--time", "timestamp", "--quiet"]
    made = CliRunner().invoke(app, list(map(str, words)))
    assert made.exit_code == 0, made.output
    built = CliRunner().invoke(app, ["build", str(tmp_path / "p"), "-o", str(tmp_path / "out"), "--format", "md", "-q"])
    assert built.exit_code == 0, built.output
    facts = json.loads((tmp_path / "out" / "results.json").read_text())["facts"]
    counts = ("rows", "unmatched", "missing", "duplicates")
    assert [facts[f"data.labels.{key}"]["value"] for key in counts] == [50_000, 0, 0, 0]
    rows = pd.read_csv(FOLDER / "synthetic_car_loan_analysis.csv")
    rows = rows.merge(pd.read_csv(FOLDER / "synthetic_car_loan_analysis_target.csv"), on="id")
    auc = roc_auc_score(rows.repaid, rows.y_pred_proba)
    assert facts["performance.auc.production"]["value"] == pytest.approx(auc, abs=0.002)
    assert "{name: y_pred," not in (tmp_path / "p" / "dossier.yaml").read_text()
