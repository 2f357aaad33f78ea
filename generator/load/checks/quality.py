"""Settings → metrics that the model cannot have, and limits on the wrong side of a metric."""

from collections.abc import Iterator

from generator.load.complaint import Complaint, Path
from generator.load.walk import watched
from generator.records.project import Objective, Settings
from generator.records.quality import BINARY, REGRESSION, quality

TASK = (("data", "task"),)
WITHIN_ONE = {"auc", "accuracy", "average_precision", "precision_at", "precision_at_top", "base_rate", "brier"}
ERRORS = {"rmse", "mae", "median_ae", "wape", "log_loss"}
WATCHED = {"precision_at_top": "precision_at", "mean_prediction": "base_rate"}
"""Watched metrics that go by the rules of another."""


def check(settings: Settings) -> Iterator[Complaint]:
    """Yield a complaint for every metric that does not go with the task, and every limit that cannot be meant."""
    for number, objective in enumerate(settings.objectives.metrics):
        path: Path = ("objectives", "metrics", number)
        yield from _task(path, objective.metric, settings)
        yield from _top(path, objective)
        for key in ("validation", "expected_low", "expected_high", "acceptable"):
            yield from _share((*path, key), objective.metric, getattr(objective, key))
        for key in ("validation", "acceptable"):
            yield from _meant((*path, key), objective.metric, getattr(objective, key))
    yield from _together(settings)
    for number, limit in enumerate(settings.objectives.critical_segments):
        path = ("objectives", "critical_segments", number)
        yield from _task(path, limit.metric, settings)
        yield from _share((*path, "acceptable"), limit.metric, limit.acceptable)
        yield from _meant((*path, "acceptable"), limit.metric, limit.acceptable)
    for path, item in watched(settings):
        yield from _task(path, item.metric, settings)
        yield from _side(path, item.metric, item.operator)


def _task(path: Path, metric: str, settings: Settings) -> Iterator[Complaint]:
    name = WATCHED.get(metric, metric)
    if settings.data.task == "binary" and name in REGRESSION:
        what = f"is {metric}, which a model of two outcomes does not have"
        yield Complaint((*path, "metric"), what, "write brier, auc or another metric of probabilities", TASK)
    elif settings.data.task == "regression" and name in BINARY:
        what = f"is {metric}, which only a model of two outcomes has"
        yield Complaint((*path, "metric"), what, "write rmse or another metric of errors, or `task: binary`", TASK)


def _top(path: Path, objective: Objective) -> Iterator[Complaint]:
    if objective.metric == "precision_at" and not objective.top:
        what = "is precision_at, and nothing says among which share of the highest scores"
        yield Complaint((*path, "metric"), what, "add `top: 0.2` for the highest 20 %", ((*path, "top"),))
    elif objective.metric != "precision_at" and objective.top is not None:
        what = f"is declared, but {objective.metric} is no metric of the highest scores"
        yield Complaint((*path, "top"), what, "leave it away, or write `metric: precision_at`")
    if quality(objective.metric).better == "neither" and objective.acceptable is not None:
        what = f"is declared, but {objective.metric} has no better side"
        yield Complaint((*path, "acceptable"), what, "leave it away, and watch it with an alert rule")


def _share(path: Path, metric: str, value: float | None) -> Iterator[Complaint]:
    if metric in WITHIN_ONE and value is not None and not 0 <= value <= 1:
        cure = f"write {value / 100:g} for {value:g} %" if 1 < value <= 100 else "write a number such as 0.8"
        yield Complaint(path, f"is {value:g}, but {metric} lies between 0 and 1", cure)


def _together(settings: Settings) -> Iterator[Complaint]:
    """Yield a complaint for a mean absolute error above the root mean squared one: on the same rows it never is."""
    found = {one.metric: (number, one.validation) for number, one in enumerate(settings.objectives.metrics)}
    (mae, low), (rmse, high) = found.get("mae", (0, None)), found.get("rmse", (0, None))
    if low is not None and high is not None and low > high > 0:
        path: Path = ("objectives", "metrics", mae, "validation")
        what = f"is {low:g}, more than the rmse of {high:g}, and on the same rows mae never is"
        yield Complaint(
            path, what, "exchange the two, or correct one", (("objectives", "metrics", rmse, "validation"),)
        )


def _meant(path: Path, metric: str, value: float | None) -> Iterator[Complaint]:
    """Yield a complaint for a value that the metric never has, or has of a model without any error alone."""
    if value is None:
        return
    if metric in ERRORS and value <= 0:
        what = f"is {value:g}, but {metric} is above 0, unless a model never errs"
        yield Complaint(path, what, "write what was measured, or leave the key away")
    elif metric == "r2" and value >= 1:
        what = f"is {value:g}, but r2 is below 1, unless a model never errs"
        yield Complaint(path, what, "write what was measured, or leave the key away")


def _side(path: Path, metric: str, operator: str) -> Iterator[Complaint]:
    name = WATCHED.get(metric, metric)
    if quality(name).floor and operator in (">", ">="):
        what = f"is {operator}, but of {metric} more is better"
        yield Complaint((*path, "operator"), what, "write <", ((*path, "metric"),))
    elif name in ("brier", "log_loss") and operator in ("<", "<="):
        what = f"is {operator}, but of {metric} less is better"
        yield Complaint((*path, "operator"), what, "write >", ((*path, "metric"),))
