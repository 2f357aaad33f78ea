"""How far production is from training in all numeric features at once, beyond what each shows alone."""

import math
from dataclasses import dataclass

import numpy as np

from generator.estimates.facts import not_told
from generator.estimates.feature_moments import first, means
from generator.estimates.features import Groups, counted, evidence, groups_of, measured
from generator.records.aggregates import FloatArray
from generator.records.evidence import Evidence
from generator.records.fact import Fact, missing
from generator.records.ledger import Aggregates, Ledger, PairSums
from generator.records.plugin import Analysis
from generator.records.project import Project
from generator.records.table import Cell
from generator.results.words import quantities, tables
from generator.stats.arrays import divide
from generator.stats.cluster import fold, fold_moments, jackknife_variance, leave_one_out_sums
from generator.stats.moments import leave_one_out
from generator.stats.multivariate import (
    distance2,
    leading,
    linear_auc,
    pseudo_inverse,
    reconstruction_error,
)

QUANTITY, TABLE = quantities(__file__), tables(__file__)

Columns = np.ndarray[tuple[int], np.dtype[np.bool_]]
SHARE = 0.65
"""Share of the training variance that the leading directions hold (methods 1.9)."""
NOTHING = 1e-9
"""Squared training standard deviations that are no more than rounding."""
READINGS = ((0.55, "alike"), (0.65, "hardly different"), (0.8, "clearly different"), (1.01, "nearly told row by row"))
"""How often a linear rule tells the two sides apart, from a half for none, and what that means."""
LABELS = {
    "auc": "How often a row is rightly told from one of training",
    "distance": "Distance of the means",
    "reconstruction": "Change of what the usual patterns leave unexplained",
}


def run(project: Project, ledger: Ledger) -> Evidence:
    """Return the distance of both sides, the equivalent linear rule, and how well the old patterns still hold."""
    del project
    reason = _why(ledger)
    sides = None if reason or ledger.reference is None else _standardised(ledger, ledger.reference)
    if sides is not None and not sides.used.any():
        reason = "no numeric feature varies in training and has values in production"
    if reason or ledger.reference is None or sides is None:
        none = (missing(f"drift.multivariate.{key}", reason, label=label) for key, label in LABELS.items())
        return evidence(none, [TABLE("drift.multivariate", (), reason=reason)])
    groups = groups_of(ledger)
    made = _distance(ledger, ledger.reference, sides, groups)
    made |= _patterns(ledger, ledger.reference, sides, groups)
    rows: list[tuple[Cell, ...]] = [(LABELS[key], made[key], _reading(made, key)) for key in LABELS]
    return evidence(made.values(), [TABLE("drift.multivariate", rows, reason=reason)])


def _why(ledger: Ledger) -> str:
    if len(ledger.plan.numeric) < 2:
        return "fewer than two numeric features"
    reference = ledger.reference
    return not_told(ledger) if reference is None or reference.pairs is None or reference.group is None else ""


@dataclass(frozen=True, kw_only=True, eq=False)
class _Sides:
    """The columns used (bool), their training SD and mean, and both correlation-like matrices in training SDs."""

    used: Columns
    sd: FloatArray
    mean: FloatArray
    before: FloatArray
    after: FloatArray


def _standardised(ledger: Ledger, reference: Aggregates) -> _Sides:
    before, after = (_covariance(ledger, sums.pairs) for sums in (reference, ledger.production))
    sd = np.sqrt(np.maximum(np.diag(before), 0.0))
    used = _together(np.isfinite(before) & np.isfinite(after), sd > 0)
    scale = np.outer(sd[used], sd[used])
    mean = means(first(reference.total, len(ledger.plan.numeric)))
    square = np.ix_(used, used)
    return _Sides(used=used, sd=sd[used], mean=mean[used], before=before[square] / scale, after=after[square] / scale)


def _together(known: np.ndarray[tuple[int, int], np.dtype[np.bool_]], varies: Columns) -> Columns:
    """Return the columns that vary (P) and have known covariances (P, P) with all others that are returned."""
    used: Columns = varies & np.diag(known)
    while (gaps := (~known & np.outer(used, used)).sum(axis=0)).any():
        used[int(np.argmax(gaps))] = False
    return used


def _covariance(ledger: Ledger, pairs: PairSums | None) -> FloatArray:
    """Return the covariances (P, P) of all numeric features; NaN where a feature is not among those that are paired."""
    assert pairs is not None
    whole = np.full((len(ledger.plan.numeric),) * 2, np.nan)
    whole[np.ix_(ledger.plan.paired, ledger.plan.paired)] = _of_sums(
        *(sums.sum(axis=0) for sums in (pairs.n, pairs.s, pairs.x))
    )
    return whole


