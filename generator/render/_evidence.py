"""Takes documents and gives what stands behind each of their numbers, for a reader who taps on one."""

import json
from collections.abc import Iterable, Iterator, Mapping

from generator.records.document import LATER, Document, TableBlock
from generator.records.fact import Fact, facts_of
from generator.render import _words


def numbers(document: Document) -> dict[str, Fact]:
    """Return the facts that a document prints as numbers, days or truth values; its lists of evidence are no place."""
    return {
        fact.id: fact
        for node in document.nodes.values()
        if not (isinstance(node, TableBlock) and node.table.id in LATER)
        for fact in facts_of(node)
        if fact.value is not None and not isinstance(fact.value, str)
    }


def elsewhere(documents: Iterable[Document]) -> Iterator[Mapping[str, tuple[str, ...]]]:
    """Yield, for each document, in which others each of its numbers stands too, by title."""
    listed = [(document.title, numbers(document).keys()) for document in documents]
    for index, (_, own) in enumerate(listed):
        others = listed[:index] + listed[index + 1 :]
        found = {id: tuple(title for title, ids in others if id in ids) for id in own}
        yield {id: titles for id, titles in found.items() if titles}


def as_json(document: Document) -> str:
    """Return the evidence of a document's numbers: texts, each once, and by id what they are made of.

    Of a number these are label, value, range with n, origin, method, source, and the documents that print it too.
    """
    texts: dict[str, int] = {}
    found = {
        id: [texts.setdefault(text, len(texts)) for text in _told(fact, document)]
        for id, fact in sorted(numbers(document).items())
    }
    content = json.dumps({"texts": list(texts), "numbers": found}, ensure_ascii=False, separators=(",", ":"))
    return content.replace("<", "\\u003c")


def _told(fact: Fact, document: Document) -> tuple[str, ...]:
    currency = document.header.currency
    value, span = _words.number(fact, currency), _words.span(fact, currency)
    return (
        fact.label or fact.id,
        value,
        span,
        fact.origin,
        fact.method,
        fact.source,
        "; ".join(document.elsewhere.get(fact.id, ())),
    )
