"""Takes the nodes of a document and gives the HTML of each, by the macros of the kit."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup, escape

from generator.records.document import (
    TOKEN,
    AnchorNode,
    CalloutBlock,
    ChecklistBlock,
    CodeBlock,
    Document,
    FigureBlock,
    KeyFiguresBlock,
    LinkNode,
    NumberNode,
    PageBreakBlock,
    SignoffBlock,
    StatusNode,
    TableBlock,
    TextNode,
)
from generator.render import _words
from generator.render._kit import anchor_id, target
from generator.render._svg import inline

SHAPES = {"note": "○", "good": "●", "warning": "▲", "danger": "■"}
DENSE, DENSER, WIDEST = 7, 11, 13
"""Tables of more columns than these are set smaller, then smaller still, then on a page on its side."""


@dataclass(frozen=True)
class Blocks:
    """How each node is written in HTML; `prose` turns the body of a callout into HTML."""

    document: Document
    numbers: dict[int, str]
    kit: Any
    prose: Callable[[str, Document], str]

    def fill(self, text: str) -> Markup:
        """Return HTML with its tokens replaced."""
        return Markup(TOKEN.sub(lambda match: str(self.node(int(match[1]))), text))

    def node(self, index: int) -> str:
        """Return what stands in place of a token."""
        node: Any = self.document.nodes[index]
        return str(_WRITERS[type(node)](self, node, index))

    @property
    def currency(self) -> str:
        """Return the currency of the project."""
        return self.document.header.currency

    def line(self, source: str) -> Markup:
        """Return a caption: its words escaped, its tokens replaced."""
        return self.fill(str(escape(source)))


def _number(page: Blocks, node: NumberNode, _: int) -> Markup:
    text = _words.number(node.fact, page.currency, node.style, node.places)
    if node.fact.value is None or isinstance(node.fact.value, str):
        return _isolated(text)
    width = "i" if node.style == "interval" else "v"
    return Markup('<span class="{}" title="{} · {}">{}</span>').format(width, node.fact.id, node.fact.origin, text)


def _text(page: Blocks, node: TextNode, _: int) -> Markup:
    text = _words.words(node.text)
    return Markup("<code>{}</code>").format(text) if node.name else _isolated(text)


def _status(page: Blocks, node: StatusNode, _: int) -> Markup:
    shape, word, tone = _words.status(node.mark)
    return Markup('<span class="s {}">{} {}</span>').format(tone, shape, word)


def _anchor(page: Blocks, node: AnchorNode, _: int) -> Markup:
    return Markup('<a id="{}"></a>').format(anchor_id(node.name))


def _link(page: Blocks, node: LinkNode, _: int) -> Markup:
    return Markup('<a href="{}">{}</a>').format(target(node.target, "html"), _words.words(node.text))


def _table(page: Blocks, node: TableBlock, index: int) -> Markup:
    words = page.line(node.caption)
    if not node.table.rows:
        return Markup(page.kit.absent(words, _words.unavailable(node)))
    rows = _words.cells(node, page.currency)
    if node.kind == "control":
        return Markup(page.kit.control(rows))
    under = _under(page, node)
    if _words.is_line(node):
        return Markup(page.kit.line(words, _words.line(node, page.currency), under))
    heads = _words.headings(node, page.currency)
    size = ("landscape " if node.landscape or len(heads) > WIDEST else "") + _size(len(heads))
    kind = node.kind if node.table.id != "evidence" else "evidence"
    told = (page.numbers.get(index), index, words, heads, rows, under, node.starts)
    return Markup(page.kit.table(kind, size.strip(), *told))


def _figure(page: Blocks, node: FigureBlock, index: int) -> Markup:
    number = page.numbers[index]
    id = number.lower().replace(" ", "-")
    svg = Markup(inline(node.svg, id, _words.plain(node.alt, page.currency)))
    return Markup(page.kit.figure(id, number, svg, page.line(node.caption)))


def _callout(page: Blocks, node: CalloutBlock, _: int) -> Markup:
    body = page.fill(page.prose(node.body, page.document))
    return Markup(page.kit.callout(node.kind, SHAPES[node.kind], page.line(node.caption), body))


def _keyfigures(page: Blocks, node: KeyFiguresBlock, _: int) -> Markup:
    items = [
        {
            "label": _words.words(fact.label or fact.id),
            "text": _words.number(fact, page.currency),
            "fact": fact,
            "note": _words.span(fact, page.currency),
            "known": fact.value is not None,
        }
        for fact in node.facts
    ]
    return Markup(page.kit.keyfigures(items))


def _checklist(page: Blocks, node: ChecklistBlock, _: int) -> Markup:
    return Markup(page.kit.checklist([_words.plain(item, page.currency) for item in node.items]))


def _signoff(page: Blocks, node: SignoffBlock, _: int) -> Markup:
    people = [(_words.words(role), name or _words.UNNAMED) for role, name in node.approvers]
    return Markup(page.kit.signoff(people, node.digest))


def _code(page: Blocks, node: CodeBlock, _: int) -> Markup:
    return Markup(page.kit.code(node.code, re.sub(r"[^\w+-]", "", node.language)))


def _pagebreak(page: Blocks, node: PageBreakBlock, _: int) -> Markup:
    return Markup('<hr class="page">')


def _under(page: Blocks, node: TableBlock) -> Markup:
    parts = [escape(note) for note in _words.notes(node, page.currency)]
    if node.more:
        parts.append(Markup('{}<a href="{}">{}</a>.').format(_words.rest(node), target(node.more, ""), node.more))
    return Markup(" ").join(parts)


def _isolated(text: str) -> Markup:
    """Return text whose direction of writing does not reach its neighbours."""
    return escape(text) if text.isascii() else Markup("<bdi>{}</bdi>").format(text)


def _size(columns: int) -> str:
    return "denser" if columns > DENSER else "dense" if columns > DENSE else "normal"


_WRITERS: dict[type, Any] = {
    NumberNode: _number,
    TextNode: _text,
    StatusNode: _status,
    AnchorNode: _anchor,
    LinkNode: _link,
    TableBlock: _table,
    FigureBlock: _figure,
    CalloutBlock: _callout,
    KeyFiguresBlock: _keyfigures,
    ChecklistBlock: _checklist,
    SignoffBlock: _signoff,
    CodeBlock: _code,
    PageBreakBlock: _pagebreak,
}
