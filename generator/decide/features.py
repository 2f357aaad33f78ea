"""Takes the declared features and what is measured of them, gives specification, validation rules, asks and latency."""

from __future__ import annotations

from collections.abc import Iterator

from generator.decide._facts import columns, dated, declared, derived, flag, table
from generator.decide._known import Known, known, number_of, text_of
from generator.decide._latency import latency_facts, latency_table
from generator.decide._quantities import target_unit
from generator.decide._readings import feature_names
from generator.decide._spec import Described, allowed_words, compliance, describe, field, owner_of, spec_row
from generator.records.decision import Decision, Decisions
from generator.records.evidence import Evidence
from generator.records.fact import Fact, Sentence, missing
from generator.records.project import Project
from generator.records.table import Cell, Table

NO_FEATURES = "no features declared, and none known from the data"

UNKNOWN_LEVELS = "one of the levels of training, which this build does not know"
UNCLEAR = "say whether the shift is real or a change of definition, unit or delivery, and announce it next time"
ASKS = {
    "from day one": "compare how the value is computed in training and in production and mend the difference: it was "
    "there from day one, and a retraining would hide it",
    "step": "look in the change log at the day of the step, say what changed, and announce it next time",
    "trend": "say whether the trend is real and will go on: the model follows it by retraining, not by a repair",
    "weekly cycle": "say which days of the week the training rows lack",
}
"""What a producer is asked, by the course of the drift."""
TOLD = 3
"""Features of one ask whose evidence is told."""


def run(project: Project, evidence: Evidence, earlier: Decisions) -> Decisions:
    """Specify every feature and say what producers have to do."""
    at = known(evidence, earlier)
    every = describe(project, at, feature_names(at, project))
    return Decisions(
        facts=(*latency_facts(project, at.fact("inference.one_row.p99")), _compliant(every), _crossed(project)),
        tables=(
            _spec(every, at, project),
            _rules(every, project),
            _asks(every, at, project),
            latency_table(project),
        ),
    )


def _compliant(every: tuple[Described, ...]) -> Fact:
    id, label = "features.count.compliant", "Features that keep the specification"
    measured = [mark for mark in map(compliance, every) if mark.status != "info"]
    if not measured:
        return missing(id, "no feature is measured" if every else NO_FEATURES, label=label, unit="count")
    kept = sum(mark.status == "pass" for mark in measured)
    return derived(
        id,
        kept,
        unit="count",
        label=label,
        n=len(measured),
        method="within the declared limits on missing values on the last day and the declared tolerance; "
        "where none is declared, no confirmed drift and no confirmed rise of missing values",
    )


def _crossed(project: Project) -> Fact:
    """Return whether the tolerance calls a shift severe before it calls it yellow."""
    drift = project.settings.policies.drift
    severe, yellow = drift.severe_mean_change, drift.yellow_mean_change
    crossed = severe is not None and yellow is not None and severe < yellow
    return flag("features.tolerance.crossed", crossed, label="Severe lies below yellow", method="as declared")


def _spec(every: tuple[Described, ...], at: Known, project: Project) -> Table:
    heads = columns(
        "name: Feature",
        "*meaning",
        "type",
        "unit",
        "allowed",
        "basis",
        "mean",
        "sd: SD",
        "missing_expected: Missing, expected",
        "missing_alert: Alert",
        "missing_stop: Stop",
        "source",
        "class",
        "latency",
        "freshness",
        "owner",
        "transformation",
        "imputation",
        "criticality",
        "sensitivity",
        "compliance: Today",
    )
    rows = (spec_row(project, at, one) for one in every)
    return table("features.spec", "Feature specification", heads, rows, reason=NO_FEATURES)


def _rules(every: tuple[Described, ...], project: Project) -> Table:
    heads = columns("id", "feature", "*rule", "*on_breach: On breach")
    rows = [row for one in every for row in _rules_of(one, project)] + list(_output_rule(project))
    return table("features.rules", "Validation rules", heads, rows, reason="no feature has a range, limit or levels")


