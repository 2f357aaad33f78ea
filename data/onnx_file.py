"""A fitted classifier of the cases → the same as an ONNX file: a column an input, a label and two probabilities out."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from onnx import TensorProto, helper, numpy_helper
from sklearn.pipeline import Pipeline

CLASSICAL = "ai.onnx.ml"


def write_onnx(model: Pipeline, numeric: Sequence[str], categorical: Sequence[str], path: Path) -> None:
    """Write the file: gaps become the median, numbers are standardised, and an unknown level has no column."""
    columns, last = model[0], model[-1]
    imputer, scaler = columns.named_transformers_["numeric"]
    levels = columns.named_transformers_["categorical"].categories_
    steps = zip(imputer.statistics_, scaler.mean_, scaler.scale_, strict=True)
    nodes, constants = [], []
    for name, values in zip(numeric, steps, strict=True):
        own = [f"{name} {what}" for what in ("median", "mean", "scale")]
        constants += [
            numpy_helper.from_array(np.float32(value), place) for place, value in zip(own, values, strict=True)
        ]
        nodes += [
            helper.make_node("IsNaN", [name], [f"{name} gap"]),
            helper.make_node("Where", [f"{name} gap", own[0], name], [f"{name} filled"]),
            helper.make_node("Sub", [f"{name} filled", own[1]], [f"{name} centred"]),
            helper.make_node("Div", [f"{name} centred", own[2]], [f"{name} done"]),
        ]
    constants.append(numpy_helper.from_array(np.array([1], dtype=np.int64), "inner"))
    for name, known in zip(categorical, levels, strict=True):
        nodes += [
            helper.make_node(
                "OneHotEncoder", [name], [f"{name} coded"], domain=CLASSICAL, cats_strings=list(known), zeros=1
            ),
            helper.make_node("Squeeze", [f"{name} coded", "inner"], [f"{name} done"]),
        ]
    nodes += [helper.make_node("Concat", [f"{name} done" for name in (*numeric, *categorical)], ["row"], axis=1)]
    nodes += [_classifier(last)]
    inputs = [helper.make_tensor_value_info(name, TensorProto.FLOAT, (None, 1)) for name in numeric]
    inputs += [helper.make_tensor_value_info(name, TensorProto.STRING, (None, 1)) for name in categorical]
    outputs = [
        helper.make_tensor_value_info("label", TensorProto.STRING, (None,)),
        helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, (None, 2)),
    ]
    versions = [helper.make_opsetid("", 18), helper.make_opsetid(CLASSICAL, 3)]
    graph = helper.make_graph(nodes, "model", inputs, outputs, constants)
    path.write_bytes(
        helper.make_model(graph, opset_imports=versions, ir_version=9).SerializeToString(deterministic=True)
    )


def _classifier(last: Any) -> Any:
    """Return the logistic regression; its two outcomes mirror one another."""
    slopes, intercept = last.coef_[0].tolist(), float(last.intercept_[0])
    return helper.make_node(
        "LinearClassifier",
        ["row"],
        ["label", "probabilities"],
        domain=CLASSICAL,
        coefficients=[-slope for slope in slopes] + slopes,
        intercepts=[-intercept, intercept],
        classlabels_strings=[str(each) for each in last.classes_],
        post_transform="LOGISTIC",
    )
