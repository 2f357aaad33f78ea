"""The project file as frozen values: the field names are its keys, `Unit` says what a number is in.

Paths are kept as written; `Project.folder` is what they are relative to. Everything optional that is
absent becomes a gap in the documents, never a default fact.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Literal

Text = str
Date = datetime.date
Metric = Literal[
    "rmse", "mae", "bias", "error_ratio_previous",
    "mean_change", "sd_change", "psi",
    "missing", "missing_points", "unseen",
    "rows", "latency_p95", "throughput", "availability", "revenue", "alerts_per_day",
]
Operator = Literal[">", ">=", "<", "<="]
Repeat = Literal["daily", "weekly", "two-weekly", "monthly", "quarterly", "yearly"]


@dataclass(frozen=True, slots=True)
class Unit:
    """The unit of a declared number, one of the names in `records.notation`."""

    name: str


Share = Annotated[float, Unit("share")]
Points = Annotated[float, Unit("points")]
Money = Annotated[float, Unit("money")]
Hours = Annotated[float, Unit("hours")]
Minutes = Annotated[float, Unit("minutes")]
Milliseconds = Annotated[float, Unit("ms")]
Days = Annotated[int, Unit("days")]
Count = Annotated[int, Unit("count")]


@dataclass(frozen=True, kw_only=True)
class About:
    """Who owns the system and how it is spoken of."""

    name: str
    title: str | None = None
    owner: str | None = None
    classification: str = "internal"
    currency: str = "USD"
    time_zone: str = "UTC"


@dataclass(frozen=True, kw_only=True)
class Previous:
    """The model version that stands ready for a rollback."""

    version: str
    path: str | None = None
    sha256: str | None = None
    artifact: str | None = None
    released: Date | None = None


@dataclass(frozen=True, kw_only=True)
class Model:
    """The model that is to be deployed; without `path` the predictions stand in a column."""

    name: str
    version: str
    path: str | None = None
    format: Literal["skops", "joblib", "rds", "column"] = "skops"
    sha256: str | None = None
    trusted_types: tuple[str, ...] = ()
    trust: bool = False
    """True lets a joblib or pickle file run the code it carries; it needs `sha256`, and the documents say so."""
    lambda_choice: Literal["lambda.min", "lambda.1se"] | None = None
    """The penalty of a cross-validated glmnet model; without it `lambda.1se`, which R's own predict takes."""
    lambda_value: float | None = None
    """The penalty itself, for a glmnet model that holds several."""
    family: str | None = None
    regularisation: str | None = None
    artifact: str | None = None
    released: Date | None = None
    preprocessing: str | None = None
    loading: str | None = None
    previous: Previous | None = None


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
class Data:
    """Where the rows are and what the columns mean."""

    production: str
    """A CSV, Parquet or JSON-lines file, or a pattern such as rows/2026-*.csv for several with the same columns."""
    target: str
    reference_stats: str | None = None
    reference: str | None = None
    prediction: str | None = None
    previous_prediction: str | None = None
    benchmark: str | None = None
    """Column with the present process's prediction; else the reference mean by level of the first segment."""
    time: str | None = None
    time_format: str | None = None
    """How times are written: DD/MM/YYYY HH:mm:ss in any order, `epoch seconds`, `epoch milliseconds`; else ISO 8601,
    DD.MM.YYYY and epoch numbers are told apart by their looks. Days are counted in `project.time_zone`."""
    csv: Csv = Csv()
    labels: Labels | None = None
    entity: str | None = None
    target_unit: str | None = None
    segments: tuple[Segment, ...] = ()
    sources: tuple[Source, ...] = ()
    features: tuple[Feature, ...] = ()
    exclude: tuple[str, ...] = ()
    missing_markers: tuple[str, ...] = ()
    training: Window | None = None
    validation: Window | None = None
    simulated: bool = False
    """True when the rows come from a simulation: page 1 of every document says so."""


