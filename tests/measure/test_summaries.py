"""Statistics in other formats fill a part of the reference: what they tell is exact, what they lack is a gap."""

import math
from dataclasses import replace
from itertools import combinations

import numpy as np
import pandas as pd
import pytest

from generator.catalog import CATALOG
from generator.engines.duckdb import DuckDB
from generator.errors import InputError
from generator.measure import measure
from generator.measure.summary_files import read_summaries
from generator.records.project import Model
from tests.measure.frames import NUMERIC, project, rows
from tests.scoring.r_objects import integers, items, linear, named, numbers, rds, texts
from tests.stats.direct import psi

TENTHS = np.arange(11) / 10
PARTS = ("mean", "sd", "missing_rate", "quantiles", "levels")


def production() -> pd.DataFrame:
    """Return rows of enough entities for intervals, their costs a little higher than in training."""
    return rows(days=4, entities=400, seed=2, shift=0.1)


def told(table: pd.DataFrame, parts=PARTS) -> list[dict[str, object]]:
    """Return one record a feature, and one a level, of what `parts` name."""
    records = []
    for name in NUMERIC:
        record = {"feature": name, "n": len(table)}
        if "mean" in parts:
            record["mean"] = table[name].mean()
        if "sd" in parts:
            record["sd"] = table[name].std()
        if "missing_rate" in parts:
            record["missing_rate"] = table[name].isna().mean()
        if "quantiles" in parts:
            record |= {f"p{100 * p:g}": table[name].quantile(p) for p in TENTHS}
        records.append(record)
    for name in ("city", "brand") if "levels" in parts else ():
        share = table[name].value_counts(normalize=True)
        records += [{"feature": name, "level": level, "share": value} for level, value in share.items()]
    return records


def as_csv(table, parts=PARTS, **options):
    return pd.DataFrame(told(table, parts)).to_csv(index=False, **options).encode()


def as_list(table):
    """Return the same as an R list, in the form of named vectors, a matrix and tables."""
    names = texts(NUMERIC)
    quantiles = table[list(NUMERIC)].quantile(TENTHS).to_numpy()
    matrix = numbers(
        quantiles.ravel(order="F").tolist(),
        dim=integers(quantiles.shape),
        dimnames=items([texts([f"{100 * p:g}%" for p in TENTHS]), names]),
    )
    counts = {name: table[name].value_counts() for name in ("city", "brand")}
    levels = {name: integers(found.tolist(), names=texts(found.index.tolist())) for name, found in counts.items()}
    parts = {
        "n": integers([len(table)]),
        "features": names,
        "mean": numbers(table[list(NUMERIC)].mean().tolist(), names=names),
        "sd": numbers(table[list(NUMERIC)].std().tolist(), names=names),
        "quantiles": matrix,
        "missing_rate": numbers(table[list(NUMERIC)].isna().mean().tolist()),
        "levels": named(levels),
        "target_mean": numbers([table["price"].mean()]),
        "target_sd": numbers([table["price"].std()]),
    }
    return rds(named(parts))


def ledger_of(folder, content, name="statistics.csv", **changes):
    table = production()
    table.to_csv(folder / "production.csv", index=False)
    (folder / name).write_bytes(content)
    settled = project(folder, reference_stats=name, **changes)
    return settled, measure(settled, DuckDB(), CATALOG.readers)


def facts_of(settled, ledger):
    return {fact.id: fact for one in CATALOG.analyses for fact in one.run(settled, ledger).facts}


@pytest.fixture(scope="module")
def training():
    return rows()


@pytest.mark.parametrize("name", ["statistics.csv", "statistics.rds"])
def test_what_the_file_tells_is_in_the_ledger(tmp_path, training, name):
    content = as_list(training) if name.endswith("rds") else as_csv(training)
    _, ledger = ledger_of(tmp_path, content, name)
    reference, plan = ledger.reference, ledger.plan
    assert plan.numeric == NUMERIC and plan.categorical == ("city", "brand")
    np.testing.assert_allclose(reference.total.mean[:4], training[list(NUMERIC)].mean())
    np.testing.assert_allclose(reference.total.n[:4], training[list(NUMERIC)].notna().sum())
    sd = np.sqrt(reference.total.m2 / (reference.total.n - 1))[:4]
    np.testing.assert_allclose(sd, training[list(NUMERIC)].std(), rtol=1e-6)
    assert plan.levels[0] == ("Graz", "Lviv", "Porto")
    np.testing.assert_allclose(reference.slots[:3], training["city"].value_counts().sort_index())


def test_quantiles_give_the_stability_index_of_the_rows_themselves(tmp_path, training):
    settled, ledger = ledger_of(tmp_path, as_csv(training))
    edges = training["cost"].quantile(TENTHS[1:-1]).to_numpy()
    counts = [np.histogram(table["cost"], [-np.inf, *edges, np.inf])[0] for table in (training, production())]
    found = facts_of(settled, ledger)
    assert found["drift.cost.psi_raw"].value == pytest.approx(psi(*counts), rel=0.02)
    assert found["drift.city.psi_raw"].value is not None
    assert found["drift.cost.q50_reference"].value == pytest.approx(training["cost"].median(), rel=1e-3)


