"""The lead-scoring bundle in Markdown, built once per test run, and the case's files read without the program."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from skops.io import get_untrusted_types, load

from tests.bundles import ROOT, in_markdown, results_of, summary_of

CASE = ROOT / "data" / "leadscore"
BARE = re.compile(r"\\([\\`*_{}\[\]()#+\-.!|<>$~:@])")


@dataclass(frozen=True, kw_only=True)
class Scored:
    """Probabilities and outcomes of the leads of the days on which nine outcomes in ten are known."""

    probability: np.ndarray
    outcome: np.ndarray
    company: np.ndarray
    everybody: np.ndarray
    """Probabilities of all leads, those without an outcome too."""


@pytest.fixture(scope="session")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return in_markdown(tmp_path_factory, "leadscore")


@pytest.fixture(scope="session")
def summary(tmp_path_factory: pytest.TempPathFactory, bundle: Path) -> Path:
    """The executive summary as a PDF."""
    return summary_of(tmp_path_factory, "leadscore", bundle)


@pytest.fixture(scope="session")
def results(bundle: Path) -> Any:
    return results_of(bundle)


@pytest.fixture(scope="session")
def facts(results: dict[str, Any]) -> Any:
    return results["facts"]


@pytest.fixture(scope="session")
def texts(bundle: Path) -> dict[str, str]:
    """The documents on one line each, without the escapes of Markdown."""
    return {
        path.stem: " ".join(BARE.sub(r"\1", path.read_text()).replace("\u202f", " ").split())
        for path in bundle.glob("*.md")
    }


@pytest.fixture(scope="session")
def truth() -> Any:
    """What scikit-learn says of each window, all outcomes known."""
    return json.loads((CASE / "truth.json").read_text())


@pytest.fixture(scope="session")
def scored() -> Scored:
    rows = pd.read_csv(CASE / "production_simulation.csv").merge(
        pd.read_csv(CASE / "outcomes.csv"), on="lead_id", how="left"
    )
    file = CASE / "model.skops"
    model = load(file, trusted=get_untrusted_types(file=file))
    rows["p"] = model.predict_proba(rows[list(model.feature_names_in_)])[:, 1]
    known = rows.groupby("created")["converted"].transform(lambda outcome: outcome.notna().mean())
    mature = rows[(known >= 0.9) & rows["converted"].notna()]
    return Scored(
        probability=mature["p"].to_numpy(),
        outcome=mature["converted"].to_numpy(int),
        company=mature["company_id"].to_numpy(),
        everybody=rows["p"].to_numpy(),
    )
