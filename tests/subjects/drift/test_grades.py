"""What makes a change of a feature watched, confirmed or severe: the rules themselves, on either side of each limit."""

import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from generator.estimates.features import (
    FeatureEstimates,
    Groups,
    grade,
    measured,
    reference_variance,
    rows_per_entity,
    share_of,
)
from generator.records.project import DriftPolicy
from generator.subjects.drift import _severity as severity


def test_a_change_is_as_likely_as_its_spread_makes_it_and_certain_without_any() -> None:
    """With 11 groups Student's t has ten degrees of freedom: beyond 2.228 in one case of twenty."""
    value, se = np.array([2.228, 1.0, 0.0, 0.5, 0.0, math.nan, 1.0]), np.array([1.0, 1, 1, 0, 0, 1, math.nan])
    p = Groups(count=11, entities=True).p_values(FeatureEstimates(value=value, se=se))
    assert p[0] == pytest.approx(0.05, abs=1e-4) and p[1] == pytest.approx(0.3409, abs=1e-4)
    assert p[2:5].tolist() == [1.0, 0.0, 1.0] and np.isnan(p[5:]).all()


@pytest.mark.parametrize(
    ("count", "entities", "words"),
    [
        (0, True, "no interval: too few entities"),
        (0, False, "no interval: too few rows"),
        (32, True, "jackknife over 32 entity groups"),
        (32, False, "jackknife over 32 row groups"),
    ],
)
def test_an_interval_says_over_what_it_was_found(count: int, entities: bool, words: str) -> None:
    assert Groups(count=count, entities=entities).method == words


@pytest.mark.parametrize(
    ("point", "lower", "p", "level"),
    [
        (0.99, 0.5, 0.001, 0),
        (1.0, 0.5, 0.001, 1),
        (2.0, 0.99, 0.001, 1),
        (2.0, 1.0, 0.051, 1),
        (2.0, 1.0, 0.05, 2),
        (9.0, 2.49, 0.001, 2),
        (9.0, 2.5, 0.001, 3),
        (9.0, 2.5, 0.2, 1),
        (0.5, math.nan, math.nan, 0),
    ],
)
def test_the_lower_end_and_chance_grade_an_effect_and_the_value_alone_is_watched(
    point: float, lower: float, p: float, level: int
) -> None:
    assert grade(np.array([point]), np.array([lower]), np.array([p])).tolist() == [level]


def rows(count: float, entities: float | None) -> Any:
    return SimpleNamespace(rows=count, entities=None if entities is None else np.array([entities - 1, 1]))


@pytest.mark.parametrize(
    ("variance", "carried"), [(1.0, 2.0), (0.5, 2.0), (3.0, 10.0), (5.0, 18.0), (50.0, 18.0), (math.nan, math.nan)]
)
def test_how_alike_the_rows_of_an_entity_are_is_carried_over_to_the_reference(variance: float, carried: float) -> None:
    """Five rows an entity that vary by `variance` times what independent ones would; nine in the reference, each 2."""
    ledger: Any = SimpleNamespace(production=rows(100, 20), reference=rows(90, 10))
    found = reference_variance(ledger, np.array([variance]), np.array([1.0]), np.array([2.0]))
    assert found.tolist() == pytest.approx([carried], nan_ok=True)


def test_an_entity_has_one_row_at_least_and_rows_without_entities_are_their_own() -> None:
    assert [rows_per_entity(one) for one in (None, rows(90, None), rows(90, 10), rows(5, 10))] == [1.0, 1.0, 9.0, 1.0]


def test_a_share_has_the_interval_of_the_rows_that_its_spread_is_worth() -> None:
    """A fifth with a standard error of 0.04 is worth a hundred rows, of which twenty have it."""
    fact = share_of("x.y", 0.2, 0.04, n=5_000, label="x")
    assert (fact.value, fact.n) == (0.2, 5_000)
    assert (fact.low, fact.high) == pytest.approx((0.1334, 0.2888), abs=1e-4)
    for share, se in ((0.2, 0.0), (0.0, 0.04), (1.0, 0.04)):
        alone = share_of("x.y", share, se, n=5_000, label="x")
        assert (alone.value, alone.low, alone.high) == (share, None, None)


