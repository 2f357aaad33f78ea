import dataclasses

import numpy as np
import pytest
from scipy.stats import ks_2samp, wasserstein_distance

from generator.estimates.features import groups_of, rows_per_entity
from generator.records.cells import Shuffled
from generator.records.fact import Fact
from generator.records.project import Alerts, DriftPolicy, Objective, Objectives, Policies, Rule
from generator.subjects.drift._impact import _standard_error, membership
from generator.subjects.drift.drift import ANALYSIS
from tests.stats.direct import psi
from tests.subjects import worlds

POLICY = Policies(drift=DriftPolicy(severe_mean_change=0.2, severe_sd_change=0.3, yellow_mean_change=0.25))


@pytest.fixture(scope="module")
def same(tmp_path_factory):
    """Two windows of one process."""
    reference, production = worlds.rows(20, 1), worlds.rows(10, 2, start="2026-02-01")
    made = worlds.ledger(tmp_path_factory.mktemp("same"), reference, production)
    return reference, production, *made


@pytest.fixture(scope="module")
def moved(tmp_path_factory):
    """`a` is higher by a quarter, `c` wider, `kind` has another mix and a new level; `b` is as before."""
    folder = tmp_path_factory.mktemp("moved")
    reference, production = worlds.rows(20, 1), worlds.rows(10, 2, start="2026-02-01")
    production["a"] = (production["a"] * 1.25).round(6)
    production["c"] = (production["c"] * 2).round(6)
    production.loc[production.index % 3 == 0, "kind"] = "z"
    production.loc[production.index % 10 == 0, "kind"] = "new"
    made = worlds.ledger(folder, reference, production, worlds.project(folder, policies=POLICY))
    return reference, production, *made


def test_no_drift_is_at_most_watched(same):
    _, _, project, ledger = same
    evidence = ANALYSIS.run(project, ledger)
    worlds.check(evidence)
    assert set(worlds.statuses(evidence, "drift.all").values()) == {"ok"}
    assert not evidence.findings
    assert worlds.value(evidence, "drift.count.confirmed") == 0


def test_planted_drift_is_found(moved):
    _, _, project, ledger = moved
    evidence = ANALYSIS.run(project, ledger)
    worlds.check(evidence)
    severity = worlds.statuses(evidence, "drift.all")
    assert severity["a"] == "severe" and severity["c"] == "severe" and severity["kind"] == "severe"
    assert severity["b"] == "ok" and severity["zeros"] == "ok"
    assert {f.subject for f in evidence.findings} == {"a", "c", "kind"}
    assert worlds.value(evidence, "drift.count.severe") == 3


def test_moments_agree_with_pandas(moved):
    reference, production, project, ledger = moved
    evidence = ANALYSIS.run(project, ledger)
    for name in worlds.NUMERIC:
        r, p = reference[name], production[name]
        expected = {
            "mean_change": (p.mean() - r.mean()) / abs(r.mean()),
            "sd_change": p.std() / r.std() - 1,
            "smd": (p.mean() - r.mean()) / r.std(),
            "mean_reference": r.mean(),
            "sd_production": p.std(),
        }
        for key, number in expected.items():
            assert worlds.value(evidence, f"drift.{name}.{key}") == pytest.approx(number, rel=1e-6, abs=1e-9), (
                name,
                key,
            )
    changes = [abs(worlds.value(evidence, f"drift.{name}.mean_change")) for name in worlds.NUMERIC]
    assert worlds.value(evidence, "drift.mean_abs_change") == pytest.approx(np.mean(changes))
    assert evidence.fact("drift.largest.name").value == "c"


def test_stability_index_from_reference_deciles(moved):
    reference, production, project, ledger = moved
    evidence = ANALYSIS.run(project, ledger)
    for name in worlds.NUMERIC:
        known = reference[name].dropna()
        edges = np.unique(np.quantile(known, np.arange(1, 10) / 10))
        edges = edges[edges > known.min()]
        if (known == known.mode()[0]).mean() >= 0.5:
            others = known[known != known.mode()[0]]
            cuts = np.unique(np.quantile(others, np.arange(1, 8) / 8))
            edges = np.sort([*cuts[cuts > others.min()], known.mode()[0] - 1e-9, known.mode()[0] + 1e-9])
        counts = [
            np.bincount(np.searchsorted(edges, frame[name].dropna(), side="right"), minlength=len(edges) + 1)
            for frame in (reference, production)
        ]
        assert worlds.value(evidence, f"drift.{name}.psi_raw") == pytest.approx(psi(*counts), rel=1e-6), name
        assert worlds.value(evidence, f"drift.{name}.psi") < worlds.value(evidence, f"drift.{name}.psi_raw")


