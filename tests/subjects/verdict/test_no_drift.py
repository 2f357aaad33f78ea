"""Rows of the same process on both sides, and nothing left undeclared: the verdict is to proceed."""

import dataclasses
import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from generator.catalog import CATALOG
from generator.conclude import analyse, decide
from generator.records import project as p
from tests.benchmarks.healthy import OF_DATA
from tests.subjects import worlds

OBJECTIVES = p.Objectives(metrics=(p.Objective(metric="rmse", validation=1.0, n=12_000, acceptable=1.1),))
RULES = (
    p.Rule(id="error", metric="rmse", yellow=1.1, red=1.2),
    p.Rule(id="shift", metric="mean_change", features="each", yellow=0.25),
    p.Rule(id="gaps", metric="missing", features="each", yellow=0.1, red=0.2),
)
ROLLBACK = p.Rollback(
    restore_minutes=15,
    decides="on-call engineer",
    drill_every="quarterly",
    last_drill=datetime.date(2026, 2, 1),
    steps=(p.Step(title="Serve the previous version", command="deploy old", minutes=5),),
)
ALL_DECLARED: dict[str, Any] = {
    "objectives": OBJECTIVES,
    "alerts": p.Alerts(rules=RULES),
    "rollback": ROLLBACK,
    "services": (p.Service(id="latency", title="Latency", objective=200, unit="ms", measured=120),),
    "policies": p.Policies(drift=p.DriftPolicy(severe_mean_change=0.25), missing=p.MissingPolicy(red=0.1)),
    "model": p.Model(name="m", version="2", previous=p.Previous(version="1")),
    "state": p.State(
        controls=(
            p.Control(name="monitoring", state="live"),
            p.Control(name="alerts", state="live"),
            p.Control(name="rollback", state="live"),
            p.Control(name="on_call", state="live"),
        )
    ),
}


def declared_world(folder: Path) -> p.Project:
    made = worlds.project(folder)
    data = dataclasses.replace(made.settings.data, previous_prediction="old")
    return dataclasses.replace(made, settings=dataclasses.replace(made.settings, data=data, **ALL_DECLARED))


@pytest.mark.parametrize("seed", range(10))
def test_a_healthy_process_raises_no_alarm_and_may_proceed(tmp_path: Path, seed: int) -> None:
    reference, production = worlds.rows(30, 99), worlds.rows(30, seed)
    for number, side in enumerate((reference, production)):
        side["old"] = side["prediction"] + np.random.default_rng([seed, number]).normal(0, 0.5, len(side)).round(6)
    made, ledger = worlds.ledger(tmp_path, reference, production, declared_world(tmp_path))
    ledger = dataclasses.replace(ledger, previous_scored=True)  # as if a file, not a column, had given its predictions
    evidence = analyse(made, ledger, CATALOG.analyses)
    decided = decide(made, evidence, CATALOG.decisions)
    found = [one for one in (*evidence.findings, *decided.findings) if one.kind in OF_DATA]
    assert not [one for one in found if one.severity != "watch"]
    facts = {fact.id: fact for fact in (*evidence.facts, *decided.facts)}
    watched = facts["drift.count.watch"].value
    assert isinstance(watched, int) and len(found) + watched <= 1
    assert facts["causes.verdict"].value == "no change"
    assert facts["slices.count.confirmed"].value == 0
    assert {gate.id: gate.verdict for gate in decided.gates if gate.verdict != "pass"} == {}
    assert decided.verdict == "proceed"
