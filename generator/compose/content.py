"""Takes a composed document, gives what it prints and a digest over what it says."""

import hashlib
import json
from dataclasses import is_dataclass
from typing import Any

from generator.records.difference import LINE, OF_THE_BUILD, PrintedContent, said
from generator.records.document import LATER, TOKEN, Document, FigureBlock, SignoffBlock, TableBlock
from generator.records.fact import Fact, facts_of, field_names


def content_of(document: Document) -> PrintedContent:
    """Return what a document says: its prose, figures, tables and pictures.

    Left out are the particulars of the build, where a declared value stands in the project file, and the lists of
    evidence and gaps, which follow from the rest: another day or installation alone changes no digest. So is what
    changed since the bundle before: it tells of two documents, and an approval is of what this one says. Two that say
    the same have one digest, whatever came before them.
    """
    apart = {int(index) for index in TOKEN.findall(document.changes)}
    every_node = (node for index, node in document.nodes.items() if index not in apart)
    nodes = tuple(node for node in every_node if not isinstance(node, TableBlock) or _is_content(node))
    every = json.dumps([document.source, [_plain(node) for node in nodes]], ensure_ascii=False)
    return PrintedContent(
        id=document.id,
        title=document.title,
        facts=frozenset(fact.id for node in nodes for fact in facts_of(node) if not fact.id.startswith(OF_THE_BUILD)),
        tables=frozenset(node.table.id for node in nodes if isinstance(node, TableBlock)),
        digest=hashlib.sha256(LINE.sub(r"\1", every).encode()).hexdigest(),
    )


def _is_content(block: TableBlock) -> bool:
    return block.table.id not in LATER and not block.table.id.startswith(OF_THE_BUILD)


def _plain(value: Any) -> Any:
    """Return a node as JSON; of a fact its value and its range."""
    if isinstance(value, Fact):
        return () if value.id.startswith(OF_THE_BUILD) else said(value)
    if isinstance(value, FigureBlock):
        return value.name, hashlib.sha256(value.svg.encode()).hexdigest(), _plain(value.alt), value.caption
    if isinstance(value, SignoffBlock):
        return value.approvers
    if is_dataclass(value):
        return type(value).__name__, [_plain(getattr(value, name)) for name in field_names(type(value))]
    return [_plain(item) for item in value] if isinstance(value, tuple) else value
