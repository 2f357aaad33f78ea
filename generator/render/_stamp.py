"""Takes texts and the size of a field each, gives a PDF of one page a text, to be drawn where the field is."""

from collections.abc import Sequence
from html import escape

from generator.render._signs import name, undrawn
from generator.render.pdf import BASE, load

LARGEST, SIGN = 8.0, 0.55
"""Points of a letter at most, and how wide a letter is, as a share of that."""


def stamps(texts: Sequence[tuple[str, float, float]]) -> bytes:
    """Return a page for each text, of its width and height in points; long texts are set smaller, to be whole."""
    pages = "".join(_page(number, *each) for number, each in enumerate(texts))
    page = f'<style>body {{ margin: 0; font-family: "Source Sans Pro" }}</style>{pages}'
    return bytes(load().HTML(string=page, base_url=BASE).write_pdf(pdf_identifier=b"stamps"))


def _page(number: int, text: str, width: float, height: float) -> str:
    text = text.translate({ord(sign): name(sign) for sign in undrawn(text)})
    size = min(LARGEST, 0.8 * height, width / (SIGN * max(len(text), 1)))
    return (
        f"<style>@page p{number} {{ size: {width}pt {height}pt; margin: 0 }}</style>"
        f'<div style="page: p{number}; font-size: {size:.2f}pt; line-height: {height}pt; white-space: nowrap">'
        f"{escape(text) or '&nbsp;'}</div>"
    )
