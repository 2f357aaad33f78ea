import datetime
import json
from typing import Any

import pytest

from generator.records import project as p
from generator.records.decision import Decisions
from generator.records.evidence import Evidence
from generator.records.rules import least_rows
from generator.records.table import Mark
from generator.subjects.calendar import timeline
from generator.subjects.features import _asks
from generator.subjects.features.features import run
from tests.subjects import case

SOURCES = (
    p.Source(name="db", kind="database", latency_budget_ms=50, owner="data team", freshness_minutes=60),
    p.Source(name="web", kind="api", latency_budget_ms=200),
    p.Source(name="sums", kind="computed", latency_budget_ms=100, stage=2),
)
FEATURES = (
    p.Feature(
        name="cost",
        kind="numeric",
        source="db",
        low=0,
        high=500,
        missing_alert=0.05,
        missing_stop=0.2,
        critical=True,
        when_out_of_range="reject",
    ),
    p.Feature(name="brand", kind="categorical", when_unseen="use “other”"),
)


def decided_on(evidence: Evidence = case.NOTHING, **settings: Any) -> Decisions:
    data = p.Data(production="x", target="y", sources=SOURCES, features=FEATURES)
    return run(case.project(**{"data": data, **settings}), evidence, case.BEFORE)


def test_nothing_declared_and_measured_gives_reasons() -> None:
    decided = run(case.project(), case.NOTHING, case.BEFORE)
    assert all(table.reason for table in decided.tables)
    assert case.value(decided, "features.count.compliant") is None


def test_latency_adds_up_over_stages_and_takes_the_slowest_within_one() -> None:
    decided = decided_on(context=p.Context(serving=p.Serving(latency_objective_ms=350)))
    values = {name: case.value(decided, f"features.latency.{name}") for name in ("parallel", "sequential", "staged")}
    assert values == {"parallel": 200, "sequential": 350, "staged": 300}
    assert case.value(decided, "features.latency.headroom") == 50


def test_a_feature_inherits_owner_and_freshness_of_its_source() -> None:
    row = case.rows(decided_on(), "features.spec")[0]
    assert (row["owner"], case.plain(row["freshness"]), row["class"]) == ("data team", "60", "database")
    assert case.plain(row["allowed"]) == "0 to 500" and row["basis"] == "declared"


def test_an_undeclared_range_comes_from_the_reference() -> None:
    data = p.Data(production="x", target="y", features=(p.Feature(name="cost", kind="numeric"),))
    evidence = case.evidence(case.fact("drift.cost.q05_reference", 1.0), case.fact("drift.cost.q95_reference", 9.0))
    row = case.rows(decided_on(evidence, data=data), "features.spec")[0]
    assert (case.plain(row["allowed"]), row["basis"]) == ("1.00 to 9.00", "reference, 5 to 95 %")


def test_every_limit_is_a_rule_with_its_policy() -> None:
    rules = {row["id"]: row for row in case.rows(decided_on(), "features.rules")}
    assert list(rules) == [
        "FR-cost-range",
        "FR-cost-missing-alert",
        "FR-cost-missing-stop",
        "FR-brand-levels",
        "FR-request-twice",
        "FR-request-unknown",
    ]
    assert rules["FR-cost-range"]["on_breach"] == "reject" and rules["FR-brand-levels"]["on_breach"] == "use “other”"


@pytest.mark.parametrize(
    ("action", "severity"), [("reject the row", "error"), ("impute, and count the row", "warning"), (None, "warning")]
)
def test_a_rule_is_as_grave_as_what_is_done_where_it_is_broken(action: str | None, severity: str) -> None:
    feature = p.Feature(name="cost", kind="numeric", low=0, when_missing=action, when_out_of_range=action)
    data = p.Data(production="x", target="y", features=(feature,))
    rows = case.rows(decided_on(case.found(), data=data), "features.rules")
    assert {row["severity"] for row in rows if row["feature"]} == {severity}
    assert [row["kind"] for row in rows if row["feature"]] == ["range", "missing"][: 2 if action else 1]


