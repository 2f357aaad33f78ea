"""What the next twelve months of retraining cost: the runs that are dated, and the ageing between them."""

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


STAGES = (p.Stage(name="Shadow", traffic=0.0), p.Stage(name="Full", traffic=1.0))
CYCLE = 30


def rolled(*options: p.Option, longest: int | None = None) -> Decisions:
    """Return the year of options whose versions take 30 days to all the traffic."""
    sizes = (case.fact("rollout.Shadow.days_planned", 28), case.fact("rollout.Full.days_planned", 7))
    plan = replace(CALM, options=options, chosen=options[0].id, maximum_gap_days=longest)
    cycle = case.fact("rollout.cycle", CYCLE)
    return decided(*sizes, cycle, retraining=plan, rollout=p.Rollout(stages=STAGES))


def test_a_model_is_priced_by_its_age_while_it_serves() -> None:
    """Each version serves from the day of its last stage to that of the next one's, and ages from its training on."""
    found = rolled(p.Option(id="own", title="Own", every_days=45))
    assert found.timeline is not None
    runs = {one.id: one.start for one in found.timeline.kind("run")}
    serves = [(found.timeline.start(f"{id}.Full"), day) for id, day in runs.items()]
    spells = [
        ((first - trained).days, (then - trained).days)
        for (first, trained), (then, _) in pairwise(serves)
        if first and then
    ]
    assert len(spells) > 5 and min(spells)[0] >= CYCLE - 1
    loss = sum((last**2 - first**2) / 2 for first, last in spells) / sum(last - first for first, last in spells)
    lost = case.value(found, "retraining.recommended.staleness_per_year")
    assert lost == pytest.approx(365 * MONEY * loss, rel=0.03)
    assert lost > 365 * MONEY * (CYCLE + 15), "at an age of its own, not as if a run served at once"
    ages = [case.value(found, f"retraining.recommended.{end}") for end in ("youngest", "oldest")]
    assert ages[0] <= min(spells)[0] and ages[1] >= max(last for _, last in spells)
    best = case.value(found, "retraining.best.cost_per_year")
    assert best == pytest.approx(365 * ((2 * 350 * MONEY) ** 0.5 + MONEY * CYCLE))


def test_one_calendar_has_one_price_whatever_asks_for_its_runs() -> None:
    """A longest gap dates the same runs as a rhythm of as many days, so that both cost the same."""
    rhythm = p.Option(id="rhythm", title="Quarter", every_days=91)
    found = rolled(p.Option(id="triggered", title="Triggered", expected_runs=8), rhythm, longest=91)
    for name in ("dated", "dated_cost", "staleness_per_year", "total_per_year", "gap_longest"):
        assert case.value(found, f"retraining.triggered.{name}") == case.value(found, f"retraining.rhythm.{name}")
    assert case.value(found, "retraining.policy.longest_gap") == 91


@pytest.mark.parametrize(("cycle", "longest", "days"), [(10, 91, 30), (45, 91, 45), (10, 20, 20)])
def test_triggers_are_priced_at_their_pace_as_far_as_rollouts_and_the_longest_gap_let(
    cycle: float, longest: int, days: int
) -> None:
    """One firing in thirty supplied days asks for a run every 30 days; those runs cost what that rhythm would."""
    options = (p.Option(id="own", title="Own", expected_runs=8), p.Option(id="same", title="Same", every_days=days))
    plan = replace(case.RETRAINING, options=options, chosen="own", maximum_gap_days=longest)
    found = decided(case.fact("rollout.cycle", cycle), retraining=plan)
    for name in ("dated", "dated_cost", "staleness_per_year", "total_per_year"):
        assert case.value(found, f"retraining.own.{name}") == case.value(found, f"retraining.same.{name}")
    assert case.value(found, "retraining.own.gap_longest") == longest
    paced = case.value(found, "retraining.recommended.counts")
    assert ("at the pace of the supplied days" in str(paced)) == (days < longest)


@pytest.mark.parametrize("expected", [None, 4, 9])
def test_an_option_without_rhythm_or_longest_gap_is_priced_as_a_rhythm_of_as_many_runs(expected: int | None) -> None:
    """Whether a team expects the runs or they are simulated: the same runs a year have the same price."""
    option = p.Option(id="own", title="Triggered", expected_runs=expected)
    found = rolled(option)
    runs = case.value(found, "retraining.own.dated")
    assert runs and case.value(found, "retraining.own.dated_cost") == pytest.approx(350 * runs)
    mean = 365 * MONEY * (CYCLE + 365 / runs / 2)
    assert case.value(found, "retraining.own.staleness_per_year") == pytest.approx(mean, rel=0.03)


def test_what_is_simulated_says_how_policies_differ_and_prices_none_of_them_again() -> None:
    """A sum of money a year stands with the options alone; the longest gap is what the others are held against."""
    found = rolled(p.Option(id="own", title="Own", every_days=60), longest=91)
    again = [one.id for one in found.facts if one.id.startswith("retraining.policy.") and one.unit == "money"]
    assert again == ["retraining.policy.level"]
    rows = {case.plain(row["policy"]): row["cost"] for row in case.rows(found, "retraining.policies")}
    assert isinstance(alone := rows["Longest gap alone"], Fact) and alone.value == 0.0
    assert isinstance(often := rows["Fixed schedule"], Fact) and isinstance(often.value, float) and often.value < 0


def test_an_option_that_no_rollout_lets_be_kept_is_counted_by_the_same_days() -> None:
    found = rolled(p.Option(id="month", title="Month", every_days=45), p.Option(id="week", title="Week", every_days=7))
    week = case.value(found, "retraining.week.dated")
    assert week == 365 // 7 and case.value(found, "retraining.week.dated_cost") == 350 * week
    lost = case.value(found, "retraining.week.staleness_per_year")
    assert lost == pytest.approx(365 * MONEY * (CYCLE + 3.5), rel=0.03)


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


def test_runs_by_the_days_of_rollouts_and_those_of_a_year_without_have_names_of_their_own() -> None:
    """A stated cost counts the one, the plan the other; no two sums under one name differ."""
    found = retraining.run(case.pricing(), case.evidence(), case.BEFORE)
    for option in case.RETRAINING.options:
        names = ("runs_per_year", "dated", "cost_per_year", "dated_cost")
        labels = [case.known(found, f"retraining.{option.id}.{name}").label for name in names]
        assert len(set(labels)) == 4 and not any(label.startswith("Runs a year") for label in labels)
