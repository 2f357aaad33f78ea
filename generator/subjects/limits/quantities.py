"""What a monitored metric is called, what unit it is in, and how a condition on it is put into words."""

from dataclasses import dataclass

from generator.estimates.facts import target_unit as target_unit
from generator.records.fact import Fact, Sentence
from generator.records.project import Metric, Operator, Project
from generator.records.quality import top_name
from generator.records.quality import unit_of as unit_of_quality
from generator.records.reason import Reason
from generator.results.words import quantities
from generator.subjects.kit.facts import derived

QUANTITY = quantities(__file__)

NAMES: dict[str, str] = {
    "rmse": "RMSE",
    "mae": "MAE",
    "bias": "absolute bias",
    "brier": "Brier score",
    "log_loss": "logarithmic loss",
    "auc": "AUC",
    "accuracy": "share of right decisions",
    "precision_at_top": "positives among the highest scores",
    "base_rate": "share of positives",
    "mean_prediction": "mean probability",
    "error_ratio_previous": "error ratio new to previous",
    "mean_change": "absolute mean shift",
    "sd_change": "absolute SD change",
    "psi": "PSI",
    "missing": "missing rate",
    "missing_points": "rise of the missing rate",
    "unseen": "share of new categories",
    "rows": "rows a day",
    "latency_p95": "95th percentile of latency",
    "throughput": "throughput",
    "availability": "availability",
    "revenue": "revenue",
    "loss_pace": "pace of the loss budget",
    "alerts_per_day": "alerts a day",
}
UNITS: dict[str, str] = {
    "mean_change": "share",
    "sd_change": "share",
    "missing": "share",
    "missing_points": "points",
    "unseen": "share",
    "accuracy": "share",
    "precision_at_top": "share",
    "base_rate": "share",
    "mean_prediction": "share",
    "availability": "share",
    "rows": "rows",
    "latency_p95": "ms",
    "revenue": "money",
    "alerts_per_day": "count",
}
POPULATIONS = {
    "each": " of any feature",
    "critical": " of any critical feature",
    "mean": ", mean over the features",
    "none": "",
}
OF_PROBABILITIES = ("brier", "log_loss", "auc", "accuracy", "precision_at_top", "base_rate", "mean_prediction")
"""Metrics of binary models, whose mean over a window is taken as normal."""
SIGNS: dict[Operator, str] = {">": ">", ">=": "≥", "<": "<", "<=": "≤"}
TWO_SIDED = ("bias", "mean_change", "sd_change")
OF_FEATURES = ("mean_change", "sd_change", "psi", "missing", "missing_points")
UNMEASURED: dict[str, str] = {
    "latency_p95": "the data hold no response times",
    "throughput": "the data hold no request times",
    "availability": "the data hold no failed requests",
    "revenue": "the data hold no revenue",
    "loss_pace": Reason(
        "no loss budget is known, or no loss per unit of error",
        ("alerts.loss_budget_per_month", "business.loss_per_unit_error"),
    ),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Limit:
    """A threshold on a metric: what an alert level, a retraining trigger and a rollback condition have in common."""

    metric: Metric
    features: str
    operator: Operator
    threshold: Fact
    window_days: int
    consecutive: int = 1
    recovery: int = 1
    """Windows without a breach after which a message can come again."""
    minimum_n: int | None = None
    segment: str = ""
    """The segment, and its level, whose rows alone count; all rows where it is empty."""
    segment_level: str = ""

    @property
    def upward(self) -> bool:
        """Whether more is worse."""
        return self.operator in (">", ">=")

    def breached(self, value: float) -> bool:
        """Whether `value` breaches the threshold; a threshold without a value is never breached."""
        bound = self.threshold.value
        return isinstance(bound, (int, float)) and holds(self.operator, value, bound)


def holds(operator: Operator, value: float, bound: float) -> bool:
    """Return whether `value operator bound` is true."""
    comparisons: dict[Operator, bool] = {
        ">": value > bound,
        ">=": value >= bound,
        "<": value < bound,
        "<=": value <= bound,
    }
    return comparisons[operator]


def unit_of(metric: Metric, project: Project) -> str:
    """Return the unit of a metric, one of the names of `records.notation`."""
    return target_unit(project) if metric in ("rmse", "mae", "bias") else UNITS.get(metric, "")


def unit_of_objective(name: str, project: Project) -> str:
    """Return the unit of a metric of the objectives, by its name in fact ids."""
    return unit_of_quality(name, target_unit(project))


def watched_as(name: str, project: Project) -> str:
    """Return the metric of alert rules that an objective's metric is watched as."""
    shares = project.settings.decision.top_shares or (0.1,)
    return "precision_at_top" if name == top_name(shares[0]) else name


def population(metric: Metric, features: str) -> str:
    """Return which features a metric looks at; a metric of features that names none looks at each."""
    return "each" if metric in OF_FEATURES and features == "none" else features


def name_of(metric: Metric, features: str = "none") -> str:
    """Return the name of a metric over its features."""
    return NAMES[metric] + POPULATIONS[population(metric, features)]


def size(metric: Metric, value: float) -> float:
    """Return what a threshold is held against: the absolute value where either direction is bad."""
    return abs(value) if metric in TWO_SIDED else value


def in_words(limit: Limit) -> Sentence:
    """Return the condition as a sentence that names the operator and the window."""
    id = limit.threshold.id
    window = derived(QUANTITY("{id}.window", id=id), limit.window_days)
    head = f"{name_of(limit.metric, limit.features)} {SIGNS[limit.operator]} "
    words: Sentence = (head, limit.threshold, " over ", window)
    if limit.consecutive > 1:
        times = derived(QUANTITY("{id}.consecutive", id=id), limit.consecutive)
        words = (*words, ", ", times, " windows in a row")
    if limit.minimum_n:
        rows = derived(QUANTITY("{id}.minimum_n", id=id), limit.minimum_n)
        words = (*words, ", at least ", rows)
    return words
