"""Models that do what a model should not: each is pickled, trusted, and asked for predictions."""

import contextlib
import ctypes
import os
import subprocess
import sys
import time
import warnings

import numpy as np
from sklearn.base import BaseEstimator, RegressorMixin

COLUMNS = np.array(["x", "y"], dtype=object)


class Unspeakable(Exception):
    """An error that cannot say what it is."""

    def __str__(self):
        raise RuntimeError("no words")


class Hostile(RegressorMixin, BaseEstimator):
    """A regressor whose predict is one of the functions below, by name."""

    feature_names_in_ = COLUMNS

    def __init__(self, name="good"):
        self.name = name

    def predict(self, frame):
        return BEHAVIOURS[self.name](self, frame)


class Restless(Hostile):
    """A model that fills its input, answers by chance, and by what stands beside a row."""

    feature_names_in_ = np.array(["cost", "rating"], dtype=object)

    def predict(self, frame):
        frame.fillna(4.0, inplace=True)
        return frame["cost"].to_numpy() - frame["cost"].mean() + np.random.default_rng().normal(size=len(frame))


class Shop(Hostile):
    """A hostile model of the columns of the small tables."""

    feature_names_in_ = np.array(["cost", "rating"], dtype=object)

    def predict(self, frame):
        return super().predict(frame.rename(columns={"cost": "x"}))


def raises(error):
    def predict(self, frame):
        raise error

    return predict


def good(self, frame):
    return frame["x"].to_numpy() + 1.0


def after(act):
    """Return a predict that does something first and answers well."""

    def predict(self, frame):
        answer = frame["x"].to_numpy() + 1.0
        act(self, frame)
        return answer

    return predict


def answering(make):
    return lambda self, frame: make(frame["x"].to_numpy() + 1.0)


def loops(self, frame):
    while True:
        pass


def counts(self, frame):
    self.calls = getattr(self, "calls", 0) + 1
    return frame["x"].to_numpy() + self.calls


def overwrites(self, frame):
    frame["x"] = 0.0


def drops(self, frame):
    frame.drop(columns="y", inplace=True)


def shuts(self, frame):
    os.closerange(3, 256)


def garbles(self, frame):
    for fd in range(3, 64):
        with contextlib.suppress(OSError):
            os.write(fd, b"no message at all")


def noisy(self, frame):
    for _ in range(200):
        os.write(2, b"x" * 1_000_000)


def alone(self, frame):
    if len(frame) == 1:
        raise ValueError("a batch is wanted")
    return frame["x"].to_numpy() + 1.0


BEHAVIOURS = {
    "good": good,
    "attribute": raises(AttributeError("'Ridge' object has no attribute 'positive'")),
    "key": raises(KeyError("x")),
    "index": raises(IndexError("list index out of range")),
    "runtime": raises(RuntimeError("CUDA error")),
    "zero": raises(ZeroDivisionError("division by zero")),
    "value": raises(ValueError("could not convert string to float")),
    "type": raises(TypeError("unsupported operand")),
    "assertion": raises(AssertionError()),
    "recursion": lambda self, frame: self.predict(frame),
    "interrupt": raises(KeyboardInterrupt()),
    "stop": raises(StopIteration()),
    "generator": raises(GeneratorExit()),
    "unspeakable": raises(Unspeakable()),
    "exit 0": lambda self, frame: sys.exit(0),
    "exit words": lambda self, frame: sys.exit("bye"),
    "hard exit 0": lambda self, frame: os._exit(0),
    "hard exit 3": lambda self, frame: os._exit(3),
    "segfault": lambda self, frame: ctypes.string_at(0),
    "abort": lambda self, frame: os.abort(),
    "killed": lambda self, frame: os.kill(os.getpid(), 9),
    "loop": loops,
    "sleep": lambda self, frame: time.sleep(1e6),
    "memory": lambda self, frame: np.ones(1_000_000_000),
    "three": answering(lambda a: a[:3]),
    "two columns": answering(lambda a: np.column_stack([a, a])),
    "one number": answering(lambda a: a[0]),
    "nothing": answering(lambda a: None),
    "empty": answering(lambda a: a[:0]),
    "complex": answering(lambda a: a + 1j),
    "texts": answering(lambda a: np.array(["a"] * len(a))),
    "numbers as texts": answering(lambda a: np.array(["1"] * len(a))),
    "texts as objects": answering(lambda a: np.array(["1"] * len(a), dtype=object)),
    "objects": answering(lambda a: np.array([object()] * len(a))),
    "dates": answering(lambda a: np.full(len(a), np.datetime64("2026-01-01"))),
    "nan": answering(lambda a: np.where(a > 0, np.nan, a)),
    "infinite": answering(lambda a: np.where(a > 0, np.inf, a)),
    "huge": answering(lambda a: a * 0 + 1e200),
    "masked": answering(lambda a: np.ma.masked_array(a, mask=a > 0)),
    "shuts": after(shuts),
    "garbles": after(garbles),
    # What follows answers well, or nearly.
    "list": answering(list),
    "one column": answering(lambda a: a[:, None]),
    "float32": answering(lambda a: a.astype(np.float32)),
    "truths": answering(lambda a: a > 0),
    "prints": after(lambda self, frame: print("PRINTED", flush=True)),
    "writes": after(lambda self, frame: os.write(1, b"WRITTEN")),
    "runs": after(lambda self, frame: subprocess.run(["echo", "ECHOED"], check=True)),
    "noisy": after(noisy),
    "reads": after(lambda self, frame: sys.stdin.read()),
    "warns": after(lambda self, frame: [warnings.warn(f"beware {k}", stacklevel=1) for k in range(100)]),
    "overwrites": after(overwrites),
    "fills": after(lambda self, frame: frame.fillna(7.0, inplace=True)),
    "drops": after(drops),
    "random": answering(lambda a: a + np.random.default_rng().normal(size=len(a))),
    "counts": counts,
    "centred": answering(lambda a: a - a.mean()),
    "alone": alone,
}
