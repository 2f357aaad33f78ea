"""Takes what a statistics file tells of each feature, gives the plan and that part of the sums which it fills."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from generator.measure.sketch import with_tails
from generator.records.aggregates import FloatArray, Moments
from generator.records.ledger import Aggregates, Plan

FEWEST = 4
"""Quantiles needed for bins: three make too few to speak of a distribution."""
NOTHING = float("nan")


@dataclass(frozen=True, kw_only=True)
class Summary:
    """One column; NaN or empty where the file does not tell."""

    name: str
    mean: float = NOTHING
    sd: float = NOTHING
    low: float = NOTHING
    high: float = NOTHING
    missing: float = NOTHING
    """Share of rows without a value."""
    quantiles: Mapping[float, float] = field(default_factory=dict)
    """Probability → value."""
    levels: Mapping[str, float] = field(default_factory=dict)
    """Level → share of the rows with a value, or count of rows."""

    @property
    def tells(self) -> bool:
        """Return whether there is anything that shows what kind of column it is."""
        return bool(self.levels or self.quantiles or np.isfinite([self.mean, self.sd]).any())

    @property
    def steps(self) -> tuple[FloatArray, FloatArray]:
        """Return probabilities and values of the quantiles, both ascending, with the ends where they are known."""
        ends = {0.0: self.low, 1.0: self.high}
        known = {p: v for p, v in {**ends, **self.quantiles}.items() if np.isfinite(v)} if self.quantiles else {}
        p = np.array(sorted(known), dtype=np.float64)
        return p, np.maximum.accumulate(np.array([known[q] for q in p.tolist()], dtype=np.float64))


@dataclass(frozen=True, kw_only=True)
class Summaries:
    """Everything a statistics file tells: number of rows, the features by name, the target."""

    rows: int
    """0 where the file does not tell."""
    features: Mapping[str, Summary]
    target: Summary | None = None


def summarised_plan(plan: Plan, known: Summaries) -> Plan:
    """Return a plan made of production rows with the reference's own edges and levels where it has them."""
    columns = [known.features.get(name) for name in plan.numeric]
    grid = [_edges(one, rest) for one, rest in zip(columns, plan.grid, strict=False)]
    deciles = [_deciles(one) for one in columns]
    found = zip(plan.categorical, plan.levels, strict=True)
    levels = tuple(_levels(known.features.get(name)) or rest for name, rest in found)
    roles = len(plan.numeric)
    return replace(plan, levels=levels, grid=(*grid, *plan.grid[roles:]), deciles=(*deciles, *plan.deciles[roles:]))


def summarised_sums(plan: Plan, known: Summaries) -> Aggregates:
    """Return the reference sums on the plan; what the file does not tell is None, NaN or a count of zero."""
    nobody = Summary(name="")
    columns = [known.features.get(name, nobody) for name in plan.numeric] + [known.target or nobody, nobody]
    missing = np.array([one.missing for one in columns])
    rows = known.rows or NOTHING
    there = rows * (1.0 - np.nan_to_num(missing))
    mean, sd = np.array([one.mean for one in columns]), np.array([one.sd for one in columns])
    n = np.where(np.isfinite(mean), there, 0.0)
    # Without a spread there is no telling how far a mean has moved: SDs of NaN keep what needs them a gap.
    m2 = np.where(n == 0, 0.0, sd**2 * np.maximum(n - 1.0, 0.0))
    unknown = np.full(len(columns), NOTHING)
    total = Moments(n=n, mean=np.where(n == 0, 0.0, mean), m2=m2, m3=unknown, m4=unknown)
    grid = tuple(_counts(one, edges, float(n)) for one, edges, n in zip(columns, plan.grid, there, strict=True))
    return Aggregates(
        rows=known.rows,
        days=np.zeros(0, dtype=np.int64),
        day=None,
        level=None,
        group=None,
        total=total,
        nulls=rows * missing,
        nans=np.zeros(len(columns)),
        grid=grid,
        slots_day=None,
        slots_group=None,
        slots=_slots(plan, known),
        unseen={},
        losses=None,
        errors=None,
        missing_losses=None,
        pairs=None,
        design=None,
        design_day=None,
        entities=None,
        extremes=None,
    )


def _edges(one: Summary | None, otherwise: FloatArray) -> FloatArray:
    """Return the distinct quantiles; with log-spaced edges outside them where the ends are known."""
    if one is None or not one.quantiles:
        return otherwise
    p, values = one.steps
    inner = np.unique(values)
    return with_tails(inner) if p[0] == 0.0 and p[-1] == 1.0 else inner


def _deciles(one: Summary | None) -> FloatArray:
    """Return the inner quantiles, every tenth where there are such; none where two are the same.

    Quantiles that repeat hide how many rows have exactly this value, and so the counts on either side of it.
    """
    p, values = (np.zeros(0), np.zeros(0)) if one is None else one.steps
    if p.size < FEWEST or np.unique(values).size < values.size:
        return np.zeros(0)
    inside = (p > 0.0) & (p < 1.0)
    tenth = inside & np.isclose(p * 10.0, np.round(p * 10.0))
    chosen: FloatArray = values[tenth if tenth.sum() == 9 else inside]
    return chosen[np.unique(np.linspace(0, chosen.size - 1, min(9, chosen.size)).round().astype(np.int64))]


def _counts(one: Summary, edges: FloatArray, rows: float) -> FloatArray:
    """Return rows between and at the edges: between two quantiles lie as many as their probabilities are apart."""
    counts = np.zeros(2 * edges.size + 1)
    if not one.quantiles:
        return counts
    p, values = one.steps
    for k, value in enumerate(values):
        before = p[k - 1] if k else 0.0
        repeated = k > 0 and values[k - 1] == value
        place = 2 * int(np.searchsorted(edges, value))
        counts[place + 1 if repeated else place] += (p[k] - before) * rows
    counts[2 * int(np.searchsorted(edges, values[-1])) + 2] += (1.0 - p[-1]) * rows
    return counts


def _levels(one: Summary | None) -> tuple[str, ...]:
    return () if one is None else tuple(sorted(one.levels))


def _slots(plan: Plan, known: Summaries) -> FloatArray:
    slots = np.zeros(plan.offsets[-1])
    for name, levels, start in zip(plan.categorical, plan.levels, plan.offsets, strict=False):
        one = known.features.get(name)
        missing = NOTHING if one is None else one.missing
        if one is not None and one.levels:
            counts = np.array([one.levels[level] for level in levels])
            share = counts / counts.sum()
            slots[start : start + len(levels)] = np.round(share * known.rows * (1.0 - np.nan_to_num(missing)))
        slots[start + len(levels) + 1] = missing * known.rows
    return slots
