import dataclasses

import pytest

from generator.compose import compose_all
from generator.compose._components import known
from generator.errors import TemplateError
from generator.records.document import (
    ChecklistBlock,
    CodeBlock,
    DocumentKind,
    FigureBlock,
    NumberNode,
    StatusNode,
    TableBlock,
    TextNode,
)
from generator.records.fact import Fact
from generator.records.figure import Absent, Figure
from generator.records.reason import UNDECLARED
from generator.records.table import Column, Table
from tests.compose import sample as given
from tests.compose.cited import cited_names
from tests.compose.hostile import HOSTILE
from tests.compose.sample import composed, results, sample, templates_at


def nodes(document, kind):
    return [node for node in document.nodes.values() if isinstance(node, kind)]


def test_no_data_reaches_the_source():
    document = sample()
    assert "Operations" not in document.source
    assert "184" not in document.source
    assert "**with conditions**" in document.source


def test_what_is_printed_becomes_a_node_of_its_kind(tmp_path):
    text = (
        "{% for row in rows(tables.segments.city) %}{% if loop.first %}"
        "{{ row.segment }} {{ row.rmse|interval }} {{ row.status }} {{ row.note }}{% endif %}{% endfor %}\n"
    )
    document = composed(tmp_path, text)
    texts = [node.text for node in nodes(document, TextNode)]
    assert texts == ["level 0", "prices of weekends miss by", "of the median"]
    assert [node.style for node in nodes(document, NumberNode)] == ["interval", "value"]
    assert nodes(document, StatusNode)[0].mark.word == "severe"


@pytest.mark.parametrize(
    ("text", "what", "hint"),
    [
        ("\n{{ performance.rmse.foo }}\n", "no fact performance.rmse.foo", "performance.rmse"),
        ("\n{{ performance.rmse }}\n", "no fact performance.rmse", "performance.rmse.change"),
        ("\n{{ table(tables.segmants) }}\n", "no table segmants", "segments.city"),
        ("\n{{ table(performance.rmse.production) }}\n", "a fact stands where a table belongs", ""),
        ("\n{{ table(tables.scorecard, columns=['nothing']) }}\n", "no column nothing", "criterion"),
        ("\n{% for row in rows(tables.scorecard) %}{{ row.nothing }}{% endfor %}\n", "no column nothing", "criterion"),
        ("\n{{ few }}\n", "a int cannot be printed", "print a fact"),
        ("\n{% call callout('loud', 'x') %}{% endcall %}\n", "no callout loud", "warning"),
        ("\n{{ simulated }}\n", "a bool cannot be printed", ""),
        ("\n{{ verdict_is.maybe }}\n", "maybe", ""),
    ],
)
def test_an_error_names_line_and_cure(tmp_path, text: str, what: str, hint: str):
    with pytest.raises(TemplateError) as caught:
        composed(tmp_path, text)
    problem = caught.value.problems[0]
    assert what in problem.what
    assert hint in problem.hint
    assert problem.where == "documents/sample.md.j2:2"


@pytest.mark.parametrize(
    "text",
    [
        "Words {{ pagebreak() }} and words.\n",
        "`{{ declared.purpose }}`\n",
        "```\n{{ declared.purpose }}\n```\n",
        "[x]({{ declared.purpose }})\n",
    ],
)
def test_a_token_out_of_place_is_refused(tmp_path, text: str):
    with pytest.raises(TemplateError):
        composed(tmp_path, text)


def test_flags_know_what_is_there(tmp_path):
    text = (
        "{% if known(performance.rmse.previous) %}a{% endif %}{% if known(nothing.at.all) %}b{% endif %}"
        "{% if filled(tables.nothing) %}c{% endif %}{% if holds(rollback.ready) %}d{% endif %}"
        "{% if verdict_is.conditions %}e{% endif %}{% if filled(tables.scorecard) %}f{% endif %}\n"
    )
    assert composed(tmp_path, text.replace("nothing.at.all", "performance.at.all")).source == "def\n"


def test_blocks_stand_alone_in_their_paragraph(tmp_path):
    document = composed(tmp_path, "Before\n{{ pagebreak() }}\nafter\n")
    assert document.source == "Before\n\n\ue0000\ue001\n\nafter\n"


