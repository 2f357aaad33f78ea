from __future__ import annotations

from typing import get_args

import pytest

from generator.records import project as p
from generator.records.decision import Decisions, join
from generator.records.evidence import Evidence
from generator.records.project import Project
from generator.records.table import Table
from generator.subjects.limits.rules import rule_levels
from generator.subjects.rollback import rollback, runbook
from generator.subjects.rollback._entries import MEANS
from tests.subjects import case


def _decided(project: Project, evidence: Evidence) -> Decisions:
    before = rollback.run(project, evidence, case.BEFORE)
    return runbook.run(project, evidence, join((before,)))


def _table(decided: Decisions, id: str) -> Table:
    return next(table for table in decided.tables if table.id == id)


def test_a_version_that_was_scored_says_on_how_many_rows():
    facts = (case.fact("declared.model.previous.version", "1"), case.fact("previous.scored_rows", 15000, unit="rows"))
    state = _table(_decided(case.pricing(), case.found(facts=facts)), "runbook.versions").rows[1][1]
    assert "scored 15000" in case.plain(state)


def test_a_version_that_was_not_scored_is_not_called_ready():
    facts = (case.fact("declared.model.previous.version", "1"),)
    state = _table(_decided(case.project(), case.found(facts=facts)), "runbook.versions").rows[1][1]
    assert "not loaded" in case.plain(state) and "ready" not in case.plain(state)


def test_commands_that_look_have_letters_and_the_point_of_no_return_a_mark():
    steps = (p.Step(title="switch", minutes=5), p.Step(title="publish", point_of_no_return=True))
    plan = p.Rollback(prechecks=(p.Step(title="look"),), steps=steps)
    table = _table(_decided(case.project(rollback=plan), case.NOTHING), "runbook.commands")
    assert [row[0] for row in table.rows] == ["A", "1", "▲ 2"]


@pytest.mark.parametrize(("wake", "stranded"), [({}, True), ({"phone": "1"}, False), ({"pager": "1"}, False)])
def test_an_urgent_alert_that_wakes_nobody_is_told(wake: dict[str, str], stranded: bool):
    people = p.People(roles=(p.Person(role="Lead", contact="lead@example.com", **wake),))
    found = _decided(case.pricing(people=people), case.evidence())
    assert case.value(found, "runbook.stranded") is stranded
    assert ("runbook.stranded" in {one.id for one in found.findings}) is stranded


def test_where_no_alert_is_urgent_nobody_need_be_woken():
    assert case.value(_decided(case.project(), case.NOTHING), "runbook.stranded") is False


def test_whoever_carries_the_pager_is_called_though_the_plan_does_not_name_them():
    people = p.People(roles=(p.Person(role="On call", pager="1"), p.Person(role="Lead"), p.Person(role="Clerk")))
    project = case.project(people=people, rollback=p.Rollback(decides="the lead"))
    rows = _table(_decided(project, case.NOTHING), "runbook.contacts").rows
    assert [row[0] for row in rows] == ["Lead", "On call"]


def test_contacts_are_those_that_the_plan_names_in_its_order():
    people = p.People(roles=(p.Person(role="Head"), p.Person(role="Clerk"), p.Person(role="Lead")))
    plan = p.Rollback(decides="the lead, else the head")
    project = case.project(people=people, rollback=plan)
    assert [row[0] for row in _table(_decided(project, case.NOTHING), "runbook.contacts").rows] == ["Lead", "Head"]


def test_who_types_the_commands_is_not_called_but_can_be_woken():
    people = p.People(roles=(p.Person(role="Night", pager="1"), p.Person(role="Lead")))
    plan = p.Rollback(decides="the lead, else the night", steps=(p.Step(title="a", command="true", actor="Night"),))
    found = _decided(case.pricing(people=people, rollback=plan), case.NOTHING)
    assert [row[0] for row in _table(found, "runbook.contacts").rows] == ["Lead"]
    assert case.value(found, "runbook.unreachable") is True
    assert case.value(found, "runbook.stranded") is False


def test_without_names_in_the_plan_everybody_is_a_contact():
    people = p.People(roles=(p.Person(role="Head"), p.Person(role="Clerk")))
    table = _table(_decided(case.project(people=people), case.NOTHING), "runbook.contacts")
    assert [row[0] for row in table.rows] == ["Head", "Clerk"]


def test_every_alert_level_has_its_anchor_in_the_entry_of_its_metric():
    decided = _decided(case.pricing(), case.UNMEASURED)
    entries = case.rows(decided, "runbook.entries")
    anchors = {row[key] for row in entries for key in ("first_anchor", "last_anchor")} - {""}
    assert anchors == {level.anchor for level in rule_levels(case.pricing())}
    assert len({row["id"] for row in entries}) == len(entries)


def test_an_entry_says_since_when_and_on_which_days_it_fired():
    entry = case.rows(_decided(case.pricing(), case.evidence()), "runbook.entries")[0]
    assert entry["state"].word == "red"
    assert case.plain(entry["fired"]).endswith("of 30")
    assert entry["since"].value in case.DAYS


def test_every_metric_that_can_be_watched_has_a_meaning():
    assert set(MEANS) == set(get_args(p.Metric))


def test_signs_stand_under_their_rule_and_checks_where_there_are_none():
    sign = p.Sign(sign="one source", then="call it")
    rules = (
        p.Rule(id="a", metric="rmse", red=1, tell_apart=(sign,)),
        p.Rule(id="b", metric="mae", red=1, checks=("x",)),
    )
    decided = _decided(case.pricing(alerts=p.Alerts(rules=rules)), case.evidence())
    assert _table(decided, "runbook.signs").rows == (("a", "one source", "call it"),)
    assert [row["look"] for row in case.rows(decided, "runbook.entries")] == ["", "x"]
