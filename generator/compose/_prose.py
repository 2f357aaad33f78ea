"""Takes the source a template gave and gives it with each block alone in its paragraph and no token out of place."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from generator.errors import Problem, TemplateError
from generator.records.document import INLINE, TOKEN, CalloutBlock, Node

FENCED = re.compile(r"^(`{3,}|~{3,}).*?^\1\s*$", re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"(`+)(?!`)[^\n]*?(?<!`)\1(?!`)")
TARGET = re.compile(r"\]\([^)\n]*|^\[[^\]\n]*\]:.*$", re.MULTILINE)
MISPLACED = (
    (FENCED, "a value stands in a code block", "use code(text, 'language')"),
    (SPAN, "a value stands in a code span", "use {{ value|name }}"),
    (TARGET, "a value stands in the target of a link", "use link(text, target)"),
)


def settle(source: str, nodes: Mapping[int, Node], place: str) -> tuple[str, dict[int, Node]]:
    """Return source and nodes with every block in a paragraph of its own; a TemplateError names what stands wrong."""
    blocks = {
        index: replace(node, body=_apart(node.body, nodes)) if isinstance(node, CalloutBlock) else node
        for index, node in nodes.items()
    }
    sources = (source, *(node.body for node in nodes.values() if isinstance(node, CalloutBlock)))
    problems = tuple(problem for each in sources for problem in _problems(each, nodes, place))
    if problems:
        raise TemplateError(problems[0].what, problems=problems)
    return _apart(source, nodes), blocks


def _problems(source: str, nodes: Mapping[int, Node], place: str) -> Iterator[Problem]:
    for pattern, what, hint in MISPLACED:
        for match in pattern.finditer(source):
            if TOKEN.search(match[0]):
                yield Problem(what=what, where=f"{place}, near “{_words(match[0])}”", hint=hint)
    for line in source.split("\n"):
        if _has_block(line, nodes) and TOKEN.sub("", line).strip():
            where = f"{place}, near “{_words(line)}”"
            yield Problem(what="a block stands in a line with words", where=where, hint="give it a line of its own")


def _apart(source: str, nodes: Mapping[int, Node]) -> str:
    lines = (
        "".join(f"\n{match[0]}\n" for match in TOKEN.finditer(line)) if _has_block(line, nodes) else line.rstrip()
        for line in source.split("\n")
    )
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n") + "\n"


def _has_block(line: str, nodes: Mapping[int, Node]) -> bool:
    return any(not isinstance(nodes[int(match[1])], INLINE) for match in TOKEN.finditer(line))


def _words(text: str) -> str:
    return " ".join(TOKEN.sub("…", text).split())[:60]
