"""Takes an Arrow batch, gives its columns as NumPy arrays and each row's place: day, group, segment levels."""

import datetime
import hashlib
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from generator.engines import DAY, TEXT
from generator.records.aggregates import FloatArray, IntArray
from generator.records.ledger import GROUPS, MISSING, UNSEEN, SegmentPlan
from generator.scoring import Coded

Bools = NDArray[np.bool_]
NO_DAY = -1
LAST_YEAR = 9990
"""Beyond it there is no room for a plan of the months to come."""
LAST_DAY = datetime.date(LAST_YEAR, 12, 31).toordinal() - datetime.date(1970, 1, 1).toordinal()
LARGEST = 1e50
"""Beyond it the sums of fourth powers overflow."""
_ODD = np.uint64(0x9E3779B97F4A7C15)


class Beyond(Exception):
    """A number or a date that cannot be counted with: its column (none for the date) and what is wrong."""

    def __init__(self, what: str, hint: str, column: str | None = None) -> None:
        super().__init__(what)
        self.what, self.hint, self.column = what, hint, column


@dataclass(frozen=True, kw_only=True, eq=False)
class Texts(Coded):
    """A text column: `codes` into `values`, -1 where there is no value."""

    def recode(self, levels: tuple[str, ...]) -> IntArray:
        """Return the place in `levels`, len(levels) for other texts, len(levels) + 1 for no value."""
        places = {level: index for index, level in enumerate(levels)}
        table = [places.get(value, len(levels)) for value in self.values] + [len(levels) + 1]
        return np.array(table, dtype=np.int64)[self.codes]


def read_numbers(batch: pa.RecordBatch, column: str) -> tuple[FloatArray, Bools]:
    """Return a numeric column with NaN for missing and infinite values, and where it is null rather than NaN.

    Raises Beyond for a finite number too large to be squared and summed.
    """
    given, null = read_given(batch, column)
    return finite(given, column), null


def finite(given: FloatArray, column: str) -> FloatArray:
    """Return the values of a column with NaN for infinite ones; raises Beyond as `read_numbers` does."""
    values = np.where(np.isinf(given), np.nan, given)
    largest = max(np.fmax.reduce(values, initial=0.0), -np.fmin.reduce(values, initial=0.0))
    if largest > LARGEST:
        raise Beyond(
            f"holds {largest:.4g}, and no number beyond {LARGEST:g} can be squared and summed",
            "mend the value, or leave it empty if it means that there is none",
            column,
        )
    return values


def read_given(batch: pa.RecordBatch, column: str) -> tuple[FloatArray, Bools]:
    """Return a numeric column with NaN for missing values, infinite ones as they are, and where it is null."""
    array = batch.column(column)
    values = np.frombuffer(array.buffers()[1], dtype=np.float64, count=array.offset + len(array))[array.offset :]
    null = read_nulls(array)
    return np.where(null, np.nan, values), null


def read_nulls(array: pa.Array) -> Bools:
    """Return where an Arrow array has no value."""
    if array.null_count == 0 or array.buffers()[0] is None:
        return np.zeros(len(array), dtype=np.bool_)
    bits = np.unpackbits(np.frombuffer(array.buffers()[0], dtype=np.uint8), bitorder="little")
    null: Bools = bits[array.offset : array.offset + len(array)] == 0
    return null


def check_outcomes(column: str, values: FloatArray) -> None:
    """Raise Beyond for an outcome of a binary target that is neither 0 nor 1."""
    odd = values[~np.isnan(values) & (values != 0.0) & (values != 1.0)]
    if odd.size:
        what, hint = (
            f"holds {odd[0]:g}, and a binary target is 0 or 1",
            "name under data.positive the value that counts as 1",
        )
        raise Beyond(what, hint, column)


def check_probabilities(column: str, values: FloatArray) -> None:
    """Raise Beyond for a prediction of a binary model outside 0 to 1."""
    odd = values[(values < 0.0) | (values > 1.0)]
    if odd.size:
        hint = "predictions of a binary model are probabilities; export these, or set data.task to regression"
        raise Beyond(f"holds {odd[0]:g}, and a probability lies between 0 and 1", hint, column)


