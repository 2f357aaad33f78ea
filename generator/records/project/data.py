"""Where the rows are, what their columns mean, and when their truth comes."""

from dataclasses import dataclass
from typing import Literal

from generator.records.project.services import Requests
from generator.records.project.units import Count, Date, Days, Milliseconds, Minutes, Share


@dataclass(frozen=True, kw_only=True)
class Source:
    """A system that features come from."""

    name: str
    kind: Literal["database", "api", "computed", "file", "stream"]
    latency_budget_ms: Milliseconds | None = None
    owner: str | None = None
    freshness_minutes: Minutes | None = None
    stage: Count = 1
    """Sources of one stage are read in parallel, stages one after the other."""
    note: str | None = None


@dataclass(frozen=True, kw_only=True)
class Feature:
    """One model input: what it means, where it comes from, what is allowed."""

    name: str
    kind: Literal["numeric", "categorical"] | None = None
    meaning: str | None = None
    unit: str | None = None
    source: str | None = None
    owner: str | None = None
    low: float | None = None
    high: float | None = None
    missing_expected: Share | None = None
    missing_alert: Share | None = None
    missing_stop: Share | None = None
    freshness_minutes: Minutes | None = None
    sensitivity: Literal["none", "internal", "confidential", "personal"] | None = None
    critical: bool = False
    transformation: str | None = None
    imputation: str | None = None
    when_missing: str | None = None
    when_unseen: str | None = None
    when_out_of_range: str | None = None


@dataclass(frozen=True, kw_only=True)
class Segment:
    """A way to split the rows: by the levels of a column, or by tiers at reference quantiles of a numeric one."""

    column: str
    name: str | None = None
    quantiles: tuple[float, ...] = ()
    tiers: tuple[str, ...] = ()
    """Names of the tiers, one more than `quantiles`, lowest first."""
    sensitive: bool = False
    """True for groups of people that must not fare worse: their errors are compared, whether or not the model sees
    the column, which may be an excluded one."""


@dataclass(frozen=True, kw_only=True)
class Window:
    """A span of dates, both ends included."""

    start: Date
    end: Date


@dataclass(frozen=True, kw_only=True)
class Csv:
    """How the CSV files are written; a delimiter or a quote that is not said is found out from each file."""

    delimiter: str | None = None
    quote: str | None = None
    encoding: str = "utf-8"
    decimal: Literal[".", ","] = "."
    thousands: Literal[",", ".", " ", "'", "_"] | None = None


@dataclass(frozen=True, kw_only=True)
class Labels:
    """Outcomes that come later, in a file of their own; of several with one key the last in the file counts."""

    path: str
    key: str
    """The column by which outcomes find their predictions; both tables have it."""
    target: str | None = None
    """The column of the outcome, where it is not called as `data.target`."""
    arrived: str | None = None
    """The column that says when an outcome became known."""
    mature_at: Share = 0.9
    """Share of a day's predictions whose outcome has to be known before the day counts."""


@dataclass(frozen=True, kw_only=True)
class Markers:
    """Texts that mean no value in one column, and something in others: NA is a country, too."""

    column: str
    """The column they mean it in."""
    markers: tuple[str, ...]
    """The texts, such as NA."""


@dataclass(frozen=True, kw_only=True)
class Data:
    """Where the rows are and what the columns mean."""

    production: str
    """A CSV, Parquet or JSON-lines file, or a pattern such as rows/2026-*.csv for several with the same columns; the
    folder of a Delta table; or a PostgreSQL table or query: postgresql://host/db?table=schema.name, or with
    ?query=rows.sql the one SELECT of a file beside this one. User and password never stand here: PGUSER and PGPASSWORD
    are read from the environment, or ${NAME} stands for a variable: postgresql://${DB_USER}:${DB_PASSWORD}@host/db?….
    `reference` and `labels.path` may be the same. What is no file is copied once for a build, and the copy removed."""
    target: str
    task: Literal["regression", "binary"] = "regression"
    """`binary`: the target is one of two outcomes and a prediction the probability of the one that counts as 1."""
    positive: str | None = None
    """The value of a binary target that counts as 1; without it the target is 0 or 1."""
    negative: tuple[str, ...] = ()
    """The values that count as 0. Any other is no outcome, and is counted; without this there has to be one other."""
    reference_stats: str | None = None
    reference: str | None = None
    reference_is: Literal["held_out", "training"] = "training"
    """Whether the model was fitted on the reference rows: errors on rows it was fitted on say nothing of what to
    expect, so of these only the inputs are compared."""
    held_out: str | None = None
    """Rows with outcomes that the model was not fitted on, held out the way production is: later days and, where
    production has new entities, other entities. Written like `production`; the errors on them are those before."""
    acted_on: str | None = None
    """Column that is true (1, yes) where somebody acted on the prediction and may have changed the outcome."""
    prediction: str | None = None
    previous_prediction: str | None = None
    benchmark: str | None = None
    """Column with the present process's prediction, or another simple one, such as the last value or that of a year
    before; without it the benchmark is `naive`."""
    naive: Literal["mean", "segment_mean"] = "mean"
    """The benchmark that needs no column: the training mean of the target (of a binary one the training base rate), or
    the training mean by level of the first segment."""
    time: str | None = None
    time_format: str | None = None
    """How times are written: DD/MM/YYYY HH:mm:ss in any order, `epoch seconds`, `epoch milliseconds`; else ISO 8601,
    DD.MM.YYYY and epoch numbers are told apart by their looks. Days are counted in `project.time_zone`."""
    csv: Csv = Csv()
    labels: Labels | None = None
    outcome_days: Days | None = None
    """Days from a prediction until its outcome is known, such as 30 for "leaves within thirty days"; without it as
    the file of labels tells. Part of the delay of every alert on errors."""
    requests: Requests | None = None
    """The service's own log, from which service levels are measured."""
    entity: str | None = None
    target_unit: str | None = None
    segments: tuple[Segment, ...] = ()
    sources: tuple[Source, ...] = ()
    features: tuple[Feature, ...] = ()
    exclude: tuple[str, ...] = ()
    missing_markers: tuple[str, ...] = ()
    """Texts that mean no value in every column."""
    missing_in: tuple[Markers, ...] = ()
    """Texts that mean no value in one column alone."""
    training: Window | None = None
    validation: Window | None = None
    simulated: bool = False
    """True when the rows come from a simulation: page 1 of every document says so."""
