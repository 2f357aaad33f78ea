from __future__ import annotations

import pytest

from generator.records import project as p
from generator.records.decision import Decisions, join
from generator.records.evidence import Evidence
from generator.records.fact import SAMPLING, Fact
from generator.records.notation import spell
from generator.records.project import Project
from generator.records.table import Cell, Table
from generator.subjects.rollback import rollback, runbook
from tests.subjects import case


def _decided(project: Project, evidence: Evidence) -> Decisions:
    before = rollback.run(project, evidence, case.BEFORE)
    return runbook.run(project, evidence, join((before,)))


def _table(decided: Decisions, id: str) -> Table:
    return next(table for table in decided.tables if table.id == id)


def _words(cell: Cell) -> str:
    assert isinstance(cell, tuple)
    return spell(cell)


def _card(evidence: Evidence, project: Project | None = None) -> dict[str, str]:
    table = _table(_decided(project or case.pricing(), evidence), "runbook.card")
    return {str(row[0]): _words(row[1]) for row in table.rows}


def test_a_project_without_a_plan_still_has_a_card():
    card = _card(case.NOTHING, case.project())
    assert card["Tested in this build"] == "no: no previous version declared (model.previous)"
    assert card["Last drill"] == "none on record"


def test_a_tested_version_says_on_how_many_rows():
    facts = (case.fact("previous.scored_rows", 15000, unit="rows"), case.fact("previous.rmse", 10.0))
    assert "loads and scores 15,000 rows" in _card(Evidence(facts=facts))["Tested in this build"]


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [(-0.06, -0.04, "worse"), (0.01, 0.03, "better"), (-0.01, 0.03, "no clear difference"), (None, None, "not known")],
)
def test_the_interval_decides_what_a_rollback_would_bring(low: float | None, high: float | None, words: str):
    gain = Fact(id="performance.gain.previous", value=0.01, unit="change", low=low, high=high, range=SAMPLING)
    assert words in _card(Evidence(facts=(gain,)))["What it would bring"]


def test_the_point_of_no_return_is_a_warning():
    plan = p.Rollback(steps=(p.Step(title="switch", minutes=5), p.Step(title="publish", point_of_no_return=True)))
    table = _table(_decided(case.project(rollback=plan), case.NOTHING), "runbook.steps")
    place = [column.key for column in table.columns].index("warning")
    assert [row[place] for row in table.rows] == [(), runbook.NO_RETURN]


def test_contacts_are_those_that_the_plan_names_in_its_order():
    people = p.People(roles=(p.Person(role="Head"), p.Person(role="Clerk"), p.Person(role="Lead")))
    plan = p.Rollback(decides="the lead, else the head")
    project = case.project(people=people, rollback=plan)
    assert [row[0] for row in _table(_decided(project, case.NOTHING), "runbook.contacts").rows] == ["Lead", "Head"]


def test_without_names_in_the_plan_everybody_is_a_contact():
    people = p.People(roles=(p.Person(role="Head"), p.Person(role="Clerk")))
    table = _table(_decided(case.project(people=people), case.NOTHING), "runbook.contacts")
    assert [row[0] for row in table.rows] == ["Head", "Clerk"]


def test_every_alert_level_has_an_address_in_the_runbook():
    decided = _decided(case.pricing(), case.UNMEASURED)
    entries = _table(rollback.run(case.pricing(), case.UNMEASURED, case.BEFORE), "rollback.entries")
    anchors = [row[0] for row in entries.rows]
    addresses = [row[-1] for row in _table(decided, "runbook.addresses").rows]
    assert addresses == [f"document:rollback-runbook#{anchor}" for anchor in anchors]
