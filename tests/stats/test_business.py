import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from generator.stats import business as b
from generator.stats.business import Judged

MIDDLE = (np.arange(20_000) + 0.5) / 20_000
SHARES = (0.01, 0.1, 0.5, 0.9, 0.99)


def test_triangular_judgement_has_the_printed_mean():
    judged = Judged(value=0.2, low=0.1, high=0.35, shape="triangular")
    assert b.quantiles(judged, MIDDLE).mean() == pytest.approx(0.216667, abs=1e-5)


def test_quantiles_agree_with_an_independent_library():
    pert = stats.beta(1 + 4 * 0.4, 1 + 4 * 0.6, loc=10, scale=20)
    triangular = stats.triang(0.4, loc=10, scale=20)
    assert b.quantiles(Judged(value=18, low=10, high=30, shape="pert"), SHARES) == pytest.approx(pert.ppf(SHARES))
    found = b.quantiles(Judged(value=18, low=10, high=30, shape="triangular"), SHARES)
    assert found == pytest.approx(triangular.ppf(SHARES))


def test_limits_of_normal_and_lognormal_hold_the_value_in_95_percent():
    normal = b.quantiles(Judged(value=5, low=3, high=7, shape="normal"), [0.025, 0.5, 0.975])
    lognormal = b.quantiles(Judged(value=100, low=50, high=200, shape="lognormal"), [0.025, 0.5, 0.975])
    assert normal == pytest.approx([3, 5, 7])
    assert lognormal == pytest.approx([50, 100, 200])


@pytest.mark.parametrize("shape", ["pert", "triangular"])
@given(st.floats(0, 1), st.floats(1e-12, 1))
def test_judgements_stay_in_their_range_even_with_the_likeliest_at_its_edge(shape, place, share):
    judged = Judged(value=10 + 20 * place, low=10, high=30, shape=shape)
    assert 10 - 1e-9 <= float(b.quantiles(judged, [share])[0]) <= 30 + 1e-9


def test_an_input_without_range_is_fixed():
    for judged in (Judged(value=3), Judged(value=3, low=3, high=3, shape="pert"), Judged(value=3, low=1, high=4)):
        assert (b.quantiles(judged, SHARES) == 3).all()


def test_mean_of_a_product_of_independents_is_the_product_of_the_means():
    inputs = {
        "volume": Judged(value=20_000, low=15_000, high=26_000, shape="pert"),
        "effect": Judged(value=0.018, low=0.0047, high=0.0313, shape="normal"),
        "value": Judged(value=47_000, low=30_000, high=70_000, shape="lognormal"),
    }
    drawn = b.draws(inputs, seed=7)
    product = drawn["volume"] * drawn["effect"] * drawn["value"]
    means = np.prod([part.mean() for part in drawn.values()])
    assert product.mean() == pytest.approx(means, rel=0.01)


def test_draws_repeat_with_the_seed_and_follow_their_shape():
    inputs = {"a": Judged(value=18, low=10, high=30, shape="triangular")}
    first, again, other = (b.draws(inputs, seed)["a"] for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)
    assert stats.kstest(first, stats.triang(0.4, loc=10, scale=20).cdf).pvalue > 0.9


def test_ramp_is_the_area_under_a_rising_line():
    assert b.ramp(4, 2) == pytest.approx([0.25, 0.75, 1, 1])
    assert b.ramp(3, 0) == pytest.approx([1, 1, 1])
    assert b.ramp(12, 2.5).sum() == pytest.approx(12 - 2.5 / 2)


def test_discounted_months_by_the_closed_form_of_an_annuity():
    monthly = b.monthly_rate(0.10)
    assert (1 + monthly) ** 12 == pytest.approx(1.10)
    assert b.present_months(np.ones(36), 0.10) == pytest.approx((1 - (1 + monthly) ** -36) / monthly)
    assert b.present_months(np.ones(36), 0.0) == pytest.approx(36)


def test_outcome_of_a_normal_worth():
    worth = stats.norm(1.0, 2.0).ppf(MIDDLE)
    found = b.outcome(worth)
    assert (found.p5, found.p50, found.p95) == pytest.approx(stats.norm(1, 2).ppf([0.05, 0.5, 0.95]), abs=1e-3)
    assert found.loss == pytest.approx(stats.norm.cdf(-0.5), abs=1e-4)
    unit_loss = stats.norm.pdf(0.5) - 0.5 * stats.norm.sf(0.5)
    assert found.perfect_information == pytest.approx(2 * unit_loss, abs=1e-3)


def test_break_even_of_a_linear_worth():
    assert b.break_even(lambda x: 4 * x - 10, 7.0) == pytest.approx(2.5)
    assert b.break_even(lambda x: 4 * x - 10, 0.0) == pytest.approx(2.5)
    assert np.isnan(b.break_even(lambda x: 3.0, 7.0))
