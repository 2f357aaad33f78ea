"""The numbers of the bundle against pandas, NumPy, SciPy and scikit-learn on the same rows."""

import re
from typing import Any
from urllib.parse import quote

import numpy as np
import pandas as pd
import pytest
from scipy.stats import ks_2samp, kurtosis, wasserstein_distance
from sklearn.metrics import mean_absolute_error, median_absolute_error, r2_score, root_mean_squared_error

from tests.techmart.reference import Reference

Facts = dict[str, dict[str, Any]]
BOUND = re.compile(r"exact value between (\S+) and (\S+)")
PRINTED = 6e-4
"""A bound is printed with four digits."""


def same(value: float) -> Any:
    return pytest.approx(value, rel=1e-6, abs=1e-9)


def between(fact: dict[str, Any], exact: float) -> bool:
    """Say whether an exact value lies in the bound that the method, or the reason of a missing fact, prints."""
    told = fact["method"] or fact["reason"]
    found = BOUND.search(told)
    assert found, told
    low, high = float(found[1]), float(found[2])
    return low - PRINTED * abs(low) - 1e-9 <= exact <= high + PRINTED * abs(high) + 1e-9


def test_the_whole_is_right(facts: Facts, reference: Reference):
    price, predicted, error = reference.price, reference.predicted, reference.error
    expected = {
        "rmse": root_mean_squared_error(price, predicted),
        "mae": mean_absolute_error(price, predicted),
        "r2": r2_score(price, predicted),
        "bias": error.mean(),
        "wape": np.abs(error).sum() / np.abs(price).sum(),
    }
    for metric, value in expected.items():
        assert facts[f"performance.{metric}.production"]["value"] == same(value), metric
        assert facts[f"performance.{metric}.production"]["n"] == 15_000
    assert facts["performance.rmse.change"]["value"] == same(expected["rmse"] / 8.20 - 1)
    median = facts["performance.median_ae.production"]["value"]
    assert median == pytest.approx(median_absolute_error(price, predicted), rel=0.005)


def test_the_other_predictions_are_right(facts: Facts, reference: Reference):
    old = root_mean_squared_error(reference.price, reference.previous)
    assert facts["performance.rmse.previous"]["value"] == same(old)
    assert facts["performance.mae.previous"]["value"] == same(mean_absolute_error(reference.price, reference.previous))
    total, levels = reference.sums["level"]["moments"], reference.plan["segments"][0]
    assert levels["name"] == "category"
    means = {
        level: total["mean"][i][-2] if total["n"][i][-2] else reference.sums["total"]["mean"][-2]
        for i, level in enumerate(levels["levels"])
    }
    known = reference.rows["category"].where(reference.rows["category"].isin(list(means)), "(unseen)")
    naive = known.where(reference.rows["category"].notna(), "(missing)").map(means).to_numpy(np.float64)
    assert facts["performance.rmse.benchmark"]["value"] == same(root_mean_squared_error(reference.price, naive))


def test_the_windows_are_right(facts: Facts, reference: Reference):
    error = pd.Series(reference.error)
    for date, values in error.groupby(reference.rows["date"]):
        expected = {"rmse": np.sqrt((values**2).mean()), "mae": values.abs().mean(), "bias": values.mean()}
        for metric, value in expected.items():
            assert facts[f"performance.daily.{metric}.{date}"]["value"] == same(value)
        mean = reference.predicted[values.index].mean()
        assert facts[f"prediction.daily.mean.{date}"]["value"] == same(mean)
    third = reference.rows.groupby("date").ngroup() // 10
    for index, word in enumerate(("first", "second", "last")):
        rmse = np.sqrt((error[third == index] ** 2).mean())
        assert facts[f"performance.rmse.{word}_third"]["value"] == same(rmse)


def test_every_segment_is_right(facts: Facts, reference: Reference):
    error, found = reference.error, reference.levels()
    printed = [(f"segments.{segment}.{quote(level, safe='')}", where) for (segment, level), where in found.items()]
    small = {id for id, _ in printed if f"{id}.rmse" not in facts}
    assert small == {f"segments.brand.{name}" for name in ("Dantec", "Ironleaf", "Rivo")}  # new levels are always told
    printed = [(id, where) for id, where in printed if id not in small]
    for id, where in printed:
        assert facts[f"{id}.rmse"]["value"] == same(np.sqrt((error[where] ** 2).mean())), id
        assert facts[f"{id}.rmse"]["n"] == where.sum()
        assert facts[f"{id}.mae"]["value"] == same(np.abs(error[where]).mean()), id
        assert facts[f"{id}.bias"]["value"] == same(error[where].mean()), id


def test_missing_rates_are_right(facts: Facts, reference: Reference, truth: dict[str, Any]):
    rows = reference.sums["rows"]
    for name in reference.numeric + reference.categorical:
        before, after = truth["missing"]["features"][name]
        assert facts[f"missing.{name}.production"]["value"] == same(float(reference.rows[name].isna().mean()))
        assert facts[f"missing.{name}.production"]["value"] == pytest.approx(after, abs=1e-6)
        assert facts[f"missing.{name}.reference"]["value"] == pytest.approx(before, abs=1e-6)
    nulls, nans = np.array(reference.sums["nulls"]), np.array(reference.sums["nans"])
    for index, name in enumerate(reference.numeric):
        assert facts[f"missing.{name}.reference"]["value"] == same((nulls + nans)[index] / rows)


