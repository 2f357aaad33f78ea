import numpy as np
import pytest

from generator.estimates.avoidable import avoidable
from generator.records import margins
from tests.bundles import ROOT


def test_the_table_of_the_readme_is_that_of_the_program() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    rows = {
        "the typical error": f"{100 * margins.ERROR:g} % of the error before",
        "the level of probabilities": f"the smaller of {100 * margins.LEVEL_POINTS:g} points and a fifth of the rarer",
        "ranking, or a share of right decisions": f"{margins.RANK:g} |",
        "the slope of calibration": f"{margins.SLOPE:g},",
    }
    assert (margins.LEAD, margins.LEVEL_SHARE) == (0.1, 0.2)  # "a tenth", "a fifth"
    for what, margin in rows.items():
        assert f"| {what} | {margin}" in text


@pytest.mark.parametrize(("rate", "level"), [(0.5, 0.02), (0.1, 0.02), (0.05, 0.01), (0.98, 0.004)])
def test_a_level_may_hide_neither_two_points_nor_a_fifth_of_the_rarer_outcome(rate: float, level: float) -> None:
    assert margins.level(rate) == pytest.approx(level)


def test_the_margin_of_a_brier_score_is_a_share_of_its_lead_and_never_negative() -> None:
    assert margins.of_brier(0.19, 0.5) == pytest.approx(0.006)
    assert margins.of_brier(0.30, 0.5) == 0.0
    assert margins.of_metric("rmse", 10.0) == pytest.approx(0.5)
    assert margins.of_metric("auc", 0.8) == margins.RANK


def scored(rate: float, rows: int, seed: int, spread: float = 1.2) -> tuple[np.ndarray, np.ndarray]:
    """Return right probabilities of about this rate, and outcomes."""
    rng = np.random.default_rng(seed)
    p = 1 / (1 + np.exp(-(np.log(rate / (1 - rate)) + spread * rng.normal(size=rows))))
    return p, (rng.random(rows) < p).astype(float)


@pytest.mark.parametrize("rate", [0.05, 0.2, 0.5])
def test_a_share_of_the_lead_is_that_share_of_what_deciding_by_the_scores_saves(rate: float) -> None:
    p, y = scored(rate, 20_000, 1)
    dull = np.where(np.random.default_rng(2).random(p.size) < 0.3, y.mean(), p)
    thresholds = (np.arange(400) + 0.5) / 400

    def cost(score: np.ndarray) -> float:
        """Mean over all ratios of costs of what wrong decisions cost."""
        wrong = [np.mean(np.where(score > c, c * (1 - y), (1 - c) * y)) for c in thresholds]
        return float(np.mean(wrong))

    base, sharp, blunt = (np.mean((score - y) ** 2) for score in (np.full_like(p, y.mean()), p, dull))
    of_lead = (blunt - sharp) / (base - sharp)
    of_worth = (cost(dull) - cost(p)) / (cost(np.full_like(p, y.mean())) - cost(p))
    assert of_lead == pytest.approx(of_worth, abs=0.01)
    assert 2 * cost(p) == pytest.approx(sharp, abs=1e-3)


@pytest.mark.parametrize(("rate", "told"), [(0.5, 0.11), (0.1, 0.18)])
def test_a_tenth_of_the_lead_is_about_what_five_thousand_rows_can_tell(rate: float, told: float) -> None:
    found = []
    for seed in range(150):
        p, y = scored(rate, 5_000, seed, 1.35)
        order = np.argsort(p)
        by_bin = [values[order].reshape(200, 25).sum(axis=1) for values in (np.ones_like(p), y, p)]
        n, hits, mean = by_bin
        excess = avoidable(np.stack([n, mean, mean, n, mean, hits], axis=1))
        found.append(excess / (p.mean() * (1 - p.mean()) - np.mean(p * (1 - p))))
    assert 2 * np.sqrt(2) * np.std(found) == pytest.approx(told, rel=0.2)
    assert told > margins.LEAD
