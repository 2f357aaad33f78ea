"""Takes a document's parts and gives what all formats share of them: masthead, addresses, names of files."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote

from generator.errors import TemplateError
from generator.records.document import Document

SHORT = 12
"""Characters of a digest that are shown."""


@dataclass(frozen=True)
class Masthead:
    """The words above and below a document."""

    system: str
    line: str
    notice: str
    foot: str


def masthead(document: Document) -> Masthead:
    """Return the words above and below a document."""
    header = document.header
    line = f"version {header.version} · as of {header.as_of.isoformat()} · {document.status} · {header.classification}"
    notice = (
        "Rows in this build are simulated: its figures show how the documents read, not how the system performs, and "
        "signing it is practice."
    )
    return Masthead(
        system=header.title or header.project,
        line=line,
        notice=notice if header.simulated else "",
        foot=f"{document.document_id} · {document.status} · digest {header.digest[:SHORT]} · {header.tool}",
    )


def figure_path(name: str) -> str:
    """Return where a figure lies in the bundle."""
    return f"figures/{quote(name, safe='')}.svg"


def target(address: str, suffix: str) -> str:
    """Return the address of a link; `document:monitoring#alerts` leads to the file of the same format."""
    if not address.startswith("document:"):
        return quote(address, safe="!#$%&'()*+,/:;=?@[]~")
    id, mark, anchor = address.removeprefix("document:").partition("#")
    return f"{quote(id, safe='')}.{suffix}{mark}{anchor_id(anchor)}"


def anchor_id(name: str) -> str:
    """Return the name of a place as an id: letters, digits, hyphen, underscore and dot."""
    return re.sub(r"[^\w.-]+", "-", name.strip()).strip("-").lower() or "x" if name else ""


def slug(text: str) -> str:
    """Return the address that GitHub gives a heading."""
    return re.sub(r"\s", "-", re.sub(r"[^\w\s-]", "", text.strip().lower()))


def unique(slugs: Iterable[str]) -> list[str]:
    """Return the addresses, the later of equal ones with a number behind them, as GitHub does."""
    seen: dict[str, int] = {}
    found = []
    for each in slugs:
        count = seen.get(each, -1) + 1
        seen[each] = count
        found.append(f"{each}-{count}" if count else each)
    return found


def fill(text: str) -> str:
    """Return a finished text; a token that is left in it is an error of the renderer."""
    if "\ue000" in text or "\ue001" in text:
        raise TemplateError("a token was not replaced", hint="a component stands where none is understood")
    return text
