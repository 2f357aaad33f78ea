"""Files that can carry code: none of it runs before somebody vouched for exactly these bytes."""

import hashlib
import io
import pickle
from pathlib import Path

import joblib
import numpy as np
import pytest
import skops.io
from sklearn.cluster import KMeans
from sklearn.linear_model import LinearRegression, LogisticRegression

from generator.catalog import CATALOG
from generator.errors import InputError
from generator.records.project import Model
from generator.scoring.joblib import open_model
from tests.measure.frames import rows


class Bomb:
    """An object whose opening leaves a mark."""

    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return Path.touch, (self.marker,)


def dumped(value: object) -> bytes:
    file = io.BytesIO()
    joblib.dump(value, file)
    return file.getvalue()


def declared(content: bytes | None = None, **keys: object) -> Model:
    digest = {} if content is None else {"sha256": hashlib.sha256(content).hexdigest()}
    return Model(name="m", version="1", format="joblib", **digest, **keys)  # type: ignore[arg-type] # a test's own keywords


@pytest.fixture(scope="module")
def fitted():
    table = rows(days=2)
    return LinearRegression().fit(table[["cost", "clicks"]], table["price"])


@pytest.mark.parametrize("dump", [dumped, pickle.dumps])
def test_a_trusted_and_pinned_file_predicts_as_scikit_learn_does(fitted, dump):
    content, table = dump(fitted), rows(days=2)
    model = open_model(content, declared(content, trust=True))
    scores = model.score({name: table[name].to_numpy(dtype=np.float64) for name in model.features})
    np.testing.assert_allclose(scores.prediction, fitted.predict(table[["cost", "clicks"]].astype(float)))
    assert model.linear is not None


def test_the_bomb_works(tmp_path):
    pickle.loads(pickle.dumps(Bomb(tmp_path / "marker")))
    assert (tmp_path / "marker").exists()


@pytest.mark.parametrize("dump", [dumped, pickle.dumps])
@pytest.mark.parametrize("case", ["plain", "pinned only", "trusted only", "another digest"])
def test_nothing_of_a_file_runs_that_nobody_vouched_for(tmp_path, dump, case):
    content = dump(Bomb(tmp_path / "marker"))
    model = {
        "plain": declared(),
        "pinned only": declared(content),
        "trusted only": declared(trust=True),
        "another digest": declared(b"other", trust=True),
    }[case]
    with pytest.raises(InputError) as caught:
        open_model(content, model)
    assert not (tmp_path / "marker").exists()
    assert caught.value.problems[0].where in ("model.trust", "model.sha256")


@pytest.mark.parametrize("reader", [reader for reader in CATALOG.readers if reader.id not in ("joblib", "catboost")])
def test_no_other_reader_opens_a_pickle(tmp_path, reader):
    content = pickle.dumps(Bomb(tmp_path / "marker"))
    with pytest.raises(InputError):
        reader.open(content, Model(name="m", version="1", trust=True))
    assert not (tmp_path / "marker").exists()


def test_a_crafted_skops_file_is_refused_before_it_runs(tmp_path):
    model = LinearRegression()
    model.coef_ = Bomb(tmp_path / "marker")
    content = skops.io.dumps(model)
    skops_reader = next(reader for reader in CATALOG.readers if reader.id == "skops")
    with pytest.raises(InputError, match="nobody vouches for"):
        skops_reader.open(content, Model(name="m", version="1"))
    assert not (tmp_path / "marker").exists()


@pytest.mark.parametrize("value", [LogisticRegression(), KMeans(), {"coef": 1}])
def test_what_predicts_nothing_is_refused(value):
    content = dumped(value)
    with pytest.raises(InputError):
        open_model(content, declared(content, trust=True))


def test_a_broken_file_is_an_input_error():
    with pytest.raises(InputError, match="cannot be opened"):
        open_model(b"nothing", declared(b"nothing", trust=True))
