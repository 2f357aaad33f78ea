"""Takes a ledger, gives the metric its documents speak of first, and how it is estimated."""

from dataclasses import dataclass

from generator.estimates.intervals import BRIER, RMSE, Ratio
from generator.records.headline import Headline, headline
from generator.records.ledger import Ledger


@dataclass(frozen=True, kw_only=True)
class Head:
    """The headline metric with its ratio of sums and the unit it has."""

    metric: Headline
    ratio: Ratio
    unit: str

    def id(self, name: str) -> str:
        """Return the id of one of its facts."""
        return f"performance.{self.metric.metric}.{name}"


def head_of(ledger: Ledger, unit: str) -> Head:
    """Return the headline metric; `unit` is that of the target, which the squared error of a probability has not."""
    binary = ledger.plan.binary
    return Head(metric=headline(binary=binary), ratio=BRIER if binary else RMSE, unit="" if binary else unit)