def _rules_of(one: Described, project: Project) -> Iterator[tuple[Cell, ...]]:
    feature, undeclared = one.feature, "not declared"
    head = f"FR-{feature.name}"
    if one.kind == "categorical":
        yield (
            f"{head}-levels",
            feature.name,
            (f"one of {', '.join(one.levels)}" if one.levels else UNKNOWN_LEVELS,),
            feature.when_unseen or undeclared,
        )
    elif number_of(one.low) is not None or number_of(one.high) is not None:
        yield (
            f"{head}-range",
            feature.name,
            (*allowed_words(one), f" ({one.basis})"),
            feature.when_out_of_range or undeclared,
        )
    if feature.when_missing:
        yield f"{head}-missing", feature.name, ("the row has a value",), feature.when_missing
    owner = owner_of(one)
    for key, words, breach in (
        ("missing_alert", "missing rate a day at most (alert)", "tell the owner"),
        ("missing_stop", "missing rate a day at most (stop)", "use the feature no more that day, and page the owner"),
    ):
        if getattr(feature, key) is not None:
            yield (
                f"{head}-{key.replace('_', '-')}",
                feature.name,
                (f"{words} ", field(project, one, key, "share")),
                f"{breach}: {owner}",
            )


def _output_rule(project: Project) -> Iterator[tuple[Cell, ...]]:
    objectives, unit = project.settings.objectives, target_unit(project)
    low, high = (
        declared(project, f"declared.objectives.{key}", getattr(objectives, key), f"objectives.{key}", unit=unit)
        for key in ("output_low", "output_high")
    )
    if objectives.output_low is not None and objectives.output_high is not None:
        yield ("FR-output-range", "prediction", (low, " to ", high), "reject the prediction")
    elif objectives.output_low is not None or objectives.output_high is not None:
        side: Sentence = ("at least ", low) if objectives.output_low is not None else ("at most ", high)
        yield ("FR-output-range", "prediction", side, "reject the prediction")


def _asks(every: tuple[Described, ...], at: Known, project: Project) -> Table:
    """Return one line for each producer and ask, its most urgent features told with their evidence."""
    due, groups = _due(project), dict[tuple[str, str, str], list[Described]]()
    for one in sorted(every, key=_urgency):
        if one.drifted or one.incomplete:
            groups.setdefault((one.feature.source or "not declared", _ask(one), owner_of(one)), []).append(one)
    rows = (
        (producer, str(len(found)), "; ".join(one.feature.name for one in found), _told(found, at), ask, owner, due)
        for (producer, ask, owner), found in groups.items()
    )
    heads = columns(
        "producer", "count: Features", "*feature: Which", "*seen: Evidence of the first", "*ask", "owner", "due"
    )
    reason = "no confirmed drift or rise of missing values" if at.rows("drift.all") else "drift was not measured"
    return table("features.asks", "What producers are asked to do", heads, rows, reason=reason)


def _told(found: list[Described], at: Known) -> Sentence:
    parts = ((f"{one.feature.name} ", *_shown(one, at)) for one in found[:TOLD])
    return tuple(word for n, part in enumerate(parts) for word in (("; ", *part) if n else part))


def _urgency(one: Described) -> tuple[bool, bool, float]:
    """Order critical features first, then drifted ones, then by their missing rate."""
    return not one.feature.critical, not one.drifted, -(number_of(one.missing.get("production")) or 0.0)


def _due(project: Project) -> Fact:
    context, rollout = project.settings.context, project.settings.rollout
    day = rollout.start or context.decide_by
    return dated(
        "features.asks.due",
        day,
        label="Due",
        method="start of the rollout, else the day of the decision",
        reason="neither rollout.start nor context.decide_by is declared",
    )


def _shown(one: Described, at: Known) -> Sentence:
    name, words = one.feature.name, list[str | Fact]()
    if one.drifted:
        known_as = (("drift.{}.mean_change", "mean "), ("drift.{}.psi", "PSI "), ("drift.{}.since", "since "))
        for pattern, text in known_as:
            fact = at.of_feature(pattern, name)
            if fact.value is not None:
                words += [", " if words else "", text, fact]
    if one.incomplete:
        words += [
            ", " if words else "",
            "missing ",
            at.of_feature("missing.{}.reference", name),
            " → ",
            at.of_feature("missing.{}.production", name),
        ]
    return tuple(words)


def _ask(one: Described) -> str:
    if one.drifted and one.incomplete:
        return f"restore the missing values first; then {ASKS.get(text_of(one.drift.get('shape')) or '', UNCLEAR)}"
    if one.incomplete:
        return "find out since when values are missing and why, and restore them"
    return ASKS.get(text_of(one.drift.get("shape")) or "", UNCLEAR)


DECISION = Decision(id="features", title="Specification of the features", run=run)
