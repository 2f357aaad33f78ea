"""What the libraries of boosted trees have in common: named columns, levels of categories, one objective."""

from __future__ import annotations

import warnings
from typing import Any, Mapping, Sequence

import numpy as np
import pandas as pd

from generator.scorer.asked import Asked, Columns, Opened
from generator.scorer.categories import as_category, known, learned, lost
from generator.scorer.classes import positive_place
from generator.scorer.encoders import EncoderLevels
from generator.scorer.estimator import truths
from generator.scorer.refused import AT_FILE, EXPORT, LISTED, ONE_CLASS, Refused

LABELS = (0, 1)
"""What a booster of two outcomes was trained on: its answer is the probability of 1."""
SEVERAL = ("multi", "softmax", "one_vs_all", "ova")
RANKING = ("rank", "lambda", "xendcg", "stochastic", "yeti", "query", "pair")
TIMES = ("survival", "cox", "aft")
BARE = ("binary:logitraw", "binary:hinge")
"""Objectives of two outcomes whose answers are no probabilities."""


class Boosted(Opened):
    """A booster: how it answers is its library's own matter."""

    near = 1e-6

    def __init__(self, names: Sequence[str], objective: str, binary: bool, asked: Asked) -> None:
        """Take the columns, the objective, whether that has two outcomes, and what is declared; raises Refused."""
        check_objective(objective)
        self.features = tuple(names)
        self.probability = binary
        self._first = binary and _is_zero(asked.positive)
        self._known: Mapping[str, Any] = {}

    def knows(self, levels: Mapping[str, Any]) -> None:
        """Take the levels of the columns that are categories."""
        self._known, self.lost = levels, lost(levels)
        self.levels = {name: EncoderLevels(values, True) for name, values in known(levels).items()}

    def learn(self, levels: Mapping[str, Any]) -> None:
        """Take the levels that the file does not keep."""
        self.knows({**self._known, **learned(levels, self._known)})

    def frame(self, columns: Columns) -> Any:
        """Return the rows as a table: numbers, and categories in the type that they were trained in."""
        return pd.DataFrame({name: self._column(name, columns[name]) for name in self.features}, copy=True)

    def _column(self, name: str, values: Any) -> Any:
        found = truths(values)
        if name in self._known:
            return as_category(name, found, self._known[name])
        if found.dtype != object:
            return found
        try:
            return found.astype(np.float64)
        except (TypeError, ValueError):
            raise ValueError(f"column {name} holds texts, and the model was trained on numbers there") from None

    def answers(self, frame: Any) -> Any:
        """Return predictions; there is no design."""
        found = np.asarray(self.predicted(frame), dtype=np.float64)
        return (1.0 - found if self._first else found), None

    def predicted(self, frame: Any) -> Any:
        """Return what the library answers."""
        raise NotImplementedError


def _is_zero(positive: str | None) -> bool:
    """Return whether the outcome that is wanted is the 0 of the training; one that is neither 0 nor 1 is its 1."""
    try:
        return positive_place(LABELS, positive) == 0
    except Refused:
        zero = "if it is its 0, write model.positive_class: '0'"
        warnings.warn(f"the model was trained on 0 and 1, and its 1 is taken to be {positive}; {zero}", stacklevel=2)
        return False


def check_objective(objective: str) -> None:
    """Raise Refused for what a model was trained on that gives no number or probability a row."""
    words = objective.lower().split(" ")[0]
    if words.startswith(SEVERAL):
        raise Refused(f"the model tells more than two classes apart: its objective is {words}", hint=ONE_CLASS)
    if words.startswith(RANKING):
        raise Refused(
            f"the model ranks lists, and its scores are no predictions: its objective is {words}", hint=EXPORT
        )
    if words.startswith(TIMES):
        raise Refused(f"the model predicts times to an event, some of them cut off: its objective is {words}")
    if words in BARE:
        hint = "train it with binary:logistic, or export the probability as a column under data.prediction"
        raise Refused(f"the model gives no probabilities: its objective is {words}", AT_FILE, hint)


def named(own: Sequence[str] | None, width: int, order: Sequence[str]) -> tuple[str, ...]:
    """Return the columns of a booster: its own names, else the declared ones; raises Refused where they do not fit.

    LightGBM writes a blank in a name as an underscore: columns that are declared so are taken as they are declared.
    """
    if own and [name.replace(" ", "_") for name in order] == list(own):
        return tuple(order)
    if own:
        return tuple(own)
    if len(order) == width:
        return tuple(order)
    if order:
        what = f"the model takes a matrix of {width} columns, and {len(order)} are listed"
        raise Refused(what, "model.columns", LISTED)
    raise Refused(f"the model does not know its columns by name: a matrix of {width} columns", "model.columns", LISTED)
