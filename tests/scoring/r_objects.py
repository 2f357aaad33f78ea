"""R objects for tests, written in R's own serialisation: numbers, texts, lists, formulas and the three models."""

import struct
from collections.abc import Mapping, Sequence

NIL = struct.pack(">i", 254)
ENVIRONMENT = struct.pack(">i", 253)
OBJECT, ATTRIBUTES, TAG = 0x100, 0x200, 0x400


def rds(value: bytes) -> bytes:
    """Return an uncompressed .rds file of version 2."""
    return b"X\n" + struct.pack(">iii", 2, 0x00040300, 0x00020300) + value


def _char(text: str | None) -> bytes:
    if text is None:
        return struct.pack(">ii", 9, -1)
    raw = text.encode()
    return struct.pack(">ii", 0x00008009, len(raw)) + raw


def symbol(name: str) -> bytes:
    return struct.pack(">i", 1) + _char(name)


def _pairs(parts: dict[str, bytes]) -> bytes:
    cells = [struct.pack(">i", 2 | TAG) + symbol(name) + value for name, value in parts.items()]
    return b"".join(cells) + NIL


def _vector(kind: int, body: bytes, attributes: dict[str, bytes]) -> bytes:
    flags = kind | (ATTRIBUTES if attributes else 0) | (OBJECT if "class" in attributes else 0)
    return struct.pack(">i", flags) + body + (_pairs(attributes) if attributes else b"")


def numbers(values: Sequence[float], **attributes: bytes) -> bytes:
    return _vector(14, struct.pack(f">i{len(values)}d", len(values), *values), attributes)


def integers(values: Sequence[int], **attributes: bytes) -> bytes:
    return _vector(13, struct.pack(f">i{len(values)}i", len(values), *values), attributes)


def texts(values: Sequence[str | None], **attributes: bytes) -> bytes:
    body = struct.pack(">i", len(values)) + b"".join(_char(value) for value in values)
    return _vector(16, body, attributes)


def items(values: Sequence[bytes], **attributes: bytes) -> bytes:
    return _vector(19, struct.pack(">i", len(values)) + b"".join(values), attributes)


def named(parts: dict[str, bytes], *classes: str) -> bytes:
    """Return a list with names, and with classes if there are any."""
    attributes = {"names": texts(list(parts))} | ({"class": texts(classes)} if classes else {})
    return items(list(parts.values()), **attributes)


def call(*values: bytes) -> bytes:
    head, *rest = values
    cells = [struct.pack(">i", 2) + value for value in rest]
    return struct.pack(">i", 6) + head + b"".join(cells) + NIL


def s4(**attributes: bytes) -> bytes:
    return struct.pack(">i", 25 | OBJECT | ATTRIBUTES) + _pairs(attributes)


def glmnet(
    columns: Sequence[str],
    path: Sequence[float],
    slopes: Sequence[Sequence[float]],
    intercepts: Sequence[float],
    classes: tuple[str, ...] = ("elnet", "glmnet"),
    offset: int = 0,
) -> bytes:
    """Return a glmnet object; `slopes` hold one sequence a lambda, of which zeros are left out as R does."""
    stored = [[(row, slope) for row, slope in enumerate(step) if slope] for step in slopes]
    starts = [0]
    for step in stored:
        starts.append(starts[-1] + len(step))
    beta = s4(
        i=integers([row for step in stored for row, _ in step]),
        p=integers(starts),
        Dim=integers([len(slopes[0]), len(path)]),
        Dimnames=items([texts(columns), texts([f"s{k}" for k in range(len(path))])]),
        x=numbers([slope for step in stored for _, slope in step]),
        **{"class": texts(["dgCMatrix"])},
    )
    parts = {"a0": numbers(intercepts), "beta": beta, "lambda": numbers(path), "offset": integers([offset])}
    return named(parts, *classes)


def linear(
    variables: dict[str, str],
    labels: Sequence[str],
    factors: Sequence[Sequence[int]],
    coefficients: Sequence[float],
    levels: Mapping[str, Sequence[str]] | None = None,
    intercept: int = 1,
    contrast: str = "contr.treatment",
    classes: tuple[str, ...] = ("lm",),
    rows: int = 0,
    **attributes: bytes,
) -> bytes:
    """Return an lm object: `variables` name → data class, response first; `factors` one sequence a label.

    A variable with parentheses in its name stands for a call such as log(x).
    """
    levels = levels or {}
    made = [call(symbol(v.split("(")[0]), symbol("x")) if "(" in v else symbol(v) for v in variables]
    terms = call(symbol("~"), symbol("y"), symbol("x"))[4:]
    about = {
        "variables": call(symbol("list"), *made),
        "factors": integers([code for column in factors for code in column]),
        "term.labels": texts(labels),
        "intercept": integers([intercept]),
        "response": integers([1]),
        "dataClasses": texts(list(variables.values()), names=texts(list(variables))),
        ".Environment": ENVIRONMENT,
        **attributes,
    }
    formula = struct.pack(">i", 6 | ATTRIBUTES) + _pairs(about) + terms
    parts = {
        "coefficients": numbers(coefficients),
        "contrasts": named({name: texts([contrast]) for name in levels}),
        "xlevels": named({name: texts(known) for name, known in levels.items()}),
        "terms": formula,
        "residuals": numbers([0.0] * rows),
    }
    return named(parts, *classes)
