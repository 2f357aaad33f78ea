"""Models of R, asked by R itself: its answers, levels and gaps; it gets nothing that nobody vouches for."""

import functools
import hashlib
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from generator.errors import EnvironmentLacks, InputError
from generator.records.project import Model
from generator.scoring import rds
from tests.models.run import write_rows

FIT = Path(__file__).with_name("models.R")
ANSWERED = {
    "lm_poly": False,
    "glm_factor": True,
    "glm_poisson": False,
    "gam": True,
    "rpart": True,
    "random_forest": False,
    "random_forest_classes": True,
    "ranger": False,
    "ranger_levels": True,
    "gbm": True,
    "cv_glmnet": True,
    "caret_glm": True,
    "nnet": True,
}
"""Model → whether it gives probabilities."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return a folder with rows, the models that R fitted on them, and R's own answers."""
    place = tmp_path_factory.mktemp("r")
    write_rows(place)
    environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", "TZ": "UTC", "LC_ALL": "C.UTF-8", "HOME": str(place)}
    done = subprocess.run(["Rscript", "--vanilla", str(FIT), str(place)], env=environment, capture_output=True)
    assert done.returncode == 0, done.stderr.decode()
    return place


def declared(content: bytes, **keys) -> Model:
    digest = hashlib.sha256(content).hexdigest()
    return Model(**{"name": "m", "version": "1", "format": "rds", "trust": True, "sha256": digest, **keys})


@functools.cache
def opened(folder: Path, name: str, **keys):
    content = (folder / f"{name}.rds").read_bytes()
    return rds.open_model(content, declared(content, **keys))


def columns(rows):
    return {
        name: rows[name].to_numpy(dtype=object if name == "city" else np.float64) for name in ("cost", "clicks", "city")
    }


@pytest.mark.parametrize("name", ANSWERED)
def test_each_answers_as_r_does(folder, name):
    rows, answers = pd.read_csv(folder / "rows.csv"), pd.read_csv(folder / "answers.csv")
    model = opened(folder, name)
    assert model.probability == ANSWERED[name] and set(model.features) <= {"cost", "clicks", "city"}
    np.testing.assert_allclose(model.score(columns(rows)).prediction, answers[name], rtol=1e-9)
    some = rows[rows["city"] != "Graz"]  # a batch that lacks a level
    np.testing.assert_allclose(model.score(columns(some)).prediction, answers[name][some.index], rtol=1e-9)
    assert model.conduct.again == 0 and model.conduct.alone == 0
    assert name == "lm_poly" or (model.conduct.wrote[0] == "R" and model.conduct.wrote[1] == model.conduct.wrote[2])


def test_the_class_that_is_wanted_is_the_one_that_is_given(folder):
    rows, answers = pd.read_csv(folder / "rows.csv"), pd.read_csv(folder / "answers.csv")
    for name in ("glm_factor", "random_forest_classes", "cv_glmnet"):
        found = opened(folder, name, positive_class="no").score(columns(rows)).prediction
        np.testing.assert_allclose(found, 1 - answers[name], rtol=1e-9, atol=1e-12)
    with pytest.raises(InputError, match="knows no class maybe: its classes are no and yes"):
        opened(folder, "rpart", positive_class="maybe")


@pytest.mark.parametrize("name", ["glm_factor", "ranger", "random_forest", "cv_glmnet", "caret_glm"])
def test_a_row_with_a_missing_value_has_no_answer_and_the_others_keep_theirs(folder, name):
    rows, answers = pd.read_csv(folder / "rows.csv"), pd.read_csv(folder / "answers.csv")
    rows.loc[:30, "cost"] = np.nan
    found = opened(folder, name).score(columns(rows)).prediction
    assert np.isnan(found[:31]).all()
    np.testing.assert_allclose(found[31:], answers[name][31:], rtol=1e-9)


@pytest.mark.parametrize("name", ["ranger_levels", "random_forest", "gbm"])
def test_a_level_of_no_training_is_refused_where_r_may_answer_it_silently(folder, name):
    rows = pd.read_csv(folder / "rows.csv").assign(city="Oslo")
    with pytest.raises(InputError, match="levels the model was not trained on: Oslo"):
        opened(folder, name).score(columns(rows))


