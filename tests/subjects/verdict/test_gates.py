import datetime
from dataclasses import replace
from typing import Any

import pytest

from generator.records import project as p
from generator.records.decision import Decisions, Gate, join
from generator.records.evidence import Evidence
from generator.subjects.alerts import alerts
from generator.subjects.features import features
from generator.subjects.rollback import rollback
from generator.subjects.verdict.gates import decide_on, run
from tests.subjects import case


def gates(project: p.Project, evidence: Evidence) -> dict[str, Gate]:
    return {gate.id: gate for gate in judged(project, evidence).gates}


def judged(project: p.Project, evidence: Evidence) -> Decisions:
    earlier = case.BEFORE
    for plugin in (alerts, rollback, features):
        earlier = join((earlier, plugin.run(project, evidence, earlier)))
    return run(project, evidence, earlier)


def rmse(low: float | None, high: float | None) -> Evidence:
    return case.evidence(case.fact("performance.rmse.production", 9.5, low=low, high=high, n=1000))


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [
        (9.0, 9.9, "pass"),
        (9.9, 10.1, "inconclusive"),
        (10.1, 11.0, "fail"),
        (9.0, 10.0, "inconclusive"),
        (None, None, "inconclusive"),
    ],
)
def test_the_interval_is_held_against_the_bound(low: float | None, high: float | None, verdict: str) -> None:
    assert gates(case.pricing(), rmse(low, high))["overall.rmse"].verdict == verdict


def test_nothing_declared_is_inconclusive_and_never_proceeds() -> None:
    decided = judged(case.project(), case.NOTHING)
    verdicts = {gate.id: gate.verdict for gate in decided.gates}
    assert verdicts["overall"] == verdicts["recent"] == verdicts["services"] == "inconclusive"
    assert verdicts["rollback"] == verdicts["monitoring"] == "fail"
    assert decided.verdict == "not_enough"
    assert 6 <= len(case.rows(decided, "scorecard.rows")) <= 10


def test_what_nobody_declared_is_told_as_such_and_asked_for() -> None:
    decided = judged(case.project(), case.evidence(case.fact("drift.count.severe", 0, unit="count")))
    lines = {row["gate"]: row for row in case.rows(decided, "gates.all")}
    assert case.plain(lines["Services"]["remedy"]).startswith("say what the services promise")
    targets = {row["topic"]: case.plain(row["target"]) for row in case.rows(decided, "scorecard.rows")}
    assert targets["Services"] == "no service level declared"
    assert targets["Drift of the inputs"] == "no input drifted severely"


def test_a_value_without_a_bound_asks_for_the_bound() -> None:
    gate = gates(case.project(), rmse(9.0, 9.9))["overall"]
    assert case.plain(gate.remedy).startswith("say what is acceptable: objectives.metrics.acceptable")


def test_any_failed_hard_gate_delays() -> None:
    assert judged(case.pricing(), rmse(10.1, 11.0)).verdict == "delay"


def test_a_failed_soft_gate_makes_conditions() -> None:
    decided = judged(case.pricing(), rmse(9.0, 9.9))
    assert any(gate.verdict == "fail" for gate in decided.gates)
    assert decided.verdict == "proceed_with_conditions"
    assert case.value(decided, "verdict.name") == "Proceed with conditions"


def test_only_all_passed_proceeds() -> None:
    gate = gates(case.pricing(), rmse(9.0, 9.9))["overall.rmse"]
    assert decide_on((gate,)) == "proceed"
    assert decide_on((gate, replace(gate, verdict="inconclusive"))) == "proceed_with_conditions"
    assert decide_on((gate, replace(gate, hard=False, verdict="fail"))) == "proceed_with_conditions"


def test_a_critical_segment_decides_alone() -> None:
    limit = p.SegmentLimit(segment="category", level="Toys & Games", acceptable=12)
    project = case.pricing(objectives=replace(case.OBJECTIVES, critical_segments=(limit,)))
    bad = case.evidence(case.fact("segments.category.Toys%20%26%20Games.rmse", 15.0, low=13.0, high=17.0))
    decided = judged(project, bad)
    assert decided.verdict == "delay"
    assert any("Toys & Games" in case.plain(row["topic"]) for row in case.rows(decided, "scorecard.rows"))


def test_larger_r2_is_better_and_bias_counts_both_ways() -> None:
    objectives = p.Objectives(
        metrics=(
            p.Objective(metric="r2", acceptable=0.8),
            p.Objective(metric="bias", acceptable=1.0),
        )
    )
    found = gates(
        case.project(objectives=objectives),
        case.evidence(
            case.fact("performance.r2.production", 0.9, low=0.85, high=0.95),
            case.fact("performance.bias.production", -2.0, low=-2.5, high=-1.5),
        ),
    )
    assert (found["overall.r2"].verdict, found["overall.bias"].verdict) == ("pass", "fail")


