"""What is left of the service's own log: requests by hour, without any request."""

from dataclasses import dataclass

from generator.records.aggregates import IntArray


@dataclass(frozen=True, kw_only=True, eq=False)
class RequestCounts:
    """The service's own log, by hour (H,): all requests, failed ones, timed ones, and slow ones by service (H, K)."""

    hours: IntArray
    """Whole hours since 1970-01-01 in the project's zone, ascending; hours without a request are not there."""
    total: IntArray
    failed: IntArray
    timed: IntArray
    slow: IntArray
    services: tuple[str, ...]
    """Ids of the K services that the duration is held against."""
    places: IntArray
    """Buckets of a DDSketch of the durations (B,), ascending, with their counts."""
    counts: IntArray
    undated: int
    """Requests without a time, which are counted nowhere."""
