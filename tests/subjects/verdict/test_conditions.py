import datetime
from dataclasses import replace

import pytest

from generator.records import project as p
from generator.records.decision import Decisions
from generator.records.evidence import Finding
from generator.records.journal import Record
from generator.subjects.calendar import timeline
from generator.subjects.verdict import gates
from generator.subjects.verdict.conditions import run
from tests.subjects import case

START = datetime.date(2026, 4, 13)


def decided_on(project: p.Project, *findings: Finding) -> Decisions:
    evidence = case.evidence(findings=findings)
    return run(project, evidence, case.through(project, evidence, case.BEFORE, timeline.DECISION, gates.DECISION))


def test_nothing_open_needs_no_condition() -> None:
    decided = run(case.project(), case.NOTHING, case.BEFORE)
    assert case.value(decided, "conditions.count") == 0
    assert decided.tables[0].reason == "every gate passed, nothing contradicts"


def test_every_gate_that_did_not_pass_is_a_condition_in_order_of_urgency() -> None:
    project = case.pricing(rollout=p.Rollout(start=START))
    evidence = case.evidence()
    judged = case.through(project, evidence, case.BEFORE, timeline.DECISION, gates.DECISION)
    conditions = case.rows(run(project, evidence, judged), "conditions.all")
    assert len(conditions) == sum(gate.verdict != "pass" for gate in judged.gates)
    assert {row["id"] for row in conditions} == {gate.id for gate in judged.gates if gate.verdict != "pass"}
    blocks = [case.plain(row["blocks"]) for row in conditions]
    assert blocks == sorted(blocks, key=["launch", "part of the traffic", "full traffic", "no"].index)
    assert case.plain(conditions[0]["due"]) == "2026-04-10"


def test_contradictions_make_one_condition_a_kind() -> None:
    found = (case.finding("ladder", "RMSE"), case.finding("ladder", "drift"), case.finding("claim", "cost"))
    before, after = decided_on(case.pricing()), decided_on(case.pricing(), *found)
    assert case.value(after, "conditions.count") == case.value(before, "conditions.count") + 2
    texts = [case.plain(row["how"]) for row in case.rows(after, "conditions.all")]
    assert any(text.endswith("contradict one another: 2 (RMSE, drift)") for text in texts)


def test_a_finding_to_watch_is_no_condition() -> None:
    before = decided_on(case.pricing())
    after = decided_on(case.pricing(), case.finding("claim", "cost", "watch"))
    assert case.value(after, "conditions.count") == case.value(before, "conditions.count")


def test_owners_are_those_of_the_area() -> None:
    project = case.pricing(rollback=replace(case.ROLLBACK, steps=()))
    owners = {
        case.plain(row["must"]).split(":")[0]: row["owner"] for row in case.rows(decided_on(project), "conditions.all")
    }
    assert owners["Rollback readiness"] == "on-call lead"
    assert owners["Data quality"] == "model owner"
    assert owners["Recent performance"] == "data scientist"


def test_due_dates_fall_on_working_days() -> None:
    rows = case.rows(decided_on(case.pricing()), "conditions.all")
    assert {case.known(decided_on(case.pricing()), f"conditions.{key}.due").value for key in ("drift", "recent")} == {
        datetime.date(2026, 4, 29)
    }
    assert rows


@pytest.mark.parametrize(("days", "due"), [(20, "2026-04-17"), (21, "2026-04-20"), (300, "2026-04-29")])
def test_no_condition_is_due_after_the_papers_expire(days: int, due: str) -> None:
    """Of 2026-03-30, a Monday: twenty days on is a Sunday, so that the Friday before it is the last day."""
    project = case.pricing(calendar=p.Calendar(valid_days=days))
    found = decided_on(project)
    assert str(case.known(found, "conditions.drift.due").value) == due


