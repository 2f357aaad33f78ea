"""What the newest days say, and what the contract of the inputs does to the rows, recomputed from the files."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from tests.bundles import ROOT

CASE = ROOT / "data" / "techmart"
LOST = ("reject", "no score")


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    return pd.read_csv(CASE / "production_simulation.csv")


@pytest.fixture(scope="module")
def features() -> list[dict[str, Any]]:
    """The declared features."""
    data = yaml.safe_load((CASE / "dossier.yaml").read_text())["data"]
    declared = data["features"]
    return list(declared)


def test_premium_and_cameras_fail_in_the_newest_window(results: dict[str, Any], bundle: Path):
    gates = {gate["id"]: gate for gate in results["gates"]}
    premium = gates["segment.price_tier.premium"]
    assert (premium["verdict"], premium["window"]) == ("fail", "recent days")
    fact = results["facts"]["segments.price_tier.premium.rmse_recent"]
    assert fact["value"] == pytest.approx(13.63, abs=0.005) and fact["low"] > 12
    assert results["facts"]["segments.category.cameras.rmse_recent"]["value"] == pytest.approx(16.64, abs=0.005)
    first = (bundle / "executive-summary.md").read_text().split("## Annex")[0]
    assert "premium \\$13.63" in first and "cameras \\$16.64" in first


def test_inputs_over_their_own_stop_limit_by_day(
    facts: dict[str, Any], rows: pd.DataFrame, features: list[dict[str, Any]]
):
    days = rows.groupby("date")
    stop = {one["name"]: one.get("missing_stop") for one in features}
    over = {
        name: days[name].apply(lambda column: column.isna().mean()) > limit
        for name, limit in stop.items()
        if limit is not None
    }
    now = sum(bool(series.iloc[-1]) for series in over.values())
    assert facts["contract.stop.last_day"]["value"] == now == 9
    assert facts["contract.stop.any_day"]["value"] == sum(series.any() for series in over.values())


def test_rows_that_the_contract_keeps_from_the_model(
    facts: dict[str, Any], rows: pd.DataFrame, features: list[dict[str, Any]]
):
    truth = yaml.safe_load((CASE / "training_statistics.json").read_text())["plan"]
    levels = dict(zip(truth["categorical"], truth["levels"], strict=True))
    lost = pd.Series(False, index=rows.index)
    for one in features:
        column = rows[one["name"]]
        broken = {"when_missing": column.isna()}
        if one["name"] in levels:
            broken["when_unseen"] = column.notna() & ~column.isin(levels[one["name"]])
        else:
            low, high = one.get("low"), one.get("high")
            outside = (column < (-float("inf") if low is None else low)) | (
                column > (float("inf") if high is None else high)
            )
            broken["when_out_of_range"] = outside
        for key, where in broken.items():
            if str(one.get(key) or "").startswith(LOST):
                lost |= where
    assert facts["contract.rejected.share"]["value"] == pytest.approx(lost.mean())
    last = rows["date"] == rows["date"].max()
    assert facts["contract.rejected.last_day"]["value"] == pytest.approx(lost[last].mean())
    assert lost.mean() == pytest.approx(0.081, abs=0.001) and lost[last].mean() == pytest.approx(0.112, abs=0.001)


def test_the_input_with_the_largest_effect_is_told_in_its_recent_days_too(facts: dict[str, Any], rows: pd.DataFrame):
    recent = rows[rows["date"] >= facts["windows.recent.start"]["value"]["date"]]
    before = facts["drift.price_competitor_avg.mean_reference"]["value"]
    change = recent["price_competitor_avg"].mean() / before - 1
    assert facts["drift.price_competitor_avg.mean_change_recent"]["value"] == pytest.approx(change)
    assert change > facts["drift.price_competitor_avg.mean_change"]["high"]
