"""What nobody declared is left out where it would stand, and named once, by its key, in the list of gaps."""

from __future__ import annotations

import dataclasses

import pytest

from generator.compose._asked import keys, unasked, wanted
from generator.records.document import KeyFiguresBlock, TableBlock
from generator.records.fact import Fact
from generator.records.table import Column, Table
from tests.compose.sample import composed, results


@pytest.mark.parametrize(
    ("reason", "found", "shown"),
    [
        ("not declared (dossier.yaml: people.memo_to)", ("people.memo_to",), "people.memo_to"),
        (
            "not declared (shop.yml:24: data.features.0.missing_alert)",
            ("data.features",),
            "data.features.*.missing_alert",
        ),
        ("no services declared (services)", ("services",), "services"),
        ("no price (decision.costs, decision.why)", ("decision.costs", "decision.why"), "decision.costs, decision.why"),
        ("none marked (dossier.yaml: data.segments, sensitive)", ("data.segments",), "data.segments, sensitive"),
        ("neither alerts.loss is declared, nor a level", ("alerts.loss",), "alerts.loss"),
        ("the data hold no response times", (), ""),
        ("the error of the alerts. Rules differ", (), ""),
        ("the spread is not declared (key sd)", (), ""),
    ],
)
def test_the_keys_of_a_reason(reason, found, shown):
    assert tuple(key[: len(name)] for key, name in zip(keys(reason), found, strict=True)) == found
    assert wanted(reason) == shown and unasked(reason) == bool(found)


PEOPLE = Table(
    id="people",
    title="People",
    columns=(Column(key="name", label="Name"), Column(key="owner", label="Owner"), Column(key="cost", label="Cost")),
    rows=(),
    reason="not declared (dossier.yaml: people.roles)",
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


def test_only_what_is_not_declared_is_left_out_of_figures_and_of_pairs(tmp_path):
    found = with_gaps(asked="not declared (dossier.yaml: people.memo_to)", gone="the data hold no revenue")
    document = composed(tmp_path, "{{ keyfigures([g.asked, g.gone]) }}\n\n{{ control([g.asked, g.gone]) }}\n", found)
    (figures,) = (node for node in document.nodes.values() if isinstance(node, KeyFiguresBlock))
    (pairs,) = (node for node in document.nodes.values() if isinstance(node, TableBlock))
    assert [fact.label for fact in figures.facts] == ["gone"] == list(pairs.table.column("label"))


def test_keys_that_are_kept_together_are_one_line_and_stand_before_what_only_rows_bring(tmp_path):
    found = with_gaps(
        rows="the data hold no revenue",
        a="not declared (dossier.yaml: context.serving.contract)",
        b="not declared (dossier.yaml: context.serving.mode)",
        c="not declared (dossier.yaml: context.users)",
    )
    text = "{% if stated(g.a) %}a{% endif %}{% if stated(g.b) %}b{% endif %}{{ g.c }} {{ g.rows }}\n\n{{ gaps() }}\n"
    document = composed(tmp_path, text, found)
    assert list(listed(document).items()) == [
        ("context.serving.contract; context.serving.mode", "a; b"),
        ("context.users", "c"),
        ("the data hold no revenue", "rows"),
    ]
