"""The gates of promotion: the whole range within the margin passes, none of it fails, the rest is open."""

import pytest

from generator.records import project as p
from generator.subjects.successor import promotion
from tests.subjects import case

SEGMENT = p.SegmentLimit(segment="tier", level="premium", acceptable=12.0)


def decided(gain=(-0.03, -0.05, -0.01), premium=(0.0, -0.02, 0.02), farther=(-0.1, -0.2, 0.0), time=20.0, scored=900):
    facts = [
        case.fact("previous.scored_rows", scored),
        case.fact("performance.rmse.previous", 10.0, unit="USD"),
        case.fact("inference.one_row.p99", time, unit="ms"),
        case.fact("features.latency.headroom", 50.0, unit="ms"),
    ]
    for id, ends in (
        ("performance.gain.previous", gain),
        ("successor.tier.premium.gain", premium),
        ("successor.level.farther", farther),
    ):
        facts.append(case.fact(id, ends[0], low=ends[1], high=ends[2]))
    settings = case.project(objectives=p.Objectives(critical_segments=(SEGMENT,)))
    made = promotion.run(settings, case.found(facts=tuple(facts)), case.BEFORE)
    table = next(table for table in made.tables if table.id == "successor.gates")
    promote = next(fact for fact in made.facts if fact.id == "successor.promote")
    return [row["status"].word for row in table.records], promote, table


def test_a_version_that_is_no_worse_anywhere_may_serve():
    words, promote, table = decided()
    assert words == ["pass"] * 4 and promote.value is True
    assert [row["margin"].value for row in table.records] == [0.05, 0.05, 0.5, 50.0]


@pytest.mark.parametrize(
    ("change", "place", "word", "may"),
    [
        ({"gain": (0.08, 0.06, 0.1)}, 0, "fail", False),
        ({"gain": (0.04, 0.0, 0.08)}, 0, "inconclusive", None),
        ({"premium": (0.2, 0.1, 0.3)}, 1, "fail", False),
        ({"premium": (0.2, 0.1, 0.3), "time": None}, 1, "fail", False),
        ({"farther": (0.9, 0.8, 1.0)}, 2, "fail", False),
        ({"time": 51.0}, 3, "fail", False),
        ({"time": None}, 3, "inconclusive", None),
    ],
)
def test_one_gate_decides(change, place, word, may):
    words, promote, _ = decided(**change)
    assert words[place] == word and promote.value is may


def test_without_a_version_that_was_scored_there_is_nothing_to_hold_against():
    words, promote, table = decided(scored=None)
    assert words == [] and promote.value is None and "no previous version" in table.reason
