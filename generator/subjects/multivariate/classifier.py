"""Whether production rows are told from training rows by all features at once: what the probe of the ledger says."""

from collections.abc import Iterator

from generator.estimates.facts import place
from generator.estimates.features import counted, evidence, measured
from generator.records.cells import Probe
from generator.records.evidence import Claim, Evidence, Finding, finding
from generator.records.fact import Fact, Sentence, missing, segment_of
from generator.records.ledger import Ledger
from generator.records.named import PROJECT
from generator.records.plugin import Analysis
from generator.records.project import Project
from generator.records.reason import lacking
from generator.records.table import Table
from generator.results.words import quantities, tables
from generator.stats.distributions import t_quantile
from generator.subjects.drift import drift_of

QUANTITY, TABLE = quantities(__file__), tables(__file__)

APART = 0.6
"""From here on the sides differ to some effect (methods 1.9)."""
EXTRAPOLATION = 0.3
"""Below this share training says little of rows like those of production."""
READINGS = (
    (0.55, "alike"),
    (APART, "hardly different"),
    (0.7, "a little different"),
    (0.8, "clearly different"),
    (1.01, "different populations"),
)
LABELS = {
    "auc": "How often a row is rightly told from one of training, by all inputs at once",
    "ess": "Share of the training rows that resemble production",
    "reading": "Production and training, by all inputs at once",
    "extrapolates": "Most production rows resemble few training rows",
}
UNITS = {"auc": "probability", "ess": "share"}
KEY = "policies.drift.domain_classifier"


def run(project: Project, ledger: Ledger) -> Evidence:
    """Return what the probe says, or why there is none; a finding where only all features together have drifted."""
    probe, reason = ledger.probe, _why(project, ledger)
    if probe is None or reason:
        none = (
            missing(f"drift.classifier.{key}", reason, label=label, unit=UNITS.get(key, ""))
            for key, label in LABELS.items()
        )
        return evidence(none, [TABLE("drift.classifier.features", (), reason=reason)])
    made = {fact.id.rpartition(".")[2]: fact for fact in _facts(probe)}
    return evidence(made.values(), [_features(probe)], tuple(_findings(project, ledger, probe, made)))


def _why(project: Project, ledger: Ledger) -> str:
    """Return why nothing is told: not asked for, no rows of training, or rows that are unfit."""
    if ledger.probe is not None:
        return ledger.probe.reason
    if not project.settings.policies.drift.domain_classifier:
        return lacking("not asked for", KEY, file=place(project, KEY))
    return lacking("it needs the rows of training, not their statistics", "data.reference", file=PROJECT)


def _facts(probe: Probe) -> Iterator[Fact]:
    t, rows = t_quantile(0.975, probe.groups - 1.0), sum(probe.rows)
    method = (
        f"gradient boosting on samples of {probe.rows[0]} and {probe.rows[1]} rows, each judged by trees that know no "
        f"row of its entity; jackknife over {probe.groups} groups, trees as they are"
    )
    for key, value, se, words in (
        ("auc", probe.auc, probe.auc_se, "area under the curve"),
        ("ess", probe.ess, probe.ess_se, "effective sample size of density ratios"),
    ):
        low, high = max(value - t * se, 0.0), min(value + t * se, 1.0)
        yield measured(
            QUANTITY("drift.classifier.{key}", key=key, words=words, method=method),
            value,
            unit=UNITS[key],
            label=LABELS[key],
            low=low,
            high=high,
            n=rows,
        )
    reading = next(word for limit, word in READINGS if probe.auc < limit)
    yield counted("drift.classifier.reading", reading, label=LABELS["reading"], unit="")
    yield counted(
        "drift.classifier.extrapolates",
        probe.ess + t * probe.ess_se < EXTRAPOLATION,
        unit="",
        label=LABELS["extrapolates"],
        method=f"share surely below {EXTRAPOLATION:.0%}",
    )


def _features(probe: Probe) -> Table:
    rows = (
        (
            name,
            measured(QUANTITY("drift.classifier.features.{id}", id=segment_of(name), name=name), float(lost)),
        )
        for name, lost in zip(probe.features, probe.importance, strict=True)
        if lost > 0
    )
    return TABLE("drift.classifier.features", rows, reason="no input parts the two sides")


def _findings(project: Project, ledger: Ledger, probe: Probe, made: dict[str, Fact]) -> Iterator[Finding]:
    """Yield what no feature shows by itself."""
    auc, reference = made["auc"], ledger.reference
    if reference is None or auc.low is None or auc.low <= APART:
        return
    if (drift_of(project, ledger, reference).grades >= 2).any():
        return
    first = " and ".join(probe.features[:2])
    words: Sentence = (
        f"Inputs have drifted together, though none has by itself, first of all {first}: from all inputs at once, a "
        "production row is told from one of training with a probability of ",
        auc,
        "; one half would be chance.",
    )
    yield finding(
        "drift.classifier",
        "drift",
        "confirmed",
        "all inputs together",
        words,
        Claim(what="auc", relation="above", value=auc),
    )


ANALYSIS = Analysis(id="classifier", title="Drift of all features at once, by a classifier", run=run)