def test_moments_are_right(facts: Facts, reference: Reference):
    total = reference.sums["total"]
    for index, name in enumerate(reference.numeric):
        values, n = reference.values(name), total["n"][index]
        mean, sd = total["mean"][index], np.sqrt(total["m2"][index] / (n - 1))
        expected = {
            "mean_production": values.mean(),
            "sd_production": values.std(ddof=1),
            "mean_reference": mean,
            "sd_reference": sd,
            "mean_change": (values.mean() - mean) / abs(mean),
            "sd_change": values.std(ddof=1) / sd - 1,
            "smd": (values.mean() - mean) / sd,
        }
        for key, value in expected.items():
            assert facts[f"drift.{name}.{key}"]["value"] == pytest.approx(value, rel=1e-6, abs=1e-8), (name, key)
        assert facts[f"drift.{name}.mean_change"]["n"] == values.size


def test_the_stability_index_is_right(facts: Facts, reference: Reference):
    counts = np.array(reference.sums["group"]["deciles"]).sum(axis=0)
    for index, name in enumerate(reference.numeric):
        edges = np.array(reference.plan["deciles"][index])
        bins = len(edges) + 1
        after = np.bincount(np.searchsorted(edges, reference.values(name), side="right"), minlength=bins)
        psi = stability(counts[index][:bins], after)
        assert facts[f"drift.{name}.psi_raw"]["value"] == same(psi), name
    targets = {"prediction": reference.predicted}
    edges = np.array(reference.plan["deciles"][-1])
    after = np.bincount(np.searchsorted(edges, targets["prediction"], side="right"), minlength=len(edges) + 1)
    assert counts[-1].sum() == reference.sums["rows"]
    assert after.sum() == 15_000


def stability(before: np.ndarray, after: np.ndarray) -> float:
    """Return the population stability index with half a row added to each count of the bins that ever held one."""
    held = (np.asarray(before) > 0) | (after > 0)
    q, p = ((side + 0.5) / (side + 0.5).sum() for side in (np.asarray(before, dtype=float)[held], after[held]))
    return float(((p - q) * np.log(p / q)).sum())


def test_prediction_means_are_right(facts: Facts, reference: Reference):
    mean, before = reference.predicted.mean(), reference.sums["total"]["mean"][-1]
    assert facts["prediction.mean.production"]["value"] == same(mean)
    assert facts["prediction.mean.reference"]["value"] == same(before)
    outside = np.mean((reference.predicted < 10) | (reference.predicted > 500))
    assert facts["prediction.outside.share"]["value"] == same(float(outside))


def test_error_quantiles_are_within_their_bound(facts: Facts, reference: Reference):
    sizes = np.abs(reference.error)
    for percent in (50, 75, 90, 95, 99):
        fact = facts[f"errors.p{percent}"]
        assert "off by at most half a percent" in fact["method"]
        exact = np.quantile(sizes, percent / 100, method="inverted_cdf")
        assert fact["value"] == pytest.approx(exact, rel=0.005), percent
    assert facts["errors.above_50"]["value"] == (sizes > 50).sum()


def test_the_errors_scatter_as_measured(reference: Reference, truth: dict[str, Any]):
    assert kurtosis(reference.error, fisher=False) == pytest.approx(truth["production"]["kurtosis"], abs=1e-4)


@pytest.fixture(scope="module")
def old(training: pd.DataFrame, reference: Reference) -> dict[str, np.ndarray]:
    """Training values of every numeric feature, with the sums of the training statistics checked first."""
    assert len(training) == reference.sums["rows"]
    values = {name: training[name].dropna().to_numpy(np.float64) for name in reference.numeric}
    for index, name in enumerate(reference.numeric):
        assert values[name].size == reference.sums["total"]["n"][index]
        assert values[name].mean() == same(reference.sums["total"]["mean"][index])
    return values


def test_distances_are_within_their_bound(facts: Facts, reference: Reference, old: dict[str, np.ndarray]):
    for name in reference.numeric:
        after = reference.values(name)
        ks = ks_2samp(old[name], after, method="asymp").statistic
        assert between(facts[f"drift.{name}.ks"], float(ks)), (name, ks, facts[f"drift.{name}.ks"])
        w1 = wasserstein_distance(old[name], after) / old[name].std(ddof=1)
        assert between(facts[f"drift.{name}.w1"], float(w1)), (name, w1, facts[f"drift.{name}.w1"])


def test_quantiles_are_within_their_bound(facts: Facts, reference: Reference, old: dict[str, np.ndarray]):
    for name in reference.numeric:
        for side, values in (("reference", old[name]), ("production", reference.values(name))):
            for percent in (5, 50, 95):
                fact = facts[f"drift.{name}.q{percent:02}_{side}"]
                exact = float(np.quantile(values, percent / 100))
                assert between(fact, exact), (name, side, percent, exact, fact)
