"""Takes the results of two builds, gives what changed between them, and which documents say something else."""

from collections.abc import Collection

from generator.compose import compose_all
from generator.compose.content import content_of
from generator.records.difference import Difference, changes, document_of
from generator.records.figure import drawn_once
from generator.records.plugin import Catalog
from generator.records.results import Results


def difference(old: Results, new: Results, catalog: Catalog, made: Collection[str]) -> Difference:
    """Return what changed; of documents those are told that are among the paths `made`."""
    catalog = catalog.with_documents(new.presentation.documents)
    figures = [drawn_once(figure) for figure in catalog.figures]
    wanted = [kind.id for kind in catalog.documents if any(f"{kind.id}." in path for path in made)]
    old_ones, new_ones = (compose_all(each, catalog.documents, figures, wanted) for each in (old, new))
    pairs = [(content_of(before), content_of(after)) for before, after in zip(old_ones, new_ones, strict=True)]
    every = changes(old, new)
    return Difference(
        old=old.header,
        new=new.header,
        changes=every,
        documents=tuple(document_of(before, after, every) for before, after in pairs),
    )
