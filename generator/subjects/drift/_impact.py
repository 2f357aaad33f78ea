"""Takes the ledger of a linear model, gives what each feature's shift adds to the mean prediction."""

from dataclasses import dataclass, replace

import numpy as np

from generator.estimates.feature_moments import Shift, spread
from generator.estimates.features import (
    NO_REFERENCE,
    NOT_TOLD,
    FeatureEstimates,
    Groups,
    is_partial,
    reference_variance,
    standard_error,
)
from generator.records.aggregates import CoMoments, FloatArray
from generator.records.ledger import PREDICTION, ROLES, Ledger, Linear
from generator.stats.arrays import divide
from generator.stats.cluster import fold, fold_moments, jackknife_variance, leave_one_out_sums
from generator.stats.comoments import covariance, pool_co
from generator.stats.correlation import linear_attribution
from generator.stats.moments import leave_one_out

MARGIN = 0.1
"""The model feels a shift of the mean prediction from this share of the predictions' reference SD on,"""
LOSS = 0.05
"""or, for a model whose errors are small beside that, from where it alone would raise the validation RMSE by this."""
NOT_LINEAR = "not computable: the model is not linear, so no coefficient says what it feels"
NO_ROWS = "not computable: no labelled rows with a complete design"


@dataclass(frozen=True, kw_only=True, eq=False)
class Impact:
    """Per feature (F,); nan, with the reason, where there is none.

    Parts, weights and margin are in the unit in which the model adds: of the prediction, or log-odds.
    """

    parts: FeatureEstimates
    total: FeatureEstimates
    """Of all design columns together, in the unit of the prediction, one value."""
    shift: FloatArray
    """Of the design column's mean, where the feature has exactly one."""
    coefficient: FloatArray
    weight: FloatArray
    """Reference SD of what the feature contributes to a prediction."""
    margin: float
    reason: str
    asked: bool = False
    """True: the model was asked with each input's distribution of training put back, and has no coefficients."""


def impact_of(ledger: Ledger, shift: Shift, groups: Groups, rmse: float | None) -> Impact:
    """Return coefficient × shift of every feature, summed over its design columns; `rmse` is that of validation."""
    features, reference = ledger.plan.features, ledger.reference
    if ledger.linear is None:
        return _none(len(features), NOT_LINEAR) if ledger.shuffled is None else _put_back(ledger, groups)
    if reference is None:
        return _none(len(features), NO_REFERENCE)
    design0, design1 = reference.design, ledger.production.design
    if is_partial(reference):
        return _none(len(features), NOT_TOLD)
    if design0 is None or design1 is None or not (design0.n.sum() > 0 and design1.n.sum() > 0):
        return _none(len(features), NO_ROWS)
    return _impact(ledger, shift, (design0, design1), groups, rmse)


def _put_back(ledger: Ledger, groups: Groups) -> Impact:
    """Return by what each input's drift moved the mean prediction of a model that was asked with it put back."""
    found, features = ledger.shuffled, ledger.plan.features
    assert found is not None
    blank = _none(len(features), "")
    at = {name: k for k, name in enumerate(found.features)}
    value, se = (
        np.array([float(one[at[f]]) if f in at else 0.0 for f in features]) for one in (found.moved, found.moved_se)
    )
    if not np.isfinite(value).any() or ledger.reference is None:
        return _none(len(features), NOT_LINEAR)
    total = _moved(ledger, groups)
    return replace(
        blank, parts=FeatureEstimates(value=value, se=se), total=total, margin=_margin(ledger, 0.0, None), asked=True
    )


def _impact(
    ledger: Ledger, shift: Shift, designs: tuple[CoMoments, CoMoments], groups: Groups, rmse: float | None
) -> Impact:
    linear = ledger.linear
    assert linear is not None
    width, beta, owner = len(linear.columns), linear.coefficients, membership(linear, ledger.plan.features)
    whole0 = pool_co(designs[0])
    moved = _mean(designs[1], width) - whole0.mean[:width]
    parts = linear_attribution(beta, whole0.mean[:width], whole0.mean[:width] + moved)
    felt = beta[:, None] * covariance(whole0)[:width, :width] * beta
    spreads = np.concatenate([((felt @ owner) * owner).sum(axis=0), [felt.sum()]])
    value = np.concatenate([parts @ owner, [parts.sum()]])
    weights = np.sqrt(np.maximum(spreads, 0.0))
    single, none = owner.sum(axis=0) == 1, owner.sum(axis=0) == 0
    se = _standard_error(ledger, designs, beta, owner, weights, groups)
    if designs[0].n.size != designs[1].n.size:
        se = _sharpened(se, ledger, shift, np.where(single, weights[:-1], np.nan), groups)
    return Impact(
        parts=FeatureEstimates(value=np.where(none, 0.0, value[:-1]), se=np.where(none, 0.0, se[:-1])),
        total=FeatureEstimates(value=value[-1], se=se[-1]) if linear.link == "identity" else _moved(ledger, groups),
        shift=np.where(single, moved @ owner, np.nan),
        coefficient=np.where(single, beta @ owner, np.nan),
        weight=weights[:-1],
        reason="",
        margin=_margin(ledger, spreads[-1], rmse) if linear.link == "identity" else MARGIN * float(weights[-1]),
    )


