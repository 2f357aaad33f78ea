"""Projects that state figures: written as YAML, loaded as a user's file, decided without any rows."""

from pathlib import Path

from generator.conclude import decide
from generator.errors import InputError, Problem
from generator.load import load
from generator.records.decision import Decisions
from generator.records.evidence import Evidence, Finding
from generator.records.notation import spell
from generator.subjects.claims.claims import DECISION as CLAIMS
from generator.subjects.experiments.experiments import DECISION as EXPERIMENTS

BASE = """\
project: {name: leads}
model: {name: scorer, version: v1.1, format: column}
data: {production: rows.csv, target: sold, prediction: guess}
"""
LEADS = Path(__file__).parents[2] / "data" / "leadscore"
CASE = (LEADS / "dossier.yaml").read_text(encoding="utf-8")
"""The lead-scoring case, contradictions included."""


def decided(folder: Path, text: str, evidence: Evidence | None = None) -> Decisions:
    """Return what the claims and experiments of a project file give; `text` is the whole case, or what follows BASE."""
    return decide(load(written(folder, text)), evidence or Evidence(), (EXPERIMENTS, CLAIMS))


def written(folder: Path, text: str) -> Path:
    """Return a project file with the files that it names beside it."""
    file = folder / "dossier.yaml"
    whole = "\nproject:" in text
    file.write_text(text if whole else BASE + text, encoding="utf-8")
    for beside in LEADS.iterdir() if whole else ():
        if beside.is_file() and beside.name != file.name and not (folder / beside.name).exists():
            (folder / beside.name).symlink_to(beside)
    if not whole:
        (folder / "rows.csv").write_text("sold,guess\n1,2\n")
    return file


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
