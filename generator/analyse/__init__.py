"""Stage 3: what the ledger shows, one analysis a file; rows are out of reach here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from generator.analyse._small_cells import withhold
from generator.records.evidence import Evidence, join
from generator.records.fact import Fact, Sentence
from generator.records.ledger import Ledger
from generator.records.plugin import Analysis
from generator.records.project import Project
from generator.records.table import Cell, Table


def analyse(project: Project, ledger: Ledger, analyses: Sequence[Analysis]) -> Evidence:
    """Return the evidence of all analyses in order, none of it on too few rows; of simulated rows it is marked so."""
    found = join(analysis.run(project, ledger) for analysis in analyses)
    evidence = withhold(found, project.settings.privacy.small_cell)
    return _simulated(evidence) if project.settings.data.simulated else evidence


def _simulated(evidence: Evidence) -> Evidence:
    return Evidence(
        facts=tuple(_mark(fact) for fact in evidence.facts),
        tables=tuple(_mark_table(table) for table in evidence.tables),
        findings=tuple(replace(f, words=_mark_sentence(f.words)) for f in evidence.findings),
    )


def _mark(fact: Fact) -> Fact:
    return replace(fact, origin="simulated") if fact.origin == "measured" else fact


def _mark_sentence(sentence: Sentence) -> Sentence:
    return tuple(_mark(part) if isinstance(part, Fact) else part for part in sentence)


def _mark_table(table: Table) -> Table:
    rows = tuple(tuple(_mark_cell(cell) for cell in row) for row in table.rows)
    return replace(table, rows=rows, note=_mark_sentence(table.note))


def _mark_cell(cell: Cell) -> Cell:
    if isinstance(cell, Fact):
        return _mark(cell)
    return _mark_sentence(cell) if isinstance(cell, tuple) else cell
