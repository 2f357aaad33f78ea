"""Units and choices that the keys of the project file share."""

import datetime
from dataclasses import dataclass
from typing import Annotated, Literal

Text = str
Date = datetime.date
Metric = Literal[
    "rmse",
    "mae",
    "bias",
    "brier",
    "log_loss",
    "auc",
    "accuracy",
    "precision_at_top",
    "base_rate",
    "mean_prediction",
    "error_ratio_previous",
    "mean_change",
    "sd_change",
    "psi",
    "missing",
    "missing_points",
    "unseen",
    "rows",
    "latency_p95",
    "throughput",
    "availability",
    "revenue",
    "loss_pace",
    "alerts_per_day",
]
SHARES: tuple[Metric, ...] = ("missing", "missing_points", "unseen")
"""Metrics that are shares of the rows."""
OF_INPUTS: tuple[Metric, ...] = ("mean_change", "sd_change", "psi", *SHARES)
"""Metrics that look at one input."""
Operator = Literal[">", ">=", "<", "<="]
Repeat = Literal["daily", "weekly", "two-weekly", "monthly", "quarterly", "yearly"]


@dataclass(frozen=True, slots=True)
class Unit:
    """The unit of a declared number, one of the names in `records.notation`."""

    name: str


Share = Annotated[float, Unit("share")]
Points = Annotated[float, Unit("points")]
Money = Annotated[float, Unit("money")]
Hours = Annotated[float, Unit("hours")]
Minutes = Annotated[float, Unit("minutes")]
Milliseconds = Annotated[float, Unit("ms")]
Months = Annotated[float, Unit("months")]
Days = Annotated[int, Unit("days")]
Count = Annotated[int, Unit("count")]
