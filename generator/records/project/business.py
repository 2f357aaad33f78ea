"""What errors cost and what the system is meant to bring."""

from dataclasses import dataclass
from typing import Literal

from generator.records.project.units import Count, Date, Money, Months, Share


@dataclass(frozen=True, kw_only=True)
class RangedAmount:
    """An amount with its range."""

    value: float
    low: float | None = None
    high: float | None = None
    shape: Literal["pert", "triangular", "normal", "lognormal"] = "pert"
    """`pert` and `triangular` never leave low to high; `normal` and `lognormal` lie there 95 times in a hundred."""
    why: str | None = None


@dataclass(frozen=True, kw_only=True)
class Cost:
    """A cost beside `implementation_cost` and `running_cost_per_year`, with its 95 % range."""

    name: str
    kind: Literal["implementation", "running", "monitoring", "false alarms", "retraining", "on-call", "other"] = "other"
    """The yearly cost of `retraining` and of `false alarms` is worked out where it is not given."""
    once: Money | None = None
    per_year: Money | None = None
    each: Money | None = None
    """What looking at one false alarm costs."""
    low: Money | None = None
    high: Money | None = None
    why: str | None = None


@dataclass(frozen=True, kw_only=True)
class Kpi:
    """A business figure: where it stands, where it is meant to go."""

    name: str
    baseline: str | None = None
    target: str | None = None
    actual: str | None = None
    measured_on: Date | None = None
    """Day of `actual`; after the day of the build it does not count."""
    owner: str | None = None


@dataclass(frozen=True, kw_only=True)
class Business:
    """What errors cost and what the system is meant to bring."""

    loss_per_unit_error: Money | None = None
    """Currency lost per row and per unit of absolute error."""
    why_loss: str | None = None
    value_per_month: Money | None = None
    value_low: Money | None = None
    value_high: Money | None = None
    why_value: str | None = None
    value_against: str | None = None
    """What the monthly value is counted against, such as the present rule; else nobody can add it to another."""
    acted_per_day: Count | None = None
    """Cases a day that the monthly value counts on being acted on."""
    value_rows_per_day: Count | None = None
    """Cases a day that the monthly value is meant for, where a stage of the rollout serves another number."""
    implementation_cost: Money | None = None
    running_cost_per_year: Money | None = None
    delay_cost_per_month: Money | None = None
    rules_cost_per_month: Money | None = None
    kpis: tuple[Kpi, ...] = ()
    effect: RangedAmount | None = None
    """What the system adds per unit of volume: 0.018 where 1.8 of a hundred leads more become sales."""
    effect_from: str | None = None
    """Id of the fact that measured the effect; its value and interval go before those of `effect`."""
    effect_target: float | None = None
    volume_per_month: RangedAmount | None = None
    value_per_unit: RangedAmount | None = None
    """Revenue of one unit of the effect."""
    contribution_margin: RangedAmount | None = None
    """Share of the revenue that is left after the costs it brings."""
    attributable: RangedAmount | None = None
    """Share of the effect that is the system's own."""
    ramp_months: Months | None = None
    """Months from launch until the full effect, reached on a straight line."""
    horizon_months: Count | None = None
    """Months that the net present value looks ahead; twelve without it."""
    discount_rate: Share | None = None
    """Interest a year; none without it."""
    costs: tuple[Cost, ...] = ()
