"""What stands before a build: files become a project file, training rows statistics, a model its cost."""

import datetime
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from generator.errors import InputError
from generator.records.places import schema_file
from generator.records.plugin import Catalog
from generator.records.watch import Progress, Watch, unwatched

if TYPE_CHECKING:
    from generator.engines import Engine
    from generator.load.guess import Roles
    from generator.load.late import Joined
    from generator.load.start import Started, Wish
    from generator.records.inspection import Inspection, ModelFile, Said
    from generator.records.project import Csv


@dataclass(frozen=True, kw_only=True)
class MeasuredCost:
    """A measurement of inference cost as JSON, and where the project expects it; None where it names no place."""

    place: Path | None
    content: bytes


def profile(path: Path, catalog: Catalog, rows: Path, *, jobs: int = 1, watch: Watch = unwatched) -> bytes:
    """Return the training statistics of the table `rows` as JSON, read with the roles and model of a project."""
    from generator.load import load
    from generator.measure import profile as measured

    project, engine = load(path, statistics=False), catalog.engines[0].open()
    return measured(project, engine, catalog.readers, rows, jobs=jobs, watch=watch)


def profile_table(said: "Said", catalog: Catalog, rows: Path, *, jobs: int = 1, watch: Watch = unwatched) -> bytes:
    """Return the training statistics of the table `rows` as JSON, read with the roles that were said."""
    from generator.load.bare import bare
    from generator.load.guess import unknown
    from generator.measure import profile as measured
    from generator.measure.inspect import written_as
    from generator.measure.tables import open_table

    engine = catalog.engines[0].open()
    project = bare(rows, said, written_as(rows, engine))
    problems = unknown(said, tuple(engine.schema(open_table(project, project.settings.data.production))))
    if problems:
        raise InputError(problems[0].what, problems=problems)
    return measured(project, engine, catalog.readers, rows, jobs=jobs, watch=watch)


def cost(path: Path, catalog: Catalog, today: datetime.date) -> MeasuredCost:
    """Return the time that the model of a project takes on this machine."""
    from generator.load import load
    from generator.measure import cost as measured

    project = load(path, statistics=False)
    name = project.settings.model.cost
    return MeasuredCost(
        place=Path(project.folder, name) if name else None,
        content=measured(project, catalog.engines[0].open(), catalog.readers, today),
    )


def init(wish: "Wish", catalog: Catalog, progress: Progress, *, jobs: int = 1) -> "Started":
    """Write a project file for the files of a wish, guessing what it does not say; nothing there is overwritten."""
    from generator.load.start import Started, counts, drafted, free, guessed, text_of

    free(wish)
    from generator.bundle import written
    from generator.load import load
    from generator.measure import profile as measured

    engine = catalog.engines[0].open()
    with progress("inspect"):
        seen = _inspected(wish, engine, catalog)
    model = seen.model
    with drafted(wish, text_of(wish, seen.table, seen.roles, model, seen.csv, seen.late)) as draft:
        project = load(draft, statistics=False)
        counted = counts(wish, model)
        if wish.reference and counted:
            with progress("measure") as watch:
                statistics = measured(project, engine, catalog.readers, wish.reference, jobs=jobs, watch=watch)
                written(wish.statistics, statistics)
        written(wish.file, draft.read_bytes())
        if not wish.schema.exists():
            written(wish.schema, schema_file().read_bytes())
    return Started(
        file=wish.file,
        statistics=wish.statistics if counted else None,
        guesses=guessed(seen.roles, seen.csv, seen.late),
        closed=model.sha256 if model is not None and not model.opened else None,
        dated=seen.roles.time is not None,
        held_out=wish.held_out is not None or wish.reference_is == "held_out",
        wrote=model.wrote if model is not None else None,
        binary=seen.roles.outcome.task == "binary",
    )


@dataclass(frozen=True, kw_only=True)
class _Seen:
    """What the files of a wish show: how CSV is written, the columns and their roles, the model, how labels join."""

    csv: "Csv"
    table: "Inspection"
    roles: "Roles"
    model: "ModelFile | None"
    late: "Joined | None"


def _inspected(wish: "Wish", engine: "Engine", catalog: Catalog) -> _Seen:
    from generator.load.bare import bare
    from generator.load.guess import KnownColumns, guess
    from generator.load.late import joined
    from generator.measure.inspect import inspect, known_features, look, written_as
    from generator.measure.relation import explained_by

    csv = written_as(wish.production, engine)
    table, said, late = inspect(wish.production, engine, csv), wish.said, None
    if wish.labels:
        late = joined(table, inspect(wish.labels, engine, csv), said, wish.key)
        table, said = late.table, late.said
    training = inspect(wish.reference, engine, csv).columns if wish.reference else ()
    features, splits = known_features(wish.reference_stats, wish.said.target) if wish.reference_stats else ((), None)
    own = replace(wish.said, target=None if wish.labels else wish.said.target)
    columns = table.columns
    rows = None if wish.reference_is == "held_out" else wish.reference
    model = look(bare(wish.production, own, csv), engine, catalog.readers, columns, rows) if wish.said.model else None
    known = KnownColumns(
        features=(model.features if model else ()) or features,
        trained=training,
        splits=splits,
        classifier=model.classifier if model and model.opened else None,
        closed=model.sha256 if model and not model.opened else None,
        explained=(lambda _, __: model.explained) if model else partial(explained_by, wish.production, engine, csv),
    )
    table = table.with_texts(model.texts) if model else table
    return _Seen(csv=csv, table=table, roles=guess(table, said, known), model=model, late=late)


def statistics_path(path: Path) -> Path | None:
    """Return where a project expects its training statistics; None where it names no place."""
    from generator.load import load

    project = load(path, statistics=False)
    name = project.settings.data.reference_stats
    return Path(project.folder, name) if name else None
