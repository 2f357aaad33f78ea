"""The time a model takes, as it was measured and kept outside of a build."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class InferenceCost:
    """How long predictions took where they were measured, from a file that was kept."""

    one_row: Mapping[str, float]
    """Milliseconds of a call with one row: p50, p95, p99 of `calls`."""
    calls: int
    rows: int
    rows_per_second: float
    """In one batch of `rows`."""
    machine: str
    measured_on: datetime.date
    current: bool
    """False when it timed another model file than this build opened."""
