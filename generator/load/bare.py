"""Roles said on the command line → a project that no file stands behind."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from generator.errors import InputError
from generator.records.project import About, Csv, Data, Model, Project, Segment, Settings

Format = Literal["skops", "joblib", "rds", "onnx", "mlflow"]
FORMATS: dict[str, Format] = {
    ".skops": "skops",
    ".joblib": "joblib",
    ".pkl": "joblib",
    ".pickle": "joblib",
    ".rds": "rds",
    ".onnx": "onnx",
}
"""Suffix of a model file → the reader that opens it."""
MLFLOW = "MLmodel"
"""The file that makes a folder an MLflow model."""


@dataclass(frozen=True, kw_only=True)
class Said:
    """What the caller says of a table; nothing of it is guessed here."""

    target: str | None = None
    prediction: str | None = None
    time: str | None = None
    entity: str | None = None
    segments: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    model: Path | None = None
    trusted: tuple[str, ...] = ()
    positive: str | None = None
    """The value of a binary target that counts as 1."""


def bare(table: Path, said: Said, csv: Csv) -> Project:
    """Return the project whose production rows are `table`; paths are relative to the present folder."""
    model = Model(
        name="model",
        version="1",
        path=str(said.model.absolute()) if said.model else None,
        format=format_of(said.model) if said.model else "column",
        trusted_types=said.trusted,
    )
    data = Data(
        production=str(table.absolute()),
        target=said.target or "",
        task="regression" if said.positive is None else "binary",
        positive=said.positive,
        prediction=said.prediction,
        time=said.time,
        entity=said.entity,
        segments=tuple(Segment(column=column) for column in said.segments),
        exclude=said.exclude,
        csv=csv,
    )
    settings = Settings(project=About(name="table"), model=model, data=data)
    return Project(settings=settings, folder=str(Path.cwd()), file="", lines={}, sha256="")


def format_of(path: Path) -> Format:
    """Return the format of a model file or folder; raises InputError for one that is not there, or has no reader."""
    if path.is_dir() and (path / MLFLOW).is_file():
        return "mlflow"
    if not path.is_file():
        what = f"there is no {MLFLOW} file in the folder" if path.is_dir() else "there is no such model file"
        raise InputError(what, where=str(path), hint="name a model file, or the folder of an MLflow model")
    if path.suffix.lower() not in FORMATS:
        known = ", ".join(FORMATS)
        raise InputError(
            f"no reader is for model files that end in {path.suffix or 'nothing'}",
            where=str(path),
            hint=f"models are read from {known} and folders of MLflow; "
            "or write the predictions into a column and name it with --prediction",
        )
    return FORMATS[path.suffix.lower()]
