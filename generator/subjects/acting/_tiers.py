"""Takes score bins and the declared tiers, gives what each tier holds, and whether it deserves an action of its own."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from generator.estimates.decision_points import NO_COSTS, Scene, capacity_threshold
from generator.estimates.facts import number
from generator.estimates.intervals import Estimate
from generator.estimates.score_means import Weights, mean_of
from generator.estimates.score_sums import P
from generator.records.aggregates import FloatArray
from generator.records.evidence import Claim, Finding, Severity, finding
from generator.records.fact import Fact, Sentence, segment_of
from generator.records.named import PROJECT
from generator.records.project import Tier
from generator.records.reason import lacking
from generator.records.table import Cell, Mark, Table
from generator.results.words import quantities, tables

QUANTITY, TABLE = quantities(__file__), tables(__file__)

NO_TIERS = lacking("no tiers declared", "decision.tiers", file=PROJECT)


@dataclass(frozen=True, kw_only=True, eq=False)
class HeldTier:
    """A tier with its rows: up to which probability, share of the cases, rate of positives."""

    tier: Tier
    to: float
    share: float
    rate: Estimate


def tiers(scene: Scene) -> tuple[list[Fact], Table, tuple[Finding, ...]]:
    """Return facts, table and findings of the tiers, the surest first."""
    ordered = sorted(scene.decision.tiers, key=lambda tier: -tier.above)
    ends = [1.0, *(tier.above for tier in ordered)]
    held = [_held(scene, tier, end) for tier, end in zip(ordered, ends, strict=False)]
    rows = [_row(scene, one, held[i + 1] if i + 1 < len(held) else None) for i, one in enumerate(held)]
    listed = TABLE("decision.tiers", rows, reason=NO_TIERS)
    facts = [cell for row in rows for cell in row if isinstance(cell, Fact)]
    return (
        facts,
        listed,
        (*(_blurred(one, below) for one, below in pairwise(held) if not _apart(one, below)), *_beyond(scene, held)),
    )


def _beyond(scene: Scene, held: list[HeldTier]) -> Iterator[Finding]:
    """Yield the first tier worth acting on of which, with those above it, there are more cases than hands."""
    ends = capacity_threshold(scene)
    if not math.isfinite(ends):
        return
    worth = (one for one in held if one.tier.above >= scene.best)
    one = next((one for one in worth if scene.place(one.tier.above) < scene.place(ends)), None)
    if one is None:
        return
    id, whole = segment_of(one.tier.name), math.fsum(each.share for each in held[: held.index(one) + 1])
    cases = number(QUANTITY("decision.tiers.{id}.per_day", id=id, name=one.tier.name), whole * scene.per_day)
    words: Sentence = (
        f"Acting on all of the tier “{one.tier.name}” and those above it would be ",
        cases,
        ", more than there are hands for: capacity ends at a probability of ",
        number(QUANTITY("decision.capacity.threshold"), ends),
        ".",
    )
    claim = Claim(what="capacity", relation="above", value=cases)
    severity: Severity = "confirmed" if one.tier.acts else "watch"
    yield finding(f"decision.tiers.{id}.capacity", "decision", severity, one.tier.name, words, claim)


def _held(scene: Scene, tier: Tier, to: float) -> HeldTier:
    inside = _inside(scene, tier, to)
    nobody = np.zeros_like(inside)
    rate = mean_of(scene.scores, Weights(positive=inside, negative=nobody), Weights(positive=inside, negative=inside))
    return HeldTier(
        tier=tier, to=to, share=float(scene.scored @ inside) / max(float(scene.scored.sum()), 1.0), rate=rate
    )


def _inside(scene: Scene, tier: Tier, to: float) -> FloatArray:
    bins = np.arange(len(scene.scored))
    last = len(bins) if to >= 1.0 else scene.place(to)
    return ((bins >= scene.place(tier.above)) & (bins < last)).astype(np.float64)


def _row(scene: Scene, one: HeldTier, below: HeldTier | None) -> tuple[Cell, ...]:
    id, tier = segment_of(one.tier.name), one.tier
    predicted = _predicted(scene, one)
    return (
        tier.name,
        number(QUANTITY("decision.tiers.{id}.from", id=id, name=tier.name), tier.above, source="decision.tiers"),
        number(QUANTITY("decision.tiers.{id}.to", id=id, name=tier.name), one.to, source="decision.tiers"),
        (tier.action,) if tier.action else (),
        number(QUANTITY("decision.tiers.{id}.cases", id=id, name=tier.name), one.share),
        number(QUANTITY("decision.tiers.{id}.predicted", id=id, name=tier.name), predicted),
        _rate(one),
        _worth(scene, one, f"decision.tiers.{id}"),
        number(
            QUANTITY("decision.tiers.{id}.stated", id=id, name=tier.name),
            math.nan if tier.value is None else tier.value,
            source="decision.tiers",
        ),
        _reading(one, below, predicted),
    )


def _predicted(scene: Scene, one: HeldTier) -> float:
    """Return the mean of the tier's predictions."""
    inside = _inside(scene, one.tier, one.to)
    cases = float(inside @ scene.scored)
    return float(inside @ scene.scores.total[:, P]) / cases if cases else math.nan


def _worth(scene: Scene, one: HeldTier, name: str) -> Fact:
    """Return what acting on a case of the tier brings: the cost of letting it be less that of acting."""
    label, c, rate = f"{one.tier.name}, worth of acting", scene.costs, one.rate
    if c is None:
        return number(f"{name}.value", math.nan, label=label, unit="money", reason=NO_COSTS)
    wasted = c.false_positive - c.true_negative
    worth = [scene.stake * share - wasted for share in (rate.value, rate.low, rate.high)]
    return number(
        QUANTITY("{name}.value", name=name),
        worth[0],
        label=label,
        low=min(worth[1:]),
        high=max(worth[1:]),
        n=rate.n,
        origin="derived",
    )


def _rate(one: HeldTier) -> Fact:
    rate = one.rate
    told = QUANTITY("decision.tiers.{id}.rate", id=segment_of(one.tier.name), name=one.tier.name)
    return number(told, rate.value, low=rate.low, high=rate.high, n=rate.n, method=rate.method)


def _reading(one: HeldTier, below: HeldTier | None, predicted: float) -> Mark:
    if not math.isfinite(one.rate.value):
        return Mark(status="inconclusive", word="no outcomes yet")
    if below is not None and not _apart(one, below):
        return Mark(status="watch", word=f"not apart from {below.tier.name}")
    if math.isfinite(one.rate.low) and not one.rate.low <= predicted <= one.rate.high:
        return Mark(
            status="watch", word="more than predicted" if one.rate.value > predicted else "fewer than predicted"
        )
    return Mark(status="ok", word="as predicted")


def _apart(one: HeldTier, below: HeldTier) -> bool:
    """Return whether the tier's rate lies above the next one's beyond chance; unknown rates are not held against it."""
    known = all(math.isfinite(value) for value in (one.rate.low, below.rate.high))
    return not known or one.rate.low > below.rate.high


def _blurred(one: HeldTier, below: HeldTier) -> Finding:
    claim = Claim(what="rate", relation="alike", value=_rate(one), baseline=_rate(below))
    words = f"The tiers {one.tier.name} and {below.tier.name} hold positives at rates that cannot be told apart."
    id = f"decision.tiers.{segment_of(one.tier.name)}"
    return finding(id, "decision", "watch", one.tier.name, (words,), claim)
