"""The worked cases: numbers, findings, gates and verdict are what their raw rows and model files give."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import numpy as np
import pandas as pd
import pytest
import yaml
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # has no types

from generator import pipeline
from generator.bundle.results import write_results
from generator.bundle.schema import FILE
from generator.catalog import CATALOG
from generator.records.results import Results
from generator.subjects.windows.found import Recent
from tests.oracle import money
from tests.oracle.by_day import LEVELS, Columns, firing, inputs, others, parts, ranking, runs, stopped
from tests.oracle.cases import CASES, DATA, Case
from tests.oracle.claims import Raw, decided, refuted, side
from tests.oracle.recompute import Wanted, calibration, daily, drift, errors, holes, segments, windows
from tests.worlds.world import silent

ROUNDED = 1e-3
"""Of figures of the validation that a team has declared."""


@pytest.fixture(scope="module", params=sorted(CASES))
def case(request: pytest.FixtureRequest) -> Case:
    return CASES[request.param]


@pytest.fixture(scope="module")
def said(case: Case) -> Results:
    return pipeline.judge(DATA / case.name / "dossier.yaml", CATALOG, None, silent)


def wrong(said: Results, wanted: dict[str, Wanted], least: float = 1e-7) -> dict[str, tuple[object, float]]:
    """Return what is said of each fact that is not as wanted, and what was wanted."""
    return {
        id: (said.facts[id].value, one.value)
        for id, one in wanted.items()
        if said.facts[id].value != pytest.approx(one.value, rel=max(one.rel, least), abs=one.off)
    }


def inputs_of(raw: Raw) -> list[str]:
    """Return the columns that training and production share and the model reads, numbers before texts."""
    own = {"y", "prediction", "previous", "date", "entity", "price_tier"}
    return [name for name in raw.training.columns if name in raw.scored.columns and name not in own]


def of_inputs(raw: Raw, said: Results) -> Iterator[tuple[str, Wanted]]:
    for name in inputs_of(raw):
        now, then = raw.scored[name], raw.training[name]
        if f"missing.{quote(name)}.production" not in said.facts:
            continue
        yield from holes(name, now, then)
        if pd.api.types.is_numeric_dtype(now):
            yield from drift(name, now.astype(float), then.astype(float))


def test_errors_days_windows_and_segments_are_those_of_the_rows(case: Case, said: Results) -> None:
    raw = case.raw()
    rows, binary = raw.production, raw.binary
    wanted = dict(
        [
            ("data.production.rows", Wanted(value=len(raw.scored))),
            ("data.production.entities", Wanted(value=raw.scored["entity"].nunique())),
            *errors(rows, "production", binary=binary, threshold=case.threshold, tops=case.tops),
            *(calibration(rows) if binary else ()),
            *daily(rows, binary=binary),
            *(
                (f"performance.daily.rows.{day}", Wanted(value=n))
                for day, n in raw.scored.groupby("date").size().items()
            ),
            *windows(rows, binary=binary),
            *(one for column in case.segments for one in segments(rows, column, binary=binary)),
        ]
    )
    told = {id: one for id, one in wanted.items() if not id.startswith("segments.") or id in said.facts}
    assert not wrong(said, told)
    assert len(told) > 150 and sum(id.startswith("segments.") for id in told) >= 20


def test_what_the_team_declares_of_its_validation_is_what_its_rows_give(case: Case, said: Results) -> None:
    raw = case.raw()
    every = errors(raw.held_out, "validation", binary=raw.binary, threshold=case.threshold, tops=case.tops)
    told = {id: one for id, one in every if id in said.facts and said.facts[id].value is not None}
    assert not wrong(said, told, ROUNDED)
    assert len(told) >= 3


def test_inputs_are_compared_as_their_rows_are(case: Case, said: Results) -> None:
    wanted = dict(of_inputs(case.raw(), said))
    assert not wrong(said, wanted)
    assert len(wanted) > 60


def columns_of(case: Case, said: Results) -> Columns:
    """Return the model's inputs, and those that the team calls critical."""
    raw, features = case.raw(), settings(case)["data"].get("features", [])
    names = [name for name in inputs_of(raw) if f"missing.{quote(name)}.production" in said.facts]
    numbers = [name for name in names if pd.api.types.is_numeric_dtype(raw.training[name])]
    return Columns(names=names, numbers=numbers, critical=[one["name"] for one in features if one.get("critical")])


def settings(case: Case) -> Any:
    return yaml.safe_load((DATA / case.name / "dossier.yaml").read_text())


