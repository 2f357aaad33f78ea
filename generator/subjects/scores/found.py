"""What is found of the ranking: its metrics since validation, by day, and what the highest scores hold."""

from collections.abc import Mapping
from dataclasses import dataclass

from generator.estimates.pairs import Day, Levels, Pair
from generator.records.fact import Fact


@dataclass(frozen=True, kw_only=True, slots=True)
class Top:
    """A share of the highest scores: its rows, the positives among them, and the most that are possible."""

    share: Fact
    rows: Fact
    precision: Fact
    lift: Fact
    gain: Fact
    bound: Fact


@dataclass(frozen=True, kw_only=True, slots=True)
class Others:
    """What has no validation value: the threshold, the trivial rule, and what the model gains on it."""

    threshold: Fact
    trivial: Fact
    gain: Fact


@dataclass(frozen=True, kw_only=True, slots=True)
class Means:
    """The mean probability of all rows and its spread; it and the share of positives in the reference."""

    production: Fact
    spread: Fact
    reference: Fact
    base_rate: Fact


@dataclass(frozen=True, kw_only=True, slots=True)
class Ranking:
    """Every metric of the scores by its name in fact ids; `precision_at_top` is that of the first of the top shares."""

    first: str
    """Metric of the first of the top shares."""
    reason: str
    """Why a metric without a value has none."""
    metrics: Mapping[str, Pair]
    spreads: Mapping[str, Fact]
    levels: Mapping[str, Levels]
    means: Means
    others: Others
    tops: tuple[Top, ...]
    days: tuple[Day, ...]
    pays: bool
    """Whether acting by the scores surely saves money against acting on everybody and on nobody."""
    weighed: bool
    """Whether costs of the decisions are declared."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Discrimination:
    """The ranking of a model that tells probabilities; without it `reason` says why."""

    binary: bool
    reason: str
    absent: Mapping[str, Fact]
    """What cannot be told without one, by metric."""
    ranking: Ranking | None

    @property
    def metrics(self) -> Mapping[str, Pair]:
        """Return the metrics of the ranking; none without one."""
        return {} if self.ranking is None else self.ranking.metrics
