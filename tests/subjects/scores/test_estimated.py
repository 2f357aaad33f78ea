"""Performance without outcomes: what comes true while the relation stays, and what tells that it has not."""

import numpy as np
import pytest
from sklearn import metrics
from sklearn.isotonic import IsotonicRegression

from generator.records.project import DecisionPolicy
from generator.subjects.scores import estimated
from tests.subjects import chances


def run(folder, production, reference=None, **changes):
    changes = {**changes, **({"reference": "reference.csv"} if reference is not None else {})}
    project = chances.project(folder, decision=DecisionPolicy(threshold=0.4), **changes)
    return estimated.run(project, chances.ledger(project, production, reference))


@pytest.fixture(scope="module")
def tables():
    """Probabilities that say too much, alike in both: the relation is the same."""
    return chances.rows(12_000, seed=5, slope=0.7), chances.rows(12_000, seed=6, slope=0.7)


@pytest.fixture(scope="module")
def same(tmp_path_factory, tables):
    return run(tmp_path_factory.mktemp("same"), *tables)


def test_the_estimate_is_that_of_isotonic_regression(same, tables):
    production, reference = tables
    y, p = chances.truth(reference)
    told = chances.truth(production)[1]
    q, acted = IsotonicRegression(out_of_bounds="clip").fit(p, y).predict(told), told >= 0.4
    assert chances.value(same, "estimated.accuracy") == pytest.approx(np.where(acted, q, 1 - q).mean(), abs=1e-9)


def test_what_was_estimated_comes_true_while_the_relation_stays(same, tables):
    y, p = chances.truth(tables[0])
    truth = {
        "accuracy": metrics.accuracy_score(y, p >= 0.4),
        "auc": metrics.roc_auc_score(y, p),
    }
    for name, value in truth.items():
        fact = chances.facts(same)[f"estimated.{name}"]
        assert fact.low is not None and fact.high is not None and fact.low <= value <= fact.high, name
        assert chances.value(same, f"estimated.realised.{name}") == pytest.approx(value, abs=1e-6)
    assert chances.value(same, "estimated.valid") is True
    assert same.findings == ()


def test_without_outcomes_there_is_an_estimate_all_the_same(tmp_path, tables, same):
    production, reference = tables
    found = chances.facts(run(tmp_path, production.assign(left=np.nan), reference))
    assert found["estimated.accuracy"].value == pytest.approx(chances.value(same, "estimated.accuracy"))
    assert found["estimated.realised.accuracy"].reason == "no outcome of these rows is known yet"
    assert found["estimated.valid"].value is True


def test_a_changed_relation_is_told_and_ends_the_trust(tmp_path, tables):
    late = chances.rows(12_000, seed=7, shift=1.0, slope=0.7)
    found = run(tmp_path, late, tables[1])
    assert [finding.id for finding in found.findings] == ["estimated.relation"]
    assert chances.value(found, "estimated.valid") is False
    words = [mark.word for mark in chances.table(found, "estimated.validity").column("status")]
    assert words == ["holds"] * 4 + ["does not hold"]


def test_days_of_few_rows_are_put_together_to_weeks(tmp_path, tables, same):
    assert len(chances.table(same, "estimated.periods").rows) == 20
    found = run(tmp_path, tables[0].iloc[::8], tables[1])
    assert chances.table(found, "estimated.periods").columns[0].label == "Week from"
    assert len(chances.table(found, "estimated.periods").rows) == 4
    assert sum(cell.value for cell in chances.table(found, "estimated.periods").column("rows")) == 1_500


def test_easier_scores_alarm_nobody_and_harder_ones_do(tmp_path, tables):
    """Scores near the threshold are decided worse; the estimate sees it without one outcome."""
    production, reference = tables
    hard = production[(production["p"] - 0.4).abs() < 0.15]
    easy = production[(production["p"] - 0.4).abs() > 0.2]
    words = []
    for name, table in (("hard", hard), ("easy", easy)):
        (tmp_path / name).mkdir()
        found = run(tmp_path / name, table.assign(left=np.nan), reference)
        words.append({mark.word for mark in chances.table(found, "estimated.periods").column("status")})
    assert "alarm" in words[0]
    assert words[1] == {"as in the reference"}


def test_a_reference_without_outcomes_cannot_be_used(tmp_path, tables):
    found = run(tmp_path, tables[0])
    assert {fact.reason for fact in found.facts} == {estimated.NO_REFERENCE}


def test_a_small_reference_is_not_trusted(tmp_path, tables):
    found = run(tmp_path, tables[0], tables[1].head(200))
    assert chances.value(found, "estimated.valid") is False