def test_a_unit_all_facts_share_stands_in_the_heading():
    block = next(node for node in nodes(sample(), TableBlock) if node.table.id == "segments.city")
    units = {column.key: column.unit for column in block.table.columns}
    assert units == {"segment": "", "n": "rows", "rmse": "money", "change": "change", "status": "", "note": ""}
    card = next(node for node in nodes(sample(), TableBlock) if node.kind == "scorecard")
    assert card.table.columns[2].unit == ""


def test_a_limit_leaves_the_rest_to_a_file():
    document = sample()
    block = next(node for node in nodes(document, TableBlock) if node.table.id == "segments.city")
    assert (len(block.table.rows), block.total, block.more) == (10, 24, "tables/segments.city.csv")
    assert len(document.shortened["tables/segments.city.csv"].rows) == 24


SPARSE = Table(
    id="sparse",
    title="Sparse",
    columns=tuple(Column(key=key, label=key.title()) for key in ("name", "owner", "cost", "note")),
    rows=tuple(
        (name, owner, Fact(id=f"sparse.{name}", value=None, reason="nobody said"), ())
        for name, owner in (("a", "Ann"), ("b", ""))
    ),
)


def test_a_column_that_is_wholly_empty_vanishes(tmp_path):
    document = composed(tmp_path, "{{ table(tables.sparse) }}\n\n{{ gaps() }}\n", results(SPARSE))
    table, gaps = nodes(document, TableBlock)
    assert [column.key for column in table.table.columns] == ["name", "owner"]
    assert [(label, fact.id) for label, fact in table.lost] == [("Cost", "sparse.a")]
    assert gaps.table.column("reason") == ("nobody said",)


def test_the_names_of_the_rows_stay(tmp_path):
    nameless = dataclasses.replace(SPARSE, rows=tuple(("", *row[1:]) for row in SPARSE.rows))
    (table,) = nodes(composed(tmp_path, "{{ table(tables.sparse) }}\n", results(nameless)), TableBlock)
    assert [column.key for column in table.table.columns] == ["name", "owner"]


def test_words_of_the_documents_beside_are_found(tmp_path):
    terms = "{% if used('drift') %}drift {% endif %}{% if used('SD') %}SD {% endif %}{% if used('KS') %}KS{% endif %}\n"
    other = composed(tmp_path / "other", "The inputs drifted by one SD; KSL is no word.\n")
    path = tmp_path / "documents" / "sample.md.j2"
    path.parent.mkdir()
    path.write_text(terms)
    with templates_at(tmp_path):
        document = given.compose(results(), given.KIND, (), beside=(other,))
    assert document.source.split() == ["drift", "SD"]


def test_a_document_of_the_bundle_tells_what_the_others_lack_and_cite(tmp_path):
    """It is composed last and from all, though it alone is wanted."""
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "sample.md.j2").write_text("{{ table(tables.sparse) }} \n")
    (folder / "whole.md.j2").write_text("{{ gaps() }}\n\n{{ evidence() }}\n")
    kinds = (given.KIND, DocumentKind(id="whole", code="ALL", title="Whole", of_bundle=True))
    with templates_at(tmp_path):
        (whole,) = compose_all(results(SPARSE), kinds, (), ["whole"])
    gaps, evidence = nodes(whole, TableBlock)
    assert (whole.id, gaps.table.column("reason")) == ("whole", ("nobody said",))
    assert evidence.table.reason


def test_evidence_lists_what_is_cited_and_gaps_what_is_missing():
    tables = {node.table.id: node.table for node in nodes(sample(), TableBlock)}
    cited = tables["evidence"].column("fact")
    assert {"performance.rmse.production", "errors.above_30", "business.value_at_stake"} <= set(cited)
    assert "retraining.every" not in cited
    assert not any(id.startswith("head.") for id in cited)
    assert "no previous model was provided" in tables["gaps"].column("reason")
    assert "Retraining history" in tables["gaps"].column("what")


