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

    def line(self, source: str) -> str:
        """Return a caption: its words escaped, its tokens replaced."""
        parts = TOKEN.split(source)
        return "".join(self.node(int(part)) if odd % 2 else _gfm.escape(part) for odd, part in enumerate(parts) if part)

    def sentence(self, sentence: Sentence) -> str:
        """Return words with their facts, escaped."""
        return _gfm.escape(_words.plain(sentence, self.currency))


def _number(page: _Kit, node: NumberNode, _: int) -> str:
    return _gfm.escape(_words.number(node.fact, page.currency, node.style, node.places))


def _text(page: _Kit, node: TextNode, _: int) -> str:
    return (_gfm.code if node.name else _gfm.escape)(_words.words(node.text))


def _status(page: _Kit, node: StatusNode, _: int) -> str:
    shape, word, _tone = _words.status(node.mark)
    return f"{shape} {_gfm.escape(word)}"


def _anchor(page: _Kit, node: AnchorNode, _: int) -> str:
    return f'<a id="{anchor_id(node.name)}"></a>'


def _link(page: _Kit, node: LinkNode, _: int) -> str:
    address = target(node.target, "md").replace("<", "%3C").replace(">", "%3E").replace("\\", "%5C")
    return f"[{_gfm.escape(_words.words(node.text))}](<{address}>)"


def _table(page: _Kit, node: TableBlock, index: int) -> str:
    if not node.table.rows:
        lead = f"**{page.line(node.caption)}.** " if node.caption else ""
        return f"{lead}{_gfm.escape(_words.unavailable(node))}"
    if _words.is_line(node):
        return _row(page, node)
    heads = _words.headings(node, page.currency)
    shown = [[_cell(page, cell) for cell in row] for row in _words.cells(node, page.currency)]
    if node.kind == "control":
        shown = [[f"**{first}**", *others] for first, *others in shown]
    labels = [_gfm.escape(f"{head.label} ({head.unit})" if head.unit else head.label) for head in heads]
    grid = _gfm.table(labels, shown, [head.figures for head in heads])
    under = [_gfm.escape(note) for note in _words.notes(node, page.currency)]
    if node.more:
        under.append(f"{_words.rest(node)}[{_gfm.escape(node.more)}](<{node.more}>).")
    return "\n\n".join(filter(None, (_caption(page, node.caption, index), grid, " ".join(under))))


def _row(page: _Kit, node: TableBlock) -> str:
    told = _words.line(node, page.currency)
    parts = [f"{_gfm.escape(label)}: {_cell(page, cell)}" if label else _cell(page, cell) for label, cell in told]
    lead = f"**{page.line(node.caption.rstrip('.'))}.** " if node.caption else ""
    notes = [_gfm.escape(note) for note in _words.notes(node, page.currency)]
    return " ".join([f"{lead}{'; '.join(parts)}.", *notes])


def _figure(page: _Kit, node: FigureBlock, index: int) -> str:
    alt = _gfm.escape(_words.plain(node.alt, page.currency))
    below = f"*{page.numbers[index]}.* {page.line(node.caption)}".strip()
    return f"![{alt}](<{figure_path(node.name)}>)\n\n{below}"


def _callout(page: _Kit, node: CalloutBlock, _: int) -> str:
    body = page.prose(node.body).strip("\n")
    return _gfm.quote(f"[!{ALERTS[node.kind]}]\n**{page.line(node.caption)}**\n\n{body}")


def _keyfigures(page: _Kit, node: KeyFiguresBlock, _: int) -> str:
    labels = [_gfm.escape(_words.words(fact.label or fact.id)) for fact in node.facts]
    values = [f"**{_gfm.escape(_words.number(fact, page.currency))}**" for fact in node.facts]
    spans = [_gfm.escape(_words.span(fact, page.currency)) for fact in node.facts]
    return _gfm.table(labels, [values, spans] if any(spans) else [values], [False] * len(labels))


def _checklist(page: _Kit, node: ChecklistBlock, _: int) -> str:
    return "\n".join(f"- [ ] {page.sentence(item)}" for item in node.items)


def _signoff(page: _Kit, node: SignoffBlock, _: int) -> str:
    people = [(_gfm.escape(role), _gfm.escape(name or _words.UNNAMED)) for role, name in node.approvers]
    lines = [[*person, "", "", "", ""] for person in people]
    grid = _gfm.table(SIGNING, lines, [False] * len(SIGNING))
    return f"{grid}\n\nSigned for the digest {_gfm.code(node.digest)}."


def _code(page: _Kit, node: CodeBlock, _: int) -> str:
    return _gfm.code_block(node.code, node.language)


def _pagebreak(page: _Kit, node: PageBreakBlock, _: int) -> str:
    return ""


def _caption(page: _Kit, caption: str, index: int) -> str:
    lead = f"**{page.numbers[index]}.** " if index in page.numbers else ""
    return f"{lead}{page.line(caption)}" if caption else ""


def _cell(page: _Kit, cell: _words.Shown) -> str:
    text = _gfm.code(cell.text) if cell.kind == "name" and "|" not in cell.text else _gfm.escape(cell.text)
    return f"{text} ({_gfm.escape(cell.note)})" if cell.note else text


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


FORMAT = Format(id="md", title="Markdown", suffix="md", render=render)
