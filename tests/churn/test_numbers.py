"""The numbers of the bundle against scikit-learn and pandas on the same customers."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import brier_score_loss, log_loss, roc_auc_score

Facts = dict[str, dict[str, Any]]


def test_metrics_agree_with_scikit_learn(facts: Facts, rows: pd.DataFrame) -> None:
    y, p = rows["y"], rows["p"]
    told = {name: facts[f"performance.{name}.production"]["value"] for name in ("brier", "log_loss", "base_rate")}
    assert told == pytest.approx(
        {"brier": brier_score_loss(y, p), "log_loss": log_loss(y, p), "base_rate": y.mean()}, rel=1e-6
    )
    assert facts["performance.auc.production"]["value"] == pytest.approx(roc_auc_score(y, p), abs=1e-3)


def test_validation_is_what_the_truth_says(facts: Facts, truth: dict[str, Any]) -> None:
    names = ("brier", "auc", "log_loss", "base_rate")
    told = {name: facts[f"performance.{name}.validation"]["value"] for name in names}
    assert told == {name: truth["validation"][name] for name in names}


def test_costs_of_acting_agree_with_counts(facts: Facts, rows: pd.DataFrame) -> None:
    for id, at in (("current", 0.5), ("optimal", 20 / 150)):
        on = rows["p"] >= at
        cost = np.where(on, np.where(rows["y"] == 1, -130.0, 20.0), 0.0)
        # the costs give a threshold that is no edge of a bin
        assert facts[f"decision.{id}.cost"]["value"] == pytest.approx(cost.mean(), abs=0.03)
    assert facts["decision.acted_per_day"]["value"] == pytest.approx((rows["p"] >= 0.5).sum() / 60)


def test_capacity_is_kept(facts: Facts, rows: pd.DataFrame) -> None:
    at = facts["decision.capacity.threshold"]["value"]
    assert facts["decision.capacity.binds"]["value"] is True
    assert 55 < (rows["p"] >= at).sum() / 60 <= 60


def test_tiers_agree_with_pandas(facts: Facts, rows: pd.DataFrame) -> None:
    for tier, low, high in (("certain", 0.5, 1.1), ("likely", 0.3, 0.5), ("possible", 0.1333, 0.3)):
        own = rows[(rows["p"] >= low) & (rows["p"] < high)]
        assert facts[f"decision.tiers.{tier}.rate"]["value"] == pytest.approx(own["y"].mean(), abs=1e-9)


def test_age_groups_agree_with_pandas(facts: Facts, rows: pd.DataFrame) -> None:
    edge = facts["fairness.threshold"]["value"]
    for age, own in rows.groupby("age_group"):
        name = f"fairness.age_group.{str(age).replace('+', '%2B')}"
        wanted = {
            "n": len(own),
            "error": ((own["p"] - own["y"]) ** 2).mean(),
            "bias": (own["p"] - own["y"]).mean(),
            "acted": (own["p"] >= edge).mean(),
            "missed": (own["p"] < edge)[own["y"] == 1].mean(),
        }
        assert {key: facts[f"{name}.{key}"]["value"] for key in wanted} == pytest.approx(wanted, rel=1e-6)
