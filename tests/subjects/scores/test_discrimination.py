"""Ranking and decisions: the numbers of scikit-learn, intervals that know entities, and what is found."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from sklearn import metrics

from generator.estimates.rankings import area
from generator.estimates.score_intervals import estimate_scores, row_variance
from generator.estimates.score_sums import outcomes, score_sums
from generator.records.project import DecisionPolicy, Objective
from generator.stats.discrimination import delong_se
from generator.subjects.scores import discrimination
from generator.subjects.segments import segments
from tests.subjects import chances


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    decision = DecisionPolicy(threshold=0.37, top_shares=(0.05, 0.2))
    project, table = chances.project(tmp_path_factory.mktemp("world"), decision=decision), chances.rows()
    ledger = chances.ledger(project, table)
    return table, ledger, discrimination.SUBJECT.run(project, ledger)


def test_metrics_are_those_of_scikit_learn(world):
    table, _, found = world
    y, p = chances.truth(table)
    wanted = {
        "auc": metrics.roc_auc_score(y, p),
        "average_precision": metrics.average_precision_score(y, p),
        "accuracy": metrics.accuracy_score(y, p >= 0.37),
        "base_rate": y.mean(),
    }
    for name, value in wanted.items():
        assert chances.value(found, f"performance.{name}.production") == pytest.approx(value, abs=1e-6), name
    assert chances.value(found, "performance.accuracy.trivial") == max(y.mean(), 1 - y.mean())


def test_the_highest_scores_hold_what_they_hold(world):
    table, _, found = world
    y, p = chances.truth(table)
    for share in (0.05, 0.2):
        name, wanted = f"at_{share * 100:g}", share * len(y)
        order = np.argsort(-p, kind="stable")
        cut = p[order][int(wanted)]
        above = p > cut
        part = (wanted - above.sum()) / (p == cut).sum()
        positives = y[above].sum() + part * y[p == cut].sum()
        assert chances.value(found, f"performance.precision_{name}.production") == pytest.approx(positives / wanted)
        assert chances.value(found, f"performance.gain_{name}.production") == pytest.approx(positives / y.sum())
        assert chances.value(found, f"performance.lift_{name}.production") == pytest.approx(
            positives / wanted / y.mean()
        )
        bound = chances.value(found, f"performance.precision_{name}.bound")
        assert bound == pytest.approx(min(1, y.mean() / share))
        assert chances.value(found, f"performance.precision_{name}.production") <= bound


def test_every_day_has_its_own(world):
    table, _, found = world
    for day, rows in table.groupby("day"):
        y, p = chances.truth(rows)
        assert chances.value(found, f"performance.daily.auc.{day}") == pytest.approx(metrics.roc_auc_score(y, p))
        assert chances.value(found, f"performance.daily.base_rate.{day}") == pytest.approx(y.mean())
        assert chances.value(found, f"performance.daily.log_loss.{day}") == pytest.approx(metrics.log_loss(y, p))
        assert chances.value(found, f"performance.daily.mean_prediction.{day}") == pytest.approx(p.mean())


def test_independent_rows_have_the_variance_of_delong(world):
    table, ledger, _ = world
    scores = score_sums(ledger)
    assert scores is not None
    assert np.sqrt(row_variance(area, scores.total)) == pytest.approx(delong_se(*outcomes(scores.total)), rel=2e-3)
    assert estimate_scores(area, scores).n == len(table)


def test_repeated_entities_widen_the_interval(tmp_path):
    """Every row five times under the same customer: five times the rows, and nothing more is known."""
    table = chances.rows(3_000)
    copies = table.loc[table.index.repeat(5)]
    widths = []
    for name, each in (("once", table), ("five", copies)):
        (tmp_path / name).mkdir()
        project = chances.project(tmp_path / name)
        fact = chances.facts(discrimination.SUBJECT.run(project, chances.ledger(project, each)))[
            "performance.auc.production"
        ]
        assert fact.low is not None and fact.high is not None
        widths.append(fact.high - fact.low)
    assert 0.9 * widths[0] < widths[1] < 1.5 * widths[0]  # rows taken as independent: 0.45 of it


def test_segments_have_their_own_ranking(world):
    table, ledger, _ = world
    project = chances.project(Path())
    found = segments.SUBJECT.run(project, ledger)
    for level, rows in table.groupby("plan"):
        y, p = chances.truth(rows)
        fact = chances.facts(found)[f"segments.plan.{level}.auc"]
        assert fact.value == pytest.approx(metrics.roc_auc_score(y, p), abs=2e-3)
        assert fact.low is not None and fact.low < fact.value
        assert chances.value(found, f"segments.plan.{level}.base_rate") == pytest.approx(y.mean())
    keys = [column.key for column in chances.table(found, "segments.all").columns]
    assert keys[-3:] == ["auc", "base_rate", "status"]


def judged(folder, table, *objectives, threshold=None):
    project = chances.project(folder, objectives, DecisionPolicy(threshold=threshold))
    return {finding.id for finding in discrimination.SUBJECT.run(project, chances.ledger(project, table)).findings}


def test_as_good_as_validation_finds_nothing(tmp_path):
    y, p = chances.truth(chances.rows())
    area = float(metrics.roc_auc_score(y, p))
    assert judged(tmp_path, chances.rows(), Objective(metric="auc", validation=area, n=6_000, acceptable=0.7)) == set()


def test_a_fall_below_validation_and_below_the_least_accepted_is_found(tmp_path):
    found = judged(tmp_path, chances.rows(), Objective(metric="auc", validation=0.95, n=6_000, acceptable=0.9))
    assert found == {"performance.auc.fall", "performance.auc.unacceptable"}


def test_decisions_worse_than_none_are_found(tmp_path):
    assert judged(tmp_path, chances.rows(), threshold=0.05) == {"performance.accuracy.trivial"}


def test_one_outcome_only_is_told_and_breaks_nothing(tmp_path):
    table = chances.rows(1_000).assign(left="yes")
    project = chances.project(tmp_path)
    found = chances.facts(discrimination.SUBJECT.run(project, chances.ledger(project, table)))
    assert found["performance.auc.production"].reason == "all known outcomes are the same"
    assert found["performance.base_rate.production"].value == 1


def test_without_outcomes_everything_says_why(tmp_path):
    table = chances.rows(1_000)
    project = chances.project(tmp_path, positive=None)
    found = discrimination.SUBJECT.run(project, chances.ledger(project, table.assign(left=np.nan)))
    assert {fact.reason for fact in found.facts if fact.value is None} == {"no labelled rows"}
    assert [fact.id for fact in found.facts if fact.value is not None] == ["performance.binary"]
    assert {item.reason for item in found.tables} == {"no labelled rows"}


def test_a_regression_has_no_ranking(world):
    _, ledger, _ = world
    project = chances.project(Path())
    plain = dataclasses.replace(ledger, production=dataclasses.replace(ledger.production, scores=None))
    assert not any(fact.value for fact in discrimination.SUBJECT.run(project, plain).facts)
