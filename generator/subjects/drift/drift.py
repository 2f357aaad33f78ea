"""How far every feature has moved from training, by the statistics, by the declared policy and for the model."""

from collections.abc import Iterator

import numpy as np

from generator.estimates.facts import effect_unit, target_unit
from generator.estimates.features import NO_REFERENCE, SHOWN, STATUSES, counted, critical, evidence, part
from generator.estimates.missing_rates import rates_of
from generator.records.evidence import Claim, Evidence, Finding, Scope, Severity, finding
from generator.records.fact import Sentence, facts_in
from generator.records.ledger import Ledger
from generator.records.plugin import Analysis
from generator.records.project import Project
from generator.results.words import quantities
from generator.subjects.drift import _daily as daily
from generator.subjects.drift import _tables as tables
from generator.subjects.drift._counts import count_facts
from generator.subjects.drift._facts import FeatureFacts, no_facts
from generator.subjects.drift._severity import Drift, drift_of
from generator.subjects.drift._shape import Shapes

QUANTITY = quantities(__file__)

SEVERITIES: dict[int, Severity] = {2: "confirmed", 3: "severe"}


def run(project: Project, ledger: Ledger) -> Evidence:
    """Return the drift of every feature, or why there is none to tell."""
    unit = target_unit(project)
    if ledger.reference is None:
        empty = (*tables.empty_tables(NO_REFERENCE), *daily.empty_tables(NO_REFERENCE))
        return evidence(no_facts(ledger.plan.features, len(ledger.plan.numeric), unit), empty)
    drift = drift_of(project, ledger, ledger.reference)
    recent = daily.recent_change(drift, ledger, project.settings.objectives.recent_days)
    facts = FeatureFacts(drift, unit, effect_unit(project, ledger.linear), recent)
    shapes = Shapes(drift, ledger)
    shown = tables.drift_tables(drift, facts, rates_of(ledger, drift.groups), shapes)
    course = daily.daily_tables(drift, ledger, critical(project))
    made = (*facts.facts.values(), *shapes.facts.values(), *count_facts(drift, facts))
    return evidence(made, (*shown, *course), (*_findings(drift, facts),), others="missing.")


def _findings(drift: Drift, facts: FeatureFacts) -> Iterator[Finding]:
    """Yield the worst features one by one, and how many others there are."""
    order = sorted((index for index in drift.order if drift.grades[index] >= 2), key=lambda index: -drift.grades[index])
    shown = order if len(order) <= SHOWN + 1 else order[:SHOWN]
    for index in shown:
        words = _told(drift, facts, index)
        yield finding(
            f"drift.{part(drift.names[index])}",
            "drift",
            SEVERITIES[int(drift.grades[index])],
            drift.names[index],
            words,
            Claim(
                what="drift", relation="differs", value=next(facts_in(words)), scope=Scope(feature=drift.names[index])
            ),
        )
    rest = order[len(shown) :]
    if rest:
        number = counted(QUANTITY("drift.count.others"), len(rest))
        worst = max(int(drift.grades[index]) for index in rest)
        yield finding(
            "drift.others",
            "drift",
            SEVERITIES[worst],
            "other features",
            (number, f" more features have drifted, {STATUSES[worst]} at the most; the drift table lists them."),
            Claim(what="drift", relation="above", value=number),
        )


def _told(drift: Drift, facts: FeatureFacts, index: int) -> Sentence:
    """Return in words how a feature has moved and what the model feels of it."""
    name = drift.names[index]
    if index >= drift.numeric:
        told: Sentence = (f"The mix of {name} is no longer that of training: stability index ", facts.of(index, "psi"))
    else:
        changes = (
            ("share that left the value most had ", "left"),
            ("mean ", "mean_change"),
            ("spread ", "sd_change"),
            ("shift ", "smd"),
            ("stability index ", "psi"),
        )
        known = [(word, facts.of(index, key)) for word, key in changes]
        parts = [(word, fact) for word, fact in known if fact.value is not None]
        told = (f"The values of {name} are no longer those of training: ",)
        for place, (word, fact) in enumerate(parts):
            told = (*told, f"{', ' if place else ''}{word}", fact)
    impact = facts.of(index, "impact")
    felt = np.abs(drift.impact.parts.value[index]) > 0
    return (*told, "; it moves the mean prediction by ", impact, ".") if felt else (*told, ".")


ANALYSIS = Analysis(id="drift", title="Drift of the features", run=run)
