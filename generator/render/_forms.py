"""Takes a PDF as WeasyPrint writes it and gives it with fields to fill in and to sign, and links within the bundle."""

import datetime
import io
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO

from generator.records.approval import LOCKED, SIGNATURE, field_name
from generator.render._attached import Attached, attach

APPENDED = 3
"""There are fields to sign, and what is saved is put behind what is there."""
UNSIGNED = ("/DA", "/Ff", "/V", "/AP", "/MK")
"""Keys of a text field that a field to sign has not."""


def mend(pdf: BinaryIO, base: str, files: Sequence[Attached] = (), day: datetime.date = datetime.date.min) -> bytes:
    """Return the PDF with appearances for its fields, relative links and files inside, the same bytes every time."""
    import pikepdf

    with pikepdf.open(pdf) as opened:
        for page in opened.pages:
            for annotation in page.get("/Annots", pikepdf.Array()):
                if annotation.get("/Subtype") == "/Widget":
                    _prepare(annotation)
                    _dress(opened, annotation)
                elif annotation.get("/Subtype") == "/Link":
                    _relate(annotation, base)
        form = opened.Root.get("/AcroForm")
        if form is not None:
            if "/NeedAppearances" in form:
                del form["/NeedAppearances"]
            form["/SigFlags"] = APPENDED
            _unwrap(opened)
            _slim(opened)
        attach(opened, files, day)
        written = io.BytesIO()
        opened.save(written, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
        return written.getvalue()


def _prepare(field: Any) -> None:
    """Make the text field of a signature one to sign, which then locks the other fields of its line.

    ISO 32000-1, 12.7.4.5: signature fields and their locks.
    """
    import pikepdf

    line = SIGNATURE.fullmatch(str(field.get("/T", "")))
    if line is None:
        return
    for key in UNSIGNED:
        if key in field:
            del field[key]
    field["/FT"] = pikepdf.Name.Sig
    locked = [pikepdf.String(field_name(line[1], each)) for each in LOCKED]
    field["/Lock"] = pikepdf.Dictionary(Type=pikepdf.Name.SigFieldLock, Action=pikepdf.Name.Include, Fields=locked)


def _unwrap(pdf: Any) -> None:
    """Let the tag of a field hold the field itself, not a list of it alone: so those who compare revisions know it."""
    import pikepdf

    for element in pdf.objects:
        if isinstance(element, pikepdf.Dictionary) and element.get("/S") == "/Form":
            children = element.get("/K")
            if isinstance(children, pikepdf.Array) and len(children) == 1:
                element["/K"] = children[0]


def _slim(pdf: Any) -> None:
    """Leave each drawing the resources that it names: those who compare revisions walk through all that it could."""
    import pikepdf

    for drawing in pdf.objects:
        if isinstance(drawing, pikepdf.Stream) and drawing.get("/Subtype") == "/Form" and "/Resources" in drawing:
            used = set(_named(drawing))
            drawing["/Resources"] = pikepdf.Dictionary(
                {
                    kind: pikepdf.Dictionary({name: value for name, value in of.items() if name in used})
                    for kind, of in drawing["/Resources"].items()
                    if isinstance(of, pikepdf.Dictionary)
                }
            )


def _named(drawing: Any) -> Iterator[str]:
    import pikepdf

    for each in pikepdf.parse_content_stream(drawing):
        yield from (str(operand) for operand in each.operands if isinstance(operand, pikepdf.Name))


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
