"""Reads back what the formats wrote: the words and the structure of Markdown, HTML and PDF."""

import re
import subprocess
from pathlib import Path

from lxml import html
from markdown_it import MarkdownIt

from generator.records.artifact import Artifact
from generator.records.document import Document
from generator.render import html as html_format
from generator.render import markdown as markdown_format
from generator.render import pdf as pdf_format

BREAKABLE = ("class", "b")
VOID = {"bdi", "wbr", "small", "code"}


def in_markdown(document: Document) -> str:
    """Return the document as Markdown."""
    return markdown_format.render(document, None).content.decode()


def in_html(document: Document) -> str:
    """Return the document as HTML."""
    return html_format.render(document, None).content.decode()


def in_pdf(document: Document) -> Artifact:
    """Return the document as PDF."""
    return pdf_format.render(document, html_format.render(document, None))


def markdown_html(text: str):
    """Return what GitHub would make of Markdown, as a tree."""
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    return html.fragment_fromstring(parser.render(text), create_parent="article")


def html_tree(text: str):
    """Return the main part of a page, as a tree."""
    return html.document_fromstring(text).find(".//main")


def words(tree) -> str:
    """Return the text of a tree and of its attributes that are read out."""
    read_out = [element.get(name) for element in tree.iter() for name in ("alt",) if element.get(name)]
    return " ".join([tree.text_content(), *read_out])


def skeleton(tree) -> list[str]:
    """Return the elements of a tree with their attributes' names, without what only isolates words."""
    return [
        f"{element.tag} {sorted(name for name, value in element.attrib.items() if (name, value) != BREAKABLE)}"
        for element in tree.iter()
        if isinstance(element.tag, str) and element.tag not in VOID
    ]


def pdf_words(artifact: Artifact, folder: Path) -> str:
    """Return the text of a PDF."""
    path = folder / "read.pdf"
    path.write_bytes(artifact.content)
    run = subprocess.run(["pdftotext", "-raw", str(path), "-"], capture_output=True, check=True)
    return run.stdout.decode()


def squeezed(text: str) -> str:
    """Return text without space and without the hyphens that only break lines."""
    return re.sub(r"[\s\u200b\u2060\u00ad]+", "", text)
