"""Takes what hard gates ask, gives each judged on the whole period; where a change is proven, on the worse window."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from generator.records.decision import Gate
from generator.records.fact import Fact, Sentence
from generator.stats.multiplicity import benjamini_hochberg
from generator.subjects.kit.known import Known, number_of
from generator.subjects.verdict._judge import judge, margin

CHANCE = 0.05
"""False discovery rate over the gates at which a change between earlier and recent days counts as proven."""
ORDER = {"fail": 0, "inconclusive": 1, "pass": 2}
WHOLE, RECENT = "whole period", "recent days"


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """One hard gate before it is judged; `stem` is what the ids of its metric in the windows begin with."""

    id: str
    title: str
    whole: Fact
    stem: str
    bound: Fact
    why: Sentence
    remedy: Sentence
    metric: str

    def judged(self, value: Fact) -> Gate:
        """Return the gate on one of the values."""
        return judge(
            self.id, self.title, value, self.bound, hard=True, why=self.why, remedy=self.remedy, metric=self.metric
        )


def in_worse_window(asked: tuple[Asked, ...], at: Known) -> tuple[Gate, ...]:
    """Return the gates: fail before inconclusive before pass where the recent days differ beyond margin and chance."""
    sure = proven(tuple(one.stem for one in asked), at)
    return tuple(_worse(one, at) if one.stem in sure else one.judged(one.whole) for one in asked)


def proven(stems: tuple[str, ...], at: Known) -> frozenset[str]:
    """Return which metrics changed from the earlier to the recent days, over all that are asked together."""
    chances = np.array([_chance(stem, at) for stem in stems], dtype=np.float64)
    adjusted = benjamini_hochberg(chances)
    material = (at.fact(f"{stem}recent_material").value is True for stem in stems)
    return frozenset(stem for stem, p, is_so in zip(stems, adjusted, material, strict=True) if is_so and p <= CHANCE)


def _rank(gate: Gate) -> tuple[int, float]:
    room = number_of(margin(gate))
    return ORDER[gate.verdict], float("inf") if room is None else room


def _chance(stem: str, at: Known) -> float:
    found = number_of(at.fact(f"{stem}recent_p"))
    return float("nan") if found is None else found


def _worse(one: Asked, at: Known) -> Gate:
    """Of equal verdicts the one with less room to the bound stands."""
    whole, recent = one.judged(one.whole), one.judged(at.fact(f"{one.stem}recent"))
    if _rank(whole) <= _rank(recent):
        return whole
    earlier, change = at.fact(f"{one.stem}earlier"), at.fact(f"{one.stem}recent_change")
    why: Sentence = (*one.why, "; judged on the recent days, which differ beyond chance from the earlier ones (")
    return replace(recent, window=RECENT, why=(*why, earlier, ", change ", change, ")"))
