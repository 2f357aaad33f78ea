"""What was promised of the model, and the team's own limits."""

from dataclasses import dataclass
from typing import Literal

from generator.records.project.units import Count, Points, Share
from generator.records.quality import top_name


@dataclass(frozen=True, kw_only=True)
class Objective:
    """What a metric was in validation and what it may be in production."""

    metric: Literal[
        "rmse",
        "mae",
        "median_ae",
        "wape",
        "r2",
        "bias",
        "auc",
        "brier",
        "log_loss",
        "accuracy",
        "average_precision",
        "precision_at",
        "base_rate",
    ]
    """From `auc` on those of a binary model; of auc, accuracy, average_precision, precision_at and r2 more is better,
    and `acceptable` is the least."""
    top: Share | None = None
    """Of precision_at: the share of the highest scores it is counted among, such as 0.2."""
    validation: float | None = None
    n: Count | None = None
    expected_low: float | None = None
    expected_high: float | None = None
    acceptable: float | None = None
    why: str | None = None

    @property
    def name(self) -> str:
        """Return the metric's name in fact ids."""
        return top_name(self.top) if self.metric == "precision_at" and self.top else self.metric


@dataclass(frozen=True, kw_only=True)
class SegmentLimit:
    """A segment that decides the verdict: its metric has to stay below `acceptable`, or above it where more is better.

    A binary model needs `metric` said: brier or auc.
    """

    segment: str
    level: str
    acceptable: float
    metric: Literal["rmse", "mae", "auc", "brier"] = "rmse"
    why: str | None = None


@dataclass(frozen=True, kw_only=True)
class FairnessLimits:
    """The largest differences that the levels of a `sensitive` segment may have, from the lowest to the highest."""

    error: Share | None = None
    """Of the headline error, as a share of that of all rows: 0.2 for a fifth."""
    bias: float | None = None
    """Of prediction less outcome, in the target's unit; of a binary model predicted less actual share, 0.05 for five
    points."""
    acted: Share | None = None
    """Of the share acted on, of a binary model."""
    missed: Share | None = None
    """Of the share of positives not acted on, of a binary model."""
    why: str | None = None


@dataclass(frozen=True, kw_only=True)
class Objectives:
    """Validation results and the limits for production."""

    metrics: tuple[Objective, ...] = ()
    critical_segments: tuple[SegmentLimit, ...] = ()
    fairness: FairnessLimits = FairnessLimits()
    extreme_errors: tuple[float, ...] = ()
    """Absolute errors whose exceedances are counted, in the target's unit."""
    output_low: float | None = None
    output_high: float | None = None
    recent_days: Count | None = None
    """Days that count as recent; else the shorter of the last third of the days with labels and 28 days."""


@dataclass(frozen=True, kw_only=True)
class DriftPolicy:
    """The team's own drift criteria; changes are relative to the reference."""

    severe_mean_change: Share | None = None
    severe_sd_change: Share | None = None
    yellow_mean_change: Share | None = None
    critical_mean_change: Share | None = None
    domain_classifier: bool = False
    """Also try to tell production rows from training rows by all features at once; needs the rows of training
    (`data.reference`), and takes some seconds."""


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
