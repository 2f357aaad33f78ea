"""What is left of the rows: mergeable sums by day, segment level and entity group, without any row.

Axes: D days, G = 64 entity groups, S segment levels, P numeric columns (features first, then the roles
`target` and `prediction`), C slots of all categorical features (each feature's levels, then unseen, then missing),
H error buckets, M loss columns (`LOSSES`), Q design columns of a linear model.
"""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from generator.records.aggregates import CoMoments, FloatArray, IntArray, Moments
from generator.records.cells import CauseSums, ContractSums, Contrast, Probe, Rescored, Shuffled, SliceSums
from generator.records.inference import InferenceCost
from generator.records.requests import RequestCounts

GROUPS = 64
PAIRED = 200
"""Most numeric features whose pairs are summed: sums grow with the square of their number."""
COARSE = 64
"""Most score edges by segment level."""
TARGET, PREDICTION = "target", "prediction"
ROLES = (TARGET, PREDICTION)
UNSEEN, MISSING = "(unseen)", "(missing)"
LOSSES = (
    "rows",
    "n",
    "e",
    "e2",
    "e3",
    "e4",
    "abs",
    "abs_y",
    "previous_n",
    "previous_e",
    "previous_e2",
    "previous_abs",
    "previous_d",
    "previous_d2",
    "benchmark_n",
    "benchmark_e2",
    "benchmark_abs",
    "benchmark_d",
    "benchmark_d2",
    "switch_n",
    "switch",
    "switch2",
    "moved",
    "log",
    "log2",
    "promise",
)
"""Sums kept of every cell: rows scored; labelled rows, error = prediction − target and its powers, |error|, |target|;
the same for the previous model and the benchmark (its e left out) on the same rows, d = error² − their error²;
switch = prediction − previous prediction; moved: 1 where the switch is more than a tenth of the previous prediction (of
probabilities: where it crosses the threshold in use, without one where it is more than 0.1); of binary models only
log = the negative logarithm of the probability given to the outcome, promise = p(1 − p), the error² that a right
probability p has on average."""
SCORES = ("rows", "p", "pq", "n", "n_p", "y")
"""Sums kept of every score bin of a binary model: rows scored, their probabilities p and p(1 − p); labelled rows, their
probabilities and their outcomes."""


@dataclass(frozen=True, kw_only=True, eq=False)
class SegmentPlan:
    """One way to split rows: by levels of a column, or between `cuts` of a numeric one; `levels` names the parts."""

    name: str
    column: str
    levels: tuple[str, ...]
    cuts: tuple[float, ...] = ()
    hidden: bool = False
    """True for the program's own splits, which are not segments of the team."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Plan:
    """What is counted where: fixed before the pass, so that any split of the rows gives the same sums."""

    numeric: tuple[str, ...]
    categorical: tuple[str, ...]
    levels: tuple[tuple[str, ...], ...]
    """Reference levels of each categorical feature."""
    deciles: tuple[FloatArray, ...]
    """Inner edges of each numeric column, at most nine; a bin holds edge <= x < next edge."""
    grid: tuple[FloatArray, ...]
    """Fine edges of each numeric column: reference quantiles and log-spaced edges outside their range."""
    error_edges: FloatArray
    """Edges of |error|, log-spaced; buckets run from the largest negative error to the largest positive."""
    segments: tuple[SegmentPlan, ...] = ()
    scores: FloatArray | None = None
    """Inner edges of the score bins, ascending; a bin holds edge <= p < next edge. None for a regression."""

    @property
    def binary(self) -> bool:
        """Return whether the model tells probabilities of one of two outcomes."""
        return self.scores is not None

    @property
    def coarse_scores(self) -> FloatArray:
        """Return every so-manieth edge of the score bins, so few that each segment level can have bins of its own."""
        edges = np.zeros(0) if self.scores is None else self.scores
        return edges[:: max(1, -(-len(edges) // COARSE))]

    @property
    def columns(self) -> tuple[str, ...]:
        """Return all numeric columns: the features, then target and prediction."""
        return self.numeric + ROLES

    @property
    def paired(self) -> IntArray:
        """Return the places of the numeric features whose pairs are summed: all, or the PAIRED that vary most.

        A feature varies by its eighty middle percent against their size.
        """
        if len(self.numeric) <= PAIRED:
            return np.arange(len(self.numeric))
        spans = [float(edges[-1] - edges[0]) if edges.size > 1 else 0.0 for edges in self.deciles]
        sizes = [float(np.abs(edges).max()) if edges.size else 0.0 for edges in self.deciles]
        spread = [span / (span + size) if span else 0.0 for span, size in zip(spans, sizes, strict=True)]
        most = sorted(range(len(self.numeric)), key=lambda k: (-spread[k], k))[:PAIRED]
        return np.array(sorted(most), dtype=np.int64)

    @property
    def features(self) -> tuple[str, ...]:
        """Return all features, numeric ones first."""
        return self.numeric + self.categorical

    @property
    def offsets(self) -> tuple[int, ...]:
        """Return where each categorical feature's slots start on the axis C, and its length at the end."""
        starts = [0]
        for levels in self.levels:
            starts.append(starts[-1] + len(levels) + 2)
        return tuple(starts)

    @property
    def cells(self) -> tuple[tuple[str, str], ...]:
        """Return (segment, level) of every place on the axis S."""
        return tuple((segment.name, level) for segment in self.segments for level in segment.levels)


