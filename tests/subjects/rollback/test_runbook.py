from dataclasses import replace
from typing import Literal, get_args

import pytest
import yaml

from generator.records import project as p
from generator.records.decision import Decisions, join
from generator.records.evidence import Evidence
from generator.records.fact import facts_of
from generator.records.notation import spell
from generator.records.project import Project
from generator.records.table import Table
from generator.subjects.limits.readings import Reading
from generator.subjects.limits.rules import rule_levels
from generator.subjects.rollback import rollback, runbook
from generator.subjects.rollback._entries import MEANS, _not_yet
from generator.subjects.windows.found import Measure, Recent, TeamLevel, Turned
from tests.bundles import ROOT
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


@pytest.mark.parametrize(("phone", "told"), [(None, True), ("1", False)])
def test_whoever_is_told_of_an_urgent_alert_and_cannot_be_woken_is_a_gap(phone: str | None, told: bool):
    people = p.People(roles=(p.Person(role="owner", pager="1"), p.Person(role="head", phone=phone)))
    found = _decided(case.pricing(people=people), case.evidence())
    assert ("runbook.mute" in {one.id for one in found.findings}) is told


@pytest.mark.parametrize(("action", "said"), [("no score", "no prediction"), ("impute", "stand-ins take their place")])
def test_what_missing_values_lead_to_is_said_by_what_is_declared_for_the_inputs(action: str, said: str):
    data = p.Data(production="rows.csv", target="y", features=(p.Feature(name="a", when_missing=action),))
    rule = p.Rule(id="gaps", metric="missing", operator=">", yellow=0.1)
    found = _decided(case.project(data=data, alerts=p.Alerts(rules=(rule,))), case.NOTHING)
    assert said in str(_table(found, "runbook.entries").records[0]["means"])


@pytest.mark.parametrize(("mode", "told"), [("Less", False), (None, True)])
def test_a_gravest_level_without_a_degraded_mode_is_a_gap(mode: str | None, told: bool):
    rule = p.Rule(id="late", metric="latency_p95", red=200, mitigation="Add a pod", mode=mode, owner="Eva")
    modes = (p.Mode(name="Less", command="true", undo="true"),)
    plan = case.project(alerts=p.Alerts(rules=(rule,)), rollback=p.Rollback(degraded_modes=modes))
    found = _decided(plan, case.NOTHING)
    assert ("runbook.modes.unaided" in {one.id for one in found.findings}) is told
    asked = str(_table(found, "runbook.levels").records[0]["do"])
    assert asked == "Add a pod" + (" (no degraded mode; Eva answers for it)" if told else " (“Less”, section 3)")


@pytest.mark.parametrize(("mode", "told"), [("Less", False), (None, True), ("Other", True)])
@pytest.mark.parametrize(("metric", "against"), [("rmse", "error"), ("rows", "inputs"), ("latency_p95", "service")])
def test_an_alert_whose_entry_orders_otherwise_than_the_way_against_its_fault_is_told(
    metric: p.Metric, against: Literal["error", "inputs", "service"], mode: str | None, told: bool
):
    rule = p.Rule(id="one", metric=metric, red=0.2, mitigation="Mend it", mode=mode)
    modes = (p.Mode(name="Less", against=against), p.Mode(name="Other"))
    plan = case.project(alerts=p.Alerts(rules=(rule,)), rollback=p.Rollback(degraded_modes=modes))
    found = _decided(plan, case.found(facts=(case.fact("performance.headline", "rmse"),)))
    assert ("runbook.orders.one" in {one.id for one in found.findings}) is told


