"""A column of predictions, or an opened model → how much of the spread of other columns its predictions explain."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa

from generator.engines import Engine, Scan, SourceTable
from generator.measure.frame import read_numbers, read_texts
from generator.measure.inputs import OpenInputs, scan_of
from generator.measure.passes import kinds
from generator.records.aggregates import FloatArray
from generator.records.inspection import InspectedColumn
from generator.records.project import Csv

FEWEST = 30
TWO = 2
Explained = Mapping[str, float]
"""Column → 1 - mean((y - p)²) / var(y), of two outcomes with the better of them as 1; below 0 for what is unrelated."""


class _First(Exception):
    """The first batch is all that is wanted."""

    def __init__(self, batch: pa.RecordBatch) -> None:
        super().__init__()
        self.batch = batch


def explained_by(
    path: Path, engine: Engine, csv: Csv, prediction: str, columns: tuple[InspectedColumn, ...]
) -> Explained:
    """Return what a column of predictions explains of others, in the first rows of a table."""
    batch = _first(
        engine, _with(Scan(table=SourceTable(files=(path,), csv=csv), numeric=(prediction,), text=()), columns)
    )
    return {} if batch is None else _explained(read_numbers(batch, prediction)[0], batch, columns)


def explained_by_model(opened: OpenInputs, columns: tuple[InspectedColumn, ...]) -> Explained:
    """Return what the predictions of an opened model explain of columns, in the first rows; it has to be there."""
    assert opened.model is not None
    numeric, categorical = kinds(opened, {})
    batch = _first(opened.engine, _with(scan_of(opened, numeric, categorical), columns))
    if batch is None:
        return {}
    numbers, wanted = set(numeric), opened.model.features
    given = {f: read_numbers(batch, f)[0] if f in numbers else read_texts(batch, f) for f in wanted}
    return _explained(opened.model.score(given).prediction, batch, columns)


def _with(scan: Scan, columns: tuple[InspectedColumn, ...]) -> Scan:
    numbers = (c.name for c in columns if c.kind == "number")
    texts = (c.name for c in columns if c.kind == "text")
    return replace(
        scan,
        numeric=tuple(dict.fromkeys((*scan.numeric, *numbers))),
        text=tuple(dict.fromkeys((*scan.text, *texts))),
        lenient=True,
    )


def _first(engine: Engine, scan: Scan) -> pa.RecordBatch | None:
    try:
        engine.fold(scan, _stop, lambda a, _: a)
    except _First as first:
        return first.batch
    return None


def _stop(batch: pa.RecordBatch) -> None:
    raise _First(batch)


def _explained(prediction: FloatArray, batch: pa.RecordBatch, columns: tuple[InspectedColumn, ...]) -> Explained:
    numbers = {c.name: [read_numbers(batch, c.name)[0]] for c in columns if c.kind == "number"}
    texts = {c.name: _outcomes(batch, c) for c in columns if c.kind == "text" and len(c.levels or ()) == TWO}
    return {name: max(_share(prediction, y) for y in kinds) for name, kinds in {**numbers, **texts}.items()}


def _outcomes(batch: pa.RecordBatch, column: InspectedColumn) -> list[FloatArray]:
    """Return a column of two texts as outcomes, with either of them as 1."""
    codes = read_texts(batch, column.name).recode(column.levels or ())
    first = np.where(codes < TWO, codes, np.nan).astype(np.float64)
    return [first, 1.0 - first]


def _share(prediction: FloatArray, outcome: FloatArray) -> float:
    known = np.isfinite(prediction) & np.isfinite(outcome)
    p, y = prediction[known], outcome[known]
    spread = float(y.var()) if y.size >= FEWEST else 0.0
    return 1.0 - float(((y - p) ** 2).mean()) / spread if spread > 0 else -np.inf