@dataclass(frozen=True, kw_only=True, eq=False)
class NumericCells:
    """Numeric columns by cell (K): rows of the cell (K,), moments (K, P), decile counts (K, P, 10) where kept."""

    rows: FloatArray
    moments: Moments
    deciles: FloatArray | None = None


FEW_GROUPS = 16
"""Entity groups, each of several of the 64, that levels are followed by day in."""


@dataclass(frozen=True, kw_only=True, eq=False)
class LossSums:
    """Sums of `LOSSES` by day (D, M), group (G, M), day and level (D, S, M), group and level (G, S, M)."""

    day: FloatArray
    group: FloatArray
    day_level: FloatArray
    group_level: FloatArray


@dataclass(frozen=True, kw_only=True, eq=False)
class ScoreSums:
    """Sums of `SCORES` by bin: by day (D, B, 6), by group (G, B, 6), by group, level and coarse bin (G, S, C, 6).

    In training statistics the groups are one, and the levels are left out.
    """

    day: FloatArray
    group: FloatArray
    group_level: FloatArray | None


@dataclass(frozen=True, kw_only=True, eq=False)
class PairSums:
    """For each pair of the features of `Plan.paired` (K), over the rows where both are there, by group (G, K, K).

    `n` rows, `s[i, j]` sum of feature i, `q[i, j]` sum of its square, `x[i, j]` sum of the product; each feature
    is first moved by a fixed centre, which leaves correlations as they are.
    """

    n: FloatArray
    s: FloatArray
    q: FloatArray
    x: FloatArray


@dataclass(frozen=True, kw_only=True, eq=False)
class InfiniteSums:
    """Rows whose value is infinite, by day (D, P) and group (G, P): no mean holds them, and they are not missing."""

    day: FloatArray
    group: FloatArray