@dataclass(frozen=True, kw_only=True)
class Objective:
    """What a metric was in validation and what it may be in production."""

    metric: Literal["rmse", "mae", "median_ae", "wape", "r2", "bias"]
    validation: float | None = None
    n: Count | None = None
    expected_low: float | None = None
    expected_high: float | None = None
    acceptable: float | None = None
    why: str | None = None


@dataclass(frozen=True, kw_only=True)
class SegmentLimit:
    """A segment that decides the verdict: its metric has to stay below `acceptable`."""

    segment: str
    level: str
    acceptable: float
    metric: Literal["rmse", "mae"] = "rmse"
    why: str | None = None


@dataclass(frozen=True, kw_only=True)
class Objectives:
    """Validation results and the limits for production."""

    metrics: tuple[Objective, ...] = ()
    critical_segments: tuple[SegmentLimit, ...] = ()
    extreme_errors: tuple[float, ...] = ()
    """Absolute errors whose exceedances are counted, in the target's unit."""
    output_low: float | None = None
    output_high: float | None = None


@dataclass(frozen=True, kw_only=True)
class DriftPolicy:
    """The team's own drift criteria; changes are relative to the reference."""

    severe_mean_change: Share | None = None
    severe_sd_change: Share | None = None
    yellow_mean_change: Share | None = None
    critical_mean_change: Share | None = None


@dataclass(frozen=True, kw_only=True)
class MissingPolicy:
    """The team's own criteria for missing values."""

    flag_points: Points | None = None
    red: Share | None = None


@dataclass(frozen=True, kw_only=True)
class Policies:
    """Criteria the team declared; they are evaluated as declared, beside the statistical ones."""

    drift: DriftPolicy = DriftPolicy()
    missing: MissingPolicy = MissingPolicy()
    unseen_share: Share | None = None


