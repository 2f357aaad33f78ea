"""TechMart's bundle, built once per test run, and what an independent reading of the same files gives."""

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tests.bundles import ROOT, in_markdown, once, results_of, whole
from tests.techmart.reference import Reference, read

CASE = ROOT / "data" / "techmart"


@pytest.fixture(scope="session")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The whole bundle: all documents, three formats."""
    return whole(tmp_path_factory, "techmart")


@pytest.fixture(scope="session")
def twin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same bundle built again elsewhere: other hash seed, other time zone, one thread."""
    return once(tmp_path_factory, "twin", "build", CASE, "--jobs", "1", "--quiet", seed=2, zone="Asia/Tokyo")


@pytest.fixture(scope="session")
def churn(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The results of the churn case, a binary model, in Markdown alone."""
    return results_of(in_markdown(tmp_path_factory, "churn"))


@pytest.fixture(scope="session")
def late(tmp_path_factory: pytest.TempPathFactory) -> frozenset[str]:
    """The ids of the lead-scoring case, whose outcomes come late, in a file of their own."""
    found = results_of(in_markdown(tmp_path_factory, "leadscore"))
    return frozenset({*found["facts"], *(f"tables.{id}" for id in found["tables"])})


@pytest.fixture(scope="session")
def results(bundle: Path) -> Any:
    """What `results.json` holds."""
    return results_of(bundle)


@pytest.fixture(scope="session")
def facts(results: dict[str, Any]) -> Any:
    return results["facts"]


@pytest.fixture(scope="session")
def truth() -> Any:
    """What was planted."""
    return json.loads((CASE / "truth.json").read_text())


@pytest.fixture(scope="session")
def reference() -> Reference:
    """The case's own files, read without the program."""
    return read(CASE)


@pytest.fixture(scope="session")
def training() -> pd.DataFrame:
    """The training rows, made again from their seed."""
    from data.techmart.make_data import training_rows

    return training_rows()
