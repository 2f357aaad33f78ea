"""Messages, delays and power of a rule, against plain simulations that share nothing with the program."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from generator.stats import messages as m
from generator.stats.messages import MessageRule

MONTH = 365.25 / 12


def plainly(breaches: np.ndarray, consecutive: int, recovery: int) -> int:
    """Count the messages of one long course of windows, one window after the other."""
    sent, run, quiet, still_open = 0, 0, 0, False
    for breach in breaches.tolist():
        if breach:
            run, quiet = run + 1, 0
        else:
            run, quiet = 0, quiet + 1
        if still_open and quiet == recovery:
            still_open = False
        if not still_open and run >= consecutive:
            sent, still_open = sent + 1, True
    return sent


def course(window: int, steps: int, seed: int, shared: float = 0.0, panels: int = 1) -> np.ndarray:
    """Return means of moving windows (panels, steps) of unit normal steps, a part of them the panel's own."""
    rng = np.random.default_rng(seed)
    steps_ = rng.normal(size=(panels, steps + window - 1)) * math.sqrt(1 - shared)
    steps_ += rng.normal(size=(panels, 1)) * math.sqrt(shared)
    sums = np.cumsum(np.pad(steps_, ((0, 0), (1, 0))), axis=1)
    return (sums[:, window:] - sums[:, :-window]) / window


@pytest.mark.parametrize(
    ("window", "consecutive", "recovery", "breach"),
    [
        (1, 1, 1, 0.3),
        (1, 2, 2, 0.1),
        (7, 1, 2, 0.02),
        (14, 1, 2, 0.0135),
        (14, 2, 3, 0.05),
        (28, 3, 5, 0.1),
        (1, 1, 2, 0.9),
    ],
)
def test_messages_are_those_of_one_long_course(window: int, consecutive: int, recovery: int, breach: float) -> None:
    steps = 100_000
    means = course(window, steps, 5)[0]
    bound = stats.norm.isf(breach) / math.sqrt(window)
    plain = plainly(means > bound, consecutive, recovery) / steps
    found = m.messages(breach, MessageRule(window=window, consecutive=consecutive, recovery=recovery))
    assert found.per_step == pytest.approx(plain, rel=0.1)


def test_a_fortnight_s_window_sends_a_third_as_many_messages_as_it_fires_days() -> None:
    """Methods 11.6: 0.41 firing days a month are 0.13 to 0.14 messages with two days of recovery."""
    found = m.messages(0.41 / MONTH, MessageRule(window=14, recovery=2))
    assert found.per_step * MONTH == pytest.approx(0.135, abs=0.012)


@pytest.mark.parametrize("breach", [1e-9, 1e-4, 0.02])
def test_single_days_are_the_orthant_formula_however_rare(breach: float) -> None:
    found = m.messages(breach, MessageRule(recovery=3))
    assert found.per_step == pytest.approx(breach * (1 - breach) ** 3, rel=0.02)


def test_entities_that_come_back_keep_windows_alike() -> None:
    shared, breach = 0.5, 0.05
    means = course(1, 100, 9, shared, panels=1_000)
    plain = np.mean([plainly(row > stats.norm.isf(breach), 1, 2) for row in means]) / 100
    found = m.messages(breach, MessageRule(recovery=2, shared=shared))
    assert found.per_step == pytest.approx(plain, rel=0.12)
    assert found.per_step < 0.7 * m.messages(breach, MessageRule(recovery=2)).per_step


def test_either_direction_can_breach() -> None:
    means = course(7, 100_000, 3)[0]
    plain = plainly(np.abs(means) > stats.norm.isf(0.02) / math.sqrt(7), 1, 2) / 100_000
    assert m.messages(0.04, MessageRule(window=7, recovery=2, two_sided=True)).per_step == pytest.approx(plain, rel=0.1)


def test_a_rule_that_always_holds_sends_nothing_and_no_chance_is_no_number() -> None:
    assert m.messages(1.0, MessageRule()).per_step == 0.0
    assert m.messages(0.0, MessageRule()).per_step == 0.0
    assert math.isnan(m.messages(math.nan, MessageRule()).per_step)
    assert math.isnan(m.steps_to_message(1.0, 0.5, MessageRule()))
    assert math.isnan(m.smallest_shown(1.0, MessageRule(), 30))
    assert math.isnan(m.smallest_shown(0.1, MessageRule(), 0))
    assert m.smallest_shown(0.0, MessageRule(), 30) == m.smallest_shown(1e-12, MessageRule(), 30)


@pytest.mark.parametrize(("window", "consecutive"), [(1, 1), (7, 1), (14, 2)])
def test_the_wait_is_that_of_windows_that_fill_up(window: int, consecutive: int) -> None:
    breach, degraded = 0.01, 0.6
    rng = np.random.default_rng(2)
    shift = (stats.norm.isf(breach) - stats.norm.isf(degraded)) / math.sqrt(window)
    bound = stats.norm.isf(breach) / math.sqrt(window)
    waits = []
    for _ in range(1_500):
        days = rng.normal(size=window + 60)
        days[window - 1 :] += shift
        means = np.convolve(days, np.ones(window) / window, "valid")
        run = 0
        for step, mean in enumerate(means, start=1):
            run = run + 1 if mean > bound else 0
            if run == consecutive:
                waits.append(step)
                break
    found = m.steps_to_message(breach, degraded, MessageRule(window=window, consecutive=consecutive))
    assert found == pytest.approx(np.mean(waits), rel=0.06)


def test_what_is_shown_is_net_of_chance() -> None:
    """Single days: P0 = 1 - (1 - a)^30, and the change that takes it to P0 + 0.8 (1 - P0)."""
    breach, days = 0.01, 30
    chance = 1 - (1 - breach) ** days
    day = 1 - (1 - (chance + 0.8 * (1 - chance))) ** (1 / days)
    exact = stats.norm.isf(breach) - stats.norm.isf(day)
    assert m.smallest_shown(breach, MessageRule(), days) == pytest.approx(exact, abs=0.1)
    assert m.shown_chance(breach, exact, MessageRule()) == pytest.approx(day)


def test_a_rule_that_mostly_fires_by_chance_cannot_tell() -> None:
    assert math.isfinite(m.smallest_shown(0.02, MessageRule(), 30))
    assert math.isnan(m.smallest_shown(0.03, MessageRule(), 30))


@given(st.floats(1e-4, 0.5), st.integers(1, 4), st.integers(1, 14))
@settings(max_examples=25, deadline=None)
def test_more_in_a_row_never_means_more_messages(breach: float, consecutive: int, window: int) -> None:
    once, again = (m.messages(breach, MessageRule(window=window, consecutive=consecutive + more)) for more in (0, 1))
    assert 0.0 <= again.per_step <= once.per_step + 3 * once.error


def test_a_stage_of_more_than_a_year_is_judged_by_its_year():
    watch = MessageRule(window=1, consecutive=1, recovery=1)
    assert m.chance_within(1e-3, 0.0, watch, 10**9) == m.chance_within(1e-3, 0.0, watch, 364) < 1.0
