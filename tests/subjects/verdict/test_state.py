"""What is asked for is the largest stage that the declared controls allow; what nothing declares is not built."""

from dataclasses import replace
from typing import Any

import pytest

from generator.records import project as p
from generator.records.decision import Verdict
from generator.subjects.kit.known import known
from generator.subjects.rollback import runbook
from generator.subjects.verdict import conditions, gates
from generator.subjects.verdict._controls import allowed, asked, next_steps, request_facts
from tests.subjects import case

LIVE = {"monitoring": "live", "alerts": "live", "rollback": "live", "on_call": "live"}
TESTED = {"monitoring": "built", "alerts": "tested", "rollback": "tested", "on_call": "built"}


def stated(stage: Any = "candidate", **controls: Any) -> p.Project:
    listed: list[tuple[Any, Any]] = list(controls.items())
    own = tuple(p.Control(name=name, state=state) for name, state in listed)
    return case.pricing(state=p.State(stage=stage, controls=own))


@pytest.mark.parametrize(
    ("controls", "stage"),
    [
        ({}, "none"),
        ({"monitoring": "specified"}, "none"),
        ({"monitoring": "built"}, "shadow"),
        ({**LIVE, "monitoring": "specified"}, "none"),
        ({**TESTED, "alerts": "built"}, "shadow"),
        ({**TESTED, "rollback": "built"}, "shadow"),
        ({**TESTED, "on_call": "specified"}, "shadow"),
        (TESTED, "canary"),
        ({**LIVE, "rollback": "tested"}, "canary"),
        (LIVE, "full"),
    ],
)
def test_the_stage_is_the_largest_that_the_controls_allow(controls: dict[str, Any], stage: str) -> None:
    assert allowed(stated(**controls))[0] == stage


def test_an_urgent_alert_that_wakes_nobody_has_no_on_call() -> None:
    deaf = p.People(roles=(p.Person(role="On-call engineer", contact="on-call@example.com"),))
    live = stated(**LIVE)
    assert allowed(live)[0] == "full"
    assert allowed(replace(live, settings=replace(live.settings, people=deaf)))[0] == "shadow"


def test_what_the_next_stage_lacks_is_said_with_its_state() -> None:
    assert allowed(stated())[1] == ("monitoring built (now not built)",)
    assert allowed(stated(**{**TESTED, "alerts": "built"}))[1] == ("alerts tested (now built)",)


@pytest.mark.parametrize(("controls", "passes"), [({}, False), (TESTED, False), (LIVE, True)])
def test_written_rules_alone_are_no_monitoring(controls: dict[str, Any], passes: bool) -> None:
    project = stated(**controls)
    project = replace(project, settings=replace(project.settings, alerts=p.Alerts(rules=RULES)))
    known = tuple(case.fact(f"alerts.{rule.id}.current", 0.0) for rule in RULES)
    judged = gates.run(project, case.evidence(*known), case.BEFORE)
    gate = next(gate for gate in judged.gates if gate.id == "monitoring")
    assert gate.verdict == ("pass" if passes else "inconclusive" if controls else "fail")
    assert passes or judged.verdict != "proceed"
    line = next(row for row in case.rows(judged, "scorecard.rows") if case.plain(row["topic"]) == "Monitoring")
    assert controls.get("monitoring", "not built") in case.plain(line["actual"])


@pytest.mark.parametrize(
    ("stage", "words", "serves"), [("candidate", "not declared to serve", False), ("full", "serves", True)]
)
def test_the_runbook_says_serving_only_of_what_is_declared_to_serve(stage: str, words: str, serves: bool) -> None:
    found = runbook.run(stated(stage), case.evidence(), case.BEFORE)
    assert words in str(case.rows(found, "runbook.versions")[0]["state"])
    assert case.value(found, "runbook.serves") is serves


@pytest.mark.parametrize("controls", [{}, {"monitoring": "built"}, TESTED, {**TESTED, "monitoring": "live"}])
def test_the_condition_on_monitoring_holds_back_what_the_first_control_that_lacks_does(
    controls: dict[str, Any],
) -> None:
    judged = gates.run(stated(**controls), case.evidence(), case.BEFORE)
    listed = conditions.run(stated(**controls), case.evidence(), judged)
    held = next(row["blocks"] for row in case.rows(listed, "conditions.all") if row["id"] == "monitoring")
    lines = [line["blocks"] for line in case.rows(judged, "readiness.house") if line["blocks"] != "nothing"]
    first = next(words for words in ("a shadow run", "part of the traffic", "all traffic") if words in lines)
    assert {"launch": "a shadow run", "full traffic": "all traffic"}.get(str(held), held) == first


