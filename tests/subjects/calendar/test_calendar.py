import datetime
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from generator.records import project as p
from generator.records.decision import Decisions
from generator.records.evidence import Evidence
from generator.records.table import Column, Table
from generator.subjects.calendar import _workdays as workdays
from generator.subjects.calendar import calendar as printed
from generator.subjects.calendar import timeline
from generator.subjects.kit.known import date_of
from tests.subjects import case

Date = datetime.date
TODAY = Date(2026, 3, 30)
MADE_ANEW = "Documents made anew"


def run(project: p.Project, evidence: Evidence, earlier: Decisions) -> Decisions:
    """Return every date, and what is printed of them."""
    return case.through(project, evidence, earlier, timeline.DECISION, printed.DECISION)


def planned(interval: float | None = 30, now: bool = False, **settings: Any) -> Decisions:
    plan = (case.fact("retraining.recommended.interval", interval), case.fact("retraining.now", now))
    return run(case.pricing(**settings), case.evidence(), Decisions(facts=plan))


def dates(decided: Decisions, activity: str) -> list[str]:
    return [case.plain(row["date"]) for row in case.rows(decided, "calendar.dates") if row["activity"] == activity]


def obliged(decided: Decisions) -> dict[str, list[str]]:
    """Return the dates that oblige somebody by what is to be done."""
    found: dict[str, list[str]] = {}
    for row in case.rows(decided, "calendar.obligations"):
        found.setdefault(str(row["activity"]), []).append(case.plain(row["date"]))
    return found


def test_data_without_dates_give_reasons() -> None:
    decided = run(case.pricing(), case.NOTHING, case.BEFORE)
    assert "the data have no dates" in case.known(decided, "calendar.next_retraining").reason
    assert case.value(decided, "calendar.valid_until") is None


def test_retrainings_follow_the_interval_and_move_to_working_days() -> None:
    decided = planned()
    assert dates(decided, "Retraining")[:3] == ["2026-04-29", "2026-05-29", "2026-06-26"]
    notes = {case.plain(row["date"]): case.plain(row["note"]) for row in case.rows(decided, "calendar.dates")}
    assert notes["2026-06-26"] == "moved from 2026-06-28 (weekend)"
    assert [case.plain(row["cut_off"]) for row in case.rows(decided, "calendar.retraining")] == [
        "2026-04-28",
        "2026-05-28",
        "2026-06-25",
    ]
    assert case.value(decided, "calendar.next_retraining") == case.value(decided, "retraining.recommended.next")


def test_a_firing_trigger_retrains_on_the_next_working_day() -> None:
    decided = planned(now=True)
    assert dates(decided, "Retraining")[:2] == ["2026-03-31", "2026-04-30"]


def test_the_rhythm_starts_at_the_release_of_the_model() -> None:
    decided = planned(model=p.Model(name="m", version="2", released=Date(2026, 3, 10)))
    assert dates(decided, "Retraining")[0] == "2026-04-09"


def test_freezes_stop_releases_and_holidays_everything() -> None:
    calendar = p.Calendar(
        activities=(p.Activity(title="Review", every="weekly", first=Date(2026, 4, 1)),),
        holidays=(Date(2026, 4, 1),),
        freezes=(p.Freeze(start=Date(2026, 4, 8), end=Date(2026, 5, 3), reason="sale"),),
    )
    decided = planned(calendar=calendar)
    assert dates(decided, "Retraining")[0] == "2026-05-04"
    assert dates(decided, "Review")[:2] == ["2026-04-02", "2026-04-08"]


def test_a_declared_retraining_activity_gives_way_to_the_recommended_interval() -> None:
    activity = p.Activity(title="Monthly retraining", every="monthly", first=Date(2026, 4, 1))
    decided = planned(calendar=p.Calendar(activities=(activity,)))
    assert dates(decided, "Monthly retraining") == [] and dates(decided, "Retraining")
    assert "Monthly retraining" not in obliged(decided)
    alone = planned(interval=None, calendar=p.Calendar(activities=(activity,)))
    assert len(dates(alone, "Monthly retraining")) == 12


