"""Takes documents and formats and gives the files of the bundle: documents, figures, tables and the index."""

from collections.abc import Sequence
from dataclasses import replace

from generator.records.artifact import Artifact
from generator.records.document import Document
from generator.records.format import Format
from generator.render._attached import spoken_of
from generator.render._changed import differences as differences
from generator.render._combined import PdfPart as PdfPart
from generator.render._companions import companions as companions
from generator.render._evidence import elsewhere
from generator.render._index import index as index
from generator.render._pack import packed as packed
from generator.render._signs import undrawn as undrawn
from generator.render._stamp import stamps as stamps
from generator.render._work import in_order, shared_out


def render(
    documents: Sequence[Document],
    formats: Sequence[Format],
    wanted: Sequence[str] = (),
    *,
    beside: Sequence[Artifact] = (),
    jobs: int = 1,
) -> tuple[Artifact, ...]:
    """Return every document in every wanted format, in order; `wanted` are ids of formats, all when empty.

    `beside` are the other files of the bundle: a document holds those it speaks of where its format can hold files.
    A format that another one needs is rendered too, and left out unless it is wanted itself. With several
    `jobs` each document is written in a process of its own; the bytes are the same.
    """
    kept = tuple(wanted) or tuple(each.id for each in formats)
    siblings = tuple((each.id, each.title) for each in documents)
    plan = in_order(formats, kept)
    complete = [
        replace(each, siblings=siblings, attached=spoken_of(each, beside), elsewhere=others)
        for each, others in zip(documents, elsewhere(documents), strict=True)
    ]
    return tuple(artifact for made in shared_out(complete, plan, jobs) for artifact in made)
