"""What is done with a probability: costs of the outcomes, the threshold, tiers of confidence, who looks twice."""

from dataclasses import dataclass

from generator.records.project.units import Count, Money, Share


@dataclass(frozen=True, kw_only=True)
class Costs:
    """What each outcome of a decision costs; a benefit is a negative cost."""

    true_positive: Money | None = None
    """Acted on a positive: the cost of acting less what it brings, the chance that it helps included."""
    false_positive: Money | None = None
    true_negative: Money | None = None
    false_negative: Money | None = None
    why: str | None = None


@dataclass(frozen=True, kw_only=True)
class Tier:
    """A range of probabilities with an action of its own, from `above` to the next tier."""

    name: str
    above: Share
    acts: bool | None = None
    """Whether the cases in it are acted on today: the lowest tier of which that is so begins at the threshold."""
    action: str | None = None
    value: Money | None = None
    """Expected net value of the action for one case, as the team states it."""
    owner: str | None = None


@dataclass(frozen=True, kw_only=True)
class DecisionPolicy:
    """How a probability becomes an action."""

    action: str | None = None
    """What is done above the threshold, such as a call by the retention team."""
    threshold: Share | None = None
    """The probability from which the team acts today."""
    why: str | None = None
    costs: Costs = Costs()
    capacity_per_day: Count | None = None
    """Cases a day that can be acted on."""
    tiers: tuple[Tier, ...] = ()
    review_cost: Money | None = None
    """What it costs to have a person look at one case."""
    top_shares: tuple[Share, ...] = ()
    """Shares of the highest scores whose precision and lift are reported, such as 0.2."""