def test_drills_keep_their_step_and_an_overdue_one_comes_first() -> None:
    assert dates(planned(), "Rollback drill")[0] == "2026-05-20"
    late = planned(rollback=p.Rollback(drill_every="quarterly", last_drill=Date(2025, 10, 1)))
    assert dates(late, "Rollback drill")[:2] == ["2026-04-06", "2026-07-06"]
    never = planned(rollback=p.Rollback(drill_every="yearly"))
    assert len(dates(never, "Rollback drill")) == 1


def test_thresholds_are_recalibrated_when_sixty_days_are_there() -> None:
    assert dates(planned(), "Thresholds of the alerts set anew") == ["2026-04-30"]


def test_documents_expire_after_the_declared_days() -> None:
    decided = planned(calendar=p.Calendar(valid_days=90))
    assert case.value(decided, "calendar.valid_until") == Date(2026, 6, 28)
    assert dates(decided, "These documents expire") == ["2026-06-28"]


def test_daily_activities_are_a_rule_and_no_dates() -> None:
    decided = planned(interval=None, calendar=p.Calendar(activities=(p.Activity(title="Look", every="daily"),)))
    assert dates(decided, "Look") == []
    assert obliged(decided)["Look"] == ["every working day"]


def test_all_dates_lie_within_twelve_months_in_order() -> None:
    days = [case.plain(row["date"]) for row in case.rows(planned(interval=1), "calendar.dates")]
    assert days == sorted(days) and days[-1] <= "2027-03-30" and days[0] > TODAY.isoformat()


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        ((2026, 1, 31), 1, (2026, 2, 28)),
        ((2026, 12, 15), 1, (2027, 1, 15)),
        ((2026, 11, 30), 3, (2027, 2, 28)),
        ((2024, 2, 29), 12, (2025, 2, 28)),
    ],
)
def test_months_end_where_they_end(day: tuple[int, int, int], months: int, expected: tuple[int, int, int]) -> None:
    assert workdays.add_months(Date(*day), months) == Date(*expected)


def test_years_without_a_working_day_leave_the_day_where_it_is() -> None:
    frozen = p.Calendar(freezes=(p.Freeze(start=Date(2026, 1, 1), end=Date(2029, 1, 1)),))
    assert dates(planned(now=True, interval=None, calendar=frozen), "Retraining") == ["2026-03-31"]


def test_a_declared_drill_is_not_doubled_but_one_never_held_comes_first() -> None:
    drill = p.Activity(title="Rollback drill", every="quarterly", first=Date(2026, 5, 5), owner="Ines")
    calendar = p.Calendar(activities=(drill,))
    assert dates(planned(calendar=calendar), "Rollback drill")[0] == "2026-05-05"
    never = planned(calendar=calendar, rollback=p.Rollback(drill_every="quarterly"))
    assert dates(never, "Rollback drill")[:2] == ["2026-04-06", "2026-07-06"]
    soon = p.Calendar(activities=(replace(drill, first=Date(2026, 4, 1)),))
    sooner = planned(calendar=soon, rollback=p.Rollback(drill_every="quarterly"))
    assert dates(sooner, "Rollback drill")[:2] == ["2026-04-01", "2026-07-01"]


@pytest.mark.parametrize(("by", "before"), [(Date(2026, 4, 30), True), (Date(2026, 4, 29), False)])
def test_a_retraining_before_the_decision_is_said(by: Date, before: bool) -> None:
    """What is decided on then is not what will run; the next retraining is on 29 April."""
    assert case.value(planned(context=p.Context(decide_by=by)), "retraining.before_launch") is before


STAGES = p.Rollout(
    start=Date(2026, 4, 10), stages=(p.Stage(name="Shadow", gate="agrees"), p.Stage(name="Full", traffic=1.0))
)
ROLLOUT = (case.fact("rollout.Shadow.days_planned", 24), case.fact("rollout.Full.days_planned", 7))


def rolling(longest: int | None, *more: Any, calendar: p.Calendar | None = None) -> Decisions:
    plan = (case.fact("retraining.recommended.interval", 30), case.fact("retraining.now", False), *ROLLOUT, *more)
    retraining = replace(case.RETRAINING, maximum_gap_days=longest)
    project = case.pricing(rollout=STAGES, retraining=retraining, calendar=calendar or p.Calendar())
    return run(project, case.evidence(), Decisions(facts=plan))


