"""Takes requests on standard input, gives answers on standard output; what a model prints goes elsewhere."""

from __future__ import annotations

import importlib
import os
import sys
import time
import warnings
from typing import Any, Callable

import numpy as np

from generator.scorer.answers import apart, changed, one_a_row
from generator.scorer.asked import Asked, Columns, Opened
from generator.scorer.frames import Message, packed, unpacked
from generator.scorer.limits import allow, end_with_parent
from generator.scorer.refused import COLUMNS, Lacks, Refused, first_line

FORMATS = {
    "skops": "skops_file",
    "joblib": "pickle_file",
    "onnx": "onnx_graph",
    "rds": "r_linear",
    "xgboost": "xgboost_file",
    "lightgbm": "lightgbm_file",
    "catboost": "catboost_file",
    "torchscript": "torch_file",
    "mlflow": "mlflow_folder",
}
"""The module of this folder that opens a format."""
WARNINGS = 20
"""The most different warnings that are told."""
OPEN, LEARN, LOOK, SCORE, TIME, VALUES = "open", "learn", "look", "score", "time", "values"


class Session:
    """One model, from its opening to the last row."""

    def __init__(self) -> None:
        self._model: Opened = Opened()
        self._warnings: list[str] = []
        self._then: str | None = None

    def answer(self, message: Message) -> Message:
        """Return the answer to a request; what a model raises becomes an answer too."""
        (verb,) = message["verb"]
        try:
            answer = {
                OPEN: self._open,
                LEARN: self._learn,
                LOOK: self._look,
                SCORE: self._score,
                TIME: self._time,
                VALUES: _values,
            }[verb](message)
        except Refused as error:
            kind = "lacks" if isinstance(error, Lacks) else "refused"
            return {"verb": (kind,), "told": (error.what, error.where, error.hint)}
        except MemoryError:
            return {"verb": ("memory",)}
        except BaseException as error:  # sys.exit in a model too is an answer
            return {"verb": ("refused",), "told": _told(verb, error)}
        answer["warnings"], self._warnings[:] = tuple(self._warnings), []
        return {"verb": (verb,), **answer}

    def warned(self, message: Any, category: Any, *_: Any) -> None:
        """Keep a warning, once and by its first line; what tells of another version is told by the model itself."""
        if category.__name__ == "InconsistentVersionWarning":
            self._then = str(message.original_sklearn_version)
            return
        told = f"{category.__name__}: {first_line(message)}"
        if told not in self._warnings and len(self._warnings) < WARNINGS:
            self._warnings.append(told)

    def _open(self, message: Message) -> Message:
        sys.path.extend(path for path in message["path"] if path not in sys.path)
        (kind,) = message["format"]
        try:
            reader = importlib.import_module("generator.scorer." + FORMATS[kind])
        except ImportError as error:
            raise Lacks(
                f"the Python of the model lacks a package: {error.name}", hint=f"install it: {error.name}"
            ) from error
        allow(*message["limits"])
        number = message["lambda value"]
        self._model = reader.open_model(
            Asked(
                content=message["content"],
                trusted=message["trusted"],
                order=message["order"],
                positive=message["positive"][0],
                lambda_choice=message["lambda choice"][0],
                lambda_value=float(number[0]) if number.size else None,
            )
        )
        return self._versioned(_offered(self._model))

    def _versioned(self, offered: Message) -> Message:
        """Return what is offered, with the version of scikit-learn that wrote the file where that is another."""
        if self._then is not None and "sklearn" in sys.modules:
            offered["wrote"] = ("scikit-learn", self._then, str(sys.modules["sklearn"].__version__))
        return offered

    def _learn(self, message: Message) -> Message:
        allow(*message["limits"])
        self._model.learn({name: message["levels " + name] for name in message["columns"]})
        return {}

    def _look(self, message: Message) -> Message:
        allow(*message["limits"])
        return _looked_at(self._model, *_columns(message))

    def _score(self, message: Message) -> Message:
        allow(*message["limits"])
        columns, rows = _columns(message)
        raw, design = self._model.answers(self._model.frame(columns))
        found: Message = {"prediction": one_a_row(raw, rows)}
        return found if design is None else {**found, "design": design}

    def _time(self, message: Message) -> Message:
        """Return the seconds of each call with one row, and of each pass over all of them."""
        allow(*message["limits"])
        columns, rows = _columns(message)
        calls, repeats = message["calls"].tolist()
        singles = [{name: values[k % rows :][:1] for name, values in columns.items()} for k in range(calls)]
        return {
            "single": np.array([_timed(self._model, single) for single in singles]),
            "batch": np.array([_timed(self._model, columns) for _ in range(repeats)]),
        }


