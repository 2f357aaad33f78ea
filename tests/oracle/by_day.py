"""Takes raw rows of a world or case, gives what its inputs, segments and rules are by day, in windows and of late."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import numpy as np
import pandas as pd
from sklearn.metrics import average_precision_score, log_loss, roc_auc_score

from tests.oracle.claims import Raw
from tests.oracle.recompute import Wanted, finite

WINDOWS = (1, 7, 14)
NEAR = 0.5
"""A mean that is less of its own spread is near zero: no change is told in shares of it."""
BEYOND = {">": np.greater, ">=": np.greater_equal, "<": np.less, "<=": np.less_equal}
LEVELS = ("yellow", "red")


@dataclass(frozen=True, kw_only=True)
class Columns:
    """The inputs of a model, numbers and texts, and those of them that a team calls critical."""

    names: Sequence[str]
    numbers: Sequence[str]
    critical: Sequence[str] = ()


def inputs(raw: Raw, of: Columns) -> Iterator[tuple[str, Wanted]]:
    """Yield spread and mean of each input, missing and new values of all, by day and by window."""
    now, then = raw.scored, raw.training
    for name in of.numbers:
        yield from _moved(name, finite(now[name]), finite(then[name]), raw)
    for name in of.names:
        yield f"missing.{quote(name)}.increase", Wanted(value=float(now[name].isna().mean() - then[name].isna().mean()))
        yield from _errors_without(raw, name)
    yield "missing.overall.production", Wanted(value=float(now[list(of.names)].isna().to_numpy().mean()))
    yield "missing.overall.reference", Wanted(value=float(then[list(of.names)].isna().to_numpy().mean()))
    yield "unseen.any.share", Wanted(value=float(new_levels(raw, of).mean()))
    yield from _by_day(raw, of)
    for days in WINDOWS:
        yield from _rolling(raw, of, days)


def _moved(name: str, now: pd.Series, then: pd.Series, raw: Raw) -> Iterator[tuple[str, Wanted]]:
    head, mean, sd = f"drift.{quote(name)}.", float(then.mean()), float(then.std())
    late = raw.scored["date"].isin(set(raw.window("recent")["date"]))
    yield f"{head}mean_reference", Wanted(value=mean)
    yield f"{head}sd_reference", Wanted(value=sd)
    yield f"{head}sd_production", Wanted(value=float(now.std()))
    yield f"{head}mean_change", Wanted(value=float(now.mean() - mean) / abs(mean), rel=1e-6)
    yield f"{head}mean_change_recent", Wanted(value=float(now[late].mean() - mean) / abs(mean), rel=1e-6)
    for day, value in now.groupby(raw.scored["date"]).mean().items() if sd > 0 else ():
        yield f"drift.daily.{quote(name)}.{day}", Wanted(value=(value - mean) / sd, rel=1e-6, off=1e-9)


def new_levels(raw: Raw, of: Columns) -> pd.Series:
    """Return whether a row has a text that no training row has."""
    found = pd.Series(False, index=raw.scored.index)
    for name in set(of.names) - set(of.numbers):
        found |= raw.scored[name].notna() & ~raw.scored[name].isin(set(raw.training[name].dropna()))
    return found


def _errors_without(raw: Raw, name: str) -> Iterator[tuple[str, Wanted]]:
    empty, head = raw.production[name].isna(), f"missing.{quote(name)}."
    if not 0 < empty.sum() < len(empty):
        return
    without, others = (raw.error(raw.production[rows]) for rows in (empty, ~empty))
    yield f"{head}rows", Wanted(value=int(empty.sum()))
    yield f"{head}rows_judged", Wanted(value=int(empty.sum()))
    yield f"{head}rmse_missing", Wanted(value=without)
    yield f"{head}rmse_present", Wanted(value=others)
    yield f"{head}rmse_difference", Wanted(value=without / others - 1.0, rel=1e-6)


def _by_day(raw: Raw, of: Columns) -> Iterator[tuple[str, Wanted]]:
    unseen = new_levels(raw, of)
    for day, rows in raw.scored.groupby("date"):
        for part, value in _told(rows, raw.training, of).items():
            metric, _, which = part.partition(".")
            if metric != "missing_points":
                group = "missing" if metric == "missing" else f"drift.daily.{metric}"
                stem = f"missing.daily.{which}" if group == "missing" else f"{group}.{which}"
                yield f"{stem}.{day}", Wanted(value=value, rel=1e-6)
            elif which == "each":
                yield f"missing.daily.increase.{day}", Wanted(value=value, rel=1e-6)
        yield f"unseen.daily.any.{day}", Wanted(value=float(unseen[rows.index].mean()))
        yield f"prediction.daily.mean.{day}", Wanted(value=float(rows["prediction"].mean()))


def _rolling(raw: Raw, of: Columns, days: int) -> Iterator[tuple[str, Wanted]]:
    for day, rows in in_windows(raw.scored, days):
        for part, value in _told(rows, raw.training, of).items():
            metric, _, which = part.partition(".")
            yield f"rolling.{metric}.{days}.{which}.{day}", Wanted(value=value, rel=1e-6)
    for _, newest in [*in_windows(raw.scored, days)][-1:]:
        by_input = _by_input(newest, raw.training, of)
        for metric, name, value in ((metric, *one) for metric, own in by_input.items() for one in own.items()):
            yield f"rolling.{metric}.{days}.newest.{quote(str(name))}", Wanted(value=float(value), rel=1e-6)


def _told(rows: pd.DataFrame, training: pd.DataFrame, of: Columns) -> Mapping[str, float]:
    """Return the largest and the mean over the inputs, and the largest over the critical ones, by metric."""
    found: dict[str, float] = {}
    for metric, values in _by_input(rows, training, of).items():
        own = values[[name for name in of.critical if name in values.index]]
        found |= {f"{metric}.each": float(values.max()), f"{metric}.mean": float(values.mean())}
        found |= {f"{metric}.critical": float(own.max())} if len(own) else {}
    return found


def _by_input(rows: pd.DataFrame, training: pd.DataFrame, of: Columns) -> Mapping[str, "pd.Series[float]"]:
    """Return the size of each metric by input."""
    missing = rows[list(of.names)].isna().mean()
    risen = missing - training[list(of.names)].isna().mean()
    columns, rows = finite(training[list(of.numbers)]), finite(rows[list(of.numbers)])
    mean = columns.mean()[columns.mean().abs() >= NEAR * columns.std()]
    change = ((rows[list(mean.index)].mean() - mean) / mean.abs()).abs()
    return {"missing": missing, "missing_points": risen, "mean_change": change}


def in_windows(rows: pd.DataFrame, days: int) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield the last day of each full window, and its rows."""
    dates = np.unique(rows["date"])
    for start, end in zip(dates, dates[days - 1 :], strict=False):
        yield str(end), pd.DataFrame(rows[(rows["date"] >= start) & (rows["date"] <= end)])