def broken(decided: Decisions) -> dict[str, tuple[int, str, int]]:
    """Return by how many days each rule is broken, what keeps it, and the days that takes."""
    assert decided.timeline is not None
    return {one.rule: (one.over, one.repair, one.repair_days) for one in decided.timeline.breaches}


def test_a_run_waits_for_the_end_of_a_rollout_and_a_gap_that_gets_too_long_is_told() -> None:
    decided = rolling(None)
    assert dates(decided, "Retraining")[:2] == ["2026-05-06", "2026-06-05"]
    assert "rollout goes on until 2026-05-05" in case.plain(case.rows(decided, "calendar.retraining")[0]["note"])
    assert "gap" not in broken(rolling(37)) and dates(rolling(37), "Retraining")[0] == "2026-05-06"
    assert broken(rolling(36))["gap"] == (1, "the gap is longer", 1)
    assert "timeline.gap" in {one.id for one in rolling(35).findings}


def test_a_run_is_ready_to_be_judged_when_the_rollout_before_it_ends() -> None:
    """Ten days judge a version, so that the next one is trained ten days before traffic is free."""
    decided = run(
        case.pricing(rollout=STAGES, retraining=replace(case.RETRAINING, training=p.Training(holdout_days=10))),
        case.evidence(),
        Decisions(
            facts=(case.fact("retraining.recommended.interval", 14), case.fact("retraining.now", False), *ROLLOUT)
        ),
    )
    assert dates(decided, "Retraining")[0] == "2026-04-27" and decided.timeline is not None
    assert decided.timeline.start("run.1.Shadow") == Date(2026, 5, 6)
    note = case.plain(case.rows(decided, "calendar.retraining")[0]["note"])
    assert "only after it is the next version judged, 10 days from its run" in note


def test_traffic_is_decided_after_the_stage_without_it_and_what_judges_the_run() -> None:
    decided = rolling(None)
    assert decided.timeline is not None
    assert decided.timeline.start("decision.traffic") == Date(2026, 5, 4)
    assert decided.timeline.start("stage.Full") == Date(2026, 5, 5)
    late = rolling(None, case.fact("retraining.now", True))
    assert late.timeline is not None and late.timeline.start("decision.traffic") == Date(2026, 5, 4)


@pytest.mark.parametrize(("valid", "before"), [(20, True), (60, False), (None, None)])
def test_documents_that_expire_before_traffic_is_decided_say_on_which_ones_it_is(
    valid: int | None, before: bool | None
) -> None:
    decided = rolling(None, case.fact("retraining.now", True), calendar=p.Calendar(valid_days=valid))
    assert case.value(decided, "calendar.expire_before_traffic") is before
    assert decided.timeline is not None
    expiry = decided.timeline.of("expiry")
    assert (expiry is not None and "traffic is decided on those" in expiry.note) is (before is True)


def test_a_declared_day_of_the_retraining_that_is_not_kept_is_told() -> None:
    for first, told in ((Date(2026, 4, 29), None), (Date(2026, 6, 1), "“Retraining” monthly from 2026-06-01 on")):
        own = p.Activity(title="Retraining", every="monthly", first=first)
        assert case.value(planned(calendar=p.Calendar(activities=(own,))), "calendar.replaced") == told


def test_the_repair_of_fewest_days_is_found_by_dating_everything_anew() -> None:
    """Five days less of the shadow let the run come before the freeze, which keeps the run waiting for weeks."""
    freeze = p.Calendar(freezes=(p.Freeze(start=Date(2026, 5, 4), end=Date(2026, 5, 20)),))
    decided = rolling(36, calendar=freeze)
    assert dates(decided, "Retraining")[0] == "2026-05-22"
    assert broken(decided)["gap"] == (17, "“Shadow” takes fewer days", 5)
    needed = rolling(36, case.fact("rollout.Shadow.days_needed", 22), calendar=freeze)
    assert broken(needed)["gap"] == (17, "the rollout begins sooner", 7)


def test_every_run_waits_for_the_rollout_of_the_run_before() -> None:
    """Twenty-five days of rollout keep runs of a shorter interval apart, as far as the longest gap lets them."""
    plan = (case.fact("retraining.recommended.interval", 14), case.fact("retraining.now", False), *ROLLOUT)
    decided = run(case.pricing(rollout=STAGES), case.evidence(), Decisions(facts=plan))
    days = [Date.fromisoformat(day) for day in dates(decided, "Retraining")]
    gaps = [(later - one).days for one, later in pairwise(day for day in days if day > Date(2026, 5, 4))]
    assert len(gaps) > 5 and min(gaps) > 25


