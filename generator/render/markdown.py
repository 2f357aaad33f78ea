"""Takes a document and gives it as GitHub's Markdown: the source with its tokens replaced."""

import re
from dataclasses import dataclass
from typing import Any

from generator.records.artifact import Artifact
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
from generator.records.fact import Sentence
from generator.records.format import Format
from generator.render import _gfm, _words
from generator.render._kit import anchor_id, figure_path, fill, masthead, target

ALERTS = {"note": "NOTE", "good": "TIP", "warning": "WARNING", "danger": "CAUTION"}
SIGNING = ("Role", "Name", "Decision", "Conditions", "Date", "Signature")


def render(document: Document, needed: Artifact | None) -> Artifact:
    """Return the document as Markdown."""
    kit = _Kit(document, _words.numbering(document))
    body = fill(kit.prose(document.whole))
    text = f"{_head(document)}\n\n{body}\n\n---\n\n{_foot(document)}\n"
    return Artifact(path=f"{document.id}.md", content=re.sub(r"\n{3,}", "\n\n", text).encode())


def _head(document: Document) -> str:
    head = masthead(document)
    lines = [f"# {_gfm.escape(document.title)}", f"**{_gfm.escape(head.system)}** · {_gfm.escape(head.line)}"]
    if document.look.banner:
        lines.insert(0, f"**{_gfm.escape(document.look.banner)}**")
    if head.notice:
        lines.append(f"> [!IMPORTANT]\n> {_gfm.escape(head.notice)}")
    return "\n\n".join(lines)


def _foot(document: Document) -> str:
    return _gfm.escape(masthead(document).foot)


