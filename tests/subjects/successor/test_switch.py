"""Who gets another prediction from the new version, counted again from the rows."""

import numpy as np
import pytest

from generator.conclude import analyse
from generator.measure.losses import Predictions, loss_columns
from generator.records.ledger import LOSSES
from generator.subjects.performance import performance
from generator.subjects.successor import switch
from tests.measure.frames import ledger, project, rows, with_statistics


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shop")
    production = rows(days=30, entities=120, seed=2)
    settled = with_statistics(folder, rows(days=30, entities=120, seed=1))
    made = ledger(folder, production, rows(days=30, entities=120, seed=1))
    evidence = analyse(settled, made, [performance.SUBJECT, switch.ANALYSIS])
    return production, {fact.id: fact for fact in evidence.facts}, {table.id: table for table in evidence.tables}


def test_a_prediction_moves_when_it_changes_by_more_than_a_tenth(shop):
    production, facts, _ = shop
    moved = (production["guess"] - production["old"]).abs() > 0.1 * production["old"].abs()
    share = facts["successor.moved.share"]
    assert share.value == pytest.approx(moved.mean(), rel=1e-9)
    assert share.n == len(production) and 0 <= share.low <= share.value <= share.high <= 1


def test_each_segment_is_told_with_its_own_change(shop):
    production, facts, tables = shop
    part = production[production["city"] == "Graz"]
    new, old = part["guess"] - part["price"], part["old"] - part["price"]
    assert facts["successor.city.Graz.change"].value == pytest.approx((part["guess"] - part["old"]).mean(), rel=1e-6)
    assert facts["successor.city.Graz.gain"].value == pytest.approx(
        np.sqrt((new**2).mean() / (old**2).mean()) - 1, rel=1e-6
    )
    sizes = [abs(row["change"].value) for row in tables["successor.segments"].records]
    assert sizes == sorted(sizes, reverse=True)


def test_the_level_of_both_versions_is_held_against_the_outcomes(shop):
    production, facts, _ = shop
    own, old = ((production[name] - production["price"]).mean() for name in ("guess", "old"))
    assert facts["successor.level.own"].value == pytest.approx(own, rel=1e-6)
    assert facts["successor.level.previous"].value == pytest.approx(old, rel=1e-6)
    farther = facts["successor.level.farther"]
    assert farther.value == pytest.approx(abs(own) - abs(old), rel=1e-6)
    assert farther.low <= farther.value <= farther.high < 0  # the old version lies a unit too high


def test_rows_without_an_outcome_yet_leave_the_level_to_the_others(tmp_path):
    table = rows(days=30, entities=120, seed=2)
    late = table["date"] > "2026-03-20"
    table.loc[late, "price"] = np.nan
    table.loc[late, "old"] += 50.0
    evidence = analyse(project(tmp_path), ledger(tmp_path, table, rows()), [performance.SUBJECT, switch.ANALYSIS])
    facts = {fact.id: fact for fact in evidence.facts}
    own, old = ((table[name] - table["price"])[~late].mean() for name in ("guess", "old"))
    assert facts["successor.level.previous"].value == pytest.approx(old, rel=1e-6)
    farther = facts["successor.level.farther"]
    assert farther.value == pytest.approx(abs(own) - abs(old), rel=1e-6) and farther.high < 0


def test_without_a_version_before_everything_says_so(tmp_path):
    table = rows(days=12).drop(columns="old")
    made = ledger(tmp_path, table, table, previous_prediction=None)
    evidence = analyse(project(tmp_path), made, [performance.SUBJECT, switch.ANALYSIS])
    facts = {fact.id: fact for fact in evidence.facts}
    assert "no previous version" in facts["successor.moved.share"].reason
    assert "no previous version" in facts["successor.level.farther"].reason


NAN = np.nan


@pytest.mark.parametrize(
    ("new", "old", "more", "expected"),
    [
        ([10.9, 11.1, -11.1, NAN], [10.0, 10.0, -10.0, 1.0], {}, [0, 1, 1, 0]),
        ([0.5, 0.05], [0.0, 0.0], {}, [1, 1]),  # a tenth of nothing is nothing
        ([0.49, 0.51, 0.52, NAN], [0.51, 0.49, 0.90, 0.9], {"binary": True, "threshold": 0.5}, [1, 1, 0, 0]),
        ([0.45, 0.30], [0.40, 0.45], {"binary": True}, [0, 1]),
    ],
)
def test_what_counts_as_another_prediction(new, old, more, expected):
    found = Predictions(
        target=np.full(len(new), NAN), prediction=np.array(new), previous=np.array(old), benchmark=None, **more
    )
    assert loss_columns(found)[:, LOSSES.index("moved")].tolist() == expected