def test_training_rows_wait_until_nearly_all_their_outcomes_are_there() -> None:
    decided = rolling(None, case.fact("rollout.maturity", 16.0), case.fact("data.labels.delay.p99", 21.0))
    assert case.plain(case.rows(decided, "calendar.retraining")[0]["cut_off"]) == "2026-04-15"


def test_the_stages_of_the_rollout_oblige_and_name_the_gate_before() -> None:
    leads = {case.plain(row["date"]): row["leads"] for row in case.rows(rolling(None), "calendar.obligations")}
    assert leads["2026-04-10"] == "Shadow begins" and leads["2026-05-05"] == "Full begins; first: agrees"
    last = replace(STAGES, stages=(*STAGES.stages[:-1], replace(STAGES.stages[-1], gate="signed")))
    decided = run(case.pricing(rollout=last), case.evidence(), Decisions(facts=ROLLOUT))
    assert "Full begins; first: agrees; signed" in [row["leads"] for row in case.rows(decided, "calendar.obligations")]


def test_every_run_obliges_to_make_the_documents_anew() -> None:
    runs, made = dates(decided := planned(), "Retraining"), dates(planned(), MADE_ANEW)
    assert len(made) == len(runs) and all(run < day for run, day in zip(runs, made, strict=True))
    often = [row["frequency"] for row in case.rows(decided, "calendar.obligations") if row["activity"] == MADE_ANEW]
    assert often == ["each retraining"]


@pytest.mark.parametrize(("asked", "days"), [("no traffic", ["2026-04-09"]), ("a shadow run", [])])
def test_what_is_asked_for_next_has_a_day_of_decision(asked: str, days: list[str]) -> None:
    words = (case.fact("request.asked", asked), case.fact("request.next", "a shadow run"))
    begins = case.fact("request.next_from", Date(2026, 4, 10))
    project = case.pricing(rollout=STAGES, context=p.Context(decide_by=Date(2026, 4, 2)))
    decided = run(project, case.evidence(), Decisions(facts=(*ROLLOUT, *words, begins)))
    assert dates(decided, "Decision on a shadow run") == days


def test_a_freeze_brings_a_run_forward_so_that_no_gap_is_longer_than_the_interval() -> None:
    freeze = p.Calendar(freezes=(p.Freeze(start=Date(2026, 4, 20), end=Date(2026, 5, 3)),))
    assert dates(planned(calendar=freeze), "Retraining")[:2] == ["2026-04-17", "2026-05-15"]


def test_outcomes_that_come_late_are_not_counted_as_training_rows() -> None:
    decided = rolling(None, case.fact("rollout.maturity", 16.5))
    assert case.plain(case.rows(decided, "calendar.retraining")[0]["cut_off"]) == "2026-04-19"


def test_of_what_is_repeated_the_next_date_obliges_and_conditions_stand_by_their_day() -> None:
    due = case.fact("d", Date(2026, 5, 22))
    conditions = case.table(
        "conditions.all",
        "id owner due blocks",
        ("C1", "Ann", due, "no"),
        ("C2", "Bob", due, "no"),
        ("C3", "Ann", due, "no"),
        ("C4", "Ann", case.fact("e", Date(2026, 4, 21)), "launch"),
    )
    activity = p.Activity(title="Review", every="weekly", first=Date(2026, 4, 1))
    project = case.pricing(calendar=p.Calendar(activities=(activity,)), rollout=p.Rollout(start=Date(2026, 4, 22)))
    plan = (case.fact("retraining.recommended.interval", 30), case.fact("retraining.now", False))
    decided = run(project, case.evidence(), Decisions(facts=plan, tables=(conditions,)))
    assert obliged(decided)["Review"] == ["2026-04-01"] and len(dates(decided, "Review")) > 50
    held, row = (row for row in case.rows(decided, "calendar.obligations") if row["activity"] == "Conditions due")
    assert held["leads"] == "before the rollout, which no decision starts without them; summary: C4"
    assert (row["owner"], row["leads"]) == ("Ann, Bob", "summary: C1, C2, C3")


