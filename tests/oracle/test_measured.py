"""What the program says of a world, numbers and statements, is what an independent look at the raw rows gives."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from generator.records.fact import Fact
from generator.records.results import Results
from tests.oracle.claims import Raw, decided, refuted, side
from tests.oracle.recompute import by_bins, measured
from tests.worlds.axes import World
from tests.worlds.rows import NUMBERS
from tests.worlds.world import judged, table, truth, world

WORLDS: tuple[dict[str, Any], ...] = (
    {"learner": "ridge", "objectives": True},
    {"learner": "histogram", "shift": 0.7, "relation": 1.0, "container": "csv"},
    {"learner": "ridge", "relation": 4.0, "since": 0.5, "objectives": True, "holes": 0.08},
    {"learner": "forest", "shift": 1.5, "degenerate": True, "generator": "steps"},
    {"task": "binary", "learner": "logistic", "container": "jsonl", "objectives": True},
    {"task": "binary", "learner": "histogram", "generator": "steps", "shift": 0.5, "file": True},
    {"task": "binary", "learner": "logistic", "relation": 2.0, "since": 0.6, "objectives": True, "holes": 0.08},
    {"task": "binary", "learner": "forest", "relation": -2.5, "container": "csv", "objectives": True},
)


@pytest.fixture(scope="module", params=WORLDS, ids=lambda axes: "-".join(map(str, axes.values())))
def of(request: pytest.FixtureRequest) -> World:
    return world(**request.param)


@pytest.fixture(scope="module")
def said(of: World) -> Results:
    return judged(of)


def raw(of: World) -> Raw:
    told, production = truth(of), table(of, "production")
    return Raw(
        production=production,
        training=table(of, "training"),
        held_out=table(of, "held_out"),
        scored=production,
        binary=of.task == "binary",
        inputs=told.inputs,
        relation=told.relation,
    )


def test_measured_numbers_are_those_of_the_rows(of: World, said: Results) -> None:
    rows = (table(of, name) for name in ("production", "training", "held_out"))
    wanted = measured(*rows, binary=of.task == "binary", numbers=NUMBERS)
    wrong = {}
    for id, one in wanted.items():
        got = said.facts[id].value
        assert isinstance(got, int | float), said.facts[id]
        if got != pytest.approx(one.value, rel=one.rel, abs=one.off):
            wrong[id] = (got, one.value)
    assert not wrong
    assert len(wanted) > 150


def test_findings_are_borne_out_by_the_rows(of: World, said: Results) -> None:
    sure = [one.id for one in said.findings if one.severity in ("confirmed", "severe")]
    assert list(refuted(sure, raw(of))) == []


def test_gates_and_verdict_follow_from_the_numbers(said: Results) -> None:
    told = [gate for gate in said.gates if gate.value.low is not None and gate.bound.value is not None and gate.metric]
    for gate in told:
        low, high = gate.value.low, gate.value.high
        assert low is not None and high is not None
        assert gate.verdict == side(low, high, float(str(gate.bound.value)), gate.metric), gate.id
    assert said.verdict == decided([(gate.hard, gate.verdict) for gate in said.gates])


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
