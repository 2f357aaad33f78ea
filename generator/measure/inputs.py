"""Takes the project, gives its files opened: table, models, roles; everything unfit is reported at once."""

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

import pyarrow as pa

from generator.engines import Engine, LabelTable, Scan, SourceTable, State, Unreadable
from generator.errors import InputError, Problem
from generator.measure.frame import Beyond
from generator.measure.lens import ScanRoles
from generator.measure.models import MODEL, PREVIOUS, model_files, open_model, runs_code
from generator.measure.tables import AT_PROJECT, nearest, open_labels, open_table, outcome_of
from generator.records.inputs import changed, tables
from generator.records.ledger import Aggregates, Linear, SourceFile
from generator.records.plugin import Counting, Reader
from generator.records.project import Model, Project
from generator.records.watch import Watch, unwatched
from generator.scoring import ScoringModel

SIGNS = (
    "the signs of numbers under data.csv (decimal, thousands), or texts that mean no value under data.missing_markers"
)
NO_NUMBER = f"declare the feature as categorical, {SIGNS}"
NO_OUTCOME = f"declare `task: binary` and `positive` for an outcome of two, {SIGNS}"
ORDER = (
    "project file",
    "training result",
    "command line",
    "production rows",
    "training statistics",
    "training rows",
    "held-out rows",
    "labels",
    "requests",
)
LONGEST, TOLD = 60, 6
UNTAKEN = "take it out of data.features: errors by its levels are told where data.segments names it"
COMMA = re.compile(r"[-+]?[0-9]+,[0-9]+")
GROUPED = re.compile(r"[-+]?[1-9][0-9]{0,2}(,[0-9]{3})+(\.[0-9]+)?")
NO_TIME = "declare how times are written under data.time_format, such as MM/DD/YYYY or epoch seconds"


@dataclass(frozen=True, kw_only=True, eq=False)
class OpenInputs:
    """The inputs of a measurement, open and fit for each other."""

    project: Project
    engine: Engine
    table: SourceTable
    schema: Mapping[str, str]
    roles: ScanRoles
    model: ScoringModel | None
    previous: ScoringModel | None
    features: tuple[str, ...]
    labels: LabelTable | None = None
    watch: Watch = unwatched
    counts: Mapping[str, Counting] = field(default_factory=dict)
    """Counts that subjects bring."""
    until: int | None = None
    """The last day, since 1970-01-01, whose rows are counted."""
    files: Mapping[str, Model] = field(default_factory=dict)
    """What is declared of each model file that was opened, by its role; of a folder, of the file in it."""
    runs_code: bool = False

    @property
    def linear(self) -> Linear | None:
        """Return the model's last step where it is linear."""
        return None if self.model is None else self.model.linear


def open_inputs(
    project: Project,
    engine: Engine,
    readers: Sequence[Reader],
    rows: str | None = None,
    models: tuple[ScoringModel | None, ScoringModel | None] | None = None,
) -> OpenInputs:
    """Open the production table (or `rows` in its place) and the models; raises InputError with all misfits.

    The models, this one and the one before it, are those given where they have been opened already.
    """
    settings = project.settings
    data = settings.data
    table = open_table(project, rows or data.production, "is the path right?" if rows else AT_PROJECT)
    schema = engine.schema(table)
    if rows:
        project = _as_trained(project, schema)
        data = project.settings.data
    labels = open_labels(project, engine, schema) if rows is None else None
    files = model_files(project, readers)
    model, previous = models or (
        open_model(project, engine, files[role], readers, rows) if role in files else None for role in (MODEL, PREVIOUS)
    )
    features = _features(project, model, schema)
    roles = ScanRoles(
        target=data.target if data.target in schema or rows is None else None,
        prediction=data.prediction if model is None else None,
        previous=data.previous_prediction if previous is None else None,
        benchmark=data.benchmark,
        entity=data.entity,
        acted=data.acted_on if rows is None else None,
        stored=data.prediction if model is not None and data.prediction in schema else None,
    )
    opened = OpenInputs(
        project=project,
        engine=engine,
        table=table,
        schema=schema,
        roles=roles,
        model=model,
        previous=previous,
        features=features,
        labels=labels,
        files=files,
        runs_code=any(runs_code(declared, readers) for declared in files.values()),
    )
    _check_columns(opened)
    _check_signature(opened)
    _check_outcomes(opened)
    return opened


def _as_trained(project: Project, schema: Mapping[str, str]) -> Project:
    """Return the project without the roles that training rows may lack: they exist once a model serves."""
    data = project.settings.data

    def there(column: str | None) -> str | None:
        return column if column in schema else None

    data = replace(
        data,
        prediction=there(data.prediction),
        previous_prediction=there(data.previous_prediction),
        benchmark=there(data.benchmark),
        time=there(data.time),
        entity=there(data.entity),
    )
    return replace(project, settings=replace(project.settings, data=data))


