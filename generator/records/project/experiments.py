"""Reported experiments: two versions side by side on real traffic."""

from dataclasses import dataclass
from typing import Literal

from generator.records.project.units import Count, Date, Days, Share


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """One metric of an experiment, in both arms."""

    name: str
    control: float
    test: float
    title: str | None = None
    kind: Literal["proportion", "mean"] = "proportion"
    """A proportion is a share of the rows of an arm (0.123 is 12.3 %), a mean is an average over them."""
    unit: str | None = None
    """Unit of a mean."""
    sd: float | None = None
    """Standard deviation of a mean's single values."""
    rows_share: Share | None = None
    """Share of an arm's rows that the metric is worked out over, such as 0.2 for the top fifth; else all."""
    higher_is_better: bool = True
    guardrail: bool = False
    """True for a metric that must not get worse, and need not get better."""
    margin: float | None = None
    """The most a guardrail may get worse, in its own unit (0.002 is 0.2 percentage points)."""
    stated_change: str | None = None
    """The change as printed, such as "+14.6 %" or "+0.1 pp"."""
    stated_status: str | None = None
    label_delay_days: Days | None = None
    """Days until the outcome of a row is known."""


@dataclass(frozen=True, kw_only=True)
class Experiment:
    """A comparison of two versions; without rows per arm its results cannot be verified."""

    id: str
    title: str | None = None
    control: str | None = None
    """Version in the control arm."""
    test: str | None = None
    """Version in the test arm."""
    start: Date | None = None
    end: Date | None = None
    days: Days | None = None
    """How long it ran, where the dates are not known."""
    n_control: Count | None = None
    n_test: Count | None = None
    allocation: tuple[Share, ...] = ()
    """Share of the traffic in the test arm; several where it is not known which."""
    traffic_per_month: Count | None = None
    """Rows in thirty days, both arms together."""
    where: str | None = None
    """Section of the document that states it."""
    metrics: tuple[Outcome, ...] = ()
