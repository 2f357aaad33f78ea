"""Importance by shuffling: the inputs that make the outcome come first, whatever the learner."""

import dataclasses
from typing import Any

import numpy as np
import pytest
from sklearn.inspection import permutation_importance

from generator.measure.importance import _levels_back, _rise, _Rows, _within_days
from generator.records.results import Results
from tests.worlds.learners import fitted
from tests.worlds.rows import INPUTS
from tests.worlds.world import judged, table, world


def value(results: Results, id: str) -> float:
    found = results.facts[id].value
    assert isinstance(found, int | float)
    return float(found)


def order(results: Results) -> list[str]:
    return [str(name) for name in results.tables["importance.all"].column("feature")]


@pytest.mark.parametrize(("task", "learner"), [("regression", "histogram"), ("binary", "forest")])
def test_what_makes_the_outcome_is_heard_first(task: str, learner: str) -> None:
    results = judged(world(task=task, learner=learner, file=True), ("causes",))
    assert set(order(results)[:4]) <= {"x0", "x1", "x2", "x3", "kind"}
    assert set(order(results)) == set(INPUTS)
    first = results.facts[f"importance.{order(results)[0]}.loss"]
    assert first.low is not None and first.low > 0
    largest = value(results, first.id)
    noise = results.facts["importance.x6.loss"]
    assert noise.low is not None and noise.high is not None and noise.low < 0.02 * largest


def test_the_rise_is_that_of_scikit_learn() -> None:
    quiet = world(learner="histogram", file=True)
    model, rows = fitted(quiet, table(quiet, "training")), table(quiet, "production")
    theirs = permutation_importance(
        model, rows[list(INPUTS)], rows["y"], scoring="neg_mean_squared_error", n_repeats=4, random_state=0
    )
    results = judged(quiet, ("causes",))
    before = value(results, "performance.rmse.production")
    for place, name in enumerate(INPUTS):
        ours = (before + value(results, f"importance.{name}.loss")) ** 2 - before**2
        assert ours == pytest.approx(theirs.importances_mean[place], abs=0.08 * float(np.max(theirs.importances_mean)))


@dataclasses.dataclass(frozen=True)
class Answers:
    """A model that adds its inputs up."""

    prediction: np.ndarray


class Adding:
    def score(self, columns: Any) -> Answers:
        return Answers(prediction=np.sum([np.asarray(column, dtype=np.float64) for column in columns.values()], axis=0))


def test_an_input_of_the_day_has_its_part_within_days_beside_that_of_the_window() -> None:
    """Shuffled among all rows an input costs twice its variance; among those of a day twice the variance in it."""
    rng, day = np.random.default_rng(1), np.repeat(np.arange(40), 100)
    own, weather = rng.normal(size=day.size), rng.normal(size=40)[day]
    model: Any = Adding()
    columns: dict[str, Any] = {"weather": weather, "load": 2 * weather + own, "own": own}
    y = model.score(columns).prediction
    rows = _Rows(model=model, columns=columns, target=y, prediction=y, group=day % 8, day=day)
    assert _within_days(rows, "weather") == pytest.approx(0.0, abs=1e-9)
    assert _within_days(rows, "load") == pytest.approx(2.0, rel=0.05)
    assert _rise(rows, ("load",), 8)[0] == pytest.approx(2 * np.var(columns["load"]), rel=0.05)
    assert np.isnan(_within_days(rows, "own"))


def test_the_drift_of_an_input_moves_the_prediction() -> None:
    results = judged(world(learner="histogram", file=True, shift=0.7), ("causes",))
    moved = {name: abs(value(results, f"importance.{name}.moved")) for name in ("x0", "x1", "x5")}
    assert moved["x0"] > 2.0 > 5 * max(moved["x1"], moved["x5"])


def test_the_impact_of_a_drift_is_told_of_a_model_without_coefficients() -> None:
    results = judged(world(learner="histogram", file=True, shift=0.7), ("causes",))
    felt, other = (results.facts[f"drift.{name}.impact"] for name in ("x0", "x1"))
    assert felt.value == value(results, "importance.x0.moved") and felt.low is not None and felt.low > 2.0
    assert isinstance(other.value, float) and abs(other.value) < 0.5
    quiet = judged(world(learner="histogram", file=True), ("causes",))
    assert all(abs(value(quiet, f"drift.{name}.impact")) < value(quiet, "drift.impact.margin") for name in INPUTS)


def test_levels_get_the_shares_of_training_back_and_as_few_rows_as_can_be_change() -> None:
    now = np.array(["a"] * 60 + ["b"] * 30 + ["new"] * 8 + [np.nan] * 2, dtype=object)
    then = np.array(["a"] * 300 + ["b"] * 600 + ["c"] * 100, dtype=object)
    back = _levels_back(now, then)
    assert back is not None
    known = [level for level in back if level == level]
    assert [known.count(level) for level in ("a", "b", "c")] == pytest.approx([29.4, 58.8, 9.8], abs=1.0)
    changed = sum(a != b for a, b in zip(now[:98], back[:98], strict=True))
    assert changed == pytest.approx(60 - 29.4 + 8, abs=2)
