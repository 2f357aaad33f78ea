"""Service levels, and what they are measured from."""

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
class Counters:
    """Counters that the service itself exposes to Prometheus, each as a selector of series."""

    good: str
    """The good requests, such as `http_requests_total{job="api",code!~"5.."}`, or the bucket of a histogram that ends
    at the promised duration, with `le` as it is exposed."""
    total: str
    """All requests, of the same metric or of the histogram's `_count`."""


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
    counters: Counters | None = None
    """With them burn rates of the error budget are alerts of their own."""
    log: Literal["duration", "status"] | None = None
    """Which column of `data.requests` tells good requests from bad: the duration held against the objective, or the
    status."""

    @property
    def promised(self) -> float | None:
        """Return the share of good requests that is promised; None where the objective tells none."""
        if self.share is not None:
            return self.share
        if self.unit != "share":
            return None
        return self.objective if self.operator in (">", ">=") else 1.0 - self.objective


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
