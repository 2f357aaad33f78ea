"""Evidence of simulated rows → the same, with every measured fact marked as such."""

from __future__ import annotations

from dataclasses import replace

from generator.records.evidence import Evidence
from generator.records.fact import Fact, Sentence
from generator.records.table import Cell, Table


def marked(evidence: Evidence) -> Evidence:
    """Return the evidence with what was measured named as measured on simulated rows."""
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
