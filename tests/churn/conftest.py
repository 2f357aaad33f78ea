"""The churn bundle in Markdown, built once per test run, and the same rows as scikit-learn sees them."""

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from skops.io import get_untrusted_types, load

from tests.bundles import ROOT, in_markdown, results_of, summary_of

CASE = ROOT / "data" / "churn"


@pytest.fixture(scope="session")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return in_markdown(tmp_path_factory, "churn")


@pytest.fixture(scope="session")
def summary(tmp_path_factory: pytest.TempPathFactory, bundle: Path) -> Path:
    """The executive summary as a PDF."""
    return summary_of(tmp_path_factory, "churn", bundle)


@pytest.fixture(scope="session")
def results(bundle: Path) -> Any:
    return results_of(bundle)


@pytest.fixture(scope="session")
def facts(results: dict[str, Any]) -> Any:
    return results["facts"]


@pytest.fixture(scope="session")
def texts(bundle: Path) -> dict[str, str]:
    """The documents on one line each."""
    return {path.stem: " ".join(path.read_text().split()) for path in bundle.glob("*.md")}


@pytest.fixture(scope="session")
def truth() -> Any:
    """What scikit-learn said of each window when the rows were made."""
    return json.loads((CASE / "truth.json").read_text())


@pytest.fixture(scope="session")
def rows() -> pd.DataFrame:
    """The production rows with `p`, the probability to leave, and `y`, whether the customer left."""
    table = pd.read_csv(CASE / "production_simulation.csv", parse_dates=["scored_on"])
    file = CASE / "model.skops"
    model = load(file, trusted=get_untrusted_types(file=file))
    p = model.predict_proba(table[list(model.feature_names_in_)])[:, 1]
    return table.assign(p=p, y=(table["left"] == "yes").astype(int))
