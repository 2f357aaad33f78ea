"""Rules that once could be turned round without a test that noticed: each with a value on either side."""

import datetime
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from generator.estimates.features import grade
from generator.stats.cluster import ar1_day_variance
from generator.subjects.charts import _plan
from generator.subjects.drift._severity import _combined
from generator.subjects.limits.quantities import Limit
from generator.subjects.limits.readings import fires_now, read_series
from generator.subjects.limits.series import Series
from generator.subjects.verdict.conditions import run as conditions
from generator.subjects.verdict.gates import run as gates
from tests.subjects import case

DAYS = tuple(datetime.date(2026, 3, 1) + datetime.timedelta(days=day) for day in range(10))


@pytest.mark.parametrize(
    ("point", "lower", "level"), [(9.0, 0.9, 1), (9.0, 1.1, 2), (9.0, 2.4, 2), (9.0, 2.6, 3), (0.9, 0.5, 0)]
)
def test_severity_goes_by_the_lower_bound_and_not_by_the_estimate(point: float, lower: float, level: int) -> None:
    assert grade(np.array([point]), np.array([lower]), np.array([0.001]))[0] == level


def test_a_feature_of_two_tests_pays_for_both_and_one_of_one_test_for_one() -> None:
    found = _combined(np.array([0.03]), np.array([0.5, 0.03, np.nan]))
    assert found[:2] == pytest.approx([0.06, 0.03]) and np.isnan(found[2])


@pytest.mark.parametrize(("newest", "fires"), [((9.0, 11.0), False), ((11.0, 11.0), True), ((11.0, 9.0), False)])
def test_a_rule_that_asks_for_two_days_in_a_row_does_not_fire_now_on_one(
    newest: tuple[float, float], fires: bool
) -> None:
    values = (*(9.0,) * 8, *newest)
    series = Series(metric="rmse", days=DAYS, values=values, rows=(500.0,) * 10, pool="root mean square")
    threshold = case.fact("alerts.rmse.red.threshold", 10.0)
    limit = Limit(metric="rmse", features="none", operator=">", threshold=threshold, window_days=1, consecutive=2)
    assert fires_now(read_series(limit, series, case.project(), "now"), "fires").value is fires


def test_recent_days_that_fail_hold_back_full_traffic_and_nothing_more() -> None:
    evidence = case.evidence(case.fact("performance.rmse.recent", 10.5, low=10.1, high=10.9, n=5_000))
    judged = gates(case.pricing(), evidence, case.BEFORE)
    rows = case.rows(conditions(case.pricing(), evidence, judged), "conditions.all")
    recent = [case.plain(row["blocks"]) for row in rows if "Recent" in case.plain(row["must"])]
    assert recent == ["full traffic"]


def test_a_budget_of_false_alarms_is_kept_and_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """False alarms fall with the penalty: the least penalty that keeps the budget is looked for."""

    def dearer(every: Any, penalty: float) -> Any:
        return tuple(
            SimpleNamespace(one=one.one, seen=SimpleNamespace(per_year=24.0 / (1.0 + penalty))) for one in every
        )

    monkeypatch.setattr(_plan, "_dearer", dearer)
    every: Any = dearer([SimpleNamespace(one=SimpleNamespace(id="rmse"))], 0.0)
    kept = _plan.within_budget(every, frozenset({"rmse"}), 0.5)
    per_month = sum(one.seen.per_year for one in kept if one.seen) / 12
    assert 0.49 < per_month <= 0.5


def test_days_that_resemble_one_another_tell_less_than_as_many_independent_ones() -> None:
    rng = np.random.default_rng(3)
    alike = np.zeros(200)
    for day in range(1, 200):
        alike[day] = 0.7 * alike[day - 1] + rng.normal()
    alone = rng.permutation(alike)
    carried, dropped = ar1_day_variance(alike), ar1_day_variance(alone)
    assert carried.phi > 0.5 and carried.d_eff < 0.4 * dropped.d_eff
    assert carried.se2 > 2.0 * dropped.se2
