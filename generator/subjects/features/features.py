"""Takes the declared features and what is measured of them, gives specification, validation rules, asks and latency."""

from generator.records.cells import is_rejection
from generator.records.decision import Decision, Decisions
from generator.records.evidence import Evidence
from generator.records.fact import Fact, missing
from generator.records.project import Project
from generator.records.table import Table
from generator.records.timeline import Timeline
from generator.results.words import columns, quantities, tables
from generator.subjects.features._asks import asks_table
from generator.subjects.features._gaps import gap_facts, gap_tables
from generator.subjects.features._latency import latency_facts, latency_table
from generator.subjects.features._rules import rules_tables
from generator.subjects.features._samples import samples_table
from generator.subjects.features._spec import Described, compliance, describe, spec_row
from generator.subjects.kit.facts import derived, flag, table
from generator.subjects.kit.known import Known, known, text_of
from generator.subjects.limits.readings import feature_names

QUANTITY, TABLE = quantities(__file__), tables(__file__)

NO_FEATURES = "no features declared, and none known from the data"

PROTECTED = ("personal", "confidential")
PRINTED = 20
"""Features that a document prints where there are no more; of more, those that are critical or to be acted on."""


def run(project: Project, evidence: Evidence, earlier: Decisions) -> Decisions:
    """Specify every feature and say what producers have to do."""
    at = known(evidence, earlier)
    every = describe(project, at, feature_names(at, project))
    rules, examples = rules_tables(every, project)
    return Decisions(
        facts=(
            *latency_facts(project, at.fact("inference.one_row.p99")),
            _compliant(every),
            _crossed(project),
            _all_printed(every),
            *gap_facts(every, project),
        ),
        tables=(
            *_specs(every, at, project),
            rules,
            examples,
            asks_table(every, at, project, earlier.timeline or Timeline()),
            _sensitivity(every),
            samples_table(at, project, _first_id(rules)),
            latency_table(project),
            *gap_tables(every, project),
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
    return flag(QUANTITY("features.tolerance.crossed"), crossed)


SPEC = columns(
    "name: Feature",
    "*meaning",
    "type",
    "unit",
    "allowed",
    "low",
    "high",
    "levels",
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
    "*on_missing: If missing",
    "*on_breach: If out of range or new",
    "criticality",
    "sensitivity",
    "compliance: Today",
)


def _specs(every: tuple[Described, ...], at: Known, project: Project) -> tuple[Table, Table]:
    """Return the specification of all features, and of those that a document prints."""
    acted = every if len(every) <= PRINTED else tuple(one for one in every if _stands_out(one)) or every[:PRINTED]
    named = (("features.spec", "Feature specification", every), ("features.acted", "Features to act on", acted))
    whole, part = (
        table(id, title, SPEC, (spec_row(project, at, one) for one in some), reason=NO_FEATURES)
        for id, title, some in named
    )
    return whole, part


def _all_printed(every: tuple[Described, ...]) -> Fact:
    """Return whether a document prints every feature."""
    return flag(QUANTITY("features.acted.all"), len(every) <= PRINTED)


def _stands_out(one: Described) -> bool:
    return one.feature.critical or one.drifted or one.over == "stop"


def _sensitivity(every: tuple[Described, ...]) -> Table:
    """Return the classes to protect with their features."""
    groups = dict[str, list[str]]()
    for one in every:
        if one.feature.sensitivity in PROTECTED:
            groups.setdefault(one.feature.sensitivity, []).append(one.feature.name)
    rows = ((word, str(len(names)), ", ".join(names)) for word, names in sorted(groups.items()))
    return TABLE("features.sensitivity", rows, reason="no feature is declared personal or confidential")


def _first_id(rules: Table) -> str:
    """Return the id of the first rule that judges a row and rejects it, else of the first."""
    ids = [text_of(row["id"]) for row in rules.records if is_rejection(text_of(row["on_breach"]))]
    return next(iter(ids), text_of(rules.rows[0][0]) if rules.rows else "")


DECISION = Decision(id="features", title="Specification of the features", run=run)
