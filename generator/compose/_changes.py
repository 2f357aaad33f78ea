"""Takes a composed document and what changed since the bundle before, gives it with a short section that tells so."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from generator.compose._nodes import cleaned
from generator.compose.content import content_of
from generator.records.change import FOLLOWS, KINDS, SAID, TABLE, UNCHANGED, Change, changes_in
from generator.records.document import Document, Node, TableBlock, TextNode, token
from generator.records.results import Results
from generator.records.table import Column, Table

HEADING = "\n\n## Changes\n\n"
MOST, LONGEST = 6, 90
"""Changes that a document prints, and signs of one of them."""
FILE = f"tables/{TABLE}.csv"


def with_changes(document: Document, results: Results) -> Document:
    """Return the document with its section of changes; as it is where there was no bundle before."""
    if TABLE not in results.tables:
        return document
    own, index = tuple(own_changes(document, results)), max(document.nodes, default=-1) + 1
    since = results.tables[TABLE].title
    node = _table(own, since) if own else TextNode(text=f"{since}.")
    words = "" if own else UNCHANGED if says_the_same(document, results) else PROSE
    source = f"{HEADING}{words}{token(index)}\n"
    return replace(document, changes=source, nodes={**document.nodes, index: cleaned(node)})


PROSE = "No figure of this document has changed, but some of its words, since "


def says_the_same(document: Document, results: Results) -> bool:
    """Return whether a document says what it said in the bundle before."""
    return (document.id, content_of(document).digest) in results.tables[SAID].rows


def own_changes(document: Document, results: Results) -> Iterator[Change]:
    """Yield the changes that a document prints, or printed before, in the order of what they weigh."""
    content = content_of(document)
    for change in changes_in(results.tables):
        prints = not content.facts.isdisjoint(change.facts) or not content.tables.isdisjoint(change.tables)
        if prints or document.id in change.printed or change.kind == "verdict":
            yield change


def _table(changes: tuple[Change, ...], since: str) -> Node:
    shown = changes[:MOST]
    columns = tuple(Column(key=key, label=key.capitalize()) for key in ("what", "before", "now"))
    rows = tuple((each.title, _short(each.before), _short(each.after)) for each in shown)
    table = Table(id=TABLE, title="What changed", columns=columns, rows=rows)
    return TableBlock(table=table, caption=f"Since {since}{_rest(changes[MOST:])}", ruled=True)


def _rest(changes: tuple[Change, ...]) -> str:
    """Return how many more there are, by kind; a reader finds them in the file of all."""
    count = Counter("figures and rows" if each.kind in FOLLOWS else KINDS[each.kind].lower() for each in changes)
    words = ", ".join(f"{name} {n:,}" for name, n in count.items())
    return f"; besides: {words}, all in {FILE}" if words else ""


def _short(text: str) -> str:
    return (text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…") or "none"
