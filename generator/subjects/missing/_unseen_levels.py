"""Takes a ledger, gives per categorical feature how many rows carry levels that training never saw."""

from dataclasses import dataclass

import numpy as np

from generator.estimates.features import FeatureEstimates, Groups, standard_error
from generator.estimates.intervals import COLUMN
from generator.records.aggregates import FloatArray
from generator.records.ledger import Aggregates, Ledger
from generator.stats.arrays import divide
from generator.stats.cluster import fold, leave_one_out_sums
from generator.stats.intervals import Interval
from generator.stats.proportions import good_turing_missing_mass, wilson

MARGIN = 0.01
"""Unseen levels matter from one percent of the rows on (methods 1.4)."""
CELL = "(unseen levels)"


@dataclass(frozen=True, kw_only=True)
class Unseen:
    """One categorical feature: share of production rows with a level new to training, expected share, grade."""

    name: str
    share: float
    se: float
    expected: Interval
    grade: int


def unseen_of(ledger: Ledger, reference: Aggregates, groups: Groups) -> list[Unseen]:
    plan, production = ledger.plan, ledger.production
    places = np.array(plan.offsets[1:], dtype=np.int64) - 2
    share = divide(production.slots[places], float(production.rows))
    se = np.full(places.size, np.nan)
    if production.slots_group is not None and production.group is not None:
        left = leave_one_out_sums(fold(production.slots_group[:, places], groups.folds))
        se = standard_error(divide(left, leave_one_out_sums(fold(production.group.rows, groups.folds))[:, None]))
    made = []
    for k, name in enumerate(plan.categorical):
        known = reference.slots[plan.offsets[k] : plan.offsets[k + 1] - 1]
        if not known.sum() > 0:
            share[k] = np.nan
        expected = _expected(known)
        level = _grade(float(share[k]), float(se[k]), expected, groups)
        made.append(Unseen(name=name, share=float(share[k]), se=float(se[k]), expected=expected, grade=level))
    return sorted(made, key=lambda one: -one.share)


def _expected(counts: FloatArray) -> Interval:
    """Return the share of rows with an unseen level that training lets expect; `counts` end with its own unseen."""
    levels, unseen, rows = counts[:-1], float(counts[-1]), float(counts.sum())
    mass = good_turing_missing_mass(float((levels == 1).sum()), rows, float((levels == 2).sum()))
    beyond = unseen / rows if rows > 0 else 0.0
    return Interval(estimate=mass.estimate + beyond, low=0.0, high=min(1.0, mass.high + beyond))


def _grade(share: float, se: float, expected: Interval, groups: Groups) -> int:
    """Return the grade: over the margin and over what training lets expect, with its lower bound if confirmed."""
    if not (share >= MARGIN and share > expected.high):
        return 0
    worth = share * (1.0 - share) / se**2 if se > 0 and groups.count else float("nan")
    lower = share if se == 0 and groups.count else wilson(share * worth, worth, 0.9).low
    if not (lower >= MARGIN and lower > expected.high):
        return 1
    return 3 if lower >= 2.5 * MARGIN else 2


def known_and_unseen(ledger: Ledger) -> FloatArray | None:
    """Return loss sums by group of rows with known categories only and with an unseen one, (G, 2, M)."""
    cells = ledger.plan.cells
    if ledger.production.losses is None or (CELL, "unseen") not in cells:
        return None
    return ledger.production.losses.group_level[:, [cells.index((CELL, "known")), cells.index((CELL, "unseen"))]]


def log_rmse(sums: FloatArray, groups: Groups) -> FeatureEstimates:
    pair = sums[:, [COLUMN["n"], COLUMN["e2"]]]
    return FeatureEstimates(
        value=_log_root(pair.sum(axis=0)), se=standard_error(_log_root(leave_one_out_sums(fold(pair, groups.folds))))
    )


def _log_root(pair: FloatArray) -> FloatArray:
    square = divide(pair[..., 1], pair[..., 0])
    root: FloatArray = 0.5 * np.where(square > 0, np.log(np.where(square > 0, square, 1.0)), np.nan)
    return root
