"""One sheet an alerting metric: which rules have one, what it says of a rule that mostly fires, what watches it all."""

import datetime
from dataclasses import replace
from typing import Any, Literal

import duckdb
import pandas as pd
import pytest

from generator.records import project as p
from generator.records.decision import Decisions
from generator.subjects.alerts._alert_levels import evaluate_all
from generator.subjects.alerts._sheet_levels import _fired
from generator.subjects.alerts._sheet_tables import metrics_table
from generator.subjects.alerts.alerts import run
from generator.subjects.kit.known import known, number_of
from generator.subjects.limits.counting import count_alerts
from tests.subjects import case

ERROR = p.Rule(id="error", metric="rmse", yellow=9.5, red=10)
TABLES = p.Tables(predictions="scores", outcomes="truths")
DATA = p.Data(production="rows.csv", target="y", target_unit="USD", time="on", entity="who")


def decided(*rules: p.Rule, **more: Any) -> Decisions:
    """Return what is decided about the rules of the pricing case."""
    declared = {"levels": case.LEVELS, "rules": rules} | more
    return run(case.pricing(alerts=p.Alerts(**declared)), case.evidence(), case.BEFORE)


def ids(found: Decisions, table: str) -> list[str]:
    return [case.plain(row["id"]) for row in case.rows(found, table)]


def test_seven_metrics_have_a_sheet_and_the_gravest_come_first() -> None:
    mild = p.Rule(id="mild", metric="mae", yellow=9)
    grave = [replace(ERROR, id=f"r{number}") for number in range(7)]
    found = decided(mild, *grave)
    assert ids(found, "alerts.sheets") == [rule.id for rule in grave]
    further = [(row["id"], row["kind"]) for row in case.rows(found, "alerts.further")]
    beside = ("retrain-error", "loss-budget")
    assert further == [("mild", "further alert"), *((id, "condition") for id in beside)]


def test_what_wakes_nobody_and_what_counts_alerts_has_a_row_and_no_sheet() -> None:
    quiet = replace(ERROR, id="quiet", red=None, yellow_level="low")
    count = p.Rule(id="count", metric="alerts_per_day", yellow=5)
    levels = (*case.LEVELS, p.Level(name="low", severity="P4"))
    found = decided(ERROR, quiet, count, levels=levels)
    assert ids(found, "alerts.sheets") == ["error"]
    further = {row["id"]: row["kind"] for row in case.rows(found, "alerts.further")}
    beside = dict.fromkeys(("count", "retrain-error", "loss-budget"), "condition")
    assert further == {"quiet": "diagnostic", **beside}


@pytest.mark.parametrize(("bound", "told"), [(9.0, True), (9.5, False)])
def test_a_rule_that_held_on_most_days_is_told_so(bound: float, told: bool) -> None:
    row = case.rows(decided(replace(ERROR, yellow=bound, red=None)), "alerts.sheets")[0]
    assert ("held on" in case.plain(row["advice"])) is told


@pytest.mark.parametrize(
    ("last", "words"),
    [
        ((9.0, 9.8), "Yellow, firing now, in no window before that of 2026-03-30: 9.8"),
        ((9.8, 9.8), "Yellow, firing now and in every window since 2026-03-29: 9.8"),
    ],
)
def test_one_window_is_not_every_window(last: tuple[float, float], words: str) -> None:
    course = [*[9.0] * 28, *last]
    facts = [
        case.fact(f"performance.daily.{name}.{day}", value, unit=unit)
        for day, level in zip(case.DAYS, course, strict=True)
        for name, value, unit in (("rmse", level, "USD"), ("rows", 500, "rows"))
    ]
    project = case.pricing(alerts=p.Alerts(rules=(replace(ERROR, red=None),), levels=case.LEVELS))
    row = case.rows(run(project, case.found(facts=tuple(facts)), case.BEFORE), "alerts.sheets")[0]
    assert case.plain(row["state"]).startswith(words)


def test_a_level_names_the_days_on_which_it_would_have_fired() -> None:
    yellow, red, *_ = case.rows(decided(replace(ERROR, red=11)), "alerts.sheet_levels")
    assert case.plain(yellow["fired"]) == "2026-03-21 to 2026-03-30: 10 of 30"
    assert case.plain(red["fired"]) == "none of 30"


