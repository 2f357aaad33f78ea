"""One document, three formats: what one shows, the others show."""

from dataclasses import fields, is_dataclass

import pytest

from generator.records.document import (
    ChecklistBlock,
    CodeBlock,
    Document,
    KeyFiguresBlock,
    NumberNode,
    SignoffBlock,
    StatusNode,
    TableBlock,
    TextNode,
)
from generator.render import _words
from tests.compose.sample import sample
from tests.render.reading import (
    html_tree,
    in_html,
    in_markdown,
    in_pdf,
    markdown_html,
    pdf_words,
    squeezed,
    words,
)


def expected(document: Document) -> list[str]:
    """Return every text that a node shows."""
    currency = document.header.currency
    nodes = document.nodes.values()
    return [text for node in nodes for text in (*_of_words(node, currency), *_of_block(node, currency))]


def _of_words(node, currency: str) -> list[str]:
    if isinstance(node, NumberNode):
        return [_words.number(node.fact, currency, node.style)]
    if isinstance(node, TextNode):
        return [_words.words(node.text)]
    return list(_words.status(node.mark)[:2]) if isinstance(node, StatusNode) else []


def _of_block(node, currency: str) -> list[str]:
    if isinstance(node, TableBlock):
        return _of_table(node, currency)
    if isinstance(node, KeyFiguresBlock):
        return [_words.number(fact, currency) for fact in node.facts] + [fact.label for fact in node.facts]
    if isinstance(node, ChecklistBlock):
        return [_words.plain(item, currency) for item in node.items]
    if isinstance(node, CodeBlock):
        return [node.code]
    return [role for role, _ in node.approvers] + [node.digest] if isinstance(node, SignoffBlock) else []


def _of_table(node: TableBlock, currency: str) -> list[str]:
    if not node.table.rows:
        return [_words.unavailable(node)]
    cells = [cell for row in _words.cells(node, currency) for cell in row]
    heads = [head.label for head in _words.headings(node, currency) if node.kind != "control"]
    return [*heads, *(cell.text for cell in cells), *(cell.note for cell in cells), *_words.notes(node, currency)]


@pytest.fixture(scope="module")
def document():
    return sample()


def test_markdown_shows_every_node(document):
    read = squeezed(words(markdown_html(in_markdown(document))))
    assert not [text for text in expected(document) if squeezed(text) not in read]


def test_html_shows_every_node(document):
    read = squeezed(words(html_tree(in_html(document))))
    assert not [text for text in expected(document) if squeezed(text) not in read]


def test_pdf_shows_every_node(document, tmp_path):
    read = squeezed(pdf_words(in_pdf(document), tmp_path))
    assert not [text for text in expected(document) if squeezed(text) not in read]


def test_formats_have_the_same_headings(document):
    def of(tree):
        return [element.text_content().strip() for element in tree.iter("h1", "h2", "h3")]

    assert of(markdown_html(in_markdown(document))) == of(html_tree(in_html(document)))


def test_every_node_of_the_sample_is_a_value(document):
    assert all(is_dataclass(node) and fields(node) is not None for node in document.nodes.values())
