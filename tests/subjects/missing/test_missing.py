from dataclasses import replace

import numpy as np
import pytest

from generator.engines.duckdb import DuckDB
from generator.measure import measure
from generator.records.fact import Fact
from generator.records.project import Feature, MissingPolicy, Policies
from generator.subjects.missing.missing import ANALYSIS
from tests.subjects import worlds

POLICY = Policies(missing=MissingPolicy(flag_points=0.1, red=0.15))


@pytest.fixture(scope="module")
def holes(tmp_path_factory):
    """`a` is missing in a fifth of the rows from day five on, with larger errors there; `kind` slightly more."""
    folder = tmp_path_factory.mktemp("holes")
    reference, production = worlds.rows(20, 1), worlds.rows(10, 3)
    rng = np.random.default_rng(5)
    gone = (rng.random(len(production)) < 0.4) & (production["date"] >= "2026-01-06")
    production.loc[gone, "prediction"] += 3 * rng.normal(size=gone.sum())
    production.loc[gone, "a"] = np.nan
    production.loc[rng.random(len(production)) < 0.005, "kind"] = None
    made = worlds.ledger(folder, reference, production, worlds.project(folder, policies=POLICY))
    return reference, production, *made


def test_rates_agree_with_pandas(holes):
    reference, production, project, ledger = holes
    evidence = ANALYSIS.run(project, ledger)
    worlds.check(evidence)
    for name in worlds.FEATURES:
        before, now = reference[name].isna().mean(), production[name].isna().mean()
        assert worlds.value(evidence, f"missing.{name}.reference") == pytest.approx(before)
        assert worlds.value(evidence, f"missing.{name}.production") == pytest.approx(now)
        assert worlds.value(evidence, f"missing.{name}.increase") == pytest.approx(now - before)
    overall = production[list(worlds.FEATURES)].isna().to_numpy().mean()
    assert worlds.value(evidence, "missing.overall.production") == pytest.approx(overall)
    assert evidence.fact("missing.largest.name").value == "a"


def test_only_the_planted_rise_is_confirmed(holes):
    _, _, project, ledger = holes
    evidence = ANALYSIS.run(project, ledger)
    assert worlds.statuses(evidence, "missing.all", "status") == {
        "a": "severe",
        "b": "ok",
        "c": "ok",
        "zeros": "ok",
        "kind": "ok",
    }
    assert worlds.table_of(evidence, "missing.all").column("feature")[0] == "a"
    assert worlds.table_of(evidence, "missing.flagged").column("feature") == ("a",)
    assert [finding.id for finding in evidence.findings] == ["missing.a", "missing.errors"]


def test_declared_limits(holes):
    _, _, project, ledger = holes
    evidence = ANALYSIS.run(project, ledger)
    flags = worlds.statuses(evidence, "missing.all", "flag")
    assert flags["a"] == "red (declared)" and flags["kind"] == "within limits"
    assert worlds.value(evidence, "missing.count.flagged") == 1 and worlds.value(evidence, "missing.count.red") == 1


def test_errors_where_it_is_missing_agree_with_pandas(holes):
    _, production, project, ledger = holes
    evidence = ANALYSIS.run(project, ledger)
    squared = (production["prediction"] - production["y"]) ** 2
    gone = production["a"].isna()
    ratio = np.sqrt(squared[gone].mean() / squared[~gone].mean())
    found = next(finding for finding in evidence.findings if finding.id == "missing.errors")
    assert (found.subject, found.severity) == ("a", "severe")
    assert worlds.value(evidence, "missing.a.rmse_difference") == pytest.approx(ratio - 1, rel=1e-6)
    fact = evidence.fact("missing.a.rmse_difference")
    assert worlds.value(evidence, "missing.a.rows_judged") == fact.n
    assert evidence.fact("missing.a.rows_judged") in found.words
    assert fact.low is not None and fact.low > 1.0


def test_days_agree_with_pandas(holes):
    reference, production, project, ledger = holes
    table = worlds.table_of(ANALYSIS.run(project, ledger), "missing.daily")
    share = production[list(worlds.FEATURES)].isna().groupby(production["date"]).mean()
    rise = share - reference[list(worlds.FEATURES)].isna().mean()
    for key, expected in (
        ("each", share.max(axis=1)),
        ("critical", share["a"]),
        ("mean", share.mean(axis=1)),
        ("over", (share > 0.15).sum(axis=1)),
        ("increase", rise.max(axis=1)),
    ):
        cells = [cell.value for cell in table.column(key) if isinstance(cell, Fact)]
        assert cells == pytest.approx(expected.to_list()), key