def test_gaps_that_a_gate_rests_on_come_first(tmp_path):
    """Then what alerts need, then the rest by document."""
    gone = {id: Fact(id=id, value=None, reason=f"no {id}") for id in ("p.last", "p.alert", "p.gate")}
    found = results()
    (gate, *_), (alert, *_) = found.gates, found.alerts
    found = dataclasses.replace(
        found,
        facts={**found.facts, **gone},
        gates=(dataclasses.replace(gate, evidence=("p.gate",)),),
        alerts=(dataclasses.replace(alert, levels=(dataclasses.replace(alert.levels[0], evidence=("p.alert",)),)),),
    )
    document = composed(tmp_path, "{{ p.last }} {{ p.alert }} {{ p.gate }}\n\n{{ gaps() }}\n", found)
    (table,) = (node.table for node in nodes(document, TableBlock))
    assert table.column("reason") == ("no p.gate", "no p.alert", "no p.last")
    assert table.column("rests") == (f"{gate.title}; Sample report", f"{alert.id}; Sample report", "Sample report")


def test_methods_that_differ_by_a_count_are_one(tmp_path):
    made = [Fact(id=f"p.m{n}", value=n, method=f"mean of {n} days") for n in (2, 3)]
    found = dataclasses.replace(results(), facts={each.id: each for each in made})
    (table,) = nodes(composed(tmp_path, "{{ p.m2 }} {{ p.m3 }}\n\n{{ methods() }}\n", found), TableBlock)
    assert table.table.rows == (("mean of 2 days", "2", "p.m2"),)


def test_evidence_is_printed_in_part_when_it_is_long(tmp_path):
    text = "{{ evidence() }}\n\n{{ table(tables.segments.city, intervals=['rmse']) }}\n"
    document = composed(tmp_path, text)
    block = nodes(document, TableBlock)[0]
    assert len(block.table.rows) == 30
    assert block.more == "tables/sample.evidence.csv"


def test_an_absent_figure_gives_its_reason(tmp_path):
    figure = Figure(id="nothing", title="Nothing", draw=lambda _: Absent(reason="there are no days"))
    path = tmp_path / "documents" / "sample.md.j2"
    path.parent.mkdir()
    path.write_text("{{ figure(figures.nothing, 'x.') }}\n")
    with templates_at(tmp_path):
        document = given.compose(results(), given.KIND, (figure,))
    assert nodes(document, TableBlock)[0].table.reason == "there are no days"
    assert nodes(document, TableBlock)[0].caption == "x"
    assert not nodes(document, FigureBlock)


def test_line_breaks_are_kept_in_code_alone(tmp_path):
    document = composed(tmp_path, "{{ declared.command }}\n\n{{ code(declared.command, 'sh') }}\n")
    assert "\n" in nodes(document, CodeBlock)[0].code
    assert "\n" not in str(nodes(document, NumberNode)[0].fact.value)


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_of_the_data_can_forge_a_token(tmp_path, text: str):
    table = Table(id="hostile", title="t", columns=(Column(key="a", label=text),), rows=((text,), ((text,),)))
    loop = "{% for row in rows(tables.hostile) %}{{ row.a }}\n{% endfor %}"
    document = composed(tmp_path, f"{{{{ table(tables.hostile) }}}}\n\n{loop}", results(table))
    for node in document.nodes.values():
        assert isinstance(node, TextNode | TableBlock)
        words = node.text if isinstance(node, TextNode) else node.table.columns[0].label
        assert not set(words) & set("\ue000\ue001\u202e\u2066\x00\n\r")


def test_a_link_leads_nowhere_it_should_not(tmp_path):
    fact = Fact(id="link_.bad", value="javascript:alert(1)")
    found = dataclasses.replace(results(), facts={**results().facts, fact.id: fact})
    document = composed(tmp_path, "{{ link('words', link_.bad) }}\n", found)
    assert [type(node) for node in document.nodes.values()] == [TextNode]


def test_a_fact_may_not_hide_a_component(tmp_path):
    fact = Fact(id="table.rows", value=1)
    found = dataclasses.replace(results(), facts={fact.id: fact})
    with pytest.raises(TemplateError, match="may not begin with table"):
        composed(tmp_path, "Words.\n", found)


def test_citations_can_be_listed():
    with templates_at(given.TEMPLATES):
        names = cited_names("sample")
    assert {"performance.rmse.production", "tables.scorecard", "figures.daily_error"} <= names
    assert not [name for name in names if name.startswith("row.")]


