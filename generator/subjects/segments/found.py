"""What is found of the segments: the error of every level, how unequal they are, and which got worse."""

from collections.abc import Mapping
from dataclasses import dataclass

from generator.estimates.pairs import Day
from generator.records.fact import NOWHERE, Fact, missing, segment_of


@dataclass(frozen=True, kw_only=True, slots=True)
class LevelErrors:
    """The errors of one level of a segment by metric, its headline error drawn towards the others and over all rows."""

    segment: str
    name: str
    rows: Fact
    metrics: Mapping[str, Fact]
    shrunk: Fact
    ratio: Fact


@dataclass(frozen=True, kw_only=True, slots=True)
class Before:
    """A level's error beside its own past: what it is held against, and whether it surely differs."""

    segment: str
    name: str
    against: str
    before: Fact
    now: Fact
    change: Fact
    relative: bool
    proven: bool
    rose: bool
    surely: bool
    """Whether the whole interval of a rise lies beyond the margin."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Segments:
    """Every level that has enough rows and entities, the largest error first; `reason` says why there is none."""

    headline: str
    unit: str
    bias_unit: str
    reason: str
    worst: Fact
    """The level of the largest error, in words."""
    worst_error: Fact
    levels: tuple[LevelErrors, ...]
    pasts: tuple[Before, ...]
    watched: str
    """Segment and level that are followed by day."""
    days: tuple[Day, ...]

    @property
    def title(self) -> str:
        """Return what the error of the watched level by day is called."""
        return f"Error by day, {self.watched}" if self.days else "Error of a segment by day"

    def of(self, segment: str, level: str, metric: str) -> Fact:
        """Return a metric of a level, or why there is none."""
        own = next((one for one in self.levels if (one.segment, one.name) == (segment, level)), None)
        id = f"segments.{segment_of(segment)}.{segment_of(level)}.{metric}"
        return own.metrics[metric] if own and metric in own.metrics else missing(id, NOWHERE)


@dataclass(frozen=True, kw_only=True, slots=True)
class LimitCourse:
    """The metric of a limit on one segment level, and the rows behind it, over the window that ends on each day."""

    segment: str
    level: str
    metric: str
    days: tuple[Day, ...]
    """From the first full window on; none where the sums of a day do not tell the metric."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Limited:
    """The courses of every limit on a segment, over one window."""

    window: Fact
    courses: tuple[LimitCourse, ...]

    def of(self, segment: str, level: str, metric: str) -> tuple[Day, ...]:
        """Return the days of a limit's metric; none where nothing tells it."""
        wanted = (segment, level, metric)
        return next((one.days for one in self.courses if (one.segment, one.level, one.metric) == wanted), ())