def test_what_each_source_lost_by_day_agrees_with_pandas(holes, tmp_path):
    reference, production = holes[0].copy(), holes[1].copy()
    production.loc[production["date"] == production["date"].min(), ["a", "b"]] = np.nan
    reference.loc[reference.index % 4 == 0, "a"] = np.nan
    production.loc[production.index % 4 == 0, "a"] = np.nan
    own = {"a": "crm", "b": "crm", "c": "web"}
    declared = tuple(Feature(name=name, source=own.get(name)) for name in worlds.FEATURES)
    made, ledger = worlds.ledger(tmp_path, reference, production)
    project = replace(made, settings=replace(made.settings, data=replace(made.settings.data, features=declared)))
    rows = worlds.table_of(ANALYSIS.run(project, ledger), "missing.sources").records
    usual = reference[list(own)].notna().mean()
    lost = (1 - production[list(own)].notna().groupby(production["date"]).mean() / usual).clip(lower=0)
    for source, inputs in (("crm", ["a", "b"]), ("web", ["c"])):
        found = [row["gone"].value for row in rows if row["source"] == source]
        assert found == pytest.approx(lost[inputs].min(axis=1).to_list())
        assert found[0] == (1.0 if source == "crm" else pytest.approx(lost["c"].iloc[0]))


def test_no_rise_is_no_finding(tmp_path):
    project, ledger = worlds.ledger(tmp_path, worlds.rows(10, 1), worlds.rows(10, 3))
    evidence = ANALYSIS.run(project, ledger)
    worlds.check(evidence)
    assert not evidence.findings and set(worlds.statuses(evidence, "missing.all", "status").values()) == {"ok"}
    assert "not declared" in evidence.fact("missing.count.flagged").reason
    assert set(worlds.statuses(evidence, "missing.all", "flag").values()) == {"no limit declared"}


def test_a_doubling_of_a_small_rate_is_confirmed_but_not_severe(tmp_path):
    reference, production = worlds.rows(20, 1), worlds.rows(20, 2)
    rng = np.random.default_rng(4)
    reference.loc[rng.random(len(reference)) < 0.002, "b"] = np.nan
    production.loc[rng.random(len(production)) < 0.014, "b"] = np.nan
    project, ledger = worlds.ledger(tmp_path, reference, production)
    assert worlds.statuses(ANALYSIS.run(project, ledger), "missing.all", "status")["b"] == "confirmed"


def test_a_column_that_vanished_is_severe(tmp_path):
    reference, production = worlds.rows(5, 1), worlds.rows(5, 2)
    production["b"] = np.nan
    project, ledger = worlds.ledger(tmp_path, reference, production)
    evidence = ANALYSIS.run(project, ledger)
    assert worlds.statuses(evidence, "missing.all", "status")["b"] == "severe"
    assert worlds.value(evidence, "missing.b.production") == 1.0
    assert all(finding.subject != "b" for finding in evidence.findings if finding.id == "missing.errors")


def test_nan_counts_as_missing(tmp_path):
    reference, production = worlds.rows(5, 1), worlds.rows(5, 2)
    project, _ = worlds.ledger(tmp_path, reference, production)
    written = (tmp_path / "production.csv").read_text().splitlines()
    written[1] = "nan" + written[1][written[1].index(",") :]
    (tmp_path / "production.csv").write_text("\n".join(written) + "\n")
    evidence = ANALYSIS.run(project, measure(project, DuckDB(), []))
    assert worlds.value(evidence, "missing.a.production") == pytest.approx(1 / len(production))


def test_without_a_reference_the_rates_still_stand(tmp_path):
    project, ledger = worlds.ledger(tmp_path, None, worlds.rows(3, 1), worlds.project(tmp_path, policies=POLICY))
    evidence = ANALYSIS.run(project, ledger)
    worlds.check(evidence)
    assert worlds.value(evidence, "missing.c.production") > 0
    assert evidence.fact("missing.c.reference").value is None and evidence.fact("missing.c.increase").value is None
    assert evidence.fact("missing.count.confirmed").value is None and worlds.value(evidence, "missing.count.red") == 0
    assert not evidence.findings


@pytest.mark.parametrize("rows", [1, 30])
def test_few_rows_of_one_day_are_no_failure(tmp_path, rows):
    project, ledger = worlds.ledger(tmp_path, worlds.rows(3, 1), worlds.rows(1, 2)[:rows])
    evidence = ANALYSIS.run(project, ledger)
    worlds.check(evidence)
    assert not evidence.findings


def test_without_dates_there_is_no_course(tmp_path):
    project, ledger = worlds.ledger(tmp_path, worlds.rows(3, 1), worlds.rows(3, 2), worlds.project(tmp_path, time=None))
    assert worlds.table_of(ANALYSIS.run(project, ledger), "missing.daily").reason


def test_many_rises_are_told_in_few_findings(tmp_path):
    reference, production = worlds.rows(3, 1), worlds.rows(3, 2)
    names = tuple(f"f{i:02}" for i in range(20))
    rng = np.random.default_rng(6)
    for name in names:
        reference[name] = reference["a"]
        production[name] = production["a"].where(rng.random(len(production)) > 0.2)
    made = worlds.project(tmp_path, features=names)
    project, ledger = worlds.ledger(tmp_path, reference, production, made)
    evidence = ANALYSIS.run(project, ledger)
    worlds.check(evidence)
    assert len(evidence.findings) == 6 and worlds.value(evidence, "missing.count.others") == 15
