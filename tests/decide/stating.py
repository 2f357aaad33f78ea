"""Projects that state figures: written as YAML, loaded as a user's file, decided without any rows."""

from __future__ import annotations

from pathlib import Path

from generator.decide import decide
from generator.decide.claims import DECISION as CLAIMS
from generator.decide.experiments import DECISION as EXPERIMENTS
from generator.errors import InputError, Problem
from generator.load import load
from generator.records.decision import Decisions
from generator.records.evidence import Evidence, Finding
from generator.records.notation import spell

BASE = """\
project: {name: leads}
model: {name: scorer, version: v1.1, format: column}
data: {production: rows.csv, target: sold, prediction: guess}
"""
CASE = Path(__file__).with_name("claims.yaml").read_text(encoding="utf-8")
"""The figures of a lead-scoring case, contradictions included."""


def decided(folder: Path, text: str, evidence: Evidence | None = None) -> Decisions:
    """Return what the claims and experiments of a project file give."""
    (folder / "rows.csv").write_text("sold,guess\n1,2\n")
    file = folder / "dossier.yaml"
    file.write_text(BASE + text, encoding="utf-8")
    return decide(load(file), evidence or Evidence(), (EXPERIMENTS, CLAIMS))


def problems(folder: Path, text: str) -> tuple[Problem, ...]:
    """Return what the loading finds wrong."""
    try:
        decided(folder, text)
    except InputError as error:
        return error.problems
    return ()


def findings(found: Decisions) -> dict[str, Finding]:
    """Return the findings by id, without the `claim.` that all begin with."""
    return {one.id.removeprefix("claim."): one for one in found.findings}


def told(finding: Finding) -> str:
    """Return a finding as text."""
    return spell(finding.words)


def number(found: Decisions, id: str) -> float:
    """Return the number of a fact."""
    value = next(fact.value for fact in found.facts if fact.id == id)
    assert isinstance(value, (int, float))
    return value


def statuses(found: Decisions) -> dict[str, str]:
    """Return what came of each check, by its id."""
    table = next(table for table in found.tables if table.id == "claims.checked")
    words = (getattr(cell, "word", "") for cell in table.column("status"))
    return {str(id): word for id, word in zip(table.column("id"), words, strict=True)} if table.rows else {}
