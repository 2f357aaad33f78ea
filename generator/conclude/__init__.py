"""Runs the subjects over a ledger: what it shows, then what follows for alerts, plans, gates and the verdict."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from generator.conclude._examine import examined as examined
from generator.conclude._small_cells import as_shown, withhold
from generator.errors import Problem
from generator.records.decision import Decision, Decisions
from generator.records.decision import join as joined
from generator.records.evidence import Evidence, join
from generator.records.fact import Fact
from generator.records.ledger import Ledger
from generator.records.notation import spell
from generator.records.plugin import Analysis, Subject
from generator.records.project import Project
from generator.records.shelf import changed
from generator.subjects.kit.facts import complete

CONTRADICTIONS = {"ladder", "claim", "record"}
"""Kinds of findings that name two declared things which cannot both hold."""


def analyse(project: Project, ledger: Ledger, analyses: Sequence[Analysis | Subject[Any]]) -> Evidence:
    """Return the evidence of all analyses in order, none of it on too few rows; of simulated rows it is marked so."""
    found = join(analysis.run(project, ledger) for analysis in analyses)
    evidence = withhold(found, project.settings.privacy.small_cell)
    shown = changed(evidence, _simulated) if project.settings.data.simulated else evidence
    return replace(shown, shelf=evidence.shelf.changed(as_shown(shown)))


def _simulated(fact: Fact) -> Fact:
    """Return a fact that was measured as one of simulated rows."""
    return replace(fact, origin="simulated") if fact.origin == "measured" else fact


def decide(project: Project, evidence: Evidence, decisions: Sequence[Decision]) -> Decisions:
    """Return everything that `decisions` decide, one after the other; each sees what was decided before it.

    Every fact that a table, a finding or a gate shows stands among the facts too, so that it can be looked up.
    """
    known_ids = {fact.id for fact in evidence.facts}
    earlier = Decisions()
    for decision in decisions:
        decided = complete(decision.run(project, evidence, earlier), known_ids)
        known_ids |= {fact.id for fact in decided.facts}
        earlier = joined((earlier, decided))
    return earlier


def doubts(project: Project, decisions: Decisions) -> tuple[Problem, ...]:
    """Return contradictions among declared levels and figures, each as a problem to look at."""
    currency = project.settings.project.currency
    return (
        *(Problem(what=text, where=project.file) for text in project.guessed),
        *(
            Problem(what=spell(finding.words, currency=currency), where=project.file)
            for finding in decisions.findings
            if finding.kind in CONTRADICTIONS
        ),
    )
