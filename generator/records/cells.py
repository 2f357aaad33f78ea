"""What is kept beside the ledger's plain sums: losses by cells that tell causes and by slices, what a probe said."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from generator.records.aggregates import FloatArray, IntArray

CELL_LOSSES = ("n", "e2", "e4")
GAPS = 6
"""Rows by missing values of their features: none, 1, 2–3, 4–7, 8–15, 16 and more."""
PERIOD = 10
"""Days that are compared with the reference apart from others: what changes with time is not mixed up."""
CAUSE_GROUPS = 32
TIERS = 5
"""Rows by fifths of the reference's predictions."""
REJECTIONS = ("reject", "refuse", "drop", "no score")
BLOCKS = 17
"""Rows of even entity groups together, then those of odd groups in sixteen blocks."""


@dataclass(frozen=True, kw_only=True, eq=False)
class CauseSums:
    """Sums of `CELL_LOSSES` of labelled rows by group, period and cell, (G, T, 2, GAPS, TIERS, L, 3).

    Cells are known or new levels, missing values, prediction, segment level. `periods` (T,) count PERIOD days since
    1970-01-01, -1 without a date; `levels` are those of the first declared segment, one without a name where there
    is none.
    """

    levels: tuple[str, ...]
    periods: IntArray
    sums: FloatArray


@dataclass(frozen=True, kw_only=True)
class Slicing:
    """One feature cut into few parts: numbers between `cuts`, texts by `known` level; `parts` names them in order.

    The last part is a missing value; for texts the two before it are the other known levels and the new ones.
    """

    feature: str
    parts: tuple[str, ...]
    cuts: tuple[float, ...] = ()
    known: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, eq=False)
class SlicePlan:
    """The features to pair, their places among the plan's, and of how many entities one is looked at."""

    features: tuple[Slicing, ...]
    places: tuple[int, ...]
    stride: int
    usual: FloatArray
    """The squared error (T,) that the reference has at each tenth of the predictions; ones where it has none."""


@dataclass(frozen=True, kw_only=True, eq=False)
class SliceSums:
    """Labelled rows, and their squared error over the `usual` one, by pair of parts and by block, flat.

    Pairs of `features` stand in the order of `pairs_of`; a pair of a and b parts fills a · b · BLOCKS places. Errors of
    dear products are larger as a matter of course: only what is worse than other rows at the same tenth of the
    predictions stands out. So rows and squared error stand by half of the entity groups and tenth too, a · b · 2 · T.
    """

    features: tuple[Slicing, ...]
    n: FloatArray
    loss: FloatArray
    n_tenths: FloatArray
    e2_tenths: FloatArray


def is_rejection(action: str) -> bool:
    """Return whether a declared action keeps a row from the model: it begins with reject, refuse, drop or no score."""
    return action.strip().lower().startswith(REJECTIONS)


@dataclass(frozen=True, kw_only=True, eq=False)
class ContractSums:
    """Rows by day on which each declared action falls, (D, A): a missing, unknown or forbidden value of a feature."""

    actions: tuple[str, ...]
    day: FloatArray
    unscored: FloatArray
    """Rows by day (D,) on which any action falls that keeps them from the model."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Probe:
    """How well a classifier tells production rows from training rows, on samples of which nothing else is kept."""

    auc: float
    """How often the likelier of one row of each side is the production row; nan for a `reason`."""
    auc_se: float
    ess: float
    """Share of the training rows that is left once they are weighted to look like production."""
    ess_se: float
    rows: tuple[int, int]
    """Rows of training and of production."""
    groups: int
    """Groups of entities that the errors come from."""
    features: tuple[str, ...]
    """Features that part the sides best, the best first, and"""
    importance: FloatArray
    """what shuffling each takes from `auc`."""
    reason: str = ""


@dataclass(frozen=True, kw_only=True, eq=False)
class Aside:
    """Rows after that a contrast leaves out, since they are no sign of a changed relation."""

    share: float
    """Share of the rows after, and"""
    usual: float
    """of the rows before, that are such rows; of repeated predictions weighted to the inputs of after."""
    means: FloatArray
    """Mean squared error before and after, (2,), with these rows, without those that were left out before them."""
    left_out: FloatArray
    """The same without each group of entities, (G, 2)."""
    alone: bool
    """Whether too few other rows are left for a comparison."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Repeated(Aside):
    """Predictions that many rows of different inputs share, where rows of like inputs shared them rarely before."""

    values: int
    """How many such predictions there are."""


