"""Settings → own documents whose names are taken, colours that cannot be read, sections of unknown documents."""

import re
from collections.abc import Iterator

from generator.load.complaint import Complaint, repeated
from generator.load.keys import nearest
from generator.records.places import shipped_documents
from generator.records.project import OwnDocument, Settings

ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
CODE = re.compile(r"[A-Z][A-Z0-9]{1,7}")
COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
CODES = {"SUM", "FEA", "MON", "CAL", "RUN", "APX"}
TAKEN = {"index", "results", "manifest", "citations"}
LEAST_CONTRAST = 4.5
"""Of text on white, by the Web Content Accessibility Guidelines 2.2, 1.4.3."""


def check(settings: Settings) -> Iterator[Complaint]:
    """Yield what is wrong with the documents of the team's own, its brand and the sections it leaves out."""
    documents = settings.documents
    yield from _own(documents.own)
    if (accent := documents.brand.accent) is not None:
        yield from _accent(accent)
    known = (*shipped_documents(), *(own.id for own in documents.own))
    for number, name in enumerate(documents.leave_out):
        document, mark, section = name.partition("/")
        if document not in known or not (mark and section):
            near = nearest(document, known) or "monitoring"
            hint = f"write document/section, as in {near}/the-ladder"
            yield Complaint(("documents", "leave_out", number), f"is {name[:60]!r}, which names no section", hint)


def _own(documents: tuple[OwnDocument, ...]) -> Iterator[Complaint]:
    shipped = shipped_documents()
    for key in ("id", "code"):
        yield from repeated(("documents", "own"), key, (getattr(own, key) for own in documents))
    for number, own in enumerate(documents):
        path = ("documents", "own", number)
        if own.id in {*shipped, *TAKEN}:
            hint = f"to change that one, write templates/documents/{own.id}.md.j2 and leave it out here"
            yield Complaint((*path, "id"), f"is {own.id!r}, which is taken", hint)
        elif not ID.fullmatch(own.id):
            what = f"is {own.id[:40]!r}, which cannot be the name of its files"
            yield Complaint((*path, "id"), what, "use small letters, digits and hyphens, as in model-card")
        if not CODE.fullmatch(own.code) or own.code in CODES:
            what = f"is {own.code[:20]!r}, which is taken or no code"
            hint = f"use two to eight capital letters and digits; taken are {', '.join(sorted(CODES))}"
            yield Complaint((*path, "code"), what, hint)


def _accent(accent: str) -> Iterator[Complaint]:
    path = ("documents", "brand", "accent")
    if not COLOUR.fullmatch(accent):
        yield Complaint(path, f"is {accent[:20]!r}", "write red, green and blue in hexadecimal, as in '#1f5673'")
    elif (contrast := 1.05 / (_luminance(accent) + 0.05)) < LEAST_CONTRAST:
        what = f"is {accent!r}, whose contrast on white is {contrast:.1f}"
        yield Complaint(path, what, f"take a darker colour: text is read from {LEAST_CONTRAST} on")


def _luminance(colour: str) -> float:
    """Return the relative luminance of a colour of sRGB (WCAG 2.2), 0 of black and 1 of white."""
    shares = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
