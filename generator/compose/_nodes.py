"""Takes what a template prints and gives tokens; keeps the nodes that the tokens stand for."""

from dataclasses import dataclass, field, is_dataclass, replace
from typing import Any, cast

from jinja2 import Undefined
from markupsafe import Markup

from generator.compose._names import Group, leaf
from generator.errors import TemplateError
from generator.records.document import Node, NumberNode, NumberStyle, StatusNode, TextNode, token
from generator.records.fact import Fact, Sentence, field_names
from generator.records.notation import clean, digits, places_in
from generator.records.table import Mark, Table

SOURCES = {"svg", "body", "caption"}
"""Fields that hold markup of our own making, in which private characters are tokens."""
LINES = {"command", "undo", "code"}
"""Fields in which line breaks mean something."""


@dataclass
class Nodes:
    """The nodes of one document while its template runs, and the tables it shortens, by path."""

    all: dict[int, Node] = field(default_factory=dict)
    shortened: dict[str, Table] = field(default_factory=dict)

    def add(self, node: Node) -> Markup:
        """Keep a node and return its token."""
        index = next(reversed(self.all), -1) + 1
        self.all[index] = cleaned(node)
        return Markup(token(index))

    def printed(self, value: object) -> Markup:
        """Return the tokens of a printed value; only facts, words and marks can be printed."""
        if isinstance(value, Group):
            value = leaf(value)
        if isinstance(value, Undefined):
            str(value)  # raises the error that names it
        if isinstance(value, Markup):
            return value
        if isinstance(value, Fact):
            return self.number(value)
        if isinstance(value, str):
            return self.add(TextNode(text=value))
        if isinstance(value, Mark):
            return self.add(StatusNode(mark=value))
        if isinstance(value, tuple) and all(isinstance(part, str | Fact) for part in value):
            sentence = cast(Sentence, value)
            return Markup("").join(self._part(part, sentence) for part in sentence)
        raise TemplateError(
            f"a {type(value).__name__} cannot be printed",
            hint="print a fact, a text, a status or a component such as table(…)",
        )

    def number(self, fact: Fact, style: NumberStyle = "value") -> Markup:
        """Return the token of a fact shown in `style`."""
        return self.add(NumberNode(fact=fact, style=style))

    def source(self, value: object) -> str:
        """Return a caption or a title as a source of one line; constants of the template are its author's words."""
        if isinstance(value, str) and not isinstance(value, Markup):
            return clean(value)
        return " ".join(str(self.printed(value)).split())

    def _part(self, part: str | Fact, sentence: Sentence) -> Markup:
        if isinstance(part, Fact):
            places = places_in(part, sentence)
            return self.add(NumberNode(fact=part, places=None if places == digits(part) else places))
        edges = (part[:1].isspace(), part[-1:].isspace())
        words = self.add(TextNode(text=part.strip())) if part.strip() else Markup("")
        return Markup(" " if edges[0] else "") + words + Markup(" " if edges[1] and words else "")


def cleaned(node: Node) -> Node:
    """Return the node with every text in it on one line and free of control, bidi and private characters."""
    return cast(Node, _cleaned(node, ""))


def _cleaned(value: Any, name: str) -> Any:
    if isinstance(value, str):
        return value if name in SOURCES else clean(value, lines=name in LINES)
    if isinstance(value, tuple):
        return tuple(_cleaned(item, name) for item in value)
    if not is_dataclass(value) or isinstance(value, type):
        return value
    old = {key: getattr(value, key) for key in field_names(type(value))}
    new = {key: _cleaned(item, key) for key, item in old.items()}
    changed = {key: item for key, item in new.items() if item != old[key]}
    return replace(value, **changed) if changed else value
