"""What errors cost and what the system is meant to bring."""

from __future__ import annotations

from dataclasses import dataclass

from generator.records.project.units import Money


@dataclass(frozen=True, kw_only=True)
class Kpi:
    """A business figure: where it stands, where it is meant to go."""

    name: str
    baseline: str | None = None
    target: str | None = None
    actual: str | None = None
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
    implementation_cost: Money | None = None
    running_cost_per_year: Money | None = None
    delay_cost_per_month: Money | None = None
    kpis: tuple[Kpi, ...] = ()
