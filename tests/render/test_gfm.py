"""Markdown as GitHub reads it: a text from data never becomes a link, a mention or a tag there either."""

import os
import re
from pathlib import Path

import pytest

from generator.render import _gfm
from tests.compose.hostile import HOSTILE
from tests.render.reading import in_markdown
from tests.render.test_hostile import BENIGN, document

if "CI" in os.environ:
    import cmarkgfm
else:
    cmarkgfm = pytest.importorskip("cmarkgfm", reason="GitHub's reader of Markdown comes with the dev group")

ADDRESSES = (
    "mail@evil.example",
    "mailto:a@evil.example",
    "MAILTO:A@EVIL.EXAMPLE",
    "xmpp:a@evil.example/x",
    "first.last+tag@sub-domain.evil.example.",
    "a_b@c_d.example",
    "(mail@evil.example)",
    "https://user:word@evil.example/?q=a@b.example",
    "www.evil.example/a@b.example",
    "ftp://evil.example",
)


def as_on_github(text: str) -> str:
    unsafe = cmarkgfm.cmark.Options.CMARK_OPT_UNSAFE  # GitHub keeps what tags it does not filter
    made: str = cmarkgfm.github_flavored_markdown_to_html(text, options=unsafe)
    return made


def test_the_reader_makes_links_of_addresses():
    for text in ("mail@evil.example", "mail\\@evil.example", "xmpp:a\\@evil.example", "www.evil.example"):
        assert "<a href=" in as_on_github(text)


@pytest.mark.parametrize("text", (*HOSTILE, *ADDRESSES))
def test_no_text_becomes_a_link_or_a_tag(text: str):
    made = as_on_github(_gfm.escape(" ".join(text.split())))
    assert set(re.findall(r"<(\w+)", made)) <= {"p"}, made


@pytest.mark.parametrize("text", ("@team", "+1 @octo-cat", "a@b"))
def test_no_text_mentions_anybody(text: str):
    """GitHub looks for mentions in the words of the page, in each run of text between tags and comments."""
    assert not re.search(r"@\w", re.sub(r"<!--.*?-->", "\0", as_on_github(_gfm.escape(text))))


@pytest.mark.parametrize("text", (*ADDRESSES, *(each for each in HOSTILE if "@" in each or "evil" in each)))
def test_a_document_has_the_links_it_has_with_a_harmless_word(tmp_path: Path, text: str):
    def links(word: str) -> list[str]:
        made = as_on_github(in_markdown(document(tmp_path, word)[1]))
        return [href for href in re.findall(r'<a [^>]*href="([^"]*)"', made) if not href.startswith("#")]

    assert links(text) == links(BENIGN)
