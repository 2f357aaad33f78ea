import datetime
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from generator.records import project as p
from generator.records.decision import Decisions
from generator.records.evidence import Evidence
from generator.records.fact import Fact
from generator.subjects.alerts import alerts
from generator.subjects.charts._choice import Choice
from generator.subjects.charts._reach import _reach
from generator.subjects.charts.plan import run
from tests.subjects import case

COSTS = {"false_alarm_hours": 2, "incidents_per_year": 4}
RISKS = (
    p.Risk(
        id="drift",
        title="Silent drift",
        likelihood=3,
        impact=3,
        kind="drift",
        incidents_per_year=3,
        loss_per_incident=9_000,
    ),
    p.Risk(
        id="feed",
        title="Empty feed",
        likelihood=3,
        impact=3,
        kind="pipeline",
        incidents_per_year=4,
        loss_per_day=500,
        found_after_days=10,
    ),
)


def noisy(jump: float = 0.0, first: int = 20) -> Evidence:
    """Return the pricing evidence with an error that scatters around validation, `jump` higher from day `first` on."""
    rng = np.random.default_rng(5)
    course = 8.2 * np.exp(0.05 * rng.standard_normal(30)) + np.where(np.arange(30) >= first, jump, 0.0)
    days = [
        case.fact(f"performance.daily.{name}.{day.isoformat()}", float(value), unit="money")
        for day, rmse in zip(case.DAYS, course, strict=True)
        for name, value in (("rmse", rmse), ("mae", rmse * 0.75), ("bias", rng.normal(0, 0.3)), ("rows", 500.0))
    ]
    return case.evidence(*days)


def decided(evidence: Evidence, alerts: dict[str, Any] | None = None, **settings: Any) -> Decisions:
    return run(case.pricing(alerts=replace(case.ALERTS, **(alerts or {})), **settings), evidence, case.BEFORE)


def test_nothing_declared_and_nothing_measured() -> None:
    found = run(case.project(), case.NOTHING, case.BEFORE)
    reasons = {table.id: table.reason for table in found.tables}
    assert reasons["alerts.designed"] == reasons["alerts.charts"] == "no metric has a daily series"
    assert "false_alarm" in reasons["alerts.choice"]


def test_a_shift_that_matters_fires_the_chart_and_quiet_days_do_not() -> None:
    quiet, shifted = decided(noisy()), decided(noisy(jump=1.5))
    assert case.value(quiet, "alerts.rmse.designed.days_fired") == 0
    assert case.value(quiet, "alerts.rmse.designed.state") < 1
    assert 7 <= case.value(shifted, "alerts.rmse.designed.days_fired") <= 10
    assert case.value(shifted, "alerts.rmse.designed.first_fired") > case.DAYS[19]
    assert case.value(shifted, "alerts.rmse.designed.provisional") is True


def test_without_costs_the_chart_keeps_one_false_alarm_a_year_and_says_why_there_is_no_price() -> None:
    found = decided(noisy())
    fact = case.known(found, "alerts.rmse.designed.false_alarms_per_month")
    assert fact.value == pytest.approx(1 / 12, rel=0.1)
    assert fact.origin == "simulated" and fact.low is not None and fact.low < 1 / 12 < (fact.high or 0)
    assert "false_alarm_cost" in case.known(found, "alerts.rmse.designed.cost_per_year").reason


def test_materiality_is_where_acting_costs_less_than_waiting() -> None:
    found = decided(noisy())
    assert case.value(found, "alerts.materiality.mae") == pytest.approx(6.2 + 350 / (500 * 0.02 * 30))
    ratio = case.value(found, "alerts.materiality.mae") / 6.2
    assert case.value(found, "alerts.materiality.headline") == pytest.approx(8.2 * ratio)
    assert case.value(found, "alerts.materiality.loss_per_day") == pytest.approx(350 / 30)
    assert case.value(found, "alerts.rmse.designed.material") == pytest.approx(8.2 * ratio)


def test_without_money_the_lowest_declared_level_matters() -> None:
    found = decided(noisy(), business=p.Business())
    assert case.value(found, "alerts.rmse.designed.material") == 9.5
    assert "loss_per_unit_error" in case.known(found, "alerts.materiality.mae").reason


def test_the_cheapest_limit_costs_no_more_than_the_declared_rule_or_other_limits() -> None:
    found = decided(noisy(), COSTS)
    own = case.value(found, "alerts.rmse.designed.cost_per_year")
    theirs = case.value(found, "alerts.rmse.yellow.compared.cost_per_year")
    assert case.value(found, "alerts.rmse.designed.saving_per_year") == pytest.approx(theirs - own)
    dear = decided(noisy(), {**COSTS, "false_alarm_cost": 30_000.0})
    assert case.value(dear, "alerts.rmse.designed.threshold") > case.value(found, "alerts.rmse.designed.threshold")


def test_no_incident_seen_is_not_none_to_come() -> None:
    fact = case.known(decided(noisy()), "alerts.rate.incidents")
    assert fact.value == pytest.approx(365 * 0.5 / 30)
    assert fact.high is not None and fact.high > 20


