"""ONNX models for tests, written operator by operator: no exporter is needed."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from onnx import TensorProto, helper, numpy_helper

FLOAT, INT, TEXT = TensorProto.FLOAT, TensorProto.INT64, TensorProto.STRING


def put(name: str, kind: int = FLOAT, shape: Sequence[int | str | None] = (None, 1)) -> Any:
    """Return an input or an output."""
    return helper.make_tensor_value_info(name, kind, shape)


def node(kind: str, inputs: Sequence[str], outputs: Sequence[str], ml: bool = False, **attributes: Any) -> Any:
    """Return an operator; `ml` for those of classical models."""
    return helper.make_node(kind, inputs, outputs, domain="ai.onnx.ml" if ml else "", **attributes)


def model(nodes: Sequence[Any], inputs: Sequence[Any], outputs: Sequence[Any], constants: Sequence[Any] = ()) -> bytes:
    """Return a whole model."""
    graph = helper.make_graph(nodes, "m", inputs, outputs, constants)
    versions = [helper.make_opsetid("", 18), helper.make_opsetid("ai.onnx.ml", 3)]
    return bytes(helper.make_model(graph, opset_imports=versions, ir_version=9).SerializeToString())


def regressor(slopes: Sequence[float], intercept: float, names: Sequence[str] = ()) -> bytes:
    """Return a linear regressor of one matrix, or of one input for each of `names`."""
    line = node("LinearRegressor", ["x"], ["y"], ml=True, coefficients=list(slopes), intercepts=[intercept], targets=1)
    if not names:
        return model([line], [put("x", FLOAT, (None, len(slopes)))], [put("y")])
    joined = node("Concat", list(names), ["x"], axis=1)
    return model([joined, line], [put(name) for name in names], [put("y")])


def classifier(slope: float, classes: Sequence[int] | Sequence[str], *, mapped: bool = False) -> bytes:
    """Return a logistic classifier of one column `cost`; `mapped` gives probabilities by class."""
    texts = isinstance(classes[0], str)
    count = len(classes)
    slopes = [-slope, slope, *[0.0] * (count - 2)]
    line = node(
        "LinearClassifier",
        ["cost"],
        ["label", "scores"],
        ml=True,
        coefficients=slopes,
        intercepts=[0.0] * count,
        post_transform="SOFTMAX",
        **{"classlabels_strings" if texts else "classlabels_ints": list(classes)},
    )
    label = put("label", TEXT if texts else INT, (None,))
    if not mapped:
        return model([line], [put("cost")], [label, put("scores", FLOAT, (None, count))])
    names = {"classlabels_strings" if texts else "classlabels_int64s": list(classes)}
    kind = helper.make_map_type_proto(TEXT if texts else INT, helper.make_tensor_type_proto(FLOAT, None))
    out = helper.make_value_info("by class", helper.make_sequence_type_proto(kind))
    return model([line, node("ZipMap", ["scores"], ["by class"], ml=True, **names)], [put("cost")], [label, out])


def by_text() -> bytes:
    """Return a regressor of a number `cost` and a text `city`: 10 more in Graz, 1 more where the city is missing."""
    nodes = [
        node(
            "LabelEncoder",
            ["city"],
            ["more"],
            ml=True,
            keys_strings=["Graz", ""],
            values_floats=[10.0, 1.0],
            default_float=0.0,
        ),
        node("Add", ["cost", "more"], ["y"]),
    ]
    return model(nodes, [put("cost"), put("city", TEXT)], [put("y")])


def outside(location: str) -> bytes:
    """Return a model whose weight stands in another file."""
    weight = numpy_helper.from_array(np.ones((1, 1), dtype=np.float32), "w")
    weight.ClearField("raw_data")
    weight.data_location = TensorProto.EXTERNAL
    for key, value in (("location", location), ("length", "4")):
        entry = weight.external_data.add()
        entry.key, entry.value = key, value
    return model([node("MatMul", ["cost", "w"], ["y"])], [put("cost")], [put("y")], [weight])


def outside_in_a_branch(location: str) -> bytes:
    """Return a model whose weight in another file stands in a graph inside an operator."""
    inner = helper.make_model(helper.make_graph([], "g", [], [put("w")], []))
    inner.ParseFromString(outside(location))
    branch = helper.make_graph([], "branch", [], [put("w")], list(inner.graph.initializer))
    choice = node("If", ["yes"], ["y"], then_branch=branch, else_branch=branch)
    yes = numpy_helper.from_array(np.array(True), "yes")
    return model([choice], [put("cost")], [put("y")], [yes])