@pytest.mark.parametrize(("action", "told"), [("degrade", False), ("roll back", True), ("observe", False)])
def test_a_rollback_condition_and_the_alert_of_the_same_limit_ask_for_the_same(
    action: Literal["observe", "degrade", "roll back"], told: bool
):
    rule = p.Rule(id="late", metric="latency_p95", red=200, mitigation="Serve less", mode="Less")
    condition = p.Condition(id="slow", metric="latency_p95", threshold=200, action=action)
    modes = (p.Mode(name="Less"),)
    rollback = p.Rollback(degraded_modes=modes, conditions=(condition,))
    found = _decided(case.project(alerts=p.Alerts(rules=(rule,)), rollback=rollback), case.NOTHING)
    assert ("runbook.orders.late" in {one.id for one in found.findings}) is told


def test_a_value_beyond_one_level_is_not_rounded_to_the_graver_one_that_it_keeps():
    yellow, red = rule_levels(case.pricing())[:2]
    near = case.fact("current", (red.limit.threshold.number or 0.0) * 0.999, unit=red.limit.threshold.unit)
    found = [(one, Reading(limit=one.limit, current=near, fires=one is yellow)) for one in (yellow, red)]
    value, limit = spell((near, *_not_yet(yellow, found))).split(", not > ")
    assert float(value.strip("$")) < float(limit.strip("$"))
    assert _not_yet(red, [(one, Reading(limit=one.limit, current=near, fires=True)) for one in (yellow, red)]) == ()


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
    assert [row["look"] for row in case.rows(decided, "runbook.entries")] == ["", "x", ""]


@pytest.mark.parametrize(("named", "told"), [("Old order", True), ("Older order", False)])
def test_an_entry_names_the_mode_that_it_asks_for_and_one_without_a_command_is_told(named: str, told: bool):
    rule = p.Rule(id="rmse", metric="rmse", yellow=9, red=10, decision="Look", mitigation="Serve less", mode=named)
    mode = p.Mode(name="Old order", command="old", undo="new")
    project = case.pricing(
        alerts=p.Alerts(rules=(rule,), levels=case.LEVELS), rollback=p.Rollback(degraded_modes=(mode,))
    )
    decided = _decided(project, case.evidence())
    asked = {row["level"]: row["do"] for row in _table(decided, "runbook.levels").records if row["id"] == "rmse"}
    assert asked == {"yellow": "Look", "red": f"Serve less (“{named}”, section 3)"}
    untyped = [one for one in decided.findings if one.id == "runbook.modes.untyped"]
    assert [named in case.plain(one.words) for one in untyped] == ([] if told else [True])


@pytest.mark.parametrize(
    ("limits", "mitigation", "told"),
    [
        ("Up to a fifth of the products; no more in a day", "Switch off up to 20 % of the products", 0),
        ("Up to a quarter of the products", None, 1),
        ("Two days; at most 30 % of the products", "Switch off at most half of the shops, then retrain", 2),
        ("Answers up to 90 % of the calls", "Retrain on up to 80 % of the rows; then switch off a brand", 0),
        ("Up to a few of the products", "Up to 60 % of the rows", 0),
    ],
)
def test_a_text_that_lets_a_mode_take_out_more_than_is_declared_is_told(limits: str, mitigation: str | None, told: int):
    rule = p.Rule(id="rmse", metric="rmse", red=10, mitigation=mitigation, mode="Switch off")
    mode = p.Mode(name="Switch off", command="off", undo="on", most=0.2, limits=limits)
    plan = p.Rollback(degraded_modes=(mode, p.Mode(name="Rules", limits="Up to 100 % of the products")))
    decided = _decided(case.pricing(alerts=p.Alerts(rules=(rule,)), rollback=plan), case.evidence())
    found = [case.plain(one.words) for one in decided.findings if one.id.startswith("runbook.modes.beyond.")]
    assert len(found) == told and all("may take out 0.20 of the cases" in words for words in found)