def test_the_declared_rule_has_the_false_alarms_that_it_has_everywhere() -> None:
    rules = (p.Rule(id="r", metric="rmse", yellow=8.3, red=10.0),)
    found = decided(noisy(), {"rules": rules})
    alone = alerts.run(case.pricing(alerts=replace(case.ALERTS, rules=rules)), noisy(), case.BEFORE)
    for level in ("yellow", "red"):
        id = f"alerts.r.{level}.false_alarms_per_month"
        assert case.known(found, id) == case.known(alone, id)
    row = next(row for row in case.rows(found, "alerts.designed") if row["metric"] == "RMSE")
    assert row["false_alarms"] == case.known(alone, "alerts.r.yellow.false_alarms_per_month")
    assert case.value(found, "alerts.r.yellow.compared.delay") < case.value(found, "alerts.r.designed.delay")


def test_charts_of_weekly_rows_count_in_days_and_the_truth_comes_in_on_top() -> None:
    rules = {"rules": (p.Rule(id="r", metric="rmse", yellow=9.5, window_days=7),)}
    days, weeks = (decided(case.spaced(noisy(), step), rules) for step in (1, 7))
    late = decided(noisy(), rules, data=p.Data(production="rows.csv", target="price", outcome_days=30))
    delay, rate = "alerts.r.designed.delay_2x", "alerts.r.designed.false_alarms_per_month"
    assert case.value(weeks, rate) == pytest.approx(case.value(days, rate), rel=0.15)  # one a year, by default
    assert case.value(weeks, delay) > 4 * case.value(days, delay)
    assert case.value(late, delay) == pytest.approx(case.value(days, delay) + 30)


def test_a_metric_that_never_varies_has_no_chart_but_its_alert_sees_changes_on_the_day() -> None:
    found = decided(noisy(), COSTS, risks=RISKS)
    assert case.known(found, "alerts.volume.designed.threshold").reason == "it never varied"
    row = next(row for row in case.rows(found, "alerts.choice") if row["metric"] == "Rows of the day")
    assert case.plain(row["delay"]) == "1.00"


def test_a_metric_beyond_its_declared_level_from_the_start_has_no_normal() -> None:
    found = decided(case.evidence(), {"rules": (p.Rule(id="r", metric="rmse", yellow=8.0),)}, objectives=p.Objectives())
    assert case.known(found, "alerts.r.designed.threshold").reason


def test_metrics_are_chosen_by_what_they_add() -> None:
    found = decided(noisy(), COSTS, risks=RISKS)
    rows = case.rows(found, "alerts.choice")
    verdicts = [case.plain(row["verdict"]) for row in rows]
    assert verdicts == sorted(verdicts, key=lambda verdict: verdict != "alert")
    assert case.value(found, "alerts.choice.count") == verdicts.count("alert") > 0
    kept = [row["marginal"] for row in rows if case.plain(row["verdict"]) == "alert"]
    assert all(isinstance(fact, Fact) and isinstance(fact.value, float) and fact.value > 0 for fact in kept)


def test_the_budget_raises_the_limits_of_the_alerting_charts() -> None:
    costs, errors = {**COSTS, "false_alarm_cost": 1.0}, case.found(facts=noisy().facts)
    free, tight = (decided(errors, {**costs, "budget_per_month": budget}, risks=RISKS[:1]) for budget in (None, 0.05))
    assert case.value(free, "alerts.choice.false_alarms_per_month") > 0.05
    assert case.value(tight, "alerts.choice.false_alarms_per_month") <= 0.05
    assert case.value(tight, "alerts.choice.budget_used") <= 1


def test_without_priced_risks_every_metric_alerts_and_the_table_says_why() -> None:
    found = decided(noisy(), COSTS)
    assert case.known(found, "alerts.choice.count").reason.startswith("no risk is priced")
    assert Choice(every=(), failures=(), kinds=(), watches=(), chosen=(), reason="x").alerting == frozenset()


def test_a_reference_by_day_gives_the_spread_and_ends_the_provisional_time() -> None:
    rng = np.random.default_rng(8)
    days = [case.START - datetime.timedelta(days=90 - number) for number in range(90)]
    past = case.table(
        "reference.daily",
        "date error bias",
        *(
            (
                day.isoformat(),
                case.fact(f"reference.daily.error.{day}", 8.2 * float(np.exp(0.1 * rng.standard_normal()))),
                case.fact(f"reference.daily.bias.{day}", None),
            )
            for day in days
        ),
    )
    evidence = noisy()
    found = decided(case.found(facts=evidence.facts, tables=(*evidence.tables, past)))
    assert case.value(found, "alerts.rmse.designed.sd") == pytest.approx(0.82, rel=0.25)
    assert case.value(found, "alerts.rmse.designed.provisional") is False
    assert "reference days" in case.known(found, "alerts.rmse.designed.level").method
    assert "supplied days" in case.known(found, "alerts.bias.designed.level").method


@pytest.mark.parametrize(("days", "phi", "printed"), [(30, 0.0, 6), (30, 0.4, 14), (90, 0.4, 9)])
def test_the_fewer_and_the_more_alike_the_days_the_wider_the_limit(days: int, phi: float, printed: float) -> None:
    reach = _reach(days, phi, days, 1.0, False)
    h = reach.limit_for(1.0)
    assert h == pytest.approx(printed, rel=0.25)
    seen = reach.at(h)
    assert seen.per_year == pytest.approx(1.0, rel=0.05) and seen.q90 >= seen.per_year
    assert list(seen.delays) == sorted(seen.delays, reverse=True)
    assert reach.limit_for(12.0) < h
