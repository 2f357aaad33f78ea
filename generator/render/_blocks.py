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

    def number(self, node: NumberNode, _: int) -> Markup:
        """Return a number that knows its evidence."""
        text = _words.number(node.fact, self.currency, node.style, node.places)
        if node.fact.value is None or isinstance(node.fact.value, str):
            return _isolated(text)
        width = "i" if node.style == "interval" else "v"
        return Markup('<span class="{}" title="{} · {}">{}</span>').format(width, node.fact.id, node.fact.origin, text)

    def text(self, node: TextNode, _: int) -> Markup:
        """Return a text from data."""
        text = _words.words(node.text)
        return Markup("<code>{}</code>").format(text) if node.name else _isolated(text)

    def status(self, node: StatusNode, _: int) -> Markup:
        """Return a status word with its shape."""
        shape, word, tone = _words.status(node.mark)
        return Markup('<span class="s {}">{} {}</span>').format(tone, shape, word)

    def anchor(self, node: AnchorNode, _: int) -> Markup:
        """Return a place to link to."""
        return Markup('<a id="{}"></a>').format(anchor_id(node.name))

    def link(self, node: LinkNode, _: int) -> Markup:
        """Return a link."""
        return Markup('<a href="{}">{}</a>').format(target(node.target, "html"), _words.words(node.text))

    def table(self, node: TableBlock, index: int) -> Markup:
        """Return a table with its caption and notes, or why there is none."""
        words = self._line(node.caption)
        if not node.table.rows:
            return Markup(self.kit.absent(words, _words.unavailable(node)))
        rows = _words.cells(node, self.currency)
        if node.kind == "control":
            return Markup(self.kit.control(rows))
        under = self._under(node)
        if _words.is_line(node):
            return Markup(self.kit.line(words, _words.line(node, self.currency), under))
        heads = _words.headings(node, self.currency)
        size = ("landscape " if node.landscape or len(heads) > WIDEST else "") + _size(len(heads))
        kind = node.kind if node.table.id != "evidence" else "evidence"
        return Markup(self.kit.table(kind, size.strip(), self.numbers.get(index), index, words, heads, rows, under))

    def figure(self, node: FigureBlock, index: int) -> Markup:
        """Return a figure with its caption."""
        number = self.numbers[index]
        id = number.lower().replace(" ", "-")
        svg = Markup(inline(node.svg, id, _words.plain(node.alt, self.currency)))
        return Markup(self.kit.figure(id, number, svg, self._line(node.caption)))

    def callout(self, node: CalloutBlock, _: int) -> Markup:
        """Return a paragraph that must not be overlooked."""
        body = self.fill(self.prose(node.body, self.document))
        return Markup(self.kit.callout(node.kind, SHAPES[node.kind], self._line(node.caption), body))

    def keyfigures(self, node: KeyFiguresBlock, _: int) -> Markup:
        """Return a row of large figures."""
        items = [
            {
                "label": _words.words(fact.label or fact.id),
                "text": _words.number(fact, self.currency),
                "fact": fact,
                "note": _words.span(fact, self.currency),
                "known": fact.value is not None,
            }
            for fact in node.facts
        ]
        return Markup(self.kit.keyfigures(items))

    def checklist(self, node: ChecklistBlock, _: int) -> Markup:
        """Return things to tick off."""
        return Markup(self.kit.checklist([_words.plain(item, self.currency) for item in node.items]))

    def signoff(self, node: SignoffBlock, _: int) -> Markup:
        """Return lines to sign."""
        people = [(_words.words(role), name or _words.UNNAMED) for role, name in node.approvers]
        return Markup(self.kit.signoff(people, node.digest))

    def code(self, node: CodeBlock, _: int) -> Markup:
        """Return lines to copy."""
        return Markup(self.kit.code(node.code, re.sub(r"[^\w+-]", "", node.language)))

    def pagebreak(self, node: PageBreakBlock, _: int) -> Markup:
        """Return the mark at which a new page begins."""
        return Markup('<hr class="page">')

    def _line(self, source: str) -> Markup:
        """Return a caption: its words escaped, its tokens replaced."""
        return self.fill(str(escape(source)))

    def _under(self, node: TableBlock) -> Markup:
        parts = [escape(note) for note in _words.notes(node, self.currency)]
        if node.more:
            parts.append(Markup('{}<a href="{}">{}</a>.').format(_words.rest(node), target(node.more, ""), node.more))
        return Markup(" ").join(parts)


def _isolated(text: str) -> Markup:
    """Return text whose direction of writing does not reach its neighbours."""
    return escape(text) if text.isascii() else Markup("<bdi>{}</bdi>").format(text)


def _size(columns: int) -> str:
    return "denser" if columns > DENSER else "dense" if columns > DENSE else "normal"


_WRITERS: dict[type, Any] = {
    NumberNode: Blocks.number,
    TextNode: Blocks.text,
    StatusNode: Blocks.status,
    AnchorNode: Blocks.anchor,
    LinkNode: Blocks.link,
    TableBlock: Blocks.table,
    FigureBlock: Blocks.figure,
    CalloutBlock: Blocks.callout,
    KeyFiguresBlock: Blocks.keyfigures,
    ChecklistBlock: Blocks.checklist,
    SignoffBlock: Blocks.signoff,
    CodeBlock: Blocks.code,
    PageBreakBlock: Blocks.pagebreak,
}
