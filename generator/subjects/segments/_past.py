"""Takes a ledger, gives every segment level beside its own past: what is difficult is not thereby worse.

Held against are, in this order: its own rows out of sample; of probabilities that were right out of sample, what its
scores promise; its own first third. Without any of these there is no comparison.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from generator.estimates import rankings as rank
from generator.estimates.avoidable import avoidable, avoidable_loss, estimated_of, promise_of, row_error
from generator.estimates.baseline import out_of_sample
from generator.estimates.headline import Head
from generator.estimates.intervals import COLUMN, FEWEST, Estimate, Ratio, Sums, estimate, folded, usable_groups
from generator.estimates.recalibration import bin_means
from generator.estimates.score_intervals import estimate_scores
from generator.estimates.score_sums import N_P, N, Scores, Y, level_sums, score_sums
from generator.estimates.whole import of_level
from generator.estimates.window_estimates import Turn, in_level_window, in_window, turned
from generator.estimates.windows import windows
from generator.records import margins
from generator.records.aggregates import FloatArray
from generator.records.ledger import Ledger
from generator.stats.arrays import divide, ratio
from generator.stats.cluster import jackknife_covariance, leave_one_out_sums
from generator.subjects.segments._levels import enough

HELD_OUT, PROMISE, FIRST_THIRD = "its held-out rows", "what its scores promise", "its first third"


@dataclass(frozen=True, kw_only=True, eq=False)
class Past:
    """A level's error now and before, how they differ, and by how much they have to for it to matter.

    Of probabilities both are the error beyond what another share of positives brings; else the change is relative.
    """

    segment: str
    name: str
    against: str
    turn: Turn
    log: bool
    margin: float

    @property
    def size(self) -> float:
        """Return the difference in the unit of the error."""
        return self.turn.recent.value - self.turn.earlier.value

    @property
    def surely(self) -> bool:
        """Return whether the whole interval of a rise lies beyond the margin."""
        low = self.turn.change.low
        return (low * self.turn.earlier.value if self.log else low) > self.margin


def pasts(ledger: Ledger, head: Head) -> Iterator[Past]:
    """Yield every level of the team's segments that has a past."""
    past, hidden = out_of_sample(ledger), {one.name for one in ledger.plan.segments if one.hidden}
    right = past is not None and _was_right(past)
    for place, (segment, name) in enumerate(ledger.plan.cells):
        sums = of_level(ledger, place)
        if segment not in hidden and sums is not None and enough(ledger, sums):
            found = _against_held_out(ledger, past, place, head) if past is not None else None
            found = found or (_against_promise(ledger, place) if right else None)
            found = found or _against_first_third(ledger, sums, place, head)
            if found is not None and math.isfinite(found[1].p):
                against, turn, margin = found
                yield Past(
                    segment=segment, name=name, against=against, turn=turn, log=not ledger.plan.binary, margin=margin
                )


Found = tuple[str, Turn, float] | None


def _against_held_out(ledger: Ledger, past: Ledger, place: int, head: Head) -> Found:
    now, before = of_level(ledger, place), of_level(past, place)
    if now is None or before is None or not enough(past, before):
        return None
    if not ledger.plan.binary:
        both = estimate(head.ratio, before), estimate(head.ratio, now)
        shared = _shared(*(_left_out(head.ratio, one) for one in (before, now)))
        return HELD_OUT, _turned(*both, shared, log=True), margins.of_metric(head.metric.metric, both[0].value)
    scores, then = level_sums(ledger, place), level_sums(past, place)
    if scores is None or then is None or not then.labelled:
        return None
    both = estimated_of(then), estimated_of(scores)
    shared = _shared(*(_left_out_scores(one) for one in (then, scores)))
    return HELD_OUT, _turned(*both, shared, log=False), _lead(then)