def test_what_training_shows_and_nobody_promised_is_told_only() -> None:
    data = p.Data(production="x", target="y", features=(p.Feature(name="cost", when_out_of_range="reject"),))
    ends = (case.fact("drift.cost.low_reference", 1.0), case.fact("drift.cost.high_reference", 9.0))
    kinds = case.table("features.kinds", "feature kind", ("cost", "numeric"), ("brand", "categorical"))
    rows = case.rows(decided_on(case.found(facts=ends, tables=(kinds,)), data=data), "features.rules")
    assert [(row["id"], row["severity"]) for row in rows if row["feature"]] == [
        ("FR-cost-range", "info"),
        ("FR-brand-levels", "info"),
    ]


def test_a_rule_on_a_rate_asks_for_what_a_day_can_be_answered_with() -> None:
    rules = {row["id"]: row["on_breach"] for row in case.rows(decided_on(), "features.rules")}
    assert "reject" not in str(rules["FR-cost-missing-alert"]) + str(rules["FR-cost-missing-stop"])
    assert str(rules["FR-cost-missing-alert"]).startswith("tell the owner")


def test_the_levels_of_a_category_are_named_in_its_line_and_in_its_rule() -> None:
    levels = case.table("features.levels", "feature level", ("brand", "Acme"), ("brand", "Zen"))
    decided = decided_on(case.evidence(tables=(levels,)))
    line = next(row for row in case.rows(decided, "features.spec") if row["name"] == "brand")
    rule = next(row for row in case.rows(decided, "features.rules") if row["id"] == "FR-brand-levels")
    assert case.plain(line["allowed"]) == "Acme, Zen" and case.plain(rule["rule"]) == "one of Acme, Zen"


@pytest.mark.parametrize(
    ("rate", "over", "word"), [(0.01, "stop", "missing over stop"), (0.3, "", "complies"), (0.01, "", "complies")]
)
def test_a_limit_for_a_day_is_held_against_the_last_day_and_not_the_whole_period(
    rate: float, over: str, word: str
) -> None:
    now = case.table("contract.now", "feature over", *([("cost", over)] if over else []))
    counted = (case.fact("contract.stop.last_day", len(over) > 0), case.fact("contract.alert.last_day", 0))
    told = measured(rate)
    decided = decided_on(case.found(facts=(*told.facts, *counted), tables=(*told.tables, now)))
    assert case.plain(case.rows(decided, "features.spec")[0]["compliance"]) == word


@pytest.mark.parametrize(("severe", "crossed"), [(0.20, True), (0.25, False), (0.30, False)])
def test_a_tolerance_that_calls_severe_before_yellow_is_told(severe: float, crossed: bool) -> None:
    policies = p.Policies(drift=p.DriftPolicy(severe_mean_change=severe, yellow_mean_change=0.25))
    assert case.value(decided_on(policies=policies), "features.tolerance.crossed") is crossed


def test_the_output_has_a_rule_of_its_own() -> None:
    decided = decided_on(objectives=p.Objectives(output_low=10, output_high=500))
    assert case.plain(case.rows(decided, "features.rules")[-3]["rule"]) == "10 to 500"


def measured(rate: float, status: str = "ok") -> Evidence:
    mark = Mark(status="severe" if status == "bad" else "ok", word=status)
    missing = case.table("missing.all", "feature production status", ("cost", case.fact("m", rate), mark))
    facts = (case.fact("missing.cost.reference", 0.02), case.fact("missing.cost.production", rate))
    return case.found(facts=facts, tables=(missing,))


def test_compliance_follows_the_declared_limits() -> None:
    words = [
        case.plain(case.rows(decided_on(measured(rate)), "features.spec")[0]["compliance"]) for rate in (0.01, 0.1, 0.3)
    ]
    assert words == ["complies", "missing over alert", "missing over stop"]
    assert case.value(decided_on(measured(0.01)), "features.count.compliant") == 1


def test_producers_are_asked_about_confirmed_findings_only() -> None:
    assert case.rows(decided_on(measured(0.12)), "features.asks") == []
    context = p.Context(decide_by=datetime.date(2026, 5, 1))
    ask = case.rows(decided_on(measured(0.12, "bad"), context=context), "features.asks")[0]
    assert case.plain(ask["seen"]).endswith("missing 0.02 → 0.12")
    assert (ask["producer"], case.plain(ask["due"])) == ("db", "2026-05-01")


