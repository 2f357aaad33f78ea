"""The part of a Brier score that another share of positives does not bring."""

import numpy as np
import pytest

from generator.estimates.avoidable import avoidable as value_of
from generator.estimates.avoidable import avoidable_loss, promise_of, row_error
from generator.estimates.intervals import COLUMN


def binned(p, y, bins=200):
    edges = np.quantile(p, np.arange(1, bins) / bins)
    place = np.searchsorted(edges, p, side="right")
    n = np.bincount(place, minlength=bins)
    mean = np.bincount(place, p, bins)
    return np.stack([n, mean, mean, n, mean, np.bincount(place, y, bins)], axis=1)


def avoidable(sums):
    return value_of(sums), row_error(sums)


def losses(p, y):
    """Return the loss sums of rows as one day."""
    told = {"n": np.ones_like(p), "e": p - y, "e2": (p - y) ** 2, "abs_y": y, "promise": p * (1 - p)}
    sums = np.zeros((1, len(COLUMN)))
    for name, values in told.items():
        sums[0, COLUMN[name]] = values.sum()
    return sums


def world(rate, rows=200_000, seed=1, shift=0.0, noise=0.0):
    """Return probabilities as told, and outcomes whose log odds are `shift` higher and `noise` less tied to them."""
    rng = np.random.default_rng(seed)
    score = np.log(rate / (1 - rate)) + rng.normal(size=rows)
    truth = 1 / (1 + np.exp(-(score + shift + noise * rng.normal(size=rows))))
    return 1 / (1 + np.exp(-score)), (rng.random(rows) < truth).astype(float)


def test_right_probabilities_have_nothing_to_avoid():
    for rate in (0.05, 0.3, 0.5):
        p, y = world(rate)
        value, variance = avoidable(binned(p, y))
        assert abs(value) < 4 * np.sqrt(variance)
        weight = p * (1 - p)
        away = np.average(1 - 2 * p, weights=weight)
        assert variance == pytest.approx(np.mean((1 - 2 * p - away) ** 2 * weight) / p.size, rel=0.05)


def test_a_higher_base_rate_alone_adds_next_to_nothing():
    old, new = world(0.087), world(0.087, shift=0.3, seed=2)
    before, after = (np.mean((p - y) ** 2) for p, y in (old, new))
    assert 1.2 < after / before < 1.3
    beyond = avoidable(binned(*new))[0] - avoidable(binned(*old))[0]
    assert 0 < beyond < 0.03 * before


def test_what_the_scores_no_longer_tell_is_avoidable():
    (p, y), (q, z) = world(0.3), world(0.3, noise=2.5, seed=3)
    rise = np.mean((q - z) ** 2) - np.mean((p - y) ** 2)
    beyond = avoidable(binned(q, z))[0] - avoidable(binned(p, y))[0]
    assert beyond > 0.7 * rise > 0.005


def test_its_error_is_what_repeated_samples_scatter_by():
    found = [avoidable(binned(*world(0.2, 4_000, seed))) for seed in range(200)]
    values, variances = np.array(found).T
    assert np.mean(values) == pytest.approx(0, abs=4 * np.std(values) / np.sqrt(200) + 2e-4)
    assert np.std(values) == pytest.approx(np.sqrt(variances.mean()), rel=0.15)


@pytest.mark.parametrize("change", [{}, {"shift": 0.3}, {"shift": -1.0}, {"noise": 2.5}])
@pytest.mark.parametrize("rate", [0.05, 0.087, 0.5])
def test_loss_sums_give_the_same_where_the_scores_of_more_rows_are_known(rate, change):
    p, y = world(rate, 50_000, seed=4, **change)
    promise = promise_of(binned(*world(rate, seed=5), bins=60))
    assert avoidable_loss(losses(p, y), promise) == pytest.approx(avoidable(binned(p, y))[0], abs=3e-4)
