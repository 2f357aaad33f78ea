"""Takes results and a document of the catalogue and gives the composed document: prose with typed nodes."""

from collections.abc import Iterable, Sequence

from generator.compose._changes import says_the_same, with_changes
from generator.compose._components import Components
from generator.compose._environment import environment, header_facts, names
from generator.compose._nodes import Nodes
from generator.compose._notes import check_noted, noted
from generator.compose._prose import settle
from generator.compose._sections import shown
from generator.compose._template import check, run
from generator.records import places
from generator.records.change import SAID
from generator.records.document import Document, DocumentKind
from generator.records.figure import Figure
from generator.records.results import Results


def compose(
    results: Results,
    kind: DocumentKind,
    figures: Iterable[Figure],
    *,
    status: str = "DRAFT",
    beside: Sequence[Document] = (),
) -> Document:
    """Return the document that the template `documents/<id>.md.j2` makes of the results.

    `beside` are the other documents of the bundle, for one that speaks of them all.
    Raises TemplateError with file and line for everything a template may not do, all at once.
    """
    place = f"documents/{kind.id}.md.j2"
    nodes = Nodes()
    components = Components(kind.id, kind.title, results, nodes, tuple(beside))
    jinja = environment(places.templates(), nodes, results.presentation.templates)
    jinja.globals.update(names(header_facts(kind, results, status) | dict(results.facts), components, results, figures))
    check(jinja, place, own=bool(results.presentation.templates))
    written = noted(shown(run(jinja, place), kind.id, results, nodes), kind.id, results, nodes)
    components.finish()
    source, settled = settle(written, nodes.all, place)
    return Document(
        id=kind.id,
        code=kind.code,
        title=kind.title,
        header=results.header,
        status=status,
        source=source,
        nodes=settled,
        shortened=nodes.shortened,
        look=results.presentation.look,
    )


def compose_all(
    results: Results, kinds: Sequence[DocumentKind], figures: Iterable[Figure], wanted: Sequence[str] = ()
) -> tuple[Document, ...]:
    """Return the wanted documents, all when none is named, in the order of `kinds`.

    One that speaks of the whole bundle is composed from all the others, wanted or not.
    """
    check_noted(results, [kind.id for kind in kinds])
    drawings = tuple(figures)
    chosen = [kind for kind in kinds if not wanted or kind.id in wanted]
    needed = kinds if any(kind.of_bundle for kind in chosen) else chosen
    own = {kind.id: compose(results, kind, drawings) for kind in needed if not kind.of_bundle}
    beside = tuple(own.values())
    made = (own.get(kind.id) or compose(results, kind, drawings, beside=beside) for kind in chosen)
    return tuple(with_changes(document, results) for document in made)


def no_longer_so(
    results: Results,
    kinds: Sequence[DocumentKind],
    figures: Iterable[Figure],
    made: Sequence[Document],
) -> tuple[str, ...]:
    """Return the titles of the documents of the bundle before that are not among those made, and no longer hold."""
    said = {str(row["document"]) for row in results.records(SAID)}
    others = [kind.id for kind in kinds if kind.id in said - {each.id for each in made}]
    composed = compose_all(results, kinds, figures, others) if others else ()
    return tuple(each.title for each in composed if not says_the_same(each, results))
