"""The worked cases: what is said of days, windows and gates is what their raw rows and model files give."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest
import skops.io

from generator import pipeline
from generator.catalog import CATALOG
from generator.records.results import Results
from tests.oracle.claims import decided, side
from tests.oracle.recompute import Wanted, daily, windows
from tests.worlds.world import silent

DATA = Path(__file__).resolve().parents[2] / "data"


@dataclass(frozen=True, kw_only=True)
class Case:
    """A project, and how its rows are read without the program."""

    name: str
    rows: Callable[[], pd.DataFrame]
    binary: bool


def scored(name: str, target: str, time: str, positive: str | None = None) -> pd.DataFrame:
    """Return date, outcome and prediction of the rows; those without an outcome are left out."""
    rows = pd.read_csv(DATA / name / "production_simulation.csv")
    file = DATA / name / "model.skops"
    model = skops.io.load(file, trusted=skops.io.get_untrusted_types(file=file))
    inputs = rows[list(model.feature_names_in_)]
    p = model.predict(inputs) if positive is None else model.predict_proba(inputs)[:, 1]
    y = rows[target] if positive is None else (rows[target] == positive).where(rows[target].notna())
    made = pd.DataFrame({"date": rows[time].astype(str).str[:10], "y": y.astype(float), "prediction": p})
    return made[made["y"].notna()]


CASES = {
    "churn": Case(name="churn", rows=lambda: scored("churn", "left", "scored_on", "yes"), binary=True),
    "techmart": Case(name="techmart", rows=lambda: scored("techmart", "price", "date"), binary=False),
}


@pytest.fixture(scope="module", params=sorted(CASES))
def case(request: pytest.FixtureRequest) -> Case:
    return CASES[request.param]


@pytest.fixture(scope="module")
def said(case: Case) -> Results:
    return pipeline.judge(DATA / case.name / "dossier.yaml", CATALOG, None, silent)


def test_days_and_windows_are_those_of_the_rows(case: Case, said: Results) -> None:
    rows = case.rows()
    wanted: dict[str, Wanted] = dict([*daily(rows, binary=case.binary), *windows(rows, binary=case.binary)])
    wrong = {}
    for id, one in wanted.items():
        got = said.facts[id].value
        assert isinstance(got, int | float), said.facts[id]
        if got != pytest.approx(one.value, rel=max(one.rel, 1e-7), abs=one.off):
            wrong[id] = (got, one.value)
    assert not wrong
    assert len(wanted) > 100


def test_gates_and_verdict_follow_from_the_numbers(said: Results) -> None:
    told = [gate for gate in said.gates if gate.value.low is not None and gate.bound.value is not None and gate.metric]
    for gate in told:
        assert gate.value.high is not None and gate.value.low is not None
        wanted = side(gate.value.low, gate.value.high, float(str(gate.bound.value)), gate.metric)
        assert gate.verdict == wanted, gate.id
    assert said.verdict == decided([(gate.hard, gate.verdict) for gate in said.gates])
