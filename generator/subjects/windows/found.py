"""What is found of the windows: every metric, of all rows and of each segment level, in the earlier and recent days."""

from collections.abc import Mapping
from dataclasses import dataclass

from generator.records.fact import Fact


@dataclass(frozen=True, kw_only=True, slots=True)
class Measure:
    """A metric by its name in fact ids, of all rows or of one level of a segment."""

    metric: str
    segment: str = ""
    level: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Turned:
    """A measure in the earlier and in the recent days; without these windows nothing of it has a value."""

    earlier: Fact
    recent: Fact
    change: Fact
    chance: Fact | None = None
    """Chance of such a difference without a change."""
    material: Fact | None = None
    """Whether both windows differ by at least the margin."""

    @property
    def matters(self) -> bool:
        """Return whether both windows differ by at least the margin."""
        return self.material is not None and self.material.value is True

    @property
    def p(self) -> float | None:
        """Return the chance of such a difference without a change; None where it is not known."""
        return None if self.chance is None else self.chance.number


@dataclass(frozen=True, kw_only=True, slots=True)
class TeamLevel:
    """A segment level of the team, and whether its error surely differs, worst first."""

    segment: str
    name: str
    turned: Turned
    proven: bool
    worse: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class DayWindow:
    """First and last day of a window, its days and its rows with labels."""

    start: Fact
    end: Fact
    days: Fact
    rows: Fact


@dataclass(frozen=True, kw_only=True, slots=True)
class Recent:
    """The windows by name, every measure in the earlier and the recent one, and where a rise of the error sits."""

    headline: str
    unit: str
    windows: Mapping[str, DayWindow]
    uncut: tuple[Fact, ...]
    """Of each window that cannot be cut, why."""
    measures: Mapping[Measure, Turned]
    levels: tuple[TeamLevel, ...]
    worse: Fact
    """How many levels are worse."""
    concentration: tuple[Fact, ...]
    acceptable: Fact

    @property
    def overall(self) -> Turned:
        """Return the headline metric of all rows."""
        return self.measures[Measure(metric=self.headline)]
