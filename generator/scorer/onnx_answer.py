"""Takes the outputs of an ONNX model, gives which of them is the prediction and how it is read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from generator.scorer.classes import class_name, positive_place
from generator.scorer.refused import ONE_CLASS, Refused

FLOATS = ("tensor(float)", "tensor(double)")
LABELS = ("tensor(int64)", "tensor(string)")
MAPS = ("seq(map(int64,tensor(float)))", "seq(map(string,tensor(float)))")
CLASSES = ("classlabels_ints", "classlabels_int64s", "classlabels_strings")
"""What operators of classifiers call the classes they tell apart."""


@dataclass(frozen=True)
class Answer:
    """The output that holds the prediction: a number, the column `place` of two, or a map with the class `key`."""

    name: str
    probability: bool
    place: int = 0
    key: int | str | None = None

    def read(self, found: Any) -> Any:
        """Return the predictions in an output, one a row."""
        if self.key is not None:
            return np.array([row[self.key] for row in found], dtype=np.float64)
        numbers = np.asarray(found, dtype=np.float64)
        if not self.probability:
            return numbers[:, 0] if numbers.ndim == 2 and numbers.shape[1] == 1 else numbers
        if numbers.ndim != 2 or numbers.shape[1] != 2:
            raise _not_two(numbers.shape[-1])
        return numbers[:, self.place]


def answer_of(outputs: list[Any], graph: Any, positive: str | None) -> Answer:
    """Return which output is the prediction; raises Refused when there is not exactly one that can be."""
    numbers = [each for each in outputs if each.type in FLOATS]
    maps = [each for each in outputs if each.type in MAPS]
    labels = [each for each in outputs if each.type in LABELS]
    if len(maps) == 1:
        classes = _classes(graph)
        if classes is None:
            raise _unclear(outputs, "its classes are not named")
        return Answer(name=maps[0].name, probability=True, key=classes[positive_place(classes, positive)])
    if len(numbers) != 1:
        raise _unclear(outputs, f"{len(numbers)} of them hold numbers")
    width = numbers[0].shape[1] if len(numbers[0].shape) == 2 else 1
    if width == 1 and not labels:
        return Answer(name=numbers[0].name, probability=False)
    return Answer(name=numbers[0].name, probability=True, place=_place(graph, width, positive))


def _place(graph: Any, width: int | str | None, positive: str | None) -> int:
    """Return the column of the positive class; classes that the file does not name are 0 and 1."""
    if isinstance(width, int) and width != 2:
        raise _not_two(width)
    return positive_place(_classes(graph) or [0, 1], positive)


def _classes(graph: Any) -> list[int | str] | None:
    """Return the classes that the last operator to name some tells apart."""
    for node in reversed(graph.node):
        for attribute in node.attribute:
            if attribute.name in CLASSES and (attribute.ints or attribute.strings):
                return [*attribute.ints, *(text.decode("utf-8") for text in attribute.strings)]
    return None


def _unclear(outputs: list[Any], why: str) -> Refused:
    listed = ", ".join(f"{class_name(each.name)} ({each.type})" for each in outputs)
    return Refused(f"the ONNX model gives no single prediction a row: {why}; its outputs are {listed}")


def _not_two(columns: int) -> Refused:
    return Refused(f"the model gives {columns} probabilities a row, not two", hint=ONE_CLASS)
