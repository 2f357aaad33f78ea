"""Takes a service level, its counters and the log, gives good and all requests by window, and the share promised."""

import datetime
from dataclasses import dataclass

import numpy as np

from generator.records.aggregates import FloatArray
from generator.records.project import Service
from generator.records.requests import RequestCounts
from generator.stats import cluster, proportions
from generator.stats.intervals import Interval

EPOCH = datetime.date(1970, 1, 1)
HOURS_A_DAY = 24


@dataclass(frozen=True, kw_only=True, eq=False)
class RequestWindows:
    """Requests and bad ones by window (W,); `ends` are hours since 1970, ascending, each window `hours` long."""

    ends: FloatArray
    bad: FloatArray
    total: FloatArray
    hours: int
    source: str

    @property
    def span_days(self) -> float:
        """Return the days from the first window to the end of the last."""
        return float(self.ends[-1] - self.ends[0] + self.hours) / HOURS_A_DAY

    def last(self, days: float) -> "RequestWindows":
        """Return the windows of the last days alone."""
        kept = self.ends > self.ends[-1] - days * HOURS_A_DAY
        return RequestWindows(
            ends=self.ends[kept], bad=self.bad[kept], total=self.total[kept], hours=self.hours, source=self.source
        )


def windows_of(service: Service, log: RequestCounts | None) -> RequestWindows | None:
    """Return the windows of the counters, else those of the log; None without either, or without a request."""
    found = _counted(service) if service.counts else _logged(service, log)
    return None if found is None or not found.total.sum() > 0 else found


def _counted(service: Service) -> RequestWindows:
    by_hour = service.counts[0].hour is not None
    rows = sorted(service.counts, key=lambda one: (one.day, one.hour or 0))
    starts = [(one.day - EPOCH).days * HOURS_A_DAY + (one.hour or 0) for one in rows]
    return RequestWindows(
        ends=np.array(starts, dtype=np.float64),
        bad=np.array([one.total - one.good for one in rows], dtype=np.float64),
        total=np.array([one.total for one in rows], dtype=np.float64),
        hours=1 if by_hour else HOURS_A_DAY,
        source="declared counts",
    )


def _logged(service: Service, log: RequestCounts | None) -> RequestWindows | None:
    if log is None or service.log is None or not log.hours.size:
        return None
    if service.log == "status":
        bad, total = log.failed, log.total
    else:
        bad, total = log.slow[:, log.services.index(service.id)], log.timed
    whole_days = bool((log.hours % HOURS_A_DAY == 0).all()) and log.hours.size > 1
    return RequestWindows(
        ends=log.hours.astype(np.float64),
        bad=bad.astype(np.float64),
        total=total.astype(np.float64),
        hours=HOURS_A_DAY if whole_days else 1,
        source="log of requests",
    )


def bad_share(windows: RequestWindows) -> Interval:
    """Return the share of bad requests with exact limits for as many requests as the days' scatter leaves independent.

    Clopper-Pearson on requests over the design effect, the delete-a-day jackknife variance over the binomial one.
    """
    bad, total = float(windows.bad.sum()), float(windows.total.sum())
    _, place = np.unique(windows.ends // HOURS_A_DAY, return_inverse=True)
    by_day = np.column_stack([np.bincount(place, part) for part in (windows.bad, windows.total)])
    share, effect = bad / total, 1.0
    rest = cluster.leave_one_out_sums(by_day)
    if len(by_day) > 1 and 0 < share < 1 and (rest[:, 1] > 0).all():
        variance = float(cluster.jackknife_variance(rest[:, 0] / rest[:, 1]))
        effect = max(1.0, variance / (share * (1.0 - share) / total))
    limits = proportions.clopper_pearson(bad / effect, total / effect)
    return Interval(estimate=share, low=limits.low, high=limits.high)
