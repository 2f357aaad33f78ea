"""A retraining by the case's own job: nobody edits the project file, and the next build is about the new version."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.bundles import results_of
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