def test_producers_answer_by_the_days_of_the_plan_and_not_by_declared_ones_on_a_weekend() -> None:
    saturday, sunday = datetime.date(2026, 5, 9), datetime.date(2026, 5, 10)
    plan = p.Rollout(start=saturday, stages=(p.Stage(name="all", traffic=1.0),))
    project = case.pricing(rollout=plan, context=p.Context(decide_by=sunday))
    dates = timeline.DECISION.run(project, case.evidence(), case.BEFORE).timeline
    assert dates is not None and dates.launch is not None
    days = [_asks._due(project, dates, urgent=urgent).value for urgent in (True, False)]
    assert days == [datetime.date(2026, 5, 8), dates.launch] and dates.launch.weekday() < 5


def test_features_that_only_the_data_show_are_specified_too() -> None:
    names = [row["name"] for row in case.rows(decided_on(case.evidence()), "features.spec")]
    assert names == ["cost", "brand", *case.FEATURES]


def test_a_feature_named_like_a_word_of_an_id_finds_its_own_facts() -> None:
    data = p.Data(production="x", target="y", features=(p.Feature(name="count", kind="numeric"),))
    evidence = case.found(facts=(case.fact("drift.%63ount.mean_reference", 4.0),))
    row = case.rows(decided_on(evidence, data=data), "features.spec")[0]
    assert case.plain(row["mean"]) == "4.00"


def test_a_shift_over_the_declared_limit_breaks_the_specification_without_an_ask() -> None:
    heads = "feature kind declared severity"
    row = ("cost", "numeric", Mark(status="severe", word="severe (declared)"), Mark(status="watch", word="watch"))
    complete = measured(0.01)
    evidence = case.found(tables=(case.table("drift.all", heads, row), *complete.tables), facts=complete.facts)
    decided = decided_on(evidence)
    assert case.plain(case.rows(decided, "features.spec")[0]["compliance"]) == "over the declared limit"
    assert case.value(decided, "features.count.compliant") == 0
    assert case.rows(decided, "features.asks") == []


def test_the_samples_of_a_rule_stand_on_its_two_sides() -> None:
    levels = case.table("features.levels", "feature level", ("brand", "Acme"), ("brand", "Acme "))
    rules = {row["id"]: row for row in case.rows(decided_on(case.evidence(tables=(levels,))), "features.rules")}
    assert (rules["FR-cost-range"]["passes"], rules["FR-cost-range"]["breaks"]) == ("0 and 500", "505")
    limit = rules["FR-cost-missing-alert"]
    assert (limit["passes"], limit["breaks"]) == ("50 of 1,000 rows missing", "51 of 1,000 rows missing")
    assert json.loads(str(rules["FR-brand-levels"]["passes"])) in ("Acme", "Acme ")
    assert json.loads(str(rules["FR-brand-levels"]["breaks"])) not in ("Acme", "Acme ")


@pytest.mark.parametrize(("low", "high", "outside"), [(None, -3.0, -2.97), (0.3, None, 0.29), (0.0, 0.7, 0.71)])
def test_a_value_that_breaks_a_range_is_outside_it(low: float | None, high: float | None, outside: float) -> None:
    feature = p.Feature(name="x", kind="numeric", low=low, high=high)
    data = p.Data(production="x", target="y", features=(feature,))
    rule = case.rows(decided_on(case.NOTHING, data=data), "features.rules")[0]
    broken = float(str(rule["breaks"]))
    assert (low is None or broken < low) if high is None else broken > high
    assert broken == pytest.approx(outside, abs=0.02)


def test_the_sample_request_is_the_golden_one_and_its_answer_that_of_the_model() -> None:
    golden = case.table(
        "rollback.golden", "id request expected", ("typical", '{"cost": 3, "brand": "é"}', case.fact("g", 7.0))
    )
    texts = {
        row["kind"]: json.loads(str(row["text"]))
        for row in case.rows(decided_on(case.found(tables=(golden,))), "features.samples")
    }
    assert texts["request"] == {"cost": 3, "brand": "é"} and texts["answer"]["prediction"] == 7
    assert texts["rejection"]["rejected"] is True and texts["rejection"]["reasons"] == ["FR-cost-range"]


