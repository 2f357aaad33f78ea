"""Takes a document and gives one page of HTML: style, script and figures inside, nothing from outside."""

import base64
import hashlib
import re
from functools import cache
from typing import Any
from xml.etree.ElementTree import Element

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markdown import Markdown
from markdown.treeprocessors import Treeprocessor
from markupsafe import Markup, escape

from generator.errors import Problem, TemplateError
from generator.records import places
from generator.records.document import TOKEN, AnchorNode, Document
from generator.records.presentation import Look
from generator.render._blocks import Blocks
from generator.render._evidence import as_json
from generator.render._kit import Masthead, fill, masthead, slug, unique
from generator.render._words import heading_words, numbering

BLOCK = re.compile("<p>((?:\ue000[0-9]+\ue001\\s*)+)</p>")
HEADINGS = {f"h{level}": level for level in range(2, 7)}
Contents = list[tuple[int, str, Markup]]
WHOLE = 24
"""Letters of a word of a command that stands on one line."""


def page(document: Document) -> str:
    """Return the document as a page."""
    contents: Contents = []
    blocks = Blocks(document, numbering(document), _kit(), _prose)
    body = blocks.fill(_prose(document.whole, document, contents))
    _check_links(body)
    links = [(level, anchor, blocks.fill(words)) for level, anchor, words in contents if level < 4]
    return write(
        document.title,
        body,
        masthead(document),
        own=document.id,
        contents=links,
        identity=f"{document.document_id} {document.header.digest}",
        as_of=document.header.as_of.isoformat(),
        tool=document.header.tool,
        documents=[{"id": id, "title": title} for id, title in document.siblings],
        look=document.look,
        evidence=Markup(as_json(document)),
    )


def write(title: str, body: str, head: Masthead, *, look: Look, **more: Any) -> str:
    """Return a page around a body; its policy allows its own style and script and nothing else."""
    style, script = _style() + _light(look), _asset("html/page.js")
    fonts = "font-src data:; " if look.font else ""
    policy = (
        f"default-src 'none'; style-src '{_digest(style)}'; script-src '{_digest(script)}'; img-src data:; {fonts}"
        "base-uri 'none'; form-action 'none'"
    )
    template = environment().get_template("page.html.j2")
    values = {"own": "", "contents": [], "documents": [], "evidence": ""} | more
    text = template.render(
        title=title,
        body=Markup(body),
        head=head,
        look=look,
        style=Markup(style),
        script=Markup(script),
        policy=policy,
        **values,
    )
    return fill(text)


@cache
def environment() -> Environment:
    """Return the environment of the HTML kit."""
    made = Environment(
        loader=FileSystemLoader(places.templates() / "html"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.filters["compact"] = lambda markup: Markup(str(markup).strip().replace("\n", ""))
    made.filters["breakable"] = breakable
    return made


def breakable(text: str) -> Markup:
    """Return a text of code type: a name may break at its signs; of a command no word that fits is broken."""
    words = [str(escape(word)) for word in text.split(" ")]
    broken = [re.sub(r"([._/])(?=\w)", r"\1<wbr>", word) for word in words]
    if len(words) == 1:
        return Markup(broken[0])
    return Markup(
        " ".join(
            f'<span class="t">{word}</span>' if "-" in word and len(word) <= WHOLE else longer
            for word, longer in zip(words, broken, strict=True)
        )
    )


@cache
def _kit() -> Any:
    return environment().get_template("kit.html.j2").module


@cache
def _asset(path: str) -> str:
    return (places.templates() / path).read_text(encoding="utf-8").strip()


@cache
def _style() -> str:
    """Return the style of the screen, without comments and needless space."""
    text = re.sub(r"/\*.*?\*/", "", _asset("style/screen.css"), flags=re.DOTALL)
    return re.sub(r"\s*([{};,])\s*", r"\1", re.sub(r"\s+", " ", text)).strip()


def _light(look: Look) -> str:
    """Return the style of a look; its colour is chosen for white, so a dark page keeps its own."""
    return f" @media (prefers-color-scheme: light) {{ {look.style}}}" if look.style else ""


def _digest(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _prose(source: str, document: Document, contents: Contents | None = None) -> str:
    """Return Markdown as HTML with its tokens still in it, each block freed from its paragraph."""
    parser = Markdown(extensions=["fenced_code", "sane_lists"], output_format="html")
    parser.preprocessors.deregister("html_block")
    parser.inlinePatterns.deregister("html")
    found: Contents = [] if contents is None else contents
    parser.treeprocessors.register(_Headings(document, found), "addresses", 5)
    return BLOCK.sub(lambda match: match[1], parser.convert(source))


def _check_links(body: str) -> None:
    """Raise a TemplateError where a link leads to a place that is not in the document."""
    lost = sorted(set(re.findall(r'href="#([^"]+)"', body)) - set(re.findall(r'\bid="([^"]+)"', body)))
    if lost:
        problems = tuple(Problem(what=f"a link leads to #{each}, which is nowhere in the document") for each in lost)
        raise TemplateError(problems[0].what, problems=problems)


class _Headings(Treeprocessor):
    """Gives every heading its address and lists it in the contents."""

    def __init__(self, document: Document, contents: Contents) -> None:
        super().__init__()
        self.document = document
        self.contents = contents

    def run(self, root: Element) -> None:
        """Set the ids."""
        headings = [element for element in root.iter() if element.tag in HEADINGS]
        texts = ["".join(element.itertext()) for element in headings]
        slugs = unique(slug(heading_words(self.document, text)) or "section" for text in texts)
        for element, text, anchor in zip(headings, texts, slugs, strict=True):
            element.set("id", anchor)
            self.contents.append((HEADINGS[element.tag], anchor, escape(_without_anchors(text, self.document))))


def _without_anchors(text: str, document: Document) -> str:
    """Return the words of a heading without the places set in it."""

    def kept(match: re.Match[str]) -> str:
        return "" if isinstance(document.nodes[int(match[1])], AnchorNode) else match[0]

    return TOKEN.sub(kept, text).strip()