def parts(raw: Raw, column: str) -> Iterator[tuple[str, Wanted]]:
    """Yield bias, mean miss, ranking and level of each part of a segment, and its error earlier and of late."""
    earlier, recent = raw.window("earlier"), raw.window("recent")
    metric = "brier" if raw.binary else "rmse"
    for level, own in raw.production.groupby(column):
        head, p, y = f"segments.{column}.{quote(str(level))}.", own["prediction"], own["y"]
        before, after = (raw.error(rows[rows[column] == level]) for rows in (earlier, recent))
        yield f"{head}bias", Wanted(value=float((p - y).mean()), rel=1e-6)
        yield f"{head}mae", Wanted(value=float((p - y).abs().mean()))
        yield f"{head}{metric}_earlier", Wanted(value=before)
        yield f"{head}{metric}_recent", Wanted(value=after)
        yield f"{head}{metric}_recent_change", Wanted(value=after / before - 1.0, rel=1e-6)
        if raw.binary:
            yield f"{head}base_rate", Wanted(value=float(y.mean()))
            if y.nunique() > 1:
                yield f"{head}auc", Wanted(value=float(roc_auc_score(y, p)), rel=0.0, off=0.01)
            stem = f"calibration.{head}"
            yield f"{stem}gap", Wanted(value=float((p - y).mean()), rel=1e-6)
            yield f"{stem}n", Wanted(value=len(own))