def test_citations_are_followed_into_partials_and_know_what_guards_them(tmp_path):
    partial = (
        "{% macro part(given) %}{{ given.x }} {{ a.partial }}"
        "{% if filled(tables.b) %}{{ table(tables.b) }}{% endif %}{% endmacro %}"
    )
    source = (
        '{% from "partials/part.md.j2" import part %}{{ part(c.argument) }}'
        "{% if known(d.asked) and holds(e.asked) %}{{ d.asked }} {{ f.other }}{% else %}{{ e.asked }}{% endif %}"
        "{{ d.free }}"
    )
    for place, text in (("partials/part", partial), ("documents/sample", source)):
        path = tmp_path / f"{place}.md.j2"
        path.parent.mkdir()
        path.write_text(text)
    with templates_at(tmp_path):
        assert cited_names("sample") == {
            "a.partial",
            "tables.b",
            "c.argument",
            "d.asked",
            "e.asked",
            "f.other",
            "d.free",
        }
        assert cited_names("sample", guarded=False) == {"a.partial", "c.argument", "f.other", "d.free"}


def test_a_checklist_and_a_name_take_what_they_are_given(tmp_path):
    checklist = "{{ checklist(tables.declared.people.approvers) }}\n\n"
    document = composed(tmp_path, checklist + "{{ declared.memo.to|name }} {{ facts.business.roi|bare }}\n")
    assert nodes(document, ChecklistBlock)[0].items[0] == ("Head of pricing", " — ", "A. Okafor")
    assert nodes(document, TextNode)[0].name
    assert composed(tmp_path, "{{ checklist(tables.retraining.history) }}\n")


def test_a_filter_is_for_facts(tmp_path):
    with pytest.raises(TemplateError, match="is no number"):
        composed(tmp_path, "{% for row in rows(tables.scorecard) %}{{ row.criterion|interval }}{% endfor %}\n")
    with pytest.raises(TemplateError, match="has no rows"):
        composed(tmp_path, "{% for row in rows(declared.purpose) %}{{ row.x }}{% endfor %}\n")


def test_a_sentence_ends_in_one_full_stop(tmp_path):
    facts = {f"say.{n}": Fact(id=f"say.{n}", value=text) for n, text in (("bare", "It holds"), ("full", "It holds."))}
    found = dataclasses.replace(results(), facts={**results().facts, **facts})
    assert composed(tmp_path, "{{ say.bare|sentence }}\n", found).source == "\ue0000\ue001.\n"
    assert composed(tmp_path, "{{ say.full|sentence }}\n", found).source == "\ue0000\ue001\n"


def test_a_control_table_takes_labels_of_its_own(tmp_path):
    document = composed(tmp_path, "{{ control([declared.memo.to, head.as_of], labels=['To', 'Date']) }}\n")
    assert nodes(document, TableBlock)[0].table.column("label") == ("To", "Date")
    with pytest.raises(TemplateError, match="1 labels stand for 2 facts"):
        composed(tmp_path, "{{ control([declared.memo.to, head.as_of], labels=['To']) }}\n")


def test_many_gaps_of_one_reason_are_counted(tmp_path):
    facts = {
        f"gap.n{n}": Fact(id=f"gap.n{n}", label=f"Gap {n}", value=None, reason=f"not declared (dossier.yaml: a.{n}.b)")
        for n in range(9)
    }
    found = dataclasses.replace(results(), facts={**results().facts, **facts})
    text = "".join(f"{{{{ {id} }}}} " for id in facts) + "\n\n{{ gaps() }}\n"
    row = nodes(composed(tmp_path, text, found), TableBlock)[0].table.rows[0]
    assert row[:2] == ("not declared (dossier.yaml: a.*.b)", "Gap 0; Gap 1; Gap 2; and 6 more")


def test_figures_come_before_texts_in_the_evidence(tmp_path):
    document = composed(tmp_path, "{{ declared.memo.to }} {{ performance.rmse.production }}\n\n{{ evidence() }}\n")
    cited = nodes(document, TableBlock)[0].table.column("fact")
    assert cited == ("performance.rmse.production", "declared.memo.to")


@pytest.mark.parametrize(("value", "says"), [("Logistics", True), ("", False), (UNDECLARED, False), ((), False)])
def test_a_cell_of_text_is_known_where_it_says_something(value: object, says: bool):
    assert known(value) is says
