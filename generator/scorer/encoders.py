"""A fitted estimator → the values that its encoders know, by column; a column → the same values in their type."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from generator.scorer.refused import Refused

INNER = ("best_estimator_", "estimator_", "regressor_")
"""Attributes under which an estimator keeps the one that it wraps, for the same columns."""
FEWEST = 20
"""Rows below which values that are all unknown may be chance."""


def levels_of(estimator: Any, features: Sequence[str]) -> dict[str, EncoderLevels]:
    """Return by column what its encoder knows; columns without an encoder are left out."""
    return {name: EncoderLevels(values, whole) for name, values, whole in _walk(estimator, tuple(features))}


class EncoderLevels:
    """What an encoder knows of one column: the `values` in its type, and those that are there as texts, `names`.

    `whole` where it learned all that the training rows held, `texts` where they are texts.
    """

    def __init__(self, values: Any, whole: bool) -> None:
        """Take the array of values that an encoder was fitted on."""
        self.values = values
        known = [value for value in values.tolist() if value is not None and value == value]
        self.whole, self.texts = whole, bool(known) and all(isinstance(value, str) for value in known)
        self.names = tuple(str(v) if isinstance(v, (str, bool)) else f"{v:.15g}" for v in known)


def as_known(name: str, column: Any, known: Any) -> Any:
    """Return a column in the type of the values that its encoder knows; unchanged where that has none.

    Raises Refused when none of many rows has a value that is known: they are written otherwise than in training.
    """
    if known is None:
        return column
    if known.dtype.kind in "iuf" and column.dtype == object:
        column = _numbers(column, known)
    elif known.dtype.kind in "OUS" and column.dtype.kind in "iuf":
        column = _texts(column)
    if known.dtype.kind == "f" and column.dtype.kind == "f":
        column = column.astype(known.dtype)  # 0.1 of 32 bits is another number than 0.1 of 64
    _check(name, column, known)
    if known.dtype == object and column.dtype == object and any(value is None for value in known):
        import pandas as pd

        values = [None if value != value else value for value in column.tolist()]
        column = pd.Series(values, dtype=object)  # in an array pandas would make NaN of it again
    return column


def _walk(step: Any, names: tuple[str, ...]) -> Iterator[tuple[str, Any, bool]]:
    """Yield (column, values, whether it learned all of them) of every encoder that sees the columns as they are."""
    if getattr(step, "n_features_in_", len(names)) != len(names):
        return
    values = getattr(step, "categories_", None)
    if values is not None and len(values) == len(names):
        learned = isinstance(getattr(step, "categories", None), str)
        yield from ((name, np.asarray(one), learned) for name, one in zip(names, values))
    for inner, columns in _inside(step, names):
        yield from _walk(inner, columns)


def _inside(step: Any, names: tuple[str, ...]) -> Iterator[tuple[Any, tuple[str, ...]]]:
    """Yield the estimators inside one that see columns as they are, each with the names of its own."""
    for _, inner, columns in getattr(step, "transformers_", None) or ():
        chosen = _chosen(columns, names)
        if chosen and not isinstance(inner, str):
            yield inner, chosen
    for _, inner in getattr(step, "steps", None) or ():
        yield inner, names
        if hasattr(inner, "transformers_") or hasattr(inner, "categories_"):
            return
    for attribute in INNER:
        inner = getattr(step, attribute, None)
        if inner is not None and not isinstance(inner, str):
            yield inner, names


def _chosen(columns: Any, names: tuple[str, ...]) -> tuple[str, ...]:
    if isinstance(columns, str):
        return (columns,)
    listed = list(columns) if isinstance(columns, (list, tuple, np.ndarray)) else []
    if listed and all(isinstance(column, str) for column in listed):
        return tuple(listed)
    if listed and all(isinstance(column, (bool, np.bool_)) for column in listed):
        return tuple(name for name, there in zip(names, listed) if there)
    if listed and all(isinstance(column, (int, np.integer)) for column in listed):
        return tuple(names[column] for column in listed)
    return ()


def _numbers(column: Any, known: Any) -> Any:
    """Return texts as numbers; a text that is none becomes a number that the encoder does not know."""
    new = float(np.nanmax(known)) + 1.0 if known.size and not np.isnan(known.astype(float)).all() else 0.0
    values = {text: _number(text, new) for text in set(column) if isinstance(text, str)}
    made = np.array([values.get(text, np.nan) for text in column], dtype=np.float64)
    whole = known.dtype.kind in "iu" and not np.isnan(made).any()
    return made.astype(known.dtype) if whole and (made == np.floor(made)).all() else made


def _number(text: str, otherwise: float) -> float:
    try:
        return float(text)
    except ValueError:
        return otherwise


def _texts(column: Any) -> Any:
    """Return numbers as the texts that they are written as: whole ones without a fraction."""
    made = [np.nan if v != v else str(int(v)) if float(v).is_integer() else repr(float(v)) for v in column.tolist()]
    return np.array(made, dtype=object)


def _check(name: str, column: Any, known: Any) -> None:
    values = {value for value in column.tolist() if value == value and value is not None}
    held = set(known.tolist())
    if len(column) < FEWEST or not values or values & held:
        return
    some, others = (", ".join(str(v) for v in sorted(found, key=str)[:3]) for found in (values, held))
    raise Refused(
        f"no value of column {name} is one the model was trained on: the rows hold {some}, the model knows {others}",
        "model",
        "write the column as it was in training, with the same type and the same leading zeros",
    )
