"""A text from data stays a text: in every position, in every format."""

from __future__ import annotations

import pytest

from generator.records.fact import Fact
from generator.records.notation import clean
from generator.records.table import Column, Mark, Table
from generator.render import _words
from tests.compose.hostile import HOSTILE
from tests.compose.sample import composed, results
from tests.render.reading import (
    html_tree,
    in_html,
    in_markdown,
    in_pdf,
    markdown_html,
    pdf_words,
    skeleton,
    squeezed,
    words,
)

BENIGN = "word"
TEXT = """
## Heading {{ facts.hostile.text }}

Words {{ facts.hostile.text }} and **{{ facts.hostile.text }}**, {{ facts.hostile.text|name }}.

{{ facts.hostile.text }}

- {{ facts.hostile.text }}
{% for row in rows(tables.hostile) %}
- {{ row.text }} {{ row.status }} {{ row.sentence }}
{% endfor %}

{{ anchor('x') }} {{ link(facts.hostile.text, '#x') }}

{{ table(tables.hostile, caption=facts.hostile.text) }}

{{ control([facts.hostile.text]) }}

{{ keyfigures([facts.hostile.text]) }}

{% call callout('note', facts.hostile.text) %}
{{ facts.hostile.text }}
{% endcall %}

{{ checklist([facts.hostile.text]) }}

{{ signoff(tables.hostile, ) }}

{{ steps(tables.hostile) }}

{{ table(tables.none) }}

{{ gaps() }}

{{ evidence() }}
"""


def hostile(text: str):
    """Return results in which the text stands wherever a text can stand."""
    shown = clean(text).strip() or _words.EMPTY
    fact = Fact(id="hostile.text", value=text, label=text, method=text, source=text)
    keys = ("text", "feature", "status", "sentence", "role", "name", "title", "command", "warning")
    row = (text, text, Mark(status="ok", word=text), (text, " and ", fact), text, text, text, "true", text)
    table = Table(
        id="hostile",
        title=text,
        rows=(row,),
        note=(text,),
        columns=tuple(Column(key=key, label=text) for key in keys),
    )
    none = Table(id="none", title=text, columns=(), rows=(), reason=f"because {text}")
    found = results(table, none)
    facts = {**found.facts, fact.id: fact}
    return shown, type(found)(**{**{name: getattr(found, name) for name in found.__slots__}, "facts": facts})


def document(folder, text: str):
    shown, found = hostile(text)
    return shown, composed(folder, TEXT, found)


def links(tree) -> list[str]:
    return [element.get(name) for element in tree.iter() for name in ("href", "src") if element.get(name)]


@pytest.mark.parametrize("text", HOSTILE)
def test_markdown_keeps_its_structure_and_the_text(tmp_path, text: str):
    shown, made = document(tmp_path, text)
    tree = markdown_html(in_markdown(made))
    benign = markdown_html(in_markdown(document(tmp_path, BENIGN)[1]))
    assert skeleton(tree) == skeleton(benign)
    assert links(tree) == links(benign)
    assert words(tree).count(shown) >= words(benign).count(BENIGN) - 1


@pytest.mark.parametrize("text", HOSTILE)
def test_html_keeps_its_structure_and_the_text(tmp_path, text: str):
    shown, made = document(tmp_path, text)
    tree = html_tree(in_html(made))
    benign = html_tree(in_html(document(tmp_path, BENIGN)[1]))
    assert skeleton(tree) == skeleton(benign)
    assert links(tree) == links(benign)
    assert words(tree).count(shown) >= words(benign).count(BENIGN)


def test_markdown_leaves_no_address_that_github_would_make_a_link(tmp_path):
    _, made = document(tmp_path, "https://evil.example www.evil.example a@evil.example")
    for line in in_markdown(made).splitlines():
        outside = line if "`" not in line else ""
        assert "https://evil" not in outside
        assert "www.evil" not in outside


def test_the_pdf_shows_every_text(tmp_path):
    rows = tuple((clean(text).strip() or "x",) for text in HOSTILE if not set(text) & set("\u05e9\ufdd0"))
    table = Table(id="hostile", title="t", columns=(Column(key="text", label="Text"),), rows=rows)
    made = composed(tmp_path, "{{ table(tables.hostile) }}\n", results(table))
    read = squeezed(pdf_words(in_pdf(made), tmp_path))
    missing = [row[0] for row in rows if squeezed(row[0]) not in read and not set(row[0]) & set("漢字ἀέ")]
    assert not missing