def test_an_open_gate_says_how_many_rows_would_settle_it() -> None:
    gate = gates(case.pricing(), rmse(9.0, 10.2))["overall.rmse"]
    assert "cannot yet tell pass from fail: wait for 2943" in case.plain(gate.remedy)


def test_a_gate_that_waits_for_rows_says_by_when_they_come() -> None:
    value = case.fact("performance.rmse.production", 9.5, low=8.6, high=10.6, n=1_000)
    days = {"start": datetime.date(2026, 5, 2), "end": datetime.date(2026, 5, 31)}
    dates = [case.fact(f"windows.whole.{name}", day, unit="date") for name, day in days.items()]
    known = gates(case.pricing(), case.evidence(value, *dates, case.fact("build.as_of", datetime.date(2026, 6, 10))))
    words = case.plain(known["overall.rmse"].remedy)
    assert (
        "wait for 8173 (by 2027-01-12), or" in words
    )  # 1,000 × ((1.960 + 0.842) × 1 ÷ 1.960 ÷ 0.5)²: 7.173 × 30 days more
    unknown = case.plain(gates(case.pricing(), case.evidence(value))["overall.rmse"].remedy)
    assert "(nobody can say by when: the rows have no dates), or" in unknown


def test_services_pass_only_when_all_are_measured_and_kept() -> None:
    fast = p.Service(id="p95", title="Latency", objective=300, unit="ms", measured=250)
    slow, unknown = replace(fast, id="b", measured=400), replace(fast, id="c", measured=None)
    for services, verdict in (
        ((fast,), "pass"),
        ((fast, unknown), "inconclusive"),
        ((fast, unknown, slow), "fail"),
        ((), "inconclusive"),
    ):
        assert gates(case.pricing(services=services), case.evidence())["services"].verdict == verdict


def test_sources_slower_than_the_serving_objective_fail_the_services() -> None:
    data = p.Data(production="x", target="y", sources=(p.Source(name="api", kind="api", latency_budget_ms=200),))
    kept = (p.Service(id="p95", title="Latency", objective=300, unit="ms", measured=250),)
    for objective, services, verdict in ((250, kept, "pass"), (150, kept, "fail"), (250, (), "inconclusive")):
        context = p.Context(serving=p.Serving(latency_objective_ms=objective))
        gate = gates(case.pricing(data=data, context=context, services=services), case.evidence())["services"]
        assert gate.verdict == verdict
        assert (gate.value.value, gate.bound.value) == (len(services), len(services) or None), (
            "a plan is no measurement"
        )


def test_every_hard_gate_that_fails_stands_on_the_scorecard() -> None:
    both = (p.Objective(metric="rmse", acceptable=10), p.Objective(metric="mae", acceptable=5))
    project = case.pricing(objectives=replace(case.OBJECTIVES, metrics=both))
    for mae, there in ((6.0, True), (4.0, False)):
        known = case.fact("performance.mae.production", mae, low=mae - 0.1, high=mae + 0.1, unit="money")
        decided = run(project, case.evidence(known), case.BEFORE)
        failed = {gate.title for gate in decided.gates if gate.hard and gate.verdict == "fail"}
        topics = {case.plain(row["topic"]).split(",")[0] for row in case.rows(decided, "scorecard.rows")}
        assert bool(failed) is there and failed <= topics


LIVE = p.State(
    controls=(
        p.Control(name="monitoring", state="live"),
        p.Control(name="alerts", state="live"),
        p.Control(name="rollback", state="live"),
        p.Control(name="on_call", state="live"),
    )
)


def test_what_is_not_built_fails_however_well_it_is_written() -> None:
    judged = gates(case.pricing(state=p.State()), case.evidence())
    assert judged["rollback"].verdict == judged["monitoring"].verdict == "fail"


@pytest.mark.parametrize(
    ("change", "verdict"),
    [
        ({}, "pass"),
        ({"last_drill": None}, "inconclusive"),
        ({"last_drill": datetime.date(2025, 1, 1)}, "inconclusive"),
        ({"steps": ()}, "fail"),
        ({"decides": None}, "inconclusive"),
    ],
)
def test_rollback_is_ready_when_tested_written_and_drilled(change: dict[str, Any], verdict: str) -> None:
    project = case.pricing(rollback=replace(case.ROLLBACK, **change), state=LIVE)
    assert gates(project, case.evidence())["rollback"].verdict == verdict


