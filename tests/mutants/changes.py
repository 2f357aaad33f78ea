"""Takes the source of a module, gives every small change of its rules: one operator, bound, sign or choice turned."""

import ast
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

COMPARED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
TURNED: dict[type[ast.cmpop], type[ast.cmpop]] = {ast.Lt: ast.Gt, ast.LtE: ast.GtE, ast.Gt: ast.Lt, ast.GtE: ast.LtE}
RECKONED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
}
CHOSEN = {"min": "max", "max": "min", "all": "any", "any": "all"}
ENDS = {"low": "high", "high": "low"}


@dataclass(frozen=True, kw_only=True)
class Change:
    """One change: where it is, and what it turns into what."""

    module: str
    line: int
    what: str
    tree: ast.Module
    place: ast.AST
    changed: ast.AST

    @property
    def source(self) -> str:
        """The module's whole source with the change."""
        return _with(self.tree, self.place, self.changed)


def changes(module: str, source: str) -> Iterator[Change]:
    """Yield every change of the functions of `module`, in the order of its lines."""
    tree = ast.parse(source)
    nodes = [node for function in _functions(tree) for node in ast.walk(function) if isinstance(node, ast.expr)]
    places = sorted(nodes, key=lambda node: (node.lineno, node.col_offset))
    for place in places:
        for what, changed in _turned(place):
            yield Change(module=module, line=place.lineno, what=what, tree=tree, place=place, changed=changed)


def _functions(tree: ast.Module) -> Iterator[ast.AST]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            yield from node.body
        elif isinstance(node, ast.ClassDef):
            yield from (line for inner in node.body if isinstance(inner, ast.FunctionDef) for line in inner.body)


def _with(tree: ast.Module, place: ast.AST, changed: ast.AST) -> str:
    """Return the source of the tree with one node in the place of another."""
    found = [number for number, node in enumerate(ast.walk(tree)) if node is place]
    copied = deepcopy(tree)
    target = list(ast.walk(copied))[found[0]]
    return ast.unparse(_Exchange(target, changed).visit(copied))


class _Exchange(ast.NodeTransformer):
    def __init__(self, place: ast.AST, changed: ast.AST) -> None:
        self.place, self.changed = place, changed

    def visit(self, node: ast.AST) -> ast.AST:
        return ast.copy_location(self.changed, node) if node is self.place else self.generic_visit(node)


def _turned(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    for changed in TURNS.get(type(node), _kept)(node):
        yield f"{ast.unparse(node)}  →  {ast.unparse(ast.fix_missing_locations(changed))}", changed


def _kept(node: Any) -> Iterator[ast.AST]:
    yield from ()


def _comparison(node: ast.Compare) -> Iterator[ast.AST]:
    for table in (COMPARED, TURNED):
        if len(node.ops) == 1 and (swap := table.get(type(node.ops[0]))):
            yield ast.Compare(left=node.left, ops=[swap()], comparators=node.comparators)


def _sum(node: ast.BinOp) -> Iterator[ast.AST]:
    if (other := RECKONED.get(type(node.op))) and not _texts(node):
        yield ast.BinOp(left=node.left, op=other(), right=node.right)


def _both(node: ast.BoolOp) -> Iterator[ast.AST]:
    yield ast.BoolOp(op=ast.Or() if isinstance(node.op, ast.And) else ast.And(), values=node.values)


def _sign(node: ast.UnaryOp) -> Iterator[ast.AST]:
    if isinstance(node.op, ast.Not | ast.USub):
        yield node.operand


def _branch(node: ast.IfExp) -> Iterator[ast.AST]:
    yield ast.IfExp(test=node.test, body=node.orelse, orelse=node.body)


def _choice(node: ast.Call) -> Iterator[ast.AST]:
    if isinstance(node.func, ast.Name) and node.func.id in CHOSEN:
        yield ast.Call(func=ast.Name(id=CHOSEN[node.func.id], ctx=ast.Load()), args=node.args, keywords=node.keywords)


def _end(node: ast.Attribute) -> Iterator[ast.AST]:
    if node.attr in ENDS and isinstance(node.ctx, ast.Load):
        yield ast.Attribute(value=node.value, attr=ENDS[node.attr], ctx=ast.Load())


def _bound(node: ast.Constant) -> Iterator[ast.AST]:
    if isinstance(node.value, int | float) and not isinstance(node.value, bool) and node.value not in {0, 1}:
        yield ast.Constant(value=node.value + 1)


def _texts(node: ast.BinOp) -> bool:
    kinds = (ast.JoinedStr, ast.Tuple, ast.List)
    return any(isinstance(part, kinds) or _text(part) for part in (node.left, node.right))


def _text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


TURNS: dict[type[ast.AST], Callable[[Any], Iterator[ast.AST]]] = {
    ast.Compare: _comparison,
    ast.BinOp: _sum,
    ast.BoolOp: _both,
    ast.UnaryOp: _sign,
    ast.IfExp: _branch,
    ast.Call: _choice,
    ast.Attribute: _end,
    ast.Constant: _bound,
}
