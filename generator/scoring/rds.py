"""Takes the bytes of an R .rds file, gives the glmnet, cv.glmnet or lm object in it as a linear model."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from generator.errors import InputError
from generator.records.ledger import Linear
from generator.records.plugin import Reader
from generator.records.project import Model as Declared
from generator.scoring import Columns, FloatArray, Scores
from generator.scoring._r import RValue, read_r
from generator.scoring._r_formula import EXPORT, Term, terms_of

NEAR = 1e-9
"""A declared lambda this close to an end of the path, relatively, is that end."""
HINT = "R itself gives no prediction for such rows; the columns have to be those the model was trained on"


class RModel:
    """A model that is linear in the columns of its terms."""

    def __init__(self, terms: tuple[Term, ...], coefficients: FloatArray, intercept: float) -> None:
        self._terms = terms
        self.probability = False
        self.features: tuple[str, ...] = tuple(dict.fromkeys(term.variable for term in terms))
        self.linear: Linear = Linear(
            columns=tuple(column for term in terms for column in term.columns),
            features=tuple(term.variable for term in terms for _ in term.columns),
            coefficients=coefficients,
            intercept=intercept,
        )

    def score(self, columns: Columns) -> Scores:
        """Return predictions and the design matrix they were made from."""
        try:
            rows = len(columns[self.features[0]]) if self.features else 0
            design = np.hstack([np.zeros((rows, 0)), *(term.design(columns) for term in self._terms)])
            holes = np.flatnonzero(np.isnan(design).any(axis=0))
            if holes.size:
                where = sorted({self.linear.features[int(hole)] for hole in holes})
                raise ValueError(f"values are missing in {', '.join(where[:5])}")
        except (ValueError, TypeError) as error:
            raise InputError(f"the model cannot score the rows: {error}", where="model", hint=HINT) from error
        return Scores(prediction=design @ self.linear.coefficients + self.linear.intercept, design=design)


def open_model(content: bytes, declared: Declared) -> RModel:
    """Open an .rds file with one of R's linear models; raises InputError for any other object, by its class."""
    value = read_r(content, "model.path")
    classes = value.classes
    try:
        if classes == ("lm",):
            return _of_lm(value.parts())
        if classes == ("cv.glmnet",):
            return _of_cross_validation(value.parts(), declared)
        if "elnet" in classes and "glmnet" in classes:
            return _of_path(value.parts(), _number(declared))
    except (KeyError, IndexError, ValueError) as error:
        raise InputError(
            f"the {classes[-1]} object lacks a part it should have: {error}", where="model.path", hint=EXPORT
        ) from error
    found = " ".join(classes) or value.kind
    raise InputError(
        f"R objects of class {found} cannot be read: only glmnet (gaussian), cv.glmnet and lm can",
        where="model.path",
        hint=EXPORT,
    )


def _of_lm(parts: dict[str, RValue]) -> RModel:
    terms, found = terms_of(parts), parts["coefficients"].numbers
    intercept = int(parts["terms"].attributes["intercept"].numbers[0])
    slopes = found[intercept:]
    if len(slopes) != sum(len(term.columns) for term in terms):
        raise ValueError("as many coefficients as its formula has columns")
    # R leaves out what is a combination of other columns: its coefficient is NA and adds nothing.
    return RModel(terms, np.nan_to_num(slopes), float(found[0]) if intercept else 0.0)


def _of_cross_validation(parts: dict[str, RValue], declared: Declared) -> RModel:
    fit = parts["glmnet.fit"]
    if "elnet" not in fit.classes:
        raise InputError(
            f"the cross-validated model is {' '.join(fit.classes)}: only gaussian ones can be read",
            where="model.path",
            hint=EXPORT,
        )
    if declared.lambda_value is not None:
        return _of_path(fit.parts(), declared.lambda_value)
    # Without a choice the one that R's own predict takes.
    return _of_path(fit.parts(), float(parts[declared.lambda_choice or "lambda.1se"].numbers[0]))


def _of_path(parts: dict[str, RValue], chosen: float | None) -> RModel:
    if parts["offset"].numbers.any():
        raise InputError("the model was fitted with an offset", where="model.path", hint=EXPORT)
    path, slopes = parts["lambda"].numbers, _dense(parts["beta"].attributes)
    dimension = parts["beta"].attributes["Dimnames"].items[0]
    if len(dimension.texts) != slopes.shape[0]:
        raise InputError(
            "the model does not know its columns by name",
            where="model.path",
            hint="fit it on a matrix with column names",
        )
    weights = _weights(path, chosen)
    terms = tuple(Term(variable=name or "") for name in dimension.texts)
    return RModel(terms, slopes @ weights, float(parts["a0"].numbers @ weights))


def _weights(path: FloatArray, chosen: float | None) -> FloatArray:
    """Return what each step of the path weighs at the chosen lambda: glmnet interpolates linearly between two."""
    if chosen is None:
        if path.size == 1:
            return np.ones(1)
        raise InputError(
            f"the model holds {path.size} values of lambda, and none is chosen",
            where="model.lambda_value",
            hint=f"give one between {path.min():.6g} and {path.max():.6g}",
        )
    if not path.min() * (1 - NEAR) <= chosen <= path.max() * (1 + NEAR):
        raise InputError(
            f"lambda {chosen:.6g} is outside the model's path",
            where="model.lambda_value",
            hint=f"give one between {path.min():.6g} and {path.max():.6g}",
        )
    up = np.argsort(path)
    return np.array([np.interp(chosen, path[up], np.eye(path.size)[k][up]) for k in range(path.size)])


def _number(declared: Declared) -> float | None:
    if declared.lambda_choice is not None:
        raise InputError(
            f"{declared.lambda_choice} is known of cross-validated models alone",
            where="model.lambda_choice",
            hint="give the number itself as model.lambda_value",
        )
    return declared.lambda_value


def _dense(attributes: Mapping[str, RValue]) -> FloatArray:
    """Return the matrix that R keeps by columns, without its zeros."""
    rows, columns = (int(size) for size in attributes["Dim"].numbers)
    starts = attributes["p"].numbers.astype(np.int64)
    out = np.zeros((rows, columns))
    out[attributes["i"].numbers.astype(np.int64), np.repeat(np.arange(columns), np.diff(starts))] = attributes[
        "x"
    ].numbers
    return out


READER = Reader(id="rds", title="R models saved with saveRDS: glmnet, cv.glmnet, lm", open=open_model)
