"""Figures that a reader lays side by side stand on one basis, or say at once how they differ."""

from pathlib import Path

import pytest

from generator.bundle.results import read_results
from generator.records.results import Results


@pytest.fixture(scope="session")
def results(bundle: Path) -> Results:
    return read_results((bundle / "results.json").read_bytes())


def shown(results: Results, id: str) -> str | None:
    number = results.facts[id].number
    return None if number is None else f"{number:,.0f}"


def test_rows_that_settle_a_comparison_are_told_with_how_often_one_looks(results: Results, texts: dict[str, str]):
    once, daily = (shown(results, f"rollout.{name}") for name in ("rows_needed", "sequential.rows"))
    assert once and daily
    assert f"takes {once} rows when looked at once" in texts["retraining-calendar"]
    assert f"{daily} rows when looked at every day" in texts["retraining-calendar"]
    if "Rows until that decides" in texts["appendix"]:
        assert f"looked at once, when a stage ends, {once} rows" in texts["appendix"]
