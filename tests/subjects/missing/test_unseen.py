import dataclasses

import numpy as np
import pytest

from generator.conclude import analyse
from generator.records.fact import Fact
from generator.subjects.importance import ranges
from generator.subjects.missing.unseen import ANALYSIS
from tests.subjects import worlds


@pytest.fixture(scope="module")
def novel(tmp_path_factory):
    """Thirty of 400 entities carry a new kind, and err more; three rows another one."""
    reference, production = worlds.rows(20, 1), worlds.rows(10, 2)
    some = production["id"].isin({f"E{i}" for i in range(30)})
    production.loc[some, "kind"] = "new"
    production.loc[some, "prediction"] += 2
    production.loc[[500, 900, 1300], "kind"] = "seldom"
    made = worlds.ledger(tmp_path_factory.mktemp("novel"), reference, production)
    return production, *made


def test_shares_agree_with_pandas(novel):
    production, project, ledger = novel
    evidence = ANALYSIS.run(project, ledger)
    worlds.check(evidence)
    unseen = production["kind"].isin(["new", "seldom"])
    assert worlds.value(evidence, "unseen.kind.share") == pytest.approx(unseen.mean())
    assert worlds.value(evidence, "unseen.any.share") == pytest.approx(unseen.mean())
    assert worlds.value(evidence, "unseen.kind.levels") == 2
    fact = evidence.fact("unseen.kind.share")
    assert fact.low is not None and fact.high is not None
    assert fact.high - fact.low > 2 * 2 * 1.96 * np.sqrt(0.075 * 0.925 / len(production)), "rows repeat entities"


def test_new_levels_are_confirmed_and_told(novel):
    _, project, ledger = novel
    evidence = ANALYSIS.run(project, ledger)
    assert worlds.statuses(evidence, "unseen.features", "status") == {"kind": "severe"}
    assert [finding.subject for finding in evidence.findings] == ["kind"]
    assert worlds.value(evidence, "unseen.count.confirmed") == 1


def test_a_level_of_few_rows_is_not_named(novel):
    production, project, ledger = novel
    evidence = analyse(project, ledger, (ANALYSIS,))
    table = worlds.table_of(evidence, "unseen.levels")
    assert table.column("level") == ("new",)
    assert table.column("rows")[0].value == (production["kind"] == "new").sum()
    assert all("seldom" not in fact.id and "seldom" not in fact.label for fact in evidence.facts)


def test_errors_of_rows_with_new_levels(novel):
    production, project, ledger = novel
    evidence = ANALYSIS.run(project, ledger)
    squared, unseen = (production["prediction"] - production["y"]) ** 2, production["kind"].isin(["new", "seldom"])
    assert worlds.value(evidence, "unseen.any.error") == pytest.approx(np.sqrt(squared[unseen].mean()), rel=1e-6)
    assert worlds.value(evidence, "unseen.known.error") == pytest.approx(np.sqrt(squared[~unseen].mean()), rel=1e-6)


def test_days_agree_with_pandas(novel):
    production, project, ledger = novel
    table = worlds.table_of(ANALYSIS.run(project, ledger), "unseen.daily")
    share = production["kind"].isin(["new", "seldom"]).groupby(production["date"]).mean()
    assert table.column("date") == tuple(share.index)
    assert [cell.value for cell in table.column("any") if isinstance(cell, Fact)] == pytest.approx(share.to_list())


def test_known_levels_alone_are_no_finding(tmp_path):
    project, ledger = worlds.ledger(tmp_path, worlds.rows(10, 1), worlds.rows(5, 2))
    evidence = ANALYSIS.run(project, ledger)
    worlds.check(evidence)
    assert worlds.value(evidence, "unseen.kind.share") == 0 and not evidence.findings
    assert worlds.statuses(evidence, "unseen.features", "status") == {"kind": "ok"}
    assert (
        worlds.table_of(evidence, "unseen.levels").reason
        and "no labelled rows" in evidence.fact("unseen.any.error").reason
    )


