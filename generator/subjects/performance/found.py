"""What is found of the errors: every metric since validation, its course, and the same rows predicted otherwise."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

from generator.estimates.facts import NO_LABELS
from generator.estimates.pairs import Day, Levels, Pair
from generator.records.evidence import Finding
from generator.records.fact import Fact
from generator.records.headline import Headline, named


@dataclass(frozen=True, kw_only=True, slots=True)
class Third:
    """The headline metric in a third of the window, by that one's name; its rows, and its change from the first."""

    window: str
    start: datetime.date | None
    end: datetime.date | None
    error: Fact
    rows: Fact | None = None
    change: Fact | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Errors:
    """The headline metric and the mean absolute error of a prediction of the rows."""

    error: Fact
    mae: Fact


@dataclass(frozen=True, kw_only=True, slots=True)
class Rival:
    """Another prediction of the same rows, and this model's error over it, less one."""

    errors: Errors
    gain: Fact


@dataclass(frozen=True, kw_only=True, slots=True)
class BothDay:
    """The rows of a day that both versions scored, and the headline metric of each on them."""

    date: datetime.date
    rows: Fact
    own: Fact
    previous: Fact


@dataclass(frozen=True, kw_only=True, slots=True)
class BothDays:
    """This and the previous version by day on the same rows."""

    headline: str
    unit: str
    days: tuple[BothDay, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Performance:
    """Every error metric of all rows; what is declared of the headline metric, how it runs, and what else predicts."""

    headline: str
    unit: str
    target_unit: str
    metrics: Mapping[str, Pair]
    declared: Mapping[str, Fact]
    """What the project declares of validation, by metric, where rows out of sample tell it too."""
    spreads: Mapping[str, Fact]
    """Standard deviation of what one row adds to a metric."""
    levels: Levels
    margin: Fact
    """The smallest rise of the error that matters."""
    beyond: Fact | None
    """Of probabilities: the rise of the error that another share of positives does not bring."""
    kurtosis: Fact
    days: tuple[Day, ...]
    thirds: tuple[Third, ...]
    own: Errors | None
    benchmark: Rival
    previous: Rival
    ratio: Fact
    """Error over that of the previous version on the same rows."""
    contradictions: tuple[Finding, ...]

    @property
    def head(self) -> Pair:
        """Return the headline metric."""
        return self.metrics[self.headline]

    @property
    def dayless(self) -> str:
        """Return why there are no days where there are none."""
        return NO_LABELS if self.own is None else "the rows have no dates"

    @property
    def name(self) -> Headline:
        """Return what the headline metric is called."""
        return named(self.headline)
