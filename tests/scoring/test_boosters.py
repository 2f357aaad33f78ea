"""Boosters in their own files answer as the model that wrote them does; crafted files end with words, not crashes."""

import json

import lightgbm
import numpy as np
import pandas as pd
import pytest
import xgboost

from generator.errors import EnvironmentLacks, InputError
from generator.records.project import Model
from generator.scoring import Coded, catboost, joblib
from generator.scoring import lightgbm as lightgbm_files
from generator.scoring import xgboost as xgboost_files
from tests.scoring.test_ways import pickled

READERS = {"xgboost": xgboost_files, "lightgbm": lightgbm_files}
CODES = (3, 7, 11)


@pytest.fixture(scope="module")
def table():
    rng = np.random.default_rng(5)
    n = 900
    frame = pd.DataFrame(
        {
            "cost": rng.normal(50, 10, n),
            "clicks": rng.integers(0, 9, n).astype(float),
            "city": pd.Categorical(rng.choice(["Graz", "Lviv", "Porto"], n)),
            "code": pd.Categorical(rng.choice(CODES, n)),
        }
    )
    frame.loc[rng.random(n) < 0.1, "cost"] = np.nan
    return frame


@pytest.fixture(scope="module")
def truth(table):
    place, code = table["city"].cat.codes, table["code"].astype(int)
    return table["clicks"] * 2 + (place == 1) * 30 + (code == 7) * 17 + np.random.default_rng(6).normal(size=len(table))


def columns(table):
    """Return the rows as the program reads them: texts by codes, numbers as they are, code levels among them."""
    codes = table["city"].cat.codes.to_numpy().astype(np.int64)
    plain = {name: table[name].to_numpy(dtype=np.float64) for name in ("cost", "clicks")}
    whole = table["code"].astype(int).to_numpy(dtype=np.float64)
    return {**plain, "city": Coded(codes=codes, values=tuple(table["city"].cat.categories)), "code": whole}


def of_before(model) -> bytes:
    """Return a file as XGBoost wrote it before 3.1: without the levels of its categories."""
    whole = json.loads(xgb_bytes(model, "json"))
    del whole["learner"]["gradient_booster"]["model"]["cats"]
    return json.dumps(whole).encode()


def opened(kind: str, content: bytes, **keys):
    return READERS[kind].open_model(content, Model(name="m", version="1", **keys))


def xgb_bytes(model, form: str = "ubj") -> bytes:
    return bytes(model.get_booster().save_raw(form))


def lgb_bytes(model) -> bytes:
    return bytes(model.booster_.model_to_string(), "utf-8")


def stopped(table, truth):
    """Return a model of each library that stopped early: it has more trees than it uses."""
    parts = [(table[:600], truth[:600]), (table[600:], truth[600:])]
    one = xgboost.XGBRegressor(
        n_estimators=80, early_stopping_rounds=5, learning_rate=0.7, enable_categorical=True, nthread=1
    ).fit(*parts[0], eval_set=[parts[1]], verbose=False)
    other = lightgbm.LGBMRegressor(n_estimators=300, learning_rate=0.7, verbose=-1, n_jobs=1).fit(
        *parts[0], eval_X=parts[1][0], eval_y=parts[1][1], callbacks=[lightgbm.early_stopping(5, verbose=False)]
    )
    assert one.best_iteration + 1 < one.get_booster().num_boosted_rounds() and other.best_iteration_ < 300
    return one, other


@pytest.mark.parametrize("form", ["ubj", "json"])
def test_xgboost_answers_with_its_best_iteration_and_its_categories_by_name(table, truth, form):
    fitted, _ = stopped(table, truth)
    model = opened("xgboost", xgb_bytes(fitted, form))
    assert model.features == tuple(table.columns) and not model.probability
    np.testing.assert_allclose(model.score(columns(table)).prediction, fitted.predict(table), rtol=1e-6)
    few = table[table["city"] != "Graz"]  # a batch that lacks a level
    few = few.assign(city=few["city"].cat.remove_unused_categories())
    np.testing.assert_allclose(model.score(columns(few)).prediction, fitted.predict(few), rtol=1e-6)
    assert (model.levels["city"], model.levels["code"]) == (("Graz", "Lviv", "Porto"), ("3", "7", "11"))
    assert model.texts == ("city",)
    assert model.conduct.wrote == ("xgboost", xgboost.__version__, xgboost.__version__)


