"""The naive benchmark knows the training outcomes alone; a ranking is judged by its whole interval."""

import dataclasses
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from generator.records.ledger import Ledger
from generator.records.project import Costs, DecisionPolicy, Project
from generator.subjects.scores import discrimination
from tests.subjects import chances
from tests.worlds.world import judged, table, world


@pytest.mark.parametrize(("task", "learner"), [("regression", "ridge"), ("binary", "logistic")])
@pytest.mark.parametrize("segments", [True, False])
def test_the_benchmark_is_the_mean_of_the_training_outcomes(task: str, learner: str, segments: bool) -> None:
    quiet = world(task=task, learner=learner, segments=segments)
    mean = table(quiet, "training")["y"].mean()
    square = float(((table(quiet, "production")["y"] - mean) ** 2).mean())
    name, wanted = ("rmse", square**0.5) if task == "regression" else ("brier", square)
    assert judged(quiet, ("causes",)).facts[f"performance.{name}.benchmark"].value == pytest.approx(wanted, rel=1e-9)


@pytest.mark.parametrize(
    ("slope", "finding"), [(1.0, None), (0.0, "performance.auc.useless"), (-1.0, "performance.auc.reversed")]
)
def test_a_ranking_is_upside_down_or_as_good_as_none(tmp_path: Path, slope: float, finding: str | None) -> None:
    found = discrimination.SUBJECT.run(*made(tmp_path, chances.rows(slope=slope)))
    ids = {one.id for one in found.findings} & {"performance.auc.useless", "performance.auc.reversed"}
    assert ids == ({finding} if finding else set())


@pytest.mark.parametrize(
    ("costs", "useless"),
    [
        (Costs(), True),
        (Costs(false_positive=100.0, false_negative=1.0), True),
        (Costs(false_positive=48.8, false_negative=51.2), False),
    ],
)
def test_a_weak_ranking_that_surely_pays_is_not_useless(tmp_path: Path, costs: Costs, useless: bool) -> None:
    project, ledger = made(tmp_path, chances.rows(slope=0.07))
    settings = dataclasses.replace(project.settings, decision=DecisionPolicy(costs=costs))
    found = discrimination.SUBJECT.run(dataclasses.replace(project, settings=settings), ledger)
    assert ("performance.auc.useless" in {one.id for one in found.findings}) == useless


def test_few_events_are_a_gap(tmp_path: Path) -> None:
    frame = chances.rows()
    frame["left"] = np.where(np.arange(len(frame)) < 12, "yes", "no")
    found = discrimination.SUBJECT.run(*made(tmp_path, frame))
    assert "fewer than 20" in found.fact("performance.auc.production").reason


def made(folder: Path, frame: pd.DataFrame) -> tuple[Project, Ledger]:
    project = chances.project(folder)
    return project, chances.ledger(project, frame)