def test_what_a_rollback_lacks_is_told_as_something_to_do() -> None:
    plan = replace(case.ROLLBACK, last_drill=None)
    for state, words in ((LIVE, "hold a drill"), (p.State(), "set up the rollback; hold a drill")):
        gate = gates(case.pricing(rollback=plan, state=state), case.evidence())["rollback"]
        assert "".join(map(case.plain, gate.remedy)) == words


def test_monitoring_needs_accuracy_drift_and_missing_values() -> None:
    gaps = p.Rule(id="gaps", metric="missing", features="each", red=0.15)
    blind = p.Rule(id="slow", metric="latency_p95", red=300)
    for rules, verdict in (
        (case.ALERTS.rules, "fail"),
        ((*case.ALERTS.rules, gaps), "pass"),
        ((*case.ALERTS.rules, gaps, blind), "inconclusive"),
    ):
        project = case.pricing(alerts=replace(case.ALERTS, rules=rules), state=LIVE)
        assert gates(project, case.evidence())["monitoring"].verdict == verdict


def test_counts_and_margins_agree_with_the_gates() -> None:
    decided = judged(case.pricing(), case.evidence())
    counts = [case.value(decided, f"gates.count.{word}") for word in ("pass", "fail", "inconclusive")]
    assert sum(counts) == len(decided.gates)
    assert case.value(decided, "gates.overall.rmse.margin") == pytest.approx(10 - 9.44)


def test_with_labels_the_drift_is_judged_by_the_bias_it_leaves() -> None:
    bias = case.fact("performance.bias.production", 0.3, low=-0.1, high=0.7)
    moved = case.fact("drift.impact.total", 9.0, low=8.0, high=10.0)
    assert gates(case.pricing(), case.evidence(moved))["drift_impact"].verdict == "fail"
    gate = gates(case.pricing(), case.evidence(moved, bias))["drift_impact"]
    assert gate.verdict == "pass" and gate.evidence[0] == bias.id and "drift.impact.total" in gate.evidence


def test_an_acceptable_error_below_the_validation_leaves_no_room_and_no_negative_bound() -> None:
    strict = case.fact("performance.rmse.acceptable", 8.1)
    gate = gates(case.pricing(), case.evidence(strict))["drift_impact"]
    assert gate.verdict == "inconclusive" and gate.bound.value is None and "no room" in gate.bound.reason


@pytest.mark.parametrize(("high", "waits"), [(10.6, True), (12.5, False)])
def test_an_open_gate_tells_how_many_rows_there_are_and_when_waiting_is_vain(high: float, waits: bool) -> None:
    evidence = case.evidence(case.fact("performance.rmse.production", 9.5, low=8.6, high=high, n=1000))
    words = case.plain(gates(case.pricing(), evidence)["overall.rmse"].remedy)
    assert words.startswith("the 1000 cannot")
    assert ("waiting will not help" not in words) == waits
    assert ("wait for" in words) == waits


@pytest.mark.parametrize(
    ("burn", "low", "high", "verdict"),
    [
        (0.5, 0.3, 0.8, "pass"),
        (0.8, 0.6, 1.0, "pass"),
        (0.9, 0.7, 1.2, "inconclusive"),
        (1.2, 1.0, 1.4, "inconclusive"),
        (3.0, 2.0, 4.5, "fail"),
        (3.0, 2.0, None, "fail"),
        (0.5, None, 0.8, "pass"),
    ],
)
def test_a_counted_service_passes_or_fails_with_its_whole_interval(
    burn: float, low: float | None, high: float | None, verdict: str
) -> None:
    """Without both ends of its interval the share itself, 1 − burn ÷ 100, is held against the objective of 99 %."""
    service = p.Service(id="up", title="Up", objective=0.99, unit="share", operator=">=")
    counted = (
        case.fact("services.up.measured", 1 - burn / 100, unit="share"),
        case.fact("services.up.burn", burn, low=low, high=high),
    )
    assert gates(case.pricing(services=(service,)), case.evidence(*counted))["services"].verdict == verdict


@pytest.mark.parametrize(("high", "topic"), [(13.0, "recent days"), (11.5, "")])
def test_the_scorecard_has_the_newest_of_a_critical_segment_where_it_is_worse(high: float, topic: str) -> None:
    limit = p.SegmentLimit(segment="category", level="Toys", acceptable=12)
    project = case.pricing(objectives=replace(case.OBJECTIVES, critical_segments=(limit,)))
    whole = case.fact("segments.category.Toys.rmse", 10.0, low=9.0, high=11.0)
    lately = case.fact("segments.category.Toys.rmse_recent", 11.0, low=10.5, high=high)
    decided = judged(project, case.evidence(whole, lately))
    (row,) = (row for row in case.rows(decided, "scorecard.rows") if "Toys" in case.plain(row["topic"]))
    assert case.plain(row["topic"]).endswith(topic) and ("recent days" in case.plain(row["topic"])) is bool(topic)
    assert case.plain(row["status"]) == ("inconclusive" if topic else "pass")
    assert case.plain(row["target"]).startswith("typical error")
    assert any(gate.id.startswith("segment.") and gate.verdict == "pass" for gate in decided.gates), "the gate stands"


