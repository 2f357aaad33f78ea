"""Takes score bins, gives the recalibration that fits them and what it gains on entities it was not fitted on."""

import math
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from generator.estimates.facts import number
from generator.estimates.features import table
from generator.estimates.intervals import Estimate
from generator.estimates.score_intervals import Statistic, estimate_scores
from generator.estimates.score_sums import N_P, N, Scores, Y
from generator.records.aggregates import FloatArray
from generator.records.fact import Fact
from generator.records.table import Column, Table
from generator.stats.arrays import divide
from generator.stats.calibration import cox, cox_offset, recalibrated
from generator.stats.isotonic import pool_adjacent_violators

Kind = Literal["shift", "line", "steps"]
WORDS: dict[Kind, str] = {
    "shift": "one shift of all log-odds",
    "line": "shift and stretch of the log-odds",
    "steps": "a curve of steps that never falls",
}
POSITIVES = 1_000
"""Positives from which on a curve of steps is trusted."""
WORTH = 0.005
"""Share of the Brier score that a recalibration has to take away."""
GRID = np.arange(1, 20) / 20


@dataclass(frozen=True, kw_only=True)
class Recalibrated:
    """A recalibration judged on the other half: its kind, Brier score before and after, their difference."""

    kind: Kind
    before: float
    after: float
    gain: Estimate
    worth: bool | None
    """None where it cannot be told."""


def bin_means(sums: FloatArray) -> FloatArray:
    """Return the mean probability of the labelled rows of each bin; nan for bins without any."""
    return divide(sums[..., N_P], sums[..., N])


def chosen_kind(positives: float, slope: Estimate) -> Kind:
    """Return which recalibration fits: a shift alone where the stretch is as it should be."""
    if slope.low <= 1.0 <= slope.high:
        return "shift"
    return "line" if positives < POSITIVES else "steps"


def judged(scores: Scores, slope: Estimate) -> Recalibrated | None:
    """Return the recalibration fitted on half of the entity groups, judged on the others; None without both halves."""
    fit, rest = scores.group[::2].sum(axis=0), scores.group[1::2]
    if min(fit[:, Y].sum(), (fit[:, N] - fit[:, Y]).sum(), rest[..., N].sum()) < 1:
        return None
    kind = chosen_kind(float(fit[:, Y].sum()), slope)
    changed = mapped(kind, fit, bin_means(rest.sum(axis=0)))
    total = rest.sum(axis=0)
    half = replace(scores, group=rest, day=scores.day[:0], entities=scores.entities / 2.0)
    gain = estimate_scores(_difference(changed, bin_means(total)), half, "difference")
    before = _brier(total, bin_means(total))
    after = before + gain.value
    small = gain.low > -WORTH * before
    worth = True if gain.high < -WORTH * before else False if small else None
    return Recalibrated(kind=kind, before=before, after=after, gain=gain, worth=worth)


def mapped(kind: Kind, fit: FloatArray, p: FloatArray) -> FloatArray:
    """Return probabilities `p` recalibrated by the outcomes of the bins `fit` (B, 6)."""
    share = bin_means(fit)
    if kind == "steps":
        used = fit[:, N] > 0
        values = pool_adjacent_violators(fit[used, Y] / fit[used, N], fit[used, N])
        return np.asarray(np.interp(p, share[used], values))
    found = (cox_offset if kind == "shift" else cox)(fit[:, N], fit[:, Y], share)
    return recalibrated(p, found)


def _difference(changed: FloatArray, p: FloatArray) -> Statistic:
    """Return Brier score after less before, rows of a bin at its mean."""
    after, before = np.nan_to_num(changed), np.nan_to_num(p)

    def difference(sums: FloatArray) -> float:
        n, y = sums[:, N], sums[:, Y]
        total = float(n.sum())
        return float((n * (after**2 - before**2) - 2.0 * y * (after - before)).sum()) / total if total else math.nan

    return difference


def _brier(sums: FloatArray, p: FloatArray) -> float:
    share = np.nan_to_num(p)
    return float((sums[:, N] * share**2 - 2.0 * sums[:, Y] * share + sums[:, Y]).sum() / sums[:, N].sum())


def facts(found: Recalibrated | None) -> list[Fact]:
    """Return what was tried and what it gained."""
    head, why = "calibration.recalibration", "too few labelled entities for one half to fit and one to judge"
    nan = math.nan
    gain = found.gain if found else None
    worth = found.worth if found else None
    open_end = "" if worth is not None else why if found is None else "the interval of its gain is too wide to tell"
    numbers = {
        "before": (found.before if found else nan, "Error of the probabilities, as they are"),
        "after": (found.after if found else nan, "Error of the probabilities, recalibrated"),
    }
    return [
        Fact(
            id=f"{head}.kind",
            value=WORDS[found.kind] if found else None,
            label="Recalibration that fits",
            reason="" if found else why,
        ),
        *(
            number(
                f"{head}.{name}", value, label=f"{label}, half of the entities", n=gain.n if gain else None, reason=why
            )
            for name, (value, label) in numbers.items()
        ),
        number(
            f"{head}.gain",
            gain.value if gain else nan,
            low=gain.low if gain else nan,
            high=gain.high if gain else nan,
            n=gain.n if gain else None,
            reason=why,
            label="Change of the error by the recalibration",
            method="fitted on half of the entity groups, judged on the others, which are left out in turn",
        ),
        Fact(
            id=f"{head}.worth",
            value=worth,
            unit="flag",
            label="The recalibration is worth it",
            reason=open_end,
            method="the whole interval takes away more than half a percent of the Brier score: yes; none of it: no",
        ),
    ]


def map_table(scores: Scores, found: Recalibrated | None) -> Table:
    """Return the recalibrated value of round probabilities, fitted on all rows."""
    columns = (
        Column(key="score", label="Probability told", unit="probability"),
        Column(key="calibrated", label="Recalibrated", unit="probability"),
    )
    reason = "too few labelled entities to recalibrate"
    rows = []
    if found is not None:
        values = mapped(found.kind, scores.total, GRID)
        rows = [
            (
                number(f"calibration.map.{i + 1}.score", float(p), label="Probability told", unit="probability"),
                number(
                    f"calibration.map.{i + 1}.calibrated",
                    float(value),
                    label=f"Recalibrated {p:g}",
                    unit="probability",
                    reason="the fit has no answer",
                ),
            )
            for i, (p, value) in enumerate(zip(GRID, values, strict=True))
        ]
    return table("calibration.map", "What recalibration makes of a probability", columns, rows, reason=reason)
