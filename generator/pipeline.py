"""The order of the stages: a project file becomes a bundle, a bundle becomes documents again."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from generator.errors import InputError, Problem
from generator.records.figure import drawn_once
from generator.records.plugin import Catalog
from generator.records.results import Results, collect
from generator.records.watch import Watch, unwatched

if TYPE_CHECKING:
    from generator.compose.explain import Explanation
    from generator.load.bare import Said
    from generator.load.start import Started, Wish
    from generator.records.project import Project

Progress = Callable[[str], AbstractContextManager[Watch]]


@dataclass(frozen=True, kw_only=True)
class BuildOptions:
    """What the caller wants of a build; empty tuples mean everything."""

    output: Path | None = None
    formats: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    as_of: datetime.date | None = None
    jobs: int = 1


@dataclass(frozen=True, kw_only=True)
class Built:
    """A finished bundle: where it is, what it says, and how many facts it lacks."""

    bundle: Path
    results: Results
    gaps: int


@dataclass(frozen=True, kw_only=True)
class Cost:
    """A measurement of inference cost as JSON, and where the project expects it; None where it names no place."""

    place: Path | None
    content: bytes


def build(path: Path, catalog: Catalog, options: BuildOptions, progress: Progress) -> Built:
    """Compile the dossier of the project at `path`: rows in, five documents out."""
    with progress("load"):
        from generator.bundle import check_target
        from generator.bundle.identity import bundle_folder
        from generator.load import load

        project = load(path)
        kept = _kept(project)
        target = options.output or (bundle_folder(project, options.as_of) if options.as_of else None)
        if target:
            check_target(target, kept)
    results = _judged(project, catalog, options.as_of, progress, jobs=options.jobs)
    target = target or bundle_folder(project, results.header.as_of)
    check_target(target, kept)
    return _publish(results, catalog, target, options.formats, options.documents, progress, jobs=options.jobs)


def judge(path: Path, catalog: Catalog, as_of: datetime.date | None, progress: Progress, *, jobs: int = 1) -> Results:
    """Return what the documents of the project at `path` would be made from, without making any."""
    with progress("load"):
        from generator.load import load

        project = load(path)
    return _judged(project, catalog, as_of, progress, jobs=jobs)


def _judged(
    project: Project, catalog: Catalog, as_of: datetime.date | None, progress: Progress, *, jobs: int
) -> Results:
    with progress("measure") as watch:
        from generator.measure import measure

        ledger = measure(project, catalog.engines[0].open(), catalog.readers, as_of=as_of, jobs=jobs, watch=watch)
    with progress("analyse"):
        from generator.analyse import analyse

        evidence = analyse(project, ledger, catalog.analyses)
    with progress("decide"):
        from generator.bundle.identity import header
        from generator.decide import decide

        decisions = decide(project, evidence, catalog.decisions)
        return collect(header(project, ledger), evidence, decisions)


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
        from generator.bundle import check_target

        results = _results(bundle)
        check_target(output or bundle, _kept())
    return _publish(results, catalog, output or bundle, formats, documents, progress)


def explain(bundle: Path, catalog: Catalog, id: str) -> Explanation:
    """Return where a fact of a bundle comes from, which documents print it, and what rests on it."""
    from generator.compose import compose
    from generator.compose.explain import explain as explained
    from generator.compose.explain import wanted

    results = _results(bundle)
    fact = wanted(results, id)
    figures = [drawn_once(figure) for figure in catalog.figures]
    return explained(results, fact, [compose(results, kind, figures) for kind in catalog.documents])


def check(path: Path, catalog: Catalog, progress: Progress) -> tuple[Problem, ...]:
    """Return what is doubtful about a project; raises InputError with everything that is wrong."""
    with progress("load"):
        from generator.load import load

        project = load(path)
    with progress("measure") as watch:
        from generator.measure import measure

        today = datetime.date.today()  # nothing is written: any day serves rows without a date
        ledger = measure(project, catalog.engines[0].open(), catalog.readers, as_of=today, watch=watch)
    with progress("decide"):
        from generator.analyse import analyse
        from generator.decide import decide, doubts

        decisions = decide(project, analyse(project, ledger, catalog.analyses), catalog.decisions)
        return doubts(project, decisions)


def profile(path: Path, catalog: Catalog, rows: Path, *, jobs: int = 1, watch: Watch = unwatched) -> bytes:
    """Return the training statistics of the table `rows` as JSON, read with the roles and model of a project."""
    from generator.load import load
    from generator.measure import profile as measured

    project, engine = load(path, statistics=False), catalog.engines[0].open()
    return measured(project, engine, catalog.readers, rows, jobs=jobs, watch=watch)


def profile_table(said: Said, catalog: Catalog, rows: Path, *, jobs: int = 1, watch: Watch = unwatched) -> bytes:
    """Return the training statistics of the table `rows` as JSON, read with the roles that were said."""
    from generator.load.bare import bare
    from generator.measure import profile as measured
    from generator.measure.inspect import written_as

    engine = catalog.engines[0].open()
    project = bare(rows, said, written_as(rows, engine))
    return measured(project, engine, catalog.readers, rows, jobs=jobs, watch=watch)


def cost(path: Path, catalog: Catalog, today: datetime.date) -> Cost:
    """Return the time that the model of a project takes on this machine."""
    from generator.load import load
    from generator.measure import cost as measured

    project = load(path, statistics=False)
    name = project.settings.model.cost
    return Cost(
        place=Path(project.folder, name) if name else None,
        content=measured(project, catalog.engines[0].open(), catalog.readers, today),
    )


def init(wish: Wish, catalog: Catalog, progress: Progress, *, jobs: int = 1) -> Started:
    """Write a project file for the files of a wish, guessing what it does not say; nothing there is overwritten."""
    from generator.bundle import written
    from generator.load import load
    from generator.load.bare import bare
    from generator.load.guess import Known, guess
    from generator.load.late import joined
    from generator.load.start import Started, counts, drafted, free, guessed, text_of
    from generator.measure import profile as measured
    from generator.measure.inspect import inspect, known_features, look, written_as

    free(wish)
    engine = catalog.engines[0].open()
    with progress("inspect"):
        csv, own = (
            written_as(wish.production, engine),
            replace(wish.said, target=None if wish.labels else wish.said.target),
        )
        table, said, late = inspect(wish.production, engine, csv), wish.said, None
        if wish.labels:
            late = joined(table, inspect(wish.labels, engine, csv), said, wish.key)
            table, said = late.table, late.said
        training = inspect(wish.reference, engine, csv).columns if wish.reference else ()
        features, splits = known_features(wish.reference_stats) if wish.reference_stats else ((), None)
        looked = look(bare(wish.production, own, csv), engine, catalog.readers) if wish.said.model else None
        features = (looked.features if looked else ()) or features
        known = Known(
            features=features, trained=training, splits=splits, classifier=looked is not None and looked.classifier
        )
        roles = guess(table, said, known)
    with drafted(wish, text_of(wish, table, roles, looked, csv, late)) as draft:
        project = load(draft, statistics=False)
        counted = counts(wish, looked)
        if wish.reference and counted:
            with progress("measure") as watch:
                statistics = measured(project, engine, catalog.readers, wish.reference, jobs=jobs, watch=watch)
                written(wish.statistics, statistics)
        written(wish.file, draft.read_bytes())
    return Started(
        file=wish.file,
        statistics=wish.statistics if counted else None,
        guesses=guessed(roles, csv, late),
        closed=looked is not None and not looked.opened,
        binary=roles.outcome.task == "binary",
    )


def statistics_path(path: Path) -> Path | None:
    """Return where a project expects its training statistics; None where it names no place."""
    from generator.load import load

    project = load(path, statistics=False)
    name = project.settings.data.reference_stats
    return Path(project.folder, name) if name else None


def _kept(project: Project | None = None) -> tuple[Path, ...]:
    """Return what a bundle may not take the place of: inputs, templates and the working directory."""
    from generator.records import inputs, places

    return (*(() if project is None else inputs.paths(project)), places.templates(), Path.cwd())


def _results(bundle: Path) -> Results:
    from generator.bundle.results import read_results

    file = bundle / "results.json"
    if not file.is_file():
        raise InputError("there is no results.json", where=str(bundle), hint="name the folder of a finished bundle")
    return read_results(file.read_bytes())


def _publish(
    results: Results,
    catalog: Catalog,
    target: Path,
    formats: tuple[str, ...],
    documents: tuple[str, ...],
    progress: Progress,
    *,
    jobs: int = 1,
) -> Built:
    """Compose, render, export and bundle; what is written is what a reading of `results.json` gives."""
    from generator.bundle import bundle
    from generator.bundle.identity import manifest_facts
    from generator.bundle.results import read_results, write_results
    from generator.compose import compose
    from generator.export import export
    from generator.records.artifact import Artifact
    from generator.render import companions, index
    from generator.render import render as render_documents

    content = write_results(results)
    results = read_results(content)
    with progress("compose"):
        kinds = [kind for kind in catalog.documents if not documents or kind.id in documents]
        figures = [drawn_once(figure) for figure in catalog.figures]
        composed = [compose(results, kind, figures) for kind in kinds]
    with progress("render"):
        files = (
            *render_documents(composed, catalog.formats, formats, jobs=jobs),
            *companions(composed, results.tables),
            *export(results, catalog.companions),
            Artifact(path="results.json", content=content),
        )
    with progress("bundle"):
        whole = (*files, index(results, composed, files))
        folder = bundle(whole, target, manifest_facts(results))
    return Built(bundle=folder, results=results, gaps=sum(fact.value is None for fact in results.facts.values()))
