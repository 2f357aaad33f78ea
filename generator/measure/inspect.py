"""Takes a table nobody has described yet, gives its columns by kind and level; no row leaves, only few levels do."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc

from generator.engines import Engine, Scan, Table
from generator.errors import InputError
from generator.measure.inputs import open_inputs
from generator.measure.models import MODEL, model_files, read_model, reader_of
from generator.measure.statistics import LARGEST, read_statistics
from generator.records.files import check_file, read_file
from generator.records.inspection import Column, Inspection, ModelFile
from generator.records.plugin import Reader
from generator.records.project import Csv, Project
from generator.scoring import Model

FEW = 50
HEAD = 2_000
"""A column with more than FEW values in so many rows is not read further."""
MARKERS = frozenset(
    {
        " ",
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
Levels = dict[str, frozenset[str] | None]


def written_as(path: Path, engine: Engine) -> Csv:
    """Return how a CSV file seems to be written; what is usual for a file of another format, or for none."""
    return engine.dialect(Table(files=(path,))) if path.is_file() else Csv()


def inspect(path: Path, engine: Engine, csv: Csv) -> Inspection:
    """Return what the table at `path` is made of; raises InputError where it cannot be read or has no row."""
    if not path.is_dir():
        check_file(path, hint="name a file of rows")
    if path.is_file() and path.stat().st_size == 0:
        raise InputError("the file is empty", where=path.name, hint="a header line and at least one row")
    table = Table(files=(path,), csv=csv)
    schema, rows = engine.schema(table), engine.rows(table)
    if rows == 0:
        raise InputError("the table has no rows", where=path.name, hint="a header line and at least one row")
    dates = {name for name, kind in schema.items() if kind.startswith(("DATE", "TIMESTAMP"))}
    open_ones = tuple(name for name in schema if name not in dates)
    markers = _markers(engine, table, open_ones)
    table = replace(table, missing=markers)
    numbers = set(engine.numeric(table, open_ones))
    levels = _levels(engine, table, tuple(schema))
    kinds = {name: _kind(engine, table, name, name in numbers, name in dates, levels[name]) for name in schema}
    columns = tuple(
        Column(
            name=name,
            kind=kind,
            levels=None if few is None else tuple(sorted(few)),
            unique=few is None and kind != "time" and not engine.duplicates(table, (name,)),
        )
        for name, kind in kinds.items()
        for few in [levels[name]]
    )
    return Inspection(rows=rows, columns=columns, markers=markers)


def look(project: Project, engine: Engine, readers: Sequence[Reader]) -> ModelFile:
    """Return what the project's model tells of itself; one that runs code is not opened.

    Raises InputError for a file that cannot be read, and when the production rows have not all that the model wants.
    """
    declared = model_files(project, readers)[MODEL]
    content, reader = read_model(project, declared.path or ""), reader_of(declared, readers)
    known = ModelFile(format=project.settings.model.format, sha256=hashlib.sha256(content).hexdigest())
    if reader.runs_code:
        return replace(known, opened=False)
    model: Model = reader.open(content, declared)
    data = replace(project.settings.data, task="binary" if model.probability else project.settings.data.task)
    project = replace(project, settings=replace(project.settings, data=data))
    open_inputs(project, engine, readers, models=(model, None))
    return replace(known, features=model.features, classifier=model.probability)


def known_features(statistics: Path) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the features of training statistics, and those among them, or their segments, that rows are split by."""
    plan, _ = read_statistics(read_file(statistics, most=LARGEST), statistics.name)
    return plan.features, (*plan.categorical, *(s.column for s in plan.segments if s.column and not s.cuts))


def _kind(
    engine: Engine, table: Table, name: str, is_number: bool, is_date: bool, few: frozenset[str] | None
) -> Literal["number", "time", "text"]:
    if is_number:
        return "number"
    empty = few is not None and not few
    reads = not empty and not engine.unreadable(Scan(table=table, numeric=(), text=(), time=name))
    return "time" if is_date or reads else "text"


def _markers(engine: Engine, table: Table, columns: tuple[str, ...]) -> tuple[str, ...]:
    """Return the texts without which some columns would be numbers."""
    numbers = set(engine.numeric(table, columns))
    texts = tuple(name for name in columns if name not in numbers)
    marked = engine.numeric(replace(table, missing=tuple(sorted(MARKERS))), texts)
    if not marked:
        return ()
    found = engine.fold(Scan(table=table, numeric=(), text=marked), _marks, _both)
    return tuple(sorted(found or ()))


def _marks(batch: pa.RecordBatch) -> frozenset[str]:
    return MARKERS & {text for column in batch.columns for text in pc.unique(column).to_pylist()}


def _both(a: frozenset[str], b: frozenset[str]) -> frozenset[str]:
    return a | b


def _levels(engine: Engine, table: Table, columns: tuple[str, ...]) -> Levels:
    return engine.fold(Scan(table=table, numeric=(), text=columns), partial(_seen, columns), _joined) or {}


def _seen(columns: tuple[str, ...], batch: pa.RecordBatch) -> Levels:
    return {name: _few(column) for name, column in zip(columns, batch.columns, strict=True)}


def _few(column: pa.Array) -> frozenset[str] | None:
    """Return the values of a column, None for more than FEW."""
    for part in (column.slice(0, HEAD), column):
        values = pc.unique(part).drop_null()
        if len(values) > FEW:
            return None
    return frozenset(values.to_pylist())


def _joined(a: Levels, b: Levels) -> Levels:
    return {name: _few_of(a[name], b[name]) for name in a}


def _few_of(a: frozenset[str] | None, b: frozenset[str] | None) -> frozenset[str] | None:
    if a is None or b is None or len(a | b) > FEW:
        return None
    return a | b
