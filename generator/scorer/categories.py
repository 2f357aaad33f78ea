"""A booster, or an estimator around one → the columns that it takes as categories, with their levels in their type."""

from __future__ import annotations

import re
from typing import Any, Dict, Sequence

import numpy as np

from generator.scorer.encoders import as_known
from generator.scorer.refused import AT_FILE, Refused

LISTED = re.compile(r"^\[categorical_feature: ([0-9,]+)\]$", re.MULTILINE)
"""How LightGBM writes which columns are categories."""
AGAIN = "train it with XGBoost 3.1 or newer, which keeps the levels, or export the predictions as a column of the data"
CATEGORY = "c"

Levels = Dict[str, Any]
"""By column an array of its levels; None where any text is one, as CatBoost takes them."""


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
    """Return the categories of XGBoost's booster; raises Refused for one that does not keep their levels.

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
    if lost := [name for name in wanted if name not in levels]:
        what = f"the model does not keep the levels of its categories: {', '.join(lost[:5])}"
        raise Refused(what, AT_FILE, AGAIN)
    return levels


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
    if levels is None:
        return np.array([_text(value) for value in values.tolist()], dtype=object)
    import pandas as pd

    found = pd.Categorical(as_known(name, values, levels))
    held = found.categories
    if levels.dtype.kind in "iu" and held.dtype.kind == "f" and (held == np.floor(held)).all():
        found = found.rename_categories(held.astype(levels.dtype))
    return found


def _text(value: Any) -> str:
    """Return a value as it was written; CatBoost takes no missing ones."""
    if value is None or value != value:
        return "nan"
    return f"{value:.15g}" if isinstance(value, float) else str(value)