def test_stability_index_of_levels_pools_rare_ones_and_keeps_unseen(moved):
    reference, production, project, ledger = moved
    levels = ["rare", "x", "y", "z"]
    counts = [[(frame["kind"] == level).sum() for level in [*levels, "new"]] for frame in (reference, production)]
    evidence = ANALYSIS.run(project, ledger)
    raw, fact = worlds.value(evidence, "drift.kind.psi_raw"), evidence.fact("drift.kind.psi")
    assert raw == pytest.approx(psi(*counts), rel=1e-6)
    assert fact.low is not None and 0 < fact.low < worlds.value(evidence, "drift.kind.psi") < raw
    assert worlds.value(evidence, "drift.kind.p") < 0.001


def test_distances_and_quantiles_lie_within_their_printed_bounds(moved):
    reference, production, project, ledger = moved
    evidence = ANALYSIS.run(project, ledger)
    for name in worlds.NUMERIC:
        r, p = reference[name].dropna(), production[name].dropna()
        exact = {
            "ks": ks_2samp(r, p).statistic,
            "w1": wasserstein_distance(r, p) / r.std(),
            "q95_production": np.quantile(p, 0.95),
            "q50_reference": np.quantile(r, 0.5),
        }
        for key, number in exact.items():
            fact = evidence.fact(f"drift.{name}.{key}")
            low, high = fact.method.rpartition("between ")[2].split(" and ")
            assert float(low) - 1e-3 * abs(number) <= number <= float(high) + 1e-3 * abs(number), (name, key, fact)
            assert worlds.value(evidence, fact.id) == pytest.approx(number, rel=0.15, abs=0.02)


def test_days_show_the_largest_the_critical_and_the_mean_change(moved):
    reference, production, project, ledger = moved
    evidence = ANALYSIS.run(project, ledger)
    table = worlds.table_of(evidence, "drift.daily_mean_change")
    daily = production.groupby("date")[list(worlds.NUMERIC)].mean()
    change = ((daily - reference[list(worlds.NUMERIC)].mean()) / reference[list(worlds.NUMERIC)].mean().abs()).abs()
    assert table.column("date") == tuple(daily.index)
    for key, expected in (
        ("each", change.max(axis=1)),
        ("critical", change["a"]),
        ("mean", change.mean(axis=1)),
        ("over", (change > 0.25).sum(axis=1)),
    ):
        cells = [cell.value for cell in table.column(key) if isinstance(cell, Fact)]
        assert cells == pytest.approx(expected.to_list(), rel=1e-6), key
    spread = worlds.table_of(evidence, "drift.daily_sd_change")
    sd = production.groupby("date")[list(worlds.NUMERIC)].std() / reference[list(worlds.NUMERIC)].std() - 1
    cells = [cell.value for cell in spread.column("each") if isinstance(cell, Fact)]
    assert cells == pytest.approx(sd.abs().max(axis=1).to_list(), rel=1e-6)


def test_heat_has_a_column_a_day(moved):
    reference, production, project, ledger = moved
    table = worlds.table_of(ANALYSIS.run(project, ledger), "drift.heat")
    daily = production.groupby("date")["a"].mean()
    row = next(row for row in table.rows if row[0] == "a")
    assert [column.key for column in table.columns] == ["feature", *daily.index]
    shifts = [cell.value for cell in row[1:] if isinstance(cell, Fact)]
    assert shifts == pytest.approx(((daily - reference["a"].mean()) / reference["a"].std()).to_list(), rel=1e-6)


def test_declared_policy_is_evaluated_as_declared(moved):
    _, _, project, ledger = moved
    evidence = ANALYSIS.run(project, ledger)
    declared = worlds.statuses(evidence, "drift.all", "declared")
    assert declared == {
        "a": "severe (declared)",
        "c": "severe (declared)",
        "b": "within policy",
        "zeros": "within policy",
        "kind": "no limit declared",
    }
    assert worlds.value(evidence, "drift.count.declared_severe") == 2
    assert set(worlds.table_of(evidence, "drift.high_risk").column("feature")) == {"a", "c"}