def test_two_modes_that_may_take_out_unlike_shares_are_told_with_their_own():
    modes = (
        p.Mode(name="Brands", command="off", undo="on", most=0.1, limits="Up to a fifth of the products"),
        p.Mode(name="Shops", command="off", undo="on", most=0.2, limits="Up to half of the shops"),
    )
    decided = _decided(case.pricing(rollback=p.Rollback(degraded_modes=modes)), case.evidence())
    found = [one for one in decided.findings if one.id.startswith("runbook.modes.beyond.")]
    own = zip(found, ("0.10", "0.20"), strict=True)
    assert all(f"may take out {most} of" in case.plain(one.words) for one, most in own)
    values: dict[str, set[object]] = {}
    for fact in facts_of((decided.facts, decided.findings)):
        values.setdefault(fact.id, set()).add(fact.value)
    assert {id: held for id, held in values.items() if len(held) > 1} == {}


@pytest.mark.parametrize("name", ["churn", "leadscore", "techmart"])
def test_what_entries_of_the_worked_cases_ask_for_can_be_typed(name: str):
    plan = yaml.safe_load((ROOT / "data" / name / "dossier.yaml").read_text())
    modes = {one["name"]: one for one in plan["rollback"]["degraded_modes"]}
    asked = [rule["mode"] for rule in plan["alerts"]["rules"] if "mode" in rule]
    assert asked and all(modes[one].get("command") or modes[one].get("automated") for one in asked)


@pytest.mark.parametrize(("most", "out", "beyond"), [(0.2, ["south"], ["north"]), (0.3, ["north", "south"], [])])
def test_a_group_larger_than_a_mode_may_take_out_is_told_and_not_named_for_it(
    most: float, out: list[str], beyond: list[str]
):
    turned = {
        name: Turned(**{key: case.fact(f"w.{name}.{key}", 9.0, n=rows) for key in ("earlier", "recent", "change")})
        for name, rows in (("north", 250), ("south", 100))
    }
    levels = tuple(
        TeamLevel(segment="side", name=key, turned=one, proven=True, worse=True) for key, one in turned.items()
    )
    rows = case.fact("windows.recent.rows", 1000)
    evidence = case.found(facts=(rows, *(case.fact(f"windows.recent.{key}", 1) for key in ("start", "end", "days"))))
    recent = replace(evidence.shelf[Recent], levels=levels)
    evidence = replace(evidence, shelf=evidence.shelf.added(recent))
    mode = p.Mode(name="Take out", against="error", most=most, slot="{level}")
    decided = _decided(case.pricing(rollback=replace(case.ROLLBACK, degraded_modes=(mode,))), evidence)
    assert [[row[0] for row in _table(decided, f"runbook.{id}").rows] for id in ("worse", "beyond")] == [out, beyond]
    assert [row[2] for row in _table(decided, "runbook.groups").rows] == [
        "too large" if name in beyond else name for name in ("north", "south")
    ]
    together = [tuple(map(case.plain, row)) for row in _table(decided, "runbook.together").rows]
    assert together == ([("north and south", "0.35", "north")] if most == 0.3 else [])


@pytest.mark.parametrize(("segments", "typed"), [((), "side=south"), (("side",), "side=south"), (("brand",), "")])
def test_each_group_is_written_as_its_command_takes_it_with_what_is_left_without_it(
    segments: tuple[str, ...], typed: str
):
    turned = Turned(**{key: case.fact(f"w.south.{key}", 2.0, n=100) for key in ("earlier", "recent", "change")})
    names = ("south", "(unseen)")
    levels = tuple(TeamLevel(segment="side", name=one, turned=turned, proven=False, worse=False) for one in names)
    whole = Turned(**{key: case.fact(f"w.all.{key}", 5.0, n=200) for key in ("earlier", "recent", "change")})
    rows = case.fact("windows.recent.rows", 200)
    evidence = case.found(facts=(rows, *(case.fact(f"windows.recent.{key}", 1) for key in ("start", "end", "days"))))
    found = evidence.shelf[Recent]
    recent = replace(found, levels=levels, headline="rmse", measures={**found.measures, Measure(metric="rmse"): whole})
    evidence = replace(evidence, shelf=evidence.shelf.added(recent))
    mode = p.Mode(name="Take out", slot="{segment}={level}", segments=segments)
    decided = _decided(case.pricing(rollback=replace(case.ROLLBACK, degraded_modes=(mode,))), evidence)
    first, unseen = case.rows(decided, "runbook.groups")
    assert (first["typed"], unseen["typed"]) == (typed, "")
    assert case.value(decided, "runbook.rest.side.south") == pytest.approx(46**0.5)


