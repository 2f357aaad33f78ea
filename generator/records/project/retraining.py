"""When the model is trained anew, and what that costs."""

from dataclasses import dataclass
from typing import Literal

from generator.records.project.units import Count, Date, Days, Hours, Metric, Minutes, Money, Operator


@dataclass(frozen=True, kw_only=True)
class Run:
    """What one retraining costs."""

    people_hours: Hours | None = None
    hourly_rate: Money | None = None
    validation_hours: Hours | None = None
    """Hours to validate a new version, at the hourly rate; `validation_cost` is what comes beside them."""
    rollout_hours: Hours | None = None
    """Hours to roll it out."""
    signoff_hours: Hours | None = None
    """Hours of all who read its documents and sign."""
    compute_minutes: Minutes | None = None
    compute_cost: Money | None = None
    validation_cost: Money | None = None
    rollout_cost: Money | None = None
    delay_days: Days | None = None
    """Days from the decision to retrain until the new model serves; triggers wait that long."""
    recalibration_cost: Money | None = None
    """What correcting level or spread of the predictions costs, without training."""


@dataclass(frozen=True, kw_only=True)
class Option:
    """A retraining frequency; without `every_days` it is triggered only."""

    id: str
    title: str
    every_days: Days | None = None
    expected_runs: float | None = None
    """Runs a year of an option without a fixed interval."""
    stated_cost_per_year: Money | None = None
    pros: str | None = None
    cons: str | None = None


@dataclass(frozen=True, kw_only=True)
class Trigger:
    """A condition that asks for a retraining."""

    id: str
    metric: Metric
    threshold: float
    operator: Operator = ">"
    relative_to: Literal["validation", "none"] = "none"
    """With `validation` the threshold is a share above the validation value."""
    features: Literal["each", "critical", "mean", "none"] = "none"
    window_days: Days = 1
    consecutive: Count = 1
    minimum_n: Count | None = None
    priority: Count = 1
    action: str | None = None
    approver: str | None = None
    cooldown_days: Days | None = None


@dataclass(frozen=True, kw_only=True)
class Training:
    """The window and the protocol of a retraining."""

    kind: Literal["rolling", "expanding"] = "rolling"
    days: Days | None = None
    why: str | None = None
    holdout_days: Days | None = None
    """Days after its training rows that judge a new version: it gets no traffic before their outcomes are known."""
    validation: str | None = None
    leakage_guards: tuple[str, ...] = ()
    promotion: tuple[str, ...] = ()
    data_supply: str | None = None
    if_gates_fail: str | None = None


@dataclass(frozen=True, kw_only=True)
class Version:
    """A row of the retraining history."""

    version: str
    date: Date
    trigger: str | None = None
    metric: str | None = None
    effect: str | None = None
    kind: Literal["first", "scheduled", "triggered"] | None = None
    """Why it was trained; what is scheduled is held against the interval of the option `chosen`."""
    trigger_id: str | None = None
    """Id of the trigger that asked for it."""
    measured: float | None = None
    """Its value of `history_metric`."""
    cost: Money | None = None
    """What the run cost in the end."""
    effect_value: float | None = None
    """What it took off the typical error of the version before, on the same rows, in the unit of that error."""


@dataclass(frozen=True, kw_only=True)
class Retraining:
    """When the model is trained anew, what that costs, and how it is done."""

    run: Run = Run()
    options: tuple[Option, ...] = ()
    chosen: str | None = None
    """The option the team intends."""
    maximum_gap_days: Days | None = None
    triggers: tuple[Trigger, ...] = ()
    training: Training = Training()
    history: tuple[Version, ...] = ()
    history_metric: str | None = None
    """What `measured` of each version is, such as RMSE in validation."""
    history_unit: str = ""
    """`money`, `share` or any other unit of it."""
    history_better: Literal["higher", "lower"] = "lower"
    budget_per_year: Money | None = None
    owner: str | None = None
    deputy: str | None = None
    communication: str | None = None
