"""Takes a formula as text, gives its tree, the names in it, and its value with the rounding carried through.

The grammar has numbers (`20 %` is 0.2), names with dots, + - * / **, brackets, min max abs round sqrt, and at the
top one comparison. Nothing of it is ever run as code.
"""

import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from generator.stats import rounded
from generator.stats.rounded import ArithmeticRefusal, Rounded

LONGEST = 500
DEEPEST = 30
TOKEN = re.compile(
    r"\s*(?:(?P<number>(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?(?:\s*%)?)"
    r"|(?P<name>[A-Za-z_]\w*(?:\.\w+)*)"
    r"|(?P<sign>\*\*|<=|>=|==|[-+*/^()<>=,×÷−≤≥·]))"
)
SIGNS = {"×": "*", "·": "*", "÷": "/", "−": "-", "^": "**", "≤": "<=", "≥": ">=", "=": "=="}
COMPARISONS = ("==", "<=", ">=", "<", ">")
OPERATIONS: Mapping[str, Callable[[Rounded, Rounded], Rounded]] = {
    "+": rounded.add,
    "-": rounded.subtract,
    "*": rounded.multiply,
    "/": rounded.divide,
    "**": rounded.power,
}
FUNCTIONS: Mapping[str, tuple[int, int, Callable[..., Rounded]]] = {
    "min": (2, 20, rounded.smallest),
    "max": (2, 20, rounded.largest),
    "abs": (1, 1, rounded.magnitude),
    "round": (1, 2, rounded.to_places),
    "sqrt": (1, 1, rounded.root),
}


class FormulaError(ValueError):
    """A text that is no formula; `column` counts from 1 within the text."""

    def __init__(self, what: str, column: int = 1, hint: str = "") -> None:
        super().__init__(what)
        self.what, self.column, self.hint = what, column, hint


@dataclass(frozen=True, slots=True)
class Number:
    """A number in the formula itself, never rounded."""

    value: float


@dataclass(frozen=True, slots=True)
class Name:
    """A figure by its name."""

    name: str
    column: int


@dataclass(frozen=True, slots=True)
class Call:
    """A function and what it is given."""

    function: str
    arguments: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Binary:
    """Two terms and the sign between them."""

    sign: str
    left: "Node"
    right: "Node"