def test_new_levels_of_an_open_list_are_expected(tmp_path):
    """Every tenth row carries a name of its own, before as now: Good and Turing expect that."""
    reference, production = worlds.rows(10, 1), worlds.rows(5, 2)
    for frame, mark in ((reference, "r"), (production, "p")):
        names = [f"{mark}{i}" for i in range(len(frame))]
        frame["kind"] = np.where(np.arange(len(frame)) % 10 == 0, names, frame["kind"])
    project, ledger = worlds.ledger(tmp_path, reference, production)
    evidence = ANALYSIS.run(project, ledger)
    assert worlds.value(evidence, "unseen.kind.share") == pytest.approx(0.1)
    assert worlds.value(evidence, "unseen.kind.expected") > 0.1
    assert worlds.statuses(evidence, "unseen.features", "status") == {"kind": "ok"}
    assert worlds.table_of(analyse(project, ledger, (ANALYSIS,)), "unseen.levels").reason


def test_one_entity_alone_confirms_nothing(tmp_path):
    reference, production = worlds.rows(10, 1, entities=70), worlds.rows(10, 2, entities=70)
    production.loc[production["id"] == "E7", "kind"] = "new"
    project, ledger = worlds.ledger(tmp_path, reference, production)
    assert worlds.statuses(ANALYSIS.run(project, ledger), "unseen.features", "status") == {"kind": "watch"}


def test_without_reference_or_categories_the_reason_stands(tmp_path):
    project, ledger = worlds.ledger(tmp_path, None, worlds.rows(3, 1))
    evidence = ANALYSIS.run(project, ledger)
    worlds.check(evidence)
    assert all(fact.value is None for fact in evidence.facts) and all(table.reason for table in evidence.tables)
    assert "unseen.kind.share" in {fact.id for fact in evidence.facts}
    made = worlds.project(tmp_path, features=("a", "b"))
    project, ledger = worlds.ledger(tmp_path, worlds.rows(3, 1), worlds.rows(3, 2), made)
    evidence = ANALYSIS.run(project, ledger)
    assert "no categorical features" in evidence.fact("unseen.any.share").reason


def test_one_row_and_empty_columns_are_no_failure(tmp_path):
    production = worlds.rows(1, 2)[:1]
    production["kind"] = "new"
    project, ledger = worlds.ledger(tmp_path, worlds.rows(3, 1), production)
    evidence = ANALYSIS.run(project, ledger)
    worlds.check(evidence)
    assert worlds.value(evidence, "unseen.kind.share") == 1.0
    assert worlds.statuses(evidence, "unseen.features", "status") == {"kind": "watch"}
    reference = worlds.rows(3, 1)
    reference["kind"] = None
    project, ledger = worlds.ledger(tmp_path, reference, worlds.rows(3, 2), worlds.project(tmp_path))
    worlds.check(ANALYSIS.run(project, ledger))


def test_levels_of_a_personal_feature_are_counted_but_not_named(novel):
    _, project, ledger = novel
    data = project.settings.data
    features = tuple(dataclasses.replace(feature, sensitivity="personal") for feature in data.features)
    settings = dataclasses.replace(project.settings, data=dataclasses.replace(data, features=features))
    project = dataclasses.replace(project, settings=settings)
    evidence = ANALYSIS.run(project, ledger)
    assert worlds.value(evidence, "unseen.kind.levels") == 2
    assert not worlds.table_of(evidence, "unseen.levels").rows
    assert not worlds.table_of(ranges.ANALYSIS.run(project, ledger), "features.levels").rows


def test_new_levels_whose_rows_err_no_more_are_never_severe(tmp_path):
    from generator.subjects.missing import unseen
    from tests.measure.frames import ledger, project, rows

    def graded(error: float) -> set[str]:
        table = rows(days=20, entities=100, seed=3)
        new = table.index % 5 == 0
        table.loc[new, "city"] = "Atlantis"
        table.loc[new, "price"] = table.loc[new, "guess"] + error
        made = ledger(tmp_path, table, rows(days=20, entities=100, seed=1))
        return {finding.severity for finding in unseen.ANALYSIS.run(project(tmp_path), made).findings}

    assert graded(0.01) == {"confirmed"}
    assert graded(30.0) == {"severe"}
