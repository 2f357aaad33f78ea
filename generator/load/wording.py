"""What pydantic refused → a `Problem` in our own words: what is there, what is right, what to write."""

import datetime
import re
from collections.abc import Iterable
from typing import Any, Literal, TypeGuard, get_args, get_origin

from generator.errors import Problem
from generator.load.keys import annotation_at, is_section, keys, nearest, needed, strip
from generator.load.places import Content, Path
from generator.load.tree import Branch, Leaf, Node

LONGEST = 60
TRUTH = {
    "yes": "true",
    "on": "true",
    "y": "true",
    "1": "true",
    "no": "false",
    "off": "false",
    "n": "false",
    "0": "false",
}
LARGEST = 1e15
DECIMAL_COMMA = re.compile(r"[-+]?[0-9]*,(?:[0-9]{1,2}|[0-9]{4,})|[-+]?0,[0-9]+")
"""Figures in which a comma stands before the decimals, and not between thousands."""
POINT_OF_THOUSANDS = re.compile(r"[-+]?[1-9][0-9]{0,2}\.[0-9]{3}")
"""Figures whose point stands between thousands in some countries, and before decimals in others."""
AMOUNT = re.compile(r"\s*[$€£]?\s*([-+]?[0-9][0-9,_ ]*(?:\.[0-9]+)?(?:[eE][-+]?[0-9]{1,3})?)\s*(%?)\s*[$€£]?\s*")


def describe(content: Content, kind: str, path: Path) -> Problem:
    """Return the problem that pydantic calls `kind` at `path`."""
    if kind == "unexpected_keyword_argument":
        return _unknown(content, path)
    if kind == "missing":
        return _absent(content, path)
    expected, unit = strip(annotation_at(path))
    node = content.place(path).node
    what = f"`{content.spell(path)}` should be {phrase(expected, unit)}, but is {found(node)}"
    return content.problem(path, what, advice(expected, unit, node))


def quote(text: str) -> str:
    """Return a text as it can be printed: one line, not too long, quoted."""
    shown = text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
    return repr(shown)


def found(node: Node) -> str:
    """Return a phrase for what stands there."""
    if isinstance(node, Branch):
        return "a list" if node.listed else "a mapping"
    if node.value is None:
        return "empty"
    if isinstance(node.value, bool):
        return f"the truth value {node.written}"
    if isinstance(node.value, (int, float)):
        return f"the number {node.written[:LONGEST]}"
    return f"the text {quote(node.value)}"


def phrase(expected: Any, unit: str) -> str:
    """Return a phrase for a type of the schema."""
    if get_origin(expected) is Literal:
        return f"one of {', '.join(map(str, get_args(expected)))}"
    if get_origin(expected) is tuple:
        return "a list"
    if is_section(expected):
        some = sorted(needed(expected)) or list(keys(expected))[:3]
        return f"a mapping with keys such as {', '.join(some)}"
    measured = f" ({unit})" if unit and unit not in {"share", "count"} else ""
    return {
        str: "text",
        bool: "true or false",
        datetime.date: "a date such as 2026-01-31",
        int: f"a whole number{measured}",
        float: "a share such as 0.25 for 25 %" if unit == "share" else f"a number{measured}",
    }[expected]


def advice(expected: Any, unit: str, node: Node) -> str:
    """Return what to write instead."""
    if get_origin(expected) is tuple:
        item, _ = strip(get_args(expected)[0])
        if is_section(item):
            return f"write each item in its own lines: `- {next(iter(keys(item)))}: …`, its other keys below"
        return f"write [{node.written}]" if _is_short(node) else "write each item in its own line after `- `"
    if is_section(expected):
        return f"write `key: value` lines with {', '.join(keys(expected))}"
    return "write one plain value" if isinstance(node, Branch) else _plain(expected, unit, node)


def _plain(expected: Any, unit: str, node: Leaf) -> str:
    if node.value is None:
        return "take the empty item out, or write its value"
    if get_origin(expected) is Literal:
        return _choice(get_args(expected), node)
    if expected is str:
        return f'put it in quotes: "{node.written[:LONGEST]}"'
    if expected is bool:
        return f"write {TRUTH.get(node.written.lower(), 'true or false')}, without quotes"
    if expected is datetime.date:
        return _date(node)
    return _number(expected, unit, node)


def _is_short(node: Node) -> TypeGuard[Leaf]:
    return isinstance(node, Leaf) and node.value is not None and len(node.written) <= LONGEST


def _choice(words: tuple[str, ...], node: Leaf) -> str:
    if node.style in {">", "|"}:
        return f"in YAML a bare {node.style} begins a text: put the sign in quotes, '{node.style}'"
    close = nearest(node.written, words)
    return f"did you mean {close}?" if close else f"write {words[0]!r}, or another of them"


def _date(node: Leaf) -> str:
    if close := re.match(r"([0-9]{4})[-/.]?([0-9]{2})[-/.]?([0-9]{2})(?![0-9])", node.written):
        try:
            return f"write {datetime.date(*map(int, close.groups())).isoformat()}"
        except ValueError:
            return "there is no such day in the calendar"
    return "write year-month-day, such as 2026-01-31"


def _number(expected: type, unit: str, node: Leaf) -> str:
    amount = AMOUNT.fullmatch(node.written)
    beyond = isinstance(node.value, float) and not abs(node.value) <= LARGEST
    if beyond or not amount:
        return f"write a number below {LARGEST:g}" if beyond else "write the number alone, in figures"
    figures = re.sub("[_ ]", "", amount[1])
    if POINT_OF_THOUSANDS.fullmatch(figures) and node.written.strip() != figures:
        return "write the number alone, in figures, with a point before decimals only"
    value = float(figures.replace(",", "." if DECIMAL_COMMA.fullmatch(figures) else ""))
    if abs(value) > LARGEST:
        return f"write a number below {LARGEST:g}"
    if amount[2]:
        if unit != "share":
            return "write the number alone, in figures: what 1 % is differs from 1 by a factor of 100"
        value /= 100
    if expected is int and not value.is_integer():
        return f"write {value:.0f}, or another whole number"
    return f"write {value:.15g}, without quotes or signs"


def _unknown(content: Content, path: Path) -> Problem:
    section, _ = strip(annotation_at(path[:-1]))
    known = keys(section)
    close = nearest(str(path[-1]), known)
    where = f"in `{content.spell(path[:-1])}`" if path[:-1] else "at the top"
    what = f"the key {quote(str(path[-1]))} is not known {where}"
    hint = f"did you mean `{close}`?" if close else f"known here: {', '.join(known)}"
    return content.problem(path, what, _blanks(str(path[-1]), known) or hint, at_key=True)


def _blanks(key: str, known: Iterable[str]) -> str:
    """Return what to do about the blanks of a key that is known but for them."""
    if ":" in key and key.partition(":")[0] in known:
        return f"write a blank behind the colon: `{key.replace(':', ': ', 1)[:LONGEST]}`"
    return f"write plain blanks before `{key.strip()}`, not U+{ord(key[0]):04X}" if key[:1].isspace() else ""


def _absent(content: Content, path: Path) -> Problem:
    written = content.spell(path)
    expected, unit = strip(annotation_at(path))
    what = f"`{written}` has no value" if path in content.places else f"`{written}` is missing"
    return content.problem(path, what, f"write `{path[-1]}:` with {phrase(expected, unit)}", at_key=True)
