"""The rules of gates and conditions by themselves, on either side of each limit."""

import datetime
from dataclasses import replace
from typing import Any

import pytest

from generator.records import project as p
from generator.records.decision import HOLDS_FULL, HOLDS_LAUNCH, HOLDS_NOTHING, HOLDS_PART, Gate
from generator.records.timeline import Dated, Timeline
from generator.subjects.kit.known import TOO_LATE, known
from generator.subjects.kit.stages import faults, wrong
from generator.subjects.verdict import _judge, _soft_gates, conditions
from tests.subjects import case


def gate(id: str, verdict: Any = "fail", *, hard: bool = False, metric: str = "rmse", **more: Any) -> Gate:
    facts: dict[str, Any] = {"value": case.fact("v", 9.0), "bound": case.fact("b", 10.0)} | more
    return Gate(
        id=id,
        title=id.title(),
        hard=hard,
        verdict=verdict,
        why=("w",),
        remedy=("r",),
        evidence=(),
        metric=metric,
        **facts,
    )


@pytest.mark.parametrize(("metric", "margin", "way"), [("rmse", 1.0, "bound − value"), ("auc", -1.0, "value − bound")])
def test_a_margin_is_positive_on_the_good_side_and_says_how_it_is_worked_out(metric: str, margin: float, way: str):
    found = _judge.margin(gate("x", metric=metric))
    assert (found.value, found.method) == (margin, way)
    assert found.label.startswith("Value less bound" if metric == "auc" else "Bound less value")
    assert _judge.margin(gate("x", value=case.fact("v", None))).value is None
    assert _judge.margin(gate("x", bound=case.fact("b", None))).value is None


@pytest.mark.parametrize(
    ("low", "high", "ends"),
    [
        (-3.0, -1.0, (1.0, 3.0)),
        (-3.0, 1.0, (0.0, 3.0)),
        (0.0, 2.0, (0.0, 2.0)),
        (-2.0, 0.0, (0.0, 2.0)),
        (1.0, 3.0, (1.0, 3.0)),
    ],
)
def test_of_a_value_that_is_best_at_zero_the_size_counts(low: float, high: float, ends: tuple[float, float]) -> None:
    value = case.fact("v", (low + high) / 2, low=low, high=high)
    sized = _judge._sized(value, "bias")
    assert (sized.value, sized.low, sized.high) == (abs(low + high) / 2, *ends)
    assert _judge._sized(value, "rmse") is value
    for bare in (
        case.fact("v", -1.0),
        case.fact("v", -1.0, low=-2.0, high=None),
        case.fact("v", -1.0, low=None, high=0.0),
    ):
        assert _judge._sized(bare, "bias") is bare


@pytest.mark.parametrize(
    ("count", "limit", "verdict"),
    [(0, 0, "pass"), (1, 0, "fail"), (None, 0, "inconclusive"), (0, None, "inconclusive")],
)
def test_a_count_passes_up_to_its_bound(count: Any, limit: Any, verdict: str) -> None:
    found = _judge.at_most("x", "X", case.fact("c", count), case.fact("l", limit), why=("w",), remedy=("mend it",))
    assert (found.verdict, case.plain(found.remedy)) == (verdict, "nothing" if verdict == "pass" else "mend it")


@pytest.mark.parametrize(
    ("fact", "limit", "verdict", "words"),
    [
        (case.fact("v", 9.0, low=8.0, high=9.5, n=100), 10.0, "pass", "nothing"),
        (case.fact("v", 12.0, low=11.0, high=13.0, n=100), 10.0, "fail", "retrain"),
        (case.fact("v", None), 10.0, "inconclusive", "measure it: not measured"),
        (case.fact("v", 9.0, low=8.0, high=9.5, n=100), None, "inconclusive", "say what is acceptable"),
        (case.fact("v", 9.0), 10.0, "inconclusive", "measure it with an interval; retrain"),
    ],
)
def test_what_is_to_be_done_follows_from_what_is_missing(fact: Any, limit: Any, verdict: str, words: str) -> None:
    found = _judge.judge(
        "x", "X", fact, case.fact("l", limit), hard=True, why=("w",), remedy=("retrain",), metric="rmse"
    )
    assert found.verdict == verdict and case.plain(found.remedy).startswith(words)


