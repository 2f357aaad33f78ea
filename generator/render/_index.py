"""Takes results, documents and the files made of them and gives the page that leads to them all."""

from collections.abc import Iterable, Sequence
from typing import Any

from generator.records.artifact import Artifact
from generator.records.change import FOLLOWS, KINDS, TABLE, UNCHANGED, changes_in
from generator.records.document import Document
from generator.records.results import Header, Results
from generator.records.table import Mark
from generator.render import _words
from generator.render._kit import SHORT, Masthead
from generator.render._page import environment, write

VERDICTS = {
    "proceed": ("good", "● Proceed"),
    "proceed_with_conditions": ("caution", "▲ Proceed with conditions"),
    "delay": ("bad", "■ Delay"),
    "not_enough": ("caution", "◆ Not enough evidence"),
}
WEIGHTIEST = 12
"""Changes since the bundle before that are listed."""
FORMATS = {"html": "HTML", "pdf": "PDF", "md": "Markdown"}


def cover(results: Results, files: Iterable[tuple[str, str, int, str]], digest: str) -> str:
    """Return the first page of a pack, as HTML: verdict, gates, and its files by name, title, pages and SHA-256."""
    listed = [{"path": name, "title": title, "pages": pages, "sha256": sha256} for name, title, pages, sha256 in files]
    return _page(results, "Deployment dossier, reading copy", "cover.html.j2", files=listed, digest=digest)


def index(
    results: Results,
    documents: Sequence[Document],
    files: Iterable[Artifact],
    absent: Sequence[str] = (),
    stale: Sequence[str] = (),
) -> Artifact:
    """Return `index.html`: the verdict, the documents in their formats, the downloads.

    `absent` are the titles of the documents that were not made, `stale` of those that the bundle before has and that
    no longer hold.
    """
    paths = {file.path: len(file.content) for file in files}
    page = _page(
        results,
        "Deployment dossier",
        "index.html.j2",
        documents=[_document(each, paths) for each in documents],
        absent=absent,
        stale=stale,
        downloads=_downloads(paths, {each.id for each in documents}),
        digest=results.header.digest,
        since=results.tables[TABLE].title if TABLE in results.tables else "",
        changes=[change for change in changes_in(results.tables) if change.kind not in FOLLOWS][:WEIGHTIEST],
        kinds=KINDS,
        every=f"tables/{TABLE}.csv" if f"tables/{TABLE}.csv" in paths else "",
    )
    return Artifact(path="index.html", content=page.encode())


def _page(results: Results, title: str, template: str, **values: Any) -> str:
    """Return a page about the whole: verdict and gates, and what its template makes of `values`."""
    header = results.header
    tone, verdict = VERDICTS[results.verdict]
    values |= {"tone": tone, "verdict": verdict, "request": _request(results), "gates": _gates(results)}
    body = environment().get_template(template).render(**values)
    return write(
        title,
        body,
        _head(results),
        identity=header.digest,
        as_of=header.as_of.isoformat(),
        tool=header.tool,
        look=results.presentation.look,
    )


def _request(results: Results) -> str:
    """Return what is asked for, of whom and until when, as far as that is known."""
    keys = ("request.asked", "declared.people.memo_to", "calendar.decision")
    asked, of, by = (fact.value if (fact := results.facts.get(key)) else None for key in keys)
    whom = f" of {of}" if of else ""
    return f"Asked{whom}{f', by {by}' if by else ''}: {asked}." if asked else ""


def _head(results: Results) -> Masthead:
    header = results.header
    line = f"{header.model} {header.version} · as of {header.as_of.isoformat()} · {header.classification}"
    notice = "Rows in this build are simulated." if header.simulated else ""
    return Masthead(system=header.title or header.project, line=line, notice=notice, foot=foot_of(header))


def foot_of(header: Header) -> str:
    """Return what stands below each page that is no document's."""
    return f"{header.project} · {header.version} · digest {header.digest[:SHORT]} · {header.tool}"


def _gates(results: Results) -> list[dict[str, str]]:
    """Return the gates with what was measured, a count with what it counts as on the scorecard."""
    currency = results.header.currency
    told = {row["evidence"]: row["actual"] for row in results.records("scorecard.rows")}
    found = []
    for gate in results.gates:
        shape, word, tone = _words.status(Mark(status=gate.verdict, word=gate.verdict))
        words = told.get(gate.value.id)
        value = _words.plain(words, currency) if isinstance(words, tuple) else _words.number(gate.value, currency)
        found.append({"title": gate.title, "value": value, "verdict": f"{shape} {word}", "tone": tone})
    return found


def _document(document: Document, paths: dict[str, int]) -> dict[str, Any]:
    files = [
        {"path": f"{document.id}.{suffix}", "label": label, "size": _size(paths[f"{document.id}.{suffix}"])}
        for suffix, label in FORMATS.items()
        if f"{document.id}.{suffix}" in paths
    ]
    changed = bool(document.changes) and UNCHANGED not in document.changes
    return {"title": document.title, "id": document.document_id, "files": files, "changed": changed}


def _downloads(paths: dict[str, int], documents: set[str]) -> list[tuple[str, list[dict[str, str]]]]:
    """Return the other files of the bundle by folder."""
    folders: dict[str, list[dict[str, str]]] = {}
    for path, size in sorted(paths.items()):
        if path.rpartition(".")[0] not in documents:
            folder = path.rpartition("/")[0] or "machine-readable"
            folders.setdefault(folder, []).append({"path": path, "size": _size(size)})
    return list(folders.items())


def _size(count: int) -> str:
    return f"{count / 1000:,.0f} kB" if count >= 1000 else f"{count} B"
