"""Takes a drawing as SVG text and gives it for a place inside a page: named, with ids of its own."""

import re

from markupsafe import escape

PROLOG = re.compile(r"^\s*(<\?xml.*?\?>|<!DOCTYPE.*?>|<!--.*?-->|\s)*", re.DOTALL)
IDS = re.compile(r'(\bid="|\b(?:xlink:)?href="#|url\(#)')
ROOT = re.compile(r"^<svg\b([^>]*)>")


def inline(svg: str, prefix: str, alt: str) -> str:
    """Return the drawing with every id led by `prefix` and with `alt` as its title."""
    body = IDS.sub(lambda match: f"{match[0]}{prefix}-", PROLOG.sub("", svg))
    title = f'<title id="{prefix}-title">{escape(alt)}</title>'
    return ROOT.sub(lambda match: f'<svg{match[1]} role="img" aria-labelledby="{prefix}-title">{title}', body).strip()


def standalone(svg: str) -> str:
    """Return the drawing as a file of its own."""
    return f"{PROLOG.sub('', svg).strip()}\n"
