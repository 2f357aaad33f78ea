"""What nobody declared is left out where it would stand, and named once, by its key, in the list of gaps."""

import dataclasses

import pytest

from generator.compose._asked import unasked, wanted
from generator.records.document import KeyFiguresBlock, TableBlock
from generator.records.fact import Fact, missing
from generator.records.reason import lacking
from generator.records.table import Column, Table
from tests.compose.sample import composed, results


@pytest.mark.parametrize(
    ("asks", "shown"),
    [
        (("people.memo_to",), "people.memo_to"),
        (("data.features.0.missing_alert",), "data.features.*.missing_alert"),
        (("decision.costs", "decision.why"), "decision.costs, why"),
        (("data.segments", "data.segments.sensitive"), "data.segments, sensitive"),
        (("rollout.start", "context.decide_by"), "rollout.start, context.decide_by"),
        (("services",), "services"),
        ((), ""),
    ],
)
def test_keys_are_told_in_words_of_the_project_file(asks, shown):
    assert wanted(asks) == shown


def test_a_fact_takes_the_keys_of_its_reason_and_so_does_one_that_is_missing_for_it():
    first = missing("a", lacking("no price", "decision.costs", "decision.why", file="shop.yaml"))
    second = missing("b", first.reason)
    assert second.reason == "no price (shop.yaml: decision.costs, why)"
    assert first.asks == second.asks == ("decision.costs", "decision.why")
    assert unasked(second) and not unasked(missing("c", "the error of the alerts. Rules differ"))


PEOPLE = Table(
    id="people",
    title="People",
    columns=(Column(key="name", label="Name"), Column(key="owner", label="Owner"), Column(key="cost", label="Cost")),
    rows=(),
    reason=lacking("not declared", "people.roles", file="dossier.yaml"),
)


def with_gaps(**facts: str):
    gone = {f"g.{name}": Fact(id=f"g.{name}", label=name, value=None, reason=reason) for name, reason in facts.items()}
    found = results()
    return dataclasses.replace(found, facts={**found.facts, **gone}, tables={**found.tables, "people": PEOPLE})


def listed(document) -> dict[str, str]:
    (gaps,) = (node.table for node in document.nodes.values() if isinstance(node, TableBlock) and node.table.rows)
    return {str(reason): str(what) for reason, what in zip(gaps.column("reason"), gaps.column("what"), strict=True)}


def test_what_nobody_declared_is_left_out_with_its_heading_and_listed(tmp_path):
    text = "A\n\nB.\n\n## 1. People\n\n{{ table(tables.people) }}\n\n### Inner\n\n## 2. C\n\nD.\n\n{{ gaps() }}\n"
    document = composed(tmp_path, text, with_gaps())
    assert "People" not in document.source and "Inner" not in document.source and "## 2. C" in document.source
    assert "Left out here, since nothing is declared for it: " in document.source
    assert listed(document) == {"people.roles": "People"}


def test_what_is_needed_where_it_stands_says_so(tmp_path):
    document = composed(tmp_path, "## People\n\n{{ table(tables.people, needed=true) }}\n", with_gaps())
    assert "## People" in document.source and len(document.nodes) == 1


def test_an_empty_cell_beside_others_says_what_it_is_told_to_say(tmp_path):
    heads = tuple(Column(key=key, label=key) for key in ("name", "why_not", "owner"))
    told = Table(id="people", title="", columns=heads, rows=(("a", "dear", ()), ("b", (), "")))
    found = dataclasses.replace(with_gaps(), tables={**results().tables, "people": told})
    document = composed(tmp_path, "{{ table(tables.people, blank='not stated') }}\n", found)
    (shown,) = (node.table for node in document.nodes.values() if isinstance(node, TableBlock))
    assert shown.rows == (("a", "dear"), ("b", "not stated"))


def test_only_what_is_not_declared_is_left_out_of_figures_and_of_pairs(tmp_path):
    found = with_gaps(
        asked=lacking("not declared", "people.memo_to", file="dossier.yaml"), gone="the data hold no revenue"
    )
    document = composed(tmp_path, "{{ keyfigures([g.asked, g.gone]) }}\n\n{{ control([g.asked, g.gone]) }}\n", found)
    (figures,) = (node for node in document.nodes.values() if isinstance(node, KeyFiguresBlock))
    (pairs,) = (node for node in document.nodes.values() if isinstance(node, TableBlock))
    assert [fact.label for fact in figures.facts] == ["gone"] == list(pairs.table.column("label"))


def test_keys_that_are_kept_together_are_one_line_and_stand_before_what_only_rows_bring(tmp_path):
    found = with_gaps(
        rows="the data hold no revenue",
        a=lacking("not declared", "context.serving.contract", file="dossier.yaml"),
        b=lacking("not declared", "context.serving.mode", file="dossier.yaml"),
        c=lacking("not declared", "context.users", file="dossier.yaml"),
    )
    text = "{% if stated(g.a) %}a{% endif %}{% if stated(g.b) %}b{% endif %}{{ g.c }} {{ g.rows }}\n\n{{ gaps() }}\n"
    document = composed(tmp_path, text, found)
    assert list(listed(document).items()) == [
        ("context.serving.contract; context.serving.mode", "a; b"),
        ("context.users", "c"),
        ("the data hold no revenue", "rows"),
    ]
