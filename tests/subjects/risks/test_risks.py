from dataclasses import replace

import pytest

from generator.records import project as p
from generator.records.decision import Decisions
from generator.records.evidence import Evidence
from generator.records.fact import Fact
from generator.subjects.alerts import alerts
from generator.subjects.risks import risks
from generator.subjects.risks.risks import run
from generator.subjects.verdict import brief
from tests.subjects import case

DRIFT = p.Risk(id="R1", title="Silent drift", likelihood=3, impact=4, kind="drift", mitigation="alerts")
OUTAGE = p.Risk(id="R2", title="Outage", likelihood=2, impact=5, kind="outage")


def register(*risks: p.Risk, evidence: Evidence = case.NOTHING) -> Decisions:
    return run(case.project(risks=risks), evidence, case.BEFORE)


def test_no_risks_give_reasons() -> None:
    reasons = {table.id: table.reason for table in register().tables}
    assert reasons.pop("risks.incidents") == "no incident declared (context.incidents)"
    assert reasons.pop("risks.unpriced") == "each stands among the greatest"
    assert set(reasons.values()) == {"no risks declared, and no finding adds one"}


def test_the_register_is_ranked_by_likelihood_times_impact() -> None:
    rows = case.rows(register(OUTAGE, DRIFT), "risks.register")
    assert [(row["id"], case.plain(row["score"]), case.plain(row["band"])) for row in rows] == [
        ("R1", "12", "medium"),
        ("R2", "10", "medium"),
    ]


def test_risks_show_what_was_measured_of_their_kind() -> None:
    drift = (case.fact("drift.count.confirmed", 12), case.fact("drift.largest.mean_change", -0.52))
    measured = case.found(facts=drift)
    row = case.rows(register(DRIFT, OUTAGE, evidence=measured), "risks.register")
    assert (
        case.plain(row[0]["evidence"])
        == "features with confirmed drift: 12; largest mean shift: -0.52 (over the whole period)"
    )
    assert case.plain(row[1]["evidence"]) == "nothing in this build measures it"


def test_confirmed_findings_that_no_risk_covers_are_added_once_a_kind() -> None:
    found = case.found(
        findings=(
            case.finding("drift", "a", "severe"),
            case.finding("segment", "b"),
            case.finding("segment", "c"),
            case.finding("unseen", "d", "watch"),
        )
    )
    ids = [row["id"] for row in case.rows(register(DRIFT, evidence=found), "risks.register")]
    assert ids == ["found-segment", "R1"]
    assert "found-drift" in [row["id"] for row in case.rows(register(OUTAGE, evidence=found), "risks.register")]


def test_few_days_make_the_thresholds_a_risk() -> None:
    few, many = (case.found(facts=(case.fact("data.production.days", days),)) for days in (30, 60))
    assert [row["id"] for row in case.rows(register(evidence=few), "risks.register")] == ["found-thresholds"]
    assert case.rows(register(evidence=many), "risks.register") == []


def test_the_greatest_are_ranked_by_money_where_every_risk_has_some() -> None:
    cheap = p.Risk(id="A", title="A", likelihood=5, impact=5, incidents_per_year=1, loss_per_incident=100)
    dear = p.Risk(id="B", title="B", likelihood=1, impact=1, incidents_per_year=0.5, loss_per_incident=10_000)
    assert [row["id"] for row in case.rows(register(cheap, dear), "risks.top")] == ["B", "A"]
    assert [row["id"] for row in case.rows(register(cheap, dear, DRIFT), "risks.top")] == ["A", "R1", "B"]


