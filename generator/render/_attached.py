"""Takes a document and the files beside it and gives those it speaks of, and puts files inside a PDF."""

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from generator.records.artifact import Artifact
from generator.records.document import Document, LinkNode, TableBlock

MIME = {
    "csv": "text/csv",
    "json": "application/json",
    "ics": "text/calendar",
    "sql": "text/plain",
    "yml": "application/yaml",
    "yaml": "application/yaml",
    "prom": "text/plain",
    "xml": "application/xml",
    "pdf": "application/pdf",
}
OTHER = "application/octet-stream"


@dataclass(frozen=True, kw_only=True, slots=True)
class Attached:
    """A file to be put inside a PDF under its name, with a word on what it is there."""

    name: str
    content: bytes
    description: str
    relation: Literal["Data", "Source", "Supplement"] = "Data"


def spoken_of(document: Document, files: Iterable[Artifact]) -> tuple[tuple[str, bytes], ...]:
    """Return path and content of the files that a document links to, names, or prints in part."""
    linked = set(_linked(document))
    spoken = (file for file in files if file.path in linked or f"`{file.path}`" in document.source)
    return tuple((file.path, file.content) for file in spoken)


def attach(pdf: Any, files: Iterable[Attached], day: datetime.date) -> None:
    """Put files inside a PDF as PDF/A asks for it, each said to belong to the whole document and dated by `day`."""
    import pikepdf

    written = day.strftime("D:%Y%m%d000000Z")
    belonging = []
    for each in files:
        file = pikepdf.AttachedFileSpec(
            pdf,
            each.content,
            description=each.description,
            filename=each.name,
            mime_type=MIME.get(each.name.rpartition(".")[2], OTHER),
            creation_date=written,
            mod_date=written,
        )
        file.obj.AFRelationship = pikepdf.Name(f"/{each.relation}")
        pdf.attachments[each.name] = file
        belonging.append(pdf.attachments[each.name].obj)
    if belonging:
        pdf.Root.AF = pikepdf.Array(belonging)


def _linked(document: Document) -> Iterator[str]:
    for node in document.nodes.values():
        if isinstance(node, LinkNode):
            yield node.target.partition("#")[0]
        elif isinstance(node, TableBlock) and node.more:
            yield node.more
