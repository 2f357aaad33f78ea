"""Takes the text of a template and gives what a template may not say: figures of its own, arithmetic, raw HTML."""

import re
from collections.abc import Collection, Iterator
from functools import cache
from typing import TypeVar

from jinja2 import nodes

from generator.errors import Problem

Kind = TypeVar("Kind", bound=nodes.Node)
STRUCTURE = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.If,
    nodes.For,
    nodes.CallBlock,
    nodes.Macro,
    nodes.Assign,
    nodes.AssignBlock,
    nodes.Include,
    nodes.FromImport,
    nodes.Import,
    nodes.ExprStmt,
)
EXPRESSIONS = (
    nodes.Name,
    nodes.Getattr,
    nodes.Call,
    nodes.Keyword,
    nodes.List,
    nodes.Filter,
    nodes.Const,
    nodes.And,
    nodes.Or,
    nodes.Not,
    nodes.CondExpr,
)
OPAQUE = {"code", "anchor", "used"}
"""Components whose texts are not prose."""
NOT_PROSE = {"columns", "csv", "intervals", "language", "of"}
"""Arguments that are not prose."""
FENCE = re.compile(r"^(`{3,}|~{3,}).*?^\1\s*$", re.MULTILINE | re.DOTALL)
ALLOWED = re.compile(
    r"""^\#{2,6}\ \d+(\.\d+)*\.?\ |^\s*\d+\.\ |\]\([^)\s]*\)|`[^`\n]*`
      |\bP1–P4\b|\b[A-Za-z][A-Za-z_]*\d+\b|\b(SHA|UTF)-\d+\b|\b(ISO|RFC)\ \d+\b
      |\b(?:[Pp]age|[Ss]ection|[Ss]tep|[Aa]nnex)s?\ \d+(\.\d+)*((,|\ and|\ to)\ \d+(\.\d+)*)*
      |§\ ?\d+(\.\d+)*|\b95\u202f?\ ?%""",
    re.MULTILINE | re.VERBOSE,
)
"""The only figures in an author's prose: ordinals of headings and lists, targets of links, names in code type, names
that end in figures (P1, p95, sha256), standards, references to a section or a page, the level of an interval."""
FIGURE = re.compile(r"\d[\d.,]*")
HTML = re.compile(r"<[A-Za-z/!?]")
TITLE = re.compile(r"^#\s", re.MULTILINE)
SCHEME = re.compile(r"\]\(\s*<?(?!https?:|mailto:)[A-Za-z][A-Za-z0-9+.-]*:")


def lint(tree: nodes.Template, place: str, known: Collection[str], filters: Collection[str]) -> Iterator[Problem]:
    """Yield every problem of a template; `known` are the names it may use, `filters` its filters."""
    scope = set(known) | bound(tree)
    for node in _all(tree):
        for what, hint in _problems(node, scope, filters):
            yield Problem(what=what, where=f"{place}:{node.lineno}", hint=hint)
    yield from _prose(tree, place)


def _problems(node: nodes.Node, scope: Collection[str], filters: Collection[str]) -> Iterator[tuple[str, str]]:
    if isinstance(node, nodes.Output):
        if any(isinstance(child, nodes.Const | nodes.List | nodes.CondExpr) for child in node.nodes):
            yield "a constant is printed", "words of the author stand outside the braces"
    elif not isinstance(node, STRUCTURE + EXPRESSIONS):
        yield f"{type(node).__name__.lower()} is not for templates", "a template computes and compares nothing"
    else:
        yield from _unknown(node, scope, filters)


def _unknown(node: nodes.Node, scope: Collection[str], filters: Collection[str]) -> Iterator[tuple[str, str]]:
    if isinstance(node, nodes.Name) and node.ctx == "load" and node.name not in scope:
        yield f"no name {node.name}", "facts are reached by their id: performance.rmse.production"
    elif isinstance(node, nodes.Getattr) and node.attr.startswith("_"):
        yield f"{node.attr} is private", "use ids, keys of columns and flags"
    elif isinstance(node, nodes.Filter) and node.name not in filters:
        yield f"no filter {node.name}", f"there are {', '.join(filters)}"
    elif isinstance(node, nodes.Const) and not isinstance(node.value, str | bool):
        yield f"the constant {node.value!r} stands in an expression", "numbers come from facts, limits by name: short"


@cache
def _prose(tree: nodes.Template, place: str) -> tuple[Problem, ...]:
    return tuple(_in_prose(tree, place))


def _in_prose(tree: nodes.Template, place: str) -> Iterator[Problem]:
    for text, line in _texts(tree):
        bare = ALLOWED.sub(_blank, FENCE.sub(_blank, text))
        for pattern, what, hint in (
            (FIGURE, "the figure {} stands in the prose", "print a fact; compose/_lint.py lists the few allowed"),
            (HTML, "raw HTML {} stands in the prose", "use Markdown and components"),
            (TITLE, "a title stands in the prose", "the title comes from the catalogue; begin with ##"),
        ):
            for match in pattern.finditer(bare):
                at = line + bare.count("\n", 0, match.start())
                yield Problem(what=what.format(match[0].strip()), where=f"{place}:{at}", hint=hint)
        for match in SCHEME.finditer(text):
            at = line + text.count("\n", 0, match.start())
            yield Problem(what="a link of this kind is not allowed", where=f"{place}:{at}", hint="use https or mailto")


def _texts(tree: nodes.Template) -> Iterator[tuple[str, int]]:
    """Yield the author's prose with the line it begins on: the template's text and its captions."""
    for block in _of(tree, nodes.TemplateData):
        yield block.data, block.lineno
    for call in _of(tree, nodes.Call):
        opaque = isinstance(call.node, nodes.Name) and call.node.name in OPAQUE
        named = [item.value for item in call.kwargs if item.key not in NOT_PROSE]
        first = call.args[:1] if isinstance(call.node, nodes.Name) and call.node.name == "link" else call.args
        for item in [] if opaque else [*first, *named]:
            if isinstance(item, nodes.Const) and isinstance(item.value, str):
                yield item.value, item.lineno


@cache
def _all(tree: nodes.Template) -> tuple[nodes.Node, ...]:
    """Return the template and everything in it, once for all documents that import it."""
    return tuple(_walk(tree))


def _of(tree: nodes.Template, kind: type[Kind]) -> list[Kind]:
    return [node for node in _all(tree) if isinstance(node, kind)]


def _walk(node: nodes.Node) -> Iterator[nodes.Node]:
    yield node
    for child in node.iter_child_nodes():
        yield from _walk(child)


@cache
def bound(tree: nodes.Template) -> frozenset[str]:
    """Return the names that the template itself sets, loops over, imports or takes as arguments."""
    names = frozenset(node.name for node in _of(tree, nodes.Name) if node.ctx in {"store", "param"})
    names |= {macro.name for macro in _of(tree, nodes.Macro)} | {"loop", "caller"}
    names |= {imported.target for imported in _of(tree, nodes.Import)}
    taken = (name for imported in _of(tree, nodes.FromImport) for name in imported.names)
    return names | {name if isinstance(name, str) else name[1] for name in taken}


def _blank(match: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", match[0])
