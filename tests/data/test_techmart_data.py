"""The worked project TechMart keeps what it promises: on the committed files, and in what its generator makes."""

import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import skops.io

from data.techmart.catalogue import CATEGORICAL
from data.techmart.make_data import Shifts, production_rows, training_rows, validation_rows
from data.techmart.shifts import DAILY
from data.techmart.truth import errors_of, intraclass, rmse
from generator.load import load

HERE = Path(__file__).resolve().parents[2] / "data" / "techmart"
ROLES = ["date", "product_id", "price"]


@pytest.fixture(scope="module")
def truth() -> Any:
    return json.loads((HERE / "truth.json").read_text())


@pytest.fixture(scope="module")
def production() -> pd.DataFrame:
    return pd.read_csv(HERE / "production_simulation.csv")


@pytest.fixture(scope="module")
def training() -> pd.DataFrame:
    return training_rows()


@pytest.fixture(scope="module")
def healthy() -> pd.DataFrame:
    return production_rows(shifts=Shifts.none())


@pytest.fixture(scope="module")
def model():
    return skops.io.load(HERE / "model.skops", trusted=["numpy.dtype"])


@pytest.fixture(scope="module")
def errors(model, production) -> pd.Series:
    return errors_of(model, production)


def features_of(table: pd.DataFrame) -> list[str]:
    return [name for name in table.columns if name not in ROLES]


def mean_changes(training: pd.DataFrame, production: pd.DataFrame) -> pd.Series:
    old, new = training.mean(numeric_only=True), production.mean(numeric_only=True)
    return ((new - old) / old.abs()).drop("price")


def test_the_same_500_products_are_there_on_each_of_30_days(production):
    products = production.groupby("date")["product_id"].agg(frozenset)
    assert len(production) == 15_000
    assert len(products) == 30
    assert products.nunique() == 1
    assert len(products.iloc[0]) == 500


def test_there_are_75_features_and_the_model_takes_them(production, model):
    assert len(features_of(production)) == 75
    assert list(model.feature_names_in_) == features_of(production)
    assert model[-1].alpha == 0.05


def test_only_the_type_that_describes_arrays_is_foreign_to_skops():
    for name in ("model.skops", "model_previous.skops"):
        assert set(skops.io.get_untrusted_types(file=HERE / name)) <= {"numpy.dtype"}


def test_prices_stay_within_the_output_contract(production):
    assert production["price"].between(10, 500).all()


def test_the_validation_error_is_the_stated_one(model, truth):
    error = errors_of(model, validation_rows())
    assert len(error) == truth["validation"]["n"] == 7000
    assert round(rmse(error), 2) == 8.20
    assert rmse(error) == pytest.approx(truth["validation"]["rmse"], abs=1e-3)


def test_the_error_rises_over_the_month(errors, truth):
    thirds = [rmse(part) for part in np.split(errors, 3)]
    assert thirds == pytest.approx([8.5, 9.2, 10.5], abs=0.1)
    assert thirds == pytest.approx(truth["thirds"], abs=1e-5)


def test_the_errors_have_heavy_tails_and_stay_with_the_product(errors, production):
    assert 4 < errors.kurt() + 3 < 7
    assert 1 <= (errors.abs() > 50).sum() <= 15
    assert 0.2 < intraclass(production["product_id"], errors) < 0.3


def test_the_previous_model_scores_the_same_rows_a_little_worse(truth, production):
    previous = skops.io.load(HERE / "model_previous.skops", trusted=["numpy.dtype"])
    assert rmse(errors_of(previous, production)) == pytest.approx(truth["previous_model"]["production_rmse"], abs=1e-5)
    assert 8.4 < truth["previous_model"]["validation_rmse"] < 8.8


def test_missing_values_rise_from_two_to_twelve_per_cent(training, production, truth):
    assert training[features_of(training)].isna().mean().mean() == pytest.approx(0.02, abs=0.002)
    assert production[features_of(production)].isna().mean().mean() == pytest.approx(0.12, abs=0.005)
    assert truth["missing"]["production"] == pytest.approx(0.12, abs=0.005)


def test_missing_values_depend_on_other_columns(production):
    lost = production["rating_avg"].isna()
    quiet = production["units_sold_7d"] < production["units_sold_7d"].median()
    assert lost[quiet].mean() > 1.2 * lost[~quiet].mean()


