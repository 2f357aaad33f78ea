"""Model readers: each opens one format and gives predictions for columns of raw features."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from generator.records.aggregates import IntArray
from generator.records.ledger import Conduct, Linear

FloatArray = NDArray[np.float64]
SHARED: ContextVar[list[Any] | None] = ContextVar("shared", default=None)
"""The process that models share, once one is started; None where each has its own."""


@contextmanager
def one_process() -> Iterator[None]:
    """Let models that are opened meanwhile, and whose files run no code, share a process: libraries are loaded once.

    Of two that are asked at the same time one waits.
    """
    before = SHARED.set([])
    try:
        yield
    finally:
        SHARED.reset(before)


@dataclass(frozen=True, kw_only=True, eq=False)
class Coded:
    """A text column: `codes` into `values`, -1 where there is no value."""

    codes: IntArray
    values: tuple[str, ...]

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.codes)

    def __getitem__(self, rows: slice) -> "Coded":
        """Return some of the rows."""
        return replace(self, codes=self.codes[rows])


Columns = Mapping[str, NDArray[Any] | Coded]
"""Raw features by name: float64 with NaN for missing, or texts, coded or as objects with NaN for missing."""


@dataclass(frozen=True, kw_only=True, eq=False)
class ScoredRows:
    """Predictions (rows,) and, for a linear model, the design matrix (rows, Q) they were made from."""

    prediction: FloatArray
    design: FloatArray | None


class ScoringModel(Protocol):
    """An opened model."""

    features: tuple[str, ...]
    """The raw columns it wants, in its order."""
    linear: Linear | None
    """Its last step when that is linear in the design matrix."""
    probability: bool
    """True for a classifier: its predictions are probabilities of one class."""
    texts: tuple[str, ...]
    """Columns whose values it knows as texts, such as postal codes: they are no numbers, whatever they look like."""
    gaps: bool
    """Whether it may give no number for rows with a missing value, as R does: they are counted as not predicted."""
    rows: int | None
    """How many training rows it was given, where its file tells."""
    levels: Mapping[str, tuple[str, ...]]
    """By column the levels it learned from all training rows, numbers with up to 15 digits."""

    @property
    def conduct(self) -> Conduct:
        """Return how it has behaved so far."""
        ...

    lost: tuple[str, ...]
    """Columns that it takes as categories and whose levels its file does not keep."""

    def learn(self, levels: Mapping[str, tuple[str, ...]], rows: int) -> None:
        """Tell it the levels of columns that are `lost`, of so many training rows."""
        ...

    def score(self, columns: Columns) -> ScoredRows:
        """Return predictions for the rows of `columns`; raises InputError when the model refuses them."""
        ...

    def timed(self, columns: Columns, calls: int, repeats: int) -> tuple[FloatArray, FloatArray]:
        """Return the seconds of `calls` predictions of one row each, and of `repeats` of all rows."""
        ...
