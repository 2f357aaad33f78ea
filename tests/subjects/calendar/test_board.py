"""The rules by which a day is found, and what stands in its way, on either side of each limit."""

import datetime
from dataclasses import replace
from typing import Any

import pytest

from generator.records import project as p
from generator.subjects.calendar import _plans as plans
from generator.subjects.calendar import _rollouts as rollouts
from generator.subjects.calendar import _workdays as workdays
from generator.subjects.calendar._board import Board, Bound, Wanted
from generator.subjects.kit.known import known
from tests.subjects import case

MONDAY = datetime.date(2026, 3, 2)


def on(days: int) -> datetime.date:
    return MONDAY + datetime.timedelta(days=days)


def bound(days: int, *, ends: bool = False, rule: str = "r") -> Bound:
    return Bound(day=on(days), why=f"day {days}", rule=rule, ends=ends)


def wanted(first: int = 0, **more: Any) -> Wanted:
    return Wanted(**{"id": "a", "kind": "once", "title": "A", "first": (bound(first),), **more})


def board(*frozen: int) -> Board:
    freezes = (p.Freeze(start=on(frozen[0]), end=on(frozen[1]), reason="close"),) if frozen else ()
    return Board(p.Calendar(freezes=freezes, holidays=(on(9),)))


@pytest.mark.parametrize(
    ("day", "release", "why"),
    [
        (4, False, ""),
        (5, False, "weekend"),
        (6, False, "weekend"),
        (9, False, "holiday"),
        (14, True, ""),
        (15, True, "freeze: close"),
        (17, True, "freeze: close"),
        (18, True, ""),
        (15, False, ""),
    ],
)
def test_a_weekend_and_a_holiday_stop_everything_and_a_freeze_releases_alone(day: int, release: bool, why: str):
    freeze = p.Freeze(start=on(15), end=on(17), reason="close")
    calendar = p.Calendar(freezes=(freeze,), holidays=(on(9),))
    assert workdays.obstacle(on(day), calendar, release=release) == why
    nameless = replace(calendar, freezes=(replace(freeze, reason=None),))
    if why.startswith("freeze"):
        assert workdays.obstacle(on(day), nameless, release=True) == "freeze"


@pytest.mark.parametrize(("day", "expected"), [(4, 4), (5, 7), (9, 10)])
def test_the_first_working_day_is_that_day_or_the_next_one(day: int, expected: int) -> None:
    assert workdays.working(on(day), p.Calendar(holidays=(on(9),))) == on(expected)
    closed = p.Calendar(holidays=tuple(on(each) for each in range(366)))
    assert workdays.working(on(0), closed) == on(0) and workdays.working(on(1), closed) == on(366), (
        "a year is looked at"
    )


def test_what_is_repeated_keeps_its_step_after_the_start_and_up_to_the_end() -> None:
    weekly = list(workdays.every("weekly", MONDAY, on(7), on(21)))
    assert weekly == [on(14), on(21)]
    january = datetime.date(2026, 1, 31)
    monthly = list(workdays.every("monthly", january, january, datetime.date(2026, 4, 30)))
    assert [(day.month, day.day) for day in monthly] == [(2, 28), (3, 31), (4, 30)]


def test_the_latest_of_what_comes_before_binds_and_a_wish_only_after_it() -> None:
    later = board().put(wanted(first=0, wish=bound(2)))
    assert (later.start, later.fixed) == (on(2), "day 2")
    same = board().put(wanted(first=2, wish=replace(bound(2), why="wish")))
    assert (same.start, same.fixed) == (on(2), "wish")
    sooner = board().put(wanted(first=3, wish=bound(2)))
    assert (sooner.start, sooner.fixed) == (on(3), "day 3")
    both = board().put(replace(wanted(), first=(bound(3), bound(1))))
    assert both.start == on(3) and both.moved == ""


