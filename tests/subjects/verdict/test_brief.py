from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from generator.records.decision import Alert, AlertLevel, Decisions, join
from generator.records.evidence import Evidence
from generator.records.fact import Fact
from generator.records.project import Project
from generator.records.table import Column, Table
from generator.subjects.verdict import conditions, gates
from generator.subjects.verdict.brief import run
from tests.subjects import case

NEWEST = date(2026, 3, 31)
FAILED = {"conflicts": 2, "checked": 5}


def told(*facts: Fact, **settings: Any) -> Decisions:
    """Return the reasons in the pricing case, these facts known besides."""
    project, evidence = case.pricing(**settings), case.evidence(*facts)
    return run(project, evidence, judged(project, evidence))


def judged(project: Project, evidence: Evidence) -> Decisions:
    """Return gates, and the conditions that they make."""
    decided = gates.run(project, evidence, case.BEFORE)
    return join((decided, conditions.run(project, evidence, decided)))


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


def test_what_holds_nothing_back_is_no_reason() -> None:
    counts = [case.fact(f"claims.count.{name}", value, unit="count") for name, value in FAILED.items()]
    project, evidence = case.pricing(), case.evidence(*counts)
    decided = judged(project, evidence)
    found = run(project, evidence, decided)
    held = [case.plain(row["blocks"]) for row in case.rows(decided, "conditions.all")]
    assert "no" in held, "the case has a condition that holds nothing back"
    told_of = [case.plain(row["holds"]) for row in case.rows(found, "brief.reasons")]
    assert told_of and set(told_of) <= {"a shadow run", "part of the traffic", "full traffic"}
    assert len(told_of) <= len(held) - held.count("no")


def test_a_control_that_holds_something_back_is_told_by_how_far_it_is() -> None:
    rows = {row["reason"]: row for row in case.rows(told(), "brief.reasons")}
    row = rows["Faults go unseen: monitoring is not ready"]
    assert (case.plain(row["figure"]), case.plain(row["holds"])) == ("not built", "a shadow run")


@pytest.mark.parametrize(("naive", "lax"), [(10.2, True), (40.0, False)])
def test_a_limit_that_a_naive_guess_all_but_keeps_is_told(naive: float, lax: bool) -> None:
    found = told(case.fact("performance.rmse.benchmark", naive, unit="money"))
    assert case.known(found, "brief.lax").value is lax


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


@pytest.mark.parametrize(("end", "older"), [(date(2025, 12, 28), True), (date(2026, 1, 5), False)])
def test_rows_all_older_than_the_version_are_told_with_the_day_its_own_can_be_judged(end: date, older: bool) -> None:
    """Rows of the day of the release and later may be its own."""
    project = case.pricing()
    model = replace(project.settings.model, released=date(2026, 1, 5))
    project = replace(project, settings=replace(project.settings, model=model))
    known = (
        case.fact("windows.whole.end", end, unit="date"),
        case.fact("data.production.rescored", True, unit="flag"),
        case.fact("labels.nowcast.mature_after", 17, unit="days"),
    )
    evidence = case.evidence(*known)
    found = run(project, evidence, judged(project, evidence))
    assert case.known(found, "brief.all_rescored").value is older
    assert case.value(found, "brief.own_judged") == (date(2026, 1, 22) if older else None)


@pytest.mark.parametrize(("due", "at_once"), [("2026-04-10", True), ("2026-04-11", False)])
def test_gates_due_with_the_decision_are_told_so(due: str, at_once: bool) -> None:
    project, evidence = case.pricing(), case.evidence(case.fact("calendar.decision", date(2026, 4, 10), unit="date"))
    decided = judged(project, evidence)
    kept = tuple(table for table in decided.tables if table.id != "conditions.next")
    following = Table(id="conditions.next", title="", columns=(Column(key="due", label="Due"),), rows=((due,),))
    found = run(project, evidence, replace(decided, tables=(*kept, following)))
    assert case.known(found, "brief.due_at_once").value is at_once


@pytest.mark.parametrize(("verdict", "spoken"), [("proceed", True), ("proceed_with_conditions", False)])
def test_a_reason_that_passes_stands_only_under_an_approved_launch(verdict: Any, spoken: bool) -> None:
    project, evidence = case.pricing(), case.evidence()
    decided = gates.run(project, evidence, case.BEFORE)
    decided = replace(decided, verdict=verdict, gates=tuple(gate for gate in decided.gates if gate.verdict == "pass"))
    assert ("pass" in verdicts(run(project, evidence, decided))) is spoken


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


@pytest.mark.parametrize(
    ("scope", "words"), [("none", "Typical error"), ("tier premium", "Typical error of tier premium")]
)
def test_what_fires_names_the_rows_that_it_is_on_where_they_are_a_part(scope: str, words: str) -> None:
    """Conditions, such as a rule that watches a trigger or a limit on a segment, wake nobody."""
    one = replace(alert("a", {"yellow": (NEWEST,)}), metric="rmse", scope=scope)
    for told, each in (([words], one), ([], replace(one, kind="condition"))):
        before = replace(case.BEFORE, alerts=(each,))
        decided = run(case.pricing(), case.evidence(), before)
        assert [case.plain(row["title"]) for row in case.rows(decided, "brief.firing")] == told
