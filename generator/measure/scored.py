"""Takes an opened model, gives the same model with every answer checked: one number a row, inside its range."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from generator.errors import InputError
from generator.measure.frame import LARGEST
from generator.records.aggregates import FloatArray
from generator.records.ledger import Conduct, Linear
from generator.scoring import Coded, Columns, ScoredRows, ScoringModel

FILL = "let the model fill missing values itself, or export its predictions as a column under data.prediction"
MEND = "look at these rows: a prediction so far out is no number to act on"
BINARY = "a model of two classes gives probabilities between 0 and 1; for other numbers data.task is regression"


class CheckedModel:
    """A model whose answers are looked at before they are used; for two classes they have to be probabilities."""

    def __init__(self, model: ScoringModel, *, binary: bool, where: str = "model.path") -> None:
        """Take an opened model, whether its answers are probabilities, and the key of the file it comes from."""
        self.features: tuple[str, ...] = model.features
        self.linear: Linear | None = model.linear
        self.probability: bool = model.probability
        self.gaps: bool = model.gaps
        self.rows: int | None = model.rows
        self.texts: tuple[str, ...] = model.texts
        self.levels: Mapping[str, tuple[str, ...]] = model.levels
        self.lost: tuple[str, ...] = model.lost
        self._model, self._binary, self._where = model, binary, where

    def learn(self, levels: Mapping[str, tuple[str, ...]], rows: int) -> None:
        """Tell it the levels of columns that are `lost`, of so many training rows."""
        self._model.learn(levels, rows)

    def score(self, columns: Columns) -> ScoredRows:
        """Return predictions; raises InputError for another number of them, for gaps and for what is no probability."""
        scores = self._model.score(columns)
        rows = len(next(iter(columns.values()), ()))
        self._check(scores.prediction, rows, self._holes(columns, rows))
        return scores

    def _holes(self, columns: Columns, rows: int) -> NDArray[np.bool_]:
        """Return the rows for which it need not give a number: those with a missing value."""
        holes = np.zeros(rows, dtype=np.bool_)
        for values in (columns[name] for name in self.features if self.gaps):
            holes |= values.codes < 0 if isinstance(values, Coded) else np.array([v is None or v != v for v in values])
        return holes

    @property
    def conduct(self) -> Conduct:
        """Return how the model has behaved so far."""
        return self._model.conduct

    def timed(self, columns: Columns, calls: int, repeats: int) -> tuple[FloatArray, FloatArray]:
        """Return the seconds of predictions of one row, and of all of them."""
        return self._model.timed(columns, calls, repeats)

    def _check(self, prediction: FloatArray, rows: int, holes: NDArray[np.bool_]) -> None:
        if prediction.shape != (rows,):
            got = " × ".join(map(str, prediction.shape))
            raise InputError(f"the model gives {got} answers for {rows} rows", where=self._where, hint=FILL)
        strange = int(np.count_nonzero(~np.isfinite(prediction) & ~(holes & np.isnan(prediction))))
        if strange:
            what = f"the model gives no number for {strange} of the first {rows} rows it was asked"
            raise InputError(what, where=self._where, hint=FILL)
        huge = prediction[np.abs(prediction) > LARGEST]
        if huge.size:
            what = f"the model gives {huge[0]:.4g}, and no number beyond {LARGEST:g} can be squared and summed"
            raise InputError(what, where=self._where, hint=MEND)
        outside = prediction[(prediction < 0) | (prediction > 1)] if self._binary else prediction[:0]
        if outside.size:
            what = f"the model gives {outside[0]:.6g} where a probability is wanted"
            raise InputError(what, where=self._where, hint=BINARY)
