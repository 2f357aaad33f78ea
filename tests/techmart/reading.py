"""Reads a bundle's documents back: pages and words of a PDF, tables and links of a page of HTML."""

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pikepdf
from lxml import html

DOCUMENTS = (
    "executive-summary",
    "feature-requirements",
    "monitoring",
    "retraining-calendar",
    "rollback-runbook",
    "appendix",
)
FORMATS = ("md", "html", "pdf")


@dataclass(frozen=True, kw_only=True)
class Printed:
    """What a PDF shows: the text of each page, and the pages that its bookmarks name."""

    pages: tuple[str, ...]
    bookmarks: tuple[tuple[int, str, int], ...]
    """Depth, title and page, counted from one."""

    @property
    def text(self) -> str:
        return "\n".join(self.pages)

    @property
    def annex(self) -> int:
        """Return the page on which the annex starts; without one the page after the last."""
        annexes = (page for _, title, page in self.bookmarks if title.startswith("Annex"))
        return next(annexes, len(self.pages) + 1)


def printed(path: Path) -> Printed:
    """Return the text and the bookmarks of a PDF."""
    run = subprocess.run(["pdftotext", "-raw", str(path), "-"], capture_output=True, check=True)
    with pikepdf.open(path) as pdf:
        numbers = {page.objgen: index + 1 for index, page in enumerate(pdf.pages)}
        with pdf.open_outline() as outline:
            marks = list(_walk(outline.root, 0, numbers))
    return Printed(pages=tuple(run.stdout.decode().split("\f")[:-1]), bookmarks=tuple(marks))


def _walk(items, depth, numbers):
    for item in items:
        yield depth, item.title, numbers[item.destination[0].objgen]
        yield from _walk(item.children, depth + 1, numbers)


def squeezed(text: str) -> str:
    """Return text without space, invisible break points, and hyphens, which may only break a line."""
    return re.sub(r"[\s\u200b\u2060\u00ad\u2010\u2011-]+", "", text)


def tree(path: Path):
    """Return a page of HTML as a tree."""
    return html.document_fromstring(path.read_text())


def cells(page) -> list[str]:
    """Return the text of every cell and caption of every table, in pieces that stand on a line of their own."""
    found = []
    for cell in page.xpath("//main//table//*[self::th or self::td or self::caption]"):
        own = [part for part in cell.itertext() if part.strip()]
        found.append("".join(own))
    return found


def visible(page) -> str:
    """Return the words of a page that a reader sees or hears."""
    for hidden in page.xpath("//script | //style"):
        hidden.getparent().remove(hidden)
    return " ".join(page.itertext())
