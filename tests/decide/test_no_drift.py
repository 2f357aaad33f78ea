"""Rows of the same process on both sides: nothing is confirmed, and no gate of what was measured fails."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from generator.analyse import analyse
from generator.catalog import CATALOG
from generator.decide import decide
from generator.records.project import Objective, Objectives
from tests.analyse import worlds

MEASURED = {"performance", "segment", "drift", "missing", "unseen", "correlation", "calibration"}

WITH_DATA = ("overall.rmse", "recent", "drift", "drift_impact")


@pytest.mark.parametrize("seed", range(10))
def test_a_healthy_process_raises_no_alarm(tmp_path: Path, seed: int) -> None:
    made, ledger = worlds.ledger(tmp_path, worlds.rows(30, 99), worlds.rows(30, seed))
    objectives = Objectives(metrics=(Objective(metric="rmse", validation=1.0, n=12_000, acceptable=1.1),))
    made = dataclasses.replace(made, settings=dataclasses.replace(made.settings, objectives=objectives))
    evidence = analyse(made, ledger, CATALOG.analyses)
    decided = decide(made, evidence, CATALOG.decisions)
    found = [one for one in (*evidence.findings, *decided.findings) if one.kind in MEASURED]
    assert not [one for one in found if one.severity != "watch"]
    assert len(found) <= 1
    facts = {fact.id: fact for fact in (*evidence.facts, *decided.facts)}
    assert facts["causes.verdict"].value == "no change"
    assert facts["slices.count.confirmed"].value == 0
    gates = {gate.id: gate.verdict for gate in decided.gates}
    assert decided.verdict != "delay"
    assert {gates[id] for id in WITH_DATA} == {"pass"}