def _of_sums(n: FloatArray, s: FloatArray, x: FloatArray) -> FloatArray:
    """Return covariances (…, P, P) over the rows that have both of a pair."""
    return divide(x, n) - divide(s, n) * divide(s.swapaxes(-1, -2), n)


def _distance(ledger: Ledger, reference: Aggregates, sides: _Sides, groups: Groups) -> dict[str, Fact]:
    """Return the distance of the means without what chance gives, leaving out groups of entities on both sides."""
    n0, n1 = float(reference.rows), float(ledger.production.rows)
    inverse = pseudo_inverse((n0 * sides.before + n1 * sides.after) / (n0 + n1))
    whole = float(distance2(_gap(ledger.production, reference, sides), inverse))
    squared, half = whole, math.nan
    if groups.count and ledger.production.group is not None and reference.group is not None:
        left = distance2(_left_gaps(ledger, reference, sides, groups), inverse)
        squared = whole - (groups.count - 1) * float(left.mean() - whole)
        half = groups.quantile(0.975) * float(np.sqrt(jackknife_variance(left)))
    ends = [math.sqrt(max(end, 0.0)) for end in (squared, squared - half, squared + half)]
    method = f"Mahalanobis, {inverse.rank} directions, less its bias; {groups.method} on both sides"
    return {
        "auc": measured(
            QUANTITY("drift.multivariate.auc", method=method),
            linear_auc(ends[0]),
            label=LABELS["auc"],
            low=linear_auc(ends[1]),
            high=linear_auc(ends[2]),
        ),
        "distance": measured(
            "drift.multivariate.distance",
            ends[0],
            unit="sd",
            low=ends[1],
            high=ends[2],
            label=LABELS["distance"],
            method=method,
        ),
        "rank": counted(QUANTITY("drift.multivariate.rank"), inverse.rank),
    }


def _gap(production: Aggregates, reference: Aggregates, sides: _Sides) -> FloatArray:
    width = sides.used.size
    after, before = (means(first(sums.total, width)) for sums in (production, reference))
    gap: FloatArray = (after - before)[sides.used] / sides.sd
    return gap


def _left_gaps(ledger: Ledger, reference: Aggregates, sides: _Sides, groups: Groups) -> FloatArray:
    width, left = sides.used.size, []
    for sums in (ledger.production, reference):
        assert sums.group is not None
        left.append(means(leave_one_out(fold_moments(first(sums.group.moments, width), groups.folds))))
    gaps: FloatArray = (left[0] - left[1])[:, sides.used] / sides.sd
    return gaps


def _patterns(ledger: Ledger, reference: Aggregates, sides: _Sides, groups: Groups) -> dict[str, Fact]:
    """Return how much more the leading directions of training leave unexplained, mean shifts included."""
    directions = leading(sides.before, SHARE)
    before = float(reconstruction_error(sides.before, directions))
    gap = _gap(ledger.production, reference, sides)
    after = float(reconstruction_error(sides.after + np.outer(gap, gap), directions))
    half = math.nan
    pairs = ledger.production.pairs
    if before > NOTHING and groups.count and pairs is not None:
        n, s, x = (leave_one_out_sums(fold(sums, groups.folds)) for sums in (pairs.n, pairs.s, pairs.x))
        own = sides.used[ledger.plan.paired]
        square = np.ix_(own, own)
        second = np.stack([one[square] for one in _of_sums(n, s, x)]) / np.outer(sides.sd, sides.sd)
        gaps = _left_gaps(ledger, reference, sides, groups)
        left = reconstruction_error(second + gaps[:, :, None] * gaps[:, None, :], directions)
        half = groups.quantile(0.975) * float(np.sqrt(jackknife_variance(left / before)))
    change = measured(
        QUANTITY("drift.multivariate.reconstruction"),
        after / before - 1.0 if before > NOTHING else math.nan,
        half=half,
        label=LABELS["reconstruction"],
        method=f"principal components of training, {SHARE:.0%} of its variance in {directions.shape[1]}; "
        f"{groups.method} of production",
    )
    return {"reconstruction": change}


def _reading(made: dict[str, Fact], key: str) -> str:
    value = made["auc"].number
    if key != "auc" or value is None:
        return "in training standard deviations, all directions together" if key == "distance" else "zero is as before"
    return next(word for limit, word in READINGS if value < limit)


ANALYSIS = Analysis(id="multivariate", title="Drift of all numeric features at once", run=run)
