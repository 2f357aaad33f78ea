"""Takes a rule's metric, gives its formula in the project's columns, its rows, and the days until their truth is in."""

from generator.records.fact import Fact
from generator.records.project import Metric, Project
from generator.records.reason import Reason
from generator.subjects.kit.facts import declared, derived
from generator.subjects.kit.known import Known
from generator.subjects.limits.quantities import population

ID, LABEL = "watch.label_delay", "Days until the truth of a day is in"
NOT_KNOWN = Reason(
    "neither the days until an outcome is known are declared (data.outcome_days), nor a file says when outcomes came "
    "(data.labels.arrived)",
    ("data.outcome_days",),
)
WHO = {
    "each": "every input by itself, the worst one counts",
    "critical": "every critical input by itself, the worst one counts",
    "mean": "the mean over all inputs",
}
OF_ERRORS = (
    "rmse",
    "mae",
    "bias",
    "error_ratio_previous",
    "brier",
    "log_loss",
    "auc",
    "accuracy",
    "precision_at_top",
    "base_rate",
    "loss_pace",
)
"""Metrics that need the outcomes of their rows."""
OF_REQUESTS = ("latency_p95", "throughput", "availability")
FORMULAS: dict[Metric, str] = {
    "rmse": "√ mean(({p} − {y})²)",
    "mae": "mean |{p} − {y}|",
    "bias": "|mean({p} − {y})|",
    "brier": "mean(({p} − {y})²)",
    "log_loss": "−mean({y} ln {p} + (1 − {y}) ln(1 − {p}))",
    "auc": (
        "pairs of a positive and a negative of one day whose positive has the higher {p} ÷ all such pairs, ties half; "
        "the mean over the days of the window, weighted by rows"
    ),
    "accuracy": "rows whose {p} lies on the side of the threshold that {y} turned out to be ÷ rows",
    "precision_at_top": (
        "positives among the rows with the highest {p} of the day ÷ those rows; the mean over the days of the window, "
        "weighted by rows"
    ),
    "base_rate": "positives ÷ rows",
    "mean_prediction": "mean({p})",
    "error_ratio_previous": "typical error of this version ÷ that of the previous version, same rows",
    "mean_change": "|mean in the window − mean in training| ÷ |mean in training|",
    "sd_change": "|SD in the window ÷ SD in training − 1|",
    "psi": (
        "Σ (p − q) ln(p ÷ q), half a row added to each count, not corrected for chance; over bins at training deciles, "
        "or over categories: those below one row in a hundred together, new ones by themselves"
    ),
    "missing": "rows without a value ÷ rows",
    "missing_points": "missing rate in the window − missing rate in training",
    "unseen": "rows with a new category ÷ rows",
    "rows": "rows with a prediction of the window ÷ days of the window that have any row",
    "latency_p95": "95th percentile of the response times",
    "throughput": "answered requests ÷ time",
    "availability": "answered requests ÷ requests",
    "loss_pace": (
        "what errors cost a day beyond those of validation ÷ a thirtieth of the loss budget: rows a day × loss per "
        "unit of error × (mean |{p} − {y}| of the day − that of validation), never below nought"
    ),
    "revenue": "what the rows brought on a day; the mean over the days of the window",
    "alerts_per_day": "alert rules of which a level fires on the day, each counted once",
}


def formula_of(metric: Metric, project: Project) -> str:
    """Return the formula of a metric with the names of the prediction and the target put in."""
    data = project.settings.data
    return FORMULAS[metric].format(p=data.prediction or "prediction", y=data.target)


def rows_of(metric: Metric, features: str) -> str:
    """Return which rows, requests or features a metric is worked out over."""
    if metric in OF_ERRORS:
        return "rows whose outcome is known"
    if metric in OF_REQUESTS:
        return "all requests"
    if metric == "alerts_per_day":
        return "those of `alerts.rules` that send messages; none on a budget or the monitoring itself"
    return WHO.get(population(metric, features), "all rows")


def label_delay(at: Known, project: Project) -> Fact:
    """Return the days until the outcomes of a day are complete enough to count: declared, else as they came."""
    stated = project.settings.data.outcome_days
    if stated is not None:
        return declared(project, ID, stated, "data.outcome_days", unit="days", label=LABEL)
    came = at.fact("labels.nowcast.mature_after")
    return derived(
        ID,
        came.number,
        unit="days",
        label=LABEL,
        method=came.method or "days until as many outcomes are there as a day needs to count",
        source=came.id,
        reason=NOT_KNOWN,
    )


def closing(metric: str, at: Known, project: Project) -> float:
    """Return the days by which an alert on the metric waits for the truth; 0 where it needs none, or none is known."""
    return (label_delay(at, project).number or 0.0) if metric in OF_ERRORS else 0.0