def test_xgboost_without_levels_takes_those_of_its_training_rows(table, truth):
    named = table[["cost", "clicks", "city"]]
    fitted, _ = stopped(named, truth)
    model, few = opened("xgboost", of_before(fitted)), named[named["city"] != "Graz"]
    assert model.lost == ("city",) and not model.levels
    with pytest.raises(InputError, match="keep the levels of its category city") as caught:
        model.score(columns(table))
    assert "data.reference" in caught.value.problems[0].hint
    model.learn({"city": ("Graz", "Lviv", "Porto")}, len(named))
    assert model.lost == () and model.levels["city"] == ("Graz", "Lviv", "Porto") and model.texts == ("city",)
    for rows in (named, few.assign(city=few["city"].cat.remove_unused_categories())):  # a batch that lacks a level
        given = {name: values for name, values in columns(rows.assign(code=rows["city"].cat.codes)).items()}
        np.testing.assert_allclose(model.score(given).prediction, fitted.predict(rows), rtol=1e-6)
    assert "in the order of their letters for city: Graz, Lviv, Porto" in model.conduct.warnings[0]
    with pytest.raises(InputError, match="do not hold: Oslo"):
        model.score({**columns(table), "city": np.full(len(table), "Oslo", dtype=object)})


@pytest.mark.parametrize(("names", "own"), [(CODES, False), (CODES, True), ((0, 1, 2), True)])
def test_xgboost_without_levels_takes_whole_numbers_by_their_places_or_as_codes(table, truth, names, own):
    """Rows of pandas give XGBoost the place of a level, a matrix its number; which of both it was the trees tell."""
    given = table["code"].astype(int).map(dict(zip(CODES, names, strict=True)))
    seen = given if own else table["code"].cat.codes
    matrix = {"feature_names": ["code", "clicks"], "feature_types": ["c", "q"], "enable_categorical": True}
    rows = xgboost.DMatrix(np.c_[seen, table["clicks"]], label=truth, **matrix)
    booster = xgboost.train({"nthread": 1}, rows, 20)
    model = opened("xgboost", bytes(booster.save_raw("ubj")))
    assert model.lost == ("code",)
    model.learn({"code": tuple(str(name) for name in names)}, len(table))
    texts = {"code": given.astype(str).to_numpy(dtype=object), "clicks": table["clicks"].to_numpy(dtype=np.float64)}
    np.testing.assert_allclose(model.score(texts).prediction, booster.predict(rows), rtol=1e-6)


@pytest.mark.parametrize(
    ("told", "words"),
    [(("1", "2"), "do not tell whether"), (("1", "5"), "the trees ask for others")],
)
def test_xgboost_whose_codes_may_be_two_things_is_refused(table, truth, told, words):
    codes = 1 + (table["code"].astype(int) == 7) if told[1] == "2" else 7 + table["code"].cat.codes.astype(int)
    matrix = {"feature_names": ["code"], "feature_types": ["c"], "enable_categorical": True}
    booster = xgboost.train({"nthread": 1}, xgboost.DMatrix(np.c_[codes], label=truth, **matrix), 5)
    model = opened("xgboost", bytes(booster.save_raw("json")))
    with pytest.raises(InputError, match=words) as caught:
        model.learn({"code": told}, len(table))
    assert "export the predictions" in caught.value.problems[0].hint


def test_lightgbm_answers_with_its_best_iteration_and_its_categories_in_their_type(table, truth):
    _, fitted = stopped(table, truth)
    model = opened("lightgbm", lgb_bytes(fitted))
    np.testing.assert_allclose(model.score(columns(table)).prediction, fitted.predict(table), rtol=1e-12)
    as_texts = {**columns(table), "code": table["code"].astype(str).to_numpy(dtype=object)}
    np.testing.assert_allclose(model.score(as_texts).prediction, fitted.predict(table), rtol=1e-12)


@pytest.mark.parametrize("positive", [None, "0"])
@pytest.mark.parametrize("kind", READERS)
def test_two_outcomes_are_the_probability_of_the_class_that_is_wanted(table, truth, kind, positive):
    label = (truth > truth.median()).astype(int)
    if kind == "xgboost":
        fitted = xgboost.XGBClassifier(n_estimators=9, enable_categorical=True, nthread=1).fit(table, label)
    else:
        fitted = lightgbm.LGBMClassifier(n_estimators=9, verbose=-1, n_jobs=1).fit(table, label)
    content = xgb_bytes(fitted) if kind == "xgboost" else lgb_bytes(fitted)
    model = opened(kind, content, positive_class=positive)
    expected = fitted.predict_proba(table)[:, 0 if positive == "0" else 1]
    assert model.probability
    np.testing.assert_allclose(model.score(columns(table)).prediction, expected, rtol=1e-6, atol=1e-7)


def test_an_outcome_of_another_name_is_the_one_of_the_training_and_that_is_said(table, truth):
    label = (truth > truth.median()).astype(int)
    fitted = lightgbm.LGBMClassifier(n_estimators=3, verbose=-1, n_jobs=1).fit(table, label)
    model = opened("lightgbm", lgb_bytes(fitted), positive_class="yes")
    np.testing.assert_allclose(model.score(columns(table)).prediction, fitted.predict_proba(table)[:, 1], rtol=1e-12)
    (told,) = model.conduct.warnings
    assert "its 1 is taken to be yes" in told and "model.positive_class: '0'" in told


