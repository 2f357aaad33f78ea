"""What the next twelve months of retraining cost: the runs that are dated, and the ageing between them."""

from __future__ import annotations

import datetime
from dataclasses import replace
from itertools import pairwise

import pytest

from generator.records import project as p
from generator.records.decision import Decisions
from generator.records.fact import Fact
from generator.subjects.business import business
from generator.subjects.calendar import timeline
from generator.subjects.retraining import retraining
from tests.subjects import case

MONEY = 0.02 * 500 * 7.05 / (2 * 9.44**2)
CALM = replace(case.RETRAINING, triggers=(), options=case.RETRAINING.options[:2])


def decided(*facts: Fact, ageing: float = 1.0, **settings: object) -> Decisions:
    """Return the year of the pricing case, whose own option is the month."""
    project = case.pricing(**{"retraining": CALM, **settings})
    evidence = case.evidence(*case.ageing(ageing, 0.0), *facts)
    return case.through(
        project,
        evidence,
        case.BEFORE,
        business.DECISION,
        retraining.DECISION,
        timeline.DECISION,
    )


def test_as_many_runs_cost_money_as_are_dated() -> None:
    found = decided()
    assert found.timeline is not None
    runs = len(found.timeline.kind("run"))
    assert case.value(found, "retraining.recommended.runs_per_year") == runs
    assert case.value(found, "retraining.recommended.cost_per_year") == 350 * runs
    freeze = p.Freeze(start=datetime.date(2026, 5, 1), end=datetime.date(2026, 10, 31))
    frozen = decided(calendar=p.Calendar(freezes=(freeze,)))
    assert case.value(frozen, "retraining.recommended.cost_per_year") < 350 * runs


def test_a_longer_gap_between_dated_runs_ages_more() -> None:
    """Over a gap of g days a model that loses b more each day has lost b g²/2."""
    found = decided()
    assert found.timeline is not None
    gaps = [(after.start - before.start).days for before, after in pairwise(found.timeline.kind("run"))]
    mean = sum(gap**2 / 2 for gap in gaps) / sum(gaps) * MONEY
    assert case.value(found, "retraining.recommended.staleness_per_year") == pytest.approx(365 * mean, rel=0.04)


def test_an_option_that_triggers_start_costs_what_is_expected_of_it() -> None:
    option = p.Option(id="triggered", title="Triggered only", expected_runs=5)
    found = decided(retraining=replace(CALM, options=(option,), chosen="triggered"), business=p.Business())
    assert case.value(found, "retraining.recommended.runs_per_year") == 5
    assert case.value(found, "retraining.recommended.cost_per_year") == 5 * 350
    slow = decided(
        case.fact("rollout.cycle", 146),
        retraining=replace(CALM, options=(option,), chosen="triggered"),
        business=p.Business(),
    )
    assert case.value(slow, "retraining.recommended.cost_per_year") == 3 * 350, "on days 1, 147 and 293"
