"""Takes the project, gives its model files opened; a file in an MLflow folder is found first."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from generator.engines import Engine, Scan
from generator.errors import InputError
from generator.measure.scored import CheckedModel
from generator.measure.tables import open_table
from generator.records.files import MODEL_BYTES
from generator.records.inputs import read_input
from generator.records.plugin import Reader
from generator.records.project import Model, Project
from generator.scoring import ScoringModel

MODEL, PREVIOUS = "model", "previous model"
"""Roles of the files."""
INSTEAD = "name the model file, a path from the project file; of a larger one write the predictions to a column"


def read_model(project: Project, declared: Model) -> bytes:
    """Return the bytes of one of `model_files`; raises InputError when it cannot be read."""
    assert declared.path is not None
    whole = declared.format == "mlflow"
    return read_input(project, declared.path, most=MODEL_BYTES, hint=INSTEAD, whole=whole)


def model_files(project: Project, readers: Sequence[Reader]) -> dict[str, Model]:
    """Return what is declared of the files of the model and of the one before it; of folders, of the file in them."""
    model, before = project.settings.model, project.settings.model.previous
    order = model.columns or tuple(feature.name for feature in project.settings.data.features)
    positive = model.positive_class or project.settings.data.positive
    model = replace(model, columns=order, positive_class=positive)
    older = None if before is None else replace(model, path=before.path, sha256=before.sha256)
    named = {MODEL: model} | ({} if older is None else {PREVIOUS: older})
    return {role: _inside(project, each, readers) for role, each in named.items() if each.path is not None}


def _inside(project: Project, declared: Model, readers: Sequence[Reader]) -> Model:
    inside = reader_of(declared, readers).inside
    return declared if inside is None else inside(Path(project.folder), declared)


def reader_of(declared: Model, readers: Sequence[Reader]) -> Reader:
    """Return the reader of the declared format."""
    reader = next((r for r in readers if r.id == declared.format), None)
    if reader is None:
        known = ", ".join(r.id for r in readers)
        raise InputError(f"no reader for models of format {declared.format}", where="model.format", hint=known)
    return reader


def runs_code(declared: Model, readers: Sequence[Reader]) -> bool:
    """Return whether a model file may have run code: some formats always do, R and MLflow if it is trusted."""
    return reader_of(declared, readers).runs_code or (declared.format in ("rds", "mlflow") and declared.trust)


def open_model(
    project: Project, engine: Engine, declared: Model, readers: Sequence[Reader], rows: str | None = None
) -> ScoringModel:
    """Open one of `model_files`; raises InputError for another digest or task than declared.

    Levels that its file does not keep are those of the training rows, `rows` where the project names none.
    """
    content = read_model(project, declared)
    found = hashlib.sha256(content).hexdigest()
    if declared.sha256 and declared.sha256.lower() != found:
        hint = f"the file has {found}: is it the one that was approved?"
        raise InputError(f"the declared digest is not that of {declared.path}", where="model.sha256", hint=hint)
    model: ScoringModel = reader_of(declared, readers).open(content, declared, Path(project.folder))
    learn_levels(project, engine, model, rows)
    binary = project.settings.data.task == "binary"
    if model.probability and not binary:
        hint = "write `task: binary`, and under data.positive the value of the target that counts as 1"
        raise InputError("the model is a classifier, and data.task is regression", where="data.task", hint=hint)
    return CheckedModel(model, binary=binary)


def learn_levels(project: Project, engine: Engine, model: ScoringModel, rows: str | None = None) -> None:
    """Tell a model whose file keeps no levels those of the rows it was trained on; of others nothing is learned."""
    data = project.settings.data
    name = data.reference if data.reference and data.reference_is == "training" else rows
    if not model.lost or name is None:
        return
    table = open_table(project, name)
    there = tuple(column for column in model.lost if column in engine.schema(table))
    numbers = engine.numeric(table, there)
    if project.settings.model.format == "rds":  # R fits a factor, and numbers are none
        there = tuple(column for column in there if column not in numbers)
    found = engine.fold(Scan(table=table, numeric=(), text=there), partial(_levels, there), _both) if there else None
    if found:
        orders = {column: float if column in numbers else str for column in there}
        levels = {column: tuple(sorted(values, key=orders[column])) for column, values in found.items()}
        model.learn(levels, engine.rows(table))


def _levels(columns: tuple[str, ...], batch: pa.RecordBatch) -> dict[str, frozenset[str]]:
    return {name: frozenset(pc.unique(batch.column(name)).drop_null().to_pylist()) for name in columns}


def _both(a: dict[str, frozenset[str]], b: dict[str, frozenset[str]]) -> dict[str, frozenset[str]]:
    return {name: a[name] | b[name] for name in a}