def test_a_past_failure_is_replayed_with_the_delay_of_the_rule_that_watches_now() -> None:
    """One day on the alert says since when it fires, to the risks and to the summary, its first day included."""
    incidents = tuple(p.Incident(what="drift unseen", days_to_detection=21, rule=rule) for rule in ("rmse", "shift"))
    project = case.pricing(context=p.Context(incidents=incidents))
    decided = case.through(project, case.evidence(), case.BEFORE, alerts.DECISION, risks.DECISION, brief.DECISION)
    plan = {one.id: one for one in decided.alerts}
    rows = case.rows(decided, "risks.incidents")
    for row, levels in zip(rows, (plan["rmse"].levels, plan["shift"].levels), strict=True):
        delays = [one.delay.value for one in levels if one.delay.value is not None]
        assert case.plain(row["days_then"]) == "21"
        assert cell(row["days_now"]) == (min(delays) if delays else None)
        assert cell(row["since"]) == next((one.since for one in levels if one.since), None)
        assert all(one.fires or one.since is None for one in levels)
        assert row["still"] == ", ".join(one.level for one in levels if cell(row["since"]) and not one.fires)
    assert cell(rows[0]["since"]), "the error of the last days is above its limit"
    told = {case.plain(row["level"]) for row in case.rows(decided, "brief.firing")}
    assert ("red" if any(one.fires for one in plan["rmse"].levels if one.level == "red") else "yellow") in told


@pytest.mark.parametrize(
    ("named", "mitigation", "told"),
    [
        ((), "Retraining", ""),
        ((), "The drift alert tells", "names none"),
        (("rmse",), "The error alert tells", ""),
        (("calm",), "An alert tells", "counts on calm, which wakes nobody"),
        (("rmse", "calm"), "", "counts on calm, which wakes nobody"),
    ],
)
def test_what_a_mitigation_says_of_alerts_is_held_against_their_plan(
    named: tuple[str, ...], mitigation: str, told: str
) -> None:
    calm = p.Rule(id="calm", metric="alerts_per_day", yellow=10.0)
    risk = p.Risk(id="R", title="Drift", likelihood=1, impact=1, mitigation=mitigation, alerts=named)
    project = case.pricing(risks=(risk,), alerts=replace(case.ALERTS, rules=(*case.ALERTS.rules, calm)))
    decided = case.through(project, case.evidence(), case.BEFORE, alerts.DECISION, risks.DECISION)
    found = [case.plain(one.words) for one in decided.findings if one.id == "risks.R.alerts"]
    assert bool(found) is bool(told) and told in "".join(found)


def cell(found: object) -> object:
    """Return the value of a cell that is a fact; None of one that is empty."""
    return found.value if isinstance(found, Fact) else None


def test_a_high_risk_that_no_loss_lets_among_the_greatest_is_named_beside_them() -> None:
    priced = tuple(
        p.Risk(id=f"R{n}", title="", likelihood=1, impact=1, incidents_per_year=1, loss_per_incident=9)
        for n in range(5)
    )
    high = case.found(findings=(case.finding("segment", "a", "severe"), case.finding("unseen", "b")))
    told = [row["id"] for row in case.rows(register(*priced, evidence=high), "risks.unpriced")]
    assert told == ["found-segment", "found-unseen"]
    dear = replace(priced[0], id="R9", likelihood=5, impact=5, loss_per_incident=1)
    told = [row["id"] for row in case.rows(register(*priced, dear, evidence=high), "risks.unpriced")]
    assert told == ["found-segment", "found-unseen"], "one with a loss, if a small one, is not without"
    assert case.rows(register(*priced[:3], evidence=high), "risks.unpriced") == []
    assert case.rows(register(*priced, DRIFT, evidence=high), "risks.unpriced") == [], "ranked by score, none is lost"


def test_a_risk_of_groups_shows_the_gaps_between_groups() -> None:
    gaps = (case.fact("fairness.age.gap.bias", 0.013), case.fact("fairness.age.gap.error", 0.076))
    unequal = p.Risk(id="R", title="A group is served worse", likelihood=2, impact=4, kind="fairness")
    (row,) = case.rows(register(unequal, evidence=case.found(facts=gaps)), "risks.register")
    assert case.plain(row["evidence"]).startswith("largest gap between groups, predicted less actual share: 0.01")
    assert "missing" not in case.plain(row["evidence"]) and "error: 0.08" in case.plain(row["evidence"])


def test_the_loss_of_larger_errors_is_priced_once_and_not_again_for_a_group() -> None:
    found = (case.finding("performance", "a", "severe"), case.finding("segment", "b", "severe"))
    loss = case.fact("business.loss_increase_per_month", 500.0)
    rows = case.rows(register(evidence=replace(case.found(findings=found), facts=(loss,))), "risks.register")
    assert {str(row["id"]): cell(row["loss"]) for row in rows} == {"found-performance": 6000.0, "found-segment": None}