TODAY = datetime.date(2026, 3, 31)


@pytest.mark.parametrize(
    ("every", "held", "today", "drilled"),
    [
        ("monthly", 31, TODAY, True),
        ("monthly", 32, TODAY, False),
        ("monthly", None, TODAY, False),
        (None, 1, TODAY, None),
        ("monthly", 1, None, None),
    ],
)
def test_a_drill_is_recent_for_one_period(every: Any, held: int | None, today: Any, drilled: bool | None) -> None:
    last = None if held is None else TODAY - datetime.timedelta(days=held)
    project = case.pricing(rollback=replace(case.ROLLBACK, last_drill=last, drill_every=every))
    assert _soft_gates._drilled(project, today) is drilled


LIVE = tuple(p.Control(name=name, state="live") for name in ("monitoring", "alerts", "rollback", "on_call"))
GAPS = p.Rule(id="gaps", metric="missing", features="each", red=0.15)


@pytest.mark.parametrize(
    ("rules", "seen", "needed"),
    [
        ((case.ERROR_RULE, case.DRIFT_RULE, GAPS), 3, 3),
        ((case.ERROR_RULE, case.DRIFT_RULE), 2, 3),
        ((), 0, 3),
        ((case.ERROR_RULE, case.DRIFT_RULE, GAPS, p.Rule(id="slow", metric="latency_p95", red=300)), 3, 4),
    ],
)
def test_areas_are_counted_that_need_a_rule_and_that_have_one_with_data(rules: Any, seen: int, needed: int) -> None:
    project = case.pricing(alerts=replace(case.ALERTS, rules=rules), state=p.State(controls=LIVE))
    values = [case.fact(f"alerts.{id}.current", 1.0) for id in ("rmse", "shift", "gaps")]
    found = _soft_gates._monitoring(project, known(case.evidence(*values), case.BEFORE))
    assert (found.value.value, found.bound.value) == (seen, needed)
    assert (found.verdict == "pass") is (seen == needed) and (found.verdict == "fail") is (
        needed > seen and needed == 3
    )


@pytest.mark.parametrize(
    ("controls", "words", "blocks"),
    [((), "Monitoring is built, with a rule", "launch"), (LIVE[:1], "Monitoring: ", "part of the traffic")],
)
def test_before_any_stage_is_allowed_monitoring_is_what_is_to_be_built(controls: Any, words: str, blocks: str) -> None:
    project, asked = case.pricing(state=p.State(controls=controls)), gate("monitoring", "inconclusive")
    (one,) = conditions._from_gates((asked,), project, awaited=False)
    assert case.plain(one.must).startswith(words) and one.blocks.startswith(blocks)
    assert case.plain(conditions._must(gate("drift", "inconclusive"), project)).startswith("Drift: ")


@pytest.mark.parametrize(
    ("id", "verdict", "hard", "awaited", "blocks"),
    [
        ("overall.rmse", "fail", True, False, HOLDS_LAUNCH),
        ("overall.rmse", "fail", True, True, HOLDS_PART),
        ("overall.rmse", "inconclusive", True, True, HOLDS_FULL),
        ("rollback", "fail", False, False, HOLDS_PART),
        ("monitoring", "fail", False, True, HOLDS_LAUNCH),
        ("recent", "fail", False, False, HOLDS_FULL),
        ("recent", "inconclusive", False, False, HOLDS_NOTHING),
        ("drift", "fail", False, False, HOLDS_NOTHING),
    ],
)
def test_what_a_gate_holds_back(id: str, verdict: str, hard: bool, awaited: bool, blocks: str) -> None:
    assert conditions._blocks(gate(id, verdict, hard=hard), awaited=awaited) == blocks


