import pytest

from generator.records import project as p
from generator.records.decision import Gate
from generator.records.fact import Fact
from generator.subjects.verdict.gates import run
from tests.subjects import case

PREMIUM = p.SegmentLimit(segment="tier", level="premium", acceptable=12)


def window(stem: str, recent: tuple[float, float, float], chance: float, *, material: bool = True) -> tuple[Fact, ...]:
    value, low, high = recent
    return (
        case.fact(f"{stem}recent", value, low=low, high=high, n=1_281),
        case.fact(f"{stem}earlier", 10.7, low=10.0, high=11.5, n=2_567),
        case.fact(f"{stem}recent_change", value / 10.7 - 1),
        case.fact(f"{stem}recent_p", chance),
        case.fact(f"{stem}recent_material", material, unit="flag"),
    )


def gate(*facts: Fact, metrics: tuple[p.Objective, ...] = ()) -> Gate:
    objectives = p.Objectives(metrics=metrics, critical_segments=(PREMIUM,))
    whole = case.fact("segments.tier.premium.rmse", 11.75, low=10.96, high=12.61, n=3_848)
    found = run(case.project(objectives=objectives), case.evidence(whole, *facts), case.BEFORE).gates
    return next(one for one in found if one.id == "segment.tier.premium")


STEM = "segments.tier.premium.rmse_"
FAILS, PASSES = (13.63, 12.76, 14.58), (10.0, 9.5, 10.5)


def test_a_segment_that_fails_in_the_recent_days_fails_where_the_change_is_proven():
    found = gate(*window(STEM, FAILS, 0.001))
    assert (found.verdict, found.value.value, found.window) == ("fail", 13.63, "recent days")
    assert "judged on the recent days" in case.plain(found.why)


@pytest.mark.parametrize(("chance", "material"), [(0.06, True), (0.001, False)])
def test_without_chance_or_margin_the_whole_period_stands(chance: float, material: bool):
    found = gate(*window(STEM, FAILS, chance, material=material))
    assert (found.verdict, found.value.value, found.window) == ("inconclusive", 11.75, "whole period")


def test_a_recovery_does_not_lift_a_verdict():
    assert gate(*window(STEM, PASSES, 0.001)).verdict == "inconclusive"


def test_of_equal_verdicts_the_one_with_less_room_is_printed():
    nearer, farther = (11.9, 11.0, 12.9), (11.5, 10.9, 12.2)
    assert gate(*window(STEM, nearer, 0.001)).value.value == 11.9
    assert gate(*window(STEM, farther, 0.001)).value.value == 11.75


def test_chance_is_shared_among_the_gates():
    """0.04 is beyond chance alone, not as one of three."""
    others = tuple(p.Objective(metric=name, acceptable=10.0) for name in ("rmse", "mae"))
    quiet = (fact for name in ("rmse", "mae") for fact in window(f"performance.{name}.", PASSES, 0.9))
    assert gate(*window(STEM, FAILS, 0.04)).verdict == "fail"
    assert gate(*window(STEM, FAILS, 0.04), *quiet, metrics=others).verdict == "inconclusive"
