"""What stands beside the rules: limits on segments and the loss budget are alerts, by day, as all others are."""

import datetime
from dataclasses import replace
from typing import Any

import pytest

from generator.estimates.pairs import Day
from generator.records import project as p
from generator.records.decision import Decisions
from generator.records.evidence import Evidence
from generator.subjects.alerts.alerts import run
from generator.subjects.kit.known import known
from generator.subjects.limits.watched import instead, watched_levels
from generator.subjects.segments.found import LimitCourse, Limited
from generator.subjects.windows.found import DayWindow, Recent, TeamLevel, Turned
from tests.subjects import case

TOP = p.SegmentLimit(segment="tier", level="top", acceptable=12.0, why="most of the revenue")


def errors(jump: float = 0.0, base: float = 6.2) -> Evidence:
    """The pricing evidence in which the mean error is that of validation, and `jump` more on the last ten days."""
    levels = [base] * 20 + [base + jump] * 10
    days = [
        case.fact(f"performance.daily.{name}.{day.isoformat()}", value, unit="money")
        for day, level in zip(case.DAYS, levels, strict=True)
        for name, value in (("rmse", level / 0.75), ("mae", level), ("rows", 500.0))
    ]
    return case.evidence(*days)


def followed(evidence: Evidence, *levels: float) -> Evidence:
    """The evidence with the error of one segment over ten days, on the last days."""
    days = tuple(
        Day(
            date=day,
            rows=case.fact(f"segments.tier.top.rmse_limited_rows.{day}", 900, unit="rows"),
            values={"rmse": case.fact(f"segments.tier.top.rmse_limited.{day}", level, unit="money")},
        )
        for day, level in zip(case.DAYS[-len(levels) :], levels, strict=True)
    )
    course = LimitCourse(segment="tier", level="top", metric="rmse", days=days)
    limited = Limited(window=case.fact("segments.limited.window", 10, unit="days"), courses=(course,))
    return replace(evidence, shelf=evidence.shelf.added(limited))


def decided(evidence: Evidence, *limits: p.SegmentLimit, **alerts: Any) -> Decisions:
    objectives = replace(case.OBJECTIVES, critical_segments=limits)
    return run(case.pricing(objectives=objectives, alerts=replace(case.ALERTS, **alerts)), evidence, case.BEFORE)


def row(found: Decisions, id: str, table: str = "alerts.further") -> dict[str, Any]:
    return next(one for one in case.rows(found, table) if one["id"] == id)


@pytest.mark.parametrize(("last", "word"), [(13.0, "firing now"), (12.0, "quiet")])
def test_a_limit_on_a_segment_is_an_alert_of_the_summary(last: float, word: str) -> None:
    found = decided(followed(case.evidence(), 11.0, 11.5, last), TOP)
    told = row(found, "segment-top")
    assert (told["kind"], told["severity"], told["status"].word) == ("condition", "daily summary", word)
    assert case.plain(told["limits"]) == "daily summary > 12.00" and told["current"].value == last
    assert "10" in case.plain(told["window"]) and case.plain(told["why"]) == "most of the revenue"
    (alert,) = [one for one in found.alerts if one.id == "segment-top"]
    assert (alert.scope, alert.kind, alert.window_days) == ("tier top", "condition", 10)
    assert alert.levels[0].fired_on == ((case.DAYS[-1],) if word == "firing now" else ())
    assert row(found, "segment-top-red", "alerts.rules")["severity"] == "P4"
    days = [one["date"] for one in case.rows(found, "alerts.values") if one["id"] == "segment-top"]
    assert days == [day.isoformat() for day in case.DAYS[-3:]]


def test_limits_that_would_be_called_alike_are_told_apart() -> None:
    other = replace(TOP, segment="kind of shop", metric="mae")
    taken = p.Rule(id="segment-top", metric="rmse", red=1)
    project = case.pricing(
        objectives=replace(case.OBJECTIVES, critical_segments=(TOP, other, other)),
        alerts=replace(case.ALERTS, rules=(taken,)),
    )
    names = [one.rule.id for one in watched_levels(known(followed(case.evidence(), 11.0), case.BEFORE), project)]
    assert names[1:4] == ["segment-tier-top-rmse", "segment-kind-of-shop-top-mae", "segment-kind-of-shop-top-mae-2"]


def test_without_a_window_no_limit_on_a_segment_is_watched() -> None:
    assert [one.id for one in decided(case.evidence(), TOP).alerts if one.id.startswith("segment")] == []


def test_the_loss_budget_is_what_the_acceptable_level_would_lose() -> None:
    month = 6.2 * (10 / 8.2 - 1) * 500 * 0.02 * 30
    found = decided(errors(jump=6.2 * (10 / 8.2 - 1)))
    assert case.value(found, "alerts.loss_budget.month") == pytest.approx(month)
    assert case.value(found, "alerts.loss-budget.current") == pytest.approx(1.0)
    stated = decided(errors(jump=2.0), loss_budget_per_month=1_000.0)
    assert case.value(stated, "alerts.loss_budget.month") == 1_000
    assert case.value(stated, "alerts.loss-budget.current") == pytest.approx(2.0 * 500 * 0.02 * 30 / 1_000)


