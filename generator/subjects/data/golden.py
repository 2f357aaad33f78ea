"""Sample requests with the answers both versions gave in this build: what to send after a deployment or a rollback."""

import json

from generator.estimates.facts import number, personal, target_unit
from generator.records.evidence import Evidence
from generator.records.fact import Fact
from generator.records.ledger import Golden, Ledger
from generator.records.plugin import Analysis
from generator.records.project import Project
from generator.records.table import Cell, Column, Table
from generator.results.words import quantities

QUANTITY = quantities(__file__)

TOLERANCE = 1e-4
"""Share of the answer by which another machine's arithmetic may differ."""
SOURCE = "scored in this build"


def run(project: Project, ledger: Ledger) -> Evidence:
    """Return the golden requests as one table, their inputs as JSON."""
    unit = target_unit(project)
    columns = (
        Column(key="id", label="Request"),
        Column(key="request", label="Inputs", wide=True),
        Column(key="expected", label="Answer", unit=unit),
        Column(key="previous", label="Previous version's answer", unit=unit),
        Column(key="tolerance", label="Tolerance ±", unit=unit),
    )
    unnamed = personal(project)
    rows = tuple(_row(each, unit, unnamed) for each in ledger.golden)
    reason = "" if rows else "no model was opened in this build, or there are no training statistics"
    return Evidence(
        tables=(Table(id="rollback.golden", title="Golden requests", columns=columns, rows=rows, reason=reason),)
    )


def _row(request: Golden, unit: str, unnamed: frozenset[str]) -> tuple[Cell, ...]:
    inputs = {name: "(personal, not printed)" if name in unnamed else v for name, v in request.inputs.items()}
    return (
        request.name,
        json.dumps(inputs, ensure_ascii=False),
        _answer(request, "expected", request.prediction, unit),
        () if request.previous is None else _answer(request, "previous", request.previous, unit),
        number(
            QUANTITY("rollback.golden.{name}.tolerance", name=request.name),
            abs(request.prediction) * TOLERANCE,
            unit=unit,
        ),
    )


def _answer(request: Golden, which: str, value: float, unit: str) -> Fact:
    return number(
        QUANTITY("rollback.golden.{name}.{which}", name=request.name, which=which), value, unit=unit, source=SOURCE
    )


ANALYSIS = Analysis(id="golden", title="Golden requests", run=run)
