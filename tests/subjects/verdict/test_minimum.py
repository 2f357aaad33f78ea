"""What no model may do, whatever was declared: a world on either side of each floor."""

import pytest

from generator.records import project as p
from generator.records.decision import Decisions
from generator.records.fact import Fact
from generator.subjects.verdict.gates import run
from tests.subjects import case

BINARY = p.Data(production="rows.csv", target="left", task="binary")


def interval(id: str, value: float, low: float, high: float) -> Fact:
    return case.fact(id, value, low=low, high=high, n=5_000)


def judged(*facts: Fact, binary: bool = False) -> Decisions:
    """Judge a project that declares nothing, so that only the floors can fail."""
    project = case.project(data=BINARY) if binary else case.project()
    return run(project, case.evidence(*facts), case.BEFORE)


NAIVE = "performance.gain.benchmark"
LEVEL = "calibration.in_the_large.gap"
RATE = case.fact("performance.base_rate.production", 0.3)
RARE = case.fact("performance.base_rate.production", 0.05)
AUC = "performance.auc.production"


@pytest.mark.parametrize(
    ("gate", "facts", "binary"),
    [
        ("naive", (interval(NAIVE, 0.2, 0.1, 0.3),), False),
        ("ranking", (interval(AUC, 0.45, 0.41, 0.49),), True),
        ("level", (interval(LEVEL, -0.10, -0.12, -0.08), RATE), True),
        ("level", (interval(LEVEL, 0.015, 0.012, 0.018), RARE), True),
        ("doubled", (interval("performance.rmse.change", 1.1, 0.2, 2.4),), False),
        ("doubled", (interval("calibration.avoidable.rise", 1.1, 0.6, 1.6),), True),
        ("inputs", (case.fact("contract.stop.last_day", 9, unit="count"),), False),
    ],
)
def test_beyond_a_floor_the_launch_is_delayed_whatever_is_declared(gate: str, facts: tuple[Fact, ...], binary: bool):
    decided = judged(*facts, binary=binary)
    assert decided.verdict == "delay"
    assert [one.id for one in decided.gates if one.hard and one.verdict == "fail"] == [f"minimum.{gate}"]


@pytest.mark.parametrize(
    ("facts", "binary"),
    [
        ((interval(NAIVE, 0.1, -0.1, 0.3),), False),
        ((interval(AUC, 0.48, 0.44, 0.52),), True),
        ((interval(LEVEL, -0.03, -0.05, -0.015), RATE), True),
        ((interval("performance.rmse.change", 0.9, 0.7, 1.1),), False),
        ((interval("calibration.avoidable.rise", 0.9, 0.7, 1.1),), True),
        ((interval("performance.brier.change", 1.3, 1.1, 1.5),), True),
        ((case.fact("contract.stop.last_day", 0, unit="count"),), False),
    ],
)
def test_within_the_floors_nothing_is_added_and_nothing_told_is_not_enough(facts: tuple[Fact, ...], binary: bool):
    decided = judged(*facts, binary=binary)
    assert not [one.id for one in decided.gates if one.id.startswith("minimum.")]
    assert decided.verdict == "not_enough"
    assert case.value(decided, "verdict.name") == "Not enough evidence"
