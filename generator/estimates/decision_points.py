"""Takes score bins and the costs of outcomes, gives what acting from a probability upwards costs."""

import math
from dataclasses import dataclass

import numpy as np

from generator.estimates.facts import number
from generator.estimates.intervals import Estimate
from generator.estimates.score_means import Weights, everyone, mean_of
from generator.estimates.score_sums import ROWS, Scores, outcomes
from generator.records.aggregates import FloatArray
from generator.records.fact import Fact
from generator.records.named import PROJECT
from generator.records.project import DecisionPolicy
from generator.records.reason import UNDECLARED, lacking
from generator.records.table import Column
from generator.stats.arrays import floats
from generator.stats.thresholds import OutcomeCosts, best_threshold, capacity_bin, cost_curve

NO_COSTS = lacking(UNDECLARED, "decision.costs", file=PROJECT)
GRID = 60


@dataclass(frozen=True, kw_only=True, eq=False)
class Scene:
    """What a decision is looked at with: the score bins, the costs and the days, where they are known."""

    scores: Scores
    decision: DecisionPolicy
    costs: OutcomeCosts | None
    days: int

    @property
    def scored(self) -> FloatArray:
        """Return the rows scored, labelled or not, by bin (B,)."""
        return floats(self.scores.total[:, ROWS])

    @property
    def edges(self) -> FloatArray:
        """Return the edges of the bins with both ends (B + 1,); nothing lies above the last."""
        return np.concatenate([[0.0], self.scores.edges, [math.inf]])

    def place(self, threshold: float) -> int:
        """Return the first bin acted on from `threshold`: the edge nearest to it; inf acts on none."""
        return self.edges.size - 1 if threshold == math.inf else int(np.argmin(np.abs(self.edges - threshold)))

    @property
    def best(self) -> float:
        """Return the probability from which acting is cheaper; nan without costs."""
        return math.nan if self.costs is None else best_threshold(self.costs)

    @property
    def per_day(self) -> float:
        """Return the cases a day; nan where the rows have no dates."""
        return float(self.scored.sum()) / self.days if self.days else math.nan

    @property
    def stake(self) -> float:
        """Return what the right decision is worth more a case, by unit of probability."""
        c = self.costs
        if c is None:
            return math.nan
        return (c.false_positive - c.true_negative) + (c.false_negative - c.true_positive)


@dataclass(frozen=True, kw_only=True)
class Point:
    """A way to act: on every case from the probability `at`; infinity acts on nobody."""

    id: str
    title: str
    at: float


def costs_of(decision: DecisionPolicy) -> OutcomeCosts | None:
    """Return the declared costs, what is not said being nothing; None where no decision has a price."""
    c = decision.costs
    if c.false_positive is None or (c.false_negative is None and c.true_positive is None):
        return None
    return OutcomeCosts(
        true_positive=c.true_positive or 0.0,
        false_positive=c.false_positive,
        true_negative=c.true_negative or 0.0,
        false_negative=c.false_negative or 0.0,
    )


def points(scene: Scene) -> list[Point]:
    """Return the ways to act that are compared, those that are known."""
    found = [
        Point(id="nobody", title="Act on nobody", at=math.inf),
        Point(id="everybody", title="Act on everybody", at=0.0),
        Point(id="half", title="From one half", at=0.5),
        Point(id="current", title="As the team acts today", at=_or_nan(scene.decision.threshold)),
        Point(id="optimal", title="Best by the costs", at=scene.best),
        Point(id="lowest", title="Cheapest in these rows", at=_cheapest(scene)),
        Point(id="capacity", title="All that capacity allows", at=capacity_threshold(scene)),
    ]
    known = [point for point in found if not math.isnan(point.at)]
    today = scene.decision.threshold
    return [point for point in known if point.id != "half" or point.at != today]


def cost_of(scene: Scene, at: float, against: float | None = None) -> Estimate:
    """Return the cost a case of acting from `at`, or that less the cost of acting from `against`."""
    weights = _weights(scene, at)
    if against is not None:
        other = _weights(scene, against)
        weights = Weights(positive=weights.positive - other.positive, negative=weights.negative - other.negative)
    return mean_of(scene.scores, weights, everyone(len(scene.scored)))


def capacity_threshold(scene: Scene) -> float:
    """Return the lowest probability from which no more cases a day are acted on than there is capacity for."""
    capacity = scene.decision.capacity_per_day
    if capacity is None or not scene.days:
        return math.nan
    none = np.zeros(len(scene.scored))
    return float(scene.edges[capacity_bin(scene.scored, none, capacity * scene.days)])


def acted(scene: Scene, at: float) -> float:
    """Return the share of all scored cases that are acted on from `at`."""
    total = float(scene.scored.sum())
    return float(scene.scored[scene.place(at) :].sum()) / total if total and not math.isnan(at) else math.nan


def hits(scene: Scene, at: float) -> Estimate:
    """Return the share of positives among the cases acted on."""
    on = _on(scene, at)
    return mean_of(scene.scores, Weights(positive=on, negative=on * 0.0), Weights(positive=on, negative=on))


def captured(scene: Scene, at: float) -> Estimate:
    """Return the share of all positives that are acted on."""
    on = _on(scene, at)
    nobody = np.zeros_like(on)
    return mean_of(scene.scores, Weights(positive=on, negative=nobody), Weights(positive=nobody + 1, negative=nobody))


def grid(scene: Scene) -> FloatArray:
    """Return the probabilities at which the cost curve is drawn: bin edges at even steps of rows, at most sixty."""
    inner = scene.edges[:-1]
    shares = np.concatenate([[0.0], np.cumsum(scene.scored)[:-1]]) / max(float(scene.scored.sum()), 1.0)
    places = np.searchsorted(shares, np.linspace(0.0, 0.999, GRID))
    chosen: FloatArray = np.unique(inner[np.clip(places, 0, len(inner) - 1)])
    return chosen


def money(id: str, found: Estimate, label: str, *, times: float = 1.0, reason: str = NO_COSTS) -> Fact:
    """Return an estimate in currency as a fact, `times` a case."""
    return number(
        id,
        found.value * times,
        label=label,
        unit="money",
        low=found.low * times,
        high=found.high * times,
        n=found.n,
        method=found.method,
        reason=reason,
    )


POINT_COLUMNS = (
    Column(key="way", label="Way to act"),
    Column(key="from", label="From", unit="share"),
    Column(key="acted", label="Acted on", unit="share"),
    Column(key="hits", label="Of these positive", unit="share"),
    Column(key="captured", label="Positives reached", unit="share"),
    Column(key="cost", label="Cost a case", unit="money"),
    Column(key="month", label="Cost a month", unit="money"),
    Column(key="against", label="A month against today", unit="money"),
)


def _weights(scene: Scene, at: float) -> Weights:
    assert scene.costs is not None
    on, c = _on(scene, at), scene.costs
    return Weights(
        positive=on * c.true_positive + (1 - on) * c.false_negative,
        negative=on * c.false_positive + (1 - on) * c.true_negative,
    )


def _on(scene: Scene, at: float) -> FloatArray:
    bins = len(scene.scored)
    first = bins if math.isinf(at) else scene.place(at)
    return (np.arange(bins) >= first).astype(np.float64)


def _cheapest(scene: Scene) -> float:
    if scene.costs is None:
        return math.nan
    curve = cost_curve(*outcomes(scene.scores.total), scene.costs)
    return float(scene.edges[int(np.argmin(curve))])


def _or_nan(value: float | None) -> float:
    return math.nan if value is None else value
