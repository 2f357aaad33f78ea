"""Takes a ledger, gives the missing rate of every feature on both sides, with standard errors."""

from dataclasses import dataclass

import numpy as np

from generator.estimates.features import (
    NO_REFERENCE,
    NOT_TOLD,
    FeatureEstimates,
    Groups,
    is_partial,
    measured,
    part,
    standard_error,
)
from generator.records.aggregates import FloatArray
from generator.records.fact import Fact
from generator.records.ledger import Aggregates, Ledger, Plan
from generator.stats.arrays import divide
from generator.stats.cluster import fold, leave_one_out_sums


@dataclass(frozen=True, kw_only=True, eq=False)
class Rates:
    """Missing shares (F,) of numeric, then categorical features, and (last) of all their cells together, (F + 1,)."""

    rows0: int
    rows1: int
    reference: FeatureEstimates
    production: FeatureEstimates
    increase: FeatureEstimates
    reason: str
    """Why a rise is not computable where it is not."""


def rates_of(ledger: Ledger, groups: Groups) -> Rates:
    """Return the missing rates; those of the reference are nan without one."""
    plan, production, reference = ledger.plan, ledger.production, ledger.reference
    share1, left1 = _shares(plan, production, groups)
    share0, left0 = (np.full(share1.size, np.nan), left1 * np.nan)
    if reference is not None:
        share0, left0 = _shares(plan, reference, groups)
    se0, increase = standard_error(left0), standard_error(left1 - left0)
    return Rates(
        rows0=reference.rows if reference else 0,
        rows1=production.rows,
        reference=FeatureEstimates(value=share0, se=se0),
        production=FeatureEstimates(value=share1, se=standard_error(left1)),
        increase=FeatureEstimates(value=share1 - share0, se=increase),
        reason=_reason(reference),
    )


def _reason(reference: Aggregates | None) -> str:
    if reference is None:
        return NO_REFERENCE
    return NOT_TOLD if is_partial(reference) else "not computable: no rows"


def missing_by_group(plan: Plan, sums: Aggregates) -> FloatArray | None:
    """Return rows without a value by entity group and feature, (G, F); None where it is not known by group."""
    if sums.group is None or (plan.categorical and sums.slots_group is None):
        return None
    endless = None if sums.infinite is None else sums.infinite.group
    return _without_value(plan, sums.group.rows, sums.group.moments.n, endless, sums.slots_group)


def missing_by_day(plan: Plan, sums: Aggregates) -> FloatArray | None:
    """Return rows without a value by day and feature, (D, F)."""
    if sums.day is None or (plan.categorical and sums.slots_day is None):
        return None
    endless = None if sums.infinite is None else sums.infinite.day
    return _without_value(plan, sums.day.rows, sums.day.moments.n, endless, sums.slots_day)


def increase_fact(name: str, rates: Rates, index: int, groups: Groups) -> Fact:
    """Return how many points a feature's missing rate rose."""
    se = float(rates.increase.se[index])
    return measured(
        f"missing.{part(name)}.increase",
        float(rates.increase.value[index]),
        unit="points",
        label=f"Rise of the missing rate of {name}",
        n=rates.rows1,
        method=groups.method,
        half=groups.quantile(0.975) * se if se > 0 else float("nan"),
        reason=rates.reason,
    )


def _shares(plan: Plan, sums: Aggregates, groups: Groups) -> tuple[FloatArray, FloatArray]:
    """Return shares (F + 1,) and the same without each group, (G, F + 1), nan where not known by group.

    The last share is of all cells.
    """
    share = _with_all(_missing(plan, sums), np.array(float(sums.rows)))
    by_group = missing_by_group(plan, sums)
    if by_group is None or sums.group is None:
        return share, np.full((groups.folds, share.size), np.nan)
    left = leave_one_out_sums(fold(by_group, groups.folds))
    return share, _with_all(left, leave_one_out_sums(fold(sums.group.rows, groups.folds)))


def _with_all(missing: FloatArray, rows: FloatArray) -> FloatArray:
    cells = missing.shape[-1] * rows
    everything = divide(missing.sum(axis=-1), cells)
    shares: FloatArray = np.concatenate([divide(missing, rows[..., None]), everything[..., None]], axis=-1)
    return shares


def _missing(plan: Plan, sums: Aggregates) -> FloatArray:
    rows = np.array([float(sums.rows)])
    endless = None if sums.infinite is None else sums.infinite.group.sum(axis=0, keepdims=True)
    missing: FloatArray = _without_value(plan, rows, sums.total.n[None], endless, sums.slots[None])[0]
    if is_partial(sums):
        missing[: len(plan.numeric)] = sums.nulls[: len(plan.numeric)]
    return missing


def _without_value(
    plan: Plan, rows: FloatArray, n: FloatArray, infinite: FloatArray | None, slots: FloatArray | None
) -> FloatArray:
    held = n if infinite is None else n + infinite
    numeric = rows[:, None] - held[:, : len(plan.numeric)]
    if slots is None:
        return numeric
    last = np.array(plan.offsets[1:], dtype=np.int64) - 1
    return np.concatenate([numeric, slots[:, last]], axis=1)
