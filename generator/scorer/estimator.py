"""A scikit-learn estimator that was opened from a file, as a model; the readers of its formats share it."""

from __future__ import annotations

import re
import warnings
from typing import Any

import numpy as np

from generator.scorer.asked import Asked, Columns, Linear, Opened
from generator.scorer.classes import positive_place
from generator.scorer.encoders import as_known, known_values, levels_of
from generator.scorer.refused import AT_FILE, Refused

TRUTHS = {word: word.lower() == "true" for word in ("True", "TRUE", "true", "False", "FALSE", "false")}
"""The words that pandas reads as truth values where a column holds nothing else."""
CLOSE = 1e-9
"""How far a linear formula may lie from the estimator's own answers, relatively."""


class Estimator(Opened):
    """An estimator or pipeline that was trained on named columns."""

    def __init__(self, estimator: Any, positive: int | None) -> None:
        """Take a fitted estimator and, for a classifier, the place of the class whose probability it predicts."""
        self._estimator, self._positive = estimator, positive
        self.features = _feature_names(estimator)
        self.probability = positive is not None
        self.linear = _linear(estimator, self.features, positive)
        self._known = known_values(estimator, self.features)
        self.levels = levels_of(estimator, self.features)

    def frame(self, columns: Columns) -> Any:
        """Return the rows as a table of pandas, each column in the type of the values that its encoder knows."""
        import pandas as pd

        typed = {name: as_known(name, _truths(columns[name]), self._known.get(name)) for name in self.features}
        return pd.DataFrame(typed, copy=True)

    def answers(self, frame: Any) -> Any:
        """Return predictions; those of a linear pipeline are made from its design matrix and coefficients."""
        if self.linear is None:
            return self._own(frame), None
        before = _before_last(self._estimator)
        design = _dense(frame if before is None else before.transform(frame))
        sums = design @ self.linear.coefficients + self.linear.intercept
        if not np.isfinite(sums).all():
            raise ValueError("it gives no number for some rows, as it was not trained to fill missing values")
        return (_logistic(sums) if self.linear.link == "logit" else sums), design

    def _own(self, frame: Any) -> Any:
        if self._positive is None:
            return self._estimator.predict(frame)
        chances = np.asarray(self._estimator.predict_proba(frame))
        if chances.ndim != 2 or chances.shape[1] != 2:
            raise ValueError(f"it gives probabilities of shape {chances.shape}, not two a row")
        return chances[:, self._positive]


def as_model(estimator: Any, asked: Asked) -> Estimator:
    """Return an estimator as a model; raises Refused when it is neither a regressor nor tells two classes apart."""
    from sklearn.base import BaseEstimator, is_classifier, is_regressor

    if isinstance(estimator, BaseEstimator) and is_regressor(estimator):
        return Estimator(estimator, None)
    if isinstance(estimator, BaseEstimator) and is_classifier(estimator):
        return Estimator(estimator, _positive(estimator, asked))
    what = f"the model is neither a regressor nor a classifier of scikit-learn but a {type(estimator).__name__}"
    raise Refused(what)


def _positive(estimator: Any, asked: Asked) -> int:
    """Return the place of the class whose probability is the prediction."""
    classes = getattr(estimator, "classes_", None)
    if classes is None or isinstance(classes, list):
        what = "is not fitted" if classes is None else "gives several answers at once"
        raise Refused(f"the classifier {what}")
    place = positive_place(np.asarray(classes).tolist(), asked.positive)
    if not hasattr(estimator, "predict_proba"):
        raise Refused(
            f"the classifier gives classes, no probabilities: {type(estimator).__name__} has no predict_proba",
            AT_FILE,
            "fit it inside sklearn.calibration.CalibratedClassifierCV",
        )
    return place


def _truths(column: Any) -> Any:
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
        hint = "fit it on a pandas DataFrame with named columns"
        raise Refused("the model does not know its columns by name", AT_FILE, hint)
    return tuple(str(name) for name in names)


def _linear(estimator: Any, features: tuple[str, ...], positive: int | None) -> Linear | None:
    """Return the last step as a formula, None where it is none: what the step answers decides, not its type."""
    steps = getattr(estimator, "steps", None)
    last = steps[-1][1] if steps else estimator
    coefficients, intercept = getattr(last, "coef_", None), getattr(last, "intercept_", None)
    if coefficients is None or intercept is None:
        return None
    # The coefficients speak of the second class.
    sign = -1.0 if positive == 0 else 1.0
    flat = np.asarray(coefficients, dtype=np.float64).ravel()
    columns = _design_names(estimator, features)
    if len(columns) != flat.size or np.size(intercept) != 1:
        return None
    found = Linear(
        columns=columns,
        features=tuple(_raw_feature(name, features) for name in columns),
        coefficients=sign * flat,
        intercept=sign * float(np.asarray(intercept).ravel()[0]),
        link="identity" if positive is None else "logit",
    )
    return found if _answers_so(last, found, positive) else None


def _answers_so(last: Any, linear: Linear, positive: int | None) -> bool:
    """Return whether a step answers as the formula says, at zero and at random places of its design."""
    places = np.random.default_rng(0).normal(size=(16, linear.coefficients.size))
    places[0] = 0.0
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found, wanted = _both(last, linear, places, positive)
    except Exception:  # a step that refuses a matrix of numbers is no formula in its columns
        return False
    return found.shape == wanted.shape and bool(np.allclose(found, wanted, rtol=CLOSE, atol=1e-12))


def _both(last: Any, linear: Linear, places: Any, positive: int | None) -> Any:
    """Return what a step answers at places of its design, and what the formula says there."""
    sums = places @ linear.coefficients + linear.intercept
    if positive is None:
        return np.asarray(last.predict(places), dtype=np.float64).ravel(), sums
    return np.asarray(last.predict_proba(places))[:, positive], _logistic(sums)


def _before_last(estimator: Any) -> Any:
    """Return the steps before the last one, None where there are none."""
    return estimator[:-1] if len(getattr(estimator, "steps", ())) > 1 else None


def _design_names(estimator: Any, features: tuple[str, ...]) -> tuple[str, ...]:
    before = _before_last(estimator)
    if before is None:
        return features
    try:
        return tuple(str(name) for name in before.get_feature_names_out())
    except (AttributeError, ValueError):
        return ()


def _raw_feature(name: str, features: tuple[str, ...]) -> str:
    """Return the longest raw feature whose name a design column carries, after the transformer's prefix."""
    bare = re.sub(r"^[^_]+__", "", name)
    fitting = [f for f in features if bare == f or bare.startswith(f"{f}_")] or [f for f in features if f in name]
    return max(fitting, key=len, default=name)


def _logistic(sums: Any) -> Any:
    from scipy.special import expit

    return expit(sums)


def _dense(matrix: Any) -> Any:
    dense = matrix.toarray() if hasattr(matrix, "toarray") else matrix
    return np.ascontiguousarray(np.asarray(dense, dtype=np.float64))
