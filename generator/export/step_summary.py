"""Verdict, gates and grave findings on half a page of Markdown, for the summary of a pipeline's step."""

from collections.abc import Iterator

from generator.records.artifact import Artifact
from generator.records.notation import spell, write
from generator.records.plugin import Companion
from generator.records.results import Results

PATH = "ci/summary.md"
SIGNS = {"pass": "● pass", "fail": "■ fail", "inconclusive": "◆ inconclusive"}
MOST = 10


def export(results: Results) -> Artifact | None:
    """Return `ci/summary.md`."""
    return Artifact(path=PATH, content=("\n".join(_lines(results)) + "\n").encode())


def _lines(results: Results) -> Iterator[str]:
    head, currency = results.header, results.header.currency
    verdict = results.verdict.replace("_", " ")
    yield f"## {_plain(head.title or head.project)}, version {_plain(head.version)}: {verdict}"
    yield from ("", f"As of {head.as_of.isoformat()}; digest of the inputs `{head.digest[:12]}`.")
    if results.gates:
        yield from ("", "| Gate | Actual | Bound | Verdict |", "|---|---|---|---|")
    for gate in results.gates:
        cells = (gate.title, write(gate.value, currency=currency), write(gate.bound, currency=currency))
        yield f"| {' | '.join(map(_plain, cells))} | {SIGNS[gate.verdict]} |"
    severe = [spell(each.words, currency=currency) for each in results.findings if each.severity == "severe"]
    if severe:
        yield from ("", f"Severe findings: {len(severe)}.", "")
        yield from (f"- {_plain(words)}" for words in severe[:MOST])
    if len(severe) > MOST:
        yield f"- and {len(severe) - MOST} more in the documents"


def _plain(text: str) -> str:
    """Return a text from data as one cell of plain words."""
    return "".join(f"\\{sign}" if sign in "\\|`*_[]<>#~" else sign for sign in " ".join(text.split()))


COMPANION = Companion(id="step-summary", title="Summary for a pipeline's step (ci/summary.md)", export=export)
