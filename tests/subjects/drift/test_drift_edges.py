"""Drift where there is little to go by, or much to tell."""

import dataclasses

import numpy as np
import pytest

from generator.subjects.drift.drift import ANALYSIS
from tests.subjects import worlds


def test_without_a_reference_everything_says_so(tmp_path):
    project, ledger = worlds.ledger(tmp_path, None, worlds.rows(3, 1))
    evidence = ANALYSIS.run(project, ledger)
    worlds.check(evidence)
    assert all(fact.value is None and "data.reference" in fact.reason for fact in evidence.facts)
    assert all(table.reason for table in evidence.tables)
    assert {"drift.a.mean_change", "drift.kind.psi", "drift.count.tested"} <= {fact.id for fact in evidence.facts}


@pytest.mark.parametrize("rows", [1, 30])
def test_few_rows_of_one_day_are_no_failure(tmp_path, rows):
    project, ledger = worlds.ledger(tmp_path, worlds.rows(3, 1), worlds.rows(1, 2, entities=400)[:rows])
    evidence = ANALYSIS.run(project, ledger)
    worlds.check(evidence)
    assert not evidence.findings
    assert "too few entities" in evidence.fact("drift.a.psi").reason
    assert evidence.fact("drift.count.tested").value == 0
    for verdict in ("confirmed", "severe"):
        assert "too few entities" in evidence.fact(f"drift.count.{verdict}").reason
    assert evidence.fact("drift.a.mean_change").low is None


def test_without_dates_there_is_no_course(tmp_path):
    project, ledger = worlds.ledger(tmp_path, worlds.rows(3, 1), worlds.rows(3, 2), worlds.project(tmp_path, time=None))
    evidence = ANALYSIS.run(project, ledger)
    assert (
        worlds.table_of(evidence, "drift.heat").reason and worlds.table_of(evidence, "drift.daily_mean_change").reason
    )
    assert worlds.table_of(evidence, "drift.all").rows


def test_constant_and_empty_columns_are_no_failure(tmp_path):
    reference, production = worlds.rows(5, 1), worlds.rows(5, 2)
    reference["a"], production["a"] = 1.0, 1.0
    reference["b"], production["b"] = 1.0, 2.0
    reference["c"], production["c"] = np.nan, np.nan
    production["zeros"] = np.nan
    production["kind"] = None
    project, ledger = worlds.ledger(tmp_path, reference, production)
    evidence = ANALYSIS.run(project, ledger)
    worlds.check(evidence)
    severity = worlds.statuses(evidence, "drift.all")
    assert severity == {"a": "ok", "b": "watch", "c": "ok", "zeros": "ok", "kind": "ok"}
    assert worlds.value(evidence, "drift.b.mean_change") == pytest.approx(1.0)
    assert worlds.value(evidence, "drift.b.ks") == 1.0
    assert worlds.value(evidence, "drift.b.left") == 1.0
    assert "constant" in evidence.fact("drift.b.smd").reason
    assert "no values" in evidence.fact("drift.c.mean_change").reason


def test_a_reference_without_groups_adds_its_own_variance(tmp_path):
    project, ledger = worlds.ledger(tmp_path, worlds.rows(10, 1), worlds.rows(10, 2))
    bare = dataclasses.replace(ledger.reference, group=None, slots_group=None)
    evidence = ANALYSIS.run(project, dataclasses.replace(ledger, reference=bare))
    fact = evidence.fact("drift.a.smd")
    assert fact.low is not None and fact.high is not None
    assert evidence.fact("drift.a.psi").low is not None and evidence.fact("drift.kind.psi").low is not None
    coarse = ANALYSIS.run(project, dataclasses.replace(ledger, reference=dataclasses.replace(bare, grid=None)))
    assert coarse.fact("drift.a.psi").value is None


def test_many_drifted_features_are_told_in_twelve_findings(tmp_path):
    reference, production = worlds.rows(3, 1), worlds.rows(3, 2)
    names = tuple(f"f{i:02}" for i in range(20))
    for i, name in enumerate(names):
        reference[name] = reference["a"]
        production[name] = production["a"] + 3 + i / 10
    _, ledger = worlds.ledger(tmp_path, reference, production, worlds.project(tmp_path, features=names))
    evidence = ANALYSIS.run(worlds.project(tmp_path, features=names), ledger)
    worlds.check(evidence)
    assert len(evidence.findings) == 12
    assert worlds.value(evidence, "drift.count.others") == 9
    assert evidence.findings[0].subject == "f19"


def test_a_feature_named_like_an_aggregate_keeps_its_own_facts(tmp_path):
    reference, production = worlds.rows(3, 1), worlds.rows(3, 2)
    for frame in (reference, production):
        frame["largest"] = frame["a"]
    made = worlds.project(tmp_path, features=("largest", "b"))
    project, ledger = worlds.ledger(tmp_path, reference, production, made)
    worlds.check(ANALYSIS.run(project, ledger))
