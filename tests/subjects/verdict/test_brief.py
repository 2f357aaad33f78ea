from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from generator.records.decision import Alert, AlertLevel, Decisions
from generator.records.fact import Fact
from generator.subjects.verdict import gates
from generator.subjects.verdict.brief import run
from tests.subjects import case

NEWEST = date(2026, 3, 31)
FAILED = {"conflicts": 2, "checked": 5}


def told(*facts: Fact, **settings: Any) -> Decisions:
    """Return the reasons in the pricing case, these facts known besides."""
    project, evidence = case.pricing(**settings), case.evidence(*facts)
    return run(project, evidence, gates.run(project, evidence, case.BEFORE))


def alert(id: str, fired: dict[str, tuple[date, ...]]) -> Alert:
    """Return an alert of which only its title and the days that its levels fired on matter."""
    none = case.fact("none", None)
    common: dict[str, Any] = {"operator": ">", "bound": none, "severity": "P2", "receiver": "x", "false_messages": none}
    common |= {"visible_change": none, "delay": none, "anchor": "", "runbook_url": "", "evidence": ()}
    levels = tuple(
        AlertLevel(level=name, name=name, fired_on=days, fires=NEWEST in days, since=NEWEST, **common)
        for name, days in fired.items()
    )
    plain: dict[str, Any] = dict.fromkeys(("metric", "series", "aggregation", "scope", "version", "closing"), "")
    plain |= {"window_days": 1, "lag": None, "minimum_n": None, "repeats": 1, "recovery": 1}
    return Alert(id=id, kind="alert", title=f"Title of {id}", levels=levels, **plain)


def verdicts(decided: Decisions) -> list[str]:
    return [case.plain(row["status"]) for row in case.rows(decided, "brief.reasons")]


def test_there_are_three_at_most_and_what_speaks_against_comes_first() -> None:
    found = verdicts(told())
    assert 0 < len(found) <= 3
    assert found == sorted(found, key=["fail", "inconclusive", "pass"].index)


def test_an_error_past_its_limit_is_told_with_figure_and_limit() -> None:
    worse = case.fact("performance.rmse.production", 12.0, low=11.5, high=12.5, unit="money")
    row = case.rows(told(worse), "brief.reasons")[0]
    assert row["reason"] == "The typical error is past its limit"
    assert (case.plain(row["figure"]), case.plain(row["limit"])) == ("12.00", "below 10.00")


def test_stated_figures_that_fail_their_checks_are_a_reason() -> None:
    counts = [
        case.fact(f"claims.count.{name}", value, unit="count") for name, value in (("conflicts", 2), ("checked", 5))
    ]
    words = [case.plain(row["reason"]) for row in case.rows(told(*counts), "brief.reasons")]
    assert any("do not add up" in one for one in words)
    assert not any("do not add up" in case.plain(row["reason"]) for row in case.rows(told(), "brief.reasons"))


def test_nothing_judged_gives_no_reason() -> None:
    table = run(case.project(), case.NOTHING, case.BEFORE).tables[0]
    assert not table.rows and table.reason == "nothing was judged"


@pytest.mark.parametrize(("days", "short"), [(60, True), (800, False)])
def test_a_season_is_seen_in_a_year_of_days_only(days: int, short: bool) -> None:
    found = told(case.fact("data.production.days", days, unit="days"))
    assert case.known(found, "brief.seasonless").value is short


@pytest.mark.parametrize(("value", "low", "kept"), [(9.0, 8.8, True), (9.9, 9.4, False)])
def test_the_error_is_kept_only_if_the_newest_days_keep_it_too(value: float, low: float, kept: bool) -> None:
    whole = case.fact("performance.rmse.production", 9.0, low=8.8, high=9.2, unit="money")
    recent = case.fact("performance.rmse.recent", value, low=low, high=2 * value - low, unit="money")
    assert case.known(told(whole, recent), "brief.kept").value is kept


@pytest.mark.parametrize(("verdict", "spoken"), [("proceed", True), ("proceed_with_conditions", False)])
def test_a_reason_that_passes_stands_only_under_an_approved_launch(verdict: Any, spoken: bool) -> None:
    project, evidence = case.pricing(), case.evidence()
    judged = gates.run(project, evidence, case.BEFORE)
    judged = replace(judged, verdict=verdict, gates=tuple(gate for gate in judged.gates if gate.verdict == "pass"))
    assert ("pass" in verdicts(run(project, evidence, judged))) is spoken


def test_what_fires_on_the_newest_day_is_told_by_the_gravest_level_alone() -> None:
    days = {"late": {"yellow": (NEWEST,), "red": ()}, "bad": {"yellow": (NEWEST,), "red": (date(2026, 3, 1), NEWEST)}}
    days |= {"past": {"yellow": (date(2026, 3, 1),)}, "quiet": {"yellow": ()}}

    def firing(*ids: str) -> list[tuple[str, str]]:
        alerts = tuple(alert(id, days[id]) for id in ids)
        decided = run(case.pricing(), case.evidence(), replace(case.BEFORE, alerts=alerts))
        return [(case.plain(row["level"]), case.plain(row["title"])) for row in case.rows(decided, "brief.firing")]

    assert firing(*days) == [("red", "Title of bad")]
    assert firing("late", "past", "quiet") == [("yellow", "Title of late")]
    assert firing("past", "quiet") == []
