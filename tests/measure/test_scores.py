"""Score bins of binary models: outcomes as they are written, sums that add up, and what no probability can be."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import brier_score_loss, log_loss, roc_auc_score

from generator.engines.duckdb import DuckDB
from generator.errors import InputError
from generator.measure import measure, profile
from generator.measure.statistics import read_statistics
from generator.records.ledger import LOSSES, SCORES, Ledger
from generator.records.project import About, Data, DecisionPolicy, Labels, Model, Project, Segment, Settings, Tier
from generator.scoring import columns
from generator.stats.discrimination import auc

READERS = (columns.READER,)


def rows(n: int = 6_000, seed: int = 3) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    x = rng.normal(0, 1.3, n)
    p = 1 / (1 + np.exp(-x))
    return pd.DataFrame(
        {
            "day": np.repeat(pd.date_range("2026-03-01", periods=20).strftime("%Y-%m-%d"), n // 20),
            "customer": rng.integers(0, 300, n),
            "x": x.round(4),
            "plan": rng.choice(["basic", "plus"], n),
            "p": p.round(5),
            "left": np.where(rng.random(n) < p, "yes", "no"),
        }
    )


def project(folder: Path, decision: DecisionPolicy | None = None, **changes: object) -> Project:
    given: dict[str, Any] = {
        "production": "rows.csv",
        "target": "left",
        "task": "binary",
        "positive": "yes",
        "prediction": "p",
        "time": "day",
        "entity": "customer",
        "segments": (Segment(column="plan"),),
    }
    data = Data(**{**given, **changes})
    settings = Settings(
        project=About(name="churn"),
        model=Model(name="m", version="1", format="column"),
        data=data,
        decision=decision or DecisionPolicy(),
    )
    return Project(settings=settings, folder=str(folder), file="dossier.yaml", lines={}, sha256="0" * 64)


def measured(folder: Path, table: pd.DataFrame, decision: DecisionPolicy | None = None, **changes: object) -> Ledger:
    table.to_csv(folder / "rows.csv", index=False)
    (folder / "dossier.yaml").write_text("", encoding="utf-8")
    return measure(project(folder, decision, **changes), DuckDB(), READERS)


def test_bins_give_the_metrics_of_the_rows(tmp_path):
    table = rows()
    ledger = measured(tmp_path, table)
    y, p = (table["left"] == "yes").to_numpy(float), table["p"].to_numpy()
    assert ledger.production.scores is not None and ledger.production.losses is not None
    sums = ledger.production.scores.group.sum(axis=0)
    positives = sums[:, SCORES.index("y")]
    area = auc(positives, sums[:, SCORES.index("n")] - positives)
    assert area.value == pytest.approx(roc_auc_score(y, p), abs=1e-4)
    assert area.low <= roc_auc_score(y, p) <= area.high
    total = dict(zip(LOSSES, ledger.production.losses.group.sum(axis=0), strict=True))
    assert total["e2"] / total["n"] == pytest.approx(brier_score_loss(y, p), abs=1e-12)
    assert total["log"] / total["n"] == pytest.approx(log_loss(y, p), abs=1e-9)
    assert sums[:, SCORES.index("pq")].sum() == pytest.approx((p * (1 - p)).sum())


def test_days_groups_and_levels_hold_the_same_rows(tmp_path):
    scores = measured(tmp_path, rows()).production.scores
    assert scores is not None and scores.group_level is not None
    np.testing.assert_allclose(scores.day.sum(axis=0), scores.group.sum(axis=0))
    of_plan = scores.group_level[:, :4].sum(axis=(0, 1, 2))  # basic, plus, unseen, missing
    np.testing.assert_allclose(of_plan, scores.group.sum(axis=(0, 1)))


def test_thresholds_are_edges_so_that_decisions_count_exactly(tmp_path):
    table, decision = rows(), DecisionPolicy(threshold=0.133333, tiers=(Tier(name="sure", above=0.7654321),))
    ledger = measured(tmp_path, table, decision=decision)
    assert ledger.plan.scores is not None and ledger.production.scores is not None
    for edge in (0.133333, 0.7654321):
        place = int(np.searchsorted(ledger.plan.scores, edge))
        assert ledger.plan.scores[place] == edge
        above = ledger.production.scores.group.sum(axis=0)[place + 1 :, SCORES.index("rows")].sum()
        assert above == (table["p"] >= edge).sum()


@pytest.mark.parametrize("written", [("yes", "no", "yes"), (1, 0, "1"), (1.0, 0.0, "1"), (True, False, "True")])
def test_the_positive_value_is_found_however_it_is_written(tmp_path, written):
    table = rows()
    one, zero, positive = written
    expected = (table["left"] == "yes").sum()
    table["left"] = np.where(table["left"] == "yes", one, zero)
    scores = measured(tmp_path, table, positive=positive).production.scores
    assert scores is not None and scores.group[..., SCORES.index("y")].sum() == expected


def test_labels_of_a_file_of_their_own_are_read_as_outcomes(tmp_path):
    table = rows()
    table["id"] = np.arange(len(table))
    table[["id", "left"]].to_csv(tmp_path / "labels.csv", index=False)
    ledger = measured(tmp_path, table.drop(columns="left"), labels=Labels(path="labels.csv", key="id"))
    assert ledger.production.scores is not None
    assert ledger.production.scores.group[..., SCORES.index("y")].sum() == (table["left"] == "yes").sum()


def test_statistics_of_a_binary_model_come_back_and_are_refused_for_a_regression(tmp_path):
    ledger = measured(tmp_path, rows())
    content = profile(project(tmp_path), DuckDB(), READERS, tmp_path / "rows.csv")
    plan, sums = read_statistics(content, "statistics.json")
    assert ledger.production.scores is not None and sums.scores is not None
    np.testing.assert_allclose(sums.scores.group[0], ledger.production.scores.group.sum(axis=0), rtol=1e-9)
    (tmp_path / "statistics.json").write_bytes(content)
    with pytest.raises(InputError, match="those of a binary model"):
        measured(tmp_path, rows().assign(left=1.5), reference_stats="statistics.json", task="regression", positive=None)
    assert plan.binary


@pytest.mark.parametrize(
    ("change", "settings", "message"),
    [
        ({"left": 2}, {"positive": None}, "holds 2, and a binary target is 0 or 1"),
        ({"p": 1.5}, {}, "holds 1.5, and a probability lies between 0 and 1"),
        ({}, {"positive": "Ja"}, "none of the 6000 known outcomes in column left is 'Ja'"),
    ],
)
def test_what_is_no_outcome_or_no_probability_is_told(tmp_path, change, settings, message):
    with pytest.raises(InputError, match=message):
        measured(tmp_path, rows().assign(**change), **settings)
