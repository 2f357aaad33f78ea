"""Takes the id of a document and gives the dotted names that its templates use, guarded by a flag or not."""

from collections.abc import Iterator

from jinja2 import Environment, FileSystemLoader, nodes

from generator.compose._lint import bound
from generator.compose._template import _parsed, _with_imports
from generator.records import places

FLAGS = {"known", "filled", "holds"}
"""Components that may ask for a name that nothing makes."""


def cited_names(document: str, *, guarded: bool = True) -> frozenset[str]:
    """Return every dotted name that a document's template and its partials use: `performance.rmse.production`.

    Without `guarded`, names are left out where they stand under a flag that asks for them.
    """
    jinja = Environment(loader=FileSystemLoader(places.templates()))  # only parses
    found: set[str] = set()
    for tree in (_parsed(jinja, each) for each in _with_imports(jinja, f"documents/{document}.md.j2")):
        own = bound(tree)
        found.update(name for name in _names(tree, frozenset(), guarded) if name.partition(".")[0] not in own)
    return frozenset(found)


def _names(node: nodes.Node, sure: frozenset[str], guarded: bool) -> Iterator[str]:
    """Yield the names below a node; `sure` are those that a flag above it has asked for."""
    if isinstance(node, nodes.Getattr | nodes.Name):
        name = _dotted(node)
        if guarded or name not in sure:
            yield name
    elif isinstance(node, nodes.If | nodes.CondExpr):
        inner = sure | {each for call in _flags(node.test) for each in map(_dotted, call.args)}
        for child in node.iter_child_nodes():
            yield from _names(child, inner, guarded)
    elif isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name):
        for child in (*node.args, *node.kwargs):
            yield from _names(child, sure, guarded)
    else:
        for child in node.iter_child_nodes():
            yield from _names(child, sure, guarded)


def _flags(test: nodes.Node) -> Iterator[nodes.Call]:
    for call in [test, *test.find_all(nodes.Call)]:
        if isinstance(call, nodes.Call) and isinstance(call.node, nodes.Name) and call.node.name in FLAGS:
            yield call


def _dotted(node: nodes.Node) -> str:
    if isinstance(node, nodes.Getattr):
        root = _dotted(node.node)
        return f"{root}.{node.attr}" if root else ""
    return node.name if isinstance(node, nodes.Name) else ""
