"""Crafted model files run no code, end within bounds of time and memory, and are said to be what they are."""

import os
import re
import resource
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import GradientBoostingRegressor, HistGradientBoostingClassifier, RandomForestRegressor
from sklearn.model_selection import GridSearchCV
from sklearn.neighbors import KNeighborsRegressor
from skops.io import dumps

from generator.errors import InputError
from generator.records.project import Model
from generator.scoring import onnx, rds, skops
from tests.hostile import crafted
from tests.house.source import ROOT

ROWS = {"x": np.arange(40.0), "y": np.arange(40.0), "t": np.array(["x" * 60] * 40, dtype=object)}
READERS = {"skops": (skops, crafted.SKOPS), "rds": (rds, crafted.RDS), "onnx": (onnx, crafted.ONNX)}
KINDS = [(format, kind) for format, (_, kinds) in READERS.items() for kind in kinds]


def scored(format, content):
    declared = Model(name="m", version="1", format=format)
    model = READERS[format][0].open_model(content, declared)
    model.score({name: ROWS[name] for name in model.features})


@pytest.mark.parametrize(("format", "kind"), KINDS)
def test_a_crafted_file_is_refused(format, kind):
    make, words = READERS[format][1][kind]
    with pytest.raises(InputError) as caught:
        scored(format, make())
    assert re.search(words, str(caught.value)), str(caught.value)
    assert caught.value.problems[0].hint


@pytest.mark.parametrize(
    ("format", "kind"),
    [("onnx", "a loop without end"), ("skops", "a pattern without end"), ("rds", "a sequence of 4e9")],
)
def test_the_worst_end_within_their_time_and_memory(format, kind):
    script = f"from tests.hostile.test_crafted import worst; worst({format!r}, {kind!r})"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, check=True, timeout=300)
    seconds, kilobytes = map(float, done.stdout.split())
    assert seconds < 10.0 and kilobytes < 1_000_000


def worst(format, kind):
    """Print the seconds and kilobytes that the scorer of a crafted file took, started as a build does."""
    with pytest.raises(InputError):
        scored(format, READERS[format][1][kind][0]())
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(used.ru_utime + used.ru_stime, used.ru_maxrss)


@pytest.mark.parametrize("name", ["a.skops", "a.rds", "a.onnx"])
def test_a_pickle_under_another_name_runs_nothing(name, tmp_path):
    content = b"cos\nsystem\n(S'touch " + str(tmp_path / "mark").encode() + b"'\ntR."
    with pytest.raises(InputError):
        scored(name.partition(".")[2], content)
    assert not (tmp_path / "mark").exists()


X = pd.DataFrame({"x": np.arange(60.0), "y": np.arange(60.0) % 7})
Y = X["x"] + X["y"]


@pytest.mark.parametrize(
    "estimator",
    [
        RandomForestRegressor(n_estimators=5),
        GradientBoostingRegressor(n_estimators=5),
        GridSearchCV(RandomForestRegressor(n_estimators=3), {"max_depth": [2, 3]}),
        KNeighborsRegressor(),
        HistGradientBoostingClassifier(max_iter=5),
    ],
    ids=lambda each: type(each).__name__,
)
def test_scikit_learns_own_types_need_no_word_of_trust(estimator):
    binary = hasattr(estimator, "predict_proba") and not isinstance(estimator, GridSearchCV)
    fitted = estimator.fit(X, (Y.median() < Y).astype(int) if binary else Y)
    model = skops.open_model(dumps(fitted), Model(name="m", version="1"))
    found = model.score({"x": X["x"].to_numpy(), "y": X["y"].to_numpy()}).prediction
    expected = fitted.predict_proba(X)[:, 1] if binary else fitted.predict(X)
    np.testing.assert_array_equal(found, expected)
    assert (model.conduct.again, model.conduct.alone) == (0.0, 0.0)
