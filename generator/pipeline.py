"""The order of the stages: a project file becomes a bundle, a bundle becomes documents again."""

import datetime
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from generator.errors import InputError, Problem
from generator.records.building import BuildOptions as BuildOptions
from generator.records.building import Built as Built
from generator.records.building import Verified as Verified
from generator.records.difference import Difference
from generator.records.figure import drawn_once
from generator.records.plugin import Catalog
from generator.records.results import Results, collect
from generator.records.threads import one_core_a_sum
from generator.records.watch import Progress

if TYPE_CHECKING:
    from generator.bundle import OpenedBundle
    from generator.bundle.earlier import Earlier
    from generator.bundle.explain import Explanation
    from generator.records.artifact import Artifact
    from generator.records.ledger import Ledger
    from generator.records.presentation import Presentation
    from generator.records.project import Project
    from generator.records.rules import FileCounts

DAY = datetime.timedelta(days=1)


def build(path: Path, catalog: Catalog, options: BuildOptions, progress: Progress) -> Built:
    """Compile the dossier of the project at `path`: rows in, documents out."""
    with progress("load"):
        from generator.bundle import check_target, check_unsigned
        from generator.bundle.identity import bundle_folder

        beside = None if options.output else options.beside / "output"
        project = _loaded(path, options, beside)
        kept = _kept(project)
        catalog = catalog.with_documents(project.settings.documents.own)
        catalog.check_documents(options.documents)
        target = options.output or (options.beside / bundle_folder(project, options.as_of) if options.as_of else None)
        if target:
            check_unsigned(target, Path(project.folder))
            check_target(target, kept)
    results, before = _following(project, catalog, options, beside, progress)
    target = target or options.beside / bundle_folder(project, results.header.as_of)
    check_unsigned(target, Path(project.folder))
    check_target(target, kept)
    built = _publish(results, catalog, target, options.formats, options.documents, progress, jobs=options.jobs)
    return replace(built, before=before.folder if before else None)


def _loaded(path: Path, options: BuildOptions, beside: Path | None) -> "Project":
    """Return the project, which goes back to the version of the bundle before it unless its file names another."""
    from generator.bundle.earlier import before_it, returning
    from generator.load import load

    project = load(path, changes=options.changes)
    if project.settings.model.previous is not None:
        return project
    return returning(project, before_it(project, options.previous, beside, None))


def _following(
    project: "Project", catalog: Catalog, options: BuildOptions, beside: Path | None, progress: Progress
) -> "tuple[Results, Earlier | None]":
    """Return the results of a build, and the bundle before it in the folder `beside`, with what changed since."""
    from generator.bundle.earlier import before_it, compared, since

    project, ledger, shown = _measured(project, catalog, options.as_of, progress, jobs=options.jobs)
    before = before_it(project, options.previous, beside, ledger.as_of)
    results = _concluded(project, compared(ledger, before), shown, catalog, progress)
    return (since(before, results) if before else results), before


def against(path: Path, bundle: Path, catalog: Catalog, options: BuildOptions, progress: Progress) -> Difference:
    """Return in what a build of the project at `path` would differ from a bundle; nothing is written."""
    with progress("load"):
        from generator.bundle import opened
        from generator.bundle.results import read_results, write_results
        from generator.compose.compared import difference

        found, beside = opened(bundle), next(iter(bundle.resolve().parents[2:3]), None)
        project = _loaded(path, options, beside)
    results, _ = _following(project, catalog, options, beside, progress)
    with progress("compose"):
        return difference(found.results, read_results(write_results(results)), catalog, found.manifest.files)


def judge(
    path: Path,
    catalog: Catalog,
    as_of: datetime.date | None,
    progress: Progress,
    *,
    changes: tuple[str, ...] = (),
    jobs: int = 1,
) -> Results:
    """Return what the documents of the project at `path` would be made from, without making any."""
    with progress("load"):
        from generator.load import load

        project = load(path, changes=changes)
    return _concluded(*_measured(project, catalog, as_of, progress, jobs=jobs), catalog, progress)


@one_core_a_sum()
def _measured(
    project: "Project", catalog: Catalog, as_of: datetime.date | None, progress: Progress, *, jobs: int
) -> "tuple[Project, Ledger, Presentation]":
    """Return the project as its records tell it on that day, what is left of the rows, and the team's own documents."""
    with progress("measure") as watch:
        from generator.export import check_known
        from generator.load.known import known_to
        from generator.load.presentation import presentation
        from generator.measure import measure

        shown = presentation(project)
        check_known(shown, catalog.companions)
        engine, counts = catalog.engines[0].open(), catalog.counts
        ledger = measure(project, engine, catalog.readers, as_of=as_of, jobs=jobs, watch=watch, counts=counts)
        return *known_to(project, ledger, as_of), shown


