"""The error of probabilities beyond what rate and scores explain: worked out from the rows, on either side."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import brentq
from sklearn.metrics import brier_score_loss

from generator.analyse import calibration
from generator.decide.gates import run
from generator.records.fact import Fact
from generator.records.project import Objective
from tests.analyse import chances
from tests.decide import case


def rows(seed: int, *, level: float = -2.0, spread: float = 3.0, turned: float = 0.0) -> pd.DataFrame:
    """Return rows of honest probabilities; of a share `turned` of them the outcome is the other one."""
    rng = np.random.default_rng(seed)
    table = chances.rows(12_000, seed=seed)
    p = (1 / (1 + np.exp(-rng.normal(level, spread, len(table))))).round(2).clip(0.01, 0.99)
    y = (rng.random(len(table)) < p) ^ (rng.random(len(table)) < turned)
    return table.assign(p=p, left=np.where(y, "yes", "no"))


def told(folder: Path, now: pd.DataFrame, before: pd.DataFrame | None, *metrics: Objective) -> dict[str, Fact]:
    project = chances.project(folder, metrics, reference=None if before is None else "reference.csv")
    return chances.facts(calibration.run(project, chances.ledger(project, now, before)))


def by_hand(table: pd.DataFrame) -> float:
    """The squared error less the mean of p(1 − p) at the shift of the log-odds that meets the share of positives."""
    y, p = chances.truth(table)
    odds = np.log(p / (1 - p))
    shift = brentq(lambda s: (1 / (1 + np.exp(-odds - s))).mean() - y.mean(), -20, 20)
    moved = 1 / (1 + np.exp(-odds - shift))
    return float(brier_score_loss(y, p) - (moved * (1 - moved)).mean())


def test_it_is_what_the_rows_give(tmp_path: Path) -> None:
    now, before = rows(5, turned=0.06), rows(4)
    found = told(tmp_path, now, before)
    assert found["calibration.avoidable"].value == pytest.approx(by_hand(now), abs=1e-9)
    wanted = (by_hand(now) - by_hand(before)) / brier_score_loss(*chances.truth(before))
    assert found["calibration.avoidable.rise"].value == pytest.approx(wanted, abs=1e-9)


def verdict(found: dict[str, Fact]) -> str:
    """What is decided of a project that declares nothing, by the rise alone."""
    project = case.project(data=dataclasses.replace(case.project().settings.data, task="binary"))
    return run(project, case.evidence(found["calibration.avoidable.rise"]), case.BEFORE).verdict or ""


@pytest.mark.parametrize(("turned", "wanted"), [(0.05, "not_enough"), (0.2, "delay")])
def test_an_error_that_doubles_beyond_rate_and_scores_delays(tmp_path: Path, turned: float, wanted: str) -> None:
    found = told(tmp_path, rows(5, turned=turned), rows(4))
    rise = found["calibration.avoidable.rise"]
    assert rise.low is not None and rise.low > 0
    assert verdict(found) == wanted


def test_an_error_that_doubles_with_the_rate_is_nobodys_fault(tmp_path: Path) -> None:
    now, before = rows(5, level=-2.5, spread=1.0), rows(4, level=-3.6, spread=1.0)
    errors = [brier_score_loss(*chances.truth(table)) for table in (now, before)]
    found = told(tmp_path, now, before)
    assert errors[0] > 2 * errors[1]
    rise = found["calibration.avoidable.rise"]
    assert rise.low is not None and rise.high is not None and rise.low < 0.05 and rise.high < 0.2
    assert verdict(found) == "not_enough"


def test_a_declared_error_serves_as_the_one_before(tmp_path: Path) -> None:
    now = rows(5, turned=0.2)
    found = told(tmp_path, now, None, Objective(metric="brier", validation=0.08, n=4_000))
    assert found["calibration.avoidable.rise"].value == pytest.approx(by_hand(now) / 0.08, abs=1e-9)
    assert told(tmp_path, now, None)["calibration.avoidable.rise"].value is None