@pytest.mark.parametrize(
    ("id", "watches", "judged", "now", "blocks"),
    [
        ("data_quality", "missing", "Shadow", "candidate", HOLDS_PART),
        ("data_quality", "missing", "Some", "candidate", HOLDS_FULL),
        ("data_quality", "missing", "Full", "candidate", HOLDS_NOTHING),
        ("data_quality", "missing", "Shadow", "shadow", HOLDS_PART),
        ("data_quality", "missing", "Shadow", "canary", HOLDS_NOTHING),
        ("data_quality", "psi", "Shadow", "candidate", HOLDS_NOTHING),
        ("drift", "psi", "Shadow", "candidate", HOLDS_PART),
        ("services", "latency_p95", "Shadow", "candidate", HOLDS_PART),
        ("drift_impact", "bias", "Shadow", "candidate", HOLDS_PART),
        ("recent", "mae", "Shadow", "candidate", HOLDS_NOTHING),
        ("recent", "rmse", "Shadow", "candidate", HOLDS_PART),
        ("overall.rmse", "rmse", "Some", "candidate", HOLDS_FULL),
    ],
)
def test_an_open_gate_holds_back_what_comes_after_the_stage_that_is_judged_by_it(
    id: str, watches: Any, judged: str, now: Any, blocks: str
) -> None:
    rule = p.Rule(id="watch", metric=watches)
    shares = {"Shadow": 0.0, "Some": 0.1, "Full": 1.0}
    stages = tuple(
        p.Stage(name=name, traffic=share, judged_by=("watch",) if name == judged else ())
        for name, share in shares.items()
    )
    project = case.pricing(
        alerts=p.Alerts(rules=(rule,)), rollout=p.Rollout(stages=stages), state=p.State(stage=now, controls=LIVE)
    )
    (one,) = conditions._from_gates((gate(id, "inconclusive"),), project, awaited=False)
    assert one.blocks == blocks


def test_findings_of_one_kind_are_one_condition_that_names_five_and_counts_all() -> None:
    kind = conditions.GROUPS[0][0]
    own = [case.finding(kind, name) for name in "abcdef"] + [case.finding(kind, "w", "watch")]
    for many, tail in ((own[:5], ""), (own, "and others"), (own[:2] * 2, "")):
        (one,) = conditions._from_findings(tuple(many), case.pricing())
        told = case.plain(one.how)
        assert told.endswith(f"{tail})") and ("and others" in told) is bool(tail)
        assert str(sum(each.severity != "watch" for each in many)) in told
    assert not list(conditions._from_findings((own[-1], case.finding("nothing", "x")), case.pricing()))


@pytest.mark.parametrize(
    ("ends", "must", "never"),
    [
        (("a.exposed", "b.exposed"), "risks no more than is allowed", ("days that it needs", "too short")),
        (("short.short",), "lasts long enough", ("budget",)),
        (("a.short", "b.exposed"), "lasts long enough and risks no more than is allowed", ()),
        (("a.never.ratio",), "gets rows enough to be judged", ("budget", "too short")),
    ],
)
def test_of_a_rollout_no_more_is_asked_than_what_is_wrong_with_its_stages(
    ends: tuple[str, ...], must: str, never: tuple[str, ...]
) -> None:
    (one,) = conditions._from_findings(tuple(case.finding("rollout", end) for end in ends), case.pricing())
    assert case.plain(one.must) == f"Every stage of the rollout {must}"
    assert not [word for word in never if word in case.plain(one.how) + one.verified]
    assert wrong(faults([case.finding("rollout", end) for end in ends])).count(", and ") == must.count(" and ")


