"""Takes what a model answers to rows, gives one number a row, or says what stands there in place of numbers."""

from __future__ import annotations

import numbers
from typing import Any

import numpy as np

from generator.scorer.refused import AT_FILE, EXPORT, Refused

KINDS = {"c": "complex numbers", "U": "texts", "S": "texts", "M": "dates", "m": "spans of time", "V": "records"}
ONE_OUTCOME = "judge one outcome a project: export its predictions as a column and name it under data.prediction"
ONE_A_ROW = "let predict give one number for each row, in their order"


def one_a_row(raw: Any, rows: int) -> Any:
    """Return the answers as float64, (rows,); raises Refused for other counts, shapes and kinds."""
    found = np.ma.filled(raw.astype(np.float64), np.nan) if isinstance(raw, np.ma.MaskedArray) else np.asarray(raw)
    if found.dtype.kind == "O":
        found = _of_objects(found)
    if found.dtype.kind in KINDS:
        raise Refused(f"the model answers with {KINDS[found.dtype.kind]}, no numbers", AT_FILE, EXPORT)
    if found.shape not in ((rows,), (rows, 1)):
        got = " × ".join(map(str, found.shape)) or "1"
        if found.ndim == 2 and found.shape[0] == rows:
            raise Refused(f"the model gives {found.shape[1]} answers for each row", AT_FILE, ONE_OUTCOME)
        raise Refused(f"the model gives {got} answers for {rows} rows", AT_FILE, ONE_A_ROW)
    return np.asarray(found, dtype=np.float64).ravel()


def _of_objects(found: Any) -> Any:
    strange = [each for each in found.ravel() if not isinstance(each, numbers.Real)][:1]
    if not strange:
        return found.astype(np.float64)
    kind = "texts" if isinstance(strange[0], str) else f"values of type {type(strange[0]).__name__}"
    raise Refused(f"the model answers with {kind}, no numbers", AT_FILE, EXPORT)


def changed(before: Any, after: Any) -> list[str]:
    """Return the columns that are other than before: changed, gone or new."""
    if isinstance(before, np.ndarray):
        before, after = ({f"number {place + 1}": each for place, each in enumerate(one.T)} for one in (before, after))
    names = list(before)
    if list(after) != names:
        return sorted(map(str, set(names) ^ set(after))) or ["(their order)"]
    return [str(name) for name in names if not _same(np.asarray(before[name]), np.asarray(after[name]))]


def _same(a: Any, b: Any) -> bool:
    if a.shape != b.shape or a.dtype != b.dtype:
        return False
    if a.dtype.kind != "O":
        return bool(np.array_equal(a, b, equal_nan=a.dtype.kind == "f"))
    return all(x is y or x == y or (x != x and y != y) for x, y in zip(a.ravel().tolist(), b.ravel().tolist()))


def apart(a: Any, b: Any, near: float) -> float:
    """Return the largest difference between two answers, 0 where all lie within `near`, relatively."""
    with np.errstate(invalid="ignore"):
        beyond = np.abs(a - b)
    beyond = np.where((a == b) | (np.isnan(a) & np.isnan(b)), 0.0, np.where(np.isnan(beyond), np.inf, beyond))
    room = near * np.maximum(1.0, np.nan_to_num(np.abs(a), nan=1.0))
    return float(np.max(np.where(beyond <= room, 0.0, beyond), initial=0.0))