@pytest.mark.parametrize(
    ("features", "told"),
    [("each", "beyond the limit too: b (0.30), c (0.26)."), ("critical", "beyond the limit too: c (0.26).")],
)
def test_the_inputs_behind_the_largest_are_named(features: Literal["each", "critical"], told: str) -> None:
    """a, 0.40, hides b, and c, which is critical as a is; d keeps the limit of 0.25."""
    largest = case.fact("largest", 0.4)
    day = ("2026-03-30", largest, "a", largest, "a")
    window = case.table("rolling.mean_change.1", "date each feature critical critical_feature", day)
    sizes = (("a", 0.4), ("b", 0.3), ("c", 0.26), ("d", 0.2))
    shown = {name: case.fact(f"rolling.mean_change.1.newest.{name}", size) for name, size in sizes}
    newest = case.table("rolling.mean_change.1.newest", "feature value", *shown.items())
    own = tuple(p.Feature(name=name, critical=name in "ac") for name, _ in sizes)
    rule = p.Rule(id="shift", metric="mean_change", features=features, yellow=0.25)
    data = replace(case.pricing().settings.data, features=own)
    project = case.pricing(alerts=p.Alerts(rules=(rule,), levels=case.LEVELS), data=data)
    found = run(project, case.found(facts=tuple(shown.values()), tables=(window, newest)), case.BEFORE)
    assert told in case.plain(case.rows(found, "alerts.sheets")[0]["advice"])


def test_each_level_has_its_runbook_entry_and_one_level_alone_is_not_named() -> None:
    both, one = case.rows(decided(ERROR, replace(ERROR, id="one", red=None)), "alerts.sheets")
    page = "rollback-runbook.html#alert"
    assert case.plain(both["runbook"]) == f"yellow: {page}-error-yellow, red: {page}-error-red"
    assert case.plain(one["runbook"]) == f"{page}-one-yellow"


def test_a_receiver_that_all_share_is_said_once() -> None:
    mine = "https://chat.example.com/mine"
    shared, apart = decided(ERROR), decided(ERROR, replace(ERROR, id="own", channel="#own"))
    reached = decided(ERROR, replace(ERROR, id="own", channel=mine))
    assert {case.plain(row["receiver"]) for row in case.rows(shared, "alerts.build")} == {""}
    assert [case.plain(row["receiver"]) for row in case.rows(apart, "alerts.build")][:2] == ["not declared", "#own"]
    notes = [next(one for one in found.tables if one.id == "alerts.build").note for found in (shared, apart, reached)]
    assert [case.plain(note) for note in notes] == [
        f"{shared_by}Until more is declared no program reaches {names}: section 2 says what is missing."
        for shared_by, names in (
            ("Receiver of all: not declared. ", "anybody"),
            ("", "anybody"),
            ("", "P1 not declared, P3 not declared, P4 not declared"),
        )
    ]


def test_the_last_days_of_firing_are_named_so_that_the_present_one_is_among_them() -> None:
    days = [datetime.date(2026, 3, day) for day in (1, 3, 5, 7, 9)]
    at, project = known(case.evidence(), case.BEFORE), case.pricing()
    level = evaluate_all(count_alerts(at, project), at, project)[0]
    words = case.plain(_fired(replace(level, reading=replace(level.reading, days=tuple(days)))))
    assert words.startswith("earlier ones, 2026-03-05, 2026-03-07, 2026-03-09: ")


def test_labels_with_quotes_stay_one() -> None:
    project = case.pricing(model=p.Model(name='a"b', version="2"))
    row = case.rows(run(project, case.evidence(), case.BEFORE), "alerts.rules")[0]
    assert 'model="a\\"b"' in case.plain(row["expression"])


def asked(
    project: p.Project, id: str, today: str, ages: list[int], known: list[float | None], version: str = "2"
) -> Any:
    """Return the newest day that the statement gives, of predictions that are so many days old and their outcomes."""
    sql = next(
        str(row["query"])
        for row in case.rows(run(project, case.NOTHING, case.BEFORE), "alerts.liveness")
        if row["id"] == id
    )
    days = [pd.Timestamp(today) - pd.Timedelta(days=age) for age in ages]
    key = {"who": [f"w{n}" for n in range(len(ages))], "on": pd.Series(days, dtype="datetime64[ns]")}
    base = duckdb.connect()
    base.register("scores", pd.DataFrame({**key, "prediction": 1.0, "model_version": version}))
    case.watch(base, "2", "scores")
    base.register("truths", pd.DataFrame({**key, "y": pd.Series(known, dtype=float)}))
    ((newest,),) = base.sql(case.at_time(sql, f"{today} {case.EVENING}")).fetchall()
    return str(newest)[:10]


