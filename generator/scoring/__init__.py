"""Model readers: each opens one format and gives predictions for columns of raw features."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from generator.records.ledger import Linear

FloatArray = NDArray[np.float64]
Columns = Mapping[str, NDArray[Any]]
"""Raw features by name: float64 with NaN for missing, or objects (str, NaN for missing, as pandas reads them)."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Scores:
    """Predictions (rows,) and, for a linear model, the design matrix (rows, Q) they were made from."""

    prediction: FloatArray
    design: FloatArray | None


class Model(Protocol):
    """An opened model."""

    features: tuple[str, ...]
    """The raw columns it wants, in its order."""
    linear: Linear | None
    """Its last step when that is linear in the design matrix."""
    probability: bool
    """True for a classifier: its predictions are probabilities of one class."""

    def score(self, columns: Columns) -> Scores:
        """Return predictions for the rows of `columns`; raises InputError when the model refuses them."""
        ...
