"""Takes a bundle and what it is packed for, gives one PDF to read and one zip of everything."""

from pathlib import Path

from generator.bundle.approvals import approvals
from generator.bundle.pack import contents, name_of, write_pack
from generator.bundle.verify import intact
from generator.compose import compose
from generator.compose.change import CHANGE, ChangeRequest, with_change
from generator.errors import InputError
from generator.load.journal import read_journal
from generator.load.whose import projects_of
from generator.records.artifact import Artifact
from generator.records.figure import drawn_once
from generator.records.plugin import Catalog
from generator.records.results import Results
from generator.records.threads import one_core_a_sum
from generator.records.watch import Progress
from generator.render import PdfPart, packed, render


@one_core_a_sum()
def pack(
    bundle: Path, catalog: Catalog, folder: Path, progress: Progress, change: ChangeRequest | None = None
) -> tuple[Path, Path]:
    """Return one PDF of a bundle's documents and a zip of all its files and its approvals; a change comes first.

    Raises Unverified for a bundle that is not as it was built, InputError for one without PDFs, or without what its
    change needs.
    """
    with progress("files"):
        found = intact(bundle)
        files = contents(bundle, found.manifest)
        for project in projects_of(bundle, found.results.header.project):
            files |= approvals(project, read_journal(project)[0]).files(found.manifest.sha256)
    catalog = catalog.with_documents(found.results.presentation.documents)
    kinds = [kind for kind in catalog.documents if f"{kind.id}.pdf" in files]
    if not kinds:
        hint = "make them first: dossier render BUNDLE --format pdf -o OTHER, then pack that"
        raise InputError("the bundle has no PDF", where=str(bundle), hint=hint)
    with progress("pack"):
        if change:
            kinds.insert(0, CHANGE)
            files |= {made.path: made.content for made in _request(found.results, catalog, change)}
        parts = [PdfPart(name=f"{kind.id}.pdf", title=kind.title, content=files[f"{kind.id}.pdf"]) for kind in kinds]
        pdf = packed(found.results, parts, found.manifest.sha256)
        return write_pack(folder, name_of(found.results.header, change.name if change else ""), pdf, files)


def _request(results: Results, catalog: Catalog, change: ChangeRequest) -> tuple[Artifact, ...]:
    """Return the request of a change in every format."""
    figures = [drawn_once(figure) for figure in catalog.figures]
    return render((compose(with_change(results, change), CHANGE, figures),), catalog.formats)
