"""Alert levels and the rules that raise them."""

from dataclasses import dataclass
from typing import Literal

from generator.records.project.units import Count, Days, Hours, Metric, Money, Operator


@dataclass(frozen=True, kw_only=True)
class Level:
    """One step of the alert levels, healthy ones included."""

    name: str
    severity: Literal["none", "P1", "P2", "P3", "P4"] = "none"
    meaning: str | None = None
    respond: str | None = None
    """How soon, in the team's words, such as business hours; goes before `respond_within_hours` in print."""
    respond_within_hours: Hours | None = None
    team: str | None = None
    action: str | None = None
    escalation: str | None = None
    raised_after_hours: Hours | None = None
    """How long an alert of it may be open before it is told at the next graver severity, of P1 and P2."""
    automated: bool = False


@dataclass(frozen=True, kw_only=True)
class Sign:
    """Something that tells one cause of an alert from another, and what it asks for."""

    sign: str
    then: str


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
    yellow_level: str | None = None
    """Name of the declared level that yellow stands for; without it the level of that name, else the mildest."""
    red_level: str | None = None
    """Name of the declared level that red stands for; without it the level of that name, else the gravest."""
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
    tell_apart: tuple[Sign, ...] = ()
    """What to look at first, and what each answer asks for."""
    mitigation: str | None = None
    mode: str | None = None
    """The degraded mode by which that is done, by its name in `rollback.degraded_modes`."""
    query: str | None = None
    language: Literal["sql", "promql"] | None = None
    """What the query is written in; Prometheus itself asks one in PromQL, at every evaluation and not once a day."""

    @property
    def live(self) -> bool:
        """Return whether Prometheus asks its query by itself; it knows no windows in a row."""
        return self.language == "promql" and bool(self.query) and self.consecutive == 1


@dataclass(frozen=True, kw_only=True)
class Channels:
    """Where messages go."""

    alerts: str | None = None
    daily_summary: str | None = None
    stakeholders: str | None = None


@dataclass(frozen=True, kw_only=True)
class Sending:
    """What Alertmanager needs to reach people; an https address in place of a channel or pager needs none of it."""

    mail_server: str | None = None
    """Host and port of the mail server, such as mail.example.com:587."""
    mail_from: str | None = None
    """Sender of the mails."""
    chat_url_file: str | None = None
    """File on Alertmanager's machine that holds the secret address of the chat, as Slack and Mattermost give one."""


@dataclass(frozen=True, kw_only=True)
class Tables:
    """The team's tables that generated queries read; columns are called as in the rows where nothing else is said."""

    predictions: str = "predictions"
    """One row a prediction, with its inputs as they came."""
    outcomes: str = "outcomes"
    """One row an outcome that is known."""
    key: tuple[str, ...] = ()
    """Columns by which an outcome finds its prediction; else `data.labels.key`, or `data.entity` and `data.time`."""
    prediction: str | None = None
    """Column of the prediction; without it `data.prediction`, or `prediction`."""
    target: str | None = None
    """Column of the outcome; without it `data.labels.target`, or `data.target`."""
    version: str = "model_version"
    """Column of the version that made a prediction."""


@dataclass(frozen=True, kw_only=True)
class Alerts:
    """Levels, rules, and the way up."""

    levels: tuple[Level, ...] = ()
    rules: tuple[Rule, ...] = ()
    escalation: tuple[str, ...] = ()
    channels: Channels = Channels()
    sending: Sending = Sending()
    tables: Tables | None = None
    """Where predictions and outcomes lie; without it queries read `predictions` and `outcomes`."""
    rows_per_day: tuple[int, ...] = ()
    """Other daily volumes at which the false alarms are worked out too."""
    queries_with: str | None = None
    """The command of the client that is asked, with host and login; it reads statements from its input."""
    budget_per_month: float | None = None
    """False alarms a month the team is willing to look at."""
    false_alarm_cost: Money | None = None
    """What it costs to look at one false alarm; else the hours below × retraining.run.hourly_rate."""
    false_alarm_hours: Hours | None = None
    """Working hours that looking at one false alarm takes."""
    incidents_per_year: float | None = None
    """Real degradations a year that the error should show; without it the rate is guessed from the days supplied."""
    upkeep_per_year: Money | None = None
    """What one alerting metric costs a year to keep: its query, its test, its entry in the runbook."""
    loss_budget_per_month: Money | None = None
    """Loss from errors above validation that thirty days may bring; else what the acceptable level would bring."""
    runbook_url: str | None = None
    grafana_url: str | None = None
    """Address of the Grafana that shows the dashboard; without it links to it are paths."""
    closes_at: str | None = None
    """Time of day, in `project.time_zone`, at which the values of the day before are there, such as 06:00."""
    exposed_by: str | None = None
    """The job that runs the queries and exposes what they give."""