def test_the_answer_has_the_names_of_the_log_and_the_tier_of_its_score() -> None:
    golden = case.table("rollback.golden", "id request expected", ("typical", '{"cost": 3}', case.fact("g", 0.4)))
    tiers = (p.Tier(name="hot", above=0.3), p.Tier(name="cold", above=0.0), p.Tier(name="sure", above=0.5))
    decided = decided_on(
        case.found(tables=(golden,)),
        decision=p.DecisionPolicy(tiers=tiers),
        alerts=p.Alerts(tables=p.Tables(prediction="score")),
    )
    texts = {row["kind"]: json.loads(str(row["text"])) for row in case.rows(decided, "features.samples")}
    assert list(texts["answer"]) == ["score", "tier", "model_version", "rejected", "reasons"]
    assert (texts["answer"]["tier"], texts["rejection"]["tier"]) == ("hot", None)


def test_of_many_features_those_stand_out_that_are_critical_or_to_be_acted_on() -> None:
    many = tuple(p.Feature(name=f"f{n}", critical=n == 7, missing_stop=0.1) for n in range(30))
    data = p.Data(production="x", target="y", features=many)
    now = case.table("contract.now", "feature over", ("f3", "stop"), ("f4", "alert"))
    counted = (case.fact("contract.stop.last_day", 1), case.fact("contract.alert.last_day", 1))
    decided = decided_on(case.found(facts=counted, tables=(now,)), data=data)
    assert [row["name"] for row in case.rows(decided, "features.acted")] == ["f3", "f7"]
    assert len(case.rows(decided, "features.spec")) == 30


def test_asks_come_in_order_of_consequence() -> None:
    features = tuple(p.Feature(name=name, source=name, critical=name == "b", missing_stop=0.1) for name in "abc")
    data = p.Data(production="x", target="y", features=features)
    bad = Mark(status="severe", word="bad")
    missing = case.table("missing.all", "feature production status", *((n, case.fact(n, 0.3), bad) for n in "abc"))
    now = case.table("contract.now", "feature over", ("c", "stop"))
    counted = (case.fact("contract.stop.last_day", 1), case.fact("contract.alert.last_day", 0))
    context = p.Context(decide_by=datetime.date(2026, 5, 1))
    rollout = p.Rollout(start=datetime.date(2026, 5, 9))
    decided = decided_on(case.found(facts=counted, tables=(missing, now)), data=data, context=context, rollout=rollout)
    asks = case.rows(decided, "features.asks")
    assert [(ask["producer"], case.plain(ask["due"])) for ask in asks] == [
        ("c", "2026-05-01"),
        ("b", "2026-05-01"),
        ("a", "2026-05-09"),
    ]


def test_a_limit_on_missing_values_prints_from_how_many_rows_it_judges() -> None:
    rules = {row["id"]: row for row in case.rows(decided_on(), "features.rules")}
    assert case.plain(rules["FR-cost-missing-stop"]["rule"]).endswith(", from 25 rows of it on")
    assert (least_rows(0.05), least_rows(0.3), least_rows(0.0)) == (100, 17, 1)


@pytest.mark.parametrize(
    ("metric", "limit", "features", "quiet"),
    [
        ("missing", 0.2, "each", 0),
        ("missing", 0.21, "each", 1),
        ("missing", 0.2, "critical", 0),
        ("missing", 0.2, "mean", 1),
        ("missing_points", 0.2, "each", 0),
    ],
)
def test_an_alert_tells_of_a_stop_limit_where_it_fires_at_or_below_it(
    metric: Any, limit: float, features: Any, quiet: int
) -> None:
    rule = p.Rule(id="gone", metric=metric, features=features, operator=">", yellow=limit)
    decided = decided_on(alerts=p.Alerts(rules=(rule,)))
    assert case.value(decided, "features.stop.unwatched") == quiet
    assert case.value(decided, "features.stop.unheard") == ("cost" if quiet else None)
    told = [(row["alert"], row["count"]) for row in case.rows(decided, "features.stop_alerts")]
    assert told == ([] if quiet else [("gone-yellow", "1")])


def test_computations_that_nobody_declared_are_a_gap_with_their_owners() -> None:
    decided = decided_on()
    (gap,) = (fact for fact in decided.facts if fact.id == "features.computed.all")
    assert gap.reason == "not declared for 2 of 2 features (data.features.transformation)"
    owners = [(row["owner"], row["count"]) for row in case.rows(decided, "features.undeclared")]
    assert owners == [("data team", "1"), ("not declared", "1")]
