"""Takes rows nobody has counted yet, gives what a plan needs of them: quantile edges and levels."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np
import pyarrow as pa

from generator.engines import Scan
from generator.measure.frame import read_numbers, read_texts
from generator.records.aggregates import FloatArray

SAMPLE, FEWEST_ROWS, CELLS = 200_000, 10_000, 40_000_000
"""Rows whose values are kept for edges, fewer of a table of more than 200 numbers; beyond, every k-th of a batch."""
LEVELS = 5_000
TEXTS = 10 * LEVELS
"""Texts of a column that are counted at a time; of more, the rarest are forgotten."""
FINE = 128
AROUND = 8
"""Parts of the rows beside a value that half of all rows have."""
FEWEST = 5
"""Rows beyond the outermost edges of the quantiles."""
PRINTED = (0.005, 0.05, 0.95, 0.995)
"""Quantiles that documents print, and that are edges for that."""
OUTSIDE = 24
ERROR_STEP = 1.01
"""Ratio of neighbouring error edges: an error quantile is off by at most half a percent."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Sketch:
    """Samples of the numeric columns (rows, P), batch by batch, and the rows of every text by column."""

    parts: tuple[FloatArray, ...]
    texts: dict[str, dict[str, int]]

    @cached_property
    def values(self) -> FloatArray:
        """Return the samples of all batches."""
        return np.concatenate(self.parts)

    def without_few(self, smallest: int) -> "Sketch":
        """Return the same without texts that fewer than `smallest` rows have."""
        texts = {name: {text: n for text, n in found.items() if n >= smallest} for name, found in self.texts.items()}
        return Sketch(parts=self.parts, texts=texts)


def sketching(scan: Scan, rows: int) -> tuple[Callable[[pa.RecordBatch], Sketch], Callable[[Sketch, Sketch], Sketch]]:
    """Return the fold that keeps a sample of the numbers and counts all texts of a scan of `rows` rows."""
    return partial(_look, scan, stride(rows, len(scan.numeric))), _merge


def stride(rows: int, columns: int = 1) -> int:
    """Return every how many rows of a batch one is kept, where `rows` have `columns` numbers each."""
    return max(1, -(-rows // min(SAMPLE, max(FEWEST_ROWS, CELLS // max(columns, 1)))))


def nothing(scan: Scan) -> Sketch:
    """Return what is seen of no rows."""
    return Sketch(parts=(np.zeros((0, len(scan.numeric))),), texts={name: {} for name in scan.text})


def decile_edges(values: FloatArray) -> FloatArray:
    """Return at most nine inner edges of ten bins of equal mass, ties merged; empty for no values."""
    finite = values[~np.isnan(values)]
    if finite.size == 0:
        return np.zeros(0)
    edges: FloatArray = np.unique(np.quantile(finite, np.arange(1, 10) / 10))
    inner: FloatArray = edges[edges > finite.min()]
    return inner


def input_edges(values: FloatArray) -> FloatArray:
    """Return the edges of an input's bins: deciles, or those around a value that half of the rows have.

    That value then has a bin of its own, between itself and the next number; the others are cut into eighths.
    """
    finite = values[~np.isnan(values)]
    atom = atom_of(finite)
    if math.isnan(atom):
        return decile_edges(values)
    others = finite[finite != atom]
    parts = min(AROUND, others.size // FEWEST)
    cuts = np.quantile(others, np.arange(1, parts) / parts) if parts > 1 else np.zeros(0)
    own = [atom, np.nextafter(atom, np.inf)]
    edges: FloatArray = np.union1d(own, cuts[cuts > others.min()] if cuts.size else cuts)
    return edges


def atom_of(finite: FloatArray) -> float:
    """Return the value that at least half of the rows have; nan where there is none."""
    if finite.size == 0:
        return math.nan
    middle = np.quantile(finite, 0.5, method="lower"), np.quantile(finite, 0.5, method="higher")
    found = [float(value) for value in middle if (finite == value).sum() * 2 >= finite.size]
    return found[0] if found else math.nan


def fine_edges(values: FloatArray) -> FloatArray:
    """Return quantile edges inside the range of `values` and log-spaced ones outside it, so that tails are seen."""
    finite = values[~np.isnan(values)]
    if finite.size == 0:
        return np.zeros(0)
    beyond = min(FEWEST / finite.size, 0.5)  # an edge at the lowest or highest row would print that row's value
    shares = np.clip(np.union1d(np.arange(FINE + 1) / FINE, PRINTED), beyond, 1.0 - beyond)
    return with_tails(np.quantile(finite, np.unique(shares)))


def with_tails(inner: FloatArray) -> FloatArray:
    """Return ascending edges with log-spaced ones outside their range."""
    low, high = float(inner[0]), float(inner[-1])
    width = high - low if high > low else max(abs(high), 1.0)
    steps = width * 2.0 ** (np.arange(OUTSIDE) / 2 - 4)
    return np.unique(np.concatenate([low - steps, inner, high + steps]))


def error_edges(spread: float) -> FloatArray:
    """Return edges of |error| on a fixed log lattice, from 1e-4 to 1e4 times `spread`."""
    scale = spread if spread > 0 and np.isfinite(spread) else 1.0
    first = int(np.floor(np.log(scale * 1e-4) / np.log(ERROR_STEP)))
    last = int(np.ceil(np.log(scale * 1e4) / np.log(ERROR_STEP)))
    return np.asarray(ERROR_STEP ** np.arange(first, last + 1, dtype=np.float64))


def _look(scan: Scan, stride: int, batch: pa.RecordBatch) -> Sketch:
    numbers = [read_numbers(batch, column)[0][::stride] for column in scan.numeric]
    texts = {}
    for column in scan.text:
        read = read_texts(batch, column)
        counts = np.bincount(read.codes[read.codes >= 0], minlength=len(read.values))
        texts[column] = {value: int(n) for value, n in zip(read.values, counts, strict=False) if n}
    rows = -(-batch.num_rows // stride)
    return Sketch(parts=(np.column_stack(numbers) if numbers else np.zeros((rows, 0)),), texts=texts)


def _merge(a: Sketch, b: Sketch) -> Sketch:
    return Sketch(
        parts=a.parts + b.parts, texts={column: _both(a.texts[column], b.texts[column]) for column in a.texts}
    )


def _both(a: dict[str, int], b: dict[str, int]) -> dict[str, int]:
    counted = a | {text: a.get(text, 0) + rows for text, rows in b.items()}
    if len(counted) <= TEXTS:
        return counted
    return dict(sorted(counted.items(), key=lambda item: (-item[1], item[0]))[: TEXTS // 2])
