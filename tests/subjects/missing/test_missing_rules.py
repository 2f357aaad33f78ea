"""When a missing rate is over a declared limit, and how grave a rise is, on either side of each limit."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from generator.estimates.features import FeatureEstimates, Groups
from generator.records import project as p
from generator.records.table import Mark
from generator.subjects.missing import missing as rules
from tests.subjects import case


def rates(share: list[float], rise: list[float], *, before: float = 0.02, se: float = 0.0) -> Any:
    spread = np.full(len(rise), se)
    return SimpleNamespace(
        production=FeatureEstimates(value=np.array(share), se=spread),
        increase=FeatureEstimates(value=np.array(rise), se=spread),
        reference=FeatureEstimates(value=np.full(len(rise), before), se=spread),
    )


@pytest.mark.parametrize(
    ("share", "rise", "status"),
    [
        (0.15, 0.0, "ok"),
        (0.151, 0.0, "red"),
        (0.05, 0.1, "ok"),
        (0.05, 0.11, "yellow"),
        (0.2, 0.2, "red"),
    ],
)
def test_the_policy_is_over_beyond_its_limit_only_and_red_comes_first(share: float, rise: float, status: str) -> None:
    project = case.project(policies=p.Policies(missing=p.MissingPolicy(flag_points=0.1, red=0.15)))
    (mark,) = rules._flags(project, ("a",), rates([share], [rise]))
    assert mark.status == status


@pytest.mark.parametrize(("share", "status"), [(0.01, "ok"), (0.03, "yellow"), (0.06, "red")])
def test_a_feature_has_limits_of_its_own(share: float, status: str) -> None:
    own = p.Feature(name="a", missing_alert=0.02, missing_stop=0.05)
    project = case.project(data=p.Data(production="x", target="y", features=(own,)))
    marks = list(rules._flags(project, ("a", "b"), rates([share, share], [0.5, 0.5])))
    assert [one.status for one in marks] == [status, "info"]


RISES = {
    0.0: {0.0049: 0, 0.005: 2, 0.049: 2, 0.05: 3},
    0.01: {0.0099: 0, 0.01: 2, 0.049: 2, 0.0501: 3},
    0.5: {0.0199: 0, 0.02: 2, 0.049: 2, 0.05: 3},
}


@pytest.mark.parametrize(("before", "rise"), [(before, rise) for before, rises in RISES.items() for rise in rises])
def test_a_rise_counts_from_what_was_missing_before_and_is_severe_from_a_twentieth_of_the_rows(
    before: float, rise: float
) -> None:
    """Without spread the rise is certain: its margin is the rate before, at least half a point and at most two."""
    found = rules._grades(rates([before + rise], [rise], before=before), 1, Groups(count=11, entities=True))
    assert found.tolist() == [RISES[before][rise]]


@pytest.mark.parametrize(("se", "grade"), [(0.04, 2), (0.045, 1)])
def test_the_lower_end_of_a_rise_has_to_reach_its_margin(se: float, grade: int) -> None:
    """Eleven groups: a rise of 0.1 less 1.812 standard errors, against a margin of 0.02."""
    found = rules._grades(rates([0.6], [0.1], before=0.5, se=se), 1, Groups(count=11, entities=True))
    assert found.tolist() == [grade]


def of_three(**more: Any) -> rules.Missing:
    """Three features, of which the last has most gaps; the last value of the rates is that of all together."""
    found = rates([0.1, 0.15, 0.2, 0.15], [0.0, 0.1, 0.2, 0.1])
    every: Any = SimpleNamespace(**vars(found), **{"rows0": 900.0, "rows1": 400.0, "reason": ""} | more)
    project = case.project(policies=p.Policies(missing=p.MissingPolicy(flag_points=0.05, red=0.15)))
    return rules.Missing(
        names=("a", "b", "c"),
        groups=Groups(count=11, entities=True),
        rates=every,
        grades=np.array([1, 2, 3]),
        flags=tuple(rules._flags(project, ("a", "b", "c"), every)),
    )


def test_features_are_counted_by_what_is_declared_and_by_what_is_proven() -> None:
    counts = {one.id: one.value for one in rules._counts(of_three(), p.MissingPolicy(flag_points=0.05, red=0.15))}
    assert [counts[f"missing.count.{key}"] for key in ("flagged", "red", "confirmed")] == [2, 1, 2]
    assert (counts["missing.largest.name"], counts["missing.largest.production"]) == ("c", 0.2)
    none = {one.id: one for one in rules._counts(of_three(rows0=0.0), p.MissingPolicy())}
    assert none["missing.count.red"].value is none["missing.count.confirmed"].value is None
    assert none["missing.count.flagged"].value == 2


def test_a_share_of_gaps_is_told_with_the_rows_and_the_name_of_its_side() -> None:
    first, second = rules._overall(of_three())
    assert (first.value, first.n, second.value, second.n) == (0.02, 900.0, 0.15, 400.0)
    assert first.label.endswith("in training") and second.label.endswith("in production")
    of_a = {one.id: (one.value, one.n) for one in rules._facts(of_three()) if one.id.startswith("missing.c.")}
    assert [of_a[f"missing.c.{side}"] for side in ("reference", "production")] == [(0.02, 900.0), (0.2, 400.0)]


def told(grades: list[int]) -> list[tuple[str, str]]:
    """The findings of features of these grades, the first of which has risen most."""
    rises = [0.5 - 0.01 * place for place in range(len(grades))]
    every: Any = SimpleNamespace(**vars(rates([*rises, 0.1], [*rises, 0.1])), rows0=900.0, rows1=400.0, reason="")
    names = tuple(f"f{place}" for place in range(len(grades)))
    flags = tuple(Mark(status="ok", word="") for _ in names)
    groups = Groups(count=11, entities=True)
    found = rules.Missing(names=names, groups=groups, rates=every, grades=np.array(grades), flags=flags)
    assert rules._flagged(found) == [place for place, grade in enumerate(grades) if grade >= 2]
    facts = {one.id: one for one in rules._facts(found)}
    return [(one.subject, one.severity) for one in rules._findings(found, facts)]


def test_five_rises_are_told_each_and_more_than_one_other_together_by_the_gravest() -> None:
    assert told([3, 1, 2, 0]) == [("f0", "severe"), ("f2", "confirmed")]
    assert [subject for subject, _ in told([2] * 6)] == [f"f{place}" for place in range(6)]
    for rest, severity in (([2, 3], "severe"), ([3, 2], "severe"), ([2, 2, 1], "confirmed")):
        found = told([2] * 5 + rest)
        assert len(found) == 6 and found[-1] == ("other features", severity)
