"""A composed document: Markdown prose with typed nodes in place of everything that is not prose.

`Document.source` holds the author's Markdown in which each node stands as a private token, written by
`token(index)`; `nodes[index]` is what stands there. A block node's token is alone in its paragraph.
Bodies of blocks are sources of the same kind and share the document's nodes.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from generator.records.fact import Fact, Sentence
from generator.records.presentation import Look
from generator.records.results import Header
from generator.records.table import Mark, Table

NumberStyle = Literal["value", "interval", "signed", "points", "bare", "rough"]
TOKEN = re.compile("\ue000([0-9]+)\ue001")


LATER = ("evidence", "gaps", "methods")
"""Ids of the tables that are filled when a document is at its end, from all that it cites."""


def token(index: int) -> str:
    """Return the private token that stands for node `index`."""
    return f"\ue000{index}\ue001"


@dataclass(frozen=True, kw_only=True, slots=True)
class NumberNode:
    """A fact in running text or in a cell; `style` picks how much of it is shown.

    `places` are the decimals by which it reads unlike the others of its sentence; without it they are its own.
    """

    fact: Fact
    style: NumberStyle = "value"
    places: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class TextNode:
    """Text that comes from data or from the project file; never parsed as Markdown.

    `name` marks a name to be shown in the type of names: an id, a column, a file.
    """

    text: str
    name: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class StatusNode:
    """A status word in running text, shown with its shape."""

    mark: Mark


@dataclass(frozen=True, kw_only=True, slots=True)
class AnchorNode:
    """A place that links and alert rules can point to."""

    name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class LinkNode:
    """A link; `target` is an http(s), mailto or relative address, or `document:<id>#<anchor>`."""

    text: str
    target: str


@dataclass(frozen=True, kw_only=True, slots=True)
class TableBlock:
    """A table in print; `more` is the path of the CSV that holds the rows beyond those shown.

    A column's `unit` stands in the heading and its cells go without it. `intervals` are the keys of the
    columns whose facts show their interval and n. `lost` are columns that had nothing to show: the heading, and a
    fact that says why. `caption` is a source of one line. One row alone is told in a line of words, unless `ruled`.
    The rows from one of `starts` to the next stand on one page, where a page can hold them.
    """

    table: Table
    caption: str
    kind: Literal["table", "scorecard", "control"] = "table"
    intervals: tuple[str, ...] = ()
    landscape: bool = False
    lost: tuple[tuple[str, Fact], ...] = ()
    more: str = ""
    total: int = 0
    ruled: bool = False
    starts: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class FigureBlock:
    """A figure as SVG text with a text that says what it shows; `caption` is a source of one line."""

    name: str
    svg: str
    alt: Sentence
    caption: str


@dataclass(frozen=True, kw_only=True, slots=True)
class CalloutBlock:
    """A paragraph that must not be overlooked; `body` is a source, `caption` (its title) one of one line."""

    kind: Literal["note", "good", "warning", "danger"]
    caption: str
    body: str


@dataclass(frozen=True, kw_only=True, slots=True)
class KeyFiguresBlock:
    """A row of a few large figures with their labels."""

    facts: tuple[Fact, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ChecklistBlock:
    """Things to tick off."""

    items: tuple[Sentence, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class SignoffBlock:
    """Who signs: one row a person with fields for decision, conditions, date and signature."""

    approvers: tuple[tuple[str, str], ...]
    """Role and name."""
    digest: str


@dataclass(frozen=True, kw_only=True, slots=True)
class CodeBlock:
    """Text to copy: a command, a request, a query."""

    code: str
    language: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class PageBreakBlock:
    """The next thing starts on a new page where there are pages."""


Node = (
    NumberNode
    | TextNode
    | StatusNode
    | AnchorNode
    | LinkNode
    | TableBlock
    | FigureBlock
    | CalloutBlock
    | KeyFiguresBlock
    | ChecklistBlock
    | SignoffBlock
    | CodeBlock
    | PageBreakBlock
)
INLINE = (NumberNode, TextNode, StatusNode, AnchorNode, LinkNode)


@dataclass(frozen=True, kw_only=True, slots=True)
class DocumentKind:
    """A document of the catalogue; its template is `documents/<id>.md.j2`."""

    id: str
    code: str
    """Short code inside the document id, such as SUM."""
    title: str
    audience: str = ""
    of_bundle: bool = False
    """Whether it speaks of all documents of its bundle: it is composed last, from what the others cite."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Document:
    """One document of the bundle, ready to be rendered in any format."""

    id: str
    code: str
    """Short code inside the document id, such as SUM."""
    title: str
    header: Header
    status: str
    source: str
    nodes: Mapping[int, Node]
    changes: str = ""
    """What is otherwise than in the bundle before: a source of its own behind `source`, with nodes of its own."""
    shortened: Mapping[str, Table]
    """Whole tables by the path of their CSV, for those of which only the first rows are printed."""
    attached: tuple[tuple[str, bytes], ...] = ()
    """Path and content of the files of the bundle that it speaks of: a PDF holds them."""
    look: Look = field(default_factory=Look)
    siblings: tuple[tuple[str, str], ...] = ()
    """Id and title of every document of the bundle, this one included."""
    elsewhere: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Titles of the other documents that print a fact, by its id."""

    @property
    def whole(self) -> str:
        """Return all that is printed: the source, then what changed."""
        return self.source + self.changes

    @property
    def document_id(self) -> str:
        """Return `<project>-<code>-<model version>-<as-of>`."""
        return f"{self.header.project}-{self.code}-{self.header.version}-{self.header.as_of.isoformat()}"
