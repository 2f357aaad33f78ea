"""What was planted: a competitor's offer that no input shows, in one group; age groups that fare alike."""

import datetime
from pathlib import Path
from typing import Any

import yaml

CASE = Path(__file__).parents[2] / "data" / "churn" / "dossier.yaml"
Facts = dict[str, dict[str, Any]]
Results = dict[str, Any]


def kinds(results: Results, *words: str) -> set[tuple[str, str]]:
    return {(one["kind"], one["subject"]) for one in results["findings"] if one["severity"] in words}


def test_no_input_has_drifted(results: Results, facts: Facts) -> None:
    assert facts["drift.count.confirmed"]["value"] == 0
    quiet = {"drift", "missing", "unseen", "correlation", "prediction"}
    assert not {kind for kind, _ in kinds(results, "confirmed", "severe")} & quiet


def test_the_change_is_one_of_the_relation_and_not_of_the_inputs(results: Results, facts: Facts) -> None:
    assert facts["causes.verdict"]["value"] == "relation changed"
    assert facts["causes.unannounced"]["value"] is True
    assert ("performance", "relation of inputs and outcome") in kinds(results, "watch")  # sure, yet small
    relation, inputs = facts["causes.relation"], facts["causes.inputs"]
    assert relation["low"] > 0 > inputs["low"]


def test_the_group_that_the_offer_hits_is_named(facts: Facts) -> None:
    by_contract = {level: facts[f"causes.relation.{level}"] for level in ("monthly", "one_year", "two_year")}
    assert by_contract["monthly"]["low"] > 0
    assert by_contract["one_year"]["low"] < 0 and by_contract["two_year"]["low"] < 0
    assert facts["segments.worst.name"]["value"] == "contract monthly"


def test_the_probabilities_are_too_low_and_the_ranking_has_not_suffered(facts: Facts) -> None:
    assert facts["calibration.in_the_large.gap"]["high"] < 0
    assert facts["performance.auc.production"]["value"] > facts["performance.auc.validation"]["value"]


def test_the_trigger_on_the_error_fires_and_that_on_the_share_did_before(facts: Facts) -> None:
    fired = {
        name: facts[f"retraining.trigger.{name}.fired"]["value"]
        for name in (
            "brier-5",
            "share-of-leavers",
            "critical-drift",
            "new-categories",
        )
    }
    assert fired == {"brier-5": True, "share-of-leavers": False, "critical-drift": False, "new-categories": False}


def test_age_groups_fare_alike(results: Results, facts: Facts) -> None:
    assert not [one for one in results["findings"] if one["kind"] == "fairness"]
    for measure in ("bias", "missed"):
        gap, limit = facts[f"fairness.age_group.gap.{measure}"], facts[f"fairness.age_group.gap.{measure}.limit"]
        assert gap["high"] < limit["value"]


def test_the_age_group_is_no_input(facts: Facts) -> None:
    assert facts["data.features.count"]["value"] == 14
    assert not [id for id in facts if id.startswith("drift.age_group.")]


def test_a_version_whose_outcomes_were_complete_after_its_date_says_when() -> None:
    said = yaml.safe_load(CASE.read_text())
    delay = datetime.timedelta(days=said["rollout"]["maturity_days"])
    complete, released = said["data"]["validation"]["end"] + delay, said["retraining"]["history"][-1]["date"]
    assert complete > released
    assert complete.isoformat() in said["retraining"]["training"]["validation"]