WHERE: dict[p.Reach, str] = {"candidate": "", "shadow": "Shadow", "canary": "Canary", "full": "Full"}


def begun(state: p.Reach, start: Date, *controls: p.Control) -> Decisions:
    """A rollout in three stages of a version that is known to have come as far as `state`."""
    stages = (
        p.Stage(name="Shadow", traffic=0.0),
        p.Stage(name="Canary", traffic=0.1),
        p.Stage(name="Full", traffic=1.0),
    )
    lengths = [case.fact(f"rollout.{name}.days_planned", 10) for name in ("Shadow", "Canary", "Full")]
    plan = (case.fact("retraining.recommended.interval", 90), case.fact("retraining.now", False), *lengths)
    project = case.pricing(
        rollout=p.Rollout(start=start, stages=stages),
        state=p.State(stage=state, controls=controls),
        rollback=replace(case.ROLLBACK, last_drill=None),
    )
    return run(project, case.evidence(), Decisions(facts=plan))


@pytest.mark.parametrize(
    ("state", "first", "behind"),
    [
        ("candidate", {"Shadow": "2026-04-01", "Canary": "2026-04-14", "Full": "2026-04-24"}, None),
        ("shadow", {"Shadow": "2026-04-01", "Canary": "2026-04-14", "Full": "2026-04-24"}, None),
        ("canary", {"Canary": "2026-04-01", "Full": "2026-04-13"}, "Shadow"),
        ("full", {"Full": "2026-04-01"}, "Shadow and Canary"),
    ],
)
def test_a_stage_that_the_version_has_behind_it_is_not_ahead(
    state: p.Reach, first: dict[str, str], behind: str | None
) -> None:
    decided = begun(state, Date(2026, 4, 1))
    assert decided.timeline is not None and case.value(decided, "rollout.behind") == behind
    stages = {one.id.removeprefix("stage."): one for one in decided.timeline.kind("stage") if one.id.startswith("s")}
    assert {name: one.start.isoformat() for name, one in stages.items()} == first
    goes_on = [one.note.partition(";")[0] for one in stages.values() if "goes on" in one.note]
    assert goes_on == [f"{WHERE[state]} goes on, and its days count from here"] * (state != "candidate")


def test_a_stage_that_began_before_the_build_has_ended_where_the_version_is_farther() -> None:
    """Begun a week ago the shadow would last three days more; a canary has left it behind, a shadow has not."""
    shadow, canary = begun("shadow", Date(2026, 3, 23)), begun("canary", Date(2026, 3, 23))
    for decided, begins in ((shadow, Date(2026, 4, 3)), (canary, TODAY)):
        assert decided.timeline is not None and decided.timeline.start("stage.Canary") == begins


def test_a_drill_never_held_comes_before_the_traffic_that_is_nearer_than_the_notice() -> None:
    near, far = begun("canary", Date(2026, 4, 2)), begun("canary", Date(2026, 4, 20))
    assert (dates(near, "Rollback drill")[0], dates(far, "Rollback drill")[0]) == ("2026-04-01", "2026-04-06")
    assert "drill" not in broken(near)


def test_a_first_drill_of_what_is_not_built_settles_the_condition_on_the_day_by_which_it_is() -> None:
    """Once the rollback is built it is tried within a week."""
    built = p.Control(name="rollback", state="built")
    for controls, day in (((), "2026-04-30"), ((built,), "2026-04-06")):
        decided = begun("candidate", Date(2026, 4, 20), *controls)
        due = case.known(decided, "calendar.drill")
        assert decided.timeline is not None and (by := decided.timeline.settling("rollback")) is not None
        assert (by.kind, by.start.isoformat(), str(due.value)) == ("drill", day, day)
        assert dates(decided, "Rollback drill")[0] == day


