from dataclasses import replace

import pytest

from generator.records.evidence import Evidence
from generator.records.fact import Fact, facts_in
from generator.records.project import Segment
from generator.subjects.data import data
from generator.subjects.performance import errors, performance
from generator.subjects.segments import segments
from tests.subjects import worlds

ANALYSES = (performance.SUBJECT, segments.SUBJECT, errors.ANALYSIS, data.ANALYSIS)


def facts_of(evidence: Evidence) -> list[Fact]:
    cells = [cell for table in evidence.tables for row in table.rows for cell in row]
    return [
        *evidence.facts,
        *(fact for cell in cells for fact in ((cell,) if isinstance(cell, Fact) else ())),
        *(fact for cell in cells if isinstance(cell, tuple) for fact in facts_in(cell)),
    ]


@pytest.fixture(scope="module", params=["id", None])
def told(request, tmp_path_factory):
    """The project's entity column, and every method that the analyses of the error give."""
    folder = tmp_path_factory.mktemp("world")
    made = worlds.project(folder)
    roles = replace(made.settings.data, entity=request.param, segments=(Segment(column="kind"),))
    made = replace(made, settings=replace(made.settings, data=roles))
    project, ledger = worlds.ledger(folder, worlds.rows(20, 1), worlds.rows(12, 2), made)
    facts = [fact for analysis in ANALYSES for fact in facts_of(analysis.run(project, ledger))]
    return request.param, {fact.id: fact.method for fact in facts}


def test_intervals_say_whether_rows_were_taken_as_independent(told):
    entity, methods = told
    named = {id for id, method in methods.items() if "entit" in method}
    taken = {id for id, method in methods.items() if "rows taken as independent" in method}
    wanted = {
        "performance.rmse.production",
        "performance.mae.production",
        "performance.rmse.last_third",
        "segments.kind.x.rmse",
        "errors.p95",
    }
    assert wanted <= (named if entity else taken)
    assert not (taken if entity else named), "the two never stand together"
