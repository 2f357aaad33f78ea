"""Takes labels by prediction day and age, gives whether those that come after a day counts are others than before."""

import math
from collections.abc import Iterator

import numpy as np

from generator.estimates.facts import number
from generator.records.evidence import Claim, Finding, finding
from generator.records.fact import Fact
from generator.records.ledger import LabelCounts
from generator.results.words import quantities
from generator.stats.proportions import two_proportion_z
from generator.subjects.labels._nowcast import SOURCE, Nowcast, mature_after, seen_until

QUANTITY = quantities(__file__)

FEWEST, SURE = 7, 0.001
"""Days with all their labels from which it is told, and the chance below which it is."""


def late_facts(counts: LabelCounts, found: Nowcast | None, share: float) -> Iterator[Fact]:
    """Yield the share of positives of whole days, once they counted and now; nothing unless it surely moved."""
    if found is None or counts.positives is None or counts.arrivals is None:
        return
    last = int(np.flatnonzero(counts.arrivals.sum(axis=0))[-1])
    whole = (counts.days >= 0) & (seen_until(counts) - counts.days >= last)
    first = int(mature_after(found, share)) + 1
    of = {"hits": counts.positives[whole], "rows": counts.arrivals[whole]}
    hits, rows = (float(part[:, :first].sum()) for part in of.values())
    more, later = (float(part[:, first:].sum()) for part in of.values())
    test = two_proportion_z(hits, rows, more, later)
    if whole.sum() < FEWEST or not test.p_value < SURE or not hits:
        return
    end = (hits + more) / (rows + later)
    told = {"first": (hits / rows, rows), "end": (end, rows + later), "gap": (hits / rows / end - 1.0, rows)}
    for key, (value, n) in told.items():
        yield number(QUANTITY("labels.late.{key}", key=key), value, n=n, source=SOURCE)
    yield number(QUANTITY("labels.late.days"), float(whole.sum()), source=SOURCE)
    yield number(QUANTITY("labels.late.after"), float(last), source=SOURCE)


def late_finding(facts: tuple[Fact, ...]) -> Iterator[Finding]:
    """Yield that numbers on the newest days lean, where the labels that they lack are others."""
    if facts:
        first, end, gap, days, after = facts
        words = (
            "Labels that come late are others: of those that ",
            days,
            " had when they began to count ",
            first,
            " were positive, of all that they had after ",
            after,
            " ",
            end,
            ": on the newest days the share of positives differs from what it will be by ",
            gap,
            ", and what rests on it leans with it; a higher data.labels.mature_at waits for them.",
        )
        claim = Claim(
            what="labels", relation="below" if (gap.number or math.nan) < 0 else "above", value=first, baseline=end
        )
        yield finding("labels.late", "labels", "confirmed", "labels", words, claim)