@pytest.mark.parametrize(
    ("note", "measured", "told"),
    [
        ("by hand", 32, f"by hand; measured on 2026-04-01, {TOO_LATE}"),
        ("by hand", 31, "by hand"),
        (None, 32, f"measured on 2026-04-01, {TOO_LATE}"),
        (None, 31, ""),
    ],
)
def test_a_service_measured_after_the_day_of_the_build_says_so_after_its_note(note: Any, measured: int, told: str):
    day = datetime.date(2026, 3, 1) + datetime.timedelta(days=measured - 1)
    service = p.Service(id="p95", title="Latency", objective=300, unit="ms", measured=250, measured_on=day, note=note)
    at = known(case.evidence(case.fact("build.as_of", TODAY)), case.BEFORE)
    assert case.plain(_soft_gates.note_of(service, at)) == told


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"drill_every": None}, "say how often a drill is due"),
        ({"last_drill": None}, "hold a drill"),
        ({"decides": None}, "name who decides on a rollback"),
        ({"restore_minutes": None}, "state the time to restore"),
        ({"steps": (), "decides": None}, "write the steps of a rollback; name who decides on a rollback"),
    ],
)
def test_each_thing_that_a_rollback_lacks_is_asked_for_by_itself(more: dict[str, Any], words: str) -> None:
    live = p.State(controls=LIVE)
    project = case.pricing(rollback=replace(case.ROLLBACK, **more), state=live)
    there = (case.fact("build.as_of", TODAY), case.fact("rollback.previous.available", True))
    found = _soft_gates._rollback(project, known(case.evidence(*there), case.BEFORE))
    assert case.plain(found.remedy) == words
    assert (found.value.value, found.bound.value) == (5 - len(more), 5)


def requirement(key: str, blocks: str = HOLDS_FULL) -> conditions.Requirement:
    return conditions.Requirement(key=key, must=("m",), how=("h",), owner="Ann", verified="v", blocks=blocks)


def dates(**days: int) -> Timeline:
    """A timeline of days in March, ids with two underscores for a dot; what begins with `by_` settles a condition."""
    made = []
    for name, day in days.items():
        start, settles = datetime.date(2026, 3, day), name.removeprefix("by_") if name.startswith("by_") else ""
        id, kind = (
            name.replace("__", "."),
            "run" if name == "run" else "once",
        )
        asked: Any = kind
        made.append(
            Dated(
                id=id,
                kind=asked,
                title="Review",
                start=start,
                end=start,
                fixed="plan",
                owner="Bob, head",
                settles=settles,
            )
        )
    return Timeline(dated=tuple(made))


@pytest.mark.parametrize(
    ("known_on", "days", "due"),
    [
        (None, {"due__full%20traffic": 20}, 20),
        (20, {"due__full%20traffic": 20}, 20),
        (21, {"due__full%20traffic": 20}, 21),
        (19, {"due__full%20traffic": 20}, 20),
        (None, {"due__full%20traffic": 20, "by_x": 12}, 12),
        (None, {}, None),
        (21, {}, None),
    ],
)
def test_a_condition_is_due_on_the_day_asked_for_that_which_settles_it_or_once_it_can_be_known(
    known_on: int | None, days: dict[str, int], due: int | None
) -> None:
    ready = None if known_on is None else datetime.date(2026, 3, known_on)
    made = dates(**days)
    fact = conditions._due(requirement("x"), made, ready)
    assert fact.value == (None if due is None else datetime.date(2026, 3, due))
    late = list(conditions._too_late(requirement("x"), made, fact))
    assert bool(late) is (due is not None and due > 20)


def test_what_settles_a_condition_has_its_day_and_its_owner_and_a_drill_settles_none() -> None:
    one = conditions._settled_by(requirement("x"), dates(by_x=12))
    assert one.owner == "Bob" and case.plain(one.how) == "h; “Review” decides it on 2026-03-12"
    assert conditions._settled_by(requirement("y"), dates(by_x=12)) == requirement("y")
    drill = Timeline(dated=(replace(dates(by_x=12).dated[0], kind="drill"),))
    assert conditions._settled_by(requirement("x"), drill) == requirement("x")


