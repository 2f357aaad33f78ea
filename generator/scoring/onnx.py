"""Takes the bytes of an ONNX file, gives the regressor or two-class classifier in it as a model; needs onnxruntime."""

from __future__ import annotations

import importlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generator.errors import EnvironmentLacks, InputError
from generator.records.plugin import Reader
from generator.records.project import Model as Declared
from generator.scoring import Columns, Scores
from generator.scoring._classes import EXPORT
from generator.scoring._onnx_answer import Answer, answer_of
from generator.scoring._onnx_file import check_whole

INSTALL = "python -m pip install 'deployment-dossier[onnx]', or export the predictions as a column of the data"
NUMBERS: dict[str, type[np.generic]] = {
    "tensor(float)": np.float32,
    "tensor(double)": np.float64,
    "tensor(int64)": np.int64,
    "tensor(int32)": np.int32,
    "tensor(bool)": np.bool_,
}
TEXT = "tensor(string)"
HINT = "the production columns have to be those the model was trained on, with the same types"


class OnnxModel:
    """A graph that takes one column an input, or all its columns as one matrix."""

    linear = None

    def __init__(self, session: Any, answer: Answer, features: tuple[str, ...], width: int | None) -> None:
        """Take an open session, how to read its answer, its features, and their number where it wants a matrix."""
        self._session, self._answer, self._width = session, answer, width
        self.features, self.probability = features, answer.probability

    def score(self, columns: Columns) -> Scores:
        """Return predictions; raises InputError when the graph refuses the rows."""
        if self._width is not None and not self.features:
            raise InputError(
                f"the model takes a matrix of {self._width} columns, and it does not say which",
                where="data.features",
                hint="list the features there, in the order of the matrix",
            )
        try:
            answers = self._session.run([self._answer.name], self._feed(columns))
        except Exception as error:
            reason = (str(error).splitlines() or [type(error).__name__])[0]
            raise InputError(f"the model cannot score the rows: {reason}", where="model", hint=HINT) from error
        return Scores(prediction=self._answer.read(answers[0]), design=None)

    def _feed(self, columns: Columns) -> dict[str, NDArray[Any]]:
        wanted = self._session.get_inputs()
        if self._width is None:
            return {each.name: _typed(each.name, columns[each.name], each.type, len(each.shape)) for each in wanted}
        kind = wanted[0].type
        return {wanted[0].name: np.hstack([_typed(name, columns[name], kind, 2) for name in self.features])}


def _typed(name: str, values: NDArray[Any], kind: str, axes: int) -> NDArray[Any]:
    """Return a column as the graph wants it; a missing text is an empty one, as exporters write it."""
    if kind == TEXT:
        return _shaped(np.array([_text(value) for value in values.tolist()], dtype=object), axes)
    try:
        numbers = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        raise ValueError(f"column {name} holds texts, and the model wants numbers") from None
    if NUMBERS[kind] not in (np.float32, np.float64) and np.isnan(numbers).any():
        raise ValueError(f"column {name} has missing values, and the model wants whole numbers")
    return _shaped(numbers.astype(NUMBERS[kind]), axes)


def _shaped(values: NDArray[Any], axes: int) -> NDArray[Any]:
    return values if axes == 1 else values[:, None]


def _text(value: object) -> str:
    if value is None or value != value:
        return ""
    return f"{value:.15g}" if isinstance(value, float) else str(value)


def open_model(content: bytes, declared: Declared) -> OnnxModel:
    """Open an ONNX file; raises InputError for what is none, or asks or answers what is not one prediction a row."""
    try:
        onnx, runtime = importlib.import_module("onnx"), importlib.import_module("onnxruntime")
    except ImportError as error:
        raise EnvironmentLacks(f"ONNX models need a package that is not here: {error.name}", hint=INSTALL) from error
    graph = check_whole(onnx, content)
    options = runtime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4
    try:
        session = runtime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
    except Exception as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise InputError(f"the ONNX model cannot be opened: {reason}", where="model.path", hint=EXPORT) from error
    features, width = _inputs(session.get_inputs(), declared.features)
    return OnnxModel(session, answer_of(session.get_outputs(), graph, declared), features, width)


def _inputs(wanted: list[Any], order: tuple[str, ...]) -> tuple[tuple[str, ...], int | None]:
    """Return the features and, for a matrix, how many there are."""
    problems = [f"input {each.name} is {each.type}" for each in wanted if each.type not in (*NUMBERS, TEXT)]
    problems += [f"input {each.name} has {len(each.shape)} axes" for each in wanted if len(each.shape) not in (1, 2)]
    problems += [
        f"input {each.name} takes {each.shape[0]} rows at a time"
        for each in wanted
        if each.shape and isinstance(each.shape[0], int) and each.shape[0] > 0
    ]
    wide = [each for each in wanted if len(each.shape) == 2 and each.shape[1] != 1]
    if wide and len(wanted) > 1:
        problems.append(f"input {wide[0].name} has several columns and is not the only one")
    if problems or not wanted:
        what = "; ".join(problems) or "there is no input"
        raise InputError(
            f"the ONNX model does not take rows of features: {what}",
            where="model.path",
            hint="export it with one input a column, or one matrix of numbers, and a free first axis",
        )
    if not wide:
        return tuple(each.name for each in wanted), None
    width = wide[0].shape[1] if isinstance(wide[0].shape[1], int) else len(order)
    if order and width != len(order):
        raise InputError(
            f"the model takes a matrix of {width} columns, and {len(order)} features are declared",
            where="data.features",
            hint="list exactly the columns of the matrix there, in its order",
        )
    return order, width


READER = Reader(id="onnx", title="ONNX files: regressors and classifiers of two classes", open=open_model)
