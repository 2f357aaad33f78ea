"""Service levels, and what they are measured from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from generator.records.project.units import Count, Date, Days, Operator, Share


@dataclass(frozen=True, kw_only=True)
class Counted:
    """Requests counted over a day, or over one hour of it."""

    day: Date
    hour: Count | None = None
    """0 to 23; without it the counts are those of the whole day."""
    good: Count
    total: Count


@dataclass(frozen=True, kw_only=True)
class Service:
    """A service level and what was measured of it."""

    id: str
    title: str
    objective: float
    unit: str
    operator: Operator = "<"
    measured: float | None = None
    measured_on: Date | None = None
    note: str | None = None
    share: Share | None = None
    """Share of the requests that must keep the objective: 0.99 turns "99th percentile below 200 ms" into "at most one
    request in a hundred takes 200 ms or longer". An objective that is itself a share needs none."""
    period_days: Days = 30
    """The period over which the error budget is granted."""
    counts: tuple[Counted, ...] = ()
    """Good and all requests by window, in the file or as `{csv: counts.csv}`."""
    log: Literal["duration", "status"] | None = None
    """Which column of `data.requests` tells good requests from bad: the duration held against the objective, or the
    status."""


@dataclass(frozen=True, kw_only=True)
class Requests:
    """A log with one request a row: CSV, Parquet or JSON lines."""

    path: str
    time: str
    """Column with the time of the request, to the hour at least."""
    duration: str | None = None
    """Column with the time to answer, in the unit of the services that use it."""
    status: str | None = None
    failed: tuple[str, ...] = ("5*",)
    """Values of the status that mean a failure; a final `*` stands for any ending."""
    time_format: str | None = None
    """As `data.time_format`."""
