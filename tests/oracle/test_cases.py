"""The worked cases: numbers, findings, gates and verdict are what their raw rows and model files give."""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import quote

import numpy as np
import pandas as pd
import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # has no types

from generator import pipeline
from generator.bundle.results import write_results
from generator.bundle.schema import FILE
from generator.catalog import CATALOG
from generator.records.results import Results
from generator.subjects.windows.found import Recent
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
    own = {"y", "prediction", "date", "entity", "price_tier"}
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
