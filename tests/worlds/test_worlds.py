"""Worlds are what they say: the same from the same axes, changed only where an axis says so."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from tests.worlds.axes import PAIRS, World
from tests.worlds.rows import INPUTS, rows_of
from tests.worlds.world import judged, project, table, truth, world


def test_twelve_pairs_of_task_and_learner():
    assert len(set(PAIRS)) == 12


@pytest.mark.parametrize("task", ["regression", "binary"])
def test_axes_of_production_leave_training_and_held_out_rows_alone(task):
    quiet = world(task=task)
    before = rows_of(quiet)
    for axes in ({"shift": 1.0}, {"relation": 1.0}, {"degenerate": True}, {"feedback": "random"}, {"file": True}):
        after = rows_of(dataclasses.replace(quiet, **axes))
        for name in ("training", "held_out"):
            one, other = getattr(before, name), getattr(after, name)
            pd.testing.assert_frame_equal(one, other[list(one.columns)])


def test_a_changed_relation_leaves_the_inputs_and_a_shift_the_relation():
    quiet, turned, moved = (rows_of(world(**axes)) for axes in ({}, {"relation": 1.0}, {"shift": 1.0}))
    pd.testing.assert_frame_equal(quiet.production[list(INPUTS)], turned.production[list(INPUTS)])
    assert (turned.production["y"] != turned.unchanged).mean() > 0.9
    assert (moved.production["y"] == moved.unchanged).all()
    assert np.isclose((moved.production["x0"] - quiet.production["x0"]).mean(), 1.0)


def test_a_change_sets_in_when_it_is_said_to():
    late = rows_of(world(relation=1.0, since=0.5))
    first = late.production["period"] < 15
    assert (late.production["y"] == late.unchanged)[first].all()
    assert (late.production["y"] != late.unchanged)[~first].mean() > 0.9


def test_the_truth_of_a_quiet_world_is_no_change_of_relation():
    told = truth(world(task="binary", learner="logistic"))
    assert told.relation == 0.0 and abs(told.inputs) < 0.02


@pytest.mark.parametrize(
    "axes",
    [
        {},
        {"task": "binary", "learner": "logistic", "container": "csv", "labels": "late"},
        {"container": "jsonl", "time": "week", "given": "reference", "degenerate": True},
        {"time": "none", "given": "nothing", "segments": False, "objectives": True},
        {"time": "month", "given": "declared", "task": "binary", "learner": "logistic", "feedback": "random"},
        {"learner": "histogram", "file": True, "tampered": 0.3},
    ],
)
def test_a_world_is_judged(axes):
    results = judged(world(**axes))
    assert results.facts["data.production.rows"].value == 3_600
    assert len(table(world(**axes), "production")) == 3_600


def test_a_world_is_written_once():
    folder = project(World(seed=2))
    stamp = (folder / "dossier.yaml").stat().st_mtime_ns
    assert project(World(seed=2)) == folder and (folder / "dossier.yaml").stat().st_mtime_ns == stamp