@pytest.mark.parametrize(
    ("name", "when", "late"),
    [
        ("Shadow", "2026-04-10 to 2026-05-03", False),
        ("Shadow", "2026-04-10 to 2026-05-02", True),
        ("Shadow, then full", "2026-04-10 to 2026-05-11", False),
        ("Full deployment", "2026-05-01 to 2026-06-30", True),
        ("Full deployment", "2026-05-05 to 2026-05-11", False),
        ("All stages", "2026-04-10 to 2026-05-01", True),
        ("Monitoring live", "2026-04-10", False),
        ("Shadow", "2026-13-45", False),
        ("Shadow", "weeks 1 and 2", False),
    ],
)
def test_a_roadmap_that_promises_earlier_days_is_held_against_the_stages(name: str, when: str, late: bool) -> None:
    plan = (case.fact("retraining.recommended.interval", 30), case.fact("retraining.now", False), *ROLLOUT)
    context = p.Context(roadmap=(p.Milestone(name=name, when=when),))
    project = case.pricing(rollout=STAGES, context=context)
    decided = run(project, case.evidence(), Decisions(facts=plan))
    rules = [one.rule for one in decided.timeline.breaches] if decided.timeline else []
    assert any(rule.startswith("roadmap.") for rule in rules) is late
    reading = case.plain(case.rows(decided, "calendar.roadmap")[0]["reading"])
    assert reading.startswith("▲") or not late


@pytest.mark.parametrize(
    ("name", "when", "reading"),
    [
        ("Shadow", "2026-04-10 to 2026-05-03", "● as worked out"),
        ("Shadow", "2026-04-20 to 2026-05-10", "▲ 2026-04-10 to 2026-05-03"),
        ("Recalibrated answers", "2026-04-27", "▲ not due: no recalibration is asked for"),
        ("Something else", "2026-04-27", ""),
    ],
)
def test_an_entry_of_the_roadmap_that_the_dates_contradict_is_marked_where_it_stands(
    name: str, when: str, reading: str
) -> None:
    plan = (case.fact("retraining.recommended.interval", 30), case.fact("retraining.now", False), *ROLLOUT)
    project = case.pricing(rollout=STAGES, context=p.Context(roadmap=(p.Milestone(name=name, when=when),)))
    facts = (*plan, case.fact("retraining.recalibrate", False))
    row = case.rows(run(project, case.evidence(), Decisions(facts=facts)), "calendar.roadmap")[0]
    assert case.plain(row["reading"]) == reading


@pytest.mark.parametrize(("stages", "days"), [(("Shadow",), "2026-04-10 to 2026-05-03"), ((), "")])
def test_a_stage_of_delivery_has_the_days_that_are_worked_out(stages: tuple[str, ...], days: str) -> None:
    plan = (case.fact("retraining.recommended.interval", 30), case.fact("retraining.now", False), *ROLLOUT)
    project = case.pricing(rollout=STAGES, context=p.Context(delivery=(p.Delivery(name="Build", stages=stages),)))
    row = case.rows(run(project, case.evidence(), Decisions(facts=plan)), "calendar.delivery")[0]
    assert case.plain(row["reading"]) == days


@pytest.mark.parametrize(("ago", "waits"), [(1, True), (2, False), (9, False)])
def test_a_run_that_a_trigger_asks_for_waits_for_the_outcomes_of_what_made_it_fire(ago: int, waits: bool) -> None:
    """Outcomes come three days after a row; the run has those of the day since when the trigger fires."""
    project, maturity = case.pricing(), case.fact("rollout.maturity", 3)
    plan = (case.fact("retraining.recommended.interval", 30), case.fact("retraining.now", True), maturity)
    before = run(project, case.evidence(), Decisions(facts=plan))
    assert case.known(before, "calendar.waits").reason == "no trigger fires"
    since = TODAY - datetime.timedelta(days=ago)
    fires = case.fact(f"retraining.trigger.{project.settings.retraining.triggers[0].id}.since", since)
    found = run(project, case.evidence(), Decisions(facts=(*plan, fires)))
    first = case.rows(found, "calendar.retraining")[0]
    learned, trained = date_of(first["cut_off"]), date_of(first["date"])
    assert learned is not None and trained is not None and learned >= since
    assert (trained - TODAY).days == max(1, 3 - ago)
    assert case.value(found, "calendar.waits") is waits


