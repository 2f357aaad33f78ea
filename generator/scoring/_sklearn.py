"""A scikit-learn estimator that was opened from a file, as a model; the readers of its formats share it."""

from __future__ import annotations

import re
import warnings
from typing import Any

import numpy as np

from generator.errors import InputError
from generator.records.ledger import Linear
from generator.scoring import Columns, FloatArray, Scores

HINT = "the production columns have to be those the model was trained on, with the same types"


class SklearnModel:
    """A scikit-learn estimator or pipeline that was trained on named columns."""

    def __init__(self, estimator: Any) -> None:
        self._estimator = estimator
        self.features: tuple[str, ...] = _feature_names(estimator)
        self.linear: Linear | None = _linear(estimator, self.features)

    def score(self, columns: Columns) -> Scores:
        """Return predictions; for a linear pipeline they are the design matrix times its coefficients."""
        import pandas as pd

        frame = pd.DataFrame({name: columns[name] for name in self.features}, copy=False)
        try:
            with warnings.catch_warnings():
                warnings.filterwarnings("ignore", message="Found unknown categories", category=UserWarning)
                return self._scores(frame)
        except (ValueError, TypeError) as error:
            reason = str(error).splitlines()[0]
            raise InputError(f"the model cannot score the rows: {reason}", where="model", hint=HINT) from error

    def _scores(self, frame: Any) -> Scores:
        if self.linear is None:
            return Scores(prediction=_flat(self._estimator.predict(frame)), design=None)
        design = _dense(self._estimator[:-1].transform(frame) if hasattr(self._estimator, "steps") else frame)
        prediction = design @ self.linear.coefficients + self.linear.intercept
        if not np.isfinite(prediction).all():
            raise ValueError("it gives no number for some rows, as it was not trained to fill missing values")
        return Scores(prediction=prediction, design=design)


def sklearn_model(estimator: Any) -> SklearnModel:
    """Return an estimator as a model; raises InputError when it is no regressor."""
    from sklearn.base import BaseEstimator, is_regressor

    if not isinstance(estimator, BaseEstimator) or not is_regressor(estimator):
        raise InputError("the model is no regressor", where="model.path", hint="this version knows regression alone")
    return SklearnModel(estimator)


def _feature_names(estimator: Any) -> tuple[str, ...]:
    names = getattr(estimator, "feature_names_in_", None)
    if names is None:
        raise InputError(
            "the model does not know its columns by name",
            where="model.path",
            hint="fit it on a pandas DataFrame with named columns",
        )
    return tuple(str(name) for name in names)


def _linear(estimator: Any, features: tuple[str, ...]) -> Linear | None:
    steps = getattr(estimator, "steps", None)
    last = steps[-1][1] if steps else estimator
    coefficients = getattr(last, "coef_", None)
    if coefficients is None or hasattr(last, "classes_"):
        return None
    flat = np.asarray(coefficients, dtype=np.float64).ravel()
    columns = _design_names(estimator, steps, features)
    if len(columns) != flat.size:
        return None
    return Linear(
        columns=columns,
        features=tuple(_raw_feature(name, features) for name in columns),
        coefficients=flat,
        intercept=float(np.asarray(last.intercept_).ravel()[0]),
    )


def _design_names(estimator: Any, steps: Any, features: tuple[str, ...]) -> tuple[str, ...]:
    if not steps or len(steps) == 1:
        return features
    try:
        return tuple(str(name) for name in estimator[:-1].get_feature_names_out())
    except (AttributeError, ValueError):
        return ()


def _raw_feature(name: str, features: tuple[str, ...]) -> str:
    """Return the longest raw feature whose name a design column carries, after the transformer's prefix."""
    bare = re.sub(r"^[^_]+__", "", name)
    fitting = [f for f in features if bare == f or bare.startswith(f"{f}_")] or [f for f in features if f in name]
    return max(fitting, key=len, default=name)


def _dense(matrix: Any) -> FloatArray:
    dense = matrix.toarray() if hasattr(matrix, "toarray") else matrix
    return np.ascontiguousarray(np.asarray(dense, dtype=np.float64))


def _flat(prediction: Any) -> FloatArray:
    return np.asarray(prediction, dtype=np.float64).ravel()
