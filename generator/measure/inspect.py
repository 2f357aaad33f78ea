"""Takes a table nobody has described yet, gives its columns by kind and level; no row leaves, only few levels do."""

import hashlib
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc

from generator.engines import Engine, Scan, SourceTable
from generator.errors import InputError
from generator.measure.dates import forms_of, witness
from generator.measure.inputs import open_inputs
from generator.measure.leads import leads
from generator.measure.models import MODEL, learn_levels, model_files, read_model, reader_of
from generator.measure.relation import explained_by_model
from generator.measure.statistics import LARGEST, read_statistics
from generator.measure.summary_files import is_summary, read_summaries
from generator.measure.tables import MARKERS
from generator.records.files import MODEL_BYTES, check_file, read_file, unpacked
from generator.records.inspection import InspectedColumn, Inspection, ModelFile
from generator.records.plugin import Reader
from generator.records.project import Csv, Project
from generator.scoring import ScoringModel

AT_TRUST = "model.trust"
FEW = 50
ODD = 0.05
"""Share of the rows up to which values that do not read as the others do are exceptions."""
HEAD = 2_000
"""A column with more than FEW values in so many rows is not read further."""
MONEY = re.compile(r"[$€£¥%]|\d,\d{3}")
SKLEARN = re.compile(rb"_sklearn_version.{1,6}?(\d+\.\d+[.\w]*)", re.DOTALL)
"""How a pickle holds the version of scikit-learn that wrote it."""
WHOLE = re.compile(r"-?\d+")
Values = dict[str, tuple[frozenset[str] | None, frozenset[str]]]
"""By column: its values where there are at most FEW, and those of its first rows."""


def written_as(path: Path, engine: Engine) -> Csv:
    """Return how a CSV file seems to be written; what is usual for a file of another format, or for none."""
    return engine.dialect(SourceTable(files=(path,))) if path.is_file() else Csv()


def inspect(path: Path, engine: Engine, csv: Csv) -> Inspection:
    """Return what the table at `path` is made of; raises InputError where it cannot be read or has no row."""
    if not path.is_dir():
        check_file(path, hint="name a file of rows")
    if path.is_file() and path.stat().st_size == 0:
        raise InputError("the file is empty", where=path.name, hint="a header line and at least one row")
    table = SourceTable(files=(path,), csv=csv)
    schema, rows = engine.schema(table), engine.rows(table)
    if rows == 0:
        raise InputError("the table has no rows", where=path.name, hint="a header line and at least one row")
    dates = {name for name, kind in schema.items() if kind.startswith(("DATE", "TIMESTAMP"))}
    open_ones = tuple(name for name in schema if name not in dates)
    markers = _markers(engine, table, open_ones)
    table = replace(table, missing_in=tuple(markers.items()))
    numbers = frozenset(engine.numeric(table, open_ones))
    seen = _values(engine, table, tuple(schema))
    texts = tuple(name for name in open_ones if name not in numbers)
    odd = engine.unreadable(Scan(table=table, numeric=texts, text=())) if texts else {}
    looked = _Looked(engine, table, numbers, frozenset(dates), markers, odd, most=int(rows * ODD))
    columns = tuple(_column(looked, name, *seen[name]) for name in schema)
    days = dates | {column.name for column in columns if column.kind == "time"}
    return Inspection(rows=rows, columns=columns, leads=leads(engine, table, tuple(schema), days))


@dataclass(frozen=True)
class _Looked:
    """What a look at a whole table tells before its columns are described one by one."""

    engine: Engine
    table: SourceTable
    numbers: frozenset[str]
    dates: frozenset[str]
    markers: Mapping[str, tuple[str, ...]]
    odd: Mapping[str, tuple[int, str]]
    """By column of texts how many values are no numbers, and one of them."""
    most: int
    """Rows beyond which values are no exceptions."""


def _column(looked: _Looked, name: str, few: frozenset[str] | None, some: frozenset[str]) -> InspectedColumn:
    kind, forms, no_date = _kind(looked, name, few, some)
    number = kind == "number"
    return InspectedColumn(
        name=name,
        kind=kind,
        levels=None if few is None else tuple(sorted(few)),
        unique=few is None
        and kind != "time"
        and not looked.engine.duplicates(Scan(table=looked.table, numeric=(), text=(name,))),
        forms=forms,
        markers=looked.markers.get(name, ()),
        shown=witness(forms[0], some)
        if forms
        else next(iter(sorted(filter(MONEY.search, some))), "")
        if number
        else "",
        span=_span(some) if number else None,
        odd=_odd(looked, (looked.odd.get(name), "numbers"), (no_date, "dates")) if kind == "text" else None,
        codes=number and few is not None and all(map(WHOLE.fullmatch, few)),
    )


def _odd(looked: _Looked, *found: tuple[tuple[int, str] | None, str]) -> tuple[int, str, str] | None:
    """Return the exceptions of a column of texts: few values that are no numbers, or no dates, and one of them."""
    return next(((*few, what) for few, what in found if few is not None and few[0] <= looked.most), None)


def _span(some: frozenset[str]) -> tuple[float, float] | None:
    try:
        values = [value for value in map(float, some) if math.isfinite(value)]
    except ValueError:
        return None
    return (min(values), max(values)) if values else None