@pytest.mark.parametrize(("due", "owed"), [("2026-05-01", True), ("2027-03-29", True), (None, False)])
def test_the_first_runs_after_the_producers_owe_their_values_are_told(due: str | None, owed: bool) -> None:
    """A run knows the rows up to the day before it; its window lies after that day once it has as many days."""
    columns = tuple(Column(key=key, label="") for key in ("id", "due", "blocks", "owner"))
    rows = (("minimum.inputs", due, "", "Ann"),) if due else ()
    conditions = Table(id="conditions.all", title="", columns=columns, rows=rows, reason="" if rows else "none")
    plan = (case.fact("retraining.recommended.interval", 30), case.fact("retraining.now", False))
    window = replace(case.RETRAINING, training=p.Training(days=60))
    found = run(case.pricing(retraining=window), case.evidence(), Decisions(facts=plan, tables=(conditions,)))
    runs = dates(found, "Retraining")
    after = [day for day in runs if due and Date.fromisoformat(day) > Date.fromisoformat(due) + datetime.timedelta(1)]
    clean = [day for day in after if due and Date.fromisoformat(day) > Date.fromisoformat(due) + datetime.timedelta(60)]
    told = {name: case.known(found, f"calendar.mended.{name}") for name in ("due", "run", "whole")}
    assert (told["due"].value is not None) is owed
    for name, days in (("run", after), ("whole", clean)):
        assert (str(told[name].value) if told[name].value else None) == next(iter(days), None), (name, told)


@pytest.mark.parametrize(("ago", "after", "learns"), [(10, 16, False), (50, 56, True), (80, None, None)])
def test_the_window_of_the_next_run_says_how_much_of_it_lies_after_the_change(
    ago: int, after: int | None, learns: bool | None
) -> None:
    """Ninety days, a week in each window of the trigger; rows of which the first window fires tell no onset."""
    trigger = p.Trigger(id="error", metric="rmse", operator=">", threshold=9.0, window_days=7)
    plan = p.Retraining(triggers=(trigger,), training=p.Training(days=90, holdout_days=14))
    facts = (
        case.fact("retraining.recommended.interval", 30),
        case.fact("retraining.now", True),
        case.fact("data.production.start", TODAY - datetime.timedelta(days=80)),
        case.fact("retraining.trigger.error.since", TODAY - datetime.timedelta(days=ago)),
    )
    found = run(case.pricing(retraining=plan), case.evidence(), Decisions(facts=facts))
    assert case.value(found, "calendar.window.last") == TODAY
    assert case.value(found, "calendar.window.first") == TODAY - datetime.timedelta(days=89)
    assert case.value(found, "calendar.window.after") == (None if after is None else after + 1)
    assert case.value(found, "calendar.window.learns") is learns
    assert [one.id for one in found.findings if one.id == "timeline.window"] == ["timeline.window"] * (learns is False)


@pytest.mark.parametrize(
    ("fires", "rests", "ago", "frozen", "on"),
    [
        (True, 7, 50, False, 16),
        (True, 20, 50, False, 21),
        (True, 20, 50, True, 28),
        (True, 7, 2, False, None),
        (False, 7, 50, False, None),
    ],
)
def test_after_a_version_that_fails_the_next_run_waits_for_no_rollout_of_it(
    fires: bool, rests: int, ago: int, frozen: bool, on: int | None
) -> None:
    """Its version is judged on the day after 14 days; the cool-down, a freeze, and the days to learn hold a run back.

    A run that would come no sooner than the one that is dated says nothing.
    """
    trigger = p.Trigger(id="error", metric="rmse", operator=">", threshold=9.0, window_days=7, cooldown_days=rests)
    plan = p.Retraining(triggers=(trigger,), training=p.Training(kind="rolling", days=90, holdout_days=14))
    tomorrow = TODAY + datetime.timedelta(days=1)
    days = [tomorrow + datetime.timedelta(days=n) for n in (rests, rests + 4)]
    freezes = (p.Freeze(start=days[0], end=days[1]),) if frozen else ()
    facts = (
        case.fact("retraining.recommended.interval", 30),
        case.fact("retraining.now", fires),
        case.fact("retraining.trigger.error.fired", fires),
        case.fact("data.production.start", TODAY - datetime.timedelta(days=80)),
        case.fact("retraining.trigger.error.since", TODAY - datetime.timedelta(days=ago)),
    )
    project = case.pricing(retraining=plan, calendar=p.Calendar(freezes=freezes))
    again = case.value(run(project, case.evidence(), Decisions(facts=facts)), "calendar.window.again")
    assert again == (None if on is None else TODAY + datetime.timedelta(days=on))
