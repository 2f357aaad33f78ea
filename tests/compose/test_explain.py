from __future__ import annotations

import pytest

from generator.compose.explain import explain, wanted
from generator.errors import InputError
from tests.compose.sample import results, sample


def told(id: str):
    found = results()
    return explain(found, wanted(found, id), [sample()])


def test_a_fact_that_nobody_prints_has_no_mention():
    found = results()
    assert explain(found, wanted(found, "performance.mae.production"), []).mentions == ()


def test_it_says_where_a_document_prints_the_fact():
    (mention,) = told("performance.rmse.production").mentions
    assert mention.document == sample().id
    assert "text" in mention.places
    assert any(place.startswith("table ") for place in mention.places)


def test_the_list_of_evidence_is_no_place():
    for fact in results().facts:
        assert not [p for m in told(fact).mentions for p in m.places if p in {"table evidence", "table gaps"}]


def test_it_says_what_rests_on_the_fact():
    found = results()
    finding = next(each for each in found.findings if each.evidence)
    assert finding in told(finding.evidence[0]).findings
    gate = found.gates[0]
    assert gate in told(gate.value.id).gates


@pytest.mark.parametrize(
    ("id", "near"),
    [
        ("performance.rmse.produciton", "performance.rmse.production"),
        ("performance.rmse", "performance.rmse.production"),
        ("RMSE.PRODUCTION", "performance.rmse.production"),
        ("nothing like it at all", "results.json"),
        ("", "results.json"),
    ],
)
def test_an_unknown_id_gives_the_nearest(id: str, near: str):
    with pytest.raises(InputError) as caught:
        wanted(results(), id)
    assert near in caught.value.problems[0].hint
