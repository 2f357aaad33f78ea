"""Some of the files that `make models` makes, with what is installed here: each scores with the words it asks for."""

import subprocess
import sys

import pytest

from tests.models.run import HERE, files, tried, write_rows

WORDS = {
    "lgb_pickle.pkl": ("--trust DIGEST",),
    "lgb_skops.skops": ("--trust TYPE",),
    "lgb_text.txt": (),
    "mlflow_lightgbm": (),
    "mlflow_xgboost": (),
    "xgb_json.json": (),
    "xgb_pickle.pkl": ("--trust DIGEST",),
    "xgb_skops.skops": ("--trust TYPE",),
    "xgb_ubj.ubj": (),
}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models")
    write_rows(folder)
    subprocess.run([sys.executable, str(HERE / "fit.py"), str(folder), "booster"], check=True, capture_output=True)
    return {path.name: path for path in files(folder)}


def test_all_that_was_made_is_told_of(made):
    assert set(made) == set(WORDS)


@pytest.mark.parametrize("name", WORDS)
def test_each_scores_with_the_words_that_were_printed(made, name):
    found = tried(made[name], None)
    assert found.apart is not None, found.told
    assert found.words == WORDS[name] and found.apart < 1e-6
