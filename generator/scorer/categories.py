"""A booster, or an estimator around one → the columns that it takes as categories, with their levels in their type."""

from __future__ import annotations

import json
import re
from typing import Any, Dict, Mapping, Sequence

import numpy as np

from generator.scorer.encoders import as_known
from generator.scorer.refused import AT_FILE, AT_ROWS, Refused

LISTED = re.compile(r"^\[categorical_feature: ([0-9,]+)\]$", re.MULTILINE)
"""How LightGBM writes which columns are categories."""
AGAIN = (
    "name the rows it was trained on under data.reference (init: --reference FILE), train it with XGBoost 3.1 or newer,"
    " which keeps the levels, or export the predictions as a column of the data"
)
CATEGORY = "c"

Levels = Dict[str, Any]
"""By column an array of its levels; None where any text is one, as CatBoost takes them; Lost where none are kept."""


class Lost:
    """Stands for the levels of a category that the file does not keep; `splits` are the codes that its splits list."""

    def __init__(self, splits: Any) -> None:
        """Take the codes of each split."""
        self.splits = frozenset(splits)


def categories_of(estimator: Any, names: Sequence[str]) -> Levels:
    """Return the categories of an estimator around a booster that was trained on these columns; none for others."""
    if hasattr(estimator, "get_booster"):
        return of_xgboost(estimator.get_booster(), names)
    if hasattr(estimator, "booster_") and hasattr(estimator.booster_, "pandas_categorical"):
        return of_lightgbm(estimator.booster_, names)
    if hasattr(estimator, "get_cat_feature_indices"):
        return {names[place]: None for place in estimator.get_cat_feature_indices()}
    return {}


def of_xgboost(booster: Any, names: Sequence[str]) -> Levels:
    """Return the categories of XGBoost's booster, which before 3.1 does not keep their levels.

    Without them its trees know a level by its place alone, which may be another one in other rows.
    """
    wanted = [name for name, kind in zip(names, booster.feature_types or ()) if kind == CATEGORY]
    if not wanted:
        return {}
    try:
        kept = booster.get_categories(export_to_arrow=True).to_arrow()
    except AttributeError:
        kept = []
    levels = {name: np.asarray(values.to_pylist()) for name, (_, values) in zip(names, kept) if values is not None}
    asked = _asked(booster, names) if set(wanted) - set(levels) else {}
    return {name: levels.get(name, Lost(asked.get(name, ()))) for name in wanted}


def _asked(booster: Any, names: Sequence[str]) -> Levels:
    """Return by column what codes each split of XGBoost's trees lists."""
    found: Levels = {}
    model = json.loads(bytes(booster.save_raw("json")))["learner"]["gradient_booster"]
    for tree in model.get("gbtree", model).get("model", {}).get("trees", ()):
        for node, start, size in zip(tree["categories_nodes"], tree["categories_segments"], tree["categories_sizes"]):
            split = frozenset(tree["categories"][start : start + size])
            found.setdefault(names[tree["split_indices"][node]], set()).add(split)
    return found


def known(levels: Mapping[str, Any]) -> Levels:
    """Return the categories whose levels are listed."""
    listed = {name: getattr(values, "categories", values) for name, values in levels.items()}
    return {
        name: np.asarray(values)
        for name, values in listed.items()
        if values is not None and not isinstance(values, Lost)
    }


def lost(levels: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the columns whose levels the file does not keep."""
    return tuple(name for name, values in levels.items() if isinstance(values, Lost))


def learned(levels: Mapping[str, Sequence[str]], before: Mapping[str, Any]) -> Levels:
    """Return levels that training rows told, as types of pandas: the place of a level in them is its code.

    `before` are the categories as the file has them.
    """
    import pandas as pd

    placed = {name: _in_place(name, told, before.get(name)) for name, told in levels.items()}
    return {name: pd.CategoricalDtype(list(values)) for name, values in placed.items()}


def _in_place(name: str, told: Sequence[str], lost: Any) -> Sequence[str]:
    """Return levels in the places of their codes: a model of a matrix has whole numbers that are codes themselves.

    Codes are places where none lies beyond the last, and numbers where each split lists one that there is. Raises
    Refused where they can be neither, and where they can be both and are not the same.
    """
    splits = lost.splits if isinstance(lost, Lost) else frozenset()
    own = {int(value) for value in told} if all(value.isdigit() for value in told) else set()
    places = set(range(len(told)))
    as_places, as_numbers = all(split <= places for split in splits), all(split & own for split in splits)
    if as_places and (not splits or not as_numbers or own == places):
        return told
    if as_numbers and not as_places and max(own) >= max(code for split in splits for code in split):
        return [str(code) for code in range(max(own) + 1)]
    what = "do not tell whether its codes are its numbers or places in their order" if as_places else "ask for others"
    raise Refused(f"the training rows tell the levels of {name}, and the trees {what}", AT_FILE, AGAIN)


def of_lightgbm(booster: Any, names: Sequence[str]) -> Levels:
    """Return the categories of LightGBM's booster, whose levels stand in the order of its columns.

    Raises Refused where it does not say which columns these are.
    """
    kept = booster.pandas_categorical or ()
    listed = LISTED.search(booster.model_to_string(num_iteration=1)) if kept else None
    places = sorted(map(int, listed.group(1).split(","))) if listed else []
    if len(kept) != len(places) or any(place >= len(names) for place in places):
        raise Refused(f"the model keeps the levels of {len(kept)} categories, and does not say of which columns")
    return {names[place]: np.asarray(values) for place, values in zip(places, kept)}


def as_category(name: str, values: Any, levels: Any) -> Any:
    """Return a column as the booster takes a category: in the type that its levels have, else as texts."""
    if isinstance(levels, Lost):
        raise Refused(f"the model does not keep the levels of its category {name}", AT_FILE, AGAIN)
    if levels is None:
        return np.array([_text(value) for value in values.tolist()], dtype=object)
    import pandas as pd

    if isinstance(levels, pd.CategoricalDtype):
        check_learned(name, values.tolist(), levels.categories)
        return pd.Categorical(values, dtype=levels)
    found = pd.Categorical(as_known(name, values, levels))
    held = found.categories
    if levels.dtype.kind in "iu" and held.dtype.kind == "f" and (held == np.floor(held)).all():
        found = found.rename_categories(held.astype(levels.dtype))
    return found


def check_learned(name: str, values: Sequence[Any], levels: Any) -> None:
    """Raise Refused for a level that the training rows do not hold: it has no code."""
    strange = sorted({str(value) for value in values if value == value and value is not None} - set(levels))
    if strange:
        what = f"column {name} has levels that the training rows do not hold: {', '.join(strange[:5])}"
        raise Refused(what, AT_ROWS, "the model keeps no levels of its own: name all rows it was trained on")


def _text(value: Any) -> str:
    """Return a value as it was written; CatBoost takes no missing ones."""
    if value is None or value != value:
        return "nan"
    return f"{value:.15g}" if isinstance(value, float) else str(value)