@pytest.mark.parametrize(("who", "said"), [("on call", "set by on call"), (None, "nor who sets it")])
def test_a_mode_without_a_command_says_so_and_who_sets_it(who: str | None, said: str):
    plan = p.Rollback(degraded_modes=(p.Mode(name="Less"),), modes_set_by=who)
    (row,) = case.rows(_decided(case.project(rollback=plan), case.NOTHING), "runbook.modes")
    shown = str(row["command"])
    assert "no command is declared" in shown and said in shown


@pytest.mark.parametrize(("red", "said"), [(6.5, True), (7.0, False)])
def test_a_group_without_which_the_rest_still_stands_past_the_red_limit_is_told(red: float, said: bool):
    turned = Turned(**{key: case.fact(f"w.south.{key}", 2.0, n=100) for key in ("earlier", "recent", "change")})
    whole = Turned(**{key: case.fact(f"w.all.{key}", 5.0, n=200) for key in ("earlier", "recent", "change")})
    rows = case.fact("windows.recent.rows", 200)
    evidence = case.found(facts=(rows, *(case.fact(f"windows.recent.{key}", 1) for key in ("start", "end", "days"))))
    found, measure = evidence.shelf[Recent], Measure(metric="rmse")
    level = TeamLevel(segment="side", name="south", turned=turned, proven=True, worse=True)
    recent = replace(found, levels=(level,), headline="rmse", measures={**found.measures, measure: whole})
    evidence = replace(evidence, shelf=evidence.shelf.added(recent))
    rollback = replace(case.ROLLBACK, degraded_modes=(p.Mode(name="Take out", most=0.6, slot="{level}"),))
    rule = p.Rule(id="error", metric="rmse", operator=">=", red=red)
    decided = _decided(case.pricing(rollback=rollback, alerts=p.Alerts(rules=(rule,))), evidence)
    (row,) = _table(decided, "runbook.worse").rows
    assert [bool(cell) for cell in row[3:]] == [said, said]


@pytest.mark.parametrize(
    ("expected", "effect", "told"), [(None, "now", True), ("ok", None, True), ("ok", "now", False)]
)
def test_a_mode_says_what_its_command_shows_and_from_when_on_it_acts(
    expected: str | None, effect: str | None, told: bool
):
    mode = p.Mode(name="Less", command="less", undo="more", expected=expected, effect=effect)
    for who in (None, "on call"):
        plan = p.Rollback(degraded_modes=(mode,), modes_set_by=who)
        found = {one.id for one in _decided(case.pricing(rollback=plan), case.evidence()).findings}
        assert ("runbook.modes.unshown" in found) is told
        assert ("runbook.modes.unasked" in found) is (who is None)


def test_nobody_is_named_in_place_of_somebody_whom_they_were_called_before():
    people = p.People(
        roles=(
            p.Person(role="Lead", name="Ann", phone="1", deputy="Bob"),
            p.Person(role="Head", name="Cy", deputy="Ann"),
            p.Person(role="Chief", name="Di", deputy="Cy"),
        )
    )
    plan = p.Rollback(decides="Lead, then head, then chief")
    rows = case.rows(_decided(case.pricing(people=people, rollback=plan), case.NOTHING), "runbook.contacts")
    assert [row["deputy"] for row in rows] == ["Bob", "the next", ()]


def test_what_wakes_who_is_on_call_is_said():
    people = p.People(roles=(p.Person(role="Night", pager="7"), p.Person(role="Lead", phone="1")))
    plan = p.Rollback(steps=(p.Step(title="a", command="true", actor="Night"),))
    assert case.value(_decided(case.pricing(people=people, rollback=plan), case.NOTHING), "runbook.ring") == (
        "Night: pager 7"
    )