def waiting(holdout: int | None, *, now: bool, unseen: bool = True, rows_by: datetime.date | None = None) -> Decisions:
    """Conditions of a rollout whose gates on the error fail, where a run before it makes the version asked about."""
    shadow = p.Stage(name="Shadow", traffic=0.0 if unseen else 0.1, days=20)
    rollout = p.Rollout(start=START, stages=(shadow, p.Stage(name="Full", traffic=1.0)))
    training = replace(case.RETRAINING, training=p.Training(holdout_days=holdout))
    strict = p.Objectives(metrics=(p.Objective(metric="rmse", validation=8.2, n=4500, acceptable=8.5),))
    project = case.pricing(rollout=rollout, retraining=training, objectives=strict)
    plan = (
        case.fact("retraining.recommended.interval", 90),
        case.fact("retraining.now", now),
        case.fact("rollout.Shadow.days_planned", 20),
    )
    evidence = case.evidence(*(() if rows_by is None else (case.fact("gates.recent.rows_by", rows_by),)))
    judged = case.through(project, evidence, Decisions(facts=plan), timeline.DECISION, gates.DECISION)
    return run(project, evidence, judged)


def test_an_error_that_only_the_next_version_can_mend_is_due_once_that_is_judged_and_holds_no_shadow_back() -> None:
    """Trained on 2026-03-31; the shadow begins on 2026-04-13, traffic on 2026-05-05, or when the version is judged."""
    held = {row["id"]: row for row in case.rows(waiting(30, now=True), "conditions.all")}
    assert (held["overall.rmse"]["blocks"], case.plain(held["overall.rmse"]["due"])) == (
        "part of the traffic",
        "2026-05-04",
    )
    assert not [one for one in waiting(30, now=True).findings if one.kind == "timeline"]
    told = {key: case.plain(row["how"]) for key, row in held.items() if key in ("overall.rmse", "recent")}
    assert set(told.values()) == {"retrain on 2026-03-31, and judge that version on 2026-04-30"} and len(told) == 2
    assert "retrain on" not in case.plain(held["data_quality"]["how"])
    others: dict[str, tuple[Decisions, ...]] = {"2026-04-10": (waiting(30, now=False), waiting(None, now=True))}
    others["2026-04-30"] = (waiting(30, now=True, unseen=False),)
    for due, worlds in others.items():
        for other in worlds:
            now = {row["id"]: row for row in case.rows(other, "conditions.all")}
            assert (now["overall.rmse"]["blocks"], case.plain(now["overall.rmse"]["due"])) == ("launch", due)


def test_no_condition_is_due_before_the_day_on_which_it_can_be_known() -> None:
    """Judged on 2026-05-05, when traffic is decided, which begins a day later, so that the day is kept."""
    late = waiting(35, now=True)
    due = {row["id"]: case.plain(row["due"]) for row in case.rows(late, "conditions.all")}
    assert due["overall.rmse"] == "2026-05-05" and due["rollback"] == "2026-05-05"
    assert "timeline.due.overall.rmse" not in {one.id for one in late.findings}
    sunday = waiting(30, now=False, rows_by=datetime.date(2026, 6, 14))
    assert {row["id"]: case.plain(row["due"]) for row in case.rows(sunday, "conditions.all")}["recent"] == "2026-06-15"
    both = case.rows(waiting(35, now=True, rows_by=datetime.date(2026, 6, 12)), "conditions.all")
    days = {row["id"]: case.plain(row["due"]) for row in both}
    assert days["recent"] == "2026-06-12", "rows come later than the next version is judged"


def test_what_comes_next_and_what_comes_later_are_all_of_them_once() -> None:
    project = case.pricing(rollout=p.Rollout(start=START))
    decided = decided_on(project, case.finding("claim", "cost"))
    ids = {name: [row["id"] for row in case.rows(decided, f"conditions.{name}")] for name in ("all", "next", "later")}
    assert ids["next"] and ids["later"]
    assert [*ids["next"], *ids["later"]] == ids["all"]
    assert len({case.plain(row["blocks"]) for row in case.rows(decided, "conditions.next")}) == 1