TOYS = p.SegmentLimit(segment="category", level="Toys", acceptable=12)


@pytest.mark.parametrize(
    ("toys", "books", "worst"), [(13.0, 11.0, "Toys"), (11.0, 13.0, "Books"), (14.0, 13.0, "Toys"), (9.0, 9.5, "Books")]
)
def test_of_critical_segments_the_worst_stands_on_the_scorecard(toys: float, books: float, worst: str) -> None:
    """The worse verdict first; of equal verdicts the one with less room, or farther beyond its limit."""
    limits = (TOYS, replace(TOYS, level="Books"))
    project = case.pricing(objectives=replace(case.OBJECTIVES, critical_segments=limits))
    errors = {"Toys": toys, "Books": books}
    known = (
        case.fact(f"segments.category.{name}.rmse", one, low=one - 0.5, high=one + 0.5) for name, one in errors.items()
    )
    rows = case.rows(run(project, case.evidence(*known), case.BEFORE), "scorecard.rows")
    assert worst in case.plain(rows[2]["topic"])


@pytest.mark.parametrize(
    ("name", "error", "actual"), [("Toys", 11.0, "Toys: 11.00"), (None, 11.0, "11.00"), ("Toys", None, "None")]
)
def test_where_no_segment_is_critical_the_worst_of_all_is_told(
    name: str | None, error: float | None, actual: str
) -> None:
    known = (case.fact("segments.worst.name", name), case.fact("segments.worst.error", error))
    rows = case.rows(run(case.pricing(), case.evidence(*known), case.BEFORE), "scorecard.rows")
    row = next(row for row in rows if row["topic"] == "Worst segment")
    assert (case.plain(row["actual"]), case.plain(row["target"])) == (actual, "no segment declared critical")


@pytest.mark.parametrize(
    ("saved", "recent", "loss", "told"),
    [
        (5.0, 7.0, 6.0, "acting on nobody would cost 5.00 a month more"),
        (None, 7.0, 6.0, "errors cost 7.00 a month more than at validation"),
        (None, None, 6.0, "errors cost 6.00 a month more than at validation"),
        (None, None, None, "no effect in money measured"),
    ],
)
def test_what_acting_saves_is_told_before_what_errors_cost_and_the_newest_days_before_all(
    saved: float | None, recent: float | None, loss: float | None, told: str
) -> None:
    known = (
        case.fact("decision.nobody.against_current", saved),
        case.fact("business.loss_increase_recent_per_month", recent),
        case.fact("business.loss_increase_per_month", loss),
    )
    for value, target in ((80.0, "value a month 80.00"), (None, "no value declared")):
        evidence = case.evidence(*known, case.fact("business.value_per_month", value))
        rows = case.rows(run(case.pricing(), evidence, case.BEFORE), "scorecard.rows")
        row = next(row for row in rows if row["topic"] == "Business value")
        assert (case.plain(row["actual"]), case.plain(row["target"])) == (told, target)


def test_a_value_is_told_with_what_it_is_counted_against() -> None:
    project = case.pricing()
    business = replace(project.settings.business, value_against="the present rule")
    project = replace(project, settings=replace(project.settings, business=business))
    rows = case.rows(
        run(project, case.evidence(case.fact("business.value_per_month", 80.0)), case.BEFORE), "scorecard.rows"
    )
    row = next(row for row in rows if row["topic"] == "Business value")
    assert case.plain(row["target"]) == "value a month 80.00 against the present rule"


@pytest.mark.parametrize(
    ("gate", "id", "counted", "unknown"),
    [
        ("drift", "drift.count.declared_severe", "clear the drifted", "have the drift measured"),
        ("data_quality", "missing.count.flagged", "have the producers restore", "say what may be missing"),
    ],
)
def test_a_count_asks_for_its_cure_and_no_count_for_the_count(gate: str, id: str, counted: str, unknown: str) -> None:
    for value, words in ((3, counted), (None, unknown)):
        found = gates(case.pricing(), case.evidence(case.fact(id, value)))[gate]
        assert case.plain(found.remedy).startswith(words), case.plain(found.remedy)
