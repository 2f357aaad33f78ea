"""A team's own templates and the sections it leaves out: what takes whose place, what always stays, what is refused."""

from dataclasses import replace

import pytest

from generator.compose import compose_all
from generator.compose._sections import sections
from generator.errors import InputError, TemplateError
from generator.records.document import AnchorNode, Document, DocumentKind, LinkNode, NumberNode
from generator.records.presentation import Look, Presentation
from tests.compose.sample import results, templates_at

PAGE = """\
{% from "partials/tail.md.j2" import tail %}
## 1. Now

Act. {{ link('why', '#reasons') }}

{{ pagebreak() }}

## 2. Why it is so

{{ anchor('reasons') }}{{ performance.rmse.production }}

### Details

More.

## 3. Afterwards

{{ tail() }}
"""
TAIL = "{% macro tail() %}\nThe shipped end.\n{% endmacro %}\n"
KINDS = [DocumentKind(id="page", code="PAG", title="Page"), DocumentKind(id="card", code="CARD", title="Card")]


@pytest.fixture
def shipped(tmp_path):
    for place, text in {"documents/page": PAGE, "partials/tail": TAIL}.items():
        file = tmp_path / f"{place}.md.j2"
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)
    with templates_at(tmp_path):
        yield


def page(templates=None, left_out=(), wanted="page") -> Document:
    own = Presentation(templates=templates or {}, left_out=left_out, look=Look(banner="secret"))
    (document,) = compose_all(replace(results(), presentation=own), KINDS, (), [wanted])
    return document


@pytest.mark.usefixtures("shipped")
def test_an_own_partial_takes_the_place_of_the_shipped_one():
    own = {"partials/tail.md.j2": TAIL.replace("shipped", "team's")}
    assert "The team's end." in page(own).source
    assert "The shipped end." in page().source


@pytest.mark.usefixtures("shipped")
def test_an_own_document_adds_to_the_shipped_one_and_a_new_one_stands_beside_it():
    more = '{% include "shipped/documents/page.md.j2" %}\n\n## 4. House rules\n\nAsk first.\n'
    added = page({"documents/page.md.j2": more})
    assert [each.name for each in sections(added.source)][-2:] == ["afterwards", "house-rules"]
    card = page({"documents/card.md.j2": "## 1. Card\n\n{{ performance.rmse.production|interval }}\n"}, wanted="card")
    assert any(isinstance(node, NumberNode) for node in card.nodes.values())
    assert card.look.banner == "secret"


@pytest.mark.usefixtures("shipped")
@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("## 1. Card\n\nThe error is 12 now.\n", "the figure 12 stands in the prose"),
        ("## 1. Card\n\n{{ performance.rmse.nowhere }}\n", "no fact performance.rmse.nowhere"),
        ("## 1. Card\n\n{{ secrets }}\n", "no name secrets"),
        ("## 1. Card\n\n{{ rows.__globals__ }}\n", "__globals__ is private"),
        ("## 1. Card\n\n{% macro again() %}{{ again() }}{% endmacro %}{{ again() }}\n", "calls itself without end"),
        ("## 1. Card\n\n{% if %}\n", "Expected an expression"),
    ],
)
def test_an_own_template_is_held_to_the_rules_of_all_and_told_by_its_place(text, what):
    with pytest.raises(TemplateError) as told:
        page({"documents/card.md.j2": text}, wanted="card")
    (problem, *_) = told.value.problems
    assert what in problem.what
    assert problem.where.startswith("templates/documents/card.md.j2:")


@pytest.mark.usefixtures("shipped")
def test_a_section_that_is_left_out_takes_its_numbers_and_places_along_and_is_told():
    document = page(left_out=("page/why-it-is-so",))
    assert [each.name for each in sections(document.source)] == ["now", "afterwards"]
    kinds = [type(node) for node in document.nodes.values()]
    assert not {NumberNode, AnchorNode, LinkNode} & set(kinds), "a link to a place that is gone is a word"
    assert document.source.rstrip().splitlines()[-1].startswith("Left out here by the team: ")
    assert [each.name for each in sections(page(left_out=("page/details",)).source)] == [
        "now",
        "why-it-is-so",
        "afterwards",
    ]


@pytest.mark.usefixtures("shipped")
@pytest.mark.parametrize("section", ["now", "nowhere"])
def test_the_first_page_stays_and_unknown_sections_are_told_with_those_there_are(section):
    with pytest.raises(InputError) as told:
        page(left_out=(f"page/{section}",))
    (problem,) = told.value.problems
    assert "there are why-it-is-so, details, afterwards" in problem.hint


@pytest.mark.usefixtures("shipped")
def test_a_section_to_which_alerts_lead_stays():
    place = results().alerts[0].levels[0].anchor
    text = f"## 1. Card\n\nWords.\n\n## 2. Alerts\n\n{{{{ anchor('{place}') }}}}Words.\n"
    with pytest.raises(InputError, match="alerts lead to"):
        page({"documents/card.md.j2": text}, left_out=("card/alerts",), wanted="card")