def test_a_relative_limit_on_a_mean_near_zero_is_noted(tmp_path):
    reference, production = worlds.rows(5, 1), worlds.rows(5, 2)
    for frame in (reference, production):
        frame["b"] = frame["b"] - 49.9
    project, ledger = worlds.ledger(tmp_path, reference, production, worlds.project(tmp_path, policies=POLICY))
    evidence = ANALYSIS.run(project, ledger)
    assert abs(worlds.value(evidence, "drift.b.mean_change")) > 0.1, "as the declared limit asks"
    assert worlds.value(evidence, "drift.b.false_flag") > 0.1
    assert worlds.value(evidence, "drift.a.false_flag") < 1e-6
    assert "b" in worlds.table_of(evidence, "drift.all").note
    asked = Alerts(rules=(Rule(id="shift", metric="mean_change", red=0.25),))
    plain = worlds.project(tmp_path)
    ruled = dataclasses.replace(plain, settings=dataclasses.replace(plain.settings, alerts=asked))
    found = ANALYSIS.run(*worlds.ledger(tmp_path, reference, production, ruled))
    assert worlds.value(found, "drift.b.mean_change") == worlds.value(evidence, "drift.b.mean_change")


def test_of_a_mean_near_zero_no_relative_change_is_told_where_nobody_asks_for_one(tmp_path):
    reference, production = worlds.rows(5, 1), worlds.rows(5, 2)
    for frame in (reference, production):
        frame["b"] = frame["b"] - 49.9
    production["b"] += 10
    evidence = ANALYSIS.run(*worlds.ledger(tmp_path, reference, production))
    gap, shift = (evidence.fact(f"drift.b.{key}") for key in ("mean_change", "smd"))
    assert gap.value is None and "near zero" in gap.reason and shift.value > 1.5
    finding = next(one for one in evidence.findings if one.subject == "b")
    assert shift.id in finding.evidence and gap.id not in finding.evidence
    others = ["a", "c", "zeros"]
    daily = production.groupby("date")[others].mean()
    change = ((daily - reference[others].mean()) / reference[others].mean().abs()).abs().mean(axis=1)
    cells = worlds.table_of(evidence, "drift.daily_mean_change").column("mean")
    assert [cell.value for cell in cells if isinstance(cell, Fact)] == pytest.approx(change.to_list(), rel=1e-6)
    assert worlds.value(evidence, "drift.a.mean_change") == pytest.approx(
        production["a"].mean() / reference["a"].mean() - 1, rel=1e-6
    )


def test_a_linear_model_says_what_it_feels(moved):
    reference, production, project, ledger = moved
    weights = {"a": 3.0, "zeros": 0.5}
    evidence = ANALYSIS.run(project, worlds.linear(ledger, reference, production, weights))
    for name, weight in weights.items():
        expected = weight * (production[name].mean() - reference[name].mean())
        fact = evidence.fact(f"drift.{name}.impact")
        assert fact.unit == "money" and worlds.value(evidence, fact.id) == pytest.approx(expected, rel=1e-6)
        assert fact.low is not None and fact.high is not None and fact.low < expected < fact.high
    total = sum(worlds.value(evidence, f"drift.{name}.impact") for name in weights)
    summed = evidence.fact("drift.impact.total")
    assert summed.value == pytest.approx(total) and summed.low is not None and summed.high is not None
    assert summed.low < total < summed.high, "as uncertain as all parts together, not as one without weight"
    assert worlds.table_of(evidence, "drift.impact").column("feature")[0] == "a"
    assert worlds.table_of(evidence, "drift.heat").column("feature")[:2] == ("a", "zeros")


def test_a_model_that_was_asked_with_an_input_put_back_says_what_it_feels_of_it(moved):
    """No coefficients: the mean prediction moves by what the model answered, all together by what it moved itself."""
    reference, production, project, ledger = moved
    nothing = np.zeros(2)
    asked = Shuffled(
        features=("a", "b"),
        rise=nothing,
        rise_se=nothing,
        together=nothing,
        partners=((), ()),
        within=nothing,
        moved=np.array([2.4, 0.001]),
        moved_se=np.array([0.1, 0.0001]),
        loss_moved=nothing,
        rows=1_000,
        groups=64,
    )
    evidence = ANALYSIS.run(project, dataclasses.replace(ledger, shuffled=asked))
    assert [worlds.value(evidence, f"drift.{name}.impact") for name in ("a", "b", "c")] == [2.4, 0.001, 0.0]
    gap = production["prediction"].mean() - reference["prediction"].mean()
    assert worlds.value(evidence, "drift.impact.total") == pytest.approx(gap, rel=1e-6)
    severity = worlds.statuses(evidence, "drift.all")
    assert severity["a"] == "severe" and severity["c"] == "watch", "the model does not feel the other"