def test_only_alerts_that_need_no_outcomes_are_watched_for_a_day():
    rules = tuple(p.Rule(id=metric, metric=metric, yellow=1.0) for metric in ("rows", "rmse", "missing", "revenue"))
    found = _table(_decided(case.project(alerts=p.Alerts(rules=rules)), case.NOTHING), "runbook.at_once")
    assert len(found.rows) == 2 and "rmse" not in case.plain(found.rows[0][0]).lower()


LOOK = p.Step(title="real?", proves="alert", command='curl "https://a.example.com/v?rule=${RULE:?set it first}&days=3"')


def test_each_alert_says_for_which_rule_the_command_that_proves_it_asks():
    found = _decided(case.pricing(rollback=p.Rollback(prechecks=(LOOK,))), case.evidence())
    real = {row["id"]: row["real"] for row in case.rows(found, "runbook.entries")}
    assert {row["letter"] for row in case.rows(found, "runbook.entries")} == {"A"}
    assert real and all(typed == f"RULE={id}" for id, typed in real.items())
    assert not [one.id for one in found.findings if one.id == "runbook.alert"]


def test_a_command_that_asks_the_same_of_every_alert_is_told():
    same = replace(LOOK, command="curl https://a.example.com/rmse")
    found = _decided(case.pricing(rollback=p.Rollback(prechecks=(same,))), case.evidence())
    assert [one.id for one in found.findings if one.id == "runbook.alert"]
    assert {row["real"] for row in case.rows(found, "runbook.entries")} == {""}


def test_whom_a_condition_or_a_failed_step_names_is_called_and_by_what_a_deputy_is_reached():
    people = p.People(
        roles=(
            p.Person(role="Lead", name="Ann", deputy="Bob"),
            p.Person(role="Head of prices", name="Cy", phone="3"),
            p.Person(role="Clerk", name="Bob", contact="bob@example.com"),
        )
    )
    steps = (p.Step(title="a", command="true", actor="Night", if_it_fails="Ask the clerk"),)
    conditions = (p.Condition(id="money", metric="revenue", threshold=1, authority="Lead with the head of prices"),)
    plan = p.Rollback(decides="the lead", steps=steps, conditions=conditions)
    rows = case.rows(_decided(case.pricing(people=people, rollback=plan), case.NOTHING), "runbook.contacts")
    assert [row["role"] for row in rows] == ["Lead", "Head of prices", "Clerk"]
    assert rows[0]["deputy"] == "Bob, bob@example.com"


def test_who_answers_for_what_no_mode_does_is_reached_by_what_is_declared():
    people = p.People(roles=(p.Person(role="Lead", name="Ann", phone="1"),))
    rule = replace(case.ERROR_RULE, owner="Ann", mitigation="Mend it")
    alerts = replace(case.ALERTS, rules=(rule,))
    levels = case.rows(_decided(case.pricing(people=people, alerts=alerts), case.evidence()), "runbook.levels")
    assert [row["do"] for row in levels if row["id"] == "rmse" and row["level"] == "red"] == [
        "Mend it (no degraded mode; Ann, 1, answers for it)"
    ]


def test_an_alert_that_lets_somebody_go_back_leads_to_where_that_is_asked():
    rule = p.Rule(id="up", metric="availability", operator="<", red=0.99, owner="Ann", decision="Go back")
    condition = p.Condition(id="down", metric="availability", operator="<", threshold=0.99)
    alerts, plan = replace(case.ALERTS, rules=(rule,)), replace(case.ROLLBACK, conditions=(condition,))
    levels = case.rows(_decided(case.pricing(alerts=alerts, rollback=plan), case.evidence()), "runbook.levels")
    assert [row["do"] for row in levels if row["id"] == "up"] == ["Go back (page 1, third question)"]
