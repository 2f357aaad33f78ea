"""The two models and the three tables → what was planted and what it comes to; only tests read it."""

from dataclasses import asdict, dataclass, replace

import numpy as np
import pandas as pd
from scipy.stats import kurtosis
from sklearn.pipeline import Pipeline

from data.techmart.catalogue import FEATURES, NUMERIC, SLICE, UNSEEN, Floats
from data.techmart.shifts import (
    ALL_SHIFTS,
    DEGRADED_BRAND,
    DEGRADED_CATEGORY,
    DRIFTS,
    NO_SHIFTS,
    PAIRS,
    SLICE_CHANGE,
    SLICE_DAY,
    Shifts,
)

TIER_QUANTILES = (0.25, 0.5, 0.75)
TIERS = ("budget", "standard", "upper", "premium")


@dataclass(frozen=True, kw_only=True)
class World:
    """Everything there is to look at."""

    current: Pipeline
    previous: Pipeline
    training: pd.DataFrame
    validation: pd.DataFrame
    production: pd.DataFrame


def errors_of(model: Pipeline, table: pd.DataFrame) -> "pd.Series[float]":
    """Actual minus predicted price."""
    return pd.Series(table["price"].to_numpy(np.float64) - model.predict(table[FEATURES]))


def rmse(error: "pd.Series[float]") -> float:
    """Root mean squared error."""
    return float(np.sqrt((error**2).mean()))


def truth(world: World) -> dict[str, object]:
    """What was planted, and what it comes to on these rows."""
    before, after = errors_of(world.current, world.validation), errors_of(world.current, world.production)
    third = world.production.groupby("date").ngroup() // 10
    return {
        "validation": metrics(world.validation, before),
        "production": metrics(world.production, after),
        "thirds": [rmse(after[third == k]) for k in range(3)],
        "previous_model": {
            "validation_rmse": rmse(errors_of(world.previous, world.validation)),
            "production_rmse": rmse(errors_of(world.previous, world.production)),
        },
        "segments": {name: by_segment(world, name, before, after) for name in ("category", "tier", "brand")},
        "planted_segments": {"category": DEGRADED_CATEGORY, "tier": TIERS[-1], "brand": DEGRADED_BRAND},
        "tiers": {
            "column": "list_price_msrp",
            "quantiles": TIER_QUANTILES,
            "cuts": tier_cuts(world).tolist(),
        },
        "slice": planted_slice(world, after),
        "drift": {name: planted_drift(world, name) for name in NUMERIC},
        "correlation": [correlation(world, first, second) for first, second in PAIRS],
        "unseen": unseen(world.production, after),
        "missing": missing_by_feature(world),
    }


def metrics(table: pd.DataFrame, error: "pd.Series[float]") -> dict[str, float]:
    """The metrics of one table; bias is predicted minus actual."""
    price = table["price"]
    return {
        "n": len(error),
        "rmse": rmse(error),
        "mae": float(error.abs().mean()),
        "median_ae": float(error.abs().median()),
        "wape": float(error.abs().sum() / price.abs().sum()),
        "r2": float(1 - (error**2).sum() / ((price - price.mean()) ** 2).sum()),
        "bias": float(-error.mean()),
        "kurtosis": float(kurtosis(error, fisher=False)),
        "icc": intraclass(table["product_id"], error),
        "above_50": int((error.abs() > 50).sum()),
    }


def intraclass(entity: "pd.Series[str]", error: "pd.Series[float]") -> float:
    """Share of the error's variance between products (analysis of variance, equal group sizes)."""
    groups = error.groupby(entity)
    within = float(groups.var().mean())
    between = float(groups.mean().var()) - within / float(groups.size().mean())
    return between / (between + within)


def tier_cuts(world: World) -> Floats:
    """List prices that part the price tiers: quantiles of the training rows."""
    return np.asarray(np.quantile(world.training["list_price_msrp"].to_numpy(np.float64), TIER_QUANTILES))


def segment_of(world: World, table: pd.DataFrame, name: str) -> "pd.Series[str]":
    """The level of each row; None where it is missing."""
    if name == "tier":
        return pd.Series(np.array(TIERS)[np.searchsorted(tier_cuts(world), table["list_price_msrp"])])
    return table[name]


def by_segment(
    world: World, name: str, before: "pd.Series[float]", after: "pd.Series[float]"
) -> dict[str, dict[str, float | None]]:
    """Validation and production RMSE of each level."""
    old = dict(list(before.groupby(segment_of(world, world.validation, name))))
    new = dict(list(after.groupby(segment_of(world, world.production, name))))
    return {
        str(level): {
            "validation_rmse": rmse(old[level]) if level in old else None,
            "validation_n": len(old.get(level, ())),
            "production_rmse": rmse(error),
            "production_n": len(error),
        }
        for level, error in new.items()
    }


def planted_slice(world: World, after: "pd.Series[float]") -> dict[str, object]:
    """The slice whose relation changed: where, when, by how much."""
    table = world.production
    inside = (table[list(SLICE)] == list(SLICE.values())).all(axis=1)
    return {
        "where": SLICE,
        "change": SLICE_CHANGE,
        "from": table["date"].unique()[SLICE_DAY],
        "n": int(inside.sum()),
        "products": int(table.loc[inside, "product_id"].nunique()),
        "rmse": rmse(after[inside]),
        "rmse_elsewhere": rmse(after[~inside]),
    }


def planted_drift(world: World, name: str) -> dict[str, object]:
    """Kind, size and date of a feature's planted drift beside the change of the values that are there."""
    old, new, drift = world.training[name], world.production[name], DRIFTS.get(name)
    observed = {
        "mean_change": float((new.mean() - old.mean()) / abs(old.mean())),
        "sd_change": float(new.std() / old.std() - 1),
    }
    if drift is None:
        return {"shape": "none", **observed}
    start = world.production["date"].unique()[drift.day]
    planted = {"shape": drift.shape, "from": start, "planted_mean": drift.mean, "planted_sd": drift.sd}
    return planted | {"price_follows": drift.follows} | observed


def correlation(world: World, first: str, second: str) -> dict[str, object]:
    """The correlation of a pair on the rows that have both."""
    return {
        "pair": [first, second],
        "training": float(world.training[first].corr(world.training[second])),
        "production": float(world.production[first].corr(world.production[second])),
    }


def unseen(production: pd.DataFrame, after: "pd.Series[float]") -> dict[str, dict[str, object]]:
    """The level that training never saw, its share and its error, by column."""
    return {
        column: {
            "level": level,
            "share": float((production[column] == level).mean()),
            "rmse": rmse(after[production[column] == level]),
        }
        for column, (level, _) in UNSEEN.items()
    }


def missing_by_feature(world: World) -> dict[str, object]:
    """Missing rates in training and production: the mean over the features, and each."""
    old, new = world.training[FEATURES].isna().mean(), world.production[FEATURES].isna().mean()
    return {
        "training": float(old.mean()),
        "production": float(new.mean()),
        "features": {name: [float(old[name]), float(new[name])] for name in FEATURES},
    }


def alone() -> dict[str, Shifts]:
    """Production with one shift at a time; `none` is the healthy process."""
    single = {name: replace(NO_SHIFTS, **{name: size}) for name, size in asdict(ALL_SHIFTS).items()}
    return {"none": NO_SHIFTS, **single}