def _against_promise(ledger: Ledger, place: int) -> Found:
    """Right probabilities have the expected error of mean p(1 − p) (Spiegelhalter 1986); nothing of it is shared."""
    scores = level_sums(ledger, place)
    if scores is None or not scores.labelled:
        return None
    gap = estimate_scores(_beyond_promise, scores, "difference", row_error(scores.total))
    none = replace(gap, value=0.0, low=0.0, high=0.0, variance=0.0, row_variance=0.0)
    return PROMISE, _turned(none, gap, 0.0, log=False), _lead(scores)


def _against_first_third(ledger: Ledger, sums: Sums, place: int, head: Head) -> Found:
    cut, losses = windows(ledger), ledger.production.losses
    first, last = cut.of("first_third"), cut.of("last_third")
    if losses is None or first is None or last is None:
        return None
    days, scores = [losses.day_level[part, place] for part in (first, last)], level_sums(ledger, place)
    if scores is not None:
        statistic, own = partial(avoidable_loss, promise=promise_of(scores.total)), estimated_of(scores)
        beyond = (in_level_window(statistic, own, scores.entities, day) for day in days)
        return FIRST_THIRD, turned(*beyond, log=False), _lead(scores)
    parts = [in_window(head.ratio, sums, day) for day in days]
    margin = margins.of_metric(head.metric.metric, parts[0].value)
    return FIRST_THIRD, turned(parts[0], parts[1], log=head.ratio.log), margin


def _was_right(past: Ledger) -> bool:
    """Return whether level and slope of the probabilities were right out of sample, as far as these rows tell."""
    scores = score_sums(past)
    if scores is None or not scores.labelled:
        return False
    gap = estimate_scores(_gap, scores, "difference")
    promise = estimate_scores(_beyond_promise, scores, "difference", row_error(scores.total))
    rate = rank.base_rate(scores.total)
    return bool(abs(gap.value) <= margins.level(rate) and gap.low <= 0.0 <= gap.high and promise.low <= 0.0)


def _gap(sums: FloatArray) -> float:
    return ratio(float(sums[:, N_P].sum() - sums[:, Y].sum()), float(sums[:, N].sum()))


def _beyond_promise(sums: FloatArray) -> float:
    p = np.nan_to_num(bin_means(sums))
    return ratio(float(((sums[:, Y] - sums[:, N] * p) * (1.0 - 2.0 * p)).sum()), float(sums[:, N].sum()))


def _lead(scores: Scores) -> float:
    p, rate = np.nan_to_num(bin_means(scores.total)), rank.base_rate(scores.total)
    n, y = scores.total[:, N], scores.total[:, Y]
    brier = ratio(float((y * (1.0 - 2.0 * p) + n * p**2).sum()), float(n.sum()))
    return margins.of_brier(brier, rate)


def _turned(before: Estimate, now: Estimate, shared: float, *, log: bool) -> Turn:
    """Return the difference; entities that are in both vary together, which takes twice the shared variance away."""
    both = before.variance + now.variance
    least = min(both, before.row_variance + now.row_variance)
    share = max(both - 2.0 * shared, least) / both if both > 0 and math.isfinite(shared) else 1.0
    parts = (replace(one, variance=one.variance * share) for one in (before, now))
    turn = turned(*parts, log=log)
    return replace(turn, earlier=before, recent=now)


def _shared(before: FloatArray | None, now: FloatArray | None) -> float:
    if before is None or now is None or before.size != now.size:
        return 0.0
    return float(jackknife_covariance(np.column_stack([before, now]))[0, 1])


def _left_out(metric: Ratio, sums: Sums) -> FloatArray | None:
    if usable_groups(sums) < FEWEST or sums.group.shape[0] != 64:
        return None
    names = metric.top, metric.bottom
    left = leave_one_out_sums(np.column_stack([sums.group[:, COLUMN[name]] for name in names]))
    values = np.maximum(divide(left[:, 0], left[:, 1]), 1e-300)
    return np.asarray(np.log(np.sqrt(values) if metric.root else values))


def _left_out_scores(scores: Scores) -> FloatArray | None:
    if scores.group.shape[0] != 64:
        return None
    return np.array([avoidable(part) for part in leave_one_out_sums(folded(scores.group, 64))])
