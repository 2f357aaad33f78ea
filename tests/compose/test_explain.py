import json

import pytest

from generator.bundle.explain import CITATIONS, explain, wanted
from generator.compose.mentions import mentions
from generator.errors import InputError
from generator.records.document import LATER, TableBlock
from generator.records.fact import facts_of
from tests.compose.sample import results, sample


def told(id: str):
    found = results()
    return explain(found, wanted(found, id), mentions([sample()], CITATIONS).content)


def test_a_fact_that_nobody_prints_has_no_mention():
    found = results()
    assert explain(found, wanted(found, "performance.mae.production"), mentions([], CITATIONS).content).mentions == ()


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


def test_what_is_cited_is_what_stands_in_the_documents():
    """Every fact of every node but the lists of evidence and gaps, and nothing else."""
    document = sample()
    nodes = [node for node in document.nodes.values() if not (isinstance(node, TableBlock) and node.table.id in LATER)]
    printed = {fact.id for node in nodes for fact in facts_of(node)}
    stored = json.loads(mentions([document], CITATIONS).content)
    assert set(stored["facts"]) == {id for id in printed if not id.startswith("head.")}
    assert stored["documents"] == {document.id: document.title}


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"facts": []}', b'{"facts": {}, "documents": 3}'])
def test_a_broken_file_of_citations_is_told(content: bytes):
    found = results()
    with pytest.raises(InputError, match=r"citations\.json cannot be read"):
        explain(found, wanted(found, "performance.rmse.production"), content)