@dataclass(frozen=True, kw_only=True)
class Level:
    """One step of the alert levels, healthy ones included."""

    name: str
    severity: Literal["none", "P1", "P2", "P3", "P4"] = "none"
    meaning: str | None = None
    respond_within_hours: Hours | None = None
    team: str | None = None
    action: str | None = None
    escalation: str | None = None
    automated: bool = False


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A monitored metric with the thresholds of its levels; at least one of yellow and red."""

    id: str
    metric: Metric
    title: str | None = None
    group: str | None = None
    """The metric group it belongs to, such as accuracy or drift."""
    features: Literal["each", "critical", "mean", "none"] = "none"
    """For a metric of features: each one alone, only the critical ones, their mean; else none."""
    operator: Operator = ">"
    yellow: float | None = None
    red: float | None = None
    window_days: Days = 1
    consecutive: Count = 1
    recovery: Count = 2
    """Windows without a breach before the alert closes."""
    minimum_n: Count | None = None
    owner: str | None = None
    channel: str | None = None
    decision: str | None = None
    why: str | None = None
    """Where the threshold comes from: business, service level, statistics or policy."""
    likely_causes: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()
    mitigation: str | None = None
    query: str | None = None


@dataclass(frozen=True, kw_only=True)
class Channels:
    """Where messages go."""

    alerts: str | None = None
    daily_summary: str | None = None
    stakeholders: str | None = None


@dataclass(frozen=True, kw_only=True)
class Alerts:
    """Levels, rules, and the way up."""

    levels: tuple[Level, ...] = ()
    rules: tuple[Rule, ...] = ()
    escalation: tuple[str, ...] = ()
    channels: Channels = Channels()
    rows_per_day: tuple[int, ...] = ()
    """Other daily volumes at which the false alarms are worked out too."""
    budget_per_month: float | None = None
    """False alarms a month the team is willing to look at."""
    runbook_url: str | None = None


@dataclass(frozen=True, kw_only=True)
class Service:
    """A service level and what was measured of it."""

    id: str
    title: str
    objective: float
    unit: str
    operator: Operator = "<"
    measured: float | None = None
    measured_on: Date | None = None
    note: str | None = None


@dataclass(frozen=True, kw_only=True)
class Kpi:
    """A business figure: where it stands, where it is meant to go."""

    name: str
    baseline: str | None = None
    target: str | None = None
    actual: str | None = None
    owner: str | None = None


@dataclass(frozen=True, kw_only=True)
class Business:
    """What errors cost and what the system is meant to bring."""

    loss_per_unit_error: Money | None = None
    """Currency lost per row and per unit of absolute error."""
    why_loss: str | None = None
    value_per_month: Money | None = None
    value_low: Money | None = None
    value_high: Money | None = None
    why_value: str | None = None
    implementation_cost: Money | None = None
    running_cost_per_year: Money | None = None
    delay_cost_per_month: Money | None = None
    kpis: tuple[Kpi, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Run:
    """What one retraining costs."""

    people_hours: Hours | None = None
    hourly_rate: Money | None = None
    compute_minutes: Minutes | None = None
    compute_cost: Money | None = None
    validation_cost: Money | None = None
    rollout_cost: Money | None = None


@dataclass(frozen=True, kw_only=True)
class Option:
    """A retraining frequency; without `every_days` it is triggered only."""

    id: str
    title: str
    every_days: Days | None = None
    expected_runs: float | None = None
    """Runs a year of an option without a fixed interval."""
    stated_cost_per_year: Money | None = None
    pros: str | None = None
    cons: str | None = None


@dataclass(frozen=True, kw_only=True)
class Trigger:
    """A condition that asks for a retraining."""

    id: str
    metric: Metric
    threshold: float
    operator: Operator = ">"
    relative_to: Literal["validation", "none"] = "none"
    """With `validation` the threshold is a share above the validation value."""
    features: Literal["each", "critical", "mean", "none"] = "none"
    window_days: Days = 1
    consecutive: Count = 1
    minimum_n: Count | None = None
    priority: Count = 1
    action: str | None = None
    approver: str | None = None
    cooldown_days: Days | None = None


@dataclass(frozen=True, kw_only=True)
class Training:
    """The window and the protocol of a retraining."""

    kind: Literal["rolling", "expanding"] = "rolling"
    days: Days | None = None
    why: str | None = None
    validation: str | None = None
    leakage_guards: tuple[str, ...] = ()
    promotion: tuple[str, ...] = ()
    data_supply: str | None = None
    if_gates_fail: str | None = None


@dataclass(frozen=True, kw_only=True)
class Version:
    """A row of the retraining history."""

    version: str
    date: Date
    trigger: str | None = None
    metric: str | None = None
    effect: str | None = None


@dataclass(frozen=True, kw_only=True)
class Retraining:
    """When the model is trained anew, what that costs, and how it is done."""

    run: Run = Run()
    options: tuple[Option, ...] = ()
    chosen: str | None = None
    """The option the team intends."""
    maximum_gap_days: Days | None = None
    triggers: tuple[Trigger, ...] = ()
    training: Training = Training()
    history: tuple[Version, ...] = ()
    budget_per_year: Money | None = None
    owner: str | None = None
    deputy: str | None = None
    communication: str | None = None


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A step of the rollout."""

    name: str
    traffic: Share | None = None
    days: Days | None = None
    gate: str | None = None
    note: str | None = None


