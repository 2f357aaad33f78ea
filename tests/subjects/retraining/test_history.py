import datetime
from dataclasses import replace
from typing import Any

import pytest

from generator.records import project as p
from generator.records.timeline import Dated, Timeline
from generator.subjects.retraining.history import run
from tests.subjects import case

MONTHLY = p.Option(id="monthly", title="Every month", every_days=30)


def version(name: str, day: str, kind: Any = "scheduled", **more: Any) -> p.Version:
    """Return a version of the history."""
    return p.Version(version=name, date=datetime.date.fromisoformat(day), kind=kind, **more)


def decided(*history: p.Version, budget: float | None = None, better: Any = "higher", runs: Timeline | None = None):
    """Return what is decided of a history under a monthly plan, as of the end of March."""
    retraining = p.Retraining(
        options=(MONTHLY,),
        chosen="monthly",
        history=history,
        maximum_gap_days=40,
        budget_per_year=budget,
        history_metric="accuracy",
        history_unit="share",
        history_better=better,
    )
    return run(case.project(retraining=retraining), case.evidence(), replace(case.BEFORE, timeline=runs))


def test_without_history_every_fact_says_so():
    found = decided()
    facts = [fact for fact in found.facts if not fact.id.endswith(("planned", "budget_used"))]
    assert len(facts) >= 5
    assert all(fact.value is None and fact.reason for fact in facts)
    assert not case.rows(found, "retraining.history.review")
    assert not found.findings


def test_as_planned_is_no_finding():
    found = decided(version("1", "2026-01-01", "first"), version("2", "2026-01-30"), version("3", "2026-03-03"))
    assert case.value(found, "retraining.history.off_schedule") == 0
    assert not found.findings


def test_gaps_off_the_plan_are_told_with_plan_and_reality():
    found = decided(
        version("1", "2024-12-01", "first"),
        version("2", "2025-01-05"),
        version("3", "2025-01-20", "triggered"),
        version("4", "2025-02-15"),
        version("5", "2025-04-20"),
    )
    gaps = [case.value(found, f"retraining.history.{name}.gap") for name in "2345"]
    assert gaps == [35, 15, 26, 64]
    assert case.value(found, "retraining.history.gap_median") == 30.5
    assert case.value(found, "retraining.history.gap_longest") == 64
    words = [case.plain(row["status"]) for row in case.rows(found, "retraining.history.review")]
    assert words == ["first", "late", "triggered", "early", "late"]
    (finding,) = found.findings
    assert finding.id == "retraining.history.schedule"


def test_versions_of_days_to_come_are_told_as_plans():
    found = decided(
        version("1", "2026-03-01", "first", measured=0.7),
        version("2", "2026-03-31", measured=0.8, effect="+0.1"),
        version("3", "2026-04-29"),
    )
    words = [case.plain(row["status"]) for row in case.rows(found, "retraining.history.review")]
    assert words == ["first", "not yet come", "not yet come"]
    day = datetime.date(2026, 4, 29)
    kept = Dated(id="run.1", kind="run", title="Retraining", start=day, end=day, fixed="30 days after the run before")
    planned = (version("2", "2026-04-10"), version("3", day.isoformat()))
    dated = decided(version("1", "2026-03-01", "first"), *planned, runs=Timeline(dated=(kept,)))
    words = [case.plain(row["status"]) for row in case.rows(dated, "retraining.history.review")]
    assert words == ["first", "no longer planned", "not yet come"], "the calendar has no run on that day"
    row = case.rows(found, "retraining.history.review")[1]
    assert (row["measured"], row["change"], row["effect"]) == ((), (), "planned, not measured: +0.1")
    assert case.value(found, "retraining.history.change") is None
    (finding,) = found.findings
    assert finding.id == "retraining.history.ahead"
    assert "2 on 2026-03-31; 3 on 2026-04-29" in case.plain(finding.words)


def test_order_of_dates_counts_not_that_of_the_file():
    found = decided(version("b", "2026-02-01"), version("a", "2026-01-01", "first"))
    assert case.value(found, "retraining.history.b.gap") == 31
    assert [row["version"] for row in case.rows(found, "retraining.history.review")] == ["a", "b"]


def test_effect_of_each_version_and_of_all():
    found = decided(
        version("1", "2024-12-01", "first", measured=0.782),
        version("2", "2025-01-05", measured=0.795),
        version("3", "2025-01-20", measured=0.79),
    )
    assert case.value(found, "retraining.history.2.change") == pytest.approx(0.013)
    assert case.known(found, "retraining.history.change").unit == "points"
    assert case.value(found, "retraining.history.change") == pytest.approx(0.008)
    assert case.value(found, "retraining.history.worse") == 1


def test_lower_may_be_better():
    found = decided(version("1", "2025-01-01", measured=9.0), version("2", "2025-02-01", measured=8.0), better="lower")
    assert case.value(found, "retraining.history.worse") == 0


def test_spending_of_the_last_twelve_months_against_the_budget():
    found = decided(
        version("1", "2024-01-01", cost=9_000),
        version("2", "2025-10-01", cost=400),
        version("3", "2026-02-01", cost=200),
        budget=500,
    )
    assert case.value(found, "retraining.history.spent") == 600
    assert case.value(found, "retraining.history.budget_used") == pytest.approx(1.2)
    assert "retraining.history.budget" in {finding.id for finding in found.findings}
