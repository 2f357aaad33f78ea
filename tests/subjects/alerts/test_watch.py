from dataclasses import replace

import pytest

from generator.records import project as p
from generator.records.decision import Decisions, join
from generator.records.evidence import Evidence
from generator.records.fact import Fact
from generator.records.project import Metric, Project
from generator.records.table import Mark, Table
from generator.subjects.alerts import alerts, watch
from generator.subjects.limits.formulas import FORMULAS, formula_of, rows_of
from tests.subjects import case


def _decided(project: Project, evidence: Evidence) -> Decisions:
    before = alerts.run(project, evidence, case.BEFORE)
    return watch.run(project, evidence, join((before,)))


def _table(decided: Decisions, id: str) -> Table:
    return next(table for table in decided.tables if table.id == id)


def _column(table: Table, key: str) -> list[object]:
    place = [column.key for column in table.columns].index(key)
    return [row[place] for row in table.rows]


def _evidence() -> Evidence:
    """RMSE over 9.5 on the last ten days; the shift of one feature over its limit on all thirty."""
    course = (
        fact
        for day, level in zip(case.DAYS, case.COURSE, strict=True)
        for fact in (
            case.fact(f"performance.daily.rmse.{day}", level),
            case.fact(f"performance.daily.rows.{day}", 500, unit="rows"),
        )
    )
    return case.found(
        facts=(*case.STATED, case.fact("data.production.per_day", 500.0), *course),
        tables=(case.daily("drift.daily_mean_change", "each critical mean over", 0.3, 0.3, 0.1, 3.0),),
    )


def test_nothing_declared_gives_empty_tables_with_reasons():
    decided = _decided(case.project(), case.NOTHING)
    assert all(table.reason for table in decided.tables)
    firing = next(fact for fact in decided.facts if fact.id == "watch.firing.count")
    assert firing.value is None and firing.reason


def test_the_firing_rules_are_counted():
    decided = _decided(case.pricing(), _evidence())
    assert next(fact for fact in decided.facts if fact.id == "watch.firing.count").value == 2


def test_alerts_are_one_count_wherever_they_are_counted():
    """Nine that send messages, a count of them, one that wakes nobody: nine to build and that fire."""
    error = p.Rule(id="error", metric="rmse", yellow=9.5)
    quiet = p.Level(name="low", severity="P4")
    own = [replace(error, id=f"r{number}") for number in range(9)]
    more = (p.Rule(id="count", metric="alerts_per_day", yellow=3), replace(error, id="quiet", yellow_level="low"))
    rules = p.Alerts(rules=(*own, *more), levels=(*case.LEVELS, quiet))
    evidence, project = _evidence(), case.pricing(alerts=rules)
    found = alerts.run(project, evidence, case.BEFORE)
    built = {str(row["id"]) for row in case.rows(found, "alerts.build")}
    firing = next(fact for fact in _decided(project, evidence).facts if fact.id == "watch.firing.count")
    assert {one.id for one in own} == built - {"no-predictions", "no-outcomes", "no-values", "rule-without-value"}
    assert (firing.value, firing.n) == (9, 9)


def test_the_formula_names_the_projects_own_columns():
    project = case.project(data=p.Data(production="rows.csv", target="price", prediction="offer"))
    assert formula_of("rmse", project) == "√ mean((offer − price)²)"


@pytest.mark.parametrize("metric", FORMULAS)
def test_every_metric_has_a_formula_and_rows(metric: Metric):
    assert formula_of(metric, case.project())
    assert rows_of(metric, "none")


def test_only_a_share_of_good_answers_has_a_budget():
    services = (
        p.Service(id="up", title="Up", objective=0.999, unit="share", operator=">=", measured=0.998),
        p.Service(id="fast", title="Fast", objective=200, unit="ms"),
    )
    table = _table(_decided(case.project(services=services), case.NOTHING), "watch.services")
    budget, none = _column(table, "budget")
    assert isinstance(budget, Fact)
    assert budget.value == pytest.approx(43.2)
    assert none == ()
    assert [mark.word for mark in _column(table, "status") if isinstance(mark, Mark)] == ["missed", "not measured"]


def test_the_dashboard_shows_what_no_rule_watches():
    evidence = case.found(facts=(case.fact("performance.bias.production", 0.4),))
    table = _table(_decided(case.project(), evidence), "watch.dashboard")
    assert _column(table, "metric") == ["Bias, whole period"]


@pytest.mark.parametrize(
    ("stages", "rows", "fire", "silent"),
    [
        ((0.0, 0.1, 1.0), 50.0, "count", "error"),
        ((0.8, 1.0), 400.0, None, None),
        ((0.79, 1.0), 395.0, "count", None),
        ((0.2, 1.0), 100.0, "count", None),
        ((0.19, 1.0), 95.0, "count", "error"),
        ((0.0, 1.0), None, None, None),
        ((), None, None, None),
    ],
)
def test_what_a_share_of_the_traffic_does_to_rules_on_rows_and_least_counts_is_told(
    stages: tuple[float, ...], rows: float | None, fire: str | None, silent: str | None
):
    """Of 500 rows a day: below 100 an error is unjudged, below 400 a rule fires that no key lets count all."""
    error = p.Rule(id="error", metric="rmse", red=9, minimum_n=100)
    rules = (p.Rule(id="count", metric="rows", operator="<", red=400), error)
    every = tuple(p.Stage(name=f"stage {index}", traffic=share) for index, share in enumerate(stages))
    for key, fires in (((), fire), (("quote_id",), None)):
        alerts = p.Alerts(rules=rules, levels=case.LEVELS, tables=p.Tables(key=key))
        project = case.pricing(alerts=alerts, rollout=p.Rollout(stages=every))
        decided = watch.run(project, case.evidence(), case.BEFORE)
        told = [case.value(decided, f"watch.shared.{key}") for key in ("rows", "fire", "silent")]
        assert told == [rows if rows is None else pytest.approx(rows), fires, silent]
