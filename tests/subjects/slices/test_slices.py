from pathlib import Path

import numpy as np
import pytest

from generator.records.cells import Slicing
from generator.stats.slices import slice_score
from generator.subjects.slices import slices
from tests.subjects import worlds


def test_the_score_is_that_of_the_paper() -> None:
    assert slice_score(1500.0, 100.0, 5.0, 1000.0) == pytest.approx(1.45)
    assert slice_score(5000.0, 1000.0, 5.0, 1000.0) == pytest.approx(0.0)
    assert np.isnan(slice_score(0.0, 0.0, 5.0, 1000.0))


@pytest.mark.parametrize("seed", range(5))
def test_where_no_slice_is_bad_none_is_confirmed(tmp_path: Path, seed: int) -> None:
    made, ledger = worlds.ledger(tmp_path, worlds.rows(20, 99), worlds.rows(30, seed))
    found = slices.run(made, ledger)
    worlds.check(found)
    assert worlds.value(found, "slices.count.searched") > 100
    assert worlds.value(found, "slices.count.confirmed") == 0
    assert not found.findings
    assert worlds.table_of(found, "slices.confirmed").reason


def test_a_planted_slice_is_found_with_its_size(tmp_path: Path) -> None:
    production = worlds.rows(30, 3)
    inside = (production["kind"] == "y") & (production["b"] > production["b"].quantile(0.8))
    rng = np.random.default_rng(5)
    production.loc[inside, "y"] += rng.choice([-2.0, 2.0], int(inside.sum()))
    made, ledger = worlds.ledger(tmp_path, worlds.rows(20, 99), production)
    found = slices.run(made, ledger)
    worlds.check(found)
    first = found.findings[0]
    assert first.subject == "kind y, b highest fifth"
    excess = found.fact(first.evidence[0])
    assert excess.low is not None and excess.high is not None and first.kind == "segment"
    assert excess.low < np.sqrt(5) - 1 < excess.high


def test_a_slice_does_not_hide_behind_its_own_errors(tmp_path: Path) -> None:
    production = worlds.rows(30, 3)
    inside = (production["kind"] == "z") & (production["a"] > production["a"].quantile(0.8))
    by_entity = production["id"].map({f"E{i}": sign for i, sign in enumerate(np.resize([-6.0, 6.0], 400))})
    production.loc[inside, "y"] += by_entity[inside]
    made, ledger = worlds.ledger(tmp_path, worlds.rows(20, 99), production)
    assert 0.01 < inside.mean() < 0.05
    assert slices.run(made, ledger).findings[0].subject == "kind z, a highest fifth"


def test_without_labels_nothing_is_searched(tmp_path: Path) -> None:
    production = worlds.rows(10, 3)
    production["y"] = np.nan
    made, ledger = worlds.ledger(tmp_path, worlds.rows(10, 99), production)
    found = slices.run(made, ledger)
    assert found.fact("slices.count.confirmed").reason == "no labelled rows"


@pytest.mark.parametrize("many", [1, 2, 3, 4])
def test_each_part_of_a_number_has_a_name_of_its_own(many: int):
    parts = (*(str(part) for part in range(many + 1)), "missing")
    cut = Slicing(feature="x", parts=parts, cuts=tuple(float(edge) for edge in range(many)))
    assert len({slices.part_name(cut, part) for part in range(many + 2)}) == many + 2
