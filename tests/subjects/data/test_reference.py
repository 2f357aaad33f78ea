from dataclasses import replace

import pytest

from generator.records.project import Segment, SegmentLimit
from generator.subjects.data import reference
from generator.subjects.performance import performance
from generator.subjects.segments import segments
from tests.subjects import worlds


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """A project with segments, one of them critical, and its ledger."""
    folder = tmp_path_factory.mktemp("world")
    made = worlds.project(folder)
    roles = replace(made.settings.data, segments=(Segment(column="kind"),))
    limit = SegmentLimit(segment="kind", level="y", metric="rmse", acceptable=2.0)
    objectives = replace(made.settings.objectives, critical_segments=(limit,))
    made = replace(made, settings=replace(made.settings, data=roles, objectives=objectives))
    return worlds.ledger(folder, worlds.rows(20, 1), worlds.rows(12, 2), made)


def table(evidence, id):
    return next(table for table in evidence.tables if table.id == id)


def test_sums_without_days_say_so(world):
    project, ledger = world
    assert table(reference.ANALYSIS.run(project, ledger), "reference.daily").reason == reference.NO_DAYS
    none = reference.ANALYSIS.run(project, replace(ledger, reference=None))
    assert "training statistics" in table(none, "reference.daily").reason
    assert none.facts == ()


def test_rows_as_a_reference_are_told_by_day(world):
    """The same rows on both sides: the reference's days are then those of the performance."""
    project, ledger = world
    found = table(reference.ANALYSIS.run(project, replace(ledger, reference=ledger.production)), "reference.daily")
    known = table(performance.SUBJECT.run(project, ledger), "performance.daily")
    assert len(found.rows) == len(known.rows) == 12
    for name in ("error", "bias", "rows"):
        assert [cell.value for cell in found.column(name)] == pytest.approx([cell.value for cell in known.column(name)])
    assert all(0 < cell.value < 0.05 for cell in found.column("missing"))
    assert all(50 < cell.value < 70 for cell in found.column("prediction"))


def test_the_critical_segment_is_followed_by_day(world):
    project, ledger = world
    found = table(segments.SUBJECT.run(project, ledger), "segments.daily")
    assert found.title == "Error by day, kind y"
    assert len(found.rows) == 12
    pairs = zip(found.column("error"), found.column("rows"), strict=True)
    squares = sum(cell.value**2 * rows.value for cell, rows in pairs)
    whole = next(fact for fact in segments.SUBJECT.run(project, ledger).facts if fact.id == "segments.kind.y.rmse")
    assert (squares / whole.n) ** 0.5 == pytest.approx(whole.value)


def test_without_a_critical_segment_the_worst_is_followed(world):
    project, ledger = world
    objectives = replace(project.settings.objectives, critical_segments=())
    bare = replace(project, settings=replace(project.settings, objectives=objectives))
    evidence = segments.SUBJECT.run(bare, ledger)
    worst = table(evidence, "segments.worst").rows[0]
    assert table(evidence, "segments.daily").title == f"Error by day, {worst[0]} {worst[1]}"