def test_days_windows_versions_and_limits_are_those_of_the_rows(case: Case, said: Results) -> None:
    raw, of = case.raw(), columns_of(case, said)
    every = [
        *inputs(raw, of),
        *(one for column in case.segments for one in parts(raw, column)),
        *others(raw, case.segments[0]),
        *stopped(raw),
        *(ranking(raw.production) if raw.binary else ()),
    ]
    told = {id: one for id, one in every if id in said.facts and said.facts[id].value is not None}
    assert not wrong(said, told)
    assert len(told) > 1_500


def test_money_waiting_impact_and_groups_are_those_of_the_rows(case: Case, said: Results) -> None:
    raw, declared = case.raw(), settings(case)
    facts = {id: one.value for id, one in said.facts.items()}
    late = money.waiting(raw.scored, pd.read_csv(DATA / "leadscore/outcomes.csv"), "lead_id", "known_on", "created")
    every = [
        *(money.acting(raw, declared["decision"], facts) if raw.binary else money.loss(raw, declared["business"])),
        *(money.worth(declared["business"], facts) if "discount_rate" in declared["business"] else ()),
        *money.impact(raw),
        *money.slices(raw, money.groups(facts)),
        *(late if case.name == "leadscore" else ()),
    ]
    told = {id: one for id, one in every if facts.get(id) is not None}
    assert not wrong(said, told)
    assert len(told) >= 30


def test_rules_fire_on_the_days_on_which_their_rows_are_beyond_the_limit(case: Case, said: Results) -> None:
    raw, of, told = case.raw(), columns_of(case, said), 0
    for rule in settings(case)["alerts"]["rules"]:
        values = firing(raw, of, rule)
        if not values:
            continue
        stated = {day: said.facts[f"queries.{rule['id']}.{day}"].value for day in values}
        assert stated == pytest.approx(values, rel=1e-6), rule["id"]
        for level in (one for one in LEVELS if one in rule):
            head = f"alerts.{rule['id']}.{level}."
            spans = runs(values, rule["operator"], rule[level])
            assert said.facts[f"{head}days_fired"].value == sum(days for _, days in spans.values()), head
            firsts = {id.split(".")[-2] for id in said.facts if id.startswith(f"{head}fired.")}
            assert firsts == set(spans), head
            told += 1
    assert told >= (3 if case.name == "leadscore" else 6)


def test_triggers_hold_now_and_since_when_their_rows_say_so(case: Case, said: Results) -> None:
    raw, of, told = case.raw(), columns_of(case, said), 0
    for rule in settings(case)["retraining"]["triggers"]:
        values = firing(raw, of, rule)
        if not values:
            continue
        own = rule["threshold"]
        head, last = f"retraining.trigger.{rule['id']}.", max(values)
        bound = float(str(said.facts[f"{head}threshold"].value))
        wanted = (1.0 + own) * raw.error(raw.held_out) if rule.get("relative_to") == "validation" else own
        assert bound == pytest.approx(wanted, rel=ROUNDED), head
        assert said.facts[f"{head}current"].value == pytest.approx(values[last], rel=1e-6), head
        spans = runs(values, rule["operator"], bound)
        since = next((first for first, (end, _) in spans.items() if end == last), None)
        assert said.facts[f"{head}fired"].value == (since is not None), head
        shown = said.facts[f"{head}since"].value
        assert (None if shown is None else str(shown)) == since, head
        told += 1
    assert told >= (0 if case.name == "leadscore" else 3)


def test_findings_are_borne_out_by_the_rows(case: Case, said: Results) -> None:
    sure = [one.id for one in said.findings if one.severity in ("confirmed", "severe")]
    assert list(refuted(sure, case.raw())) == []


def test_what_is_claimed_stands_in_its_relation(said: Results) -> None:
    held = [one.claim.borne_out for one in said.findings]
    assert False not in held and held.count(True) >= 5
    for gate in said.gates:
        value, bound = gate.value.number, gate.bound.number
        if gate.metric and gate.verdict != "inconclusive" and value is not None and bound is not None:
            assert side(value, value, bound, gate.metric) == {"within": "pass", "beyond": "fail"}[gate.claim.relation]


def test_an_alert_calls_whom_its_sheet_names(said: Results) -> None:
    called = {(alert.id, one.level): one for alert in said.alerts for one in alert.levels}
    tables = (said.tables[id].records for id in ("alerts.sheet_levels", "alerts.burn"))
    sheets = {(row["id"], row["level"]): row for rows in tables for row in rows}
    assert {key: (one.severity, one.receiver) for key, one in called.items()} == {
        key: (row["severity"], row["receiver"]) for key, row in sheets.items()
    }