def test_a_forest_that_keeps_no_levels_takes_no_texts(folder):
    model = opened(folder, "ranger_bare")
    with pytest.raises(InputError, match="keeps no levels") as caught:
        model.score(columns(pd.read_csv(folder / "rows.csv")))
    assert all(way in caught.value.problems[0].hint for way in ("respect.unordered.factors", "data.reference"))


def test_a_forest_that_keeps_no_levels_takes_those_of_its_training_rows(folder):
    rows, answers = pd.read_csv(folder / "rows.csv"), pd.read_csv(folder / "answers.csv")["ranger_bare"]
    content, levels = (folder / "ranger_bare.rds").read_bytes(), {"city": ("Graz", "Lviv", "Porto")}
    model = rds.open_model(content, declared(content))
    for known, n, words in (
        (levels, len(rows) - 1, "was trained on 400 rows, and 399 are named"),
        ({"city": ("Graz", "lviv", "Lviv")}, len(rows), "depends on the language R was set to"),
    ):
        with pytest.raises(InputError, match=words) as caught:
            model.learn(known, n)
        assert caught.value.problems[0].hint
    model.learn(levels, len(rows))
    np.testing.assert_allclose(model.score(columns(rows)).prediction, answers, rtol=1e-9)
    some = rows[rows["city"] != "Graz"]  # a batch that lacks a level: R codes it anew, and answers otherwise
    np.testing.assert_allclose(model.score(columns(some)).prediction, answers[some.index], rtol=1e-9)
    with pytest.raises(InputError, match="not trained on: Oslo"):
        model.score(columns(rows.assign(city="Oslo")))


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("ranger_classes", "gives classes, no probabilities"),
        ("three", "tells 3 classes apart"),
        ("kmeans", "of class kmeans cannot be asked"),
    ],
)
def test_what_gives_no_number_a_row_is_refused_by_name(folder, name, words):
    with pytest.raises(InputError, match=words) as caught:
        opened(folder, name)
    assert caught.value.problems[0].hint


def test_r_is_not_started_for_a_file_that_nobody_vouches_for(folder, monkeypatch):
    monkeypatch.setattr("generator.scoring._foreign._started_r", lambda *_: pytest.fail("R was started"))
    for keys in ({"trust": False}, {"sha256": None}, {"sha256": "0" * 64}):
        content = (folder / "glm_factor.rds").read_bytes()
        with pytest.raises(InputError) as caught:
            rds.open_model(content, declared(content, **keys))
        assert caught.value.problems[0].where in ("model.trust", "model.sha256")


def test_without_r_the_message_says_that_r_is_missing_and_not_that_the_file_is_none(folder, monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    content = (folder / "glm_factor.rds").read_bytes()
    with pytest.raises(EnvironmentLacks, match="there is no Rscript here: the object holds what cannot be read"):
        rds.open_model(content, declared(content))


ENDS = {
    "quit(status = 0)": "ended with code 0 and gave no answer",
    "stop('no such thing')": "R cannot score the rows: no such thing",
    "eta[1]": "gives 1 answers for 4 rows",
    "{ cat('DSR1'); system('echo DSR1'); exp(eta) }": None,
}
"""What a link function does → the words of the error; none where it answers, whatever it prints."""


def test_a_model_that_misbehaves_ends_with_words(folder, tmp_path):
    codes = "".join(
        f"m$family$linkinv <- function(eta) {code}; saveRDS(m, '{tmp_path}/{place}.rds'); "
        for place, code in enumerate(ENDS)
    )
    script = f"m <- glm(clicks ~ cost, poisson, read.csv('{folder}/rows.csv')); {codes}"
    subprocess.run(["Rscript", "--vanilla", "-e", script], check=True, capture_output=True)
    rows = {"cost": np.array([1.0, 2.0, 3.0, 4.0])}
    for place, words in enumerate(ENDS.values()):
        content = (tmp_path / f"{place}.rds").read_bytes()
        model = rds.open_model(content, declared(content))
        if words is None:
            assert np.isfinite(model.score(rows).prediction).all()
            continue
        with pytest.raises(InputError, match=words):
            model.score(rows)