def test_a_half_width_goes_both_ways_and_without_it_the_ends_stand_as_given() -> None:
    around, given = measured("x.y", 5.0, half=2.0, label="x"), measured("x.y", 5.0, low=4.0, high=9.0, label="x")
    assert ((around.low, around.high), (given.low, given.high)) == ((3.0, 7.0), (4.0, 9.0))


def shift(mean: list[float], sd: list[float], **more: Any) -> Any:
    changes = {"mean_change": SimpleNamespace(value=np.array(mean)), "sd_change": SimpleNamespace(value=np.array(sd))}
    return SimpleNamespace(**changes, **more)


def test_what_a_team_calls_severe_is_beyond_its_limit_in_either_direction() -> None:
    """A critical feature has a limit of its own; yellow is what is beyond that of the mean and not severe."""
    means, sds = [0.2, -0.21, 0.06, 0.06, 0.0, 0.05, math.nan], [0.0, 0.0, 0.0, 0.0, -0.31, 0.3, math.nan]
    names = ("at", "beyond", "small", "critical", "spread", "within", "none", "text")
    policy = DriftPolicy(
        severe_mean_change=0.2, severe_sd_change=0.3, yellow_mean_change=0.05, critical_mean_change=0.055
    )
    found = severity._declared(names, shift(means, sds), policy, frozenset({"critical"}))
    assert found == ("yellow", "severe", "yellow", "severe", "severe", "within", "none", "none")
    assert set(severity._declared(names, shift(means, sds), DriftPolicy(), frozenset(names))) == {"none"}


@pytest.mark.parametrize(("yellow", "severe", "limit"), [(0.1, 0.2, 0.1), (None, 0.2, 0.2), (None, None, None)])
def test_the_chance_of_a_false_flag_is_that_of_the_lowest_limit(
    yellow: float | None, severe: float | None, limit: float | None
) -> None:
    """A mean of −50 whose gap has a standard error of 5: a tenth of it is one standard error."""
    policy = DriftPolicy(yellow_mean_change=yellow, severe_mean_change=severe)
    still = shift([0.0], [0.0], mean0=np.array([-50.0]), gap=SimpleNamespace(se=np.array([5.0])))
    assert severity.mean_limit(policy) == limit
    expected = {0.1: 0.3173, 0.2: 0.0455, None: math.nan}[limit]
    assert severity._false_flag(still, policy).tolist() == pytest.approx([expected], abs=1e-4, nan_ok=True)


def test_the_smaller_of_two_tests_counts_twice_and_none_gives_no_chance() -> None:
    """The first three features are numbers and have a test of their mean beside that of their bins."""
    means, bins = np.array([0.01, 0.3, math.nan]), np.array([0.2, 0.9, 0.04, 0.03, math.nan])
    found = severity._combined(means, bins)
    assert found.tolist() == pytest.approx([0.02, 0.6, 0.04, 0.03, math.nan], nan_ok=True)
    assert severity._combined(np.array([0.7]), np.array([0.8])).tolist() == [1.0]


def test_an_effect_is_felt_unless_all_of_its_interval_lies_below_the_margin() -> None:
    """Quantile 2: ends of |effect| at ± 2 standard errors, held against a margin of 1."""
    value, se = np.array([0.2, -0.2, -0.9, 0.4]), np.array([0.1, 0.1, 0.1, 0.3])
    parts = FeatureEstimates(value=value, se=se)
    impact: Any = SimpleNamespace(parts=parts, margin=1.0)
    assert severity._unfelt(impact, 2.0).tolist() == [True, True, False, False]
    assert severity._lower(parts, 0.5, 2.0).tolist() == pytest.approx([0.0, 0.0, 1.4, -0.4])
    endless = FeatureEstimates(value=np.array([math.inf, math.nan]), se=np.array([math.nan, math.nan]))
    assert severity._lower(endless, 0.5, 2.0).tolist() == pytest.approx([math.inf, math.nan], nan_ok=True)


def test_features_stand_by_how_far_they_moved_and_those_of_which_nothing_is_known_last() -> None:
    found: Any = SimpleNamespace(size=np.array([0.2, math.nan, 0.9, 0.0, 0.2]))
    assert vars(severity.Drift)["order"].fget(found) == [2, 0, 4, 3, 1]
