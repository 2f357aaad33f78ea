import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from generator.stats import psi as ps
from generator.stats.distributions import t_two_sided
from tests.stats.direct import psi

REF = [100, 200, 300, 250, 150]
PROD = [120, 180, 260, 260, 180]
counts = arrays(np.float64, 6, elements=st.integers(0, 1000).map(float))


def test_no_rows_on_a_side():
    assert math.isnan(psi([0, 0], [1, 2]))
    assert math.isnan(psi([], []))


def test_unknown_counts_stay_unknown():
    assert math.isnan(psi([math.nan, 1], [1, 2]))
    assert math.isnan(ps.psi_clustered([math.nan, 1], [[1, 2], [3, 4]]).debiased)


def test_one_group_has_no_interval():
    result = ps.psi_clustered(REF, [PROD])
    assert result.raw > 0
    assert math.isnan(result.low)
    assert math.isnan(result.p_value)


def test_empty_bin_without_the_half():
    assert psi([10, 0], [5, 5], add=0) == math.inf
    assert math.isfinite(psi([10, 0], [5, 5]))


def test_printed_values():
    assert psi(REF, PROD, add=0) == pytest.approx(0.017339529030014, abs=1e-14)
    terms = [0.003646, 0.002107, 0.005724, 0.000392, 0.005470]
    assert ps.psi_terms(REF, PROD, add=0) == pytest.approx(terms, abs=5e-7)
    ten = [900, 950, 980, 1000, 1010, 1020, 1030, 1040, 1030, 1040]
    assert psi([1000] * 10, ten, add=0) == pytest.approx(0.00189115, abs=5e-9)


CRITICAL = {
    (500, 500): "0.03795 0.07387 0.06768 0.11151 0.12057 0.17528",
    (1000, 1000): "0.01898 0.03693 0.03384 0.05575 0.06029 0.08764",
    (15000, 500): "0.01961 0.03816 0.03497 0.05761 0.06230 0.09056",
    (15000, 15000): "0.00127 0.00246 0.00226 0.00372 0.00402 0.00584",
    (100000, 10000): "0.00104 0.00203 0.00186 0.00307 0.00332 0.00482",
}


@given(counts, counts)
def test_symmetric_and_not_negative(q, p):
    forth, back = psi(q, p), psi(p, q)
    assert forth == pytest.approx(back, rel=1e-9, abs=1e-12, nan_ok=True)
    assert not forth < 0


@given(counts, st.integers(0, 5))
def test_order_of_bins_does_not_matter(q, shift):
    p = q[::-1]
    assert psi(q, p) == pytest.approx(psi(np.roll(q, shift), np.roll(p, shift)), abs=1e-12, nan_ok=True)


def grouped(rng, correlation, shift=0.0, entities=500, days=30):
    own = rng.normal(size=(entities, 1)) * math.sqrt(correlation)
    x = own + rng.normal(size=(entities, days)) * math.sqrt(1 - correlation) + shift
    bins = np.searchsorted(DECILES, x)
    group = rng.integers(0, 64, entities)
    flat = np.bincount((group[:, None] * 10 + bins).ravel(), minlength=640)
    return flat.reshape(64, 10)


DECILES = np.array([-1.2815516, -0.8416212, -0.5244005, -0.2533471, 0, 0.2533471, 0.5244005, 0.8416212, 1.2815516])


@pytest.mark.parametrize("correlation", [0.0, 0.5, 0.999])
def test_clustered_error_rate_is_nominal(correlation):
    rng = np.random.default_rng(17)
    rejected, debiased = 0, []
    for _ in range(300):
        ref = rng.multinomial(15_000, [0.1] * 10)
        result = ps.psi_clustered(ref, grouped(rng, correlation))
        rejected += result.p_value < 0.05
        debiased.append(result.debiased)
    assert 0.02 <= rejected / 300 <= 0.085
    assert abs(np.mean(debiased)) < 4 * np.std(debiased) / math.sqrt(300)


def test_two_bins_are_a_t_test():
    groups = grouped(np.random.default_rng(2), 0.5)
    result = ps.psi_clustered([9_000, 6_000], np.stack([groups[:, :6].sum(axis=1), groups[:, 6:].sum(axis=1)], axis=1))
    assert 0.01 < result.p_value < 0.99
    assert result.p_value == pytest.approx(t_two_sided(math.sqrt(result.raw / result.null_mean), 63.0))


def test_clustered_interval_covers_a_shift():
    rng = np.random.default_rng(4)
    edges = np.concatenate([[-np.inf], DECILES, [np.inf]])
    p = np.diff([0.5 * math.erfc(-(e - 0.3) / math.sqrt(2)) for e in edges])
    truth = float(((p - 0.1) * np.log(p / 0.1)).sum())
    hits = 0
    for _ in range(300):
        result = ps.psi_clustered(rng.multinomial(15_000, [0.1] * 10), grouped(rng, 0.5, 0.3))
        hits += result.low <= truth <= result.high
    assert hits / 300 > 0.9


def test_same_entities_on_both_sides_are_left_out_jointly():
    rng = np.random.default_rng(9)
    groups = grouped(rng, 0.9)
    same = ps.psi_clustered(groups.sum(axis=0), groups, groups)
    assert same.raw == 0.0
    assert same.se == 0.0
    apart = ps.psi_clustered([1], grouped(rng, 0.9), grouped(rng, 0.9))
    alone = ps.psi_clustered(groups.sum(axis=0), grouped(np.random.default_rng(9), 0.9))
    assert apart.null_mean > alone.null_mean
