"""Takes predictions and targets of rows, gives the loss columns of the ledger and the error buckets."""

from dataclasses import dataclass

import numpy as np

from generator.records.aggregates import FloatArray, IntArray
from generator.records.ledger import LOSSES

TENTH = 0.1
"""How far a prediction has to move before it counts as another: a share of it, or a probability."""
SUREST = float(np.finfo(np.float64).eps)
"""The least probability an outcome is given, as scikit-learn clips it."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Predictions:
    """Per row: target, prediction, and those of the previous model and the benchmark; NaN where there is none."""

    target: FloatArray
    prediction: FloatArray
    previous: FloatArray | None
    benchmark: FloatArray | None
    binary: bool = False
    threshold: float | None = None
    """The probability from which the team acts."""


def loss_columns(rows: Predictions) -> FloatArray:
    """Return the columns of `LOSSES` by row, (n, M); 0 where they do not apply."""
    error = rows.prediction - rows.target
    labelled = ~np.isnan(error)
    e = np.where(labelled, error, 0.0)
    e2 = e * e
    columns = {
        "rows": (~np.isnan(rows.prediction)).astype(np.float64),
        "n": labelled.astype(np.float64),
        "e": e,
        "e2": e2,
        "e3": e2 * e,
        "e4": e2 * e2,
        "abs": np.abs(e),
        "abs_y": np.where(labelled, np.abs(rows.target), 0.0),
    }
    columns |= _compared("previous", rows.previous, rows.target, e2, labelled)
    columns |= _compared("benchmark", rows.benchmark, rows.target, e2, labelled)
    columns |= _switch(rows)
    if rows.binary:
        columns |= _surprise(rows, labelled)
        columns["promise"] = np.where(labelled, rows.prediction * (1.0 - rows.prediction), 0.0)
    none = np.zeros(len(e))
    return np.column_stack([columns.get(name, none) for name in LOSSES])


def error_buckets(error: FloatArray, edges: FloatArray) -> IntArray:
    """Return the bucket of each signed error, 0 to 2(E + 1) − 1; −1 where it is missing."""
    place = np.searchsorted(edges, np.abs(error), side="right")
    bucket = np.where(error < 0, len(edges) - place, len(edges) + 1 + place)
    return np.where(np.isnan(error), -1, bucket).astype(np.int64)


def _compared(
    name: str,
    other: FloatArray | None,
    target: FloatArray,
    e2: FloatArray,
    labelled: np.ndarray[tuple[int], np.dtype[np.bool_]],
) -> dict[str, FloatArray]:
    if other is None:
        return {}
    both = labelled & ~np.isnan(other)
    error = np.where(both, other - target, 0.0)
    difference = np.where(both, e2 - error * error, 0.0)
    return {
        f"{name}_n": both.astype(np.float64),
        f"{name}_e": error,
        f"{name}_e2": error * error,
        f"{name}_abs": np.abs(error),
        f"{name}_d": difference,
        f"{name}_d2": difference * difference,
    }


def _switch(rows: Predictions) -> dict[str, FloatArray]:
    if rows.previous is None:
        return {}
    change = rows.prediction - rows.previous
    both = ~np.isnan(change)
    moved = np.where(both, change, 0.0)
    return {
        "switch_n": both.astype(np.float64),
        "switch": moved,
        "switch2": moved * moved,
        "moved": _moved(rows, rows.previous, moved),
    }


def _moved(rows: Predictions, previous: FloatArray, switch: FloatArray) -> FloatArray:
    """Return 1 where the other version says something else that matters to whoever acts on it."""
    if rows.binary and rows.threshold is not None:
        crossed = (rows.prediction >= rows.threshold) != (previous >= rows.threshold)
        return np.where(crossed & ~np.isnan(rows.prediction - previous), 1.0, 0.0)
    far = TENTH if rows.binary else TENTH * np.abs(previous)
    return np.where(np.abs(switch) > far, 1.0, 0.0)


def _surprise(rows: Predictions, labelled: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> dict[str, FloatArray]:
    """Return the logarithmic loss; a probability of 0 or 1 that was wrong counts as one of `SUREST`."""
    p = np.clip(np.where(labelled, rows.prediction, 0.5), SUREST, 1.0 - SUREST)
    given = np.where(labelled & (rows.target > 0.5), p, 1.0 - p)
    loss = np.where(labelled, -np.log(given), 0.0)
    return {"log": loss, "log2": loss * loss}
