import dataclasses

import numpy as np
import pytest

from generator.records.ledger import PairSums
from generator.subjects.multivariate.correlation import ANALYSIS
from tests.subjects import worlds


@pytest.fixture(scope="module")
def broken(tmp_path_factory):
    """`a` and `b` no longer belong together; every tenth value of `b` is missing."""
    reference, production = worlds.rows(20, 1), worlds.rows(10, 2)
    rng = np.random.default_rng(8)
    production["b"] = rng.permutation(production["b"].to_numpy())
    production.loc[::10, "b"] = np.nan
    made = worlds.ledger(tmp_path_factory.mktemp("broken"), reference, production)
    return reference, production, *made


def test_correlations_agree_with_pandas(broken):
    reference, production, project, ledger = broken
    evidence = ANALYSIS.run(project, ledger)
    worlds.check(evidence)
    r0, r1 = (frame[list(worlds.NUMERIC)].corr() for frame in (reference, production))
    table = worlds.table_of(evidence, "correlation.pairs")
    assert len(table.rows) == 6
    for first, second in zip(table.column("first"), table.column("second"), strict=True):
        id = f"correlation.{first}.{second}"
        assert worlds.value(evidence, f"{id}.reference") == pytest.approx(r0.loc[first, second], abs=1e-9)
        assert worlds.value(evidence, f"{id}.production") == pytest.approx(r1.loc[first, second], abs=1e-9)


def test_the_planted_change_is_found_alone(broken):
    _, _, project, ledger = broken
    evidence = ANALYSIS.run(project, ledger)
    table = worlds.table_of(evidence, "correlation.pairs")
    assert table.rows[0][:2] == ("a", "b") and table.rows[0][-1].word == "severe"
    assert {row[-1].word for row in table.rows[1:]} == {"ok"}
    assert worlds.value(evidence, "correlation.count.changed") == 1
    assert worlds.value(evidence, "correlation.count.tested") == 6
    assert [finding.kind for finding in evidence.findings] == ["correlation"]


def test_no_change_is_no_finding(tmp_path):
    project, ledger = worlds.ledger(tmp_path, worlds.rows(20, 1), worlds.rows(10, 2))
    evidence = ANALYSIS.run(project, ledger)
    assert not evidence.findings and worlds.value(evidence, "correlation.count.changed") == 0


def test_a_reference_by_group_is_left_out_jointly(broken):
    _, _, project, ledger = broken
    grouped = dataclasses.replace(ledger.reference, pairs=ledger.production.pairs)
    evidence = ANALYSIS.run(project, dataclasses.replace(ledger, reference=grouped))
    assert {row[4].value for row in worlds.table_of(evidence, "correlation.pairs").rows} == {0.0}
    assert worlds.value(evidence, "correlation.count.changed") == 0


def test_a_perfect_correlation_that_breaks_is_found(tmp_path):
    reference, production = worlds.rows(10, 1), worlds.rows(10, 2)
    reference["b"], production["b"] = reference["a"] * 2, production["b"]
    project, ledger = worlds.ledger(tmp_path, reference, production)
    evidence = ANALYSIS.run(project, ledger)
    assert worlds.table_of(evidence, "correlation.pairs").rows[0][-1].word == "severe"


@pytest.mark.parametrize("case", ["none", "one row", "one feature", "constant", "no sums"])
def test_what_cannot_be_computed_says_why(tmp_path, case):
    reference, production = worlds.rows(3, 1), worlds.rows(3, 2)
    features = ("a",) if case == "one feature" else worlds.NUMERIC
    if case == "one row":
        production = production[:1]
    if case == "constant":
        for name in worlds.NUMERIC:
            production[name] = 1.0
    made = worlds.project(tmp_path, features=features)
    project, ledger = worlds.ledger(tmp_path, None if case == "none" else reference, production, made)
    if case == "no sums":
        ledger = dataclasses.replace(ledger, production=dataclasses.replace(ledger.production, pairs=None))
    evidence = ANALYSIS.run(project, ledger)
    worlds.check(evidence)
    assert worlds.table_of(evidence, "correlation.pairs").reason
    assert evidence.fact("correlation.count.changed").id and not evidence.findings


def test_pairs_with_few_common_rows_are_not_tested(broken):
    _, _, project, ledger = broken
    pairs = ledger.production.pairs
    assert isinstance(pairs, PairSums)
    scarce = PairSums(n=pairs.n / 100, s=pairs.s / 100, q=pairs.q / 100, x=pairs.x / 100)
    thin = dataclasses.replace(ledger.production, pairs=scarce)
    evidence = ANALYSIS.run(project, dataclasses.replace(ledger, production=thin))
    assert evidence.fact("correlation.count.tested").value == 0
