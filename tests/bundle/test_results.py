import datetime
import json
import math
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.bundle._figures import rounded
from generator.bundle.results import read_results, write_results
from generator.errors import InputError
from generator.records.fact import DECLARED, SAMPLING, SCENARIO, SIMULATION_90, Fact, Origin
from generator.records.results import Results
from generator.records.table import Column, Mark, Table
from tests.compose.sample import header, results

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
FLOATS = st.floats(allow_nan=False, allow_infinity=False).map(rounded)
VALUES = st.one_of(FLOATS, st.integers(-(10**12), 10**12), TEXTS, st.booleans(), st.dates())
IDS = st.from_regex(r"[a-z]{1,4}(\.[a-z0-9_%]{1,5}){0,2}", fullmatch=True)
BOUNDS = st.none() | FLOATS


@st.composite
def facts(draw) -> Fact:
    value = draw(st.none() | VALUES)
    return Fact(
        id=draw(IDS),
        value=value,
        reason="" if value is not None else "because",
        label=draw(TEXTS),
        unit=draw(TEXTS),
        low=draw(BOUNDS),
        high=draw(BOUNDS),
        range=draw(st.sampled_from([SAMPLING, SIMULATION_90, DECLARED, SCENARIO])),
        n=draw(st.none() | st.integers(0, 10**9)),
        method=draw(TEXTS),
        source=draw(TEXTS),
        origin=draw(st.sampled_from(get_args(Origin))),
    )


SENTENCES = st.lists(st.one_of(TEXTS, facts()), max_size=3).map(tuple)
MARKS = st.builds(Mark, status=st.sampled_from(["pass", "fail", "watch"]), word=TEXTS)
CELLS = st.one_of(TEXTS, facts(), MARKS, SENTENCES)


@st.composite
def tables(draw) -> Table:
    columns = tuple(Column(key=f"k{index}", label=draw(TEXTS)) for index in range(draw(st.integers(1, 3))))
    rows = tuple(draw(st.lists(st.tuples(*[CELLS] * len(columns)), max_size=3)))
    reason = "" if rows else "none"
    return Table(id=draw(IDS), title=draw(TEXTS), columns=columns, rows=rows, reason=reason, note=draw(SENTENCES))


@st.composite
def builds(draw) -> Results:
    return Results(
        header=header(),
        verdict=draw(st.sampled_from(["proceed", "delay"])),
        facts={fact.id: fact for fact in draw(st.lists(facts(), max_size=5))},
        tables={table.id: table for table in draw(st.lists(tables(), max_size=3))},
        findings=(),
        gates=(),
        alerts=(),
        triggers=(),
    )


@given(builds())
def test_what_is_written_is_read_back(found: Results):
    content = write_results(found)
    assert read_results(content) == found
    assert write_results(read_results(content)) == content


def test_the_sample_comes_back_to_twelve_digits():
    content = write_results(results())
    again = read_results(content)
    assert write_results(again) == content
    assert (again.header, again.facts, again.gates) == (results().header, results().facts, results().gates)
    assert again.facts["declared.decide_by"].value == datetime.date(2025, 4, 7)
    first = again.tables["segments.city"].rows[1][3]
    assert isinstance(first, Fact)
    assert math.isclose(first.value, 0.31 - 0.021, rel_tol=1e-11)


def test_the_shape_is_the_one_that_scripts_rely_on():
    found = json.loads(write_results(results()))
    assert found["schema_version"] == 2
    assert found["verdict"] == "proceed_with_conditions"
    assert {"id", "verdict", "value", "margin", "evidence"} <= set(found["gates"][0])
    assert found["findings"][0]["text"] == "RMSE is $21.37 in production."
    fact = found["facts"]["performance.rmse.production"]
    assert {"value", "unit", "low", "high", "n", "method", "source"} <= set(fact)
    assert list(found["facts"]) == sorted(found["facts"])
    assert found["tables"]["segments.city"]["rows"][0][1] == {"fact": "segments.city.level0.n"}


def test_facts_of_tables_stay_in_their_tables():
    again = read_results(write_results(results()))
    assert set(again.facts) == set(results().facts)


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"schema_version": 2}', b'{"schema_version": 99}', b"\xff"])
def test_what_is_no_results_file_is_refused(content: bytes):
    with pytest.raises(InputError, match=r"results\.json"):
        read_results(content)
