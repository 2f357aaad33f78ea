"""Takes a project and its evidence, gives what follows: alerts, plans, gates, conditions and the verdict."""

from __future__ import annotations

from collections.abc import Sequence

from generator.decide._facts import complete
from generator.errors import Problem
from generator.records.decision import Decision, Decisions, join
from generator.records.evidence import Evidence
from generator.records.notation import spell
from generator.records.project import Project

CONTRADICTIONS = {"ladder", "claim"}
"""Kinds of findings that name two declared things which cannot both hold."""


def decide(project: Project, evidence: Evidence, decisions: Sequence[Decision]) -> Decisions:
    """Return everything that `decisions` decide, one after the other; each sees what was decided before it.

    Every fact that a table, a finding or a gate shows stands among the facts too, so that it can be looked up.
    """
    known_ids = {fact.id for fact in evidence.facts}
    earlier = Decisions()
    for decision in decisions:
        decided = complete(decision.run(project, evidence, earlier), known_ids)
        known_ids |= {fact.id for fact in decided.facts}
        earlier = join((earlier, decided))
    return earlier


def doubts(project: Project, decisions: Decisions) -> tuple[Problem, ...]:
    """Return contradictions among declared levels and figures, each as a problem to look at."""
    currency = project.settings.project.currency
    return tuple(
        Problem(what=spell(finding.words, currency=currency), where=project.file)
        for finding in decisions.findings
        if finding.kind in CONTRADICTIONS
    )