def test_a_wish_that_cannot_be_goes_back_to_the_nearest_day_that_can_else_forward() -> None:
    """Sunday is day 6; nothing can be before day 4, a Friday, or before day 5, which is no working day either."""
    back = board().put(wanted(first=3, wish=bound(6)))
    assert back.start == on(4) and back.moved == f"moved from {on(6)} (weekend)"
    forward = board().put(wanted(first=5, wish=bound(6)))
    assert forward.start == on(7) and forward.moved.endswith("(weekend)")
    nearest = board().put(wanted(first=4, wish=bound(6)))
    assert nearest.start == on(4)


def test_what_holds_the_place_of_another_lets_it_wait_until_the_day_after() -> None:
    held = board()
    held.hold("training", "the rollout goes on", on(0), on(2))
    waits = held.put(wanted(first=0, takes="training"))
    assert waits.start == on(3) and "the rollout goes on" in waits.moved
    assert held.put(wanted(first=2, id="b", takes="other")).start == on(2)
    assert held.put(wanted(first=3, id="c", takes="training")).start == on(3)
    wish = held.put(wanted(first=0, id="d", takes="training", wish=bound(5)))
    assert wish.start == on(4), "back from Saturday to Friday, which nothing holds"
    held.hold("training", "another", on(3), on(4))
    none = held.put(wanted(first=0, id="e", takes="training", wish=bound(5)))
    assert none.start == on(7), "no day before Saturday is free"


def test_releases_wait_for_the_end_of_a_freeze_and_other_things_do_not() -> None:
    frozen = board(0, 3)
    assert frozen.put(wanted(release=True)).start == on(4)
    assert frozen.put(wanted(id="b")).start == on(0)
    assert frozen.put(wanted(first=5, id="c", any_day=True)).start == on(5)


def test_a_day_or_an_end_beyond_its_bound_breaks_it_by_so_many_days() -> None:
    made = board()
    found = made.put(wanted(days=5, last=(bound(0), bound(3, ends=True), bound(4, ends=True, rule="kept"))))
    assert (found.start, found.end) == (on(0), on(4))
    assert [(one.bound.day, one.over) for one in made.broken] == [(on(3), 1)]


SOON = on(10)
STAGES = (
    p.Stage(name="Shadow", traffic=0.0, days=10),
    p.Stage(name="Canary", traffic=0.1, days=20),
    p.Stage(name="Full", traffic=1.0),
)


def planned(
    start: datetime.date | None = SOON, stage: Any = "candidate", change: Any = None, *facts: Any
) -> plans.Plans:
    project = case.pricing(rollout=p.Rollout(start=start, stages=STAGES), state=p.State(stage=stage))
    at = known(case.evidence(*facts), case.BEFORE)
    return plans.Plans(project=project, at=at, today=MONDAY, change=change or plans.AS_PLANNED)


@pytest.mark.parametrize(
    ("stage", "days", "start"), [("", 0, 10), ("", 3, 7), ("", 9, 1), ("", 30, 1), ("Shadow", 3, 10)]
)
def test_a_rollout_begins_sooner_but_not_before_tomorrow(stage: str, days: int, start: int) -> None:
    assert planned(change=plans.PlanChange(stage=stage, days=days)).start == on(start)
    assert planned(None, change=plans.PlanChange(stage=stage, days=days)).start is None


@pytest.mark.parametrize(
    ("stage", "start", "ahead"),
    [
        ("candidate", 10, ["Shadow", "Canary", "Full"]),
        ("canary", 10, ["Canary", "Full"]),
        ("canary", 0, ["Canary", "Full"]),
        ("canary", -1, ["Shadow", "Canary", "Full"]),
    ],
)
def test_of_a_launch_to_come_only_the_stages_that_are_not_past_are_dated(stage: str, start: int, ahead: list[str]):
    found = planned(on(start), stage)
    assert [one.name for one in found.to_launch] == ahead
    assert [found.goes_on(one) for one in STAGES] == [False, stage == "canary", False]
    assert [found.past(one) for one in STAGES] == [stage == "canary", False, False]