@dataclass(frozen=True, kw_only=True, eq=False)
class Aggregates:
    """The sums of one set of rows; a part that a statistics file lacks is None."""

    rows: int
    """0 where training statistics do not tell."""
    days: IntArray
    """Days since 1970-01-01, ascending; -1 stands for rows without a date."""
    day: NumericCells | None
    level: NumericCells | None
    group: NumericCells | None
    total: Moments
    nulls: FloatArray
    """Rows without a value, by numeric column; NaN are apart. A NaN here: the statistics file does not tell."""
    nans: FloatArray
    """Rows with NaN or an infinite value, by numeric column."""
    grid: tuple[FloatArray, ...] | None
    """Per numeric column counts between and at the edges of `Plan.grid`, alternating: 2E + 1 buckets."""
    slots_day: FloatArray | None
    slots_group: FloatArray | None
    slots: FloatArray
    unseen: Mapping[str, Mapping[str, int]]
    """Per categorical feature the commonest levels the reference does not know, with their rows."""
    losses: LossSums | None
    errors: FloatArray | None
    """Error buckets by group, (G, H)."""
    missing_losses: FloatArray | None
    """By group, feature and (n, e2, abs): sums over labelled rows where the feature is missing, (G, features, 3)."""
    pairs: PairSums | None
    design: CoMoments | None
    """By group over the columns of the design matrix, then prediction and target; linear models only."""
    design_day: CoMoments | None
    entities: FloatArray | None
    """Distinct entities by group, (G,); exact up to 1,024 a group."""
    extremes: Mapping[str, int] | None
    """Rows with an extreme error by entity, where the project allows entities to be named."""
    scores: ScoreSums | None = None
    """Of binary models only."""
    infinite: InfiniteSums | None = None
    """Infinite values; None where there are none."""
    causes: CauseSums | None = None
    slices: SliceSums | None = None
    acted: FloatArray | None = None
    """Rows, and rows acted on, by tenth of the prediction and without one, (T, 2); their outcomes judge nothing."""
    crossed: FloatArray | None = None
    """Labelled rows and their squared error by day, few groups and level, (D, FEW_GROUPS, S, 2)."""
    contract: ContractSums | None = None
    """None where the project declares no action for a row that breaks a rule."""
    own: Mapping[str, FloatArray] = field(default_factory=dict)
    """Counts that subjects bring, by the subject's id."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Linear:
    """The last step of a linear model: prediction = design · coefficients + intercept, or its logistic function."""

    columns: tuple[str, ...]
    """Name of each design column."""
    features: tuple[str, ...]
    """The raw feature each design column comes from."""
    coefficients: FloatArray
    intercept: float
    link: Literal["identity", "logit"] = "identity"
    """`logit`: the prediction is a probability, and coefficients and intercept are in log-odds."""


@dataclass(frozen=True, kw_only=True)
class Conduct:
    """How a model behaved while it was asked: what it warned of, and whether equal rows got equal answers."""

    warnings: tuple[str, ...] = ()
    """Different warnings of the libraries, by kind and first line."""
    changes: tuple[str, ...] = ()
    """Columns of its input that it changed."""
    again: float = 0.0
    """The largest difference between two answers to the same rows."""
    alone: float = 0.0
    """The largest difference between the answers to a row alone and among others; infinite where it fails alone."""

    wrote: tuple[str, str, str] | None = None
    """The library that wrote the file, its version then, and the one that opens it here; None where none is told."""

    def joined(self, other: "Conduct") -> "Conduct":
        """Return both together."""
        return Conduct(
            warnings=tuple(dict.fromkeys((*self.warnings, *other.warnings))),
            changes=tuple(dict.fromkeys((*self.changes, *other.changes))),
            again=max(self.again, other.again),
            alone=max(self.alone, other.alone),
            wrote=self.wrote or other.wrote,
        )


@dataclass(frozen=True, kw_only=True)
class Golden:
    """A request made of reference quantiles and levels, with the answers of the new and the previous version."""

    name: str
    inputs: Mapping[str, float | str | None]
    prediction: float
    previous: float | None


@dataclass(frozen=True, kw_only=True)
class SourceFile:
    """A file that was read: its role, name and digest."""

    role: str
    name: str
    sha256: str
    rows: int | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class LabelCounts:
    """How the labels of a file of their own met the predictions."""

    rows: int
    unmatched: int
    """Labels whose key no prediction has."""
    duplicates: int
    """Labels beyond the first of their key."""
    missing: int
    """Predictions without a label."""
    days: IntArray
    """Days since 1970-01-01 with predictions, ascending; -1 stands for predictions without a date."""
    predictions: IntArray
    labelled: IntArray
    mature: NDArray[np.bool_]
    """By day, whether enough of its predictions have their label; the labels of other days are left out."""
    delays: Mapping[int, int] | None
    """Predictions by whole days until their label arrived, ascending; None without a column of arrivals."""
    arrivals: IntArray | None = None
    """Labels by prediction day and whole days until they arrived, (days, ages); the last age holds all later ones."""
    positives: IntArray | None = None
    """The same of positive outcomes, where the target has two."""


@dataclass(frozen=True, kw_only=True)
class Clock:
    """The one day of a build, and the rows that it leaves out: those of a later day, those without a date."""

    as_of: datetime.date
    after: int = 0
    """Rows of later days, which are in no figure."""
    undated: int | None = None
    """Rows without a date, which no figure by day holds; None without a time column."""
    last: datetime.date | None = None
    """The last day that the rows have, where it is not believed: after today, or far from all others."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Ledger:
    """Production and reference sums on one plan, with what is known of the model."""

    plan: Plan
    production: Aggregates
    reference: Aggregates | None
    linear: Linear | None
    scored: bool
    """True when the model itself made the predictions in this build, False when they stood in a column."""
    previous_scored: bool
    duplicates: int | None
    entity_groups: bool
    """True for groups of entities; else rows are grouped by content and intervals assume independent rows."""
    clock: Clock
    sources: tuple[SourceFile, ...] = ()
    golden: tuple[Golden, ...] = ()
    runs_code: bool = False
    """True when a model file that was opened can carry code."""
    conduct: Conduct | None = None
    """None where no model was opened."""
    cost: InferenceCost | None = None
    labels: LabelCounts | None = None
    """None where the labels stand beside the predictions."""
    requests: RequestCounts | None = None
    """None without a log of requests."""
    probe: Probe | None = None
    """None where it was not asked for, or there are no training rows."""
    held_out: Aggregates | None = None
    """Sums of rows out of sample, whose errors say what to expect; the reference where it is declared to be that."""
    contrast: Contrast | None = None
    """None without outcomes on two sides."""
    shuffled: Shuffled | None = None
    """Of models that were opened and are not linear; None without outcomes."""
    rescored: Rescored | None = None
    """None where the model was not opened, or no predictions stand beside it."""

    @property
    def as_of(self) -> datetime.date:
        """Return the day of the build."""
        return self.clock.as_of
