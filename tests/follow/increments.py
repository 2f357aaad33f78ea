"""What others put behind a PDF: fields filled in, as a reader of PDFs saves them, and what nobody may."""

import io
from collections.abc import Mapping

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter


def filled(content: bytes, values: Mapping[str, str]) -> bytes:
    """Return the PDF with fields filled in behind it."""
    writer = IncrementalPdfFileWriter(io.BytesIO(content))
    for field in writer.root["/AcroForm"]["/Fields"]:
        if (name := str(field.get_object()["/T"])) in values:
            field.get_object()["/V"] = generic.pdf_string(values[name])
            writer.update_container(field.get_object())
    return _written(writer)


def overlaid(content: bytes) -> bytes:
    """Return the PDF with a rectangle over its first page, put behind it."""
    writer = IncrementalPdfFileWriter(io.BytesIO(content))
    writer.add_stream_to_page(0, writer.add_object(generic.StreamObject(stream_data=b"q 0 0 200 200 re f Q")))
    return _written(writer)


def _written(writer: IncrementalPdfFileWriter) -> bytes:
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()
