"""Takes a bundle's results and PDFs, gives the one PDF that goes with a change request."""

import hashlib
import io
from collections.abc import Sequence

from generator.records.results import Results
from generator.render._combined import PdfPart, combined
from generator.render._index import cover, foot_of
from generator.render.pdf import printed

COVER = "cover.pdf"


def packed(results: Results, parts: Sequence[PdfPart], manifest: str) -> bytes:
    """Return a cover and the parts as one PDF with the parts attached; `manifest` is the digest of the bundle's."""
    header = results.header
    listed = [(part.name, part.title, _pages(part.content), hashlib.sha256(part.content).hexdigest()) for part in parts]
    first = printed(cover(results, listed, manifest), foot_of(header), f"{header.project}{manifest}")
    opening = PdfPart(name=COVER, title="Cover", content=first, is_kept=False)
    return combined((opening, *parts), f"Deployment dossier · {header.title or header.project}", header.as_of)


def _pages(content: bytes) -> int:
    import pikepdf

    with pikepdf.open(io.BytesIO(content)) as opened:
        return len(opened.pages)