def scan_of(opened: OpenInputs, numeric: tuple[str, ...], categorical: tuple[str, ...]) -> Scan:
    """Return what to read of the table for these features and all roles."""
    roles, data = opened.roles, opened.project.settings.data
    columns = (*numeric, roles.target, roles.prediction, roles.previous, roles.benchmark, roles.stored)
    cut = tuple(s.column for s in data.segments if s.quantiles)
    plain = tuple(s.column for s in data.segments if not s.quantiles)
    texts = (*categorical, roles.entity, roles.acted, *plain)
    return Scan(
        table=opened.table,
        numeric=tuple(dict.fromkeys(c for c in (*columns, *cut) if c)),
        text=tuple(dict.fromkeys(c for c in texts if c)),
        time=data.time,
        time_format=data.time_format,
        zone=opened.project.settings.project.time_zone,
        labels=opened.labels,
        until=opened.until,
        outcomes={} if (said := outcome_of(opened.project)) is None else {data.target: said},
    )


def folded_over(
    opened: OpenInputs,
    scan: Scan,
    partial: Callable[[pa.RecordBatch], State],
    merge: Callable[[State, State], State],
    jobs: int = 1,
) -> State | None:
    """Return the fold of a scan; values that are no numbers or dates raise InputError naming every such column."""
    tick = opened.watch(scan.table.name, opened.engine.about(scan.table))

    def told(batch: pa.RecordBatch) -> State:
        state = partial(batch)
        tick(batch.num_rows)
        return state

    try:
        return opened.engine.fold(scan, told, merge, jobs)
    except Beyond as error:
        column = error.column or scan.time
        table = scan.labels.table if scan.labels and column == scan.labels.name else opened.table
        what = error.what if may_quote(opened.project, column) else "holds a number that cannot be squared and summed"
        raise InputError(f"column {column} {what}", where=table.name, hint=error.hint) from error
    except Unreadable as error:
        raise _unreadable(opened, scan, error) from error


def _unreadable(opened: OpenInputs, scan: Scan, error: Unreadable) -> InputError:
    found = opened.engine.unreadable(scan)
    of_labels = {scan.labels.target, scan.labels.arrived} if scan.labels else set()
    times = {scan.time, scan.labels.arrived if scan.labels else None}
    problems = tuple(
        Problem(
            what=_unlike(n, column, "date" if column in times else "number") + quoted(opened.project, column, text),
            where=scan.labels.table.name if scan.labels and column in of_labels else opened.table.name,
            hint=NO_TIME if column in times else _no_number(opened, column, text),
        )
        for column, (n, text) in found.items()
    )
    return InputError(f"values of the wrong type: {error}", where=opened.table.name, problems=problems)


def _unlike(n: int, column: str, kind: str) -> str:
    return f"1 value of column {column} is no {kind}" if n == 1 else f"{n} values of column {column} are no {kind}s"


def _no_number(opened: OpenInputs, column: str, text: str) -> str:
    """Return what to declare of a column whose values should be numbers."""
    if COMMA.fullmatch(text) and not GROUPED.fullmatch(text) and opened.table.csv.decimal == ".":
        return "declare data.csv.decimal: ',' if the comma stands before decimals"
    if GROUPED.fullmatch(text) and opened.table.csv.thousands is None:
        return "declare data.csv.thousands: ',' if commas stand between thousands"
    if column == opened.roles.target:
        return NO_OUTCOME
    if any(segment.column == column and segment.quantiles for segment in opened.project.settings.data.segments):
        return f"take `quantiles` and `tiers` from its segment where its levels are texts, or declare {SIGNS}"
    return NO_NUMBER if column in opened.features else f"name a column of numbers, or declare {SIGNS}"


def may_quote(project: Project, column: str | None) -> bool:
    """Return whether a message may name a value of a column: none that may tell of people."""
    declared = {feature.name: feature.sensitivity for feature in project.settings.data.features}
    return declared.get(column or "") in (None, "none") and column != project.settings.data.entity


def quoted(project: Project, column: str, text: str) -> str:
    """Return a colon and a cell as a message may quote it, a long one cut; nothing where it may tell of people."""
    if not may_quote(project, column):
        return ""
    return f": {text if len(text) <= LONGEST else text[: LONGEST - 1] + '…'!r}"


def duplicates(opened: OpenInputs) -> int | None:
    """Return rows up to the as-of day that repeat an entity at the same time; None without entity or time column."""
    data = opened.project.settings.data
    if not data.entity or not data.time:
        return None
    return opened.engine.duplicates(replace(scan_of(opened, (), ()), text=(data.entity, data.time)))


