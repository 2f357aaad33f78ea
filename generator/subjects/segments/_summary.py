"""Takes the levels of all segments, gives how unequal they are."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from generator.estimates.facts import PRODUCTION, number
from generator.estimates.headline import Head
from generator.records.fact import Fact, missing
from generator.results.words import quantities
from generator.subjects.segments._levels import Split
from generator.subjects.segments.facts import NO_LEVEL
from generator.subjects.segments.found import LevelErrors, Totals

QUANTITY = quantities(__file__)


def totals(found: list[Split], levels: tuple[LevelErrors, ...], head: Head, reason: str) -> Totals:
    """Return how unequal the levels are and which has the largest error; `reason` says why there are none."""
    known = [split for split in found if split.levels]
    if not known:
        return _absent(reason or NO_LEVEL)
    split = max(known, key=lambda s: s.heterogeneity.i2 if math.isfinite(s.heterogeneity.i2) else -1.0)
    worst, pooled, name = levels[0], sum(each.pooled for each in found), split.segment.name
    method, own = f"within {name}, the most unequal segment", split.heterogeneity.i2
    chance = "Share of the differences between levels that is not chance"
    apart = "Spread of the typical error between levels"
    return Totals(
        count=number(QUANTITY("segments.count"), len(levels)),
        pooled=number(QUANTITY("segments.pooled"), pooled),
        i2=number("segments.heterogeneity.i2", own, label=chance, unit="share", method=method),
        tau=number("segments.heterogeneity.tau", _spread(split), label=apart, unit="share", method=method),
        segment=_text("segments.heterogeneity.segment", name, "Most unequal segment"),
        worst=_text("segments.worst.name", f"{worst.segment} {worst.name}", "Largest error"),
        worst_error=replace(worst.metrics[head.metric.metric], id="segments.worst.error"),
        worst_ratio=replace(worst.ratio, id="segments.worst.ratio"),
    )


def _text(id: str, value: str, label: str) -> Fact:
    return Fact(id=id, value=value, label=label, source=PRODUCTION)


def _spread(split: Split) -> float:
    shrunk = np.array([math.log(level.shrunk) for level in split.levels if level.shrunk > 0])
    return float(shrunk.std()) if shrunk.size > 1 else 0.0


def _absent(reason: str) -> Totals:
    def gone(name: str) -> Fact:
        return missing(f"segments.{name}", reason, label=name)

    return Totals(
        count=gone("count"),
        pooled=gone("pooled"),
        i2=gone("heterogeneity.i2"),
        tau=gone("heterogeneity.tau"),
        segment=gone("heterogeneity.segment"),
        worst=gone("worst.name"),
        worst_error=gone("worst.error"),
        worst_ratio=gone("worst.ratio"),
    )
