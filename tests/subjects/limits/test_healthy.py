from typing import Any

import pytest

from generator.records.evidence import Evidence
from generator.subjects.alerts import _alert_levels as visible
from generator.subjects.kit.known import known
from generator.subjects.limits import healthy
from generator.subjects.limits.quantities import Limit
from tests.subjects import case


def limit(metric: Any, bound: float, *, operator: Any = ">", features: str = "none", window: int = 1) -> Limit:
    threshold = case.fact("t", bound)
    return Limit(metric=metric, features=features, operator=operator, threshold=threshold, window_days=window)


def chance(asked: Limit, evidence: Evidence, rows: float | None = 500) -> healthy.Chance:
    return healthy.healthy_breach(asked, rows, known(evidence, case.BEFORE), case.pricing())


REFERENCE = (
    *(case.fact(f"missing.{name}.{side}", 0.02) for name in case.FEATURES for side in ("reference", "production")),
    *(case.fact(f"missing.{name}.increase", 0.0) for name in case.FEATURES),
    *(case.fact(f"drift.{name}.psi", 0.3) for name in case.FEATURES),
)


@pytest.mark.parametrize(
    ("metric", "features", "low", "high"),
    [
        ("mae", "none", 6.2, 8.0),
        ("bias", "none", 0.1, 3.0),
        ("mean_change", "each", 0.001, 0.5),
        ("mean_change", "mean", 0.001, 0.5),
        ("sd_change", "each", 0.001, 0.9),
        ("psi", "each", 0.001, 0.5),
        ("missing", "each", 0.02, 0.2),
        ("missing", "mean", 0.02, 0.2),
        ("missing_points", "each", 0.0, 0.2),
        ("unseen", "none", 0.001, 0.5),
    ],
)
def test_a_tight_limit_is_breached_by_chance_and_a_loose_one_is_not(
    metric: str, features: str, low: float, high: float
) -> None:
    new = case.table("unseen.features", "feature expected", ("brand", case.fact("u", 0.01)))
    evidence = case.evidence(*REFERENCE, tables=(new,))
    tight, loose = (chance(limit(metric, bound, features=features), evidence) for bound in (low, high))
    assert tight.value is not None and tight.value > 0.3 and tight.method
    assert loose.value is not None and loose.value < healthy.NEVER


def test_what_is_not_known_has_a_reason_and_no_chance() -> None:
    for metric in ("rmse", "mae", "bias", "rows", "mean_change", "missing", "unseen", "revenue"):
        found = chance(limit(metric, 1.0), case.NOTHING)
        assert found.value is None and found.reason, metric
    assert chance(limit("rmse", 10), case.evidence(), rows=None).reason == "the number of rows a day is not known"
    assert chance(limit("rmse", 10, operator="<"), case.evidence()).reason == "worked out for rises only"


def test_a_longer_window_holds_more_rows_but_repeated_entities_count_less() -> None:
    at = known(case.evidence(), case.BEFORE)
    day, month = (healthy.setting(limit("rmse", 10, window=days), 10, 500, at, case.pricing()) for days in (1, 30))
    assert (day.rows, day.design_effect) == (500, 1.0)
    assert month.rows == 15_000 and month.design_effect == pytest.approx(6.0)


@pytest.mark.parametrize("metric", ["rmse", "mae", "missing", "mean_change"])
def test_a_metric_on_its_limit_is_seen_on_every_second_day(metric: str) -> None:
    bound = 0.25 if metric in ("missing", "mean_change") else 10.0
    asked = limit(metric, bound, features="none")
    at = healthy.setting(asked, bound, 500, known(case.evidence(), case.BEFORE), case.pricing())
    row = 1 / 500 if metric == "missing" else 1e-6  # of whole rows, one alone lies on the limit
    assert visible.seen_at(at, bound) == pytest.approx(0.5, abs=0.03)
    assert visible.shown_level(at, 0.5) == pytest.approx(bound, abs=row)
    assert (visible.shown_level(at, 0.8) or 0) > bound


def test_more_missing_values_count_from_the_rate_of_the_reference() -> None:
    asked, at = limit("missing_points", 0.1, features="each"), known(case.evidence(*REFERENCE), case.BEFORE)
    where = healthy.setting(asked, 0.1, 500, at, case.pricing())
    assert visible.seen_at(where, 0.1) == pytest.approx(0.5, abs=0.05)
    assert visible.shown_level(where, 0.5) == pytest.approx(0.1, abs=1 / 500)


@pytest.mark.parametrize(("mae", "seen"), [(8.0, True), (8.2, False), (12.0, False)])
def test_the_spread_of_absolute_errors_is_what_the_squared_ones_leave(mae: float, seen: bool) -> None:
    """An absolute error that is not below the typical one is of other rows, and tells no spread."""
    evidence = case.evidence(case.fact("performance.mae.validation", mae))
    where = healthy.setting(limit("mae", 10), 10, 500, known(evidence, case.BEFORE), case.pricing())
    assert (visible.seen_at(where, 11) is not None) is (visible.shown_level(where, 0.8) is not None) is seen


def test_a_metric_of_unknown_spread_is_not_said_to_be_seen() -> None:
    at = healthy.setting(limit("revenue", 1), 1, 500, known(case.NOTHING, case.BEFORE), case.project())
    assert visible.seen_at(at, 1) is None and visible.shown_level(at, 0.8) is None


@pytest.mark.parametrize(("metric", "features"), [("missing", "each"), ("unseen", "none"), ("rows", "none")])
def test_without_any_spread_no_chance_is_told(metric: str, features: str) -> None:
    none = tuple(
        case.fact(f"missing.{name}.{side}", 0.0) for name in case.FEATURES for side in ("reference", "production")
    )
    new = case.table("unseen.features", "feature expected", ("brand", case.fact("u", 0.0)))
    found = chance(limit(metric, 0.1, features=features), case.evidence(*none, tables=(new,)))
    assert found.value is None and found.reason.startswith("cannot be told")


def test_the_volume_is_told_where_it_varies_and_on_enough_days() -> None:
    days = [case.fact(f"performance.daily.rows.{day}", 480.0 + 20 * (place % 3)) for place, day in enumerate(case.DAYS)]
    varied = case.evidence(*days)
    tight, loose = (chance(limit("rows", bound, operator="<"), varied) for bound in (495.0, 400.0))
    assert tight.value is not None and 0.3 < tight.value < 0.6
    assert loose.value is not None and loose.value < healthy.NEVER
    few = case.found(facts=tuple(days[:7]))
    assert "too few" in chance(limit("rows", 495.0, operator="<"), few).reason


def test_windows_of_many_rows_are_not_simulated_and_agree_with_what_is() -> None:
    wide = case.evidence(case.fact("data.production.entities", 1_000_000_000))
    many, few = (chance(limit("rmse", 8.2), wide, rows) for rows in (2_000_000_000, 40_000))
    assert many.error == 0.0 < few.error
    assert many.value == pytest.approx(0.5, abs=0.01) and few.value == pytest.approx(0.5, abs=0.02)
