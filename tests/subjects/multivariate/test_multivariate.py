from pathlib import Path

import pytest

from generator.subjects.multivariate import multivariate
from tests.subjects import worlds


@pytest.mark.parametrize("seed", range(3))
def test_the_same_process_is_told_from_itself_by_chance_alone(tmp_path: Path, seed: int) -> None:
    made, ledger = worlds.ledger(tmp_path, worlds.rows(30, 99), worlds.rows(30, seed))
    found = multivariate.run(made, ledger)
    worlds.check(found)
    assert worlds.value(found, "drift.multivariate.auc") < 0.52
    change = found.fact("drift.multivariate.reconstruction")
    assert change.low is not None and change.high is not None and change.low < 0.03 and change.high > -0.03
    assert worlds.value(found, "drift.multivariate.rank") == 4


def test_a_shift_across_two_columns_that_belong_together_is_clear(tmp_path: Path) -> None:
    production = worlds.rows(30, 3)
    production["a"] += 0.8
    production["b"] -= 2.0
    made, ledger = worlds.ledger(tmp_path, worlds.rows(30, 99), production)
    found = multivariate.run(made, ledger)
    auc = found.fact("drift.multivariate.auc")
    assert auc.low is not None and auc.low > 0.6
    assert worlds.value(found, "drift.multivariate.reconstruction") > 0.05


def test_two_inputs_whose_directions_are_all_kept_leave_nothing_that_could_change(tmp_path: Path) -> None:
    two = worlds.project(tmp_path, features=("a", "c"))
    made, ledger = worlds.ledger(tmp_path, worlds.rows(10, 99), worlds.rows(10, 3), two)
    change = multivariate.run(made, ledger).fact("drift.multivariate.reconstruction")
    assert (change.value, change.reason) == (None, "the leading directions leave nothing unexplained")


def test_without_a_reference_there_is_a_reason(tmp_path: Path) -> None:
    made, ledger = worlds.ledger(tmp_path, None, worlds.rows(10, 3))
    found = multivariate.run(made, ledger)
    assert found.fact("drift.multivariate.auc").reason
    assert worlds.table_of(found, "drift.multivariate").reason
