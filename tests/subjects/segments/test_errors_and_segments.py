"""Performance, errors, segments, predictions, importance and golden requests against recomputation and at the edges."""

import numpy as np
import pytest
import skops.io
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from generator.conclude import analyse
from generator.engines.duckdb import DuckDB
from generator.measure import measure
from generator.records.project import Model, Objectives, Previous, Privacy
from generator.scoring import skops as skops_reader
from generator.subjects.data import declared, golden
from generator.subjects.importance import importance, ranges
from generator.subjects.performance import errors, performance, prediction
from generator.subjects.segments import segments
from tests.measure.frames import ledger, project, rows, with_statistics

ANALYSES = [
    performance.SUBJECT,
    segments.SUBJECT,
    *(module.ANALYSIS for module in (declared, errors, prediction, importance, ranges, golden)),
]
NUMBERS, TEXTS = ["cost", "rating", "clicks", "weight"], ["city", "brand"]


def facts_of(settled, made):
    evidence = analyse(settled, made, ANALYSES)
    return {fact.id: fact for fact in evidence.facts}, {table.id: table for table in evidence.tables}, evidence


def changed(settled, **settings):
    from dataclasses import replace

    return replace(settled, settings=replace(settled.settings, **settings))


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shop")
    production = rows(days=30, entities=120, seed=2)
    worse = production["city"] == "Lviv"
    production.loc[worse, "price"] = (production["guess"] + 3 * (production["price"] - production["guess"]))[
        worse
    ].round(3)
    made = ledger(folder, production, rows(days=30, entities=120, seed=1))
    settled = with_statistics(folder, rows(days=30, entities=120, seed=1))
    settled = changed(settled, objectives=Objectives(extreme_errors=(8.0,), output_low=0.0, output_high=100.0))
    return production, *facts_of(settled, made)


def test_metrics_are_those_of_the_rows(shop):
    production, facts, _, _ = shop
    error = production["guess"] - production["price"]
    assert facts["performance.rmse.production"].value == pytest.approx(np.sqrt((error**2).mean()), rel=1e-9)
    assert facts["performance.mae.production"].value == pytest.approx(error.abs().mean(), rel=1e-9)
    assert facts["performance.bias.production"].value == pytest.approx(error.mean(), abs=1e-9)
    assert facts["performance.wape.production"].value == pytest.approx(
        error.abs().sum() / production["price"].sum(), rel=1e-9
    )
    assert facts["performance.median_ae.production"].value == pytest.approx(error.abs().median(), rel=0.01)
    assert facts["performance.rmse.kurtosis"].value == pytest.approx(error.kurt() + 3, rel=0.01)


def test_intervals_hold_the_estimate(shop):
    _, facts, _, _ = shop
    for name in ("rmse", "mae", "bias", "wape", "r2", "median_ae"):
        fact = facts[f"performance.{name}.production"]
        assert fact.low < fact.value < fact.high, name


def test_every_day_has_its_error(shop):
    production, facts, tables, _ = shop
    error = (production["guess"] - production["price"]) ** 2
    for date, part in error.groupby(production["date"]):
        assert facts[f"performance.daily.rmse.{date}"].value == pytest.approx(np.sqrt(part.mean()), rel=1e-9)
    assert len(tables["performance.daily"].rows) == 30


