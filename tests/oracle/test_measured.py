"""What the program says of a world, numbers and statements, is what an independent look at the raw rows gives."""

import dataclasses
from typing import Any

import numpy as np
import pytest

from generator.records.fact import Fact
from generator.records.results import Results
from tests.oracle.agree import differences, numbers, raw
from tests.oracle.claims import refuted
from tests.oracle.recompute import by_bins
from tests.worlds.axes import World
from tests.worlds.world import judged, table, world

WORLDS: tuple[dict[str, Any], ...] = (
    {"learner": "ridge", "objectives": True},
    {"learner": "histogram", "shift": 0.7, "relation": 1.0, "container": "csv"},
    {"learner": "ridge", "relation": 4.0, "since": 0.5, "objectives": True, "holes": 0.08},
    {"learner": "forest", "shift": 1.5, "degenerate": True, "generator": "steps"},
    {"task": "binary", "learner": "logistic", "container": "jsonl", "objectives": True},
    {"learner": "ridge", "endless": 0.06, "shift": 0.7, "objectives": True},
    {"task": "binary", "learner": "logistic", "endless": 0.2, "holes": 0.08, "container": "csv"},
    {"task": "binary", "learner": "histogram", "generator": "steps", "shift": 0.5, "file": True},
    {"task": "binary", "learner": "logistic", "relation": 2.0, "since": 0.6, "objectives": True, "holes": 0.08},
    {"task": "binary", "learner": "forest", "relation": -2.5, "container": "csv", "objectives": True},
    {"task": "binary", "learner": "gradient", "stuck": 1 / 3, "objectives": True},
    {"learner": "ridge", "stands": "own", "objectives": True},
    {"task": "binary", "learner": "gradient", "seed": 104, "generator": "steps", "shift": 0.7, "relation": 1.0},
)


@pytest.fixture(scope="module", params=WORLDS, ids=lambda axes: "-".join(map(str, axes.values())))
def of(request: pytest.FixtureRequest) -> World:
    return world(**request.param)


@pytest.fixture(scope="module")
def said(of: World) -> Results:
    return judged(of)


def test_numbers_and_statements_are_those_of_the_rows(of: World, said: Results) -> None:
    assert list(differences(of, said)) == []
    assert sum(id in said.facts and said.facts[id].value is not None for id in numbers(of, said)) > 500


def test_the_calibration_error_is_that_of_the_rows_in_the_printed_bins(of: World, said: Results) -> None:
    if of.task != "binary":
        return
    printed = said.tables["calibration.reliability"]
    columns = {
        name: np.array([float(str(cell.value)) for cell in printed.column(name) if isinstance(cell, Fact)])
        for name in ("low", "high", "rows", "predicted", "observed")
    }
    bins = by_bins(table(of, "production"), np.append(columns["low"], columns["high"][-1]))
    for name in ("rows", "predicted", "observed"):
        np.testing.assert_allclose(columns[name], bins[name].to_numpy(), rtol=1e-9)
    error = (bins["rows"] * (bins["predicted"] - bins["observed"]).abs()).sum() / bins["rows"].sum()
    assert said.facts["calibration.ece"].value == pytest.approx(error, rel=1e-9)


@pytest.mark.parametrize(("acceptable", "found"), [(None, True), (5.0, True), (2.0, False)])
def test_recent_days_are_held_against_the_earlier_ones_and_the_acceptable_error(
    acceptable: float | None, found: bool
) -> None:
    quiet = raw(world(learner="ridge"))
    late = quiet.production["date"].isin(quiet.window("recent")["date"])
    better = quiet.production["prediction"].mask(late, quiet.production["y"] + 3.0)
    own = dataclasses.replace(quiet, production=quiet.production.assign(prediction=better), acceptable=acceptable)
    assert list(refuted(["performance.rmse.recent"], own)) == (["performance.rmse.recent"] if found else [])


def test_a_statement_that_does_not_hold_is_noticed() -> None:
    quiet, lower = raw(world(learner="ridge")), raw(world(learner="ridge", relation=-0.4))
    assert list(refuted(["drift.x0", "causes.relation", "unseen.place", "missing.x1", "nobody.knows"], quiet)) == [
        "drift.x0",
        "causes.relation",
        "unseen.place",
        "missing.x1",
        "nobody.knows is not judged",
    ]
    assert list(refuted(["performance.worse_than_benchmark"], lower)) == ["performance.worse_than_benchmark"]
