"""Takes a PDF as WeasyPrint writes it and gives it with fields that PDF/A allows and links that stay in the bundle."""

from __future__ import annotations

import datetime
import io
from collections.abc import Sequence
from typing import Any, BinaryIO

from generator.render._attached import Attached, attach


def mend(pdf: BinaryIO, base: str, files: Sequence[Attached] = (), day: datetime.date = datetime.date.min) -> bytes:
    """Return the PDF with appearances for its fields, relative links and files inside, the same bytes every time."""
    import pikepdf

    with pikepdf.open(pdf) as opened:
        for page in opened.pages:
            for annotation in page.get("/Annots", pikepdf.Array()):
                if annotation.get("/Subtype") == "/Widget":
                    _dress(opened, annotation)
                elif annotation.get("/Subtype") == "/Link":
                    _relate(annotation, base)
        form = opened.Root.get("/AcroForm")
        if form is not None and "/NeedAppearances" in form:
            del form["/NeedAppearances"]
        attach(opened, files, day)
        written = io.BytesIO()
        opened.save(written, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
        return written.getvalue()


def _dress(pdf: Any, field: Any) -> None:
    """Give an empty text field the appearance it lacks: nothing, in its own box."""
    import pikepdf

    if "/AP" in field:
        return
    left, top, right, bottom = (float(edge) for edge in field["/Rect"])
    box = [0, 0, round(abs(right - left), 3), round(abs(top - bottom), 3)]
    appearance = pdf.make_stream(
        b"/Tx BMC EMC", Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Form, BBox=box, Resources=pikepdf.Dictionary()
    )
    field["/AP"] = pikepdf.Dictionary(N=appearance)
    field["/Rect"] = [min(left, right), min(top, bottom), max(left, right), max(top, bottom)]


def _relate(link: Any, base: str) -> None:
    """Make a link to a file of the bundle relative; one to another PDF opens it at its place."""
    import pikepdf

    action = link.get("/A")
    address = str(action.get("/URI", "")) if action is not None else ""
    if not address.startswith(base):
        return
    path, _, anchor = address.removeprefix(base).partition("#")
    if not path.endswith(".pdf"):
        action["/URI"] = pikepdf.String(path)
        return
    place = pikepdf.String(anchor) if anchor else pikepdf.Array([0, pikepdf.Name.Fit])
    link["/A"] = pikepdf.Dictionary(S=pikepdf.Name.GoToR, F=pikepdf.String(path), D=place)
