"""No word of a page is broken where a column is too narrow: what a PDF says is made of the words of its Markdown."""

import html
import re
import subprocess
from pathlib import Path

import pytest

WORD = re.compile(r"[A-Za-z]+")
ID = re.compile(r"[\w%-]+(?:[./_][\w%-]+)+")
"""What names a fact, a file or a place; it may break anywhere."""
OF_THE_PAGE = {"page"}
"""Words of the foot of a page of paper."""


def words(text: str) -> set[str]:
    return set(WORD.findall(html.unescape(text.replace("\\", ""))))


def parts(document: Path, printed: Path) -> set[str]:
    """Return what stands in a PDF as a word and is none of the document, of its figures or of the page."""
    shown = subprocess.run(["pdftotext", "-raw", printed, "-"], capture_output=True, text=True, check=True).stdout
    for id in sorted(set(ID.findall(document.read_text().replace("\\", ""))), key=len, reverse=True):
        shown = re.sub("\n?".join(map(re.escape, id)), " ", shown)
    figures = (path.read_text() for path in document.parent.glob("figures/*.svg"))
    return words(shown).difference(words(document.read_text()), *map(words, figures), OF_THE_PAGE)


@pytest.mark.slow
def test_no_word_is_broken(bundle: Path, printed: Path):
    broken = {path.stem: sorted(parts(path, printed / f"{path.stem}.pdf")) for path in sorted(bundle.glob("*.md"))}
    assert {id: found for id, found in broken.items() if found} == {}
