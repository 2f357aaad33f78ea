"""A scikit-learn estimator that was opened from a file, as a model; the readers of its formats share it."""

from __future__ import annotations

import re
import warnings
from typing import Any, Mapping

import numpy as np

from generator.scorer.asked import Asked, Columns, LastStep, Opened
from generator.scorer.categories import as_category, categories_of, known, learned, lost
from generator.scorer.classes import positive_place
from generator.scorer.encoders import EncoderLevels, as_known, levels_of
from generator.scorer.refused import AT_FILE, LISTED, Refused

TRUTHS = {word: word.lower() == "true" for word in ("True", "TRUE", "true", "False", "FALSE", "false")}
"""The words that pandas reads as truth values where a column holds nothing else."""
FORMULAS = ("LinearRegression", "LogisticRegression", "Ridge")
"""Estimators that are their formula in every version of scikit-learn."""
CLOSE = 1e-9
"""How far a linear formula may lie from the estimator's own answers, relatively."""


class Estimator(Opened):
    """An estimator or pipeline that was trained on named columns."""

    def __init__(self, estimator: Any, positive: int | None, order: tuple[str, ...]) -> None:
        """Take a fitted estimator, the place of the class whose probability it predicts, and the declared columns."""
        self._estimator, self._positive = estimator, positive
        self._named = _own_names(estimator) is not None
        self.features = _feature_names(estimator, order)
        self.probability = positive is not None
        self.wrote = _wrote(estimator)
        self.linear = _linear(estimator, self.features, positive)
        self._knows(categories_of(estimator, self.features))

    def _knows(self, categories: Any) -> None:
        self._categories, self.lost = categories, lost(categories)
        own = {name: EncoderLevels(values, True) for name, values in known(categories).items()}
        self.levels = {**levels_of(self._estimator, self.features), **own}
        self._known = {name: levels.values for name, levels in self.levels.items()}

    def learn(self, levels: Mapping[str, Any]) -> None:
        """Take the levels that the file does not keep."""
        self._knows({**self._categories, **learned(levels, self._categories)})

    def frame(self, columns: Columns) -> Any:
        """Return the rows with each column in the type that its encoder knows: a table, a matrix where it had one."""
        import pandas as pd

        typed = {name: self._column(name, truths(columns[name])) for name in self.features}
        return pd.DataFrame(typed, copy=True) if self._named else np.column_stack(list(typed.values()))

    def _column(self, name: str, values: Any) -> Any:
        if name in self._categories:
            return as_category(name, values, self._categories[name])
        return as_known(name, values, self._known.get(name))

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


def as_model(found: Any, asked: Asked) -> Estimator:
    """Return an estimator, or the one in a dictionary, as a model; raises Refused for what predicts no numbers."""
    estimator, order = _estimator_in(found, asked.order)
    if not hasattr(estimator, "predict") or _kind(estimator) in ("clusterer", "outlier_detector", "density_estimator"):
        what = f"the model is neither a regressor nor a classifier but of the type {type(estimator).__name__}"
        raise Refused(what)
    classifies = _kind(estimator) == "classifier" or len(getattr(estimator, "classes_", ())) > 0
    return Estimator(estimator, _positive(estimator, asked) if classifies else None, order)


def _kind(estimator: Any) -> str:
    """Return what scikit-learn would call an estimator, nothing where it does not say."""
    try:
        tags = estimator.__sklearn_tags__()
        return str(tags.estimator_type or "")
    except Exception:  # another library's, or an older one's
        return str(getattr(estimator, "_estimator_type", ""))


def _wrote(estimator: Any) -> tuple[str, str, str] | None:
    """Return the version of scikit-learn as that which wrote its own estimators: it warns of any other."""
    if not type(estimator).__module__.startswith("sklearn."):
        return None
    import sklearn

    return "scikit-learn", str(sklearn.__version__), str(sklearn.__version__)


def _estimator_in(found: Any, order: tuple[str, ...]) -> tuple[Any, tuple[str, ...]]:
    """Return the one thing in a dictionary that predicts, and the columns that stand beside it."""
    if not isinstance(found, dict):
        return found, order
    models = [value for value in found.values() if hasattr(value, "predict")]
    if len(models) != 1:
        held = ", ".join(str(key) for key in list(found)[:8])
        raise Refused(f"the file holds a dictionary with {len(models)} models, not one: {held}")
    lists = [value for value in found.values() if isinstance(value, (list, tuple, np.ndarray))]
    names = [tuple(value) for value in lists if len(value) and all(isinstance(each, str) for each in value)]
    return models[0], order or (names[0] if len(names) == 1 else ())


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


def truths(column: Any) -> Any:
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


def _own_names(estimator: Any) -> Any:
    """Return the columns that an estimator was trained on by name, None where it was trained on a matrix."""
    names = getattr(estimator, "feature_names_in_", None)
    return getattr(estimator, "feature_names_", None) if names is None else names


def _feature_names(estimator: Any, order: tuple[str, ...]) -> tuple[str, ...]:
    """Return the columns of an estimator: its own, else the declared ones; raises Refused where they do not fit."""
    names, width = _own_names(estimator), getattr(estimator, "n_features_in_", None)
    if names is not None:
        return tuple(str(name) for name in names)
    if order and width in (None, len(order)):
        return order
    if order:
        raise Refused(
            f"the model takes a matrix of {width} columns, and {len(order)} are listed", "model.columns", LISTED
        )
    count = "" if width is None else f": a matrix of {width} columns"
    raise Refused(f"the model does not know its columns by name{count}", "model.columns", LISTED)


def _linear(estimator: Any, features: tuple[str, ...], positive: int | None) -> LastStep | None:
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
    found = LastStep(
        columns=columns,
        features=tuple(_raw_feature(name, features) for name in columns),
        coefficients=sign * flat,
        intercept=sign * float(np.asarray(intercept).ravel()[0]),
        link="identity" if positive is None else "logit",
    )
    return found if _answers_so(last, found, positive) else None


def _answers_so(last: Any, linear: LastStep, positive: int | None) -> bool:
    """Return whether a step answers as the formula says, at zero and at random places of its design."""
    places = np.random.default_rng(0).normal(size=(16, linear.coefficients.size))
    places[0] = 0.0
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found, wanted = _both(last, linear, places, positive)
    except AttributeError:  # another version wrote it: what these are does not change
        return type(last).__name__ in FORMULAS
    except Exception:  # a step that refuses a matrix of numbers is no formula in its columns
        return False
    return found.shape == wanted.shape and bool(np.allclose(found, wanted, rtol=CLOSE, atol=1e-12))


def _both(last: Any, linear: LastStep, places: Any, positive: int | None) -> Any:
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
        given = None if _own_names(estimator) is not None else np.array(features, dtype=object)
        return tuple(str(name) for name in before.get_feature_names_out(given))
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
