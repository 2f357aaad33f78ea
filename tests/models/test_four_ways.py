"""The four ways of the README from files to a PDF, by its own lines."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pikepdf
import pytest

from tests.models.run import write_rows
from tests.models.test_hints import in_r
from tests.workbooks import write_workbook

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
(INIT,) = re.findall(r"^dossier (init my-model .*?) --model model\.skops$", README, re.MULTILINE)
(BUILD,) = re.findall(r"^dossier (build my-model)\b", README, re.MULTILINE)
TABLE = README.partition("| in place of")[2].partition("\n\n")[0]
WAYS = [way.replace(r"\|", "|") for way in re.findall(r"^\| [^`]*`(--[^`]+)`", TABLE, re.MULTILINE)]
FEATURES = ["cost", "clicks"]


def fitted(way: str) -> None:
    """Fit the model that a way names, or write its Excel file of predictions."""
    rows = pd.read_csv("rows.csv")
    if "model.txt" in way:
        import lightgbm

        model = lightgbm.train({"verbosity": -1, "num_threads": 1}, lightgbm.Dataset(rows[FEATURES], rows["price"]), 5)
        model.save_model("model.txt")
    elif "model.joblib" in way:
        import joblib
        from sklearn.ensemble import RandomForestRegressor

        joblib.dump(RandomForestRegressor(5, random_state=0).fit(rows[FEATURES], rows["price"]), "model.joblib")
        Path("env").symlink_to(sys.prefix)
    elif "model.rds" in way:
        in_r(Path.cwd(), "saveRDS(glm(price ~ cost + clicks, data = d), 'model.rds')")
    else:
        write_workbook(rows.assign(price_pred=rows["cost"] * 2), Path("predictions.xlsx"))


def test_all_four_are_walked():
    assert len(WAYS) == 4


@pytest.mark.slow
@pytest.mark.parametrize("way", WAYS)
def test_its_lines_lead_to_a_pdf(tmp_path, monkeypatch, way):
    monkeypatch.chdir(tmp_path)
    write_rows(tmp_path)
    rows = pd.read_csv("rows.csv").drop(columns=["city", "sold"])
    rows.insert(0, "date", pd.date_range("2026-01-01", periods=len(rows), freq="6h").strftime("%Y-%m-%d"))
    rows.to_csv("rows.csv", index=False)
    for name, part in (("training", rows[:200]), ("later", rows[200:300]), ("production", rows[300:])):
        part.to_csv(f"{name}.csv", index=False)
    fitted(way)
    init = f"init my-model {way}" if "--production" in way else f"{INIT} {way}"
    for line in (init, f"{BUILD} --document executive-summary"):
        command = f"{shlex.quote(sys.executable)} -m generator {line}"
        place = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
        done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, env=place)
        assert done.returncode == 0, done.stdout + done.stderr
    (paper,) = Path("output/my-model/1").glob("*/executive-summary.pdf")
    with pikepdf.open(paper) as opened:
        assert len(opened.pages) >= 1
