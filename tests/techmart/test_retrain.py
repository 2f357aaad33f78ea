"""A retraining by the case's own job: nobody edits the project file, and the next build is about the new version."""

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pikepdf
import pytest
import skops.io
import yaml

from tests.bundles import dossier, results_of
from tests.documents.test_pages import PAGES
from tests.techmart.retrained import CASE, DAY, NEW, OLD, retrained

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory, bundle: Path) -> Path:
    return retrained(tmp_path_factory, bundle)


@pytest.fixture(scope="module")
def found(case: Path) -> Any:
    return results_of(case / "output" / "techmart" / NEW / DAY)


def test_the_project_file_is_as_it_was(case: Path):
    assert (case / "dossier.yaml").read_bytes() == (CASE / "dossier.yaml").read_bytes()


def test_the_new_model_is_the_one_its_file_tells_of(case: Path, found: Any):
    told = yaml.safe_load((case / "model.yaml").read_text())
    assert hashlib.sha256((case / told["path"]).read_bytes()).hexdigest() == told["sha256"]
    assert found["model"]["version"] == told["version"] == NEW
    assert {each["role"] for each in found["inputs"]} >= {"training result", "model", "previous model"}


def test_neither_model_has_learned_from_the_rows(case: Path):
    told = yaml.safe_load((case / "model.yaml").read_text())
    first = (case / "production_simulation.csv").read_text().split("\n")[1].split(",")[0]
    assert told["training"]["end"] < told["validation"]["start"]
    assert told["validation"]["end"].isoformat() < first


def test_the_old_version_stands_ready_and_was_tested(found: Any):
    facts = found["facts"]
    assert facts["declared.model.previous.version"]["value"] == OLD
    assert facts["rollback.previous.available"]["value"] is True
    assert facts["previous.scored_rows"]["value"] == 7_000


def test_both_versions_are_held_against_each_other_on_the_rows_of_the_build(case: Path, found: Any):
    """The errors are worked out here, by scikit-learn on the rows."""
    rows, told = pd.read_csv(case / "production_simulation.csv"), yaml.safe_load((case / "model.yaml").read_text())
    error = {}
    for name, path in (("new", told["path"]), ("old", told["previous"]["path"])):
        model = skops.io.load(case / path, trusted=skops.io.get_untrusted_types(file=case / path))
        rows[name] = model.predict(rows.drop(columns=["price"]))
        error[name] = float(np.sqrt(np.mean((rows[name] - rows["price"]) ** 2)))
    facts, gates = found["facts"], found["tables"]["successor.gates"]["rows"]
    assert facts["performance.gain.previous"]["value"] == pytest.approx(error["new"] / error["old"] - 1, rel=1e-5)
    moved = ((rows["new"] - rows["old"]).abs() > 0.1 * rows["old"].abs()).mean()
    assert facts["successor.moved.share"]["value"] == pytest.approx(moved, abs=1e-9)
    smart = rows[rows["category"] == "smart_home"]
    change = (smart["new"] - smart["old"]).mean()
    assert facts["successor.category.smart_home.change"]["value"] == pytest.approx(change, rel=1e-5)
    verdicts = [row[-1]["word"] for row in gates]
    assert verdicts == ["pass", "pass", "pass", "inconclusive"]  # nobody has measured how long a prediction takes


def test_the_calendar_tells_what_the_new_version_changes(case: Path):
    text = (case / "output" / "techmart" / NEW / DAY / "retraining-calendar.md").read_text()
    for words in (
        f"From {OLD} to {NEW}, none of the predictions",
        "**The way back.**",
        f"No message is drafted here: {NEW} is not launched",
    ):
        assert words in text, words


def test_every_document_and_the_index_tell_what_changed(case: Path):
    folder = case / "output" / "techmart" / NEW / DAY
    for file in folder.glob("*.md"):
        assert f"Since version {OLD} as of {DAY}" in file.read_text(), file.name
    assert f"Changes since version {OLD} as of {DAY}" in (folder / "index.html").read_text()


def test_the_pages_keep_their_budget_with_what_changed(case: Path, tmp_path: Path):
    folder = case / "output" / "techmart" / NEW / DAY
    dossier("render", folder, "-o", tmp_path / "pages", "--format", "pdf", "--quiet", seed=1, zone="UTC")
    for kind, most in PAGES.items():
        assert len(pikepdf.open(tmp_path / "pages" / f"{kind}.pdf").pages) <= most, kind