@pytest.mark.parametrize("kind", READERS)
def test_a_booster_of_a_matrix_takes_the_columns_that_are_listed(table, truth, kind):
    names = ("cost", "clicks")
    matrix = table[list(names)].to_numpy()
    fitted = (
        xgboost.XGBRegressor(n_estimators=5, nthread=1)
        if kind == "xgboost"
        else lightgbm.LGBMRegressor(n_estimators=5, verbose=-1, n_jobs=1)
    ).fit(matrix, truth)
    content = xgb_bytes(fitted) if kind == "xgboost" else lgb_bytes(fitted)
    found = opened(kind, content, columns=names).score(columns(table)).prediction
    np.testing.assert_allclose(found, fitted.predict(matrix), rtol=1e-6)
    with pytest.raises(InputError, match="a matrix of 2 columns") as caught:
        opened(kind, content)
    assert "model.columns" in caught.value.problems[0].hint


@pytest.mark.parametrize("library", READERS)
def test_the_wrappers_of_scikit_learn_know_their_categories_too(table, truth, library):
    import pickle

    fitted = stopped(table, truth)[list(READERS).index(library)]
    content = pickle.dumps(fitted)
    model = joblib.open_model(content, pickled(content))
    np.testing.assert_allclose(model.score(columns(table)).prediction, fitted.predict(table), rtol=1e-6)


OBJECTIVES = {
    "multi:softprob": ("more than two classes", {"num_class": 3}),
    "multi:softmax": ("more than two classes", {"num_class": 3}),
    "binary:hinge": ("no probabilities", {}),
    "binary:logitraw": ("no probabilities", {}),
    "survival:cox": ("times to an event", {}),
}


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_what_xgboost_predicts_that_is_no_number_a_row_is_refused_by_name(table, truth, objective):
    words, more = OBJECTIVES[objective]
    label = np.arange(len(table)) % 3 if more else np.arange(len(table)) % 2
    data = xgboost.DMatrix(table[["cost", "clicks"]], label=label)
    booster = xgboost.train({"objective": objective, "nthread": 1, **more}, data, num_boost_round=2)
    with pytest.raises(InputError, match=words):
        opened("xgboost", bytes(booster.save_raw("ubj")))


@pytest.mark.parametrize(
    ("objective", "words"), [("multiclass", "more than two classes"), ("lambdarank", "ranks lists")]
)
def test_what_lightgbm_predicts_that_is_no_number_a_row_is_refused_by_name(table, objective, words):
    group = [100] * 9 if objective == "lambdarank" else None
    data = lightgbm.Dataset(table[["cost", "clicks"]], label=np.arange(len(table)) % 3, group=group)
    more = {"num_class": 3} if objective == "multiclass" else {}
    booster = lightgbm.train({"objective": objective, "verbose": -1, "num_threads": 1, **more}, data, 2)
    with pytest.raises(InputError, match=words):
        opened("lightgbm", booster.model_to_string().encode())


def test_ranking_by_xgboost_is_refused(table, truth):
    ranker = xgboost.XGBRanker(n_estimators=2, nthread=1)
    ranker.fit(table[["cost", "clicks"]], np.arange(len(table)) % 3, qid=np.arange(len(table)) // 10)
    with pytest.raises(InputError, match="ranks lists") as caught:
        opened("xgboost", xgb_bytes(ranker))
    assert "data.prediction" in caught.value.problems[0].hint


def astray_json(model) -> bytes:
    """Return a file whose first tree leads to a node that is not there."""
    whole = json.loads(xgb_bytes(model, "json"))
    tree = whole["learner"]["gradient_booster"]["model"]["trees"][0]
    tree["left_children"][0] = 10**6
    return json.dumps(whole).encode()


def astray_text(model) -> bytes:
    return lgb_bytes(model).replace(b"left_child=", b"left_child=99999", 1)


def test_crafted_files_end_with_words(table, truth):
    one, other = stopped(table, truth)
    crafted = {
        "xgboost": [astray_json(one), xgb_bytes(one)[:-300], xgb_bytes(one, "json")[:900], b"{}", b"binf\x00", b""],
        "lightgbm": [astray_text(other), lgb_bytes(other)[:700], b"tree\n", b"nothing", b""],
    }
    for kind, contents in crafted.items():
        for content in contents:
            with pytest.raises(InputError) as caught:
                opened(kind, content).score(columns(table))
            assert caught.value.exit_code == 2 and caught.value.problems[0].hint, (kind, content[:20])


def test_catboost_without_its_package_says_both_ways_on():
    with pytest.raises(EnvironmentLacks, match="catboost") as caught:
        catboost.open_model(b"CBM1", Model(name="m", version="1", format="catboost"))
    assert all(words in caught.value.problems[0].hint for words in ("model.python", "[catboost]"))