@pytest.mark.parametrize(("ages", "newest"), [([0, 1, 2], "2026-03-19"), ([2, 3], "2026-03-18"), ([], "None")])
def test_the_newest_predictions_are_those_of_a_closed_day(ages: list[int], newest: str) -> None:
    project = case.project(data=DATA, alerts=p.Alerts(rules=(ERROR,), tables=TABLES))
    assert asked(project, "no-predictions", "2026-03-20", ages, [None] * len(ages)) == newest


def test_after_going_back_predictions_are_still_made() -> None:
    project = case.project(data=DATA, alerts=p.Alerts(rules=(ERROR,), tables=TABLES))
    assert asked(project, "no-predictions", "2026-03-20", [1], [None], version="1") == "2026-03-19"


@pytest.mark.parametrize(("known", "newest"), [([None, None, 1.0], "2026-03-15"), ([None, None, None], "None")])
def test_the_newest_outcomes_are_those_that_are_in(known: list[float | None], newest: str) -> None:
    data = replace(DATA, outcome_days=4)
    project = case.project(data=data, alerts=p.Alerts(rules=(ERROR,), tables=TABLES))
    assert asked(project, "no-outcomes", "2026-03-20", [1, 2, 5], known) == newest


@pytest.mark.parametrize(("known", "newest"), [([1.0, None, 1.0], "2026-03-15"), ([1.0, 1.0, 1.0], "2026-03-18")])
def test_a_day_of_which_half_the_outcomes_are_missing_does_not_count_yet(
    known: list[float | None], newest: str
) -> None:
    project = case.project(data=replace(DATA, outcome_days=4), alerts=p.Alerts(rules=(ERROR,), tables=TABLES))
    assert asked(project, "no-outcomes", "2026-03-20", [2, 2, 5], known) == newest


@pytest.mark.parametrize(("closes", "hours"), [(None, 36), ("06:00", 36), ("06:30", 42), ("14:00", 48)])
def test_a_day_that_closes_late_is_missed_later(closes: str | None, hours: int) -> None:
    project = case.project(
        data=replace(DATA, outcome_days=4), alerts=p.Alerts(rules=(ERROR,), tables=TABLES, closes_at=closes)
    )
    found = run(project, case.NOTHING, case.BEFORE)
    assert case.value(found, "alerts.liveness.run_by") == hours - 24
    told = case.rows(found, "alerts.liveness")
    silent = [(row["id"], number_of(row["silent"])) for row in told if row["id"] in ("no-predictions", "no-outcomes")]
    assert silent == [("no-predictions", hours), ("no-outcomes", hours + 4 * 24)]


def test_what_sends_alerts_has_a_rule_and_what_wakes_nobody_one_that_goes_to_the_summary() -> None:
    quiet = replace(ERROR, id="quiet", red=None, yellow_level="low")
    count = p.Rule(id="count", metric="alerts_per_day", yellow=5)
    many = [replace(ERROR, id=f"r{number}") for number in range(8)]
    found = decided(*many, quiet, count, levels=(*case.LEVELS, p.Level(name="low", severity="P4")))
    own = [id for id in ids(found, "alerts.rules") if id not in ids(found, "alerts.liveness")]
    mild = {row["id"]: row["severity"] for row in case.rows(found, "alerts.rules") if row["severity"] == "P4"}
    beside = ("retrain-error-yellow", "loss-budget-yellow")
    assert mild == dict.fromkeys(("quiet-yellow", "count-yellow", *beside), "P4")
    assert own == [*(f"{rule.id}-{level}" for rule in many for level in ("yellow", "red")), *mild]
    gone = case.rows(found, "alerts.liveness")[-1]
    assert all(f'model_rule_value{{model="ridge",rule="{rule.id}"}}' in case.plain(gone["expression"]) for rule in many)


def test_silence_is_answered_where_the_mildest_level_wakes_nobody() -> None:
    levels = (
        p.Level(name="grave", severity="P1", respond="at once"),
        p.Level(name="mild", severity="P3", respond="in 3"),
        p.Level(name="low", severity="P4", respond="some day"),
    )
    told = {case.plain(row["id"]): row for row in case.rows(decided(ERROR, levels=levels), "alerts.liveness")}
    assert {row["severity"] for row in told.values()} <= {"P1", "P3"}
    assert case.plain(told["no-values"]["respond"]) == "in 3"


def test_without_days_nothing_is_said_of_silence() -> None:
    assert case.rows(run(case.project(), case.NOTHING, case.BEFORE), "alerts.liveness") == []


