"""Model files that nobody should open: archives that unfold, arrays that lie, trees that lead astray, endless loops."""

import gzip
import io
import json
import struct
import zipfile
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import skops.io
from onnx import TensorProto, helper
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from sklearn.tree import DecisionTreeRegressor

from tests.scoring import onnx_files as made
from tests.scoring.r_objects import ENVIRONMENT, NIL, integers, named, numbers, rds, texts

X = pd.DataFrame({"x": np.arange(40.0), "y": np.arange(40.0) % 7})
Y = X["x"] * 2 + X["y"]


def members(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(parts: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def schema(content: bytes, edit: Callable[[str], str]) -> bytes:
    """Return a skops file with another schema."""
    parts = members(content)
    return zipped({**parts, "schema.json": edit(parts["schema.json"].decode()).encode()})


def arrays(content: bytes, edit: Callable[[Any], Any]) -> bytes:
    """Return a skops file whose structured arrays, which hold the nodes of trees, are edited."""
    parts = members(content)
    for name, raw in parts.items():
        if name.endswith(".npy") and (array := np.load(io.BytesIO(raw))).dtype.names:
            out = io.BytesIO()
            np.save(out, edit(array.copy()))
            parts[name] = out.getvalue()
    return zipped(parts)


def put(field: str, place: int, value: int) -> Callable[[Any], Any]:
    def edit(array: Any) -> Any:
        if field in array.dtype.names:
            array[field][place] = value
        return array

    return edit


def npy(header: str, body: bytes = b"") -> bytes:
    raw = header.encode() + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(raw)) + raw + body


def with_array(raw: bytes) -> bytes:
    """Return a ridge whose arrays are replaced."""
    parts = members(skops.io.dumps(Ridge().fit(X, Y)))
    return zipped({name: raw if name.endswith(".npy") else content for name, content in parts.items()})


def vectoriser(**keys: Any) -> bytes:
    """Return a pipeline over a column of texts, whose vectoriser was changed once it was fitted."""
    table = pd.DataFrame({"t": ["xx yy", "xy"] * 20})
    pipeline = make_pipeline(ColumnTransformer([("t", CountVectorizer(), "t")]), Ridge()).fit(table, Y)
    pipeline[0].named_transformers_["t"].set_params(**keys)
    return bytes(skops.io.dumps(pipeline))


RIDGE = skops.io.dumps(Ridge().fit(X, Y))
TREE = skops.io.dumps(DecisionTreeRegressor(max_depth=3).fit(X, Y))
BOOSTED = skops.io.dumps(HistGradientBoostingRegressor(max_iter=2).fit(X, Y))


def renamed(module: str, name: str) -> bytes:
    """Return a ridge that claims to be something else."""
    names = (('"sklearn.linear_model._ridge"', f'"{module}"'), ('"Ridge"', f'"{name}"'))
    return schema(RIDGE, lambda text: text.replace(*names[0]).replace(*names[1]))


def lying() -> bytes:
    """Return an archive whose schema says it is small and unfolds to 500 MB."""
    content = bytearray(zipped({"schema.json": b"0" * 500_000_000}))
    for sign, place in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        start = content.rindex(sign) + place
        content[start : start + 4] = struct.pack("<I", 100)
    return bytes(content)


SKOPS: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing": (lambda: b"", "not a skops file"),
    "not a zip": (lambda: b"\x80\x04\x95 a pickle", "not a skops file"),
    "no schema": (lambda: zipped({"a.npy": b""}), "not a skops file"),
    "a schema that is no JSON": (lambda: zipped({"schema.json": b"{"}), "not a skops file"),
    "a schema that is a list": (lambda: zipped({"schema.json": b"[]"}), "not a skops file"),
    "a schema of zeros": (lambda: zipped({"schema.json": b"\0" * 300_000_000}), "not a skops file"),
    "a schema that lies about its size": (lying, "not a skops file"),
    "a schema without end": (lambda: zipped({"schema.json": b"[" * 200_000}), "not a skops file"),
    "a million members": (lambda: zipped({f"{k}": b"" for k in range(30_000)}), "not a skops file"),
    "an array of 4 GB": (
        lambda: with_array(npy("{'descr': '<f8', 'fortran_order': False, 'shape': (500000000,), }")),
        "cannot be opened|memory",
    ),
    "an array cut short": (
        lambda: with_array(npy("{'descr': '<f8', 'fortran_order': False, 'shape': (2,), }")),
        "cannot be opened",
    ),
    "an array of objects": (
        lambda: with_array(npy("{'descr': '|O', 'fortran_order': False, 'shape': (2,), }", b"\x80\x04")),
        "cannot be opened",
    ),
    "a large header": (lambda: with_array(b"\x93NUMPY\x01\x00\xff\xff" + b"(" * 65_535), "cannot be opened"),
    "os.system": (lambda: renamed("os", "system"), "nobody vouches for: os.system"),
    "builtins.eval": (lambda: renamed("builtins", "eval"), "nobody vouches for: builtins.eval"),
    "subprocess.Popen": (lambda: renamed("subprocess", "Popen"), "nobody vouches for: subprocess.Popen"),
    "a type that does not exist": (lambda: renamed("sklearn.nowhere", "Nothing"), "not a skops file|nobody vouches"),
    "a loader that does not exist": (
        lambda: schema(RIDGE, lambda t: t.replace("ObjectNode", "EvilNode")),
        "not a skops",
    ),
    "no content": (lambda: schema(RIDGE, lambda t: json.dumps({**json.loads(t), "content": 7})), "skops file"),
    "a child beyond the end": (lambda: arrays(TREE, put("left_child", 0, 10**9)), "lead astray"),
    "a child before the start": (lambda: arrays(TREE, put("left_child", 0, -7)), "lead astray"),
    "a circle": (lambda: arrays(TREE, put("right_child", 1, 0)), "lead astray"),
    "a node of two parents": (lambda: arrays(TREE, put("right_child", 0, 1)), "lead astray"),
    "a feature beyond the end": (lambda: arrays(TREE, put("feature", 0, 10**6)), "lead astray"),
    "a feature before the start": (lambda: arrays(TREE, put("feature", 0, -5)), "lead astray"),
    "a boosted child beyond the end": (lambda: arrays(BOOSTED, put("left", 0, 10**9)), "lead astray"),
    "a boosted circle": (lambda: arrays(BOOSTED, put("right", 0, 0)), "lead astray"),
    "a boosted feature beyond the end": (lambda: arrays(BOOSTED, put("feature_idx", 0, 10**6)), "lead astray"),
    "a boosted set of levels beyond the end": (
        lambda: arrays(arrays(BOOSTED, put("is_categorical", 0, 1)), put("bitset_idx", 0, 10**6)),
        "lead astray",
    ),
    "a step that opens files": (lambda: vectoriser(input="filename"), "opens the files"),
    "a step that opens handles": (lambda: vectoriser(input="file"), "opens the files"),
    "a pattern without end": (lambda: vectoriser(token_pattern=r"(?u)\b(\w+\w+)+y\b"), "did not answer within"),
}
"""Kind → how it is made, and what is said of it."""


