"""Takes the findings of this build, gives the likely causes of an alert, strongest evidence first."""

from __future__ import annotations

from generator.records.evidence import Finding
from generator.records.fact import Fact, Sentence
from generator.records.project import Metric, Rule
from generator.subjects.kit.known import Known

ACCURACY = ("segment", "drift", "missing", "unseen", "correlation")
PROBABILITIES = ("calibration", *ACCURACY)
KINDS: dict[Metric, tuple[str, ...]] = {
    "rmse": ACCURACY,
    "mae": ACCURACY,
    "bias": ACCURACY,
    "error_ratio_previous": ACCURACY,
    "brier": PROBABILITIES,
    "log_loss": PROBABILITIES,
    "auc": ACCURACY,
    "accuracy": PROBABILITIES,
    "precision_at_top": ACCURACY,
    "base_rate": ("calibration", "drift"),
    "mean_prediction": ("drift", "missing", "unseen"),
    "mean_change": ("drift",),
    "sd_change": ("drift",),
    "psi": ("drift",),
    "missing": ("missing",),
    "missing_points": ("missing",),
    "unseen": ("unseen",),
    "revenue": ACCURACY,
    "alerts_per_day": ("drift", "missing", "unseen"),
}
ORDER = {"severe": 0, "confirmed": 1, "watch": 2}
MOST = 4
WORDS = {
    "segment": "errors in",
    "drift": "drift of",
    "missing": "missing values in",
    "unseen": "new categories in",
    "correlation": "changed correlation of",
    "calibration": "probabilities that no longer fit,",
}


def likely_causes(rule: Rule, known: Known) -> Sentence:
    """Return up to four causes that this build shows, then those that the team declared."""
    kinds = KINDS.get(rule.metric, ())
    shown = sorted(
        (finding for finding in known.findings if finding.kind in kinds),
        key=lambda finding: (ORDER[finding.severity], kinds.index(finding.kind)),
    )[:MOST]
    words: list[str | Fact] = []
    for finding in shown:
        words += ["; " if words else "shown by this build: ", *_cause(finding, known)]
    if rule.likely_causes:
        words += ["; " if words else "", f"declared: {', '.join(rule.likely_causes)}"]
    return tuple(words) or ("nothing in this build points to a cause, and none is declared",)


def _cause(finding: Finding, known: Known) -> Sentence:
    head = f"{WORDS[finding.kind]} {finding.subject}"
    first = next((known.facts[id] for id in finding.evidence if id in known.facts), None)
    shown = first is not None and isinstance(first.value, (int, float)) and not isinstance(first.value, bool)
    return (f"{head} (", first, ")") if first is not None and shown else (head,)
