"""Takes a ledger and its windows, gives whether a proven rise sits in few levels, in all, or cannot be told."""

import math
from dataclasses import dataclass

import numpy as np

from generator.estimates.facts import PRODUCTION, number
from generator.estimates.windows import Windows
from generator.records.aggregates import FloatArray
from generator.records.fact import Fact, missing
from generator.records.ledger import Ledger
from generator.stats.concentration import Concentration, concentration
from generator.stats.multiplicity import benjamini_hochberg

CHANCE = 0.05
"""False discovery rate over the groupings."""
FEWEST = 2
"""Levels that a grouping has to have."""
HEAD = "segments.concentration"
NO_RISE = "the error has not provably risen from the earlier to the recent days"
NOT_TOLD = "these rows cannot tell"
METHOD = "chosen on one half of the {}, judged on the other, both in turn"
GROUPS = {True: "entity groups", False: "row groups (rows taken as independent)"}
WHERE = {"segment": "Segment in whose levels it sits", "names": "These levels"}
NUMBERS = {
    "count": ("Levels that carry the rise", "count"),
    "levels": ("Levels of that segment", "count"),
    "share": ("Their share of the rise", "share"),
    "rows": ("Their share of the earlier squared error", "share"),
}


@dataclass(frozen=True, kw_only=True, eq=False)
class Grouping:
    """One segment with its levels, and where the rise sits among them."""

    name: str
    levels: tuple[str, ...]
    found: Concentration


def told(ledger: Ledger, cut: Windows, *, risen: bool) -> list[Fact]:
    """Return the answer, concentrated, uniform or that it cannot be told, and the levels where it is concentrated."""
    if not risen:
        return _answer(None, NO_RISE, entities=ledger.entity_groups)
    every = [grouping for grouping in _groupings(ledger, cut) if math.isfinite(grouping.found.p)]
    if not every:
        return _answer(None, NOT_TOLD, entities=ledger.entity_groups)
    adjusted = benjamini_hochberg(np.array([one.found.p for one in every]))
    first = min(range(len(every)), key=lambda place: every[place].found.p)
    if adjusted[first] <= CHANCE:
        return _answer(every[first], "", entities=ledger.entity_groups)
    return _answer(None, "" if all(one.found.uniform for one in every) else NOT_TOLD, entities=ledger.entity_groups)


def _groupings(ledger: Ledger, cut: Windows) -> list[Grouping]:
    crossed, earlier, recent = ledger.production.crossed, cut.of("earlier"), cut.of("recent")
    if crossed is None or earlier is None or recent is None:
        return []
    windows = np.stack([crossed[part].sum(axis=0) for part in (earlier, recent)])
    found, start = [], 0
    for segment in ledger.plan.segments:
        own = windows[:, :, start : start + len(segment.levels)]
        start += len(segment.levels)
        there = (own[..., 0].sum(axis=1) > 0).all(axis=0)
        if not segment.hidden and there.sum() >= FEWEST:
            names = tuple(name for name, seen in zip(segment.levels, there, strict=True) if seen)
            found.append(_grouping(segment.name, names, own[:, :, there]))
    return found


def _grouping(name: str, levels: tuple[str, ...], own: FloatArray) -> Grouping:
    return Grouping(name=name, levels=levels, found=concentration(own[..., 0], own[..., 1]))


def _answer(concentrated: Grouping | None, reason: str, *, entities: bool) -> list[Fact]:
    method = METHOD.format(GROUPS[entities])
    uniform = None if reason else concentrated is None
    label = "The rise is uniform over the segments"
    flag = Fact(id=f"{HEAD}.uniform", value=uniform, label=label, source=PRODUCTION, method=method, reason=reason)
    absent = reason or "the rise is uniform"
    if concentrated is None:
        lacking = [missing(f"{HEAD}.{key}", absent, label=words[0]) for key, words in NUMBERS.items()]
        return [flag, *(missing(f"{HEAD}.{key}", absent, label=label) for key, label in WHERE.items()), *lacking]
    found = concentrated.found
    names = ", ".join(name for name, chosen in zip(concentrated.levels, found.levels, strict=True) if chosen)
    values = (float(found.levels.sum()), float(len(concentrated.levels)), found.part, found.share)
    return [
        flag,
        *(
            Fact(id=f"{HEAD}.{key}", value=value, label=label, source=PRODUCTION)
            for (key, label), value in zip(WHERE.items(), (concentrated.name, names), strict=True)
        ),
        *(
            number(f"{HEAD}.{key}", value, label=words[0], unit=words[1], method=method)
            for (key, words), value in zip(NUMBERS.items(), values, strict=True)
        ),
    ]
