"""Takes a ledger, gives the error of rows where a feature is missing against those where it is there."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from generator.estimates.facts import number, target_unit
from generator.estimates.features import FeatureEstimates, Groups, adjusted, grade, measured, part, standard_error
from generator.estimates.headline import head_of
from generator.estimates.intervals import COLUMN
from generator.records.aggregates import FloatArray
from generator.records.evidence import Claim, Finding, Scope, Severity, finding
from generator.records.ledger import Aggregates, Ledger
from generator.records.project import Project
from generator.results.words import quantities
from generator.stats.arrays import divide
from generator.stats.cluster import fold, leave_one_out_sums

QUANTITY = quantities(__file__)

FEWEST = 30
"""Labelled rows without the feature, and with it, from which on they are compared."""
MARGIN = float(np.log(1.1))
"""Rows err noticeably more from ten percent on."""


def error_findings(ledger: Ledger, groups: Groups, project: Project) -> Iterator[Finding]:
    """Yield the feature whose missing values cost most accuracy, if that is confirmed."""
    head = head_of(ledger, target_unit(project))
    compared = _compared(ledger.production, groups, root=head.ratio.root)
    if compared is None:
        return
    rows, log_ratio = compared
    enough = (rows >= FEWEST) & np.isfinite(log_ratio.value)
    grades = _grades(log_ratio, enough, groups)
    order = np.argsort(np.where(enough, -log_ratio.value, np.inf), kind="stable")
    worst = next((int(j) for j in order if grades[j] >= 2), None)
    if worst is None:
        return
    name, log = ledger.plan.features[worst], float(log_ratio.value[worst])
    half = groups.quantile(0.975) * float(log_ratio.se[worst])
    difference = measured(
        QUANTITY(
            "missing.{name}.rmse_difference",
            name=part(name),
            short=head.metric.short,
            name_2=name,
            method=groups.method,
        ),
        float(np.expm1(log)),
        low=float(np.expm1(log - half)),
        high=float(np.expm1(min(log + half, 700.0))),
        n=rows[worst],
    )
    without = number(QUANTITY("missing.{name}.rows_judged", name=part(name), name_2=name), rows[worst])
    words = (f"Where {name} is missing (", without, "), the error differs by ", difference, " from the other rows.")
    severity: Severity = "severe" if grades[worst] == 3 else "confirmed"
    claim = Claim(what="error", relation="differs", value=difference, scope=Scope(feature=name))
    yield finding("missing.errors", "missing", severity, name, words, claim)


def _compared(sums: Aggregates, groups: Groups, *, root: bool) -> tuple[FloatArray, FeatureEstimates] | None:
    """Return by feature (F,) the labelled rows without it, and the log of the ratio of errors without and with it."""
    if sums.missing_losses is None or sums.losses is None:
        return None
    both = sums.losses.group[:, [COLUMN["n"], COLUMN["e2"]]]
    if not both[:, 0].sum() > 0:
        return None
    without = sums.missing_losses[:, :, :2]
    total = _error(without.sum(axis=0), root), _error(both.sum(axis=0) - without.sum(axis=0), root)
    left = leave_one_out_sums(fold(without, groups.folds))
    rest = leave_one_out_sums(fold(both, groups.folds))[:, None] - left
    enough = both[:, 0].sum() - without[:, :, 0].sum(axis=0) >= FEWEST
    spread = standard_error(_log_ratio(_error(left, root), _error(rest, root)))
    return np.where(enough, without[:, :, 0].sum(axis=0), 0.0), FeatureEstimates(value=_log_ratio(*total), se=spread)


def _error(sums: FloatArray, root: bool) -> FloatArray:
    mean: FloatArray = np.maximum(divide(sums[..., 1], sums[..., 0]), 0.0)
    return np.sqrt(mean) if root else mean


def _log_ratio(missing: FloatArray, present: FloatArray) -> FloatArray:
    ratio = divide(missing, present)
    log: FloatArray = np.where(ratio > 0, np.log(np.where(ratio > 0, ratio, 1.0)), np.nan)
    return log


def _grades(log_ratio: FeatureEstimates, enough: NDArray[np.bool_], groups: Groups) -> NDArray[np.int64]:
    p = adjusted(np.where(enough, groups.p_values(log_ratio), np.nan))
    lower = log_ratio.value - groups.quantile(0.95) * log_ratio.se
    return grade(log_ratio.value / MARGIN, lower / MARGIN, p)
