"""Pair sums are exact up to a number of features; beyond it those that vary most are paired, and memory is bounded."""

import numpy as np
import pytest

from generator.engines.duckdb import DuckDB
from generator.measure import measure, sample
from generator.records import ledger as records
from generator.subjects.multivariate import correlation, multivariate
from tests.measure.frames import project, rows


@pytest.fixture
def found(tmp_path, monkeypatch):
    def measured(most):
        monkeypatch.setattr(records, "PAIRED", most)
        frame = rows(days=8, entities=24)
        frame.to_csv(tmp_path / "production.csv", index=False)
        rows(days=8, entities=24, seed=3).to_csv(tmp_path / "training.csv", index=False)
        settled = project(tmp_path, prediction="guess", reference="training.csv")
        return settled, measure(settled, DuckDB(), ())

    return measured


def test_pairs_beyond_the_limit_are_those_of_the_features_that_vary_most(found):
    _, whole = found(200)
    assert list(whole.plan.paired) == list(range(len(whole.plan.numeric)))
    _, cut = found(2)
    assert len(cut.plan.paired) == 2
    square = np.ix_(range(64), cut.plan.paired, cut.plan.paired)
    for name in ("n", "s", "q", "x"):
        np.testing.assert_allclose(getattr(cut.production.pairs, name), getattr(whole.production.pairs, name)[square])


def test_what_stands_on_pairs_is_told_of_those_that_are_paired(found):
    settled, cut = found(3)
    names = {cut.plan.numeric[k] for k in cut.plan.paired}
    table = correlation.run(settled, cut).tables[0]
    told = {str(cell) for row in table.rows for cell in row[:2] if isinstance(cell, str)}
    assert told <= names
    unpaired = correlation.run(settled, cut).fact("correlation.features.unpaired")
    assert unpaired.value == len(cut.plan.numeric) - 3
    assert multivariate.run(settled, cut).fact("drift.multivariate.reconstruction").value is not None


def test_a_wide_table_is_sampled_in_fewer_rows_whatever_the_split(tmp_path, monkeypatch):
    assert [sample.most_rows(columns) for columns in (0, 75, 400, 800, 2_000, 9_000)] == [20_000] * 3 + [
        10_000,
        4_000,
        2_000,
    ]
    monkeypatch.setattr(sample, "FEWEST", 30)
    monkeypatch.setattr(sample, "CELLS", 300)
    rng = np.random.default_rng(1)

    def part(first, count):
        keys = rng.permutation(np.arange(first, 400, 400 // count, dtype=np.uint64))
        plain = {f: np.zeros(len(keys)) for f in ("target", "prediction", "stored", "days", "level", "entities")}
        some = sample.Sample(
            keys=keys, numbers=np.zeros((len(keys), 9)), texts=np.zeros((len(keys), 1), object), **plain
        )
        return sample.chosen(some, np.argsort(keys)[: some.most])

    parts = [part(first, 100) for first in range(4)]
    left = sample.merged(sample.merged(sample.merged(parts[0], parts[1]), parts[2]), parts[3])
    right = sample.merged(sample.merged(parts[0], parts[1]), sample.merged(parts[2], parts[3]))
    assert left.most == 30 and left.keys.tolist() == right.keys.tolist() == list(range(30))