Node = Number | Name | Call | Binary


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two sides and what is said of them: one of == <= >= < >."""

    sign: str
    left: Node
    right: Node


def parse(text: str) -> Node:
    """Return the tree of a formula without a comparison."""
    reader = _Reader(text)
    node = reader.sum(0)
    if reader.sign in COMPARISONS:
        raise FormulaError("compares, where only a value is asked for", reader.column, "leave the comparison away")
    reader.finish()
    return node


def parse_comparison(text: str) -> Comparison:
    """Return both sides of a formula that compares."""
    reader = _Reader(text)
    left = reader.sum(0)
    sign = reader.sign
    if sign not in COMPARISONS:
        reader.finish()
        raise FormulaError("compares nothing", len(text), "write what it has to be, such as `a == b` or `a <= b`")
    reader.step()
    right = reader.sum(0)
    reader.finish()
    return Comparison(sign, left, right)


def names(node: Node | Comparison) -> Iterator[Name]:
    """Yield the names of a tree from left to right."""
    if isinstance(node, Name):
        yield node
    elif isinstance(node, Call):
        for argument in node.arguments:
            yield from names(argument)
    elif isinstance(node, (Binary, Comparison)):
        yield from names(node.left)
        yield from names(node.right)


def evaluate(node: Node, values: Mapping[str, Rounded]) -> Rounded:
    """Return the value of a tree; every name in it has to be among `values`, else KeyError.

    What has no value (a division by zero, a number beyond all measure) is an ArithmeticRefusal.
    """
    if isinstance(node, Number):
        return rounded.exact(node.value)
    if isinstance(node, Name):
        return values[node.name]
    if isinstance(node, Call):
        return FUNCTIONS[node.function][2](*(evaluate(argument, values) for argument in node.arguments))
    try:
        return OPERATIONS[node.sign](evaluate(node.left, values), evaluate(node.right, values))
    except OverflowError as error:
        raise ArithmeticRefusal("gives a number beyond all measure") from error


def solve(node: Node, values: Mapping[str, Rounded], name: str, wanted: float) -> float:
    """Return what `name` would have to be for the formula to give `wanted`, all else as it is (secant method).

    nan where no such value is found, as for a formula in which the name has no influence.
    """

    def gap(x: float) -> float:
        plain = {key: rounded.exact(item.value, item.unit) for key, item in values.items()}
        return evaluate(node, {**plain, name: rounded.exact(x, values[name].unit)}).value - wanted

    start = values[name].value
    x0, x1 = start, start * 1.01 + (0.01 if start == 0 else 0.0)
    try:
        y0, y1 = gap(x0), gap(x1)
        for _ in range(60):
            if abs(y1) <= 1e-10 * max(abs(wanted), 1e-12):
                return x1
            if y1 == y0:
                return math.nan
            x0, x1, y0 = x1, x1 - y1 * (x1 - x0) / (y1 - y0), y1
            y1 = gap(x1)
    except ArithmeticRefusal:
        return math.nan
    return math.nan


class _Reader:
    """Reads tokens from left to right; `sign` is the next one where it is a sign."""

    def __init__(self, text: str) -> None:
        if len(text) > LONGEST:
            raise FormulaError(f"is longer than {LONGEST} characters", LONGEST, "part it, with a figure for each part")
        self.text, self.place = text, 0
        self.step()

    @property
    def sign(self) -> str:
        return self.token if self.kind == "sign" else ""

    def step(self) -> None:
        """Take the next token."""
        found = TOKEN.match(self.text, self.place)
        rest = len(self.text) - len(self.text[self.place :].lstrip())
        self.column = rest + 1
        if not found:
            if rest < len(self.text):
                what = f"cannot be read from {self.text[rest : rest + 20]!r} on"
                raise FormulaError(what, self.column, "there may be numbers, names, + - * / **, brackets, comparisons")
            self.kind, self.token = "end", ""
            return
        self.kind, self.place = str(found.lastgroup), found.end()
        token = found[self.kind]
        self.token = SIGNS.get(token, token)

    def finish(self) -> None:
        """Complain where something is left."""
        if self.kind != "end":
            hint = "write `*` between them" if self.kind != "sign" and self.place else "one comparison is allowed"
            raise FormulaError(f"has {self.token!r} where it should end", self.column, hint)

    def sum(self, depth: int) -> Node:
        """Read terms with + and - between them."""
        return self._chain(depth, ("+", "-"), self._product)

    def _product(self, depth: int) -> Node:
        return self._chain(depth, ("*", "/"), self._signed)

    def _chain(self, depth: int, signs: tuple[str, ...], inner: Callable[[int], Node]) -> Node:
        if depth > DEEPEST:
            raise FormulaError(f"is nested more than {DEEPEST} deep", self.column, "part it into several figures")
        node = inner(depth)
        while self.sign in signs:
            sign = self.sign
            self.step()
            node = Binary(sign, node, inner(depth))
        return node

    def _signed(self, depth: int) -> Node:
        if depth > DEEPEST:
            raise FormulaError(f"is nested more than {DEEPEST} deep", self.column, "part it into several figures")
        if self.sign == "-":
            self.step()
            return Binary("-", Number(0.0), self._signed(depth + 1))
        node = self._atom(depth)
        if self.sign == "**":
            self.step()
            node = Binary("**", node, self._signed(depth + 1))
        return node

    def _atom(self, depth: int) -> Node:
        kind, token, column = self.kind, self.token, self.column
        if kind == "end":
            raise FormulaError("ends where a number or a name belongs", column, "complete it")
        self.step()
        if kind == "number":
            return Number(_number(token, column))
        if kind == "name":
            return self._call(token, column, depth) if self.sign == "(" else Name(token, column)
        if token == "(":
            node = self.sum(depth + 1)
            self._expect(")")
            return node
        raise FormulaError(f"has {token!r} where a number or a name belongs", column, "complete it")

    def _call(self, function: str, column: int, depth: int) -> Node:
        if function not in FUNCTIONS:
            raise FormulaError(f"calls {function[:40]!r}", column, f"there are {', '.join(FUNCTIONS)}")
        self.step()
        arguments = [self.sum(depth + 1)]
        while self.sign == ",":
            self.step()
            arguments.append(self.sum(depth + 1))
        self._expect(")")
        least, most, _ = FUNCTIONS[function]
        if not least <= len(arguments) <= most:
            raise FormulaError(f"gives {function} {len(arguments)} values", column, f"it takes {least} to {most}")
        return Call(function, tuple(arguments))

    def _expect(self, sign: str) -> None:
        if self.sign != sign:
            raise FormulaError(f"lacks a {sign!r}", self.column, "close the bracket")
        self.step()


def _number(token: str, column: int) -> float:
    share = token.endswith("%")
    value = float(token.rstrip("% \t")) / (100.0 if share else 1.0)
    if not abs(value) <= rounded.LARGEST:
        raise FormulaError("holds a number beyond all measure", column, "write a smaller one")
    return value
