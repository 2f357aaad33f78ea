"""What was promised of the model, and the team's own limits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from generator.records.project.units import Count, Points, Share


@dataclass(frozen=True, kw_only=True)
class Objective:
    """What a metric was in validation and what it may be in production."""

    metric: Literal["rmse", "mae", "median_ae", "wape", "r2", "bias"]
    validation: float | None = None
    n: Count | None = None
    expected_low: float | None = None
    expected_high: float | None = None
    acceptable: float | None = None
    why: str | None = None


@dataclass(frozen=True, kw_only=True)
class SegmentLimit:
    """A segment that decides the verdict: its metric has to stay below `acceptable`."""

    segment: str
    level: str
    acceptable: float
    metric: Literal["rmse", "mae"] = "rmse"
    why: str | None = None


@dataclass(frozen=True, kw_only=True)
class Objectives:
    """Validation results and the limits for production."""

    metrics: tuple[Objective, ...] = ()
    critical_segments: tuple[SegmentLimit, ...] = ()
    extreme_errors: tuple[float, ...] = ()
    """Absolute errors whose exceedances are counted, in the target's unit."""
    output_low: float | None = None
    output_high: float | None = None


@dataclass(frozen=True, kw_only=True)
class DriftPolicy:
    """The team's own drift criteria; changes are relative to the reference."""

    severe_mean_change: Share | None = None
    severe_sd_change: Share | None = None
    yellow_mean_change: Share | None = None
    critical_mean_change: Share | None = None


@dataclass(frozen=True, kw_only=True)
class MissingPolicy:
    """The team's own criteria for missing values."""

    flag_points: Points | None = None
    red: Share | None = None


@dataclass(frozen=True, kw_only=True)
class Policies:
    """Criteria the team declared; they are evaluated as declared, beside the statistical ones."""

    drift: DriftPolicy = DriftPolicy()
    missing: MissingPolicy = MissingPolicy()
    unseen_share: Share | None = None
