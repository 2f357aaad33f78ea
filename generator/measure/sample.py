"""Takes rows batch by batch, gives some thousands of them, whatever the split: what needs rows looks at these."""

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from generator.measure.frame import hash_rows
from generator.measure.lens import Rows
from generator.records.aggregates import FloatArray, IntArray
from generator.records.ledger import Plan

ROWS, FEWEST, CELLS = 20_000, 2_000, 8_000_000
"""Rows of a side that are looked at, at most; of a table of more than 400 columns fewer, but not below a tenth."""
HASHED = 8
"""Numbers of a row that its place among the others depends on, beside entity, day, outcome and prediction."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Sample:
    """Rows of one side, in the order of the hash by which they were chosen; arrays have the rows first."""

    keys: NDArray[np.uint64]
    numbers: FloatArray
    """Numeric features (n, P) in the plan's order, NaN for missing."""
    texts: NDArray[np.object_]
    """Categorical features (n, C) as read, NaN for missing."""
    entities: NDArray[np.uint64]
    """Hashes of the entities; of the rows where there are none."""
    days: IntArray
    target: FloatArray
    prediction: FloatArray
    stored: FloatArray
    """The prediction that stands in a column beside a model that was opened; NaN where none does."""
    level: IntArray
    """Place among the levels of the first segment; 0 where there is none."""

    @property
    def most(self) -> int:
        """Return how many rows there can be: with so many, there may have been others."""
        return most_rows(self.numbers.shape[1] + self.texts.shape[1])

    @property
    def labelled(self) -> "Sample":
        """Return the rows with outcome and prediction."""
        return chosen(self, np.flatnonzero(~np.isnan(self.target - self.prediction)))


def most_rows(columns: int) -> int:
    """Return how many rows of a side are looked at, at most, where each has `columns` values."""
    return min(ROWS, max(FEWEST, CELLS // max(columns, 1)))


def sample_of(rows: Rows, plan: Plan) -> Sample:
    """Return the rows of a batch with the smallest hashes of their contents."""
    target, prediction = rows.values[-2:]
    content = hash_rows([*rows.values[:HASHED], target, prediction, rows.days.astype(np.float64)], rows.count)
    keys = _mixed(content ^ rows.hashes)
    best = np.argsort(keys, kind="stable")[: most_rows(len(rows.values) - 2 + len(rows.texts))]
    first = plan.segments[0] if plan.segments else None
    level = np.zeros(rows.count, dtype=np.int64) if first is None or first.hidden else rows.levels[0]
    texts = [np.array([*text.values, np.nan], dtype=object)[text.codes[best]] for text in rows.texts]
    return Sample(
        keys=keys[best],
        numbers=np.column_stack([column[best] for column in rows.values[:-2]] or [np.zeros((best.size, 0))]),
        texts=np.column_stack(texts) if texts else np.zeros((best.size, 0), dtype=object),
        entities=rows.hashes[best],
        days=rows.days[best],
        target=target[best],
        prediction=prediction[best],
        stored=np.full(best.size, np.nan) if rows.stored is None else rows.stored[best],
        level=level[best],
    )


def merged(a: Sample, b: Sample) -> Sample:
    """Return the rows with the smallest hashes of both."""
    if len(a.keys) == a.most:
        b = chosen(b, np.flatnonzero(b.keys < a.keys[-1]))
    if not len(b.keys):
        return a
    both = joined(a, b)
    return chosen(both, np.argsort(both.keys, kind="stable")[: a.most])


def joined(a: Sample, b: Sample) -> Sample:
    """Return the rows of both, those of `a` first."""
    return Sample(**{f.name: np.concatenate([getattr(a, f.name), getattr(b, f.name)]) for f in fields(Sample)})


def chosen(sample: Sample, places: IntArray) -> Sample:
    """Return the rows at some places."""
    return Sample(**{f.name: getattr(sample, f.name)[places] for f in fields(Sample)})


def _mixed(hashes: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return hashes of which every bit depends on every bit (the last step of SplitMix64; Steele et al. 2014)."""
    z = (hashes ^ (hashes >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))
