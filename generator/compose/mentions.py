"""Takes the documents of a bundle and gives the file that says where each prints each fact, and what each says."""

import json
from collections.abc import Iterable

from generator.compose._citations import HEAD
from generator.compose.content import content_of
from generator.records.artifact import Artifact
from generator.records.document import LATER, Document, FigureBlock, Node, TableBlock
from generator.records.fact import facts_of


def mentions(documents: Iterable[Document], path: str) -> Artifact:
    """Return the file `path`: titles and contents of the documents, and by fact and document the places, each once.

    A content is the digest of what a document says. A document's list of evidence is no place, nor are the facts of its
    header.
    """
    listed = tuple(documents)
    facts: dict[str, dict[str, list[str]]] = {}
    for document in listed:
        for node in document.nodes.values():
            for id in {fact.id: None for fact in facts_of(node)} if _place(node) else ():
                places = facts.setdefault(id, {}).setdefault(document.id, [])
                places += [_place(node)] if _place(node) not in places else []
    titles = {document.id: document.title for document in listed}
    known = {id: places for id, places in sorted(facts.items()) if not id.startswith(HEAD)}
    said = {document.id: content_of(document).digest for document in listed}
    plain = {"documents": titles, "contents": said, "facts": known}
    content = json.dumps(plain, ensure_ascii=False, separators=(",", ":"))
    return Artifact(path=path, content=f"{content}\n".encode())


def _place(node: Node) -> str:
    """Return where a node stands: `text`, `table scorecard`, `figure daily_error`; nothing for the list of evidence."""
    if isinstance(node, TableBlock):
        return "" if node.table.id in LATER else f"table {node.table.id.removeprefix(HEAD)}"
    return f"figure {node.name}" if isinstance(node, FigureBlock) else "text"