def test_the_loss_budget_is_an_alert_on_the_days_on_which_it_is_spent_too_fast() -> None:
    found = decided(errors(jump=2.0), loss_budget_per_month=500.0)
    told = row(found, "loss-budget")
    assert (told["kind"], told["status"].word) == ("condition", "firing now")
    (alert,) = [one for one in found.alerts if one.id == "loss-budget"]
    fired = [day for day in case.DAYS if day >= datetime.date(2026, 3, 23)]
    assert list(alert.levels[0].fired_on) == fired
    quiet = decided(errors(), loss_budget_per_month=500.0)
    assert row(quiet, "loss-budget")["status"].word == "quiet"


def test_the_loss_budget_of_weekly_rows_is_spent_by_the_week() -> None:
    days, weeks = (decided(case.spaced(errors(jump=1.2), step)) for step in (1, 7))
    assert case.value(weeks, "alerts.loss-budget.current") == pytest.approx(
        case.value(days, "alerts.loss-budget.current")
    )
    month = "alerts.loss_budget.month"
    assert case.value(weeks, month) == pytest.approx(case.value(days, month) / 7)


def test_a_rule_of_the_team_on_the_loss_takes_the_place_of_the_usual_one() -> None:
    own = p.Rule(id="loss", metric="loss_pace", yellow=2.0, red=5.0, window_days=7)
    found = decided(errors(jump=2.0), rules=(own,), loss_budget_per_month=500.0)
    assert [one.id for one in found.alerts] == ["loss", "retrain-error"]
    assert found.alerts[0].levels[0].severity == "P3" and found.alerts[0].kind == "alert"
    unknown = run(case.project(alerts=p.Alerts(rules=(own,))), errors(), case.BEFORE)
    assert "loss budget" in case.known(unknown, "alerts.loss.current").reason


def test_without_a_price_there_is_no_loss_budget() -> None:
    found = run(case.project(), case.NOTHING, case.BEFORE)
    assert case.known(found, "alerts.loss_budget.month").value is None and found.alerts == ()


ASKS = p.Trigger(
    id="error", metric="rmse", threshold=10, window_days=7, minimum_n=2000, action="Retrain", approver="Ann"
)


@pytest.mark.parametrize(("level", "word"), [(9.0, "firing now"), (6.2, "quiet")])
def test_a_trigger_is_a_rule_of_the_summary_with_what_it_asks(level: float, word: str) -> None:
    alerts = replace(case.ALERTS, channels=p.Channels(daily_summary="a mail"))
    project = case.pricing(retraining=p.Retraining(triggers=(ASKS,)), alerts=alerts)
    found = run(project, errors(base=level), case.BEFORE)
    told = row(found, "retrain-error")
    assert (told["kind"], told["status"].word, told["receiver"]) == ("condition", word, "a mail")
    assert case.plain(told["limits"]) == "daily summary > 10" and case.plain(told["owner"]) == "Ann: Retrain"
    assert row(found, "retrain-error-yellow", "alerts.rules")["severity"] == "P4"
    (alert,) = [one for one in found.alerts if one.id == "retrain-error"]
    assert (alert.window_days, alert.minimum_n) == (7, 2000)


def test_a_relative_trigger_has_its_limit_in_the_unit_of_its_metric() -> None:
    above = replace(ASKS, threshold=0.25, relative_to="validation")
    found = run(case.pricing(retraining=p.Retraining(triggers=(above,))), errors(), case.BEFORE)
    assert case.value(found, "alerts.retrain-error.yellow.threshold") == pytest.approx(8.2 * 1.25)


def test_a_trigger_of_which_no_row_tells_is_no_rule() -> None:
    blind = replace(ASKS, metric="revenue")
    found = run(case.pricing(retraining=p.Retraining(triggers=(blind,))), errors(), case.BEFORE)
    assert not [one.id for one in found.alerts if one.id.startswith("retrain")]


def share_of_top(share: float) -> Evidence:
    """The evidence in which one level holds this share of the recent rows."""
    turned = Turned(
        earlier=case.fact("e", 10, unit="money"),
        recent=case.fact("r", 13, unit="money", n=round(1000 * share)),
        change=case.fact("c", 0.3),
    )
    top = TeamLevel(segment="tier", name="top", turned=turned, proven=True, worse=True)
    window = DayWindow(**{key: case.fact(f"w.{key}", 1000, unit="rows") for key in ("start", "end", "days", "rows")})
    evidence = followed(case.evidence(), 13.0)
    recent = replace(evidence.shelf[Recent], windows={"recent": window}, levels=(top,))
    return replace(evidence, shelf=evidence.shelf.added(recent))


@pytest.mark.parametrize(("share", "begins"), [(0.256, "too many cases for"), (0.1, "leave top")])
def test_a_segment_is_not_taken_out_beyond_what_its_mode_may(share: float, begins: str) -> None:
    plan = p.Rollback(degraded_modes=(p.Mode(name="Off", most=0.2),))
    found = instead(TOP, known(share_of_top(share), case.BEFORE), case.pricing(rollback=plan))
    assert found.startswith(begins)
