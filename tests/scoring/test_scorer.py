"""The scorer: messages come through as they were, any Python from 3.8 on reads it, and what it lacks is named."""

import ast
import io
import struct
import sys
import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from generator.errors import EnvironmentLacks
from generator.records.project import Model
from generator.scorer.frames import Garbled, packed, unpacked
from generator.scorer.serve import Session, _listen
from generator.scoring import _foreign, one_process
from generator.scoring.onnx import open_model
from tests.house.source import PACKAGE, modules
from tests.scoring.onnx_files import regressor

VALUES = st.one_of(
    arrays.arrays(np.float64, st.integers(0, 5)),
    arrays.arrays(np.int32, st.integers(0, 5)),
    st.lists(st.none() | st.text(), max_size=5).map(tuple),
    st.binary(max_size=20),
)


def read(content: bytes, most: float = 1e9):
    return unpacked(io.BytesIO(content).read, most)


def bytes_of(message) -> bytes:
    return b"".join(map(bytes, packed(message)))


@given(st.dictionaries(st.text(max_size=10), VALUES, max_size=4))
def test_a_message_comes_through_as_it_was(message):
    found = read(bytes_of(message))
    assert list(found) == list(message)
    for name, value in message.items():
        if isinstance(value, np.ndarray):
            assert found[name].dtype == value.dtype and found[name].tobytes() == value.tobytes()
        else:
            assert found[name] == value


@pytest.mark.parametrize(
    "content",
    [
        b"nonsense",
        b"DSR1" + struct.pack("<i", -1),
        b"DSR1" + struct.pack("<i", 2**30),
        b"DSR1" + struct.pack("<ii", 1, 2**30),
        b"DSR1" + struct.pack("<ii", 1, 1) + b"x" + b"d" + struct.pack("<d", 1e12),
        b"DSR1" + struct.pack("<ii", 1, 1) + b"x" + b"d" + struct.pack("<d", -1.0),
        b"DSR1" + struct.pack("<ii", 1, 1) + b"x" + b"?" + struct.pack("<d", 1.0),
    ],
)
def test_what_is_no_message_is_refused_before_it_is_read(content):
    with pytest.raises(Garbled):
        read(content)


@pytest.mark.parametrize("path", [path for path in modules() if path.parent == PACKAGE / "scorer"], ids=str)
def test_the_scorer_is_read_by_python_3_8(path):
    ast.parse(path.read_text(encoding="utf-8"), feature_version=(3, 8))


class Here:
    """A scorer in this very process, without limits."""

    models = 0

    def __init__(self, command, environment) -> None:
        self._session = Session()

    def ask(self, message, *, seconds, most):
        return read(bytes_of(self._session.answer(read(bytes_of(message)))))

    def end(self) -> None:
        pass


def test_without_the_package_the_message_says_what_to_install(monkeypatch):
    monkeypatch.setattr(_foreign, "Process", Here)
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    monkeypatch.delitem(sys.modules, "generator.scorer.onnx_graph", raising=False)
    with pytest.raises(EnvironmentLacks, match="need a package that is not here: onnxruntime") as caught:
        open_model(regressor([1.0], 0.0, ["cost"]), Model(name="m", version="1", format="onnx"))
    assert (caught.value.exit_code, "[onnx]" in caught.value.problems[0].hint) == (3, True)


def test_the_environment_of_a_model_holds_no_secrets(monkeypatch):
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    found = _foreign.environment()
    assert "AWS_SECRET_ACCESS_KEY" not in found and found["OMP_NUM_THREADS"] == "1"


def onnx(*weights: float, trusted: tuple[str, ...] = ()):
    content = regressor(list(weights), 0.0, ["a", "b"])
    return open_model(content, Model(name="m", version="1", format="onnx", trusted_types=trusted))


def test_models_that_share_a_process_give_their_own_answers():
    """What is trusted to run code, and what is opened before or after, has a process of its own."""
    before = onnx(1.0, 0.0)
    with one_process():
        models = [onnx(1.0, 0.0), onnx(0.0, 1.0), onnx(0.0, 1.0, trusted=("a.b",))]
    rows = {"a": np.array([1.0, 2.0]), "b": np.array([5.0, 6.0])}
    for model, name in zip([before, *models, models[0]], "aabba", strict=True):
        np.testing.assert_array_equal(model.score(rows).prediction, rows[name])
    pids = [model._process._running.pid for model in (before, *models, onnx(1.0, 0.0))]
    assert pids[1] == pids[2] and len(set(pids)) == 4


def test_a_warning_is_told_of_each_model_that_shares_a_process():
    """The same line warns of both: one session hears what the other has heard."""
    heard = [Session(), Session()]
    with warnings.catch_warnings():
        for session in heard:
            _listen(session)
            warn_somewhere()
    assert [session._warnings for session in heard] == [["UserWarning: beware"]] * 2


def warn_somewhere() -> None:
    warnings.warn("beware", stacklevel=1)
