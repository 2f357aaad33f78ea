"""Takes the bytes of an ONNX file, gives the regressor or classifier in it as a model."""

from __future__ import annotations

from typing import Any

import numpy as np

from generator.scorer.asked import Asked, Columns, Opened
from generator.scorer.onnx_answer import Answer, answer_of
from generator.scorer.onnx_file import check_whole
from generator.scorer.refused import AS_ONNX, AT_FILE, Lacks, Refused, first_line

try:
    import onnx
    import onnxruntime as runtime
except ImportError as error:
    raise Lacks(
        f"ONNX models need a package that is not here: {error.name}",
        hint="python -m pip install 'deployment-dossier[onnx]', or export the predictions as a column of the data",
    ) from error

NUMBERS: dict[str, type[np.generic]] = {
    "tensor(float)": np.float32,
    "tensor(double)": np.float64,
    "tensor(int64)": np.int64,
    "tensor(int32)": np.int32,
    "tensor(bool)": np.bool_,
}
TEXT = "tensor(string)"


class Graph(Opened):
    """A graph that takes one column an input, or all its columns as one matrix."""

    near = 1e-5

    def __init__(self, session: Any, answer: Answer, features: tuple[str, ...], width: int | None) -> None:
        """Take an open session, how to read its answer, its features, and their number where it wants a matrix."""
        self._session, self._answer, self._width = session, answer, width
        self.features, self.probability = features, answer.probability

    def frame(self, columns: Columns) -> Any:
        """Return the rows as the inputs of the graph; raises Refused where their order is not known."""
        if self._width is not None and not self.features:
            raise Refused(
                f"the model takes a matrix of {self._width} columns, and it does not say which",
                "data.features",
                "list the features there, in the order of the matrix",
            )
        return self._feed(columns)

    def answers(self, frame: Any) -> Any:
        """Return predictions; there is no design."""
        return self._answer.read(self._session.run([self._answer.name], frame)[0]), None

    def _feed(self, columns: Columns) -> dict[str, Any]:
        wanted = self._session.get_inputs()
        if self._width is None:
            return {each.name: _typed(each.name, columns[each.name], each.type, len(each.shape)) for each in wanted}
        kind = wanted[0].type
        return {wanted[0].name: np.hstack([_typed(name, columns[name], kind, 2) for name in self.features])}


def _typed(name: str, values: Any, kind: str, axes: int) -> Any:
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


def _shaped(values: Any, axes: int) -> Any:
    return values if axes == 1 else values[:, None]


def _text(value: object) -> str:
    if value is None or value != value:
        return ""
    return f"{value:.15g}" if isinstance(value, float) else str(value)


def open_model(asked: Asked) -> Graph:
    """Open an ONNX file; raises Refused for what is none, or asks or answers what is not one prediction a row."""
    graph = check_whole(onnx, asked.content)
    options = runtime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4
    try:
        session = runtime.InferenceSession(asked.content, options, providers=["CPUExecutionProvider"])
    except Exception as error:
        raise Refused(f"the ONNX model cannot be opened: {first_line(error)}") from error
    features, width = _inputs(session.get_inputs(), asked.order)
    return Graph(session, answer_of(session.get_outputs(), graph, asked.positive), features, width)


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
        raise Refused(
            f"the ONNX model does not take rows of features: {what}",
            AT_FILE,
            f"export it with one input a column, or one matrix of numbers, and a free first axis; a network {AS_ONNX}",
        )
    if not wide:
        return tuple(each.name for each in wanted), None
    width = wide[0].shape[1] if isinstance(wide[0].shape[1], int) else len(order)
    if order and width != len(order):
        raise Refused(
            f"the model takes a matrix of {width} columns, and {len(order)} features are declared",
            "data.features",
            "list exactly the columns of the matrix there, in its order",
        )
    return order, width