def test_a_reference_in_one_piece_adds_what_its_own_rows_scatter(moved):
    """Its variance is that of independent rows, as often as the rows of an entity are alike in production."""
    reference, production, _, ledger = moved
    made = worlds.linear(ledger, reference, production, {"a": 3.0})
    assert made.reference and made.reference.design and made.production.design and made.linear
    designs, owner = (made.reference.design, made.production.design), membership(made.linear, made.plan.features)
    n0, n1 = (float(one.n.sum()) for one in designs)
    asked = (made, designs, made.linear.coefficients, owner)
    weights = np.array([8.0, 0, 0, 0, 0, 8.0])
    alone, both = (_standard_error(*asked, each, groups_of(made)) for each in (np.zeros(6), weights))
    per_entity = rows_per_entity(made.production), rows_per_entity(made.reference)
    alike = min(max(alone[0] ** 2 / (64 / n1) - 1, 0.0) / (per_entity[0] - 1), 1.0)
    assert 0 < alike < 1
    assert both[0] ** 2 - alone[0] ** 2 == pytest.approx(64 / n0 * (1 + (per_entity[1] - 1) * alike))


def test_drift_that_the_model_does_not_feel_is_only_watched(moved):
    reference, production, project, ledger = moved
    evidence = ANALYSIS.run(project, worlds.linear(ledger, reference, production, {"a": 1e-4, "b": 1.0, "c": 5.0}))
    severity = worlds.statuses(evidence, "drift.all")
    assert severity["a"] == "watch" and severity["kind"] == "watch" and severity["c"] == "severe"


def test_for_an_accurate_model_a_small_impact_counts(moved):
    """A tenth of the predictions' SD may be more than the whole error: then the error says what counts."""
    reference, production, project, ledger = moved
    made = worlds.linear(ledger, reference, production, {"a": 0.05, "b": 1.0})
    spread = worlds.value(ANALYSIS.run(project, made), "drift.impact.margin")
    assert spread == pytest.approx(0.1 * reference["prediction"].std(), rel=1e-6)
    assert worlds.statuses(ANALYSIS.run(project, made), "drift.all")["a"] == "watch"
    objectives = Objectives(metrics=(Objective(metric="rmse", validation=0.2),))
    exact = dataclasses.replace(project, settings=dataclasses.replace(project.settings, objectives=objectives))
    evidence = ANALYSIS.run(exact, made)
    assert worlds.value(evidence, "drift.impact.margin") == pytest.approx(0.2 * np.sqrt(1.05**2 - 1))
    assert worlds.statuses(evidence, "drift.all")["a"] == "severe"


def test_a_linear_reference_by_group_is_left_out_jointly(same):
    reference, production, project, ledger = same
    made = worlds.linear(ledger, reference, production, {"a": 3.0})
    assert made.reference is not None
    twice = dataclasses.replace(made, reference=dataclasses.replace(made.reference, design=made.production.design))
    fact = ANALYSIS.run(project, twice).fact("drift.a.impact")
    assert fact.value == fact.low == fact.high == 0.0


def test_a_linear_model_without_labelled_rows_or_reference_says_so(same):
    reference, production, project, ledger = same
    made = worlds.linear(ledger, reference, production, {"a": 3.0})
    unlabelled = dataclasses.replace(made, production=dataclasses.replace(made.production, design=None))
    evidence = ANALYSIS.run(project, unlabelled)
    assert "no labelled rows" in evidence.fact("drift.impact.total").reason
    assert "no labelled rows" in worlds.table_of(evidence, "drift.impact").reason
    worlds.check(ANALYSIS.run(project, dataclasses.replace(made, reference=None)))


def test_intervals_cover_rows_that_repeat_entities(tmp_path):
    """New entities each time: the interval is far wider than that of independent rows."""
    reference, production = worlds.rows(20, 1), worlds.rows(10, 2)
    rng = np.random.default_rng(3)
    production["a"] = np.tile(rng.normal(10, 2, worlds.ENTITIES), 10).round(6)
    _, ledger = worlds.ledger(tmp_path, reference, production)
    fact = ANALYSIS.run(worlds.project(tmp_path), ledger).fact("drift.a.smd")
    assert fact.low is not None and fact.high is not None
    independent = 2 * 1.96 / np.sqrt(len(production))
    assert fact.high - fact.low > 2.5 * independent
