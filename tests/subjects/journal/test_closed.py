"""A record closes the condition of what the rows leave open; it takes back nothing that was measured."""

import datetime
from dataclasses import replace
from typing import Any

import pytest

from generator.load.known import known_at
from generator.records import project as p
from generator.records.decision import Decisions
from generator.records.journal import Record
from generator.subjects.journal import journal
from generator.subjects.verdict import conditions, gates
from generator.subjects.verdict._controls import allowed
from tests.subjects import case

DAY = datetime.date(2026, 3, 20)


def record(kind: str, about: str, state: str, day: datetime.date = DAY, version: str = "2", line: int = 1) -> Record:
    words: Any = {"kind": kind, "about": about, "state": state}
    return Record(**words, version=version, date=day, who="Ada", evidence="proof.txt", sha256="0" * 64, line=line)


def decided(*records: Record) -> Decisions:
    """Return gates, conditions and what contradicts the records on the pricing case, as of the end of March."""
    project = known_at(replace(case.pricing(), records=records), datetime.date(2026, 3, 30))
    evidence = case.evidence()
    judged = gates.run(project, evidence, case.BEFORE)
    listed = conditions.run(project, evidence, judged)
    told = journal.run(project, evidence, replace(listed, gates=judged.gates))
    return replace(listed, gates=judged.gates, verdict=judged.verdict, findings=told.findings)


def open_ones(found: Decisions) -> set[str]:
    return {str(row["id"]) for row in case.rows(found, "conditions.all")}


BEFORE = decided()
BY_CONTROL = {"monitoring", "rollback"}
SOFT = sorted({one.id for one in BEFORE.gates if one.verdict == "inconclusive" and not one.hard} - BY_CONTROL)
OTHERS = sorted(open_ones(BEFORE) - set(SOFT))


def test_a_recorded_share_of_the_traffic_holds_until_a_later_state():
    later = datetime.timedelta(days=2)
    canary, share = record("state", "version", "canary"), record("traffic", "version", "10%", DAY + later)
    project = replace(case.pricing(state=p.State(stage="shadow", traffic=0.3)), records=(canary, share))
    for day, told in ((DAY, (None, None)), (DAY + later, (0.1, DAY + later))):
        state = known_at(project, day).settings.state
        assert (state.traffic, state.traffic_since) == told
    full = record("state", "version", "in_service", DAY + 2 * later)
    assert known_at(replace(project, records=(canary, share, full)), None).settings.state.traffic is None


def test_there_are_conditions_of_both_kinds():
    assert SOFT and OTHERS


@pytest.mark.parametrize("id", SOFT)
def test_a_condition_that_the_rows_leave_open_is_closed(id: str):
    found = decided(record("condition", id, "closed"))
    assert open_ones(BEFORE) - open_ones(found) == {id}
    assert found.gates == BEFORE.gates
    assert not found.findings


@pytest.mark.parametrize("id", OTHERS)
def test_one_that_the_build_refutes_stays_open_and_that_is_told(id: str):
    found = decided(record("condition", id, "closed"))
    assert open_ones(found) == open_ones(BEFORE)
    assert [one.subject for one in found.findings] == [id]
    assert "records.jsonl:1" in str(found.findings[0].words)


@pytest.mark.parametrize(
    "unknown",
    [
        record("condition", SOFT[0], "closed", version="1"),
        record("condition", SOFT[0], "closed", day=datetime.date(2026, 3, 31)),
        record("condition", "of-yesterday", "closed"),
    ],
)
def test_of_another_version_a_later_day_or_another_build_it_says_nothing(unknown: Record):
    assert decided(unknown) == BEFORE


def test_closing_what_alone_is_open_lets_the_verdict_proceed():
    gate = next(one for one in BEFORE.gates if one.id == SOFT[0])
    hard = replace(gate, id="overall", hard=True, verdict="pass")
    assert gates.decide_on((hard, gate)) == "proceed_with_conditions"
    assert gates.decide_on((hard, gate), {gate.id}) == "proceed"
    assert gates.decide_on((replace(hard, verdict="fail"), gate), {gate.id}) == "delay"
    assert gates.decide_on((replace(hard, verdict="inconclusive"), gate), {gate.id}) == "not_enough"


def test_recorded_controls_allow_what_declared_ones_do():
    names = ("monitoring", "alerts", "rollback", "on_call")
    lines = tuple(record("control", name, "live", line=line) for line, name in enumerate(names, start=1))
    project = replace(case.pricing(), records=lines)
    assert [allowed(known_at(project, day))[0] for day in (DAY - datetime.timedelta(days=1), DAY)] == ["none", "full"]


@pytest.mark.parametrize(("state", "stage"), [("in_service", "full"), ("canary", "canary"), ("retired", "candidate")])
def test_a_recorded_state_is_that_of_the_version(state: str, stage: str):
    project = replace(case.pricing(state=p.State(stage="shadow")), records=(record("state", "version", state),))
    assert known_at(project, DAY).settings.state.stage == stage
    assert known_at(project, DAY).stated.stage == "shadow"


@pytest.mark.parametrize(("held", "last"), [(datetime.date(2026, 3, 1), 1), (datetime.date(2026, 2, 1), 0)])
def test_the_newer_of_two_drills_is_the_last_whichever_version_it_was_held_with(held: datetime.date, last: int):
    project = replace(case.pricing(), records=(record("drill", "rollback", "held", day=held, version="1"),))
    assert known_at(project, DAY).settings.rollback.last_drill == (case.ROLLBACK.last_drill, held)[last]