@dataclass(frozen=True, kw_only=True)
class Rollout:
    """How traffic moves to the new version."""

    start: Date | None = None
    stages: tuple[Stage, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Condition:
    """A condition for going back to the previous version."""

    id: str
    metric: Metric
    threshold: float
    operator: Operator = ">"
    relative_to: Literal["previous", "validation", "none"] = "none"
    title: str | None = None
    window_days: Days = 1
    minimum_n: Count | None = None
    traffic: Share | None = None
    """Share of the traffic on which old and new are compared."""
    action: Literal["observe", "degrade", "roll back"] = "roll back"
    authority: str | None = None
    decide_within_minutes: Minutes | None = None
    automated: bool = False


@dataclass(frozen=True, kw_only=True)
class Step:
    """A step somebody executes, with the command, what it should print and what to do otherwise."""

    title: str
    command: str | None = None
    actor: str | None = None
    expected: str | None = None
    minutes: Minutes | None = None
    check: str | None = None
    if_it_fails: str | None = None
    point_of_no_return: bool = False


@dataclass(frozen=True, kw_only=True)
class Mode:
    """A way to run with less than the whole model."""

    name: str
    when: str | None = None
    how: str | None = None
    limits: str | None = None


@dataclass(frozen=True, kw_only=True)
class Message:
    """What is said to whom."""

    level: str
    audience: str
    timing: str | None = None
    text: str | None = None


@dataclass(frozen=True, kw_only=True)
class Rollback:
    """How the service goes back to the previous version."""

    restore_minutes: Minutes | None = None
    decides: str | None = None
    without_asking: tuple[str, ...] = ()
    last_drill: Date | None = None
    drill_every: Repeat | None = None
    conditions: tuple[Condition, ...] = ()
    not_when: tuple[str, ...] = ()
    prechecks: tuple[Step, ...] = ()
    steps: tuple[Step, ...] = ()
    degraded_modes: tuple[Mode, ...] = ()
    verify: tuple[Step, ...] = ()
    soak_minutes: Minutes | None = None
    declared_over_by: str | None = None
    messages: tuple[Message, ...] = ()
    bad_decisions: str | None = None
    """What happens to the decisions made while the model was bad."""
    keep: tuple[str, ...] = ()
    """Evidence to keep after an incident."""
    roll_forward: tuple[str, ...] = ()
    change_window: str | None = None


@dataclass(frozen=True, kw_only=True)
class Risk:
    """Something that can go wrong; likelihood and impact from 1 to 5."""

    id: str
    title: str
    likelihood: Count
    impact: Count
    kind: Literal["pipeline", "drift", "output", "outage", "quality", "correlation", "other"] = "other"
    """Lets the program look for evidence of it."""
    cause: str | None = None
    mitigation: str | None = None
    owner: str | None = None
    residual: str | None = None
    incidents_per_year: float | None = None
    loss_per_incident: Money | None = None


@dataclass(frozen=True, kw_only=True)
class Person:
    """A role and who fills it."""

    role: str
    name: str | None = None
    contact: str | None = None
    deputy: str | None = None
    decides: str | None = None


@dataclass(frozen=True, kw_only=True)
class Approver:
    """Somebody whose signature is asked for."""

    role: str
    name: str | None = None
    by: Date | None = None


@dataclass(frozen=True, kw_only=True)
class People:
    """Roles, approvers, and who the summary is written to."""

    roles: tuple[Person, ...] = ()
    approvers: tuple[Approver, ...] = ()
    memo_to: str | None = None
    memo_from: str | None = None
    audience: str | None = None


@dataclass(frozen=True, kw_only=True)
class Activity:
    """Something that is done again and again."""

    title: str
    every: Repeat
    first: Date | None = None
    owner: str | None = None
    deputy: str | None = None
    duration_hours: Hours | None = None
    inputs: str | None = None
    outputs: str | None = None


@dataclass(frozen=True, kw_only=True)
class Freeze:
    """Days on which nothing is released."""

    start: Date
    end: Date
    reason: str | None = None


@dataclass(frozen=True, kw_only=True)
class Calendar:
    """Activities, holidays and freezes."""

    activities: tuple[Activity, ...] = ()
    holidays: tuple[Date, ...] = ()
    freezes: tuple[Freeze, ...] = ()
    valid_days: Days | None = None
    """Days after the as-of date until which the documents hold."""


@dataclass(frozen=True, kw_only=True)
class Incident:
    """A past failure and what would catch it now."""

    what: str
    when: str | None = None
    cause: str | None = None
    days_to_detection: Days | None = None
    control: str | None = None
    rule: str | None = None
    """Id of the alert rule that catches it now."""


@dataclass(frozen=True, kw_only=True)
class Alternative:
    """Another decision that was considered."""

    name: str
    cost: str | None = None
    benefit: str | None = None
    why_not: str | None = None


@dataclass(frozen=True, kw_only=True)
class Question:
    """A question the readers ask, and the team's answer."""

    question: str
    answer: str


@dataclass(frozen=True, kw_only=True)
class Item:
    """A named thing with a description: a component, a roadmap entry, a technology, a measure."""

    name: str
    detail: str | None = None
    status: str | None = None
    owner: str | None = None
    when: str | None = None


@dataclass(frozen=True, kw_only=True)
class Protection:
    """Security and privacy of the inputs."""

    regulation: str | None = None
    access: str | None = None
    encryption: str | None = None
    anonymisation: str | None = None
    retention: str | None = None


@dataclass(frozen=True, kw_only=True)
class Serving:
    """How predictions are asked for and given."""

    mode: Literal["batch", "real-time"] | None = None
    contract: str | None = None
    consumers: tuple[str, ...] = ()
    versioning: str | None = None
    latency_objective_ms: Milliseconds | None = None
    logging_fields: tuple[str, ...] = ()
    log_retention: str | None = None


@dataclass(frozen=True, kw_only=True)
class Context:
    """Everything about the system that data cannot tell."""

    purpose: str | None = None
    process: str | None = None
    """The business process it enters."""
    present_process: str | None = None
    intended_use: tuple[str, ...] = ()
    excluded_use: tuple[str, ...] = ()
    decision_mode: Literal["automated", "advisory"] | None = None
    human_decides: str | None = None
    regions: tuple[str, ...] = ()
    users: str | None = None
    adoption: tuple[Item, ...] = ()
    communication: tuple[Item, ...] = ()
    incidents: tuple[Incident, ...] = ()
    assumptions: tuple[str, ...] = ()
    limitations: tuple[str, ...] = ()
    expected_outcomes: tuple[str, ...] = ()
    lessons: tuple[str, ...] = ()
    recommendations: tuple[str, ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    questions: tuple[Question, ...] = ()
    components: tuple[Item, ...] = ()
    delivery: tuple[Item, ...] = ()
    """Stages of continuous integration and delivery."""
    roadmap: tuple[Item, ...] = ()
    technology: tuple[Item, ...] = ()
    serving: Serving = Serving()
    protection: Protection = Protection()
    not_monitored: tuple[Item, ...] = ()
    decide_by: Date | None = None
    if_not_decided: str | None = None


@dataclass(frozen=True, kw_only=True)
class Privacy:
    """What the documents may name."""

    list_entities: bool = False
    small_cell: Count = 5
    """Counts below this are not printed."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything the project file says."""

    project: About
    model: Model
    data: Data
    objectives: Objectives = Objectives()
    policies: Policies = Policies()
    alerts: Alerts = Alerts()
    services: tuple[Service, ...] = ()
    business: Business = Business()
    retraining: Retraining = Retraining()
    rollout: Rollout = Rollout()
    rollback: Rollback = Rollback()
    risks: tuple[Risk, ...] = ()
    people: People = People()
    calendar: Calendar = Calendar()
    context: Context = Context()
    privacy: Privacy = Privacy()


@dataclass(frozen=True, kw_only=True)
class Project:
    """A valid project file: its settings, where each key stands, and the folder its paths are relative to."""

    settings: Settings
    folder: str
    file: str
    lines: Mapping[str, int]
    """Dotted path of a key (list items by number) → line in the file, or in the small table it stands in."""
    sha256: str
    tables: Mapping[str, str] = field(default_factory=dict)
    """Dotted path of a key that stands in a small table → the CSV file of that table."""
