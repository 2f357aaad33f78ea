"""Takes what gates ask, gives each judged on the whole period; where a change is proven, on the worse window."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from generator.records.decision import RECENT, Gate
from generator.records.evidence import ALL_ROWS, Scope
from generator.records.fact import Fact, Sentence
from generator.stats.multiplicity import benjamini_hochberg
from generator.subjects.verdict._judge import judge, margin
from generator.subjects.windows.found import Turned

CHANCE = 0.05
"""False discovery rate over the gates at which a change between earlier and recent days counts as proven."""
ORDER = {"fail": 0, "inconclusive": 1, "pass": 2}


@dataclass(frozen=True, kw_only=True, slots=True)
class AskedGate:
    """One gate before it is judged: its metric over the whole period, and in the windows where it has any."""

    id: str
    title: str
    whole: Fact
    turned: Turned | None
    bound: Fact
    why: Sentence
    remedy: Sentence
    metric: str
    scope: Scope = ALL_ROWS
    hard: bool = True

    def judged(self, value: Fact) -> Gate:
        gate = judge(
            self.id, self.title, value, self.bound, hard=self.hard, why=self.why, remedy=self.remedy, metric=self.metric
        )
        return replace(gate, scope=self.scope)


def in_worse_window(asked: tuple[AskedGate, ...]) -> tuple[Gate, ...]:
    """Return the gates: fail before inconclusive before pass where the recent days differ beyond margin and chance."""
    sure = proven([one.turned for one in asked])
    return tuple(
        _worse(one, one.turned) if is_so and one.turned else one.judged(one.whole)
        for one, is_so in zip(asked, sure, strict=True)
    )


def proven(asked: Sequence[Turned | None]) -> list[bool]:
    """Return which measures changed from the earlier to the recent days, over all that are asked together."""
    chances = np.array([math.nan if one is None or one.p is None else one.p for one in asked], dtype=np.float64)
    adjusted = benjamini_hochberg(chances)
    return [one is not None and one.matters and bool(p <= CHANCE) for one, p in zip(asked, adjusted, strict=True)]


def _rank(gate: Gate) -> tuple[int, float]:
    room = margin(gate).number
    return ORDER[gate.verdict], math.inf if room is None else room


def _worse(one: AskedGate, turned: Turned) -> Gate:
    """Of equal verdicts the one with less room to the bound stands."""
    whole, recent = one.judged(one.whole), one.judged(turned.recent)
    if _rank(whole) <= _rank(recent):
        return whole
    why: Sentence = (*one.why, "; judged on the recent days, which differ beyond chance from the earlier ones (")
    return replace(recent, window=RECENT, why=(*why, turned.earlier, ", change ", turned.change, ")"))
