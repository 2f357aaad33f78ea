"""Takes raw rows of a world, gives what its facts must be: pandas, SciPy and scikit-learn, nothing of the program."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import minimize
from scipy.stats import ks_2samp
from sklearn.metrics import (
    brier_score_loss,
    log_loss,
    mean_absolute_error,
    median_absolute_error,
    r2_score,
    roc_auc_score,
    root_mean_squared_error,
)

FEWEST_ENTITIES = 12
"""Levels of fewer entities are not told."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What a fact must be, and how far it may be off: relative for `rel`, else absolute."""

    value: float
    rel: float = 1e-9
    off: float = 0.0


def holes(name: str, now: pd.Series, then: pd.Series) -> Iterator[tuple[str, Wanted]]:
    """Yield the shares of missing and of unseen values of an input."""
    yield f"missing.{name}.production", Wanted(value=float(now.isna().mean()))
    yield f"missing.{name}.reference", Wanted(value=float(then.isna().mean()))
    if not pd.api.types.is_numeric_dtype(now):
        new = ~now.dropna().isin(set(then))
        yield f"unseen.{name}.levels", Wanted(value=now.dropna()[new].nunique())
        yield f"unseen.{name}.share", Wanted(value=float(new.sum() / len(now)))


def finite(values: Any) -> Any:
    """Return a column or a table of numbers with nothing for infinite ones: no mean holds them."""
    return values.where(values.abs() < np.inf)


def _error(rows: pd.DataFrame, *, binary: bool) -> float:
    square = float(((rows["prediction"] - rows["y"]) ** 2).mean())
    return square if binary else square**0.5


def windows(rows: pd.DataFrame, *, binary: bool) -> Iterator[tuple[str, Wanted]]:
    """Yield thirds of the days, and the last third against what is before it; they hold whole days."""
    days, metric = np.unique(rows["date"]), "brier" if binary else "rmse"
    parts = dict(zip(("first_third", "second_third", "last_third"), np.array_split(days, 3), strict=True))
    size = len(parts["last_third"])
    for name, own in {**parts, "earlier": days[:-size], "recent": days[-size:]}.items():
        inside = rows[rows["date"].isin(own)]
        yield f"windows.{name}.days", Wanted(value=len(own))
        yield f"windows.{name}.rows", Wanted(value=len(inside))
        yield f"performance.{metric}.{name}", Wanted(value=_error(inside, binary=binary))


def daily(rows: pd.DataFrame, *, binary: bool) -> Iterator[tuple[str, Wanted]]:
    """Yield the errors of each day."""
    for day, own in rows.groupby("date"):
        stem, y, p = "performance.daily.", own["y"], own["prediction"]
        yield f"{stem}rows.{day}", Wanted(value=len(own))
        yield f"{stem}{'brier' if binary else 'rmse'}.{day}", Wanted(value=_error(own, binary=binary))
        yield f"{stem}mae.{day}", Wanted(value=float((p - y).abs().mean()))
        yield f"{stem}bias.{day}", Wanted(value=float((p - y).mean()), rel=1e-7)
        if binary:
            yield f"{stem}base_rate.{day}", Wanted(value=float(y.mean()))
            yield f"{stem}auc.{day}", Wanted(value=float(roc_auc_score(y, p)), rel=0.0, off=0.01)


def by_bins(rows: pd.DataFrame, edges: np.ndarray) -> pd.DataFrame:
    """Return rows, mean probability and share of positives of each bin of probabilities between these edges."""
    place = np.searchsorted(edges[1:-1], rows["prediction"], side="right")
    return rows.groupby(place).agg(rows=("y", "size"), predicted=("prediction", "mean"), observed=("y", "mean"))