def test_whom_a_level_reaches_and_when_is_what_its_alerts_do() -> None:
    """A level that wakes somebody says what the rules say; the team's own words stand where no rule tells anybody."""
    decided = run(case.pricing(), case.evidence(), case.BEFORE)
    steps = [row for row in case.rows(decided, "alerts.escalation") if row["severity"] == "P1"]
    assert steps
    words = {row["name"]: case.plain(row["escalation"]) for row in case.rows(decided, "alerts.levels")}
    after = ", ".join(f"{row['receiver']} after {case.plain(row['after'])}" for row in steps)
    assert words["red"] == f"{after} without an answer"
    alone = case.pricing(alerts=replace(case.ALERTS, escalation=()))
    own = {
        row["name"]: row["escalation"] for row in case.rows(run(alone, case.evidence(), case.BEFORE), "alerts.levels")
    }
    assert own["red"] == "on call"


def test_a_mild_alert_that_lasts_is_told_at_the_next_severity_that_wakes_somebody() -> None:
    levels = (
        p.Level(name="yellow", severity="P3", raised_after_hours=72, escalation="in words"),
        p.Level(name="orange", severity="P2"),
        p.Level(name="red", severity="P1", raised_after_hours=1),
    )
    alerts = p.Alerts(levels=levels, rules=(ERROR,), channels=p.Channels(alerts="#a"))
    found = run(case.pricing(alerts=alerts), case.evidence(), case.BEFORE)
    (row,) = case.rows(found, "alerts.escalation")
    assert (row["id"], row["severity"], row["receiver"]) == ("lasting-p3", "P2", "#a")
    assert 'severity="P3",level!="escalation"})' in str(row["expression"])
    assert str(row["expression"]).endswith(f">= {72 * 3600}")
    assert case.plain(row["limit"]) == "an alert of P3 is open for 72, and told as P2"
    words = {one["name"]: case.plain(one["escalation"]) for one in case.rows(found, "alerts.levels")}
    assert words["yellow"] == "To P2 when it is open for 72" and words["red"] == ""
    rule = next(one for one in case.rows(found, "alerts.rules") if one["id"] == "lasting-p3")
    assert (rule["severity"], rule["expression"]) == ("P2", row["expression"])


def test_prometheus_asks_a_query_in_its_own_language_at_every_evaluation() -> None:
    asked = p.Rule(id="up", metric="availability", operator="<", red=0.99, query="avg(up)\n  * 1", language="promql")
    found = decided(ERROR, asked)
    rule = next(row for row in case.rows(found, "alerts.rules") if row["id"] == "up-red")
    series = 'model_rule:asked:value{model="ridge",rule="up"}'
    assert (rule["expression"], rule["series"], rule["value"]) == (f"{series} < 0.99", series, series)
    recorded = {(row["record"], row["rule"]): row["expression"] for row in case.rows(found, "alerts.recordings")}
    assert recorded["model_rule:asked:value", "up"] == "avg(up) * 1"
    sheet = next(row for row in case.rows(found, "alerts.sheets") if row["id"] == "up")
    assert "not once a day" in case.plain(sheet["repeats"]) and "recorded by Prometheus" in case.plain(sheet["series"])
    assert case.value(found, "alerts.asked") is True and case.value(decided(ERROR), "alerts.asked") is False


def test_who_is_on_call_is_rung_first_and_a_number_says_whose_it_is() -> None:
    people = p.People(
        roles=(p.Person(role="Lead", name="Ann", phone="1"), p.Person(role="Night", name="Bob", pager="2"))
    )
    plan = p.Rollback(decides="the lead", steps=(p.Step(title="a", command="true", actor="Night"),))
    alerts = p.Alerts(levels=case.LEVELS, rules=(ERROR,), channels=p.Channels(alerts="#a"))
    found = run(case.pricing(alerts=alerts, people=people, rollback=plan), case.evidence(), case.BEFORE)
    told = [(row["receiver"], row["by"], row["address"]) for row in case.rows(found, "alerts.receivers")]
    assert told[:3] == [("P1/P3 #a", "chat", "#a"), ("P1 #a", "pager of Bob", "2"), ("P1 #a", "telephone of Ann", "1")]


def test_what_prometheus_is_asked_for_stands_once_among_what_is_exposed() -> None:
    query = 'sum(ok{job="a"}) / sum(ok{job="a",code="200"}) * max(up{job="a"})'
    asked = p.Rule(id="down", metric="availability", operator="<", red=0.99, query=query, language="promql")
    of = case.project(alerts=p.Alerts(rules=(asked,)))
    last = [(row["id"], row["says"]) for row in metrics_table(True, of, "").records][-2:]
    said = "Asked by down; exposed by the service or by Prometheus itself"
    assert last == [("ok", said), ("up", said)]
