"""Takes a ledger, gives the sums of its score bins: of all rows, of a segment level, of a day, of the reference."""

from dataclasses import dataclass

import numpy as np

from generator.estimates.feedback import acted_on, standing_for_all
from generator.estimates.intervals import entities_in
from generator.records.aggregates import FloatArray
from generator.records.ledger import SCORES, Ledger

ROWS, P, PQ, N, N_P, Y = (SCORES.index(name) for name in ("rows", "p", "pq", "n", "n_p", "y"))


@dataclass(frozen=True, kw_only=True, eq=False)
class Scores:
    """Sums of `SCORES` by entity group (G, B, 6) and by day (D, B, 6), with the edges of the bins (B - 1,).

    A segment level has no days. Without an entity column rows are grouped by content: `independent` says so.
    """

    group: FloatArray
    day: FloatArray
    edges: FloatArray
    entities: float
    independent: bool

    @property
    def total(self) -> FloatArray:
        """Return the sums of all rows by bin, (B, 6)."""
        return np.asarray(self.group.sum(axis=0))

    @property
    def labelled(self) -> float:
        """Return the number of rows with a known outcome."""
        return float(self.group[..., N].sum())

    def first_above(self, threshold: float) -> int:
        """Return the first bin that a probability of at least `threshold` falls into."""
        return int(np.searchsorted(self.edges, threshold, side="right"))


def score_sums(ledger: Ledger) -> Scores | None:
    """Return the sums of all rows; None for a regression."""
    scores, edges, entities = ledger.production.scores, ledger.plan.scores, ledger.production.entities
    if scores is None or edges is None:
        return None
    group, day = scores.group, scores.day[ledger.production.days >= 0]
    if acted_on(ledger):
        total = group.sum(axis=0)
        group, day = (standing_for_all(sums, total, ROWS, (N, N_P, Y)) for sums in (group, day))
    return Scores(
        group=group,
        day=day,
        edges=edges,
        entities=0.0 if entities is None else float(np.sum(entities)),
        independent=not ledger.entity_groups,
    )


def level_sums(ledger: Ledger, place: int) -> Scores | None:
    """Return the sums of one place on the axis of segment levels, in coarse bins; None for a regression."""
    scores = ledger.production.scores
    if scores is None or scores.group_level is None:
        return None
    group = scores.group_level[:, place]
    return Scores(
        group=group,
        day=np.zeros((0, *group.shape[1:])),
        edges=ledger.plan.coarse_scores,
        entities=entities_in(group[..., N].sum(axis=1)),
        independent=not ledger.entity_groups,
    )


def reference_sums(ledger: Ledger) -> FloatArray | None:
    """Return the reference's sums by bin (B, 6) where its outcomes were counted; else None."""
    scores = None if ledger.reference is None else ledger.reference.scores
    if scores is None or scores.group[..., N].sum() == 0:
        return None
    return np.asarray(scores.group.sum(axis=0))


def outcomes(sums: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return positives and negatives by bin of sums (..., B, 6)."""
    return sums[..., Y], sums[..., N] - sums[..., Y]
