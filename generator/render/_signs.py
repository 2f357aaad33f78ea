"""Takes the text of a page and gives it with the code point of each sign that no shipped font can draw."""

import re
import unicodedata
from functools import cache

from generator.render._fonts import font_files

BETWEEN_TAGS = re.compile(r"(?<=>)[^<>]*[^\x00-\x7f<>][^<>]*(?=<)")
"""Text outside tags that is not plain ASCII."""
LEGEND = "Signs that no font of this program has stand here by their code points, such as {}."
INVISIBLE = {"Cc", "Cf", "Zl", "Zp", "Zs"}
"""Categories of what is drawn as nothing."""
VARIANTS = range(0xFE00, 0xFE10)
"""Code points that choose a form of the sign before them, and are drawn as nothing themselves."""


@cache
def drawn() -> frozenset[int]:
    """Return the code points for which a shipped font has a glyph."""
    from fontTools.ttLib import TTFont

    known: set[int] = set()
    for path in font_files():
        with TTFont(path, lazy=True) as font:
            known |= set(font.getBestCmap())
    return frozenset(known)


def undrawn(text: str) -> tuple[str, ...]:
    """Return the signs of a text that would be boxes in print, each once, in order."""
    other = {sign for sign in set(text) if not sign.isascii() and unicodedata.category(sign) not in INVISIBLE}
    return tuple(sorted(sign for sign in other if ord(sign) not in VARIANTS and ord(sign) not in drawn()))


def legible(page: str) -> str:
    """Return a page of HTML in which no text is a box; where any would be, its last words say what stands there."""
    found = undrawn("".join(BETWEEN_TAGS.findall(page)))
    if not found:
        return page
    names = {ord(sign): name(sign) for sign in found}
    page = BETWEEN_TAGS.sub(lambda text: text[0].translate(names), page)
    before, end, after = page.rpartition("</main>")
    return f"{before}<p>{LEGEND.format(name(found[0]))}</p>{end}{after}"


def name(sign: str) -> str:
    """Return how a sign is written that cannot be drawn: `[U+6F22]`."""
    return f"[U+{ord(sign):04X}]"
