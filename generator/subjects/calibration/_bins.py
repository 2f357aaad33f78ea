"""Takes score bins, gives the reliability table on bins of equal mass, the monotone curve, and the histogram."""

import math
from dataclasses import dataclass

import numpy as np

from generator.estimates.facts import number
from generator.estimates.intervals import FEWEST, folded
from generator.estimates.score_intervals import usable_groups
from generator.estimates.score_sums import N_P, ROWS, N, Scores, Y
from generator.records.aggregates import FloatArray, IntArray
from generator.records.table import Cell, Mark, Table
from generator.results.words import quantities, tables
from generator.stats.arrays import divide
from generator.stats.cluster import jackknife_variance, leave_one_out_sums
from generator.stats.intervals import share_interval
from generator.stats.isotonic import consistency_band, isotonic_rates

QUANTITY, TABLE = quantities(__file__), tables(__file__)

MOST, FEW = 15, 10
"""Bins of equal mass, and those for fewer than `MANY` labelled rows."""
MANY = 5_000
COLUMNS = 20
"""Bars of the histogram."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Reliability:
    """Bins of equal mass (K,): rows, positives, mean probability, and the edges around them (K + 1,)."""

    rows: FloatArray
    positives: FloatArray
    share: FloatArray
    edges: FloatArray
    starts: IntArray
    """The first fine bin of each."""


def reliability(scores: Scores, reference: FloatArray | None) -> Reliability:
    """Return bins of equally many reference rows (without a reference, of production), none of them without labels."""
    total = scores.total
    mass = total[:, N] if reference is None else reference[:, ROWS]
    wanted = MOST if scores.labelled >= MANY else FEW
    cuts = np.searchsorted(np.cumsum(mass), np.arange(1, wanted) / wanted * mass.sum())
    starts = np.unique(np.concatenate([[0], np.clip(cuts + 1, 0, len(mass) - 1)])).astype(np.int64)
    starts = starts[np.add.reduceat(total[:, N], starts) > 0]
    if starts.size:
        starts[0] = 0
    parts = np.add.reduceat(total, starts, axis=0) if starts.size else total[:0]
    edges = np.concatenate([[0.0], scores.edges, [1.0]])
    return Reliability(
        rows=parts[:, N],
        positives=parts[:, Y],
        share=divide(parts[:, N_P], parts[:, N]),
        edges=edges[np.append(starts, len(total))],
        starts=starts,
    )


def reliability_table(scores: Scores, bins: Reliability, effect: float) -> Table:
    """Return predicted against observed shares, with the band that a calibrated model stays in nine times in ten."""
    variance, groups = _variances(scores, bins)
    low, high = consistency_band(np.maximum(np.round(bins.rows / effect), 1), bins.share)
    rows = [_row(bins, index, float(variance[index]), groups, (low[index], high[index])) for index in range(len(low))]
    return TABLE("calibration.reliability", rows, reason="no labelled rows")


def _row(bins: Reliability, index: int, variance: float, groups: int, band: tuple[float, float]) -> tuple[Cell, ...]:
    id, words = f"calibration.reliability.{index + 1}", f"probabilities of bin {index + 1}"
    n, observed = float(bins.rows[index]), float(bins.positives[index] / bins.rows[index])
    around = share_interval(observed, variance, groups - 1.0)
    word = Mark(status="ok", word="as told")
    if observed > band[1]:
        word = Mark(status="watch", word="more than told")
    elif observed < band[0]:
        word = Mark(status="watch", word="fewer than told")
    return (
        number(QUANTITY("{id}.low", id=id, words=words), float(bins.edges[index])),
        number(QUANTITY("{id}.high", id=id, words=words), float(bins.edges[index + 1])),
        number(QUANTITY("{id}.rows", id=id, words=words), n),
        number(QUANTITY("{id}.predicted", id=id, words=words), float(bins.share[index]), n=n),
        number(QUANTITY("{id}.observed", id=id, words=words), observed, low=around.low, high=around.high, n=n),
        number(QUANTITY("{id}.band_low", id=id, words=words), float(band[0])),
        number(QUANTITY("{id}.band_high", id=id, words=words), float(band[1])),
        word,
    )


def _variances(scores: Scores, bins: Reliability) -> tuple[FloatArray, int]:
    groups = usable_groups(scores)
    if groups < FEWEST or bins.starts.size == 0:
        return np.full(bins.starts.size, math.nan), 0
    parts = leave_one_out_sums(np.add.reduceat(folded(scores.group, groups), bins.starts, axis=1))
    return jackknife_variance(divide(parts[..., Y], parts[..., N])), groups


def curve_table(scores: Scores) -> Table:
    """Return the steps of the best curve that never falls: from which to which probability, and the share there."""
    total = scores.total
    used = total[:, N] > 0
    fitted = isotonic_rates(total[used, N], total[used, Y])
    p = divide(total[used, N_P], total[used, N])
    first = np.flatnonzero(np.diff(fitted, prepend=-1.0) > 0)
    last = np.append(first[1:], fitted.size) - 1
    rows = [
        tuple(
            number(f"calibration.curve.{i + 1}.{key}", float(value), label=f"Step {i + 1}, {label}", unit=unit)
            for key, value, label, unit in (
                ("low", p[a], "lowest probability", "probability"),
                ("high", p[b], "highest probability", "probability"),
                ("share", fitted[a], "share of positives", "share"),
            )
        )
        for i, (a, b) in enumerate(zip(first, last, strict=True))
    ]
    return TABLE("calibration.curve", rows, reason="no labelled rows")


def histogram_table(scores: Scores) -> Table:
    """Return how many rows have which probability."""
    total = scores.total[:, ROWS]
    lowest = np.concatenate([[0.0], scores.edges])
    place = np.minimum((lowest * COLUMNS + 1e-9).astype(np.int64), COLUMNS - 1)
    counts = np.bincount(place, weights=total, minlength=COLUMNS)
    rows = [
        (
            number(f"calibration.histogram.{i + 1}.low", i / COLUMNS, label="From", unit="probability"),
            number(f"calibration.histogram.{i + 1}.high", (i + 1) / COLUMNS, label="To", unit="probability"),
            number(f"calibration.histogram.{i + 1}.rows", float(count), label="Rows", unit="rows"),
            number(f"calibration.histogram.{i + 1}.share", float(count / total.sum()), label="Share", unit="share"),
        )
        for i, count in enumerate(counts)
    ]
    return TABLE("calibration.histogram", rows)
