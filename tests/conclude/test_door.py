import math

import pytest

from generator.conclude import decide
from generator.records.decision import Decision, Decisions
from generator.records.evidence import Evidence
from generator.records.fact import Fact, facts_in
from generator.records.project import Project
from generator.subjects.alerts import alerts
from generator.subjects.business import business, whatif
from generator.subjects.calendar import calendar, timeline
from generator.subjects.features import features
from generator.subjects.ladder import ladder
from generator.subjects.retraining import retraining
from generator.subjects.risks import risks
from generator.subjects.rollback import rollback
from generator.subjects.verdict import conditions, gates
from tests.subjects import case

EVERY = tuple(
    plugin.DECISION
    for plugin in (
        *(business, alerts, ladder, retraining, timeline, rollback, features, risks),
        *(gates, conditions, calendar, whatif),
    )
)
CONTRACT = {
    "alerts.build": "id title status severity receiver respond",
    "alerts.sheets": "id title severity state series formula window closing repeats why owner test runbook query",
    "alerts.sheet_levels": "id level limit severity receiver respond false_alarms visible delay fired",
    "alerts.rules": "id rule level title limit severity receiver respond meaning decision expression series value "
    "named silent for keep_firing_for runbook",
    "alerts.values": "id rule date value rows feature fires",
    "alerts.metrics": "id type unit labels says",
    "alerts.volumes": "rule level rows_per_day daily_probability false_alarms why",
    "alerts.dashboard": "metric current yellow red status",
    "ladder.headline": "step value change source",
    "ladder.problems": "first second problem consequence",
    "retraining.options": "option interval runs run_cost cost stated difference status pros cons",
    "retraining.triggers": "id condition current fired since priority action approver cooldown",
    "retraining.flips": "case option cost",
    "retraining.cost_formula": "item amount",
    "rollback.conditions": "id condition current fires false_alarms action authority decide",
    "rollback.go_back": "when current who fires",
    "rollback.set_aside": "what why",
    "rollback.golden": "id request expected tolerance",
    "features.spec": "name meaning type unit allowed basis mean sd missing_expected missing_alert missing_stop source "
    "class latency freshness owner transformation imputation criticality sensitivity compliance",
    "features.rules": "id feature rule on_breach",
    "features.asks": "producer feature seen ask owner",
    "features.latency": "stage source kind budget",
    "risks.register": "id title likelihood impact score evidence mitigation owner residual",
    "risks.top": "id title likelihood impact score evidence mitigation owner residual",
    "gates.all": "gate kind value bound margin status",
    "scorecard.rows": "topic target actual status evidence",
    "conditions.all": "id must how owner due verified blocks",
    "readiness.house": "control built tested live owner blocks needed",
    "calendar.dates": "date activity owner deputy duration note",
    "calendar.retraining": "date cut_off",
    "calendar.obligations": "date activity frequency owner deputy leads",
    "whatif.rows": "question answer_change basis",
}
ALWAYS = (
    "business.loss_per_month",
    "business.loss_increase_per_month",
    "business.value_per_month",
    "alerts.total.false_alarms_per_month",
    "ladder.count.problems",
    "retraining.run.cost",
    "retraining.now",
    "retraining.recommended.name",
    "retraining.recommended.interval",
    "retraining.recommended.cost_per_year",
    "retraining.recommended.next",
    "rollback.previous.available",
    "rollback.previous.scored_rows",
    "rollback.restore",
    "features.latency.parallel",
    "features.latency.sequential",
    "features.latency.headroom",
    "features.count.compliant",
    "gates.count.pass",
    "gates.count.fail",
    "gates.count.inconclusive",
    "verdict.name",
    "conditions.count",
    "calendar.valid_until",
    "calendar.next_retraining",
)
PROJECTS = {
    "nothing declared": (case.project(), case.NOTHING),
    "pricing": (case.pricing(), case.evidence()),
    "declared, not measured": (case.pricing(), case.UNMEASURED),
    "measured, not declared": (case.project(), case.unstated()),
}


@pytest.fixture(params=PROJECTS)
def decided(request: pytest.FixtureRequest) -> Decisions:
    project, evidence = PROJECTS[request.param]
    return decide(project, evidence, EVERY)


def test_whatever_is_declared_every_table_and_fact_of_the_contract_is_there(decided: Decisions) -> None:
    tables = {table.id: {column.key for column in table.columns} for table in decided.tables}
    assert set(CONTRACT) <= set(tables)
    for id, keys in CONTRACT.items():
        assert set(keys.split()) <= tables[id], id
    assert set(ALWAYS) <= {fact.id for fact in decided.facts}


def test_ids_are_unique_and_no_number_is_nan(decided: Decisions) -> None:
    ids = [fact.id for fact in decided.facts]
    assert len(ids) == len(set(ids))
    assert len({table.id for table in decided.tables}) == len(decided.tables)
    for fact in decided.facts:
        for number in (fact.value, fact.low, fact.high):
            assert not isinstance(number, float) or math.isfinite(number), fact.id


@pytest.mark.parametrize("name", PROJECTS)
def test_every_fact_shown_can_be_looked_up(name: str) -> None:
    project, evidence = PROJECTS[name]
    decided = decide(project, evidence, EVERY)
    known = {fact.id for fact in (*decided.facts, *evidence.facts)}
    shown = {fact.id for finding in decided.findings for fact in facts_in(finding.words)}
    cited = {id for finding in decided.findings for id in finding.evidence}
    assert shown | cited <= known


@pytest.mark.parametrize("name", PROJECTS)
def test_a_fact_is_the_same_wherever_it_stands(name: str) -> None:
    project, evidence = PROJECTS[name]
    decided = decide(project, evidence, EVERY)
    values = {fact.id: fact.value for fact in (*decided.facts, *evidence.facts)}
    for table in decided.tables:
        for row in table.rows:
            for cell in row:
                for fact in facts_in(cell) if isinstance(cell, tuple) else ():
                    assert fact.value == values[fact.id], fact.id
                if isinstance(cell, Fact):
                    assert cell.value == values[cell.id], cell.id


def test_there_is_always_a_verdict(decided: Decisions) -> None:
    assert decided.verdict in ("proceed", "proceed_with_conditions", "delay", "not_enough")


def test_each_decision_sees_the_earlier_ones_in_order() -> None:
    seen: list[int] = []

    def look(project: Project, evidence: object, earlier: Decisions) -> Decisions:
        seen.append(len(earlier.facts))
        return Decisions(facts=(case.fact(f"made.{len(seen)}", 1.0),))

    one = Decision(id="one", title="One", run=look)
    decided = decide(case.project(), case.NOTHING, (one, one, one))
    assert seen == [0, 1, 2]
    assert [fact.id for fact in decided.facts] == ["made.1", "made.2", "made.3"]


def test_facts_that_only_tables_show_are_added_once() -> None:
    shown = case.fact("shown", 1.0)
    table = case.table("t", "a b", (shown, ("text ", shown)))
    one = Decision(id="one", title="One", run=lambda *_: Decisions(tables=(table,)))
    assert decide(case.project(), case.NOTHING, (one,)).facts == (shown,)
    evidence = Evidence(facts=(shown,))
    assert decide(case.project(), evidence, (one,)).facts == ()