def _check_outcomes(opened: OpenInputs) -> None:
    """Raise InputError when beside the positive value there are several and none is declared to count as 0."""
    said, labels = outcome_of(opened.project), opened.labels
    table, column = (labels.table, labels.target) if labels else (opened.table, opened.roles.target)
    if said is None or said.negative or column is None:
        return
    others = opened.engine.others(table, column, said)
    if len(others) > 1:
        smallest = opened.project.settings.privacy.small_cell
        held = [f"{value!r} ({rows:,} rows)" for value, rows in others.items() if rows >= smallest]
        if few := len(others) - len(held):
            held.append(f"{few} other value{'s' * (few > 1)} in fewer than {smallest} rows each")
        listed = ", ".join(held)
        raise InputError(
            f"beside {said.positive!r}, column {column} holds {listed}: which of them count as 0 cannot be told",
            where=table.name,
            hint="name them under data.negative, a list; what is neither is no outcome, and is counted",
        )


def look_at(project: Project, engine: Engine) -> None:
    """Take the digest of every table before anything reads it: what is measured is measured on these bytes.

    Raises InputError when the rows that production is compared with are those of production.
    """
    digests = {role: (name, engine.digest(open_table(project, name))) for role, name in tables(project)}
    _, production = digests["production rows"]
    for role, key in (("training rows", "reference"), ("held-out rows", "held_out")):
        name, digest = digests.get(role, ("", ""))
        if digest == production:
            raise InputError(
                f"data.{key} holds the rows of data.production, byte by byte: nothing can have changed",
                where=name,
                hint=f"name other rows under data.{key}, or leave it out",
            )


def check_unchanged(engine: Engine) -> None:
    """Raise InputError when a table was written to since it was looked at: its figures are of no file that there is."""
    for table in engine.changed():
        raise changed(table.name)


def sources(opened: OpenInputs, production: Aggregates, reference: Aggregates | None) -> tuple[SourceFile, ...]:
    """Return every input with the digest of the bytes that were used; all have been read."""
    settings, project = opened.project.settings, opened.project
    rows = {"production rows": production.rows, "training statistics": (reference.rows or None) if reference else None}
    whole = [
        ("training result", settings.model.file),
        ("training statistics", settings.data.reference_stats),
        *(("small table", name) for name in project.table_files),
        *((role, declared.path) for role, declared in opened.files.items()),
        ("inference cost", settings.model.cost),
    ]
    found = [("project file", Path(project.file).name, project.sha256)]
    found += [(role, name, opened.engine.digest(open_table(project, name))) for role, name in tables(project)]
    found += [(role, name, project.read[name]) for role, name in whole if name]
    if said := ", ".join(project.changes):
        found.append(("command line", said, hashlib.sha256(said.encode()).hexdigest()))
    order = sorted(found, key=lambda one: ORDER.index(one[0]) if one[0] in ORDER else len(ORDER))
    return tuple(SourceFile(role=role, name=name, sha256=sha256, rows=rows.get(role)) for role, name, sha256 in order)


def _features(project: Project, model: ScoringModel | None, schema: Mapping[str, str]) -> tuple[str, ...]:
    data = project.settings.data
    declared = tuple(f.name for f in data.features)
    if model is not None:
        return tuple(dict.fromkeys((*declared, *model.features)))
    if declared:
        return declared
    roles = {data.target, data.prediction, data.previous_prediction, data.benchmark, data.time, data.entity}
    roles |= {data.acted_on}
    roles |= {data.labels.key} if data.labels else set()
    return tuple(name for name in schema if name not in roles and name not in data.exclude)


def _check_signature(opened: OpenInputs) -> None:
    """Raise InputError for features that are declared and that neither the model nor the one before it takes."""
    if opened.model is None:
        return
    taken = {*opened.model.features, *(opened.previous.features if opened.previous else ())}
    inputs = ", ".join(opened.model.features[:TOLD]) + (" …" if len(opened.model.features) > TOLD else "")
    problems = tuple(
        Problem(what=f"{feature.name} is declared, and the model takes {inputs}", where="data.features", hint=UNTAKEN)
        for feature in opened.project.settings.data.features
        if feature.name not in taken
    )
    if problems:
        raise InputError(problems[0].what, problems=problems)


def _check_columns(opened: OpenInputs) -> None:
    roles, data = opened.roles, opened.project.settings.data
    told = opened.model is not None or bool(data.features)
    wanted: dict[str, str] = {f: "feature" for f in opened.features if told}
    wanted |= {s.column: "segment" for s in data.segments}
    wanted |= {c: role for role, c in vars(roles).items() if c}
    wanted |= {data.time: "time"} if data.time else {}
    problems = tuple(
        Problem(
            what=f"column {name} ({role}) is missing",
            where=opened.table.name,
            hint=nearest(name, tuple(opened.schema), set(wanted)),
        )
        for name, role in wanted.items()
        if name not in opened.schema and not (opened.labels and name == opened.labels.name)
    )
    if len(problems) == len(wanted) > 1 == len({problem.hint for problem in problems}):
        listed = ", ".join(f"{name} ({role})" for name, role in islice(wanted.items(), 12))
        what = f"none of the {len(wanted)} columns that the project names is there: {listed}"
        raise InputError(what, where=opened.table.name, hint=problems[0].hint)
    if problems:
        raise InputError("columns are missing", problems=problems)
