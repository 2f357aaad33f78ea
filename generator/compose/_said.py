"""Takes a composed document and gives the words that it says, to tell which terms a reader meets."""

import re
from collections.abc import Iterator
from dataclasses import is_dataclass
from typing import Any

from generator.records.document import LATER, CodeBlock, Document, KeyFiguresBlock, LinkNode, TableBlock
from generator.records.fact import Fact, field_names

UNSAID = {"svg", "alt", "command", "undo", "id", "name", "key", "more"}
"""Fields whose texts are no words of a page."""


def texts(document: Document) -> Iterator[str]:
    """Yield the prose of a document and the words of its captions, headings and cells."""
    yield document.source
    for node in document.nodes.values():
        if isinstance(node, TableBlock) and node.table.id in LATER:
            continue
        if isinstance(node, LinkNode):
            yield node.text
        elif isinstance(node, KeyFiguresBlock):
            yield from (fact.label for fact in node.facts)
        elif not isinstance(node, CodeBlock):
            yield from _words(node)


def stands(word: str, text: str) -> bool:
    """Return whether a word stands in a text: its beginning, or, where it has capitals, exactly as it is."""
    if word == word.lower():
        return re.search(rf"\b{re.escape(word)}", text, re.IGNORECASE) is not None
    return re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text) is not None


def _words(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Fact):
        yield value.value if isinstance(value.value, str) else value.reason
    elif isinstance(value, tuple):
        for item in value:
            yield from _words(item)
    elif is_dataclass(value):
        for name in field_names(type(value)):
            if name not in UNSAID:
                yield from _words(getattr(value, name))
