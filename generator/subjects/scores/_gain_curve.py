"""Takes score bins, gives the share of all positives that each share of the highest scores holds."""

from __future__ import annotations

import math

import numpy as np

from generator.estimates import rankings as rank
from generator.estimates.facts import number
from generator.estimates.intervals import FEWEST, folded
from generator.estimates.score_intervals import usable_groups
from generator.estimates.score_sums import N, Scores
from generator.records.aggregates import FloatArray
from generator.stats.cluster import jackknife_variance, leave_one_out_sums
from generator.stats.intervals import share_interval
from generator.subjects.scores.found import Gain

STEPS = tuple(round(step / 40, 3) for step in range(1, 41))


def gain_curve(scores: Scores) -> tuple[Gain, ...]:
    """Return the curve at forty shares, with its interval and the best that any ranking could do."""
    values, variances, groups = _curve(scores.total), *_variances(scores)
    rate = rank.base_rate(scores.total)
    found = []
    for index, (share, value) in enumerate(zip(STEPS, values, strict=True)):
        id, words = f"discrimination.gain.{index + 1}", f"highest {share * 100:g} % of the scores"
        around = share_interval(float(value), float(variances[index]), groups - 1.0)
        best = min(1.0, share / rate) if rate > 0 else math.nan
        found.append(
            Gain(
                share=number(f"{id}.share", share, label="Share of the highest scores", unit="share"),
                gain=number(
                    f"{id}.gain",
                    float(value),
                    label=f"Share of all positives, {words}",
                    unit="share",
                    low=around.low,
                    high=around.high,
                    n=scores.labelled,
                    method="entity groups left out in turn",
                ),
                best=number(f"{id}.best", best, label=f"The same of a perfect ranking, {words}", unit="share"),
                score=number(f"{id}.score", _cut(scores, share), label=f"Lowest score, {words}", unit="probability"),
            )
        )
    return tuple(found)


def _curve(sums: FloatArray) -> FloatArray:
    return np.array([rank.gain(share)(sums) for share in STEPS])


def _variances(scores: Scores) -> tuple[FloatArray, int]:
    groups = usable_groups(scores)
    if groups < FEWEST:
        return np.full(len(STEPS), math.nan), 0
    parts = leave_one_out_sums(folded(scores.group, groups))
    return jackknife_variance([_curve(part) for part in parts]), groups


def _cut(scores: Scores, share: float) -> float:
    """Return the lower edge of the bin in which the highest `share` of the rows ends; 0 for the lowest bin."""
    rows = scores.total[::-1, N]
    after = int(np.searchsorted(np.cumsum(rows), share * rows.sum() - 1e-9))
    place = max(len(rows) - 1 - after, 0)
    return float(scores.edges[place - 1]) if place else 0.0