def errors(
    rows: pd.DataFrame, part: str, *, binary: bool, threshold: float = 0.5, tops: tuple[int, ...] = (10, 20)
) -> Iterator[tuple[str, Wanted]]:
    """Yield the errors of rows of one part: production, or validation."""
    y, p = rows["y"], rows["prediction"]
    if not binary:
        yield f"performance.rmse.{part}", Wanted(value=float(root_mean_squared_error(y, p)))
        yield f"performance.mae.{part}", Wanted(value=float(mean_absolute_error(y, p)))
        yield f"performance.wape.{part}", Wanted(value=float((y - p).abs().sum() / y.abs().sum()))
        yield f"performance.r2.{part}", Wanted(value=float(r2_score(y, p)))
        yield f"performance.bias.{part}", Wanted(value=float((p - y).mean()), rel=1e-7)
        yield f"performance.median_ae.{part}", Wanted(value=float(median_absolute_error(y, p)), rel=0.011)
        return
    yield f"performance.brier.{part}", Wanted(value=float(brier_score_loss(y, p)))
    yield f"performance.log_loss.{part}", Wanted(value=float(log_loss(y, p)))
    yield f"performance.auc.{part}", Wanted(value=float(roc_auc_score(y, p)), rel=0.0, off=0.002)
    yield f"performance.accuracy.{part}", Wanted(value=float(((p >= threshold) == y).mean()))
    yield f"performance.base_rate.{part}", Wanted(value=float(y.mean()))
    for share in tops:
        top = rows.nlargest(len(rows) * share // 100, "prediction")["y"].mean()
        yield f"performance.precision_at_{share}.{part}", Wanted(value=float(top), rel=0.0, off=0.015)


def calibration(rows: pd.DataFrame) -> Iterator[tuple[str, Wanted]]:
    """Yield the level of the probabilities and their logistic recalibration."""
    yield "calibration.in_the_large.gap", Wanted(value=float((rows["prediction"] - rows["y"]).mean()), rel=1e-7)
    intercept, slope = _logistic(rows)
    yield "calibration.slope", Wanted(value=slope, rel=0.0, off=0.01)
    yield "calibration.intercept", Wanted(value=intercept, rel=0.0, off=0.01)


def _logistic(rows: pd.DataFrame) -> tuple[float, float]:
    """Return intercept and slope of the outcome on the log-odds of the prediction, by maximum likelihood."""
    p = rows["prediction"].clip(1e-6, 1 - 1e-6).to_numpy()
    odds, y = np.log(p / (1 - p)), rows["y"].to_numpy(float)

    def loss(beta: np.ndarray) -> float:
        z = beta[0] + beta[1] * odds
        return float((np.logaddexp(0.0, z) - y * z).mean())

    found = minimize(loss, np.array([0.0, 1.0]), method="BFGS").x
    return float(found[0]), float(found[1])


def drift(name: str, now: pd.Series, then: pd.Series) -> Iterator[tuple[str, Wanted]]:
    """Yield how far the values of an input moved, infinite ones left out."""
    now, then = finite(now), finite(then)
    edges = bounds(then.dropna())
    bins = [
        np.bincount(np.searchsorted(edges, one.dropna(), side="right"), minlength=len(edges) + 1) for one in (now, then)
    ]
    held = sum(bins) > 0
    p, q = ((one[held] + 0.5) / (one[held] + 0.5).sum() for one in bins)
    yield f"drift.{name}.psi_raw", Wanted(value=float(((p - q) * np.log(p / q)).sum()), rel=1e-6, off=1e-9)
    yield f"drift.{name}.smd", Wanted(value=float((now.mean() - then.mean()) / then.std()), rel=1e-6, off=1e-9)
    yield f"drift.{name}.ks", Wanted(value=float(ks_2samp(now.dropna(), then.dropna()).statistic), rel=0.0, off=0.012)
    yield f"drift.{name}.mean_production", Wanted(value=float(now.mean()), rel=1e-7)
    yield f"drift.{name}.sd_change", Wanted(value=float(now.std() / then.std() - 1), rel=1e-6)


def bounds(values: pd.Series) -> np.ndarray:
    """Return the bounds of the bins: tenths, or eighths of the others around a value that half of the rows have."""
    common = float(values.mode()[0])
    others = values[values != common]
    alone = 2 * len(others) <= len(values)
    parts = 8 if alone else 10
    kept = others if alone else values
    cuts = np.unique(np.quantile(kept, np.arange(1, parts) / parts))
    cuts = cuts[cuts > kept.min()]
    return np.union1d(cuts, [common, np.nextafter(common, np.inf)]) if alone else cuts


def segments(rows: pd.DataFrame, column: str, *, binary: bool) -> Iterator[tuple[str, Wanted]]:
    """Yield rows and error of the levels of a column."""
    for level, part in rows.groupby(column):
        if part["entity"].nunique() < FEWEST_ENTITIES:
            continue
        square = float(((part["prediction"] - part["y"]) ** 2).mean())
        metric, value = ("brier", square) if binary else ("rmse", square**0.5)
        yield f"segments.{column}.{level}.{metric}", Wanted(value=value)
        yield f"segments.{column}.{level}.n", Wanted(value=len(part))