def test_a_service_stands_alike_in_every_table_and_what_came_after_the_build_counts_nowhere(
    case: Case, said: Results
) -> None:
    tables = (said.tables[id].records for id in ("services.all", "watch.services"))
    stated, watched = ({row["service"]: row["status"] for row in rows} for rows in tables)
    assert stated == watched
    late = [
        one["title"]
        for one in settings(case)["services"]
        if one.get("measured_on", said.header.as_of) > said.header.as_of
    ]
    assert {getattr(stated[title], "word", "") for title in late} <= {"cannot be told yet"}
    assert bool(late) == (case.name == "leadscore")
    after = [one for one in settings(case)["context"].get("acceptance", ()) if "measured_on" in one]
    judged = {row["measure"]: getattr(row["status"], "word", "") for row in said.tables["adoption.measures"].records}
    assert {judged[one["name"]] for one in after if one["measured_on"] > said.header.as_of} <= {"cannot be told yet"}
    assert bool(after) == (case.name == "leadscore")


def test_validation_has_the_rows_that_its_error_was_measured_on(case: Case, said: Results) -> None:
    (line,) = (row for row in said.tables["data.windows"].records if row["window"] == "Validation")
    metric = "brier" if case.raw().binary else "rmse"
    declared = said.facts[f"performance.{metric}.validation"].n
    assert [getattr(line[key], "value", None) for key in ("rows", "labelled")] == [declared, declared] and declared


def test_a_condition_names_as_many_findings_as_it_counts(case: Case, said: Results) -> None:
    told = 0
    for row in said.tables["conditions.all"].records:
        own = [one for one in said.findings if one.kind == row["id"] and one.severity != "watch"]
        names = dict.fromkeys(one.subject for one in own)
        if not own or len(names) > 5:
            continue
        words = " ".join(str(getattr(one, "value", one)) for one in row["how"]) if isinstance(row["how"], tuple) else ""
        assert len(own) == sum(words.count(f"{one} twice") for one in names) + len(names) or "times" in words
        told += 1
    assert told >= (0 if case.name == "churn" else 2), "churn has no condition that several findings share"


def test_the_results_are_as_their_schema_says(said: Results) -> None:
    told = json.loads(write_results(said))
    Draft202012Validator(json.loads(FILE.read_text(encoding="utf-8"))).validate(told)
    windows = {id: fact["window"] for id, fact in told["facts"].items()}
    assert windows[f"performance.{said.shelf[Recent].headline}.recent"] == "recent"
    assert windows[f"performance.{said.shelf[Recent].headline}.production"] == "whole"
    assert windows[f"performance.daily.rows.{said.header.as_of}"] == said.header.as_of.isoformat()
    assert windows["business.npv"] is None
    assert told["request"] == said.facts["request.stage"].value
    assert told["windows"]["recent"]["rows"] == {"fact": "windows.recent.rows"}
    assert told["readiness"]["controls"]["monitoring"]["state"] == {"fact": "readiness.monitoring.state"}
    assert told["value"]["npv"] == {"fact": "business.npv"}
    assert told["value"]["alternatives"]["previous"]["more_per_month"] == {"fact": "actions.previous.more_per_month"}
    assert [one["id"] for one in told["timeline"]["dated"] if one["kind"] == "run"]


def test_gates_and_verdict_follow_from_the_numbers(said: Results) -> None:
    told = [gate for gate in said.gates if gate.value.low is not None and gate.bound.value is not None and gate.metric]
    for gate in told:
        assert gate.value.high is not None and gate.value.low is not None
        wanted = side(gate.value.low, gate.value.high, float(str(gate.bound.value)), gate.metric)
        assert gate.verdict == wanted, gate.id
    assert said.verdict == decided([(gate.hard, gate.verdict) for gate in said.gates])


def test_a_statement_that_does_not_hold_of_a_case_is_noticed() -> None:
    techmart, churn = CASES["techmart"].raw(), CASES["churn"].raw()
    false = ["drift.unit_cost", "missing.unit_cost", "performance.worse_than_benchmark", "somebody.said"]
    assert list(refuted(false, techmart)) == [*false[:3], "somebody.said is not judged"]
    assert list(refuted(["performance.brier.recent", "contract.stop"], churn)) == ["contract.stop"]
    assert np.isclose(techmart.relation / (techmart.inputs + techmart.relation), 0.6, atol=0.1)
