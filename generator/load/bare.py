"""Roles said on the command line → a project that no file stands behind."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from generator.errors import InputError
from generator.records.project import About, Data, Model, Project, Segment, Settings

FORMATS = {".skops": "skops"}
"""Suffix of a model file → the reader that opens it."""


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


def bare(table: Path, said: Said) -> Project:
    """Return the project whose production rows are `table`; paths are relative to the present folder."""
    if said.model:
        check_model(said.model)
    model = Model(
        name="model",
        version="1",
        path=str(said.model.absolute()) if said.model else None,
        format="skops" if said.model else "column",
        trusted_types=said.trusted,
    )
    data = Data(
        production=str(table.absolute()),
        target=said.target or "",
        prediction=said.prediction,
        time=said.time,
        entity=said.entity,
        segments=tuple(Segment(column=column) for column in said.segments),
        exclude=said.exclude,
    )
    settings = Settings(project=About(name="table"), model=model, data=data)
    return Project(settings=settings, folder=str(Path.cwd()), file="", lines={}, sha256="")


def check_model(path: Path) -> None:
    """Raise InputError for a model file that is not there, or that no reader is for."""
    if not path.is_file():
        raise InputError("there is no such model file", where=str(path))
    if path.suffix.lower() not in FORMATS:
        known = ", ".join(FORMATS)
        raise InputError(
            f"no reader is for model files that end in {path.suffix or 'nothing'}",
            where=str(path),
            hint=f"models are read from {known}; or write the predictions into a column and name it with --prediction",
        )
