"""Figures that documents about the system state, and what has to hold between them."""

from dataclasses import dataclass
from typing import Literal

from generator.records.project.units import Date

Called = Literal[
    "roi",
    "benefit_cost_ratio",
    "benefit",
    "cost",
    "revenue",
    "margin",
    "attributable_share",
    "capacity",
    "mean",
    "p50",
    "p90",
    "p95",
    "p99",
    "response_time",
    "evaluation_interval",
]


@dataclass(frozen=True, kw_only=True)
class StatedFigure:
    """A figure as some document states it; `stated`, `formula` or `measured_by` says what it is."""

    id: str
    """How formulas call it: letters, digits and `_`."""
    stated: str | None = None
    """As printed, such as "$248.2M", "12.3 %", "+1.3 pp", "361:1", "< 200 ms" or "2024-12-01"; its last digit says how
    far it may be rounded, and a sign such as < makes it a limit that measured figures have to keep."""
    formula: str | None = None
    """What it should be: `leads * 12 * (target - baseline)`. Names are those of other figures, or paths of this file
    such as `business.value_per_month` and `retraining.history.1.date`; items of lists go by number, id, name or
    version (`-` and `.` in them written as `_`). Without `stated` the formula defines the figure."""
    measured_by: str | None = None
    """Fact of this build that measures it, such as `performance.rmse.production`."""
    unit: str | None = None
    """Its unit where the text does not show it, or `change` for a relative change written in per cent."""
    title: str | None = None
    where: str | None = None
    """Section of the document that states it."""
    on: Date | None = None
    """The day it speaks of."""
    basis: Literal["measured", "target", "estimate"] | None = None
    quantity: str | None = None
    """What it is a value of, such as conversion: figures of one quantity are held against one another."""
    called: Called | None = None
    """What kind of figure it is said to be."""
    counted: bool = False
    """True where it is an exact count and no rounded number."""
    change_from: str | None = None
    """Figure it is a change of."""
    change_to: str | None = None
    """Figure it leads to."""
    reading: Literal["relative", "points"] | None = None
    """How a change in per cent is meant; without it both readings are tried."""
    version: str | None = None
    """Model version that served when it was measured in production."""
    given_by: str | None = None
    """Item of `context.technology` or `context.components` that shows it."""
    metric: str | None = None
    """Metric of alert rules and triggers that it is a value of."""
    why: str | None = None
    """Why the formula should give it."""
    solve_for: str | None = None
    """Name in the formula whose value is to be found that would make it agree."""


@dataclass(frozen=True, kw_only=True)
class ClaimRule:
    """Something that has to hold between figures."""

    id: str
    rule: str
    """A comparison such as `errors + successes == 1` or `precision <= min(1, base_rate / 20 %)`."""
    title: str | None = None
    where: str | None = None
    why: str | None = None
    assuming: str | None = None
    """What has to be true for the rule to apply."""
    unit: str | None = None
    solve_for: str | None = None
    """Name on the right side whose value is to be found that would make both sides agree."""


@dataclass(frozen=True, kw_only=True)
class Claims:
    """Stated figures and what has to hold between them."""

    document: str | None = None
    """The document that states them."""
    document_date: Date | None = None
    """The day of that document: it cannot hold results of later days."""
    figures: tuple[StatedFigure, ...] = ()
    rules: tuple[ClaimRule, ...] = ()
