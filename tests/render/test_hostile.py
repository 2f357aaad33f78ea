"""A text from data stays a text: in every position, in every format."""

import io

import pikepdf
import pytest
from fontTools.ttLib import TTFont

from generator.records.fact import Fact
from generator.records.notation import clean
from generator.records.table import Column, Mark, Table
from generator.render import _words
from generator.render._signs import legible, name, undrawn
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
    shown = ["".join(name(sign) if sign in undrawn(sign) else sign for sign in row[0]) for row in rows]
    missing = [text for text in shown if squeezed(text) not in read and not set(text) & set("ἀέ")]
    assert not missing
    assert "Signs that no font of this program has stand here by their code points" in pdf_words(in_pdf(made), tmp_path)


def boxes(pdf: bytes) -> int:
    """Count the glyphs on all pages that their embedded font does not have, which are drawn as boxes."""
    found = 0
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        for page in opened.pages:
            sizes = {key: glyphs(font) for key, font in page.Resources.Font.items()}
            size = 0
            for each in pikepdf.parse_content_stream(page):
                operands, operator = each.operands, each.operator
                if str(operator) == "Tf":
                    size = sizes[str(operands[0])]
                elif str(operator) == "TJ":
                    texts = [bytes(part) for part in operands[0] if isinstance(part, pikepdf.String)]
                    numbers = [int.from_bytes(text[at : at + 2]) for text in texts for at in range(0, len(text), 2)]
                    found += sum(not 0 < number < size for number in numbers)
    return found


def glyphs(font: pikepdf.Object) -> int:
    described = font.DescendantFonts[0].FontDescriptor
    size: int = TTFont(io.BytesIO((described.get("/FontFile2") or described.FontFile3).read_bytes()))["maxp"].numGlyphs
    return size


SIGNS = "日本 한국 हिन्दी ไทย ␀ 😀 Ж ש ع"


def test_no_sign_is_a_box_in_print(tmp_path, monkeypatch):
    """The glyph is counted, since a text that is taken out of a PDF is whole even where boxes are drawn."""
    table = Table(id="hostile", title="t", columns=(Column(key="text", label="Text"),), rows=((SIGNS,),))
    made = composed(tmp_path, "Words.\n\n{{ table(tables.hostile) }}\n", results(table))
    printed = in_pdf(made)
    assert boxes(printed.content) == 0
    read = pdf_words(printed, tmp_path)
    assert "[U+65E5]" in read and "Ж" in read
    monkeypatch.setattr("generator.render.pdf.legible", lambda page: page)
    assert boxes(in_pdf(made).content) >= len(undrawn(SIGNS)) >= 6


def test_a_page_of_signs_that_fonts_have_is_as_it_was(tmp_path):
    made = composed(tmp_path, "Grüße, Ελλάς, Жизнь → € ● ■.\n", results())
    assert legible(in_html(made)) == in_html(made)
