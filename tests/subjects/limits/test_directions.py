import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.records import project as p
from generator.records.decision import join
from generator.records.fact import Fact
from generator.records.quality import QUALITIES, quality
from generator.subjects.business import whatif
from generator.subjects.verdict import gates
from generator.subjects.verdict._judge import verdict_of
from tests.subjects import case

ORDER = ("fail", "inconclusive", "pass")
JUDGED = sorted(name for name, metric in QUALITIES.items() if metric.better != "neither")
share = st.floats(0.01, 0.99)


def interval(middle: float, half: float) -> Fact:
    return case.fact("performance.value", middle, low=middle - half, high=middle + half, n=1000)


@given(st.sampled_from(JUDGED), share, st.floats(0.0, 0.2), share, st.floats(0.0, 0.9))
def test_a_stricter_bound_never_turns_a_verdict_for_the_better(
    name: str, middle: float, half: float, bound: float, less: float
) -> None:
    value = interval(middle, half)
    stricter = quality(name).tightened(bound, less)
    assert ORDER.index(verdict_of(value, stricter, name)) <= ORDER.index(verdict_of(value, bound, name))


@given(st.sampled_from(JUDGED), share, st.floats(0.001, 0.2), share)
def test_a_value_with_room_to_its_bound_never_fails_and_one_beyond_it_never_passes(
    name: str, middle: float, half: float, bound: float
) -> None:
    room = quality(name).room(middle, bound)
    assert verdict_of(interval(middle, half), bound, name) != ("fail" if room > 0 else "pass")
    assert quality(name).beyond(middle, bound) == (room < 0)


@given(share, st.floats(0.0, 0.2), share)
def test_turning_a_metric_round_turns_nothing_in_its_verdict(middle: float, half: float, bound: float) -> None:
    assert verdict_of(interval(middle, half), bound, "brier") == verdict_of(
        interval(1 - middle, half), 1 - bound, "auc"
    ) or math.isclose(abs(middle - bound), half, abs_tol=1e-9)


@pytest.mark.parametrize(("acceptable", "verdict"), [(0.75, "pass"), (0.79, "inconclusive"), (0.82, "fail")])
def test_what_if_stricter_moves_a_floor_upwards(acceptable: float, verdict: str) -> None:
    objectives = p.Objectives(metrics=(p.Objective(metric="auc", acceptable=acceptable),))
    project = case.project(objectives=objectives, data=p.Data(production="rows.csv", target="left", task="binary"))
    evidence = case.evidence(case.fact("performance.auc.production", 0.793, low=0.782, high=0.804, n=5000))
    judged = gates.run(project, evidence, case.BEFORE)
    assert {gate.id: gate.verdict for gate in judged.gates}["overall.auc"] == verdict
    answer = case.plain(
        case.rows(join((judged, whatif.run(project, evidence, judged))), "whatif.rows")[0]["answer_change"]
    )
    assert ("to fail at" in answer) == (acceptable == 0.79)
    assert "to inconclusive at" not in answer
