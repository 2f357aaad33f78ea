"""The training statistics in R's form tell the same as the program's own, where they tell it."""

from dataclasses import replace
from pathlib import Path

import pytest

from generator.catalog import CATALOG
from generator.engines.duckdb import DuckDB
from generator.load import load
from generator.measure import measure
from generator.records.evidence import Evidence, join
from generator.subjects.drift import drift
from generator.subjects.missing import missing

CASE = Path(__file__).resolve().parents[2] / "data" / "techmart"
SAME = (".mean_reference", ".sd_reference", ".mean_change", ".sd_change", ".smd", ".reference")


def evidence(statistics: str) -> Evidence:
    project = load(CASE)
    data = replace(project.settings.data, reference_stats=statistics)
    project = replace(project, settings=replace(project.settings, data=data))
    ledger = measure(project, DuckDB(), CATALOG.readers)
    return join((drift.run(project, ledger), missing.run(project, ledger)))


@pytest.mark.slow
def test_r_statistics_give_the_same_facts():
    own, of_r = evidence("training_statistics.json"), evidence("training_stats.rds")
    values = {fact.id: fact.value for fact in own.facts}
    told = [fact for fact in of_r.facts if fact.id.endswith(SAME) and isinstance(fact.value, float)]
    assert sum(fact.id.endswith(".mean_reference") for fact in told) == 64
    assert sum(fact.id.startswith("missing.") for fact in told) >= 75
    for fact in told:
        assert fact.value == pytest.approx(values[fact.id], rel=1e-9, abs=1e-9), fact.id


def test_the_fixture_is_small():
    assert (CASE / "training_stats.rds").stat().st_size < 300_000