@pytest.mark.parametrize(
    ("planned_days", "needed", "fewer", "days"),
    [(10, 4, 0, 10), (10, 4, 3, 7), (10, 4, 8, 4), (10, None, 12, 1), (10, 12, 0, 12), (None, 4, 0, None)],
)
def test_a_stage_takes_no_fewer_days_than_it_needs(planned_days: Any, needed: Any, fewer: int, days: Any) -> None:
    facts = (case.fact("rollout.Shadow.days_planned", planned_days), case.fact("rollout.Shadow.days_needed", needed))
    change = plans.PlanChange(stage="Shadow", days=fewer)
    assert planned(on(10), "candidate", change, *facts).length(STAGES[0]) == days
    other = plans.PlanChange(stage="Canary", days=fewer)
    assert planned(on(10), "candidate", other, *facts).length(STAGES[0]) == (
        None if planned_days is None else max(planned_days, needed or 1)
    )


@pytest.mark.parametrize(
    ("now", "since", "late", "day"),
    [
        (True, (), 5, 1),
        (True, (0,), 5, 5),
        (True, (3, 0), 5, 5),
        (True, (-20,), 5, 1),
        (False, (0,), 5, None),
        (None, (), 5, None),
    ],
)
def test_a_run_that_is_asked_for_learns_from_the_outcomes_that_made_it_fire(now: Any, since: Any, late: int, day: Any):
    """The day after the build, or the one on which the outcomes of the first day of firing are there."""
    facts = (case.fact("build.as_of", MONDAY), case.fact("rollout.maturity", late))
    at = known(case.evidence(*facts), case.BEFORE)
    found = plans.learnable(at, case.fact("now", now), [case.fact(f"s{one}", on(one)) for one in since])
    assert found == (None if day is None else on(day))


def test_outcomes_are_known_after_the_longer_of_both_delays_in_whole_days() -> None:
    delays = ((2.2, 5.0, 5), (7.1, 5.0, 8), (None, 5.0, 5), (None, None, 0))
    for maturity, late, days in delays:
        facts = (case.fact("rollout.maturity", maturity), case.fact("data.labels.delay.p99", late))
        assert plans.delay_of(known(case.evidence(*facts), case.BEFORE)) == days


def runs(
    start: int | None, *, interval: int = 30, asked: int | None = None, released: int | None = None
) -> list[tuple[int, int | None]]:
    """The runs and the days from which their versions have all the traffic, in days from Monday; no day is free."""
    every = (p.Stage(name="Canary", traffic=0.1), p.Stage(name="Full", traffic=1.0))
    project = case.pricing(
        rollout=p.Rollout(start=None if start is None else on(start), stages=every),
        model=p.Model(name="m", version="2", released=None if released is None else on(released)),
    )
    at = known(case.evidence(case.fact("rollout.Canary.days_planned", 5)), case.BEFORE)
    made = plans.Plans(
        project=project, at=at, today=MONDAY, interval=interval, asked=None if asked is None else on(asked)
    )
    return [
        ((one.run - MONDAY).days, None if one.serves is None else (one.serves - MONDAY).days)
        for one in rollouts.dated_runs(made)
    ]


def test_runs_before_a_launch_make_its_version_and_only_the_last_of_them_serves() -> None:
    """Runs every 28 days, on Mondays; the launch begins on day 98, a Monday, and has all the traffic a week later."""
    found = runs(98, interval=28)
    assert found[:3] == [(28, None), (56, None), (84, 105)] and found[3][0] == 112
    assert all(serves is not None and serves > run for run, serves in found[2:])


def test_a_run_that_is_asked_for_is_the_first_and_the_rhythm_counts_from_it() -> None:
    found = runs(None, interval=28, asked=1)
    assert [run for run, _ in found[:3]] == [1, 29, 57]
    assert runs(None, interval=28)[0][0] == 28


@pytest.mark.parametrize(
    ("released", "first"), [(None, 28), (0, 28), (-1, 25), (-27, 1), (-28, 28), (-30, 25), (3, 28)]
)
def test_the_rhythm_counts_from_the_release_where_that_is_known(released: int | None, first: int) -> None:
    """Day 27 is a Sunday, day 26 a Saturday: the run is on the Friday before."""
    assert runs(None, interval=28, released=released)[0][0] == first