def altrep() -> bytes:
    """Return the compact sequence 1:4e9, as R 3.5 and later write it."""
    info = struct.pack(">i", 2) + b"".join(
        (
            symbol_of("compact_intseq"),
            struct.pack(">i", 2),
            symbol_of("base"),
            struct.pack(">i", 2),
            integers([13]),
            NIL,
        )
    )
    state = numbers([4e9, 1.0, 1.0])
    return (
        b"X\n"
        + struct.pack(">iii", 3, 0x00040300, 0x00030500)
        + struct.pack(">i", 5)
        + b"UTF-8"
        + (struct.pack(">i", 238) + info + state + NIL)
    )


def symbol_of(name: str) -> bytes:
    raw = name.encode()
    return struct.pack(">i", 1) + struct.pack(">ii", 0x00040009, len(raw)) + raw


def nested(depth: int) -> bytes:
    return rds((struct.pack(">ii", 19, 1)) * depth + NIL)


RDS: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing": (lambda: b"", "not an .rds file"),
    "text": (lambda: b"hello", "not an .rds file"),
    "zeros without end": (lambda: gzip.compress(b"X\n" + b"\0" * 400_000_000, 1), "unpacks to more than"),
    "cut short": (lambda: rds(numbers([1.0, 2.0]))[:-5], "not an .rds file"),
    "a packed file cut short": (lambda: gzip.compress(rds(numbers([1.0, 2.0])))[:-9], "cannot be read"),
    "a vector of 2^31 numbers": (lambda: rds(struct.pack(">ii", 14, 2**31 - 1)), "cannot be read|memory"),
    "a long vector of 2^60": (lambda: rds(struct.pack(">iiii", 14, -1, 2**28, 0)), "cannot be read|memory"),
    "a text of 2 GB": (lambda: rds(struct.pack(">iiii", 16, 1, 9, 2**31 - 1)), "cannot be read|memory"),
    "a sequence of 4e9": (altrep, "memory"),
    "nested without end": (lambda: nested(100_000), "nested too deeply"),
    "a kind that does not exist": (lambda: rds(struct.pack(">i", 99)), "not an .rds file"),
    "an environment": (lambda: rds(ENVIRONMENT), "cannot be read"),
    "a linear model without parts": (lambda: rds(named({"x": NIL}, "lm")), "lacks a part"),
    "a path without coefficients": (lambda: rds(named({"lambda": NIL}, "elnet", "glmnet")), "lacks a part|cannot"),
    "a data frame": (lambda: rds(named({"x": texts(["a"])}, "data.frame")), "cannot be read"),
}