@one_core_a_sum()
def _concluded(
    project: "Project", ledger: "Ledger", shown: "Presentation", catalog: Catalog, progress: Progress
) -> Results:
    with progress("analyse"):
        from generator.conclude import analyse, decide

        evidence = analyse(project, ledger, catalog.analyses)
    with progress("decide"):
        from generator.bundle.identity import header
        from generator.conclude import examined
        from generator.export import told_apart

        decisions = decide(project, evidence, catalog.decisions)
        results = examined(collect(header(project, ledger, shown), evidence, decisions, shown))
        return told_apart(results, catalog.companions)


def render(
    bundle: Path,
    catalog: Catalog,
    output: Path | None,
    formats: tuple[str, ...],
    documents: tuple[str, ...],
    progress: Progress,
) -> Built:
    """Make the documents of a bundle again from its `results.json` alone."""
    with progress("load"):
        from generator.bundle import check_target, check_unsigned, opened, printable
        from generator.load.whose import projects_of

        found = opened(bundle)
        for project in projects_of(bundle, found.results.header.project):
            check_unsigned(output or bundle, project)
        check_target(output or bundle, _kept())
    catalog = catalog.with_documents(found.results.presentation.documents)
    catalog.check_documents(documents)
    target = output or bundle
    with printable(found, bundle):
        return _publish(found.results, catalog, target, formats, documents, progress, source=found)


@one_core_a_sum()
def verify(bundle: Path, catalog: Catalog, progress: Progress, *, jobs: int = 1) -> Verified:
    """Return what was found in order in a bundle; raises Unverified with everything that is not.

    Each file is held against the manifest, then against what the results give when they are made into files again.
    """
    from generator.bundle import printable
    from generator.bundle.verify import check_made, intact

    with progress("files"):
        found = intact(bundle)
    catalog = catalog.with_documents(found.results.presentation.documents)
    listed = found.manifest.files
    formats = [
        each for each in catalog.formats if any(f"{kind.id}.{each.suffix}" in listed for kind in catalog.documents)
    ]
    kinds = [kind for kind in catalog.documents if any(f"{kind.id}.{each.suffix}" in listed for each in formats)]
    wanted = tuple(each.id for each in formats), tuple(kind.id for kind in kinds)
    with printable(found, bundle):
        _, made, _ = _files(found.results, catalog, *wanted, progress, jobs=jobs)
    check_made(found, made, bundle)
    return Verified(results=found.results, files=len(listed), documents=len(formats) * len(kinds))


@one_core_a_sum()
def diff(old: Path, new: Path, catalog: Catalog, progress: Progress) -> Difference:
    """Return what changed between two bundles, and which documents no longer say the same."""
    from generator.bundle import opened, printable
    from generator.compose.compared import difference

    with progress("load"):
        earlier, later = opened(old), opened(new)
    with progress("compose"), printable(earlier, old), printable(later, new):
        return difference(earlier.results, later.results, catalog, later.manifest.files)


def explain(bundle: Path, id: str) -> "Explanation":
    """Return where a fact of a bundle comes from, which documents print it, and what rests on it."""
    from generator.bundle import listed, opened
    from generator.bundle.explain import CITATIONS, wanted
    from generator.bundle.explain import explain as explained

    found = opened(bundle)
    return explained(found.results, wanted(found.results, id), listed(bundle, CITATIONS, found.manifest))


@one_core_a_sum()
def check(path: Path, catalog: Catalog, progress: Progress, *, changes: tuple[str, ...] = ()) -> tuple[Problem, ...]:
    """Return what is doubtful about a project; raises InputError with everything that is wrong."""
    with progress("load"):
        from generator.load import load
        from generator.load.notes import notes

        project = load(path, changes=changes)
        notes(project)
    with progress("measure") as watch:
        from generator.load.known import known_to
        from generator.measure import measure

        # Nothing is written: any day serves rows without a date.
        today = None if project.settings.data.time else datetime.date.today()
        engine = catalog.engines[0].open()
        counts = catalog.counts
        ledger = measure(project, engine, catalog.readers, as_of=today, sums_alone=True, watch=watch, counts=counts)
        project, ledger = known_to(project, ledger, None)
    with progress("decide"):
        from generator.conclude import analyse, decide, doubts

        needed = catalog.for_check()
        decisions = decide(project, analyse(project, ledger, needed.analyses), needed.decisions)
        return doubts(project, decisions)