@pytest.mark.parametrize(
    ("state", "next_holds"), [("candidate", {"launch"}), ("canary", {"launch", "part of the traffic"})]
)
def test_of_a_version_with_traffic_what_holds_that_back_comes_next(state: p.Reach, next_holds: set[str]) -> None:
    stages = (p.Stage(name="Some", traffic=0.1, days=9), p.Stage(name="Full", traffic=1.0))
    project = case.pricing(rollout=p.Rollout(start=START, stages=stages), state=p.State(stage=state))
    rows = case.rows(decided_on(project), "conditions.next")
    assert {case.plain(row["blocks"]) for row in rows} == next_holds


@pytest.mark.parametrize(("first", "day"), [("2026-04-07", "2026-04-07"), ("2026-06-30", "2026-04-29")])
def test_a_threshold_that_costs_money_has_one_day_and_one_owner(first: str, day: str) -> None:
    """The declared review comes on its day, or on the last working day by which the condition is due."""
    review = p.Activity(
        title="Review", every="quarterly", first=datetime.date.fromisoformat(first), owner="Ann", settles="threshold"
    )
    project = case.pricing(calendar=p.Calendar(activities=(review,)))
    dear = (
        case.fact("decision.capacity.against_current", -500, low=-600, high=-400),
        case.fact("decision.capacity.binds", True),
        case.fact("actions.capacity.more_per_month", -500, low=-600, high=-400),
    )
    evidence = case.evidence()
    decided = run(project, evidence, case.through(project, evidence, Decisions(facts=dear), timeline.DECISION))
    row = next(row for row in case.rows(decided, "conditions.all") if row["id"] == "threshold")
    assert (row["owner"], case.plain(row["due"])) == ("Ann", day)
    dates = case.through(project, evidence, Decisions(facts=dear), timeline.DECISION).timeline
    assert dates is not None
    held = [one.start for one in dates.dated if one.title == "Review"]
    assert held[0].isoformat() == day and (held[1] - held[0]).days >= 89
    over = Record(
        kind="condition",
        about="threshold",
        state="closed",
        version="2",
        date=START,
        who="Ann",
        evidence="proof.txt",
        sha256="0" * 64,
    )
    told = case.through(replace(project, records=(over,)), evidence, Decisions(facts=dear), timeline.DECISION).timeline
    assert told is not None and told.settling("threshold") is None
    assert next(one.start.isoformat() for one in told.dated if one.title == "Review") == first


def test_only_a_saving_beyond_chance_asks_for_another_threshold() -> None:
    for high, asked in ((-10.0, True), (10.0, False)):
        less = case.fact("actions.capacity.more_per_month", -100.0, low=-200.0, high=high, unit="money")
        evidence = case.evidence(less)
        found = run(case.pricing(), evidence, gates.run(case.pricing(), evidence, case.BEFORE))
        keys = [case.plain(row["verified"]) for row in case.rows(found, "conditions.all")]
        assert any("threshold is set anew" in words for words in keys) is asked


def test_an_owner_is_a_name_and_no_sentence() -> None:
    project = case.pricing(rollback=replace(case.ROLLBACK, decides="on-call lead; nobody else at night", steps=()))
    owners = [case.plain(row["owner"]) for row in case.rows(decided_on(project), "conditions.all")]
    assert "on-call lead" in owners and not any(";" in owner for owner in owners)


def test_an_owner_told_by_the_role_of_the_projects_owner_is_that_person() -> None:
    about = p.About(name="pricing", owner="Hanna Berg, model owner")
    decides = replace(case.ROLLBACK, decides="Model owner; by itself at red", steps=())
    project = case.pricing(project=about, rollback=decides)
    owners = {row["id"]: row["owner"] for row in case.rows(decided_on(project), "conditions.all")}
    assert owners["rollback"] == "Hanna Berg"