def test_quantiles_that_repeat_and_ends_beyond_deciles_are_gaps(tmp_path, training):
    found = facts_of(*ledger_of(tmp_path, as_csv(training)))
    assert training["clicks"].quantile(0.1) == training["clicks"].quantile(0.2)
    for id in ("drift.clicks.psi", "drift.clicks.ks", "drift.cost.high_reference"):
        assert found[id].value is None and "do not tell" in found[id].reason, id
    within = found["drift.cost.q05_reference"]
    assert within.value is None and "no training values on both sides" in within.reason
    assert found["drift.clicks.smd"].value is not None


@pytest.mark.parametrize("parts", [c for k in (1, 2, 4) for c in combinations(PARTS, k)])
def test_every_analysis_stands_any_part(tmp_path, training, parts):
    settled, ledger = ledger_of(tmp_path, as_csv(training, parts))
    found = facts_of(settled, ledger)
    gaps = {
        "drift.cost.mean_change": "mean" not in parts,
        "drift.cost.smd": not {"mean", "sd"} <= set(parts),
        "missing.cost.reference": "missing_rate" not in parts,
        "drift.cost.psi": "quantiles" not in parts,
        "unseen.city.share": "levels" not in parts,
        "prediction.psi": True,
    }
    for id, gap in gaps.items():
        assert (found[id].value is None) == gap, (id, parts)
        assert not gap or "do not tell" in found[id].reason, (id, found[id].reason)
    if "missing_rate" in parts:
        assert found["missing.rating.reference"].value == pytest.approx(training["rating"].isna().mean())
    assert all(math.isfinite(f.value) for f in found.values() if isinstance(f.value, float))


@pytest.mark.parametrize(
    "content",
    [
        "feature;n;mean;sd\ncost;400;20,5;8,25\n",
        "\ufeffname,count,average,std\ncost,400,20.5,8.25\n",
        "Variable\tRows\tMean\tStDev\nother\t400\t\tNA\ncost\t400\t20.5\t8.25\n",
    ],
)
def test_words_delimiters_and_decimal_commas_are_understood(content):
    one = read_summaries(content.encode(), "s.csv", "price").features["cost"]
    assert (one.mean, one.sd) == (20.5, 8.25) and math.isnan(one.missing)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("feature,mean,n\ncost,1,0\n", "of no rows"),
        ("mean,n\n1,2\n", "name no feature"),
        ("", "name no feature"),
        ("feature,n,mean\ncost,400,much\n", "mean of cost is no number: 'much'"),
        ("feature,n\ncost,400,3\n", "more fields than the header"),
    ],
)
def test_a_file_that_tells_nothing_usable_is_an_input_error(content, told):
    with pytest.raises(InputError, match=told):
        read_summaries(content.encode(), "s.csv", "price")


def test_statistics_of_other_features_are_refused(tmp_path):
    with pytest.raises(InputError, match="none of the features"):
        ledger_of(tmp_path, b"feature,n,mean\nstrange,400,1\n")


def test_a_data_frame_is_read_like_a_table(training):
    frame = {"feature": texts(["cost"]), "n": integers([400]), "mean": numbers([20.5])}
    value = items(list(frame.values()), names=texts(list(frame)), **{"class": texts(["data.frame"])})
    one = read_summaries(rds(value), "s.rds", "price")
    assert one.rows == 400 and one.features["cost"].mean == 20.5


def test_the_target_is_no_feature(training):
    known = read_summaries(as_list(training), "s.rds", "price")
    assert known.target is not None and known.target.mean == pytest.approx(training["price"].mean())
    assert "price" not in known.features
    assert replace(known, target=None).rows == len(training)


def without_n(table, parts=PARTS):
    return pd.DataFrame(told(table, parts)).drop(columns="n").to_csv(index=False).encode()


@pytest.mark.parametrize("parts", [PARTS, *((part,) for part in PARTS)])
def test_a_missing_number_of_rows_is_a_gap_and_so_is_what_hangs_on_it(tmp_path, training, parts):
    settled, ledger = ledger_of(tmp_path, without_n(training, parts))
    found = facts_of(settled, ledger)
    for id in ("data.reference.rows", "drift.cost.smd", "drift.cost.psi", "missing.cost.increase", "unseen.city.share"):
        assert found[id].value is None and "do not tell" in found[id].reason, id
    assert (found["drift.cost.mean_change"].value is None) == ("mean" not in parts)
    assert all(math.isfinite(f.value) for f in found.values() if isinstance(f.value, float))
    assert all(source.rows != 0 for source in ledger.sources)


def test_a_missing_number_of_rows_comes_from_the_model_where_that_tells(tmp_path, training):
    fitted = linear({"price": "numeric", "cost": "numeric"}, ["cost"], [[0, 1]], [5.0, 2.0], rows=400)
    (tmp_path / "model.rds").write_bytes(rds(fitted))
    production().to_csv(tmp_path / "production.csv", index=False)
    (tmp_path / "statistics.csv").write_bytes(without_n(training))
    bare = project(tmp_path, reference_stats="statistics.csv", prediction=None, previous_prediction=None)
    model = Model(name="pricing", version="1", format="rds", path="model.rds")
    ledger = measure(replace(bare, settings=replace(bare.settings, model=model)), DuckDB(), CATALOG.readers)
    assert ledger.reference.rows == 400
    np.testing.assert_allclose(ledger.reference.total.n[0], 400 * training["cost"].notna().mean())
