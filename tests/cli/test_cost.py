"""`dossier cost` writes where the project says, else beside it, and says which key imports it."""

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from generator.cli import app

TECHMART = Path(__file__).resolve().parents[2] / "data" / "techmart"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "techmart"
    shutil.copytree(TECHMART, folder, ignore=shutil.ignore_patterns("*.py", "*.png", "__pycache__"))
    return folder


def test_the_measurement_stands_beside_the_project_file_and_names_its_key(project: Path):
    result = CliRunner().invoke(app, ["cost", str(project), "--quiet"])
    assert result.exit_code == 0, result.output
    body = json.loads((project / "inference_cost.json").read_text())
    assert body["one_row_ms"]["p99"] >= body["one_row_ms"]["p50"] > 0
    assert "cost: inference_cost.json" in result.output

    file = project / "dossier.yaml"
    text = file.read_text()
    file.write_text(text.replace("  file: model.yaml\n", "  file: model.yaml\n  cost: kept.json\n", 1))
    again = CliRunner().invoke(app, ["cost", str(project), "--json"])
    assert json.loads(again.stdout)["cost"].endswith("kept.json")
    assert (project / "kept.json").is_file()
