"""Takes a document and gives it as one self-contained page of HTML."""

from generator.records.artifact import Artifact
from generator.records.document import Document
from generator.records.format import Format
from generator.render._page import page


def render(document: Document, needed: Artifact | None) -> Artifact:
    """Return the document as HTML."""
    return Artifact(path=f"{document.id}.html", content=page(document).encode())


FORMAT = Format(id="html", title="HTML", suffix="html", render=render)
