from __future__ import annotations

import pytest

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
