"""A scikit-learn estimator that was opened from a file, as a model; the readers of its formats share it."""

from __future__ import annotations

import re
import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generator.errors import InputError
from generator.records.ledger import Linear
from generator.records.project import Model as Declared
from generator.scoring import Columns, FloatArray, Scores
from generator.scoring._classes import EXPORT, positive_place

HINT = "the production columns have to be those the model was trained on, with the same types"
TRUTHS = {word: word.lower() == "true" for word in ("True", "TRUE", "true", "False", "FALSE", "false")}
"""The words that pandas reads as truth values where a column holds nothing else."""


class SklearnModel:
    """A scikit-learn estimator or pipeline that was trained on named columns."""

    def __init__(self, estimator: Any, positive: int | None) -> None:
        """Take a fitted estimator and, for a classifier, the place of the class whose probability it predicts."""
        self._estimator, self._positive = estimator, positive
        self.features: tuple[str, ...] = _feature_names(estimator)
        self.probability = positive is not None
        self.linear: Linear | None = _linear(estimator, self.features, positive)

    def score(self, columns: Columns) -> Scores:
        """Return predictions; those of a linear pipeline are made from its design matrix and coefficients."""
        import pandas as pd

        frame = pd.DataFrame({name: _truths(columns[name]) for name in self.features}, copy=False)
        try:
            with warnings.catch_warnings():
                warnings.filterwarnings("ignore", message="Found unknown categories", category=UserWarning)
                return self._scores(frame)
        except (ValueError, TypeError) as error:
            reason = str(error).splitlines()[0]
            raise InputError(f"the model cannot score the rows: {reason}", where="model", hint=HINT) from error

    def _scores(self, frame: Any) -> Scores:
        if self.linear is None:
            return Scores(prediction=self._answers(frame), design=None)
        design = _dense(self._estimator[:-1].transform(frame) if hasattr(self._estimator, "steps") else frame)
        from scipy.special import expit

        sums = design @ self.linear.coefficients + self.linear.intercept
        if not np.isfinite(sums).all():
            raise ValueError("it gives no number for some rows, as it was not trained to fill missing values")
        return Scores(prediction=expit(sums) if self.linear.link == "logit" else sums, design=design)

    def _answers(self, frame: Any) -> FloatArray:
        if self._positive is None:
            return _flat(self._estimator.predict(frame))
        return np.asarray(self._estimator.predict_proba(frame), dtype=np.float64)[:, self._positive]


def sklearn_model(estimator: Any, declared: Declared) -> SklearnModel:
    """Return an estimator as a model; raises InputError when it is neither a regressor nor tells two classes apart."""
    from sklearn.base import BaseEstimator, is_classifier, is_regressor

    if isinstance(estimator, BaseEstimator) and is_regressor(estimator):
        return SklearnModel(estimator, None)
    if isinstance(estimator, BaseEstimator) and is_classifier(estimator):
        return SklearnModel(estimator, _positive(estimator, declared))
    raise InputError(
        f"the model is neither a regressor nor a classifier of scikit-learn but a {type(estimator).__name__}",
        where="model.path",
        hint=EXPORT,
    )


def _positive(estimator: Any, declared: Declared) -> int:
    """Return the place of the class whose probability is the prediction."""
    classes = getattr(estimator, "classes_", None)
    if classes is None or isinstance(classes, list):
        what = "is not fitted" if classes is None else "gives several answers at once"
        raise InputError(f"the classifier {what}", where="model.path", hint=EXPORT)
    place = positive_place(np.asarray(classes).tolist(), declared)
    if not hasattr(estimator, "predict_proba"):
        raise InputError(
            f"the classifier gives classes, no probabilities: {type(estimator).__name__} has no predict_proba",
            where="model.path",
            hint="fit it inside sklearn.calibration.CalibratedClassifierCV",
        )
    return place


def _truths(column: NDArray[Any]) -> NDArray[Any]:
    """Return a column of texts that all say true or false as truth values, as pandas reads it; others unchanged."""
    import pandas as pd

    if column.dtype != object:
        return column
    known = ~pd.isna(column)
    if not known.any() or not all(word in TRUTHS for word in set(column[known])):
        return column
    if known.all():
        return np.array([TRUTHS[word] for word in column], dtype=np.bool_)
    return np.array([TRUTHS.get(word, np.nan) for word in column], dtype=object)


def _feature_names(estimator: Any) -> tuple[str, ...]:
    names = getattr(estimator, "feature_names_in_", None)
    if names is None:
        raise InputError(
            "the model does not know its columns by name",
            where="model.path",
            hint="fit it on a pandas DataFrame with named columns",
        )
    return tuple(str(name) for name in names)


def _linear(estimator: Any, features: tuple[str, ...], positive: int | None) -> Linear | None:
    steps = getattr(estimator, "steps", None)
    last = steps[-1][1] if steps else estimator
    coefficients = getattr(last, "coef_", None)
    if coefficients is None or (positive is not None and not _is_logistic(last)):
        return None
    # The coefficients speak of the second class.
    sign = -1.0 if positive == 0 else 1.0
    flat = np.asarray(coefficients, dtype=np.float64).ravel()
    columns = _design_names(estimator, steps, features)
    if len(columns) != flat.size:
        return None
    return Linear(
        columns=columns,
        features=tuple(_raw_feature(name, features) for name in columns),
        coefficients=sign * flat,
        intercept=sign * float(np.asarray(last.intercept_).ravel()[0]),
        link="identity" if positive is None else "logit",
    )


def _is_logistic(last: Any) -> bool:
    """Return whether the probability is the logistic function of what is linear in the design."""
    from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
    from sklearn.linear_model import LogisticRegression, SGDClassifier

    if isinstance(last, SGDClassifier):
        return bool(last.loss == "log_loss")
    return isinstance(last, (LogisticRegression, LinearDiscriminantAnalysis))


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
