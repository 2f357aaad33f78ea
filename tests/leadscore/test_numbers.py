"""The numbers of the bundle against scikit-learn on the same leads, and against what all outcomes will say."""

from typing import Any

import numpy as np
import pytest
from sklearn.metrics import brier_score_loss, log_loss, roc_auc_score

from tests.leadscore.conftest import Scored

Facts = dict[str, dict[str, Any]]


def test_the_leads_with_outcomes_are_judged_as_scikit_learn_judges_them(facts: Facts, scored: Scored) -> None:
    p, y = scored.probability, scored.outcome
    exact = {"brier": brier_score_loss(y, p), "log_loss": log_loss(y, p), "base_rate": y.mean()}
    for metric, value in exact.items():
        assert facts[f"performance.{metric}.production"]["value"] == pytest.approx(value, rel=1e-6), metric
        assert facts[f"performance.{metric}.production"]["n"] == len(y)
    assert facts["performance.auc.production"]["value"] == pytest.approx(roc_auc_score(y, p), abs=1e-4)
    assert facts["performance.accuracy.production"]["value"] == pytest.approx(((p >= 0.18) == y).mean(), abs=1e-3)
    top = np.argsort(-p)[: len(p) // 5]
    assert facts["performance.precision_at_20.production"]["value"] == pytest.approx(y[top].mean(), abs=1e-3)
    assert facts["prediction.mean.production"]["value"] == pytest.approx(scored.everybody.mean(), rel=1e-9)


@pytest.mark.parametrize(
    ("metric", "named"),
    [("brier", "brier"), ("auc", "auc"), ("log_loss", "log_loss"), ("precision_at_20", "precision_at_20")],
)
def test_what_all_outcomes_will_say_of_the_first_weeks_lies_in_the_interval(
    facts: Facts, truth: dict[str, dict[str, float]], metric: str, named: str
) -> None:
    fact, planted = facts[f"performance.{metric}.production"], truth["before_campaign"][named]
    width = fact["high"] - fact["low"]
    assert fact["low"] - width / 2 < planted < fact["high"] + width / 2


def test_validation_is_declared_as_it_was_measured(facts: Facts, truth: dict[str, dict[str, float]]) -> None:
    for metric in ("brier", "auc", "log_loss", "precision_at_20"):
        declared = facts[f"performance.{metric}.validation"]["value"]
        assert declared == pytest.approx(truth["validation"][metric], abs=5e-5), metric


def test_the_share_above_the_threshold_fits_the_capacity(facts: Facts, scored: Scored) -> None:
    assert (scored.everybody >= 0.18).mean() * 657 < 130
    assert facts["decision.capacity.binds"]["value"] is True


def test_days_without_their_outcomes_are_left_out(facts: Facts, scored: Scored) -> None:
    assert facts["data.production.rows"]["value"] == 36_792
    assert facts["data.production.labelled"]["value"] == len(scored.outcome)
