"""TorchScript by a Python that has torch, trusted and pinned; a stand-in runs here, torch itself by `make models`."""

import hashlib
import sys
from pathlib import Path

import numpy as np
import pytest

from generator.errors import EnvironmentLacks, InputError
from generator.records.project import Model
from generator.scoring import torchscript

TORCH = """
import contextlib, json, types
import numpy as np

class Tensor:
    def __init__(self, values): self.values = values
    def numpy(self): return self.values
    def detach(self): return self
    def is_floating_point(self): return True

class Network:
    def __init__(self, slopes): self.slopes = np.array(slopes, dtype=np.float32)
    def parameters(self): return iter([Tensor(self.slopes)])
    def eval(self): return self
    def __call__(self, rows): return Tensor((rows.numpy() @ self.slopes)[:, None])

def load(file, map_location):
    content = file.read()
    if not content.startswith(b"["): raise RuntimeError("PytorchStreamReader failed: not a ZIP archive")
    return Network(json.loads(content))

jit, from_numpy, no_grad = types.SimpleNamespace(load=load), Tensor, contextlib.nullcontext
def set_num_threads(count): pass
"""
ROWS = {"km": np.array([1.0, 2.0, 4.0]), "items": np.array([3.0, 0.0, 1.0])}


def declared(content: bytes, **keys) -> Model:
    digest = hashlib.sha256(content).hexdigest()
    own = {"trust": True, "sha256": digest, "columns": ("km", "items"), "python": sys.executable}
    return Model(**{"name": "m", "version": "1", "format": "torchscript", **own, **keys})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a project's folder with a stand-in for torch in it."""
    (tmp_path / "torch.py").write_text(TORCH)
    return tmp_path


def test_a_network_answers_for_the_columns_that_are_listed(folder):
    model = torchscript.open_model(b"[2.0, 0.5]", declared(b"[2.0, 0.5]"), folder)
    assert (model.features, model.probability) == (("km", "items"), False)
    np.testing.assert_allclose(model.score(ROWS).prediction, [3.5, 4.0, 8.5])
    assert model.conduct.again == 0 and model.conduct.alone == 0
    with pytest.raises(InputError, match="column items holds texts"):
        model.score({**ROWS, "items": np.array(["a", "b", "c"], dtype=object)})


def test_columns_that_nobody_lists_and_weights_without_a_network_are_refused_with_a_way_on(folder):
    for content, keys, words in (
        (b"[1.0]", {"columns": ()}, "does not know its columns by name"),
        (b"weights", {}, "the TorchScript file cannot be opened: PytorchStreamReader failed"),
    ):
        with pytest.raises(InputError, match=words) as caught:
            torchscript.open_model(content, declared(content, **keys), folder)
        assert "--columns" in caught.value.problems[0].hint or "torch.onnx.export" in caught.value.problems[0].hint


def test_nothing_runs_that_is_not_trusted_and_pinned(folder, monkeypatch):
    monkeypatch.setattr("generator.scoring._foreign._started", lambda *_: pytest.fail("a process was started"))
    for keys in ({"trust": False}, {"sha256": None}, {"sha256": "0" * 64}):
        with pytest.raises(InputError) as caught:
            torchscript.open_model(b"[1.0]", declared(b"[1.0]", **keys), folder)
        assert caught.value.problems[0].where in ("model.trust", "model.sha256")


def test_without_torch_both_ways_on_are_told(tmp_path):
    (tmp_path / "torch.py").write_text("raise ImportError('none here', name='torch')")
    with pytest.raises(EnvironmentLacks, match="TorchScript files need a package that is not here: torch") as caught:
        torchscript.open_model(b"[1.0]", declared(b"[1.0]"), tmp_path)
    assert all(way in caught.value.problems[0].hint for way in ("model.python", "torch.onnx.export"))
