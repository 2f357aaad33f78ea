"""Takes the bytes of an R .rds file, gives the glmnet, cv.glmnet or lm object in it as a linear model."""

from __future__ import annotations

from pathlib import Path

from generator.errors import InputError
from generator.records.files import MEGABYTE, unpacked
from generator.records.plugin import Reader
from generator.records.project import Model as Declared
from generator.scorer.r_values import SAVE, RValue, whole
from generator.scoring._foreign import Foreign, opened, told

MOST = 300 * MEGABYTE
"""The most that a file may unfold to."""


def read_r(content: bytes, where: str) -> RValue:
    """Return the object of an .rds file; raises InputError, naming `where`, when it cannot be read."""
    plain = unpacked(content, most=MOST, where=where, hint=SAVE)
    try:
        return whole(told("values", plain))
    except InputError as error:
        raise InputError(str(error), where=where, hint=error.problems[0].hint) from error


def open_model(content: bytes, declared: Declared, folder: Path | None = None) -> Foreign:
    """Open an .rds file with one of R's linear models; raises InputError for any other object, by its class."""
    return opened("rds", unpacked(content, most=MOST, where="model.path", hint=SAVE), declared, folder)


READER = Reader(id="rds", title="R models saved with saveRDS: glmnet, cv.glmnet, lm", open=open_model)
