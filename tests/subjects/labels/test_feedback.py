"""Where acting on a prediction changes the outcome, untreated rows judge it, or nothing does."""

from typing import Any

import pytest

from generator.records.results import Results
from tests.worlds.world import judged, table, world


def told(**axes: Any) -> Results:
    return judged(world(task="binary", learner="logistic", **axes), ("causes",))


def severe(results: Results) -> set[str]:
    return {one.id for one in results.findings if one.severity in ("confirmed", "severe")}


def test_a_working_campaign_does_not_read_as_a_miscalibrated_model() -> None:
    quiet, acted = told(), told(feedback="random")
    assert not {id for id in severe(acted) if id.startswith(("calibration.", "performance."))}
    then, now = (one.facts["performance.auc.production"] for one in (quiet, acted))
    assert now.value == pytest.approx(then.value, abs=0.03)
    assert acted.facts["calibration.in_the_large.gap"].value == pytest.approx(
        quiet.facts["calibration.in_the_large.gap"].value, abs=0.03
    )


def test_rows_acted_on_are_counted_and_have_no_outcome() -> None:
    acted = told(feedback="random")
    treated = int(table(world(task="binary", learner="logistic", feedback="random"), "production")["acted_on"].sum())
    assert acted.facts["feedback.acted"].value == treated > 0
    assert acted.facts["data.production.labelled"].value == 3_600 - treated
    assert "not acted on" in acted.facts["performance.brier.change"].reason


def test_without_a_hold_out_the_ranking_is_a_gap_and_its_cure_is_said() -> None:
    results = told(feedback="all")
    assert results.facts["performance.auc.production"].value is None
    assert "hold a random part" in results.facts["performance.auc.production"].reason
    assert "feedback.no_hold_out" in severe(results)


def test_where_nobody_says_who_was_acted_on_nothing_is_left_out() -> None:
    results = told()
    assert results.facts["feedback.acted"].value is None
    assert results.facts["data.production.labelled"].value == 3_600
