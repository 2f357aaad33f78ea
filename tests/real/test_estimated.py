"""Performance estimated without outcomes on nannyml's car loans, against its published numbers (version 0.13.1)."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from generator.engines.duckdb import DuckDB
from generator.estimates.recalibration import mapped
from generator.measure import measure, profile
from generator.records.project import About, Data, DecisionPolicy, Feature, Model, Project, Settings
from generator.scoring import columns
from generator.stats.estimated import estimate_performance
from generator.subjects.scores import estimated
from generator.subjects.scores._expected import with_outcomes
from tests.conftest import REAL_DATA

HERE = REAL_DATA / "car_loan"
pytestmark = [
    pytest.mark.real,
    pytest.mark.slow,
]
CHUNK, THRESHOLD = 5_000, 0.65
"""Rows of a chunk; the probability from which the published decisions are positive."""
FEATURES = ("car_value", "debt_to_income_ratio", "loan_length", "driver_tenure")
# Of each chunk of 5,000 rows: AUC, accuracy and F1, each estimated and realised.
PUBLISHED = np.array(
    [
        [0.970744, 0.970962, 0.941792, 0.9422, 0.943030, 0.943344],
        [0.971011, 0.970248, 0.943321, 0.9422, 0.941324, 0.940178],
        [0.971407, 0.976282, 0.945492, 0.9502, 0.943574, 0.948201],
        [0.971091, 0.967721, 0.944816, 0.9436, 0.943159, 0.942142],
        [0.971123, 0.969886, 0.944645, 0.9410, 0.944204, 0.940488],
        [0.961090, 0.960050, 0.910714, 0.9146, 0.911753, 0.913685],
        [0.961825, 0.958530, 0.911149, 0.9156, 0.911766, 0.914954],
        [0.961073, 0.959041, 0.911193, 0.9144, 0.911661, 0.913395],
        [0.962533, 0.963094, 0.914389, 0.9224, 0.913763, 0.920589],
        [0.961316, 0.957556, 0.911731, 0.9122, 0.914751, 0.913498],
    ]
)
NAMES = ("auc", "accuracy", "f1")
TOLD = NAMES[:2]
"""Those of all rows of a build."""


def tables() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the reference rows, and those of production with their outcomes."""
    if not HERE.is_dir():
        pytest.fail("the car loans are not beside the repository: the real data are incomplete")
    reference = pd.read_csv(HERE / "synthetic_car_loan_reference.csv")
    production = pd.read_csv(HERE / "synthetic_car_loan_analysis.csv")
    truth = pd.read_csv(HERE / "synthetic_car_loan_analysis_target.csv")
    return reference, production.merge(truth[["id", "repaid"]], on="id")


def sums(table: pd.DataFrame) -> np.ndarray:
    """Return the sums of score bins, one bin for each hundredth."""
    p, y = table["y_pred_proba"].to_numpy(), table["repaid"].to_numpy()
    place = np.rint(p * 100).astype(int)
    columns = (np.ones(len(p)), p, p * (1 - p), np.ones(len(p)), p, y)
    return np.stack([np.bincount(place, column, 101) for column in columns], axis=-1)


def test_counts_by_score_give_the_published_estimates():
    reference, production = tables()
    then = sums(reference)
    for chunk, wanted in enumerate(PUBLISHED):
        now = sums(production.iloc[chunk * CHUNK : (chunk + 1) * CHUNK])
        p = np.arange(101) / 100
        share = mapped("steps", then, p)
        found = estimate_performance(with_outcomes(now, share)[:, 0], share, p >= THRESHOLD)
        np.testing.assert_allclose([getattr(found, name) for name in NAMES], wanted[::2], atol=1e-6)


@pytest.fixture(scope="module")
def chunks(tmp_path_factory):
    """The evidence of each chunk, measured from files like any project's."""
    folder = tmp_path_factory.mktemp("loans")
    reference, production = tables()
    reference.to_csv(folder / "reference.csv", index=False)
    reference.head(CHUNK).to_csv(folder / "rows.csv", index=False)
    (folder / "dossier.yaml").write_text("", encoding="utf-8")
    data = Data(
        production="rows.csv",
        target="repaid",
        task="binary",
        prediction="y_pred_proba",
        time="timestamp",
        features=tuple(Feature(name=name) for name in FEATURES),
    )
    project = _project(folder, data)
    statistics = profile(project, DuckDB(), (columns.READER,), folder / "reference.csv")
    (folder / "statistics.json").write_bytes(statistics)
    found = []
    for chunk in range(len(PUBLISHED)):
        production.iloc[chunk * CHUNK : (chunk + 1) * CHUNK].to_csv(folder / "rows.csv", index=False)
        at = _project(folder, Data(**{**vars(data), "reference_stats": "statistics.json", "reference_is": "held_out"}))
        evidence = estimated.run(at, measure(at, DuckDB(), (columns.READER,)))
        found.append({fact.id: fact for fact in evidence.facts})
    return found


def _project(folder: Path, data: Data) -> Project:
    settings = Settings(
        project=About(name="loans"),
        model=Model(name="m", version="1", format="column"),
        data=data,
        decision=DecisionPolicy(threshold=THRESHOLD),
    )
    return Project(settings=settings, folder=str(folder), file="dossier.yaml", lines={}, sha256="0" * 64)


def test_a_project_on_the_files_gives_the_published_numbers(chunks):
    for facts, wanted in zip(chunks, PUBLISHED, strict=True):
        estimate = [facts[f"estimated.{name}"].value for name in TOLD]
        truth = [facts[f"estimated.realised.{name}"].value for name in TOLD]
        np.testing.assert_allclose(estimate, wanted[::2][:2], atol=1e-4)
        np.testing.assert_allclose(truth, wanted[1::2][:2], atol=1e-4)


def test_intervals_hold_the_truth_and_the_estimate_can_be_trusted(chunks):
    """The relation changes nowhere in these rows but slightly; most truths lie inside, and the fall is seen."""
    held = [
        facts[f"estimated.{name}"].low <= facts[f"estimated.realised.{name}"].value <= facts[f"estimated.{name}"].high
        for facts in chunks
        for name in TOLD
    ]
    assert sum(held) >= 0.85 * len(held)
    assert chunks[5]["estimated.accuracy"].high < chunks[4]["estimated.accuracy"].low