def ranking(rows: pd.DataFrame) -> Iterator[tuple[str, Wanted]]:
    """Yield how far the scores rank, of all rows and by day, as far as bins of scores can tell."""
    y, p, head = rows["y"], rows["prediction"], "performance."
    yield f"{head}average_precision.production", Wanted(value=float(average_precision_score(y, p)), rel=0.0, off=0.005)
    for share in (10, 20):
        top = rows.nlargest(len(rows) * share // 100, "prediction")["y"]
        yield f"{head}gain_at_{share}.production", Wanted(value=float(top.sum() / y.sum()), rel=0.0, off=0.01)
        yield f"{head}lift_at_{share}.production", Wanted(value=float(top.mean() / y.mean()), rel=0.0, off=0.1)
    for day, own in rows.groupby("date"):
        loss = float(log_loss(own["y"], own["prediction"], labels=[0, 1]))
        yield f"{head}daily.log_loss.{day}", Wanted(value=loss)


def others(raw: Raw, naive: str | None) -> Iterator[tuple[str, Wanted]]:
    """Yield the error of a guess by the training outcomes (of its own segment), and that of the previous version."""
    metric, rows, training = "brier" if raw.binary else "rmse", raw.production, raw.training
    mean = float(training["y"].mean())
    guess = rows[naive].map(training.groupby(naive)["y"].mean()).fillna(mean) if naive else mean
    yield f"performance.{metric}.benchmark", Wanted(value=raw.error(rows.assign(prediction=guess)))
    if "previous" in rows:
        before = rows.assign(prediction=rows["previous"])
        yield f"performance.{metric}.previous", Wanted(value=raw.error(before))
        for day, own in rows.groupby("date"):
            yield f"previous.daily.previous.{day}", Wanted(value=raw.error(before.loc[own.index]))


def stopped(raw: Raw) -> Iterator[tuple[str, Wanted]]:
    """Yield of each input over its stop limit on how many days it was, its largest share, and that of the last day."""
    for name, stop in raw.stops.items():
        shares, head = raw.scored[name].isna().groupby(raw.scored["date"]).mean(), f"contract.{quote(name)}."
        yield f"{head}days", Wanted(value=int((shares > stop).sum()))
        yield f"{head}largest", Wanted(value=float(shares.max()))
        yield f"{head}last_day", Wanted(value=float(shares.iloc[-1]))


def value(raw: Raw, of: Columns, rule: Mapping[str, Any], rows: pd.DataFrame) -> float | None:
    """Return the value of a rule on the rows of a window; None for a metric that is not worked out here."""
    metric, y, p = rule["metric"], rows["y"], rows["prediction"]
    if metric in ("missing", "missing_points", "mean_change"):
        return _told(rows, raw.training, of)[f"{metric}.{rule.get('features', 'each')}"]
    if metric == "rows":
        return len(rows)
    if metric in ("rmse", "brier"):
        return raw.error(rows)
    if metric == "unseen":
        return float(new_levels(raw, of)[rows.index].mean())
    plain = {"bias": abs(float((p - y).mean())), "base_rate": float(y.mean())}
    return plain.get(metric)


def firing(raw: Raw, of: Columns, rule: Mapping[str, Any]) -> dict[str, float]:
    """Return the value of a rule by the last day of its window, where there are enough rows."""
    outcomes = rule["metric"] in ("rmse", "brier", "bias", "base_rate")
    found = {}
    for day, rows in in_windows(raw.production if outcomes else raw.scored, int(rule["window_days"])):
        told = value(raw, of, rule, rows)
        if told is not None and len(rows) >= rule.get("minimum_n", 0):
            found[day] = told
    return found


def runs(values: Mapping[str, float], operator: str, bound: float) -> dict[str, tuple[str, int]]:
    """Return by first day the last one of each run of windows beyond a bound, and how many they are."""
    made: dict[str, tuple[str, int]] = {}
    first = ""
    for day, value in values.items():
        if not BEYOND[operator](value, bound):
            first = ""
            continue
        first = first or day
        made[first] = (day, made.get(first, (day, 0))[1] + 1)
    return made
