"""Rises of a known kind: of all levels alike, of one, and of difficult levels in proportion."""

import numpy as np
import pytest

from generator.stats.concentration import concentration

RISE = 0.3


def sums(seed: int, levels: int, rows: int, kind: str) -> tuple[np.ndarray, np.ndarray, int]:
    """Return rows and losses (2, 16, levels) of entities whose errors are correlated, and the level that rose."""
    rng = np.random.default_rng([seed, levels])
    entities = 30 * levels if rows > 5_000 else 240
    level, group = rng.integers(0, levels, entities), rng.integers(0, 16, entities)
    usual = 64 * np.exp(rng.normal(0, 0.6, levels))
    times = np.full(levels, 1 + RISE)
    one = int(rng.integers(levels))
    if kind == "one":
        times[:] = 1.0
        times[one] = 1 + RISE * usual.sum() / usual[one]
    entity, window = rng.integers(0, entities, rows), (rng.random(rows) < 1 / 3).astype(int)
    error = np.sqrt(0.3) * rng.normal(size=entities)[entity] + np.sqrt(0.7) * rng.normal(size=rows)
    loss = error**2 * usual[level[entity]] * np.where(window == 1, times[level[entity]], 1.0)
    n, total = np.zeros((2, 16, levels)), np.zeros((2, 16, levels))
    np.add.at(n, (window, group[entity], level[entity]), 1)
    np.add.at(total, (window, group[entity], level[entity]), loss)
    return n, total, one


@pytest.mark.parametrize("levels", [4, 10, 30])
def test_a_rise_of_all_levels_is_not_called_concentrated_however_difficult_some_are(levels):
    found = [concentration(*sums(seed, levels, 15_000, "all")[:2]) for seed in range(40)]
    assert sum(one.p <= 0.05 for one in found) <= 2
    assert sum(one.uniform for one in found) >= 26


@pytest.mark.parametrize("levels", [4, 10, 30])
def test_one_level_that_carries_the_rise_is_named(levels):
    told = 0
    for seed in range(40):
        n, loss, one = sums(seed, levels, 15_000, "one")
        found = concentration(n, loss)
        told += found.p <= 0.05 and bool(found.levels[one])
        assert not (found.uniform and found.p <= 0.05)
    assert told >= 36


@pytest.mark.parametrize(("levels", "rows", "least"), [(4, 30_000, 36), (30, 30_000, 36), (30, 15_000, 26)])
def test_a_level_of_a_quarter_of_the_rows_with_half_of_the_rise_is_named(levels, rows, least):
    """With 15,000 rows in each window nearly always, with as many in both together in about eight of ten."""
    told = 0
    for seed in range(40):
        rng = np.random.default_rng([seed, levels])
        level = rng.choice(levels, 1_500, p=[0.25, *[0.75 / (levels - 1)] * (levels - 1)])
        group, entity, window = rng.integers(0, 16, 1_500), rng.integers(0, 1_500, rows), rng.integers(0, 2, rows)
        error = np.sqrt(0.3) * rng.normal(size=1_500)[entity] + np.sqrt(0.7) * rng.normal(size=rows)
        rise = RISE * np.where(level == 0, 0.52 / 0.25, 0.48 / 0.75)[entity]
        n, loss = np.zeros((2, 16, levels)), np.zeros((2, 16, levels))
        np.add.at(n, (window, group[entity], level[entity]), 1)
        np.add.at(loss, (window, group[entity], level[entity]), error**2 * (1 + rise * window))
        found = concentration(n, loss)
        told += found.p <= 0.05 and bool(found.levels[0])
    assert told >= least


def test_the_set_and_its_shares_are_those_of_all_groups():
    n, loss, _ = sums(3, 4, 15_000, "one")
    found = concentration(n, loss)
    mean = loss.sum(axis=1) / n.sum(axis=1)
    weight = n.sum(axis=(0, 1)) / n.sum()
    rise, earlier = weight * (mean[1] - mean[0]), weight * mean[0]
    assert found.part == pytest.approx(rise[found.levels].sum() / rise.sum())
    assert found.share == pytest.approx(earlier[found.levels].sum() / earlier.sum())


def test_a_level_without_rows_in_one_window_counts_for_nothing():
    n, loss, _ = sums(5, 4, 15_000, "one")
    more_n, more = np.concatenate([n, np.zeros((2, 16, 1))], 2), np.concatenate([loss, np.zeros((2, 16, 1))], 2)
    more_n[1, :, 4], more[1, :, 4] = 5.0, 900.0
    assert concentration(more_n, more).part == pytest.approx(concentration(n, loss).part)
