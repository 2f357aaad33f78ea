"""Inputs or relation: told by the counterfactual, from worlds whose truth is known; by cells where only sums are."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from generator.estimates.baseline import training_errors_serve
from generator.estimates.features import groups_of
from generator.records import project as p
from generator.records.results import Results
from generator.subjects.causes import causes_decided
from generator.subjects.causes import causes_found as causes
from generator.subjects.causes._cause_parts import PARTS, Parts, parts_of
from tests.subjects import case, worlds
from tests.worlds.world import judged, truth, world

CAUSES = ("causes",)


def number(results: Results, id: str) -> float:
    found = results.facts[id].value
    assert isinstance(found, int | float), results.facts[id]
    return float(found)


def told(**axes: Any) -> Results:
    return judged(world(**axes), CAUSES)


@pytest.mark.parametrize("generator", ["smooth", "steps"])
@pytest.mark.parametrize(
    ("axes", "verdict"),
    [
        ({}, "no change"),
        ({"relation": 1.0}, "relation changed"),
        ({"shift": 0.7}, "inputs changed"),
        ({"shift": 1.8}, "cannot be told"),
    ],
)
def test_the_counterfactual_names_what_changed(generator: str, axes: dict[str, float], verdict: str) -> None:
    results = told(learner="histogram", generator=generator, seed=4, **axes)
    assert results.facts["causes.verdict"].value == verdict
    assert results.facts["causes.against"].value == "held-out rows"
    parts = number(results, "causes.inputs") + number(results, "causes.relation")
    assert parts == pytest.approx(number(results, "causes.change"))


def test_the_parts_are_near_the_truth() -> None:
    known = truth(world(learner="histogram", seed=4, shift=0.7, relation=1.0))
    results = told(learner="histogram", seed=4, shift=0.7, relation=1.0)
    scale = 1.0 / (number(results, "causes.before") + number(results, "causes.after"))
    for key, true in (("inputs", known.inputs), ("relation", known.relation)):
        fact = results.facts[f"causes.{key}"]
        assert fact.low is not None and fact.high is not None
        assert abs(number(results, fact.id) - true * scale) < 1.6 * (fact.high - fact.low) / 2


def test_errors_on_rows_that_the_forest_knows_are_no_error_before() -> None:
    results = told(learner="forest", given="training")
    assert results.facts["performance.rmse.validation"].value is None
    assert "data.held_out" in results.facts["performance.rmse.change"].reason
    assert results.facts["causes.against"].value == "the first third of the days"
    assert not [one for one in results.findings if one.kind == "performance" and one.severity != "watch"]


def test_without_an_error_before_the_last_third_is_held_against_the_first() -> None:
    results = told(learner="forest", given="training", relation=1.8, since=0.6)
    assert results.facts["causes.verdict"].value == "relation changed"


def test_held_out_rows_are_the_error_before() -> None:
    results = told(learner="forest")
    fact = results.facts["performance.rmse.validation"]
    assert fact.value == pytest.approx(math.sqrt(truth(world(learner="forest")).held_out), rel=1e-9)
    assert fact.n == 3_600 and fact.low is not None


def test_new_entities_among_held_out_rows_of_old_ones_are_not_a_relation() -> None:
    results = told(learner="neighbours", new_entities=True, relation=1.0)
    assert number(results, "causes.unknown") == 1.0 and number(results, "causes.unknown_before") == 0.0
    assert results.facts["causes.verdict"].value in ("cannot be told", "no change")


def test_predictions_that_are_not_the_models_are_a_cause_of_their_own() -> None:
    results = told(learner="histogram", file=True, tampered=0.3)
    assert results.facts["causes.verdict"].value == "no change"
    assert number(results, "causes.predictions.apart") > 0.9
    assert ("causes.predictions", "confirmed") in {(one.id, one.severity) for one in results.findings}
    quiet = told(learner="histogram", file=True)
    assert number(quiet, "causes.predictions.apart") == 0.0
    assert "causes.predictions" not in {one.id for one in quiet.findings}


STUCK = {"learner": "ridge", "stuck": 1 / 3}


@pytest.mark.parametrize(
    ("axes", "verdict"),
    [
        (STUCK, "predictions changed"),
        ({**STUCK, "task": "binary", "learner": "logistic"}, "predictions changed"),
        ({**STUCK, "stuck": 1.0}, "predictions changed"),
        ({**STUCK, "shift": 0.5, "learner": "forest", "generator": "steps"}, "inputs and predictions changed"),
        ({**STUCK, "stuck": 0.2, "relation": 2.0}, "relation changed"),
        ({**STUCK, "shift": 1.5}, "cannot be told"),
    ],
)
def test_predictions_that_no_longer_follow_their_inputs_are_a_cause_of_their_own(
    axes: dict[str, Any], verdict: str
) -> None:
    results = told(**axes)
    assert results.facts["causes.verdict"].value == verdict
    assert number(results, "causes.repeated.rows") == pytest.approx(axes["stuck"], abs=0.02)
    assert number(results, "causes.repeated.usual") < 0.002
    confirmed = {one.id for one in results.findings if one.severity == "confirmed"}
    assert ("causes.repeated" in confirmed) == ("predictions" in verdict)
    assert ("causes.relation" in confirmed) == ("relation" in verdict)


HELD = {"learner": "ridge", "stands": "own"}


@pytest.mark.parametrize(
    ("axes", "verdict", "inputs"),
    [
        (HELD, "inputs held", "x0"),
        ({**HELD, "stands_since": 0.8}, "no change", "x0"),
        ({**HELD, "learner": "forest"}, "inputs held", "x0"),
        ({**HELD, "task": "binary", "learner": "logistic"}, "inputs held", "x0"),
        ({**HELD, "given": "training"}, "inputs held", "x0"),
        ({**HELD, "stands": "one", "learner": "histogram"}, "inputs held", "x0"),
        ({**HELD, "stands": "one", "time": "none", "container": "csv"}, "inputs held", "x0"),
        ({**HELD, "stands": "batch"}, "inputs held", "all inputs"),
        ({**HELD, "stands": "batch", "generator": "steps", "learner": "gradient"}, "inputs held", "all inputs"),
        ({**HELD, "relation": 2.0}, "relation changed", "x0"),
        ({**HELD, "relation": 2.0, "stands": "one"}, "relation changed and inputs held", "x0"),
        ({**HELD, "relation": 3.0, "stands": "batch"}, "relation changed and inputs held", "all inputs"),
    ],
)
def test_inputs_that_stand_still_are_no_changed_relation(axes: dict[str, Any], verdict: str, inputs: str) -> None:
    assert (truth(world(**axes)).relation == 0.0) == ("relation" not in axes)
    results = told(**axes)
    assert results.facts["causes.held.inputs"].value == inputs
    assert results.facts["causes.verdict"].value == verdict
    assert "causes.held" in {one.id for one in results.findings}
    confirmed = {one.id for one in results.findings if one.severity == "confirmed"}
    assert ("causes.relation" in confirmed) == ("relation" in axes)


@pytest.mark.parametrize(("strewn", "seed"), [(0.02, 1), (0.06, 4), (0.06, 9), (0.12, 2)])
def test_few_rows_with_the_inputs_of_earlier_ones_are_no_changed_relation(strewn: float, seed: int) -> None:
    """Copies alone are set aside, not all rows of the days that hold some."""
    results = told(learner="ridge", strewn=strewn, seed=seed)
    assert results.facts["causes.held.rows"].value == pytest.approx(strewn * 2 / 3, abs=0.01)
    assert not [one.id for one in results.findings if one.id == "causes.relation"]


@pytest.mark.parametrize(
    "axes",
    [
        {"learner": "ridge", "generator": "steps", "shift": 0.7},
        {"learner": "ridge", "degenerate": True, "holes": 0.08},
        {"learner": "forest", "time": "none", "relation": 1.0},
        {"task": "binary", "learner": "forest", "given": "reference", "generator": "steps"},
    ],
)
def test_inputs_that_vary_as_they_did_do_not_stand_still(axes: dict[str, Any]) -> None:
    assert told(**axes).facts["causes.held.rows"].value is None


@pytest.mark.parametrize(("stuck", "found"), [(0.006, False), (0.03, True)])
def test_predictions_are_repeated_from_a_hundredth_of_the_rows_on(stuck: float, found: bool) -> None:
    results = told(learner="ridge", stuck=stuck)
    assert (results.facts["causes.repeated.rows"].value is not None) == found
    assert ("causes.repeated", "watch") in {(one.id, one.severity) for one in results.findings} or not found


@pytest.mark.parametrize(
    "axes",
    [
        {"learner": "ridge", "decimals": 0},
        {"learner": "ridge", "decimals": 0, "shift": 0.7},
        {"task": "binary", "learner": "forest", "decimals": 1, "shift": 0.7},
        {"task": "binary", "learner": "forest", "decimals": 2, "relation": 2.0},
    ],
)
def test_rounded_predictions_are_not_repeated_ones(axes: dict[str, Any]) -> None:
    assert told(**axes).facts["causes.repeated.rows"].value is None


def test_what_is_declared_of_validation_is_held_against_the_held_out_rows() -> None:
    right = told(learner="ridge", objectives=True)
    assert not [one for one in right.findings if one.kind == "claim"]
    assert right.facts["performance.rmse.declared"].origin == "declared"


def cells(folder: Path, production: pd.DataFrame, before: pd.DataFrame | None = None, square: float = 1.0) -> Parts:
    _, ledger = worlds.ledger(folder, worlds.rows(30, 99) if before is None else before, production)
    found = parts_of(ledger, square, groups_of(ledger))
    assert found is not None
    assert found.value.sum() == pytest.approx(found.after - found.before) == pytest.approx(found.total[0])
    return found


def share(found: Parts, key: str) -> float:
    return float(found.value[PARTS.index(key)] / found.total[0])


def test_cells_tell_a_changed_relation(tmp_path: Path) -> None:
    production = worlds.rows(30, 3)
    production["y"] += 0.6 * (production["a"] - 10)
    assert share(cells(tmp_path, production), "relation") > 0.9


def hard_when_missing(frame: pd.DataFrame, share: float, seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    lost = rng.random(len(frame)) < share
    frame.loc[lost, "c"] = np.nan
    frame.loc[frame["c"].isna(), "y"] += rng.normal(0, 3, int(frame["c"].isna().sum()))
    return frame


def test_cells_tell_missing_values(tmp_path: Path) -> None:
    before, after = hard_when_missing(worlds.rows(30, 99), 0.05, 1), hard_when_missing(worlds.rows(30, 3), 0.4, 2)
    found = cells(tmp_path, after, before, float(((before["y"] - before["prediction"]) ** 2).mean()))
    assert share(found, "missing") == pytest.approx(1, abs=0.2)
    assert share(found, "relation") < 0.2


def test_cells_tell_new_levels_that_err_more(tmp_path: Path) -> None:
    production = worlds.rows(30, 3)
    new = np.random.default_rng(1).random(len(production)) < 0.2
    production.loc[new, "kind"] = "never seen"
    production.loc[new, "y"] += np.random.default_rng(2).normal(0, 3, int(new.sum()))
    assert share(cells(tmp_path, production), "new_categories") == pytest.approx(1, abs=0.2)


def test_training_errors_of_a_model_that_is_not_linear_do_not_serve(tmp_path: Path) -> None:
    made, ledger = worlds.ledger(tmp_path, worlds.rows(30, 99), worlds.rows(30, 3))
    assert not training_errors_serve(made, ledger)


def test_without_outcomes_nothing_is_told(tmp_path: Path) -> None:
    production = worlds.rows(30, 3)
    production["y"] = np.nan
    found = causes.run(*worlds.ledger(tmp_path, worlds.rows(30, 99), production))
    assert found.fact("causes.relation").reason == "no labelled rows"
    assert worlds.table_of(found, "causes.parts").reason == "no labelled rows"


def test_a_part_is_told_by_its_sign_and_none_that_its_range_cannot_tell_from_nothing() -> None:
    for value, half, words in ((2.0, 1.0, causes.MEANING), (-2.0, 1.0, causes.EASED), (-2.0, 2.5, None)):
        part = case.fact("causes.mix", value, low=value - half, high=value + half)
        assert causes._meaning("mix", part) == (causes.UNTOLD if words is None else words["mix"])
    assert set(causes.MEANING) == set(causes.EASED)


@pytest.mark.parametrize(
    ("low", "value", "high", "gate", "level"),
    [
        (9.3, 9.9, 10.5, "is expected to fail, though not surely", "is expected to pass, though not surely"),
        (10.1, 10.5, 10.9, "surely fails", "surely fails"),
        (8.0, 8.5, 9.0, "surely passes", "surely passes"),
    ],
)
def test_what_a_refit_is_expected_to_reach_is_held_against_gates_and_level(
    low: float, value: float, high: float, gate: str, level: str
) -> None:
    rollout = p.Rollout(stages=(p.Stage(name="Shadow", gate_error=9.5), p.Stage(name="Full", traffic=1.0)))
    objectives = p.Objectives(metrics=(p.Objective(metric="rmse", acceptable=10.0),))
    project = case.pricing(rollout=rollout, objectives=objectives)
    refit = case.fact("retraining.ladder.refit.error", value, low=low, high=high)
    found = case.through(project, case.evidence(refit), case.BEFORE, causes_decided.DECISION)
    rows = case.rows(found, "retraining.refit.limits")
    assert [str(row["reading"]) for row in rows] == [f"it {gate}", f"it {level}"]
    told = [one.id for one in found.findings if one.id.startswith("timeline.refit")]
    missed = case.rows(found, "retraining.refit.missed")
    assert [row["what"] for row in missed] == [row["what"] for row in rows if "fail" in str(row["reading"])]
    assert len(told) == sum("fail" in word for word in (gate, level))
