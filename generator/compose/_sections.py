"""Takes the source of a document and the sections that a team leaves out, gives it without them."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, is_dataclass
from typing import Any

from generator.compose._nodes import Nodes
from generator.compose._prose import FENCED
from generator.errors import InputError
from generator.records.document import TOKEN, AnchorNode, LinkNode, PageBreakBlock, TextNode, token
from generator.records.fact import field_names
from generator.records.results import Results

HEADING = re.compile(r"^(#{2,3}) +(?:\d+(?:\.\d+)*\.? +)?(.*?) *$", re.MULTILINE)
NUMBERED = re.compile(r"#+ +\d")
TOLD = "Left out here by the team: "
UNSAID = "Left out here, since nothing is declared for it: "


@dataclass(frozen=True)
class Section:
    """A section: the words of its heading without the number, the name they make, where it begins and ends."""

    words: str
    start: int
    end: int

    @property
    def name(self) -> str:
        """Return its words in small letters with hyphens between them."""
        return re.sub(r"[\s-]+", "-", re.sub(r"[^\w\s-]", "", self.words).strip().lower())


def shown(source: str, document: str, results: Results, nodes: Nodes) -> str:
    """Return the source without the sections that the team leaves out, which its last line names.

    Nodes that stood in them alone go from `nodes`, and links to places in them become words. Raises InputError for a
    section that is not there, stands on the first page, or is where alerts lead.
    """
    source = without_empty(source, nodes)
    named = [name.partition("/")[2] for name in results.presentation.left_out if name.partition("/")[0] == document]
    if not named:
        return source
    found = {section.name: section for section in sections(source) if section.start >= _opening(source, nodes)}
    for name in named:
        if name not in found:
            hint = f"there are {', '.join(found)}; what stands on the first page always stays"
            raise InputError(f"there is no section {name!r}", where=f"documents.leave_out: {document}", hint=hint)
    gone = sorted((found[name] for name in named), key=lambda section: section.start)
    kept = "".join(_kept(source, gone))
    lost = _dropped(source, kept, nodes)
    if wanted := sorted(lost & {level.anchor for alert in results.alerts for level in alert.levels}):
        hint = "keep the section: rules, messages and the runbook's address lead to it"
        raise InputError(f"alerts lead to {wanted[0]!r}", where=f"documents.leave_out: {document}", hint=hint)
    _unlink(nodes, lost)
    words = nodes.add(TextNode(text="; ".join(section.words for section in gone)))
    return f"{kept.rstrip()}\n\n{TOLD}{words}.\n"


def without_empty(source: str, nodes: Nodes) -> str:
    """Return the source without headings below which nothing stands; its last line names those with a number."""
    gone: list[str] = []
    while empty := [section for section in sections(source) if _is_empty(source, section, nodes)]:
        start = empty[-1].start
        head, _, rest = source[start:].partition("\n")
        source = source[:start] + rest
        gone = [empty[-1].words, *gone] if NUMBERED.match(head) else gone
    if not gone:
        return source
    return f"{source.rstrip()}\n\n{UNSAID}{nodes.add(TextNode(text='; '.join(gone)))}.\n"


def _is_empty(source: str, section: Section, nodes: Nodes) -> bool:
    body = source[section.start : section.end].partition("\n")[2]
    breaks = (index for index in _tokens(body) if isinstance(nodes.all[index], PageBreakBlock))
    return not any(line.strip() for line in body.replace("\n", "").split(token(next(breaks, -1))))


def sections(source: str) -> tuple[Section, ...]:
    """Return the sections of a source, those within others too."""
    plain = FENCED.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), source)
    heads = [(len(match[1]), TOKEN.sub("", match[2]).strip(), match.start()) for match in HEADING.finditer(plain)]
    ends = (
        next((start for other, _, start in heads[number:] if other <= level), len(source))
        for number, (level, _, _) in enumerate(heads, start=1)
    )
    return tuple(Section(words, start, end) for (_, words, start), end in zip(heads, ends, strict=True))


def _opening(source: str, nodes: Nodes) -> int:
    """Return where the second page begins in a document whose first page is made to stand alone."""
    breaks = (match.start() for match in TOKEN.finditer(source) if isinstance(nodes.all[int(match[1])], PageBreakBlock))
    return next(breaks, 0)


def _kept(source: str, gone: Iterable[Section]) -> Iterator[str]:
    at = 0
    for section in gone:
        yield source[at : section.start]
        at = max(at, section.end)
    yield source[at:]


def _dropped(source: str, kept: str, nodes: Nodes) -> set[str]:
    """Take away the nodes that what is kept no longer reaches; return the places that stood among them."""
    gone = _reached(source, nodes) - _reached(kept, nodes)
    lost = {index: node for index, node in nodes.all.items() if index in gone}
    for index in lost:
        del nodes.all[index]
    return {node.name for node in lost.values() if isinstance(node, AnchorNode)}


def _reached(source: str, nodes: Nodes) -> set[int]:
    reached: set[int] = set()
    waiting = _tokens(source)
    while waiting:
        index = waiting.pop()
        if index not in reached:
            reached.add(index)
            waiting |= _tokens(nodes.all[index])
    return reached


def _tokens(value: Any) -> set[int]:
    if isinstance(value, str):
        return {int(match[1]) for match in TOKEN.finditer(value)}
    inner = [getattr(value, name) for name in field_names(type(value))] if is_dataclass(value) else value
    return {index for item in inner for index in _tokens(item)} if isinstance(inner, list | tuple) else set()


def _unlink(nodes: Nodes, lost: set[str]) -> None:
    for index, node in nodes.all.items():
        if isinstance(node, LinkNode) and node.target.removeprefix("#") in lost:
            nodes.all[index] = TextNode(text=node.text)