def looped() -> bytes:
    """Return a graph that adds 1 to its input 2^62 times."""
    body = helper.make_graph(
        [
            helper.make_node("Add", ["v", "v"], ["w"]),
            helper.make_node("Identity", ["going"], ["on"]),
        ],
        "body",
        [
            helper.make_tensor_value_info("k", TensorProto.INT64, []),
            helper.make_tensor_value_info("going", TensorProto.BOOL, []),
            helper.make_tensor_value_info("v", TensorProto.FLOAT, [None, 1]),
        ],
        [
            helper.make_tensor_value_info("on", TensorProto.BOOL, []),
            helper.make_tensor_value_info("w", TensorProto.FLOAT, [None, 1]),
        ],
    )
    times = helper.make_tensor("times", TensorProto.INT64, [], [2**62])
    going = helper.make_tensor("going0", TensorProto.BOOL, [], [True])
    loop = helper.make_node("Loop", ["times", "going0", "x"], ["z"], body=body)
    return made.model([loop], [made.put("x")], [made.put("z")], [times, going])


def huge() -> bytes:
    """Return a graph that makes 4e10 numbers."""
    shape = helper.make_tensor("shape", TensorProto.INT64, [2], [40_000_000_000, 1])
    nodes = [made.node("ConstantOfShape", ["shape"], ["c"]), made.node("Add", ["x", "c"], ["z"])]
    return made.model(nodes, [made.put("x")], [made.put("z")], [shape])


def astray() -> bytes:
    """Return a graph that takes a row that does not exist."""
    place = helper.make_tensor("place", TensorProto.INT64, [1], [10**12])
    return made.model([made.node("Gather", ["x", "place"], ["z"])], [made.put("x")], [made.put("z")], [place])


ONNX: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing": (lambda: b"", "not an ONNX file"),
    "random": (lambda: bytes(range(256)) * 20, "not an ONNX file"),
    "cut short": (lambda: made.regressor([1.0, 2.0], 0.0, ["x", "y"])[:-20], "ONNX"),
    "a loop without end": (looped, "did not answer within"),
    "more numbers than there is memory": (huge, "cannot"),
    "a row that does not exist": (astray, "cannot"),
    "an operator that does not exist": (
        lambda: made.model([made.node("Evil", ["x"], ["z"])], [made.put("x")], [made.put("z")]),
        "cannot be opened",
    ),
    "no input": (lambda: made.model([], [], [made.put("z")]), "ONNX"),
}