@one_core_a_sum()
def contract(path: Path, catalog: Catalog, name: str, progress: Progress, *, jobs: int = 1) -> "FileCounts":
    """Return what the rows of a file say of the contract of a project's inputs, rule by rule."""
    with progress("load"):
        from generator.load import load

        project, engine = load(path), catalog.engines[0].open()
    with progress("rules"):
        from generator.conclude import analyse, decide
        from generator.measure import trained
        from generator.records.rules import rules_of

        ledger = trained(project, engine, catalog.readers, datetime.date.today(), jobs=jobs)
        needed = catalog.for_contract()
        decided = decide(project, analyse(project, ledger, needed.analyses), needed.decisions)
        rules = rules_of(next((table for table in decided.tables if table.id == "features.rules"), None))
    with progress("measure") as watch:
        from generator.measure.broken import count_broken

        return count_broken(project, engine, rules, ledger.plan, name, jobs=jobs, watch=watch)


def metrics(
    path: Path,
    catalog: Catalog,
    now: datetime.datetime,
    as_of: datetime.date | None,
    progress: Progress,
    *,
    changes: tuple[str, ...] = (),
    jobs: int = 1,
) -> bytes:
    """Return what the alert rules read of the newest closed day, in Prometheus's text format.

    Closed is the day before that of `now`, by the project's clock; a day asked for is looked at from its own end.
    """
    with progress("load"):
        from generator.load import load

        project = load(path, changes=changes)
        today = now.astimezone(ZoneInfo(project.settings.project.time_zone or "UTC")).date()
    every = catalog.for_metrics()
    results = _concluded(*_measured(project, every, as_of or today - DAY, progress, jobs=jobs), every, progress)
    from generator.export.metrics import exposition

    return exposition(results, None if as_of else now)


def _kept(project: "Project | None" = None) -> tuple[Path, ...]:
    """Return what a bundle may not take the place of: inputs, templates and the working directory."""
    from generator.records import inputs, places

    return (*(() if project is None else inputs.paths(project)), places.templates(), Path.cwd())


@one_core_a_sum()
def _publish(
    results: Results,
    catalog: Catalog,
    target: Path,
    formats: tuple[str, ...],
    documents: tuple[str, ...],
    progress: Progress,
    *,
    jobs: int = 1,
    source: "OpenedBundle | None" = None,
) -> Built:
    """Compose, render, export and bundle results as `results.json` gives them; `source` is the bundle they are from."""
    from generator.bundle import bundle, leaving
    from generator.bundle.identity import manifest_facts, template_digests
    from generator.render import undrawn

    templates, content = template_digests(), source.content if source else None
    results, files, stale = _files(results, catalog, formats, documents, progress, jobs=jobs, content=content)
    with progress("bundle"):
        if template_digests() != templates:
            raise InputError("a template changed during the build", hint="build again")
        gone = leaving(target, files)
        folder = bundle(files, target, manifest_facts(results, templates, source.manifest.sha256 if source else None))
    gaps = sum(fact.value is None for fact in results.facts.values())
    made = {file.path: file.content for file in files}
    lacking = undrawn(made["results.json"].decode()) if any(path.endswith(".pdf") for path in made) else ()
    return Built(bundle=folder, results=results, gaps=gaps, undrawn=lacking, gone=gone, stale=stale)


def _files(
    results: Results,
    catalog: Catalog,
    formats: tuple[str, ...],
    documents: tuple[str, ...],
    progress: Progress,
    *,
    jobs: int,
    content: bytes | None = None,
) -> "tuple[Results, tuple[Artifact, ...], tuple[str, ...]]":
    """Return the results as `results.json`, in `content` already or not, keeps them, and all files but the manifest.

    Beside them the titles of the documents of the bundle before that are not among these, and no longer hold.
    """
    from generator.bundle.explain import CITATIONS
    from generator.bundle.results import read_results, write_results
    from generator.compose import compose_all, no_longer_so
    from generator.compose.mentions import mentions
    from generator.export import export
    from generator.records.artifact import Artifact
    from generator.render import companions, index
    from generator.render import render as render_documents

    if content is None:
        content = write_results(results)
        results = read_results(content)
    with progress("compose"):
        figures = [drawn_once(figure) for figure in catalog.figures]
        composed = compose_all(results, catalog.documents, figures, documents)
        stale = no_longer_so(results, catalog.documents, figures, composed)
    with progress("render"):
        beside = (*companions(composed, results.tables), *export(results, catalog.companions))
        files = (
            *render_documents(composed, catalog.formats, formats, beside=beside, jobs=jobs),
            *beside,
            mentions(composed, CITATIONS),
            Artifact(path="results.json", content=content),
        )
    absent = [kind.title for kind in catalog.documents if all(kind.id != each.id for each in composed)]
    return results, (*files, index(results, composed, files, absent, stale)), stale
