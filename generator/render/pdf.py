"""Takes the HTML of a document and gives it as tagged PDF/A with fillable fields, the same bytes every time."""

import ctypes.util
import datetime
import gc
import io
import re
import sys
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from generator.errors import EnvironmentLacks
from generator.records import places
from generator.records.artifact import Artifact
from generator.records.document import Document
from generator.records.format import Format
from generator.render import _fonts
from generator.render._attached import Attached
from generator.render._columns import fixed
from generator.render._fonts import font_files as font_files
from generator.render._forms import mend
from generator.render._kit import masthead
from generator.render._signs import drawn, legible

BASE = "https://bundle.invalid/"
"""Where links between the files of a bundle seem to lead until they are made relative again."""
STYLE = re.compile(r"<style>.*?</style>", re.DOTALL)
UNSEEN = re.compile(
    r'<script[ >].*?</script>|<nav .*?</nav>|<footer class="foot">.*?</footer>|<a class="skip".*?</a>|<wbr>', re.DOTALL
)
PAGE_LINK = re.compile(r'(href="(?!https?:)[^":/#]+)\.html(?=["#])')
LIBRARIES = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"


def render(document: Document, needed: Artifact | None) -> Artifact:
    """Return the document as PDF; an EnvironmentLacks names the packages when a system library is missing."""
    assert needed is not None
    identifier = f"{document.document_id}{document.header.digest[:32]}"
    files = [
        Attached(name=path.rpartition("/")[2], content=content, description=f"{path} of the bundle")
        for path, content in document.attached
    ]
    content = printed(
        needed.content.decode(),
        " · ".join(filter(None, (document.look.banner, masthead(document).foot))),
        identifier,
        files=files,
        day=document.header.as_of,
        style=document.look.style,
    )
    return Artifact(path=f"{document.id}.pdf", content=content)


def printed(
    page: str,
    foot: str,
    identifier: str,
    *,
    files: Sequence[Attached] = (),
    day: datetime.date = datetime.date.min,
    style: str = "",
) -> bytes:
    """Return a page of HTML as PDF; `foot` stands below each page, `identifier` makes the file's own id.

    `files` lie inside it, dated by `day`; `style` comes after the style of print.
    """
    weasyprint = load()
    with _without_collection():
        pdf = weasyprint.HTML(
            string=_for_print(page, foot, style), base_url=BASE, url_fetcher=_closed_fetcher()
        ).write_pdf(pdf_variant="pdf/a-3a", pdf_identifier=identifier.encode(), pdf_forms=True, uncompressed_pdf=True)
    return mend(io.BytesIO(pdf), BASE, files, day)


def load() -> Any:
    """Return WeasyPrint, imported with the shipped fonts and no others."""
    _fonts.enclose()
    try:
        with _by_their_names():
            import weasyprint
            from weasyprint.text.ffi import harfbuzz_subset
    except OSError as error:
        raise EnvironmentLacks(
            f"PDF needs a system library: {error}".split("\n")[0],
            hint=f"on Debian: apt-get install {LIBRARIES}; or leave PDF out with --format md --format html",
        ) from error
    if not harfbuzz_subset:
        raise EnvironmentLacks("PDF needs libharfbuzz-subset", hint="on Debian: apt-get install libharfbuzz-subset0")
    drawn()
    return weasyprint


@contextmanager
def _by_their_names() -> Iterator[None]:
    """Let libraries be loaded by the names they have on Linux; to look for others, cffi starts fifty compilers."""
    look = ctypes.util.find_library
    if sys.platform == "linux":
        ctypes.util.find_library = lambda name: None
    try:
        yield
    finally:
        ctypes.util.find_library = look


def trial() -> int:
    """Return the bytes of a page with one word on it: proof that the libraries work, not only load."""
    page = '<p style="font-family: Source Sans Pro">Proof</p>'
    with _without_collection():
        return len(load().HTML(string=page, base_url=BASE, url_fetcher=_closed_fetcher()).write_pdf())


def _for_print(page: str, foot: str, own: str) -> str:
    """Return the page with the style of print and without what only a screen needs."""
    style = (places.templates() / "style" / "print.css").read_text(encoding="utf-8")
    style += own
    plain = foot.translate(str.maketrans("", "", '\\"<>'))
    style += f'@page {{ @bottom-left {{ content: "{plain}" }} }}'
    page = STYLE.sub(lambda _: f"<style>{style}</style>", page, count=1)
    return fixed(legible(PAGE_LINK.sub(r"\1.pdf", UNSEEN.sub("", page))))


def _closed_fetcher() -> Any:
    from weasyprint.urls import FatalURLFetchingError, URLFetcher

    class Closed(URLFetcher):
        """Fetches nothing from outside the page."""

        def fetch(self, url: str, headers: Any = None) -> Any:
            if url.startswith("data:"):
                return super().fetch(url, headers)
            raise FatalURLFetchingError(f"a page may not fetch {url}")

    return Closed()


@contextmanager
def _without_collection() -> Iterator[None]:
    """Hold the garbage collector while a page is laid out: a third faster, the same bytes."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)  # WeasyPrint leaves its colour profile open
            yield
    finally:
        if was_on:
            gc.enable()


FORMAT = Format(id="pdf", title="PDF", suffix="pdf", needs="html", render=render, prepare=load)
