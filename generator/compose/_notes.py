"""Takes the source of a document and what people noted to its sections, gives it with each note at its section's end.

A note cites a figure as `[$9.49](fact:performance.rmse.production)`: the words are what it was when the note was
written. Where it is another now, the note says so, and stands as it is.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

from markupsafe import Markup

from generator.compose._nodes import Nodes
from generator.compose._sections import sections
from generator.errors import InputError
from generator.records.document import CalloutBlock, LinkNode, TextNode
from generator.records.fact import Fact
from generator.records.notation import clean, write, write_interval
from generator.records.results import Results
from generator.stats.printed import TIMES, NotPrinted, read

NOTED, OUTDATED = "Note of the team", "Note of the team, written when figures were others"
INLINE = re.compile(r"\[(?P<words>[^\]\n]+)\]\((?P<target>[^)\s]+)\)|\*\*(?P<strong>[^*\n]+)\*\*|`(?P<name>[^`\n]+)`")
CITED = "fact:"
ADDRESSES = ("https://", "http://", "mailto:")
ITEM = "- "


def check_noted(results: Results, documents: Sequence[str]) -> None:
    """Raise InputError for a note to a document that there is not."""
    for place in results.presentation.notes:
        document = place.partition("/")[0]
        if document not in documents:
            hint = f"rename its folder: there are {', '.join(documents)}"
            raise InputError(f"there is no document {document!r}", where=f"notes/{place}.md", hint=hint)


def noted(source: str, document: str, results: Results, nodes: Nodes) -> str:
    """Return the source with the notes to this document.

    Raises InputError for a section that the document does not have, and for a fact that the build does not make.
    """
    every = results.presentation.notes
    notes = {place.partition("/")[2]: text for place, text in every.items() if place.partition("/")[0] == document}
    found = {section.name: section for section in sections(source)} if notes else {}
    for name in sorted(notes, key=lambda name: -found[name].end if name in found else 0):
        where = f"notes/{document}/{name}.md"
        if name not in found:
            near = get_close_matches(name, found, n=1)
            hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(found)}"
            raise InputError(f"the document has no section {name!r}", where=where, hint=f"{hint}; rename the file")
        end = found[name].end
        block = _block(_Note(where, results, nodes), notes[name])
        source = f"{source[:end].rstrip()}\n\n{block}\n\n{source[end:]}"
    return source


@dataclass
class _Note:
    """A note while it is written into the nodes of a document; `outdated` are the citations that no longer hold."""

    where: str
    results: Results
    nodes: Nodes
    outdated: dict[str, str] = field(default_factory=dict)

    def words(self, text: str) -> Markup:
        """Return a line of a note: its words as they are, its citations, links, names and what is strong."""
        parts, at = [], 0
        for match in INLINE.finditer(text):
            parts += [self._text(text[at : match.start()]), self._inline(match)]
            at = match.end()
        return Markup("").join([*parts, self._text(text[at:])])

    def _inline(self, match: re.Match[str]) -> Markup:
        if match["name"]:
            return self.nodes.add(TextNode(text=match["name"], name=True))
        if match["strong"]:
            return Markup("**") + self._text(match["strong"].strip()) + Markup("**")
        words, target = match["words"], match["target"]
        if target.startswith(CITED):
            self._check(words, target.removeprefix(CITED))
            return self._text(words)
        if target.startswith(ADDRESSES):
            return self.nodes.add(LinkNode(text=words, target=target))
        return self._text(match[0])

    def _text(self, text: str) -> Markup:
        edges = (text[:1].isspace(), text[-1:].isspace())
        token = self.nodes.add(TextNode(text=clean(text).strip())) if text.strip() else Markup("")
        return Markup(" " if edges[0] else "") + token + Markup(" " if edges[1] and token else "")

    def _check(self, words: str, id: str) -> None:
        """Keep a citation that is no longer what it was."""
        fact = self.results.facts.get(id)
        if fact is None:
            near = get_close_matches(id, self.results.facts, n=1)
            hint = f"did you mean {near[0]}?" if near else "dossier explain names those there are"
            raise InputError(f"the note cites {id!r}, which this build does not make", where=self.where, hint=hint)
        if not _agrees(words, fact, self.results.header.currency):
            self.outdated[id] = words


def _agrees(words: str, fact: Fact, currency: str) -> bool:
    """Return whether a figure in a note is what the fact says, as far as its digits go."""
    plain = write(fact, currency=currency)
    around = write_interval(fact, currency=currency)
    if " ".join(words.split()) in {" ".join(form.split()) for form in (plain, f"{plain} ({around})")}:
        return True
    try:
        figure = read(words)
    except NotPrinted:
        return False
    number = fact.number
    if number is None or figure.unit in TIMES or figure.bound:
        return False
    return figure.number.low <= number <= figure.number.high


def _block(note: _Note, text: str) -> Markup:
    """Return the token of a note's block; where a citation is outdated the block says what it is now."""
    body = Markup("\n\n").join(_paragraphs(note, text))
    for id, words in note.outdated.items():
        fact = note.results.facts[id]
        told = (f"{fact.label or id} was {words} when this was written; it is ", fact, " now.")
        body += Markup("\n\n") + note.nodes.printed(told)
    if note.outdated:
        return note.nodes.add(CalloutBlock(kind="warning", caption=OUTDATED, body=str(body)))
    return note.nodes.add(CalloutBlock(kind="note", caption=NOTED, body=str(body)))


def _paragraphs(note: _Note, text: str) -> Iterator[Markup]:
    """Yield the paragraphs and the lists of a note."""
    for block in re.split(r"\n\s*\n", text.strip()):
        lines = [line.strip() for line in block.splitlines()]
        if all(line.startswith(ITEM) for line in lines):
            yield Markup("\n").join(Markup(ITEM) + note.words(line.removeprefix(ITEM)) for line in lines)
        else:
            yield note.words(" ".join(lines))