@dataclass(frozen=True, kw_only=True, eq=False)
class HeldInputs(Aside):
    """Inputs that stand still, or all of which are those of an earlier row, as they seldom were before."""

    inputs: tuple[str, ...]
    """Those that stand still."""
    copied: float
    """Share of the rows after whose inputs are an earlier row's."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Contrast:
    """Mean squared errors of labelled rows before, of the same weighted to the inputs of those after, and of these.

    Each is (L,) by level of the first segment, a level's part of the mean over all rows, so that levels add up.
    """

    against: Literal["held_out", "first_third"]
    """What stands before: rows out of sample, or the first third of production's days against the last."""
    means: FloatArray
    """(3, L): before, weighted, after; nan for a `reason`."""
    left_out: FloatArray
    """The same without each group of entities, (G, 3, L)."""
    ess: float
    """Share of the rows before that is left once they are weighted."""
    rows: tuple[int, int]
    levels: tuple[str, ...]
    level_rows: FloatArray
    """Rows after by level (L,)."""
    new_entities: float
    """Share of the rows after whose entity is not among those before."""
    unknown: tuple[float, float]
    """Share of the rows before, and of those after, whose entity no training row has; nan where not known."""
    held: HeldInputs | None = None
    repeated: Repeated | None = None
    reason: str = ""


@dataclass(frozen=True, kw_only=True, eq=False)
class Rescored:
    """Predictions in a column beside those of the model that was opened, on a sample of labelled rows."""

    rows: int
    apart: float
    """Share of rows whose two predictions differ by more than a thousandth of their spread."""
    means: FloatArray
    """Mean squared error of the model's own predictions, and of the stored ones, (2,)."""
    left_out: FloatArray
    """The same without each group of entities, (G, 2)."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Shuffled:
    """What a model loses when an input is shuffled over the rows, on a sample of labelled rows."""

    features: tuple[str, ...]
    """The inputs, the most important first."""
    rise: FloatArray
    """By what the mean squared error rises (F,)."""
    rise_se: FloatArray
    """Standard errors, groups of entities left out among the rows that receive values and those that give them."""
    together: FloatArray
    """The same where all inputs that go along with it are shuffled as well (F,); its own where none does."""
    partners: tuple[tuple[str, ...], ...]
    within: FloatArray
    """The same shuffled among the rows of a day alone (F,); nan where the input differs little from day to day."""
    moved: FloatArray
    """Mean prediction as it is, less that with the input's training distribution put back (F,); nan where not known."""
    moved_se: FloatArray
    """Standard errors of that, groups of entities left out (F,)."""
    loss_moved: FloatArray
    """Mean squared error as it is, less that with the training distribution put back (F,)."""
    rows: int
    groups: int

    @property
    def of_days(self) -> bool:
        """Return whether there is an input that differs from day to day."""
        return bool(np.isfinite(self.within).any())


def pairs_of(features: tuple[Slicing, ...]) -> list[tuple[int, int, int]]:
    """Return the places of both features of each pair, and where the pair's cells start; the end comes last."""
    pairs, start = [], 0
    for i in range(len(features)):
        for j in range(i + 1, len(features)):
            pairs.append((i, j, start))
            start += len(features[i].parts) * len(features[j].parts) * BLOCKS
    return [*pairs, (-1, -1, start)]