def test_error_percentiles_and_extremes(shop):
    production, facts, _, _ = shop
    error = (production["guess"] - production["price"]).abs()
    for name, share in (("p50", 0.5), ("p90", 0.9), ("p99", 0.99)):
        assert facts[f"errors.{name}"].value == pytest.approx(error.quantile(share), rel=0.02)
    assert facts["errors.above_8"].value == pytest.approx((error > 8).sum(), abs=3)
    top = error.nlargest(len(error) // 100)
    assert facts["errors.top1_share"].value == pytest.approx((top**2).sum() / (error**2).sum(), rel=0.03)


def test_the_bad_city_has_the_largest_error_and_is_no_finding_as_it_was_bad_before(shop):
    production, facts, tables, evidence = shop
    error = (production["guess"] - production["price"])[production["city"] == "Lviv"]
    assert facts["segments.city.Lviv.rmse"].value == pytest.approx(np.sqrt((error**2).mean()), rel=1e-9)
    assert tables["segments.worst"].rows[0][:2] == ("city", "Lviv")
    assert tables["segments.worst"].rows[0][-1].word == "harder"
    assert not [finding.subject for finding in evidence.findings if finding.kind == "segment"]
    shrunk = facts["segments.city.Lviv.rmse_shrunk"].value
    assert facts["performance.rmse.production"].value < shrunk < facts["segments.city.Lviv.rmse"].value


def test_the_previous_version_is_compared_on_the_same_rows(shop):
    production, facts, _, _ = shop
    new, old = production["guess"] - production["price"], production["old"] - production["price"]
    expected = np.sqrt((new**2).mean() / (old**2).mean())
    assert facts["performance.ratio.previous"].value == pytest.approx(expected, rel=1e-9)
    assert facts["performance.gain.previous"].low < expected - 1 < facts["performance.gain.previous"].high
    assert facts["prediction.previous.mean_difference"].value == pytest.approx(
        (production["guess"] - production["old"]).mean(), rel=1e-6
    )


def test_predictions_outside_the_allowed_output_are_counted(shop):
    production, facts, _, _ = shop
    assert facts["prediction.outside.share"].value <= (production["guess"] > 100).mean()


def test_without_labels_every_error_says_so(tmp_path):
    table = rows(days=12).assign(price=np.nan)
    facts, tables, _ = facts_of(project(tmp_path), ledger(tmp_path, table, rows(days=12)))
    assert facts["performance.rmse.production"].reason == "no labelled rows"
    assert tables["segments.all"].reason == "no labelled rows"
    assert facts["prediction.mean.production"].value is not None


@pytest.mark.parametrize(("days", "entities"), [(1, 1), (1, 40), (2, 3), (30, 2)])
def test_small_data_give_values_without_intervals_and_no_crash(tmp_path, days, entities):
    made = ledger(tmp_path, rows(days=days, entities=entities), rows(days=12))
    facts, _, _ = facts_of(project(tmp_path), made)
    assert (facts["performance.rmse.production"].value is None) == (days * entities < 5)


def test_perfect_predictions_have_no_error(tmp_path):
    table = rows(days=12)
    table["price"] = table["guess"]
    facts, _, evidence = facts_of(project(tmp_path), ledger(tmp_path, table, rows(days=12)))
    assert facts["performance.rmse.production"].value == 0
    assert facts["performance.r2.production"].value == pytest.approx(1.0)
    assert not [finding for finding in evidence.findings if finding.severity != "watch"]


def test_entities_are_named_only_where_the_project_allows_it(tmp_path):
    table = rows(days=12)
    table.loc[table["item"] == "I007", "price"] += 100
    settled = changed(project(tmp_path), objectives=Objectives(extreme_errors=(50.0,)))
    made = ledger(tmp_path, table)
    assert facts_of(settled, made)[1]["errors.entities"].rows == ()
    allowed = changed(settled, privacy=Privacy(list_entities=True))
    named = facts_of(allowed, measure(allowed, DuckDB(), ()))[1]["errors.entities"]
    assert [row[0] for row in named.rows] == ["I007"]


@pytest.fixture(scope="module")
def linear(tmp_path_factory):
    folder = tmp_path_factory.mktemp("linear")
    training = rows(days=30, entities=60, seed=1)
    numbers = make_pipeline(SimpleImputer(), StandardScaler())
    texts = make_pipeline(SimpleImputer(strategy="constant", fill_value="?"), OneHotEncoder(handle_unknown="ignore"))
    both = ColumnTransformer([("n", numbers, NUMBERS), ("t", texts, TEXTS)])
    pipeline = make_pipeline(both, Ridge(alpha=0.05)).fit(training[NUMBERS + TEXTS], training["price"])
    for name in ("model", "before"):
        (folder / f"{name}.skops").write_bytes(skops.io.dumps(pipeline))
    model = Model(name="m", version="2", path="model.skops", previous=Previous(version="1", path="before.skops"))
    bare = changed(project(folder, prediction=None, previous_prediction=None, exclude=("guess", "old")), model=model)
    from dataclasses import replace

    from generator.measure import profile

    training.to_csv(folder / "training.csv", index=False)
    rows(days=12, entities=60, seed=3).to_csv(folder / "production.csv", index=False)
    content = profile(bare, DuckDB(), (skops_reader.READER,), folder / "training.csv")
    (folder / "statistics.json").write_bytes(content)
    settled = changed(bare, data=replace(bare.settings.data, reference_stats="statistics.json"))
    return pipeline, training, settled, measure(settled, DuckDB(), (skops_reader.READER,))


def test_importance_is_coefficient_times_spread(linear):
    pipeline, _, settled, made = linear
    facts, tables, _ = facts_of(settled, made)
    coefficient = pipeline[-1].coef_[NUMBERS.index("cost")]
    assert facts["importance.cost.standardised"].value == pytest.approx(coefficient, rel=1e-3)
    assert tables["importance.top"].rows[0][1] == "cost"
    assert facts["importance.cost.today"].value == pytest.approx(coefficient, rel=0.1)


def test_golden_requests_are_answered_as_scikit_learn_answers_them(linear):
    pipeline, training, _, made = linear
    typical = next(request for request in made.golden if request.name == "typical")
    import pandas as pd

    frame = pd.DataFrame([typical.inputs])[NUMBERS + TEXTS]
    assert typical.prediction == pytest.approx(pipeline.predict(frame)[0], rel=1e-12)
    assert typical.previous == pytest.approx(typical.prediction, rel=1e-12)
    assert typical.inputs["cost"] == pytest.approx(training["cost"].median(), rel=0.02)


def test_ranges_and_levels_are_those_of_training(linear):
    _, training, settled, made = linear
    facts, tables, _ = facts_of(settled, made)
    assert facts["drift.cost.low_reference"].value == pytest.approx(training["cost"].quantile(0.005), rel=0.05)
    shares = {row[1]: row[2].value for row in tables["features.levels"].rows if row[0] == "city"}
    assert shares == pytest.approx(training["city"].value_counts(normalize=True).to_dict())


def test_what_is_declared_stands_under_its_key(tmp_path):
    facts, tables, _ = facts_of(project(tmp_path), ledger(tmp_path, rows(days=3)))
    assert facts["declared.objectives.output_low"].reason.endswith("objectives.output_low)")
    assert facts["declared.data.target"].value == "price"
    assert tables["declared.data.segments"].rows[0][0] == "city"
    assert tables["declared.risks"].reason