def _moved(ledger: Ledger, groups: Groups) -> FeatureEstimates:
    """Return how far the mean prediction itself has moved: on the scale of probabilities the parts do not add up."""
    assert ledger.reference is not None
    place = len(ledger.plan.numeric) + ROLES.index(PREDICTION)
    gap = ledger.production.total.mean[place] - ledger.reference.total.mean[place]
    return FeatureEstimates(value=np.asarray(gap), se=np.asarray(_together(ledger, groups)[0]))


def membership(linear: Linear, features: tuple[str, ...]) -> FloatArray:
    """Return (Q, F) with 1 where a design column comes from a feature."""
    owner = np.array([[source == feature for feature in features] for source in linear.features], dtype=np.float64)
    return owner.reshape(len(linear.features), len(features))


def _standard_error(
    ledger: Ledger,
    designs: tuple[CoMoments, CoMoments],
    beta: FloatArray,
    owner: FloatArray,
    weights: FloatArray,
    groups: Groups,
) -> FloatArray:
    """Return the jackknife error of the parts and their total; a reference in one piece adds its own variance."""
    (design0, design1), width = designs, len(beta)
    moved = _left_means(design1, width, groups)
    together = design0.n.size == design1.n.size
    if together:
        moved = moved - _left_means(design0, width, groups)
    parts = beta * moved
    left = np.column_stack([parts @ owner, parts.sum(axis=1)])
    variance = jackknife_variance(left)
    if not together:
        n0, n1 = float(design0.n.sum()), float(design1.n.sum())
        variance = variance + reference_variance(ledger, variance, weights**2 / n1, weights**2 / n0)
    error: FloatArray = np.sqrt(variance)
    return error


def _sharpened(se: FloatArray, ledger: Ledger, shift: Shift, weight: FloatArray, groups: Groups) -> FloatArray:
    """Return the errors with those replaced that leave out both sides' groups: of single columns and of the total.

    A single design column moves, in its own SDs, as its feature does; the parts add up to the mean prediction.
    """
    numeric = len(ledger.plan.numeric)
    own = divide(shift.gap.se, shift.sd0) * weight[:numeric]
    better = np.concatenate([own, np.full(len(se) - numeric - 1, np.nan), _together(ledger, groups)])
    return np.where(np.isfinite(better), better, se)


def _together(ledger: Ledger, groups: Groups) -> FloatArray:
    """Return the error (1,) of the difference of mean predictions; nan where the reference is one piece."""
    place = len(ledger.plan.numeric) + ROLES.index(PREDICTION)
    both = [sums.group for sums in (ledger.production, ledger.reference) if sums is not None and sums.group is not None]
    if len(both) < 2:
        return np.array([np.nan])
    left = [leave_one_out(fold_moments(cells.moments, groups.folds)).mean[:, place] for cells in both]
    return standard_error((left[0] - left[1])[:, None])


def _left_means(design: CoMoments, width: int, groups: Groups) -> FloatArray:
    sums = leave_one_out_sums(fold(design.n[:, None] * design.mean[:, :width], groups.folds))
    return divide(sums, leave_one_out_sums(fold(design.n, groups.folds))[:, None])


def _mean(design: CoMoments, width: int) -> FloatArray:
    mean: FloatArray = (design.n[:, None] * design.mean[:, :width]).sum(axis=0) / design.n.sum()
    return mean


def _margin(ledger: Ledger, variance: float, rmse: float | None) -> float:
    assert ledger.reference is not None
    sd = float(spread(ledger.reference.total)[len(ledger.plan.numeric) + ROLES.index(PREDICTION)])
    of_spread = MARGIN * (sd if sd > 0 else float(np.sqrt(max(variance, 0.0))))
    return of_spread if rmse is None else min(of_spread, rmse * float(np.sqrt((1.0 + LOSS) ** 2 - 1.0)))


def _none(width: int, reason: str) -> Impact:
    none, unknown = np.full(width, np.nan), np.array(np.nan)
    return Impact(
        parts=FeatureEstimates(value=none, se=none),
        total=FeatureEstimates(value=unknown, se=unknown),
        shift=none,
        coefficient=none,
        weight=none,
        margin=float("nan"),
        reason=reason,
    )
