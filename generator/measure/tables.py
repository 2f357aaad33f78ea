"""Takes the project, gives its tables and its labels opened: the files are there, the joining columns too."""

from collections.abc import Mapping, Set
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path

from generator.engines import Database, Engine, LabelTable, OutcomeTexts, SourceTable, listed, shown
from generator.errors import InputError, Problem
from generator.records.address import Unfit, address, check_store, is_address, is_store
from generator.records.files import MEGABYTE, check_file, read_text
from generator.records.places import files_of
from generator.records.project import Project

MARKERS = frozenset(
    {
        "NA",
        "N/A",
        "n/a",
        "na",
        "#N/A",
        "NULL",
        "null",
        "None",
        "none",
        "unknown",
        "Unknown",
        "missing",
        "?",
        "-",
        "--",
    }
)
"""Texts by which tables often say that there is no value."""

AT_PROJECT = "paths start at the project file"


def open_table(project: Project, path: str, hint: str = AT_PROJECT) -> SourceTable:
    """Return the table of a path, a pattern or an address; InputError when files are not there or empty."""
    if is_store(path):
        return _of_store(project, path)
    if is_address(path):
        return _of_database(project, path)
    files = project.matched.get(path) or files_of(project.folder, path)
    project.matched[path] = files
    if not files:
        raise InputError("no file matches the pattern", where=path, hint=hint)
    for file in files:
        if file.is_dir():
            continue
        check_file(file, name=path, hint=hint)
        if file.stat().st_size == 0:
            raise InputError("the file is empty", where=file.name, hint="a header line and at least one row")
    return _table(project, files)


def _table(project: Project, files: tuple[Path, ...], database: Database | None = None) -> SourceTable:
    data = project.settings.data
    own = tuple((each.column, each.markers) for each in data.missing_in)
    return SourceTable(files=files, database=database, missing=data.missing_markers, missing_in=own, csv=data.csv)


def outcome_of(project: Project) -> OutcomeTexts | None:
    """Return how the target reads as 1 or 0; None where it holds numbers."""
    data = project.settings.data
    return None if data.positive is None else OutcomeTexts(positive=data.positive, negative=data.negative)


def _of_store(project: Project, path: str) -> SourceTable:
    try:
        check_store(path)
    except Unfit as error:
        raise InputError(f"the address {error.what}", where="dossier.yaml", hint=error.hint) from None
    return replace(_table(project, ()), store=path)


def _of_database(project: Project, path: str) -> SourceTable:
    try:
        found = address(path)
    except Unfit as error:
        raise InputError(f"the address of the database {error.what}", where="dossier.yaml", hint=error.hint) from None
    query = found.select
    if found.query:
        file = Path(project.folder, found.query)
        text = read_text(file, most=MEGABYTE, name=found.query, hint=AT_PROJECT)
        query = text.strip().rstrip(";").rstrip()
    assert query is not None
    return _table(project, (), Database(name=path, server=found.server, query=query))


def open_labels(project: Project, engine: Engine, schema: Mapping[str, str]) -> LabelTable | None:
    """Return the labels of a file of their own; raises InputError when a column that joins or holds them is missing."""
    data, declared = project.settings.data, project.settings.data.labels
    if declared is None:
        return None
    table, target = open_table(project, declared.path), declared.target or data.target
    known = tuple(engine.schema(table))
    wanted = {declared.key: "key of the labels", target: "target"}
    wanted |= {declared.arrived: "arrival of the labels"} if declared.arrived else {}
    problems = [
        Problem(what=f"column {c} ({role}) is missing", where=table.name, hint=nearest(c, known, set(wanted)))
        for c, role in wanted.items()
        if c not in known
    ]
    if declared.key not in schema:
        what, names = f"column {declared.key} (key of the labels) is missing", tuple(schema)
        problems.append(
            Problem(
                what=what,
                where=data.production,
                hint=nearest(declared.key, names, {data.target, data.time or "", data.prediction or ""}),
            )
        )
    if problems:
        raise InputError("the labels cannot be joined", problems=tuple(problems))
    return LabelTable(
        table=table,
        key=declared.key,
        target=target,
        name=data.target,
        arrived=declared.arrived,
        outcome=outcome_of(project),
    )


def nearest(name: str, columns: tuple[str, ...], named: Set[str]) -> str:
    """Return a hint with the columns most like `name`, else with the first ones.

    Of a file without any column that is `named` nothing is quoted: it may be anything.
    """
    close = get_close_matches(name, columns, n=3, cutoff=0.5)
    if close:
        return f"did you mean {' or '.join(map(shown, close))}?"
    if named & set(columns):
        return f"the file has {listed(columns)}"
    has = listed(columns).partition(":")[0]
    return f"is it the right file, with the names of its columns first? It has {has}, and the project names none"
