"""A linear model of probabilities: effects in log-odds, never in the unit of the prediction."""

from dataclasses import replace

import numpy as np
import pytest
import skops.io
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from generator.engines.duckdb import DuckDB
from generator.measure import measure, profile
from generator.records.project import Model
from generator.scoring import skops as reader
from generator.subjects.drift import drift
from generator.subjects.importance import importance
from tests.measure import frames
from tests.subjects.worlds import table_of, value

NAMES = ["cost", "rating"]


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shop")
    tables = frames.rows(8, 300), frames.rows(6, 300, 2, 0.3)
    before, after = (table.assign(price=(table["price"] > 60).astype(int)) for table in tables)
    fitted = make_pipeline(SimpleImputer(), StandardScaler(), LogisticRegression()).fit(before[NAMES], before["price"])
    (folder / "m.skops").write_bytes(skops.io.dumps(fitted))
    (folder / "dossier.yaml").write_text("")
    before.to_csv(folder / "training.csv", index=False)
    after.to_csv(folder / "production.csv", index=False)
    made = frames.project(folder, prediction=None, previous_prediction=None, task="binary")
    model = Model(name="m", version="1", path="m.skops", format="skops")
    made = replace(made, settings=replace(made.settings, model=model))
    statistics = profile(made, DuckDB(), [reader.READER], folder / "training.csv")
    (folder / "training.json").write_bytes(statistics)
    data = replace(made.settings.data, reference_stats="training.json")
    made = replace(made, settings=replace(made.settings, data=data))
    return made, measure(made, DuckDB(), [reader.READER]), fitted, before, after


def test_importance_is_in_log_odds_and_is_not_refitted_by_least_squares(world):
    made, ledger, fitted, *_ = world
    evidence = importance.run(made, ledger)
    cost = evidence.fact("importance.cost.standardised")
    assert cost.unit == "log-odds"
    assert cost.value == pytest.approx(fitted[-1].coef_[0, 0], rel=0.01)
    today = evidence.fact("importance.cost.today")
    assert today.value is None and today.reason.startswith("probabilities are not refitted")
    assert {mark.word for mark in table_of(evidence, "importance.all").column("stability")} == {"not refitted"}
    assert evidence.fact("importance.log_odds").value is True


def test_impact_is_in_log_odds_and_its_total_in_the_unit_of_the_prediction(world):
    made, ledger, fitted, before, after = world
    evidence = drift.run(made, ledger)
    felt = evidence.fact("drift.cost.impact")
    sums = [fitted.decision_function(each[NAMES]).mean() for each in (before, after)]
    assert felt.unit == "log-odds"
    assert value(evidence, "drift.cost.impact") + value(evidence, "drift.rating.impact") == pytest.approx(
        sums[1] - sums[0], rel=0.02
    )
    total = evidence.fact("drift.impact.total")
    moved = [fitted.predict_proba(each[NAMES])[:, 1].mean() for each in (before, after)]
    assert (total.unit, total.value) == ("", pytest.approx(moved[1] - moved[0], rel=0.02))
    assert total.low < total.value < total.high
    margin = evidence.fact("drift.impact.margin")
    spread = np.std(fitted.decision_function(before[NAMES]))
    assert (margin.unit, margin.value) == ("log-odds", pytest.approx(0.1 * spread, rel=0.02))