def read_texts(batch: pa.RecordBatch, column: str) -> Texts:
    """Return a text column as codes into its distinct values."""
    apart = TEXT + column
    encoded = batch.column(apart if apart in batch.schema.names else column).dictionary_encode()
    null = read_nulls(encoded.indices)
    raw = np.frombuffer(encoded.indices.buffers()[1], dtype=np.int32, count=encoded.offset + len(encoded))
    codes = np.where(null, -1, raw[encoded.offset :]).astype(np.int64)
    return Texts(codes=codes, values=tuple(encoded.dictionary.to_pylist()))


def read_days(batch: pa.RecordBatch) -> IntArray:
    """Return days since 1970-01-01 by row, `NO_DAY` where there is no date; raises Beyond before and long after."""
    if DAY not in batch.schema.names:
        return np.full(batch.num_rows, NO_DAY, dtype=np.int64)
    array = batch.column(DAY)
    raw = np.frombuffer(array.buffers()[1], dtype=np.int32, count=array.offset + len(array))[array.offset :]
    null = read_nulls(array)
    odd = raw[~null & ((raw < 0) | (raw > LAST_DAY))]
    if odd.size:
        raise Beyond(
            f"holds {np.datetime64(int(odd[0]), 'D')}, and only dates from 1970 to {LAST_YEAR} can be reported on",
            "mend the date, or leave it empty where it is not known",
        )
    return np.where(null, NO_DAY, raw).astype(np.int64)


def hash_texts(texts: Texts) -> NDArray[np.uint64]:
    """Return a stable 64-bit hash of each row's text (BLAKE2b), the same on every machine."""
    digests = [hashlib.blake2b(value.encode(), digest_size=8, person=b"dossier").digest() for value in texts.values]
    table = np.array([int.from_bytes(digest, "little") for digest in digests] + [0], dtype=np.uint64)
    return table[texts.codes]


def hash_rows(columns: list[FloatArray], rows: int) -> NDArray[np.uint64]:
    """Return a hash of each row's numbers, for data without an entity."""
    value = np.full(rows, _ODD, dtype=np.uint64)
    for column in columns:
        value = (value ^ np.nan_to_num(column).view(np.uint64)) * _ODD
        value ^= value >> np.uint64(29)
    return value


def group_of(hashes: NDArray[np.uint64]) -> IntArray:
    """Return the entity group, 0 to 63, by the hash's highest bits."""
    return (hashes >> np.uint64(58)).astype(np.int64) % GROUPS


def place_segment(segment: SegmentPlan, texts: Texts | None, numbers: FloatArray | None) -> IntArray:
    """Return each row's level of a segment; levels end with unseen and missing, tiers with missing."""
    if texts is not None:
        return texts.recode(tuple(level for level in segment.levels if level not in {UNSEEN, MISSING}))
    assert numbers is not None
    tier = np.searchsorted(np.array(segment.cuts), numbers, side="right")
    return np.where(np.isnan(numbers), len(segment.cuts) + 1, tier).astype(np.int64)


def bin_codes(values: FloatArray, edges: FloatArray) -> NDArray[np.uint8]:
    """Return the number of edges at or below each value; 10 for missing."""
    codes = np.zeros(len(values), dtype=np.uint8)
    for edge in edges:
        codes += values >= edge
    codes[np.isnan(values)] = 10
    return codes


def grid_counts(ordered: FloatArray, edges: FloatArray) -> FloatArray:
    """Return counts below, at, between and above `edges`, (2E + 1,), of values in ascending order."""
    left = np.searchsorted(ordered, edges, side="left")
    right = np.searchsorted(ordered, edges, side="right")
    cumulative = np.empty(2 * len(edges) + 2, dtype=np.float64)
    cumulative[0], cumulative[-1] = 0.0, len(ordered)
    cumulative[1:-1:2], cumulative[2:-1:2] = left, right
    return np.diff(cumulative)