@pytest.mark.parametrize(
    ("run", "launch", "decide", "start", "holdout", "judged"),
    [
        (10, 11, None, None, 5, 15),
        (10, 10, None, None, 5, None),
        (10, None, 11, 9, 5, 15),
        (10, None, None, 11, 5, 15),
        (10, None, None, 10, 5, None),
        (10, None, None, None, 5, None),
        (10, 11, None, None, None, None),
        (None, 11, None, None, 5, None),
    ],
)
def test_a_version_is_judged_so_many_days_after_its_run_before_the_launch(
    run: Any, launch: Any, decide: Any, start: Any, holdout: Any, judged: Any
) -> None:
    def day(one: int | None) -> datetime.date | None:
        return None if one is None else datetime.date(2026, 3, one)

    project = case.project(
        context=p.Context(decide_by=day(decide)),
        rollout=p.Rollout(start=day(start)),
        retraining=p.Retraining(training=p.Training(holdout_days=holdout)),
    )
    ids = {name: one for name, one in (("run", run), ("stage__a", launch)) if one is not None}
    assert conditions._judged(project, dates(**ids)) == day(judged)


@pytest.mark.parametrize(
    ("high", "low", "asked"), [(-1.0, -9.0, True), (0.0, -9.0, False), (None, -9.0, False), (-1.0, None, True)]
)
def test_only_a_saving_that_is_sure_asks_for_another_threshold(high: Any, low: Any, asked: bool) -> None:
    less = case.fact("actions.capacity.more_per_month", -5.0, low=low, high=high)
    found = list(conditions._threshold(known(case.evidence(less), case.BEFORE), case.pricing()))
    assert bool(found) is asked
    for one in found:
        (saved,) = (part for part in one.how if not isinstance(part, str))
        assert (saved.value, saved.low, saved.high) == (5.0, 1.0, None if low is None else 9.0)


@pytest.mark.parametrize(
    ("key", "owner"),
    [
        ("overall.rmse", "Eva"),
        ("drift_impact", "Eva"),
        ("rollback", "on call"),
        ("drift", "Hanna"),
        ("services", "Hanna"),
    ],
)
def test_each_condition_is_for_who_answers_for_its_area(key: str, owner: str) -> None:
    project = case.pricing(
        project=p.About(name="x", owner="Hanna, Head"),
        retraining=p.Retraining(owner="Data scientist; else nobody"),
        rollback=replace(case.ROLLBACK, decides="on call, at night too"),
        people=p.People(roles=(p.Person(role="data scientist", name="Eva"), p.Person(role="on call"))),
    )
    assert conditions._owner(key, project) == owner
    role = case.pricing(project=p.About(name="x", owner="Hanna, Head"), retraining=p.Retraining(owner="head"))
    assert conditions._owner("overall.rmse", role) == "Hanna"
    assert conditions._owner("drift", case.project(project=p.About(name="x"))) == conditions.UNNAMED


@pytest.mark.parametrize(
    ("operator", "measured", "verdict"),
    [
        ("<=", 300.0, "pass"),
        ("<=", 300.1, "fail"),
        (">=", 300.0, "pass"),
        (">=", 299.9, "fail"),
        ("<=", None, "inconclusive"),
    ],
)
def test_a_service_without_an_interval_keeps_its_objective_up_to_it(operator: Any, measured: Any, verdict: str) -> None:
    service = p.Service(id="p95", title="Latency", objective=300, unit="ms", operator=operator)
    assert _soft_gates._kept(service, case.fact("m", measured), case.fact("b", None)) == verdict


@pytest.mark.parametrize(
    ("rate", "gap", "verdict"), [(0.2, 0.019, "pass"), (0.2, 0.021, "fail"), (0.9, 0.009, "pass"), (0.9, 0.011, "fail")]
)
def test_the_mean_probability_agrees_to_a_tenth_of_the_rarer_outcome(rate: float, gap: float, verdict: str) -> None:
    facts = (
        case.fact("performance.metric", "brier"),
        case.fact("performance.base_rate.production", rate),
        case.fact("calibration.in_the_large.gap", gap, low=gap - 1e-4, high=gap + 1e-4),
    )
    project = case.pricing(data=p.Data(production="x", target="y", task="binary"))
    found = _soft_gates._drift_impact(project, known(case.evidence(*facts), case.BEFORE))
    assert found.bound.value == pytest.approx(0.1 * min(rate, 1 - rate)) and found.verdict == verdict