def _values(message: Message) -> Message:
    """Return the R object in a file that holds no model."""
    from generator.scorer import r_values

    allow(*message["limits"])
    return r_values.flat(r_values.read_r(message["content"]))


def _told(verb: str, error: BaseException) -> tuple[str, str, str]:
    opening = verb in (OPEN, VALUES)
    what = "cannot be opened" if opening else "cannot score the rows"
    plain = isinstance(error, (ValueError, TypeError)) and not opening
    reason = first_line(error) if plain else f"{type(error).__name__} {first_line(error)}"
    return f"the model {what}: {reason}", "model.path" if opening else "model", COLUMNS


def _offered(model: Opened) -> Message:
    offered: Message = {
        "features": model.features,
        "probability": np.array([int(model.probability)]),
        **({"gaps": np.array([1])} if model.gaps else {}),
        **({"wrote": model.wrote} if model.wrote else {}),
        **({"rows": np.array([model.rows])} if model.rows else {}),
        "texts": tuple(name for name, levels in model.levels.items() if levels.texts),
        "lost": model.lost,
        "known": tuple(name for name, levels in model.levels.items() if levels.whole),
        **{f"levels {name}": levels.names for name, levels in model.levels.items() if levels.whole},
    }
    if model.linear is None:
        return offered
    return {
        **offered,
        "linear columns": model.linear.columns,
        "linear features": model.linear.features,
        "coefficients": np.asarray(model.linear.coefficients, dtype=np.float64),
        "intercept": np.array([model.linear.intercept], dtype=np.float64),
        "link": (model.linear.link,),
    }


def _columns(message: Message) -> tuple[Columns, int]:
    """Return the columns of a request: numbers as they are, texts as objects with NaN for missing."""
    columns = {}
    for name in message["columns"]:
        values = message["= " + name]
        if values.dtype.kind == "i":
            values = np.array([*message["~ " + name], np.nan], dtype=object)[values]
        columns[name] = values
    return columns, int(message["rows"][0])


def _looked_at(model: Opened, columns: Columns, rows: int) -> Message:
    """Return what the model does with its first rows: what it changes in them, and how far its answers lie apart."""
    frame = model.frame(columns)
    once = one_a_row(model.answers(frame)[0], rows)
    touched = changed(model.frame(columns), frame)
    twice = one_a_row(model.answers(model.frame(columns))[0], rows)
    again = 0.0 if once.tobytes() == twice.tobytes() else apart(once, twice, 0.0)
    alone = max(_alone(model, columns, once, place) for place in {0, rows // 2, rows - 1})
    return {"changed": touched, "apart": np.array([again, alone])}


def _alone(model: Opened, columns: Columns, among: Any, place: int) -> float:
    """Return how far the answer to one row alone lies from the one it got among others, infinite where it fails."""
    single = {name: values[place : place + 1] for name, values in columns.items()}
    try:
        answer = one_a_row(model.answers(model.frame(single))[0], 1)
    except Exception:  # what answers many rows and refuses one of them is told, not an end
        return float("inf")
    return apart(among[place : place + 1], answer, model.near)


def _timed(model: Opened, columns: Columns) -> float:
    start = time.perf_counter()
    model.answers(model.frame(columns))
    return time.perf_counter() - start


def main() -> None:
    """Answer requests until their pipe is closed."""
    requests, answers = os.fdopen(os.dup(0), "rb"), os.dup(1)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)
    end_with_parent()
    sessions: dict[int, Session] = {}
    heard = None
    with warnings.catch_warnings():
        while True:
            try:
                message = unpacked(_reader(requests), float("inf"))
            except EOFError:
                return
            session = sessions.setdefault(int(message["model"][0]) if "model" in message else 0, Session())
            if session is not heard:
                heard = session
                _listen(session)
            for buffer in packed(session.answer(message)):
                _write(answers, buffer)


def _listen(session: Session) -> None:
    """Tell the warnings that come now to a session; one that another has heard from the same line comes again."""
    warnings.simplefilter("default")
    setattr(warnings, "showwarning", session.warned)  # noqa: B010 - its type names arguments nobody passes by name


def _reader(file: Any) -> Callable[[int], Any]:
    def read(size: int) -> Any:
        found = file.read(size)
        if len(found) < size:
            raise EOFError
        return found

    return read


def _write(place: int, buffer: Any) -> None:
    left = memoryview(buffer)
    while left:
        left = left[os.write(place, left) :]