def test_a_dozen_features_change_by_more_than_a_quarter(training, production, truth):
    changes = mean_changes(training, production)
    assert (changes.abs() > 0.25).sum() == 12
    assert changes["price_competitor_avg"] == pytest.approx(0.38, abs=0.01)
    assert changes["review_count"] == pytest.approx(-0.52, abs=0.01)
    for name, planted in truth["drift"].items():
        assert changes[name] == pytest.approx(planted["mean_change"], abs=1e-5)


def test_features_without_planted_drift_stay(training, production, truth):
    still = [name for name, planted in truth["drift"].items() if planted["shape"] == "none"]
    assert len(still) == 46
    assert mean_changes(training, production)[still].abs().max() < 0.05


@pytest.mark.parametrize("name", ["conversion_rate", "price_elasticity_est", "demand_volatility"])
def test_some_features_only_spread(training, production, name):
    assert production[name].std() > 1.3 * training[name].std()
    assert abs(production[name].mean() / training[name].mean() - 1) < 0.05


def test_correlations_go(training, production, truth):
    for pair in truth["correlation"]:
        first, second = pair["pair"]
        assert training[first].corr(training[second]) > 0.45
        assert production[first].corr(production[second]) == pytest.approx(pair["production"], abs=1e-5)
        assert pair["production"] < pair["training"] - 0.25


def test_levels_appear_that_training_never_saw(training, production, truth):
    for column, planted in truth["unseen"].items():
        assert planted["level"] not in set(training[column])
        assert (production[column] == planted["level"]).mean() == pytest.approx(planted["share"], abs=1e-5)
        assert 0.02 <= planted["share"] <= 0.06


@pytest.mark.parametrize(("column", "factor"), [("category", 1.2), ("tier", 1.18), ("brand", 1.4)])
def test_planted_segments_degrade_more_than_the_whole(truth, column, factor):
    overall = truth["production"]["rmse"] / truth["validation"]["rmse"]
    segment = truth["segments"][column][truth["planted_segments"][column]]
    assert segment["production_rmse"] / segment["validation_rmse"] > max(factor, overall)


def test_the_planted_slice_errs_more_from_its_day_on(production, errors, truth):
    planted = truth["slice"]
    inside = np.logical_and.reduce([production[column] == level for column, level in planted["where"].items()])
    late = (production["date"] >= planted["from"]).to_numpy()
    assert inside.sum() == planted["n"] >= 0.03 * len(production)
    assert production.loc[inside, "product_id"].nunique() == planted["products"] >= 20
    assert rmse(errors[inside & late]) > 1.4 * rmse(errors[~inside & late])
    assert rmse(errors[inside & ~late]) < 1.2 * rmse(errors[~inside & ~late])


def test_the_generator_makes_the_committed_rows(production):
    made = production_rows()
    assert list(made.columns) == list(production.columns)
    pd.testing.assert_frame_equal(made, production, check_dtype=False, rtol=1e-9)


def test_another_seed_makes_other_rows(production):
    other = production_rows(seed=3)
    assert not other["price"].equals(production["price"])
    assert set(other["product_id"]) == set(production["product_id"])


def test_without_shifts_production_is_what_training_was(training, healthy, model):
    assert not any(asdict(Shifts.none()).values())
    assert set(healthy["product_id"]) == set(training["product_id"])
    assert rmse(errors_of(model, healthy)) == pytest.approx(8.2, abs=0.2)
    assert mean_changes(training, healthy).abs().max() < 0.06
    assert healthy[features_of(healthy)].isna().mean().mean() == pytest.approx(0.02, abs=0.002)


def test_without_shifts_every_category_is_as_common_as_in_training(training, healthy, production):
    def farthest(table, column):
        return (table[column].value_counts(normalize=True) - training[column].value_counts(normalize=True)).abs().max()

    assert all(farthest(healthy, column) < 0.015 for column in CATEGORICAL)
    assert all(farthest(production, column) > 0.03 for column in DAILY)


def test_a_change_of_the_relation_alone_leaves_the_features(healthy, model):
    relation = replace(Shifts.none(), category=1.0, brand=1.0, premium=1.0, slice=1.0, decay=1.0)
    changed = production_rows(shifts=relation)
    pd.testing.assert_frame_equal(changed[features_of(changed)], healthy[features_of(healthy)])
    assert rmse(errors_of(model, changed)) > rmse(errors_of(model, healthy)) + 0.4


def test_the_project_file_fits_the_files(production, truth):
    settings = load(HERE).settings
    assert {feature.name for feature in settings.data.features} == set(features_of(production))
    stated = {metric.metric: metric.validation for metric in settings.objectives.metrics}
    for metric, value in stated.items():
        assert value == pytest.approx(truth["validation"][metric], abs=0.005)
    assert settings.data.simulated
