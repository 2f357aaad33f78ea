"""Takes what a component call in a template is given and gives the token of its block."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import compress
from typing import Any, Literal, TypeVar, cast, get_args

from markupsafe import Markup

from generator.compose._asked import is_left_out, is_unsaid, unasked
from generator.compose._citations import cited, evidence_table, method_table
from generator.compose._gaps import gap_table
from generator.compose._names import Group, Row, leaf, own, rows
from generator.compose._nodes import Nodes
from generator.compose._said import stands, texts
from generator.compose._tables import filled_with, head, pairs, rows_of, select, shorten, starts, turned, without_empty
from generator.errors import TemplateError
from generator.records.document import (
    AnchorNode,
    CalloutBlock,
    ChecklistBlock,
    CodeBlock,
    Document,
    FigureBlock,
    KeyFiguresBlock,
    LinkNode,
    Node,
    NumberNode,
    PageBreakBlock,
    SignoffBlock,
    TableBlock,
    TextNode,
)
from generator.records.fact import Fact, Sentence
from generator.records.figure import Absent, Figure
from generator.records.notation import spell, write
from generator.records.results import Results
from generator.records.table import Mark, Table

Tone = Literal["note", "good", "warning", "danger"]
Leaf = TypeVar("Leaf")
PRINTED = {"evidence": 30, "gaps": 25, "methods": 25}
"""Rows of these tables that are printed; all stand in their files."""
PENDING = "pending"
LIMITS = {"fewest": 3, "few": 5, "short": 10, "medium": 20, "long": 40}
"""Names by which a template says how many rows it prints."""
SCHEMES = ("https://", "http://", "mailto:", "document:")


@dataclass
class Placed:
    """The document that components add their blocks to."""

    document: str
    title: str
    results: Results
    nodes: Nodes
    beside: tuple[Document, ...] = ()
    """The other documents of the bundle, whose evidence, gaps and words this one tells."""

    def stated(self, value: object) -> bool:
        """Return whether a fact has a value; one that nobody declared is kept for the list of gaps, and not printed."""
        fact = _fact(value)
        if fact.value is not None or not unasked(fact):
            return True
        self._unsaid(NumberNode(fact=fact))
        return False

    @property
    def _currency(self) -> str:
        return self.results.header.currency

    def _text(self, row: Row, key: str) -> str:
        return self._plain(getattr(row, key))

    def _plain(self, value: object) -> str:
        return spell(_sentence(value), currency=self._currency)

    def _unsaid(self, *nodes: Node) -> Markup:
        """Keep what the document would say and nobody declared: no word of it is printed, and the gaps name it."""
        for node in nodes:
            self.nodes.add(node)
        return Markup("")

    def _table(
        self,
        whole: Table,
        shown: Table,
        *,
        caption: object = "",
        csv: str = "",
        kind: Literal["table", "scorecard", "control"] = "table",
        intervals: tuple[str, ...] = (),
        landscape: bool = False,
        lost: tuple[tuple[str, Fact], ...] = (),
        ruled: bool = False,
        starts: tuple[int, ...] = (),
    ) -> Markup:
        more = ""
        if len(shown.rows) < len(whole.rows):
            more = f"tables/{csv or whole.id}.csv"
            self.nodes.shortened[more] = whole
        words = self.nodes.source(caption)
        return self.nodes.add(
            TableBlock(
                table=shown,
                caption=words if shown.rows else words.rstrip("."),
                kind=kind,
                intervals=intervals,
                landscape=landscape,
                lost=lost,
                more=more,
                total=len(whole.rows),
                ruled=ruled,
                starts=starts,
            )
        )


class TableComponents(Placed):
    """Components that print tables, facts and drawings."""

    def table(
        self,
        table: object,
        *,
        caption: object = "",
        columns: Sequence[str] | None = None,
        limit: int | None = None,
        csv: str = "",
        intervals: Sequence[str] = (),
        landscape: bool = False,
        of: str = "",
        ruled: bool = False,
        needed: bool = False,
        blank: str = "",
        kept: str = "",
    ) -> Markup:
        """Print a table under its caption, or the reason why there is none; with `of` the rows of that id alone.

        One row alone is told in a line of words, unless the table stays `ruled`. What nobody declared is left to the
        list of gaps, unless it is `needed` where it stands; an empty cell beside others says `blank`. Rows of one value
        in the column `kept` stand on one page.
        """
        whole = _leaf(table, Table)
        if of and whole.rows and not (whole := rows_of(whole, of)).rows:
            return Markup("")
        if is_left_out(whole) and not needed:
            return self._unsaid(TableBlock(table=whole, caption=""))
        shown, lost = without_empty(shorten(select(whole, columns), limit))
        shown = filled_with(shown, blank)
        self._unsaid(*(NumberNode(fact=fact) for _, fact in lost if unasked(fact)))
        lost = tuple((label, fact) for label, fact in lost if not unasked(fact))
        return self._table(
            whole,
            head(shown),
            caption=caption,
            csv=csv,
            intervals=tuple(intervals),
            landscape=landscape,
            lost=lost,
            ruled=ruled,
            starts=starts(whole.column(kept)) if kept else (),
        )

    def scorecard(self, table: object, *, caption: object = "", columns: Sequence[str] | None = None) -> Markup:
        """Print the table of criteria with their verdicts; every fact shows its interval and n."""
        whole = select(_leaf(table, Table), columns)
        keys = tuple(column.key for column in whole.columns)
        return self._table(whole, whole, caption=caption, kind="scorecard", intervals=keys)

    def particulars(self, table: object, of: str, columns: Sequence[str] | None = None) -> Markup:
        """Print the row of an id as the ruled table of headings and cells; what is empty is left out."""
        whole = turned(select(rows_of(_leaf(table, Table), of), columns))
        return self._table(whole, whole, kind="control")

    def control(self, source: object, labels: Sequence[str] = ()) -> Markup:
        """Print the ruled table of labels and values: a table of two columns, or a list of facts.

        `labels` stand in place of the labels of the facts, one for each.
        """
        if isinstance(source, list):
            facts = [_fact(item) for item in source]
            if labels and len(labels) != len(facts):
                raise TemplateError(f"{len(labels)} labels stand for {len(facts)} facts")
            stated = [self.stated(fact) for fact in facts]
            if not any(stated):
                return Markup("")
            kept = list(compress(labels, stated))
            table = pairs(f"head.control.{len(self.nodes.all)}", list(compress(facts, stated)), kept)
        else:
            table = _leaf(source, Table)
        return self._table(table, table, kind="control")

    def keyfigures(self, facts: Sequence[object]) -> Markup:
        """Print a row of large figures."""
        told = tuple(_fact(fact) for fact in facts if self.stated(fact))
        return self.nodes.add(KeyFiguresBlock(facts=told)) if told else Markup("")

    def figure(self, drawing: object, caption: object = "") -> Markup:
        """Draw a figure; its caption stands below it."""
        plan = _leaf(drawing, Figure)
        drawn = plan.draw(self.results)
        if isinstance(drawn, Absent):
            none = Table(id=plan.id, title=plan.title, columns=(), rows=(), reason=drawn.reason)
            return self.table(none, caption=caption)
        caption = self.nodes.source(caption)
        return self.nodes.add(FigureBlock(name=plan.id, svg=drawn.svg, alt=drawn.alt, caption=caption))

    def checklist(self, source: object) -> Markup:
        """Print things to tick off: the rows of a table, or a list of facts, texts and sentences."""
        if isinstance(source, list):
            items = [_sentence(item) for item in source]
        else:
            table = _leaf(source, Table)
            if table.reason:
                return self._table(table, table)
            items = [_joined(row) for row in table.rows]
        return self.nodes.add(ChecklistBlock(items=tuple(items)))


class ListComponents(Placed):
    """Components that tell of all that is cited, in the document and in those beside it."""

    def evidence(self, caption: object = "") -> Markup:
        """Print where each number comes from: those of the document, after this call too, and of those beside it."""
        return self._later("evidence", caption)

    def gaps(self, caption: object = "") -> Markup:
        """Print what could not be cited, and why: in the document, after this call too, and in those beside it."""
        return self._later("gaps", caption)

    def methods(self, caption: object = "") -> Markup:
        """Print how the numbers were worked out: those of the document and of those beside it."""
        return self._later("methods", caption)

    def used(self, *words: str) -> bool:
        """Return whether one of the words stands in a document beside this one, at the beginning of a word.

        A word with a capital letter, such as an abbreviation, has to stand as it is written, and whole.
        """
        return any(stands(word, self._text_beside) for word in words)

    @cached_property
    def _text_beside(self) -> str:
        return " ".join(part for document in self.beside for part in texts(document))

    def finish(self) -> None:
        """Fill the evidence, the methods and the gaps once the whole document has been composed."""
        nodes = self.nodes
        listed = [(one.title, tuple(one.nodes.values())) for one in self.beside] + [
            (self.title, tuple(nodes.all.values()))
        ]
        facts = cited(node for _, each in listed for node in each)
        makers: dict[str, Callable[[], Table]] = {
            "evidence": lambda: evidence_table(facts, self.results),
            "gaps": lambda: gap_table(listed, self.results),
            "methods": lambda: method_table(facts),
        }
        for index, node in list(nodes.all.items()):
            if isinstance(node, TableBlock) and node.table.reason == PENDING:
                whole = makers[node.table.id]()
                shown = shorten(whole, PRINTED[whole.id])
                self._table(whole, shown, caption=node.caption, csv=f"{self.document}.{whole.id}")
                _, nodes.all[index] = nodes.all.popitem()

    def _later(self, id: str, caption: object) -> Markup:
        table = Table(id=id, title="", columns=(), rows=(), reason=PENDING)
        return self.nodes.add(TableBlock(table=table, caption=self.nodes.source(caption)))


class Components(TableComponents, ListComponents):
    """The components of one document; every public method is one that templates call."""

    def callout(self, kind: str, title: object, caller: Callable[[], Markup]) -> Markup:
        """Print the body of a call as a paragraph that must not be overlooked."""
        if kind not in get_args(Tone):
            raise TemplateError(f"no callout {kind}", hint=f"there are {', '.join(get_args(Tone))}")
        return self.nodes.add(CalloutBlock(kind=cast(Tone, kind), caption=self.nodes.source(title), body=str(caller())))

    def signoff(self, table: object) -> Markup:
        """Print the block to sign: one line for each row of `role` and `name`."""
        people = _leaf(table, Table)
        approvers = tuple((self._text(row, "role"), self._text(row, "name")) for row in rows(people))
        return self.nodes.add(SignoffBlock(approvers=approvers, digest=self.results.header.digest))

    def code(self, text: object, language: str = "") -> Markup:
        """Print text to copy."""
        return self.nodes.add(CodeBlock(code=self._plain(text), language=language))

    def anchor(self, name: object) -> Markup:
        """Set a place that links and alert rules can point to."""
        return self.nodes.add(AnchorNode(name=self._plain(name)))

    def link(self, text: object, target: object) -> Markup:
        """Print a link to the web, to a place (`#alerts`), to another document (`document:monitoring#alerts`)."""
        address = self._plain(target)
        if address in self.results.presentation.without.values():
            return self.nodes.printed(_sentence(f"{self._plain(text)} (left out by the team)"))
        relative = ":" not in address.partition("/")[0].partition("#")[0] and not address.startswith("//")
        if not relative and not address.startswith(SCHEMES):
            return self.nodes.printed(_sentence(text))
        return self.nodes.add(LinkNode(text=self._plain(text), target=address))

    def pagebreak(self) -> Markup:
        """Begin a new page."""
        return self.nodes.add(PageBreakBlock())


def sentence(value: object, nodes: Nodes) -> Markup:
    """Return the token of a text with a full stop behind it, unless it ends in one."""
    printed = nodes.printed(value)
    ends = spell(_sentence(value)).rstrip().endswith((".", "!", "?", "…", ":", ";"))
    return printed if ends else printed + Markup(".")


def name(value: object, nodes: Nodes) -> Markup:
    """Return the token of a text that is a name: an id, a column, a file."""
    text = value if isinstance(value, str) else write(_fact(value))
    return nodes.add(TextNode(text=text, name=True))


def known(value: object) -> bool:
    """Return whether a fact exists and has a value, or a text says something."""
    found = own(value) if isinstance(value, Group) else value
    return found.value is not None if isinstance(found, Fact) else isinstance(found, str) and not is_unsaid(found)


def filled(value: object) -> bool:
    """Return whether a table exists and has rows."""
    found = own(value) if isinstance(value, Group) else value
    return isinstance(found, Table) and bool(found.rows)


def holds(value: object) -> bool:
    """Return whether a fact is known and true."""
    found = own(value) if isinstance(value, Group) else value
    return isinstance(found, Fact) and found.value is True


def _leaf(value: object, kind: type[Leaf]) -> Leaf:
    found = leaf(value) if isinstance(value, Group) else value
    if isinstance(found, kind):
        return found
    raise TemplateError(f"a {type(found).__name__.lower()} stands where a {kind.__name__.lower()} belongs")


def _fact(value: object) -> Fact:
    return _leaf(value, Fact)


def _sentence(value: object) -> Sentence:
    value = leaf(value) if isinstance(value, Group) else value
    if isinstance(value, tuple):
        return value
    if isinstance(value, Mark):
        return (value.word,)
    if isinstance(value, str | Fact):
        return (value,)
    raise TemplateError(f"a {type(value).__name__} stands where words belong", hint="give a text, a fact or a sentence")


def _joined(cells: tuple[Any, ...]) -> Sentence:
    """Return the cells of a row as one sentence."""
    parts = [_sentence(cell) for cell in cells if cell not in ((), "")]
    return tuple(part for index, each in enumerate(parts) for part in ((" — ", *each) if index else each))
