"""Columns that hold one value on most rows, and what is read from the ends of a distribution."""

import numpy as np
import pytest

from generator.subjects.drift.drift import ANALYSIS
from generator.subjects.importance import ranges
from tests.subjects import worlds


def judged(folder, before, now, seed=1):
    """Return the evidence of two windows whose column `a` is made by these."""
    reference, production = worlds.rows(20, seed), worlds.rows(10, seed + 1_000, start="2026-02-01")
    for frame, made, part in ((reference, before, 1), (production, now, 2)):
        frame["a"] = made(np.random.default_rng([seed, part]), len(frame))
    project, ledger = worlds.ledger(folder, reference, production)
    return reference, production, ANALYSIS.run(project, ledger), project, ledger


def mostly(value, share, others=lambda rng, n: rng.lognormal(size=n)):
    return lambda rng, n: np.where(rng.random(n) < share, value, others(rng, n)).round(6)


@pytest.mark.parametrize(
    ("before", "now", "left", "severity"),
    [
        (mostly(5.0, 1.0), mostly(5.0, 1.0), 0.0, ("ok",)),
        (mostly(5.0, 1.0), mostly(5.0, 0.3), 0.7, ("watch",)),
        (mostly(0.0, 0.97), mostly(0.0, 0.4), 0.57, ("watch",)),
        (mostly(0.0, 0.6), mostly(0.0, 0.5), 0.1, ("ok", "watch")),
        (mostly(0.0, 0.6), mostly(0.0, 0.25), 0.35, ("confirmed", "severe")),
        (mostly(0.0, 0.6), mostly(0.0, 0.99), -0.39, ("confirmed", "severe")),
        (mostly(2.0, 0.6), mostly(2.0, 0.6, lambda rng, n: 9 * rng.lognormal(size=n)), 0.0, ("confirmed", "severe")),
    ],
)
def test_a_value_that_most_rows_have_is_judged_by_the_share_that_left_it(tmp_path, before, now, left, severity):
    reference, production, found, *_ = judged(tmp_path, before, now)
    atom = reference["a"].mode()[0]
    truth = (reference["a"] == atom).mean() - (production["a"] == atom).mean()
    assert worlds.value(found, "drift.a.left") == pytest.approx(truth, abs=1e-12)
    assert truth == pytest.approx(left, abs=0.05)
    assert worlds.statuses(found, "drift.all")["a"] in severity
    index = found.fact("drift.a.psi")
    assert (index.value > 0.1) == (severity != ("ok",) and abs(truth) > 0.15) or abs(truth) < 0.15


def test_nothing_changed_in_a_sparse_column_is_at_most_watched(tmp_path):
    for seed in range(8):
        for share in (0.55, 0.9, 0.99):
            folder = tmp_path / f"{seed}-{share}"
            folder.mkdir()
            *_, found, _, _ = judged(folder, mostly(0.0, share), mostly(0.0, share), seed)
            assert worlds.statuses(found, "drift.all")["a"] in ("ok", "watch")
            spread = found.fact("drift.a.left")
            assert spread.low <= 0.02 and spread.high >= -0.02


def low_end(rng, n):
    return rng.gamma(0.4, 0.02, size=n)


@pytest.mark.parametrize("now", [low_end, lambda rng, n: rng.gamma(2.0, 9.0, size=n), mostly(0.0, 0.9)])
def test_no_quantile_lies_outside_the_values_of_its_column(tmp_path, now):
    reference, production, found, project, ledger = judged(tmp_path, lambda rng, n: rng.gamma(2.0, 1.0, size=n), now)
    for q, share in (("q05", 0.05), ("q50", 0.5), ("q95", 0.95)):
        for side, frame in (("reference", reference), ("production", production)):
            fact = found.fact(f"drift.a.{q}_{side}")
            if fact.value is None:
                assert "no training values on both sides" in fact.reason
                continue
            assert frame["a"].min() <= fact.value <= frame["a"].max()
            around = np.quantile(frame["a"], [max(share - 0.02, 0), min(share + 0.02, 1)])
            assert around[0] <= fact.value <= around[1]
    assert found.fact("drift.a.q50_reference").value is not None
    ends = ranges.ANALYSIS.run(project, ledger)
    assert ends.fact("drift.a.low_reference").value >= reference["a"].min()
    assert ends.fact("drift.a.high_reference").value <= reference["a"].max()


def test_the_range_of_few_rows_leaves_five_out_at_either_end(tmp_path):
    reference, production = worlds.rows(2, 1), worlds.rows(10, 2)
    reference["a"] = np.random.default_rng(3).exponential(size=len(reference))
    project, ledger = worlds.ledger(tmp_path, reference, production)
    low = ranges.ANALYSIS.run(project, ledger).fact("drift.a.low_reference")
    assert len(reference) < 1_000 and "but 5" in low.label
    assert reference["a"].min() < low.value <= np.sort(reference["a"])[7]