@dataclass(frozen=True)
class _Kit:
    """How each node is written in Markdown."""

    document: Document
    numbers: dict[int, str]

    def prose(self, source: str) -> str:
        """Return a source with its tokens replaced."""
        return TOKEN.sub(lambda match: self.node(int(match[1])), source)

    def node(self, index: int) -> str:
        """Return what stands in place of a token."""
        node: Any = self.document.nodes[index]
        write = _WRITERS[type(node)]
        return str(write(self, node, index))

    @property
    def currency(self) -> str:
        """Return the currency of the project."""
        return self.document.header.currency

    def number(self, node: NumberNode, _: int) -> str:
        """Return a number."""
        return _gfm.escape(_words.number(node.fact, self.currency, node.style, node.places))

    def text(self, node: TextNode, _: int) -> str:
        """Return a text from data."""
        return (_gfm.code if node.name else _gfm.escape)(_words.words(node.text))

    def status(self, node: StatusNode, _: int) -> str:
        """Return a status word with its shape."""
        shape, word, _tone = _words.status(node.mark)
        return f"{shape} {_gfm.escape(word)}"

    def anchor(self, node: AnchorNode, _: int) -> str:
        """Return a place to link to."""
        return f'<a id="{anchor_id(node.name)}"></a>'

    def link(self, node: LinkNode, _: int) -> str:
        """Return a link."""
        address = target(node.target, "md").replace("<", "%3C").replace(">", "%3E").replace("\\", "%5C")
        return f"[{_gfm.escape(_words.words(node.text))}](<{address}>)"

    def table(self, node: TableBlock, index: int) -> str:
        """Return a table under its caption and above its notes."""
        if not node.table.rows:
            lead = f"**{self._line(node.caption)}.** " if node.caption else ""
            return f"{lead}{_gfm.escape(_words.unavailable(node))}"
        if _words.is_line(node):
            return self._row(node)
        heads = _words.headings(node, self.currency)
        shown = [[self._cell(cell) for cell in row] for row in _words.cells(node, self.currency)]
        if node.kind == "control":
            shown = [[f"**{first}**", *others] for first, *others in shown]
        labels = [_gfm.escape(f"{head.label} ({head.unit})" if head.unit else head.label) for head in heads]
        grid = _gfm.table(labels, shown, [head.figures for head in heads])
        under = [_gfm.escape(note) for note in _words.notes(node, self.currency)]
        if node.more:
            under.append(f"{_words.rest(node)}[{_gfm.escape(node.more)}](<{node.more}>).")
        return "\n\n".join(filter(None, (self._caption(node.caption, index), grid, " ".join(under))))

    def _row(self, node: TableBlock) -> str:
        """Return a table of one row as a line of words under its caption."""
        told = _words.line(node, self.currency)
        parts = [f"{_gfm.escape(label)}: {self._cell(cell)}" if label else self._cell(cell) for label, cell in told]
        lead = f"**{self._line(node.caption.rstrip('.'))}.** " if node.caption else ""
        notes = [_gfm.escape(note) for note in _words.notes(node, self.currency)]
        return " ".join([f"{lead}{'; '.join(parts)}.", *notes])

    def figure(self, node: FigureBlock, index: int) -> str:
        """Return an image that lies beside the document, with its caption below."""
        alt = _gfm.escape(_words.plain(node.alt, self.currency))
        below = f"*{self.numbers[index]}.* {self._line(node.caption)}".strip()
        return f"![{alt}](<{figure_path(node.name)}>)\n\n{below}"

    def callout(self, node: CalloutBlock, _: int) -> str:
        """Return an alert."""
        body = self.prose(node.body).strip("\n")
        return _gfm.quote(f"[!{ALERTS[node.kind]}]\n**{self._line(node.caption)}**\n\n{body}")

    def keyfigures(self, node: KeyFiguresBlock, _: int) -> str:
        """Return large figures as a table of one row."""
        labels = [_gfm.escape(_words.words(fact.label or fact.id)) for fact in node.facts]
        values = [f"**{_gfm.escape(_words.number(fact, self.currency))}**" for fact in node.facts]
        spans = [_gfm.escape(_words.span(fact, self.currency)) for fact in node.facts]
        return _gfm.table(labels, [values, spans] if any(spans) else [values], [False] * len(labels))

    def checklist(self, node: ChecklistBlock, _: int) -> str:
        """Return things to tick off."""
        return "\n".join(f"- [ ] {self._sentence(item)}" for item in node.items)

    def signoff(self, node: SignoffBlock, _: int) -> str:
        """Return one line to sign for each person."""
        people = [(_gfm.escape(role), _gfm.escape(name or _words.UNNAMED)) for role, name in node.approvers]
        lines = [[*person, "", "", "", ""] for person in people]
        grid = _gfm.table(SIGNING, lines, [False] * len(SIGNING))
        return f"{grid}\n\nSigned for the digest {_gfm.code(node.digest)}."

    def code(self, node: CodeBlock, _: int) -> str:
        """Return lines to copy."""
        return _gfm.code_block(node.code, node.language)

    def pagebreak(self, node: PageBreakBlock, _: int) -> str:
        """Return nothing: there are no pages."""
        return ""

    def _caption(self, caption: str, index: int) -> str:
        lead = f"**{self.numbers[index]}.** " if index in self.numbers else ""
        return f"{lead}{self._line(caption)}" if caption else ""

    def _line(self, source: str) -> str:
        """Return a caption: its words escaped, its tokens replaced."""
        parts = TOKEN.split(source)
        return "".join(self.node(int(part)) if odd % 2 else _gfm.escape(part) for odd, part in enumerate(parts) if part)

    def _cell(self, cell: _words.Shown) -> str:
        text = _gfm.code(cell.text) if cell.kind == "name" and "|" not in cell.text else _gfm.escape(cell.text)
        return f"{text} ({_gfm.escape(cell.note)})" if cell.note else text

    def _sentence(self, sentence: Sentence) -> str:
        return _gfm.escape(_words.plain(sentence, self.currency))


_WRITERS: dict[type, Any] = {
    NumberNode: _Kit.number,
    TextNode: _Kit.text,
    StatusNode: _Kit.status,
    AnchorNode: _Kit.anchor,
    LinkNode: _Kit.link,
    TableBlock: _Kit.table,
    FigureBlock: _Kit.figure,
    CalloutBlock: _Kit.callout,
    KeyFiguresBlock: _Kit.keyfigures,
    ChecklistBlock: _Kit.checklist,
    SignoffBlock: _Kit.signoff,
    CodeBlock: _Kit.code,
    PageBreakBlock: _Kit.pagebreak,
}


FORMAT = Format(id="md", title="Markdown", suffix="md", render=render)
