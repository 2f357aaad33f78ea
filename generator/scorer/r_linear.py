"""Takes the bytes of a R .rds file, gives the glmnet, cv.glmnet or lm object in it as a linear model; no R runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from generator.scorer.asked import Asked, Columns, LastStep, Opened
from generator.scorer.r_formula import EXPORT, Term, terms_of
from generator.scorer.r_values import RValue, read_r
from generator.scorer.refused import AT_FILE, Refused

NEAR = 1e-9
"""A declared lambda this close to an end of the path, relatively, is that end."""
COLUMNS = "R itself gives no prediction for such rows; the columns have to be those the model was trained on"


class Terms(Opened):
    """A model that is linear in the columns of its terms; as in R, a row with a missing value has no prediction."""

    gaps = True

    def __init__(self, terms: tuple[Term, ...], coefficients: Any, intercept: float, rows: int) -> None:
        self._terms, self.rows = terms, rows
        self.features = tuple(dict.fromkeys(term.variable for term in terms))
        self._last = LastStep(
            columns=tuple(column for term in terms for column in term.columns),
            features=tuple(term.variable for term in terms for _ in term.columns),
            coefficients=coefficients,
            intercept=intercept,
        )
        self.linear = self._last

    def frame(self, columns: Columns) -> Any:
        """Return the columns by name."""
        return {name: np.array(columns[name]) for name in self.features}

    def answers(self, frame: Any) -> Any:
        """Return predictions and the design matrix they were made from; raises Refused for what R would not take."""
        try:
            rows = len(frame[self.features[0]]) if self.features else 0
            design = np.hstack([np.zeros((rows, 0)), *(term.design(frame) for term in self._terms)])
        except (ValueError, TypeError) as error:
            raise Refused(f"the model cannot score the rows: {error}", "model", COLUMNS) from error
        return design @ self._last.coefficients + self._last.intercept, design


def open_model(asked: Asked) -> Terms:
    """Open an .rds file with one of R's linear models; raises Refused for any other object, by its class."""
    value = read_r(asked.content)
    classes = value.classes
    try:
        if classes == ("lm",):
            return _of_lm(value.parts())
        if classes == ("cv.glmnet",):
            return _of_cross_validation(value.parts(), asked)
        if "elnet" in classes and "glmnet" in classes:
            return _of_path(value.parts(), _number(asked))
    except (KeyError, IndexError, ValueError) as error:
        raise Refused(f"the {classes[-1]} object lacks a part it should have: {error}", AT_FILE, EXPORT) from error
    found = " ".join(classes) or value.kind
    raise Refused(
        f"R objects of class {found} cannot be read: only glmnet (gaussian), cv.glmnet and lm can",
        AT_FILE,
        EXPORT,
    )


def _of_lm(parts: dict[str, RValue]) -> Terms:
    terms, found = terms_of(parts), parts["coefficients"].numbers
    intercept = int(parts["terms"].attributes["intercept"].numbers[0])
    slopes = found[intercept:]
    if len(slopes) != sum(len(term.columns) for term in terms):
        raise ValueError("as many coefficients as its formula has columns")
    # R leaves out what is a combination of other columns: its coefficient is NA and adds nothing.
    # Rows with missing values were given too, and left out.
    rows = sum(parts[name].numbers.size for name in ("residuals", "na.action") if name in parts)
    return Terms(terms, np.nan_to_num(slopes), float(found[0]) if intercept else 0.0, rows)


def _of_cross_validation(parts: dict[str, RValue], asked: Asked) -> Terms:
    fit = parts["glmnet.fit"]
    if "elnet" not in fit.classes:
        raise Refused(
            f"the cross-validated model is {' '.join(fit.classes)}: only gaussian ones can be read",
            AT_FILE,
            EXPORT,
        )
    if asked.lambda_value is not None:
        return _of_path(fit.parts(), asked.lambda_value)
    # Without a choice the one that R's own predict takes.
    return _of_path(fit.parts(), float(parts[asked.lambda_choice or "lambda.1se"].numbers[0]))


def _of_path(parts: dict[str, RValue], chosen: float | None) -> Terms:
    if parts["offset"].numbers.any():
        raise Refused("the model was fitted with an offset", AT_FILE, EXPORT)
    path, slopes = parts["lambda"].numbers, _dense(parts["beta"].attributes)
    dimension = parts["beta"].attributes["Dimnames"].items[0]
    if len(dimension.texts) != slopes.shape[0]:
        raise Refused(
            "the model does not know its columns by name",
            AT_FILE,
            "fit it on a matrix with column names",
        )
    weights = _weights(path, chosen)
    terms = tuple(Term(variable=name or "") for name in dimension.texts)
    rows = int(parts["nobs"].numbers[0]) if "nobs" in parts else 0
    return Terms(terms, slopes @ weights, float(parts["a0"].numbers @ weights), rows)


def _weights(path: Any, chosen: float | None) -> Any:
    """Return what each step of the path weighs at the chosen lambda: glmnet interpolates linearly between two."""
    if chosen is None:
        if path.size == 1:
            return np.ones(1)
        raise Refused(
            f"the model holds {path.size} values of lambda, and none is chosen",
            "model.lambda_value",
            f"give one between {path.min():.6g} and {path.max():.6g} (init: --penalty VALUE)",
        )
    if not path.min() * (1 - NEAR) <= chosen <= path.max() * (1 + NEAR):
        raise Refused(
            f"lambda {chosen:.6g} is outside the model's path",
            "model.lambda_value",
            f"give one between {path.min():.6g} and {path.max():.6g} (init: --penalty VALUE)",
        )
    up = np.argsort(path)
    return np.array([np.interp(chosen, path[up], np.eye(path.size)[k][up]) for k in range(path.size)])


def _number(asked: Asked) -> float | None:
    if asked.lambda_choice is not None:
        raise Refused(
            f"{asked.lambda_choice} is known of cross-validated models alone",
            "model.lambda_choice",
            "give the number itself as model.lambda_value",
        )
    return asked.lambda_value


def _dense(attributes: Mapping[str, RValue]) -> Any:
    """Return the matrix that R keeps by columns, without its zeros."""
    rows, columns = (int(size) for size in attributes["Dim"].numbers)
    starts = attributes["p"].numbers.astype(np.int64)
    out = np.zeros((rows, columns))
    out[attributes["i"].numbers.astype(np.int64), np.repeat(np.arange(columns), np.diff(starts))] = attributes[
        "x"
    ].numbers
    return out
