"""Predictions that already stand in a column of the data; nothing to open."""

from pathlib import Path

from generator.errors import InputError
from generator.records.plugin import Reader
from generator.records.project import Model


def open_model(content: bytes, declared: Model, folder: Path | None = None) -> None:
    """Refuse: a project whose predictions stand in a column has no model file."""
    raise InputError(
        "format `column` has no model file", where="model.format", hint="leave out model.path or name its format"
    )


READER = Reader(id="column", title="predictions that stand in a column", open=open_model)