def look(
    project: Project,
    engine: Engine,
    readers: Sequence[Reader],
    columns: tuple[InspectedColumn, ...] = (),
    training: Path | None = None,
) -> ModelFile:
    """Return what the project's model tells of itself and of `columns` of its rows; one that runs code is not opened.

    `training` are the rows that it was trained on, which tell the levels that its file does not keep.
    Raises InputError for a file that cannot be read, and when the production rows have not all that the model wants.
    """
    declared = model_files(project, readers)[MODEL]
    content, reader = read_model(project, declared), reader_of(declared, readers)
    known = ModelFile(format=project.settings.model.format, sha256=hashlib.sha256(content).hexdigest())
    try:
        model: ScoringModel = reader.open(content, declared, Path(project.folder))
    except InputError as error:
        if error.problems[0].where != AT_TRUST:
            raise
        return replace(known, opened=False, wrote=_wrote(content))
    lost = model.lost
    learn_levels(project, engine, model, str(training.absolute()) if training else None)
    data = replace(project.settings.data, task="binary" if model.probability else project.settings.data.task)
    project = replace(project, settings=replace(project.settings, data=data))
    opened = open_inputs(project, engine, readers, models=(model, None))
    left = tuple(column for column in columns if column.name not in model.features)
    told = replace(known, features=model.features, texts=model.texts, classifier=model.probability)
    told = replace(told, learned=lost != model.lost)
    return replace(told, explained=explained_by_model(opened, left))


def _wrote(content: bytes) -> str | None:
    """Return the version of scikit-learn that a pickle names; nothing of it is run."""
    found = SKLEARN.search(unpacked(content, most=MODEL_BYTES, where="model.path", hint=""))
    return found[1].decode() if found else None


def known_features(statistics: Path, target: str | None) -> tuple[tuple[str, ...], tuple[str, ...] | None]:
    """Return the features of training statistics, and the columns that they split rows by; None: they do not say."""
    content = read_file(statistics, most=LARGEST)
    if is_summary(statistics.name):
        return tuple(read_summaries(content, statistics.name, target or "").features), None
    plan, _ = read_statistics(content, statistics.name)
    return plan.features, (*plan.categorical, *(s.column for s in plan.segments if s.column and not s.cuts))


def _kind(
    looked: _Looked, name: str, few: frozenset[str] | None, some: frozenset[str]
) -> tuple[Literal["number", "time", "text"], tuple[str, ...], tuple[int, str] | None]:
    """Return what a column holds, how its dates may be written where that has to be said, and what is no date."""
    if name in looked.dates:
        return "time", (), None
    scan = Scan(table=looked.table, numeric=(), text=(), time=name)
    forms = tuple(f for f in forms_of(name, some) if not looked.engine.unreadable(replace(scan, time_format=f)))
    if forms:
        return "time", forms, None
    if name in looked.numbers:
        return "number", (), None
    no_date = looked.engine.unreadable(scan).get(name)
    empty = few is not None and not few
    return ("text" if empty or no_date else "time"), (), no_date


def _markers(engine: Engine, table: SourceTable, columns: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """Return by column the texts without which it would hold numbers."""
    numbers = set(engine.numeric(table, columns))
    texts = tuple(name for name in columns if name not in numbers)
    marked = engine.numeric(replace(table, missing=tuple(sorted(MARKERS))), texts)
    if not marked:
        return {}
    found = engine.fold(Scan(table=table, numeric=(), text=marked), _marks, _both) or ()
    return {name: tuple(sorted(own)) for name, own in zip(marked, found, strict=False) if own}


def _marks(batch: pa.RecordBatch) -> tuple[frozenset[str], ...]:
    found = ({str(text).strip() for text in pc.unique(column).drop_null().to_pylist()} for column in batch.columns)
    return tuple(frozenset(MARKERS & texts) for texts in found)


def _both(a: tuple[frozenset[str], ...], b: tuple[frozenset[str], ...]) -> tuple[frozenset[str], ...]:
    return tuple(one | other for one, other in zip(a, b, strict=True))


def _values(engine: Engine, table: SourceTable, columns: tuple[str, ...]) -> Values:
    """Return of each column its values where they are few, and some of them in any case."""
    nothing: Values = {name: (frozenset(), frozenset()) for name in columns}
    return engine.fold(Scan(table=table, numeric=(), text=columns), partial(_seen, columns), _joined) or nothing


def _seen(columns: tuple[str, ...], batch: pa.RecordBatch) -> Values:
    return {name: (_few(column), _some(column)) for name, column in zip(columns, batch.columns, strict=True)}


def _some(column: pa.Array) -> frozenset[str]:
    return frozenset(pc.unique(column.slice(0, HEAD)).drop_null().to_pylist())


def _few(column: pa.Array) -> frozenset[str] | None:
    """Return the values of a column, None for more than FEW."""
    for part in (column.slice(0, HEAD), column):
        values = pc.unique(part).drop_null()
        if len(values) > FEW:
            return None
    return frozenset(values.to_pylist())


def _joined(a: Values, b: Values) -> Values:
    return {name: (_few_of(a[name][0], b[name][0]), a[name][1]) for name in a}


def _few_of(a: frozenset[str] | None, b: frozenset[str] | None) -> frozenset[str] | None:
    if a is None or b is None or len(a | b) > FEW:
        return None
    return a | b
