"""What is told of the dates that were found, and why one is missing, on either side of each limit."""

import datetime
from typing import Any

import pytest

from generator.records import project as p
from generator.records.timeline import Dated, Timeline
from generator.subjects.calendar import timeline
from generator.subjects.calendar._others import signature_of
from generator.subjects.calendar._rollouts import TRAFFIC_ASKED
from generator.subjects.kit.known import known
from tests.subjects import case

MONDAY = datetime.date(2026, 3, 2)
START = MONDAY + datetime.timedelta(days=10)


def on(days: int | None) -> datetime.date | None:
    return None if days is None else MONDAY + datetime.timedelta(days=days)


def dates(**days: int | None) -> Timeline:
    """A timeline of activities of a day each; two underscores stand for a dot."""
    made = []
    for name, day in days.items():
        if (start := on(day)) is not None:
            id = {"traffic": TRAFFIC_ASKED}.get(name, name.replace("__", "."))
            kind: Any = "drill" if name == "drill" else "once"
            made.append(Dated(id=id, kind=kind, title=name, start=start, end=start, fixed="as declared", owner="Ann"))
    return Timeline(dated=tuple(made))


@pytest.mark.parametrize(
    ("expires", "traffic", "outlived"),
    [(9, 10, True), (10, 10, False), (11, 10, False), (None, 10, None), (9, None, None)],
)
def test_papers_that_expire_before_traffic_is_decided_are_told(expires: Any, traffic: Any, outlived: Any) -> None:
    assert timeline._outlived(dates(expiry=expires, traffic=traffic)).value is outlived


@pytest.mark.parametrize(
    ("launch", "decide", "start", "coming", "stage", "before"),
    [
        (10, None, None, 9, "candidate", True),
        (10, None, None, 10, "candidate", False),
        (None, 10, 5, 9, "candidate", True),
        (None, None, 5, 9, "candidate", False),
        (None, None, 10, 9, "candidate", True),
        (10, 5, 5, 9, "candidate", True),
        (10, None, None, 9, "full", False),
        (None, None, None, 9, "candidate", None),
        (10, None, None, None, "candidate", None),
    ],
)
def test_a_run_comes_before_the_launch_else_before_its_decision_or_its_start(
    launch: Any, decide: Any, start: Any, coming: Any, stage: Any, before: Any
) -> None:
    project = case.project(
        state=p.State(stage=stage), context=p.Context(decide_by=on(decide)), rollout=p.Rollout(start=on(start))
    )
    assert timeline._before_launch(project, dates(stage__Shadow=launch), on(coming)).value is before


def test_a_date_that_is_missing_says_what_it_waits_for() -> None:
    project = case.project(rollout=p.Rollout(stages=(p.Stage(name="Shadow"), p.Stage(name="Full"))))
    assert timeline._valid_until(project, dates(), None).reason == timeline.NO_DATE
    assert "valid_days" in timeline._valid_until(project, dates(), MONDAY).reason
    assert timeline._valid_until(project, dates(expiry=3), MONDAY).value == on(3)
    dated = known(case.evidence(case.fact("build.as_of", MONDAY)), case.BEFORE)
    for at, words in ((dated, "no start declared"), (known(case.NOTHING, case.BEFORE), timeline.NO_DATE)):
        facts = list(timeline._stages(project, dates(), at))
        assert len(facts) == 4 and all(one.value is None and words in one.reason for one in facts)


def test_a_stage_of_which_no_length_is_known_stays_and_those_after_it_wait() -> None:
    project = case.project(
        rollout=p.Rollout(stages=(p.Stage(name="Shadow"), p.Stage(name="Half"), p.Stage(name="Full")))
    )
    at = known(
        case.evidence(case.fact("build.as_of", MONDAY), case.fact("rollout.Shadow.days_planned", 1)), case.BEFORE
    )
    facts = {one.id: one for one in timeline._stages(project, dates(stage__Shadow=3, stage__Half=4), at)}
    assert (facts["rollout.Shadow.start"].value, facts["rollout.Shadow.end"].value) == (on(3), on(3))
    assert facts["rollout.Half.start"].value == on(4) and facts["rollout.Half.end"].reason == "it stays"
    assert facts["rollout.Full.start"].reason == "how long Half lasts is not known" == facts["rollout.Full.end"].reason


def test_the_drill_that_comes_next_has_a_day_and_an_owner() -> None:
    drill, owner = timeline._drill(dates(drill=7, other=3))
    assert (drill.value, owner.value) == (on(7), "Ann")
    none, nobody = timeline._drill(dates(other=3))
    assert none.value is nobody.value is None and "drill_every" in none.reason


@pytest.mark.parametrize(
    ("signed", "by", "decision", "day"),
    [(4, 9, 6, 4), (None, 9, 6, 6), (None, 5, 6, 5), (None, 9, None, 9), (None, None, 6, None)],
)
def test_a_signature_is_due_on_its_day_and_no_later_than_the_decision(signed: Any, by: Any, decision: Any, day: Any):
    approver = p.Approver(role="Head", name="Ann", by=on(by))
    project = case.project(people=p.People(approvers=(approver,)))
    id = signature_of(approver).replace(".", "__")
    (row,) = timeline._signatures(project, dates(**{id: signed, "decision": decision})).rows
    assert case.plain(row[2]) == ("" if day is None else str(on(day)))
