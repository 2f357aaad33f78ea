import math
from itertools import combinations

import numpy as np
import pytest

from generator.stats import metric_choice as mc
from generator.stats.metric_choice import AlertMetric, Failure

NAMES = ("missing_rate", "pred_mean_shift", "rmse", "psi_top10", "all75_psi")
FAILURES = (
    Failure(per_year=4, loss_per_day=3000, unwatched_days=14),
    Failure(per_year=6, loss_per_day=400, unwatched_days=30),
    Failure(per_year=2, loss_per_day=900, unwatched_days=30),
)
NEVER = math.inf
WATCHES = (
    AlertMetric(delays=(1, NEVER, NEVER), cost_per_year=2 * 150 + 500),
    AlertMetric(delays=(2, 4, NEVER), cost_per_year=4 * 150 + 500),
    AlertMetric(delays=(8, 9, 9), cost_per_year=2 * 150 + 1500),
    AlertMetric(delays=(3, 3, NEVER), cost_per_year=12 * 150 + 1000),
    AlertMetric(delays=(2, 3, NEVER), cost_per_year=90 * 150 + 1500),
)


def names(chosen):
    return {NAMES[index] for index in chosen}


def test_printed_example():
    best = mc.best_set(FAILURES, WATCHES)
    assert names(best) == {"missing_rate", "rmse", "psi_top10"}
    assert mc.net_value(FAILURES, WATCHES, best) == pytest.approx(253_200)
    greedy = mc.greedy_set(FAILURES, WATCHES)
    assert names(greedy) == {"pred_mean_shift", "rmse", "missing_rate"}
    assert mc.net_value(FAILURES, WATCHES, greedy) == pytest.approx(252_500)
    for size in range(1, 6):
        assert "all75_psi" not in names(mc.best_set(FAILURES, WATCHES, size))


def test_no_more_than_asked_for():
    assert names(mc.best_set(FAILURES, WATCHES, 1)) == {"pred_mean_shift"}
    assert mc.best_set(FAILURES, WATCHES, 0) == ()


def test_nothing_to_choose_from():
    assert mc.best_set(FAILURES, ()) == mc.greedy_set(FAILURES, ()) == ()
    assert mc.best_set((), (AlertMetric(delays=(), cost_per_year=1.0),)) == ()
    assert mc.net_value((), (), ()) == 0.0


def test_a_metric_that_is_slower_than_no_alert_is_not_kept():
    assert mc.best_set(FAILURES, (AlertMetric(delays=(14, 30, 31), cost_per_year=0.0),)) == ()


@pytest.mark.parametrize("seed", range(8))
def test_enumeration_finds_what_trying_every_set_finds(seed):
    rng = np.random.default_rng(seed)
    failures = tuple(
        Failure(per_year=float(rng.uniform(0, 6)), loss_per_day=float(rng.uniform(0, 900)), unwatched_days=30)
        for _ in range(3)
    )
    watches = tuple(
        AlertMetric(delays=tuple(rng.uniform(1, 60, 3)), cost_per_year=float(rng.uniform(0, 9_000))) for _ in range(7)
    )
    every = (chosen for size in range(4) for chosen in combinations(range(7), size))
    best = max(mc.net_value(failures, watches, chosen) for chosen in every)
    found = mc.best_set(failures, watches, 3)
    assert len(found) <= 3
    assert mc.net_value(failures, watches, found) == pytest.approx(best)


def test_many_metrics_are_chosen_by_swapping():
    useless = tuple(AlertMetric(delays=(NEVER, NEVER, NEVER), cost_per_year=10.0) for _ in range(20))
    assert names(mc.best_set(FAILURES, WATCHES + useless)) == {"missing_rate", "rmse", "psi_top10"}
