"""The ledger against an independent recomputation with pandas and scikit-learn."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import mean_absolute_error, mean_squared_error, r2_score

from generator.engines.duckdb import DuckDB
from generator.errors import InputError
from generator.measure import measure
from generator.measure.statistics import read_statistics, write_statistics
from generator.records.ledger import LOSSES
from generator.scoring import skops
from tests.measure.frames import NUMERIC, ledger, project, rows, with_statistics


@pytest.fixture(scope="module")
def production():
    return rows(seed=2, shift=0.2)


@pytest.fixture(scope="module")
def made(tmp_path_factory, production):
    return ledger(tmp_path_factory.mktemp("shop"), production, rows(days=20, seed=1))


def column(name: str) -> int:
    return LOSSES.index(name)


def test_errors_agree_with_scikit_learn(made, production):
    total = made.production.losses.group.sum(axis=0)
    n = total[column("n")]
    assert n == len(production)
    assert total[column("e2")] / n == pytest.approx(
        mean_squared_error(production["price"], production["guess"]), rel=1e-12
    )
    assert total[column("abs")] / n == pytest.approx(
        mean_absolute_error(production["price"], production["guess"]), rel=1e-12
    )
    target = list(made.plan.columns).index("target")
    r2 = 1 - total[column("e2")] / made.production.total.m2[target]
    assert r2 == pytest.approx(r2_score(production["price"], production["guess"]), rel=1e-10)


def test_previous_version_and_paired_losses(made, production):
    total = made.production.losses.group.sum(axis=0)
    new, old = production["guess"] - production["price"], production["old"] - production["price"]
    assert total[column("previous_e2")] == pytest.approx((old**2).sum(), rel=1e-12)
    assert total[column("previous_d")] == pytest.approx((new**2 - old**2).sum(), rel=1e-10)
    assert total[column("switch")] == pytest.approx((production["guess"] - production["old"]).sum(), rel=1e-9)


def test_naive_benchmark_is_the_training_mean(made, production):
    error = rows(days=20, seed=1)["price"].mean() - production["price"]
    assert made.production.losses.group[:, column("benchmark_e2")].sum() == pytest.approx((error**2).sum(), rel=1e-9)


@pytest.mark.parametrize("name", NUMERIC)
def test_moments_agree_with_pandas(made, production, name):
    place = made.plan.numeric.index(name)
    total, values = made.production.total, production[name]
    assert total.n[place] == values.count()
    assert total.mean[place] == pytest.approx(values.mean(), rel=1e-12)
    assert total.m2[place] / (total.n[place] - 1) == pytest.approx(values.var(), rel=1e-10)


def test_cells_by_day_level_and_group_add_up(made, production):
    sums = made.production
    by_day = production.groupby("date")["rating"].agg(["count", "mean", "var"])
    place = made.plan.numeric.index("rating")
    np.testing.assert_array_equal(sums.day.moments.n[:, place], by_day["count"])
    np.testing.assert_allclose(sums.day.moments.mean[:, place], by_day["mean"], rtol=1e-12)
    np.testing.assert_allclose(sums.day.moments.m2[:, place] / (by_day["count"] - 1), by_day["var"], rtol=1e-9)
    assert sums.group.rows.sum() == len(production)
    cities = {cell: index for index, cell in enumerate(made.plan.cells)}
    for city, part in production.groupby("city"):
        assert sums.losses.group_level[:, cities["city", city], column("n")].sum() == len(part)


def test_tiers_use_reference_cut_points(made, production):
    cut = rows(days=20, seed=1)["cost"].quantile(0.5)
    tier = next(s for s in made.plan.segments if s.name == "cost tier")
    assert tier.cuts[0] == pytest.approx(cut, rel=1e-12)
    place = made.plan.cells.index(("cost tier", "high"))
    assert made.production.losses.group_level[:, place, column("n")].sum() == (production["cost"] >= cut).sum()


def test_missing_values_and_unseen_levels_are_counted_apart(tmp_path):
    table = rows(days=6)
    table.loc[:9, "city"] = "Atlantis"
    table["rating"] = table["rating"].astype(object)
    table.loc[20:24, "rating"] = "NaN"
    table.loc[30:36, "rating"] = None
    made = ledger(tmp_path, table, rows(days=6))
    place = made.plan.numeric.index("rating")
    assert made.production.nans[place] == 5
    assert made.production.nulls[place] == table["rating"].isna().sum()
    assert made.production.unseen["city"] == {"Atlantis": 10}
    start = made.plan.offsets[made.plan.categorical.index("city")]
    assert made.production.slots[start + len(made.plan.levels[made.plan.categorical.index("city")])] == 10


def test_missing_values_and_their_errors(made, production):
    features = list(made.plan.features)
    sums = made.production.missing_losses[:, features.index("rating")].sum(axis=0)
    part = production[production["rating"].isna()]
    assert sums[0] == len(part)
    assert sums[1] == pytest.approx(((part["guess"] - part["price"]) ** 2).sum(), rel=1e-12)


def test_pairs_give_pairwise_complete_correlations(made, production):
    pairs, p = made.production.pairs, [made.plan.numeric.index(name) for name in NUMERIC]
    n, s, q, x = (part.sum(axis=0)[np.ix_(p, p)] for part in (pairs.n, pairs.s, pairs.q, pairs.x))
    covariance = x - s * s.T / n
    spread = q - s * s / n
    expected = production[list(NUMERIC)].corr().to_numpy()
    np.testing.assert_allclose(covariance / np.sqrt(spread * spread.T), expected, atol=1e-10)


def test_entities_are_counted_and_grouped_alike_in_both_tables(made, production):
    assert made.production.entities.sum() == production["item"].nunique()
    np.testing.assert_array_equal(made.production.entities, made.reference.entities)
    assert made.duplicates == 0


def test_duplicated_rows_are_counted(tmp_path):
    table = rows(days=4)
    assert ledger(tmp_path, pd.concat([table, table.head(7)])).duplicates == 7


def test_statistics_survive_their_file(made, tmp_path):
    content = write_statistics(made.plan, made.production, prepared="x")
    plan, sums = read_statistics(content, "x")
    assert write_statistics(plan, sums, prepared="x") == content
    np.testing.assert_allclose(sums.group.moments.mean, made.production.group.moments.mean, rtol=1e-11)
    assert sums.day is None


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"schema_version": 2}', b'{"schema_version": 1, "plan": {}}'])
def test_a_file_that_is_no_statistics_is_refused(content):
    with pytest.raises(InputError, match="not training statistics"):
        read_statistics(content, "stats.json")


def test_a_misspelt_column_names_the_nearest(tmp_path):
    rows(days=3).to_csv(tmp_path / "production.csv", index=False)
    with pytest.raises(InputError) as caught:
        measure(project(tmp_path, target="prize", entity="itme"), DuckDB(), (skops.READER,))
    assert [problem.what for problem in caught.value.problems] == [
        "column prize (target) is missing",
        "column itme (entity) is missing",
    ]
    assert "price" in caught.value.problems[0].hint


def test_text_in_a_numeric_column_is_named(tmp_path):
    settled = with_statistics(tmp_path, rows(days=5))
    table = rows(days=5).astype({"cost": object})
    table.loc[3, "cost"] = "twelve"
    table.to_csv(tmp_path / "production.csv", index=False)
    with pytest.raises(InputError) as caught:
        measure(settled, DuckDB(), (skops.READER,))
    assert "1 value of column cost is no number: 'twelve'" in caught.value.problems[0].what


def test_a_table_without_rows_is_refused(tmp_path):
    rows(days=3).head(0).to_csv(tmp_path / "production.csv", index=False)
    with pytest.raises(InputError, match="no rows"):
        measure(project(tmp_path), DuckDB(), (skops.READER,))


def test_statistics_of_other_features_are_refused(tmp_path):
    settled = with_statistics(tmp_path, rows(days=5).drop(columns="weight"))
    rows(days=5).to_csv(tmp_path / "production.csv", index=False)
    with pytest.raises(InputError) as caught:
        measure(settled, DuckDB(), (skops.READER,))
    assert "know no feature weight" in caught.value.problems[0].what


def test_no_time_no_entity_no_labels_still_give_a_ledger(tmp_path):
    table = rows(days=5).drop(columns=["date", "item"])
    table["price"] = np.nan
    with pytest.raises(InputError, match="no date"):
        ledger(tmp_path, table, time=None, entity=None)
    settled = project(tmp_path, time=None, entity=None)
    import datetime

    made = measure(settled, DuckDB(), (skops.READER,), as_of=datetime.date(2026, 1, 1))
    assert made.production.rows == len(table)
    assert made.production.losses.group[:, column("n")].sum() == 0
    assert not made.entity_groups


@pytest.mark.parametrize("count", [1, 2])
def test_one_row_and_constant_columns(tmp_path, count):
    table = rows(days=3).head(count).assign(weight=1.0, rating=np.nan)
    made = ledger(tmp_path, table, rows(days=5).assign(weight=1.0))
    assert made.production.rows == count
    assert np.isfinite(made.production.total.m2).all()


def test_jobs_do_not_change_a_single_sum(tmp_path, monkeypatch):
    monkeypatch.setattr("generator.engines._batches.BATCH_ROWS", 64)
    monkeypatch.setattr("generator.engines._batches.FEWEST", 64)
    settled = with_statistics(tmp_path, rows(days=8))
    rows(days=8, seed=5).to_csv(tmp_path / "production.csv", index=False)
    one, two = (measure(settled, DuckDB(), (skops.READER,), jobs=jobs) for jobs in (1, 2))
    np.testing.assert_array_equal(one.production.losses.group, two.production.losses.group)
    np.testing.assert_array_equal(one.production.total.m4, two.production.total.m4)


def test_parquet_gives_the_same_ledger_as_csv(tmp_path):
    table = rows(days=6)
    first = ledger(tmp_path, table)
    table.to_parquet(tmp_path / "production.parquet", index=False)
    second = measure(replace(project(tmp_path, production="production.parquet")), DuckDB(), (skops.READER,))
    np.testing.assert_array_equal(first.production.losses.group, second.production.losses.group)
    np.testing.assert_array_equal(first.production.slots, second.production.slots)
