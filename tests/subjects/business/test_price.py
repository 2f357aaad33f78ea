"""What a unit of error costs: as declared, and for a classifier what choosing by it is worth over its lead."""

from dataclasses import replace

import pytest

from generator.records import project as p
from generator.records.decision import Decisions
from generator.records.fact import Fact
from generator.subjects.acting import actions
from generator.subjects.business import business
from generator.subjects.retraining import retraining
from tests.subjects import case

# A fifth is acted on: chosen they bring 8, by chance 0.2 × 10 = 2, so choosing is worth 6 a case; the lead is 0.02.
COSTS = (
    case.fact("performance.metric", "brier"),
    case.fact("decision.current.cost", -8.0, low=-9.0, high=-7.0),
    case.fact("decision.current.acted", 0.2),
    case.fact("decision.everybody.cost", -10.0),
    case.fact("decision.nobody.cost", 0.0),
    case.fact("performance.brier.benchmark", 0.14),
    case.fact("performance.brier.production", 0.12),
)
BINARY = p.Data(production="rows.csv", target="left", task="binary")


def decided(*facts: Fact, **settings: object) -> Decisions:
    """Return prices, retraining and alternatives of a classifier of 500 rows a day."""
    project = case.pricing(**{"data": BINARY, "business": p.Business(), **settings})
    return case.through(
        project, case.evidence(*facts), case.BEFORE, business.DECISION, retraining.DECISION, actions.DECISION
    )


def test_an_error_of_a_probability_costs_what_choosing_is_worth_over_the_lead() -> None:
    found = decided(*COSTS)
    worth = case.known(found, "business.worth_of_choosing")
    assert (worth.value, worth.low, worth.high) == pytest.approx((6.0, 5.0, 7.0))
    assert case.value(found, "business.price_of_error") == pytest.approx(6.0 / 0.02)


def test_without_costs_or_without_a_lead_there_is_no_price() -> None:
    assert "nothing in this build" in case.known(decided(), "business.price_of_error").reason
    behind = (*COSTS[:-1], case.fact("performance.brier.production", 0.15))
    assert "not better" in case.known(decided(*behind), "business.price_of_error").reason


def test_the_ageing_of_a_classifier_has_its_price_and_its_best_interval() -> None:
    found = decided(*COSTS, *case.ageing(1e-5, 0.0))
    assert case.value(found, "retraining.decay.money") == pytest.approx(500 * 300)
    weekly = decided(*COSTS, *case.ageing(1e-5, 0.0), case.fact("data.production.step", 7.0, unit="days"))
    assert case.value(weekly, "retraining.decay.money") == pytest.approx(500 / 7 * 300)
    assert case.value(found, "retraining.best.interval") == pytest.approx((2 * 350 / 1.5) ** 0.5)
    assert case.rows(found, "retraining.flips")


def test_where_the_older_model_surely_errs_no_more_age_costs_nothing_and_asks_for_no_rhythm() -> None:
    plan = replace(case.RETRAINING, maximum_gap_days=120)
    found = decided(*COSTS, *case.ageing(-1e-5, 1e-6, how="course"), retraining=plan)
    assert case.value(found, "retraining.ageing.absent") is True
    assert case.value(found, "retraining.monthly.staleness_per_year") == 0
    assert case.value(found, "retraining.recommended.name") == "Triggered only"
    assert case.value(found, "retraining.recommended.interval") == 120
    (row,) = case.rows(found, "retraining.reasons")
    assert "age is no reason to retrain" in case.plain(row["reason"])


def test_the_version_before_and_chance_are_priced_beside_this_one_by_month_and_year() -> None:
    gain = case.fact("performance.gain.previous", -0.1, low=-0.2, high=0.1, n=100)
    brier = case.fact("performance.brier.previous", 0.13)
    found = decided(*COSTS, gain, brier)
    rows = 500 * 365.25 / 12
    month = case.known(found, "actions.previous.more_per_month")
    assert (month.value, month.low, month.high) == pytest.approx(
        tuple(change * 0.13 * 300 * rows for change in (0.1, -0.1, 0.2))
    )
    assert case.value(found, "actions.previous.more_per_year") == pytest.approx(12 * 0.1 * 0.13 * 300 * rows)
    assert case.value(found, "actions.benchmark.more_per_month") == pytest.approx(6 * rows)
    compared = [case.plain(row["action"]) for row in case.rows(found, "actions.compared")]
    assert "Keep the previous version" in compared and "Wait a month" not in compared
