"""The metric that documents speak of first: which it is, what it is called, and ids that mean it whichever it is.

`headline.production` stands for `performance.rmse.production` of a regression and for `performance.brier.production`
of a binary model, so that one template and one rule serve both.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from generator.records.fact import Fact

PREFIX, METRIC = "headline.", "performance.metric"


@dataclass(frozen=True, kw_only=True, slots=True)
class Headline:
    """A metric's name in fact ids, in a sentence, at the head of a column, and in short."""

    metric: str
    name: str
    title: str
    short: str


REGRESSION = Headline(metric="rmse", name="typical error", title="Typical error (RMSE)", short="RMSE")
BINARY = Headline(
    metric="brier", name="error of the probabilities", title="Error of the probabilities (Brier)", short="Brier score"
)


def headline(*, binary: bool) -> Headline:
    """Return the metric that is spoken of first."""
    return BINARY if binary else REGRESSION


def named(metric: str) -> Headline:
    """Return the headline metric of that name in fact ids."""
    return headline(binary=metric == BINARY.metric)


def told(facts: Mapping[str, Fact]) -> Headline:
    """Return the headline metric that the facts name; without any, that of a regression."""
    own = facts.get(METRIC)
    return headline(binary=own is not None and own.value == BINARY.metric)


def resolved(id: str, facts: Mapping[str, Fact]) -> str:
    """Return an id as the facts know it: `headline.` stands for the metric that they name."""
    if not id.startswith(PREFIX):
        return id
    return f"performance.{told(facts).metric}.{id.removeprefix(PREFIX)}"
