"""What a monitored model exposes: the names that rules read, with their units and labels; all are gauges."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Gauge:
    """One metric of Prometheus; a sample has no timestamp of its own."""

    name: str
    unit: str
    labels: tuple[str, ...]
    says: str


VALUE = Gauge(
    name="model_rule_value",
    unit="in the unit of its sheet",
    labels=("model", "rule", "feature", "source"),
    says="Value of a rule in its newest closed window; feature names the input, if one, source the source",
)
ROWS = Gauge(
    name="model_rule_rows", unit="rows", labels=("model", "rule"), says="Rows of the window that the value is of"
)
FIRES = Gauge(
    name="model_rule_fires",
    unit="1 or 0",
    labels=("model", "rule", "level", "source"),
    says="Whether a level of a rule fires, repeats counted; source names that of the input while it is out",
)
RULE_DAY = Gauge(
    name="model_rule_day_end_timestamp_seconds",
    unit="seconds since 1970",
    labels=("model", "rule"),
    says="End of the newest closed day that a rule judges",
)
PREDICTIONS_DAY = Gauge(
    name="model_predictions_day_end_timestamp_seconds",
    unit="seconds since 1970",
    labels=("model",),
    says="End of the newest closed day with predictions",
)
OUTCOMES_DAY = Gauge(
    name="model_outcomes_day_end_timestamp_seconds",
    unit="seconds since 1970",
    labels=("model",),
    says="End of the newest closed day whose outcomes are in",
)
RUN = Gauge(
    name="model_rule_run_timestamp_seconds",
    unit="seconds since 1970",
    labels=("model",),
    says="When the job that exposes these last ran",
)
VERSION = Gauge(
    name="model_version_info", unit="always 1", labels=("model", "version"), says="Version that the values are of"
)
FIRING = "model_rule:fires:max"
"""Recorded of FIRES: a level of a rule, without what a job, an instance or a version adds to the labels."""
BAD = "model_rule:bad_requests:ratio_rate"
"""Recorded of the counters of a service, behind it the window: the share of requests that were bad."""
ASKED = "model_rule:asked:value"
"""Recorded of a team's own PromQL: the value of a rule at the moment."""
LIVENESS, ESCALATION = "liveness", "escalation"
"""The levels of an alert on the monitoring itself, and of one on the age of another."""
OUTAGE = "source-outage"
"""The alert, one a source, that all that comes from it is missing."""
GAUGES = (VALUE, ROWS, FIRES, RULE_DAY, PREDICTIONS_DAY, OUTCOMES_DAY, RUN, VERSION)


def labels_of(**labels: str) -> str:
    """Return labels as they stand behind a metric's name, in quotes and braces."""
    return "{" + ",".join(f"{key}={_quoted(text)}" for key, text in labels.items()) + "}"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