def test_a_request_for_what_a_version_has_names_no_day_on_which_it_begins() -> None:
    facts = {fact.id: fact for fact in request_facts(stated("canary", **TESTED), known(case.evidence(), case.BEFORE))}
    assert facts["request.has"].value is True and facts["request.from"].value is None


def test_controls_that_stand_alike_share_a_line() -> None:
    lines = case.rows(gates.run(stated(monitoring="built"), case.evidence(), case.BEFORE), "readiness.house")
    assert [line["control"] for line in lines] == ["Monitoring", "Alerts, rollback, on-call by name"]
    assert [(line["built"], line["tested"], line["live"]) for line in lines] == [
        ("yes", "no", "no"),
        ("no", "no", "no"),
    ]
    assert [line["blocks"] for line in lines] == ["all traffic", "part of the traffic"]


@pytest.mark.parametrize(("stage", "beyond"), [("candidate", False), ("canary", True)])
def test_a_version_that_serves_more_than_its_controls_allow_is_told(stage: str, beyond: bool) -> None:
    judged = gates.run(stated(stage), case.evidence(), case.BEFORE)
    assert case.known(judged, "request.beyond").value is beyond
    assert all((line["needed"] == "now") is beyond for line in case.rows(judged, "readiness.house"))


@pytest.mark.parametrize(
    ("verdict", "stage", "controls", "words"),
    [
        ("proceed_with_conditions", "candidate", {}, "the preparation of a shadow run, and no traffic yet"),
        ("proceed_with_conditions", "candidate", {"monitoring": "built"}, "a shadow run, and no more"),
        ("proceed_with_conditions", "canary", {}, "to keep the traffic that it has, on conditions, and no more"),
        ("proceed_with_conditions", "canary", TESTED, "to go on with part of the traffic, and no more"),
        ("proceed", "candidate", LIVE, "all traffic"),
        ("delay", "candidate", LIVE, "no traffic"),
        ("not_enough", "candidate", {}, "no traffic"),
    ],
)
def test_beside_the_verdict_stands_what_is_asked_for(
    verdict: Verdict, stage: str, controls: dict[str, Any], words: str
) -> None:
    assert asked(request_facts(stated(stage, **controls), known(case.evidence(), case.BEFORE)), verdict).value == words


def test_a_stage_begins_when_the_first_of_its_kind_does() -> None:
    stages = (p.Stage(name="unseen", traffic=0.0), p.Stage(name="some", traffic=0.1), p.Stage(name="half", traffic=0.5))
    project = stated(monitoring="built")
    project = replace(project, settings=replace(project.settings, rollout=p.Rollout(stages=stages)))
    starts = [case.fact(f"rollout.{one.name}.start", case.DAYS[place]) for place, one in enumerate(stages)]
    judged = gates.run(project, case.evidence(*starts), case.BEFORE)
    assert case.known(judged, "request.from").value == case.DAYS[0]
    assert case.known(judged, "request.next_from").value == case.DAYS[1]


RULES = (
    p.Rule(id="a", metric="rmse", red=10),
    p.Rule(id="b", metric="mean_change", yellow=0.2),
    p.Rule(id="c", metric="missing", red=0.1),
)


@pytest.mark.parametrize(
    ("controls", "steps"),
    [
        ({}, ["set up monitoring"]),
        ({"monitoring": "built"}, ["set up and test alerts, rollback", "set up on-call by name"]),
        (LIVE, []),
    ],
)
def test_the_steps_to_the_next_stage_are_things_to_do(controls: dict[str, Any], steps: list[str]) -> None:
    assert next_steps(stated(**controls)) == steps


@pytest.mark.parametrize(
    ("before", "name", "lacks"), [(True, "a shadow run", "that version judged"), (False, "all traffic", None)]
)
def test_a_version_that_is_still_to_be_trained_is_asked_for_no_farther_than_unseen(
    before: bool, name: str, lacks: str | None
) -> None:
    controls = dict.fromkeys(("monitoring", "alerts", "rollback", "on_call"), "live")
    at = known(case.evidence(case.fact("retraining.before_launch", before)), case.BEFORE)
    told = {fact.id: fact.value for fact in request_facts(stated("candidate", **controls), at)}
    assert (told["request.name"], told["request.lacks"]) == (name, lacks)
