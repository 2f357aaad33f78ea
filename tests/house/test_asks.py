"""What a decision, a figure or a companion asks for is made by something: on one of the worked cases at least."""

import contextlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from generator import pipeline
from generator.catalog import CATALOG
from generator.records.fact import Fact
from generator.records.results import Results
from generator.records.table import Column, Table
from generator.records.watch import unwatched
from tests.house.asks import Asks, kept, watched
from tests.house.source import ROOT

CASES = ("churn", "leadscore", "techmart")
OPTIONAL = {
    r"": "a name that is built of a part which is not declared",
    r"drift\.[^.]+\.(?:low|high|q05|q95|sd)_reference": "numbers of a feature that is a text: the rule of it has none",
    r"rolling\.\w+\.\d+(?:: )?": "the value of a window, made where a rule of the project asks for it",
}
"""What may be asked for in vain, as a pattern, and why."""


@contextmanager
def silent(_stage: str) -> Iterator[Any]:
    yield unwatched


def asked(results: Results, asks: Asks) -> None:
    """Let every figure and every companion ask the results for what it needs."""
    whole = watched(results, asks)
    for figure in CATALOG.figures:
        figure.draw(whole)
    for companion in CATALOG.companions:
        companion.export(whole)


@pytest.fixture(scope="module")
def case() -> Results:
    return pipeline.judge(ROOT / "data" / "techmart" / "dossier.yaml", CATALOG, None, silent)


@pytest.mark.slow
def test_everything_that_is_asked_for_is_made(case: Results):
    asks = Asks()
    with kept(asks):
        for name in CASES:
            asked(pipeline.judge(ROOT / "data" / name / "dossier.yaml", CATALOG, None, silent), asks)
    assert len(asks.facts) > 500 and len(asks.tables) > 30 and len(asks.cells) > 200
    assert not {name for name in asks.unmet if not any(re.fullmatch(each, name) for each in OPTIONAL)}
    assert not {each for each in OPTIONAL if not any(re.fullmatch(each, name) for name in asks.unmet)}


def renamed(results: Results, id: str, key: str) -> Results:
    table = results.tables[id]
    columns = tuple(replace(one, key=f"{one.key}_") if one.key == key else one for one in table.columns)
    return replace(results, tables={**results.tables, id: replace(table, columns=columns)})


@pytest.mark.slow
@pytest.mark.parametrize(("id", "key"), [("causes.waterfall", "value"), ("ladder.headline", "value")])
def test_a_renamed_column_is_noticed(case: Results, id: str, key: str):
    asks = Asks()
    with kept(asks), contextlib.suppress(KeyError):
        asked(renamed(case, id, key), asks)
    assert f"{id}: {key}" in asks.unmet


def test_asks_are_kept_until_one_is_met(case: Results):
    asks, fact = Asks(), Fact(id="a", value=1)
    table = Table(id="t", title="T", columns=(Column(key="k", label="K"),), rows=((fact,),))
    whole = watched(replace(case, facts={"a": fact}, tables={"t": table}), asks)
    with kept(asks):
        assert whole.facts.get("a") and whole.facts.get("b") is None
        assert whole.tables["t"].records[0]["k"] is fact and whole.tables["t"].records[0].get("l") is None
    assert asks.unmet == {"b", "t: l"}
