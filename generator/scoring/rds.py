"""Takes the bytes of an R .rds file, gives the glmnet, cv.glmnet or lm object in it as a linear model."""

from __future__ import annotations

from functools import partial

from generator.errors import InputError
from generator.records.plugin import Reader
from generator.scorer.r_values import RValue
from generator.scorer.r_values import read_r as read
from generator.scorer.refused import Refused
from generator.scoring._foreign import opened


def read_r(content: bytes, where: str) -> RValue:
    """Return the object of an .rds file; raises InputError, naming `where`, when it cannot be read."""
    try:
        return read(content)
    except Refused as error:
        raise InputError(error.what, where=where, hint=error.hint) from error


open_model = partial(opened, "rds")

READER = Reader(id="rds", title="R models saved with saveRDS: glmnet, cv.glmnet, lm", open=open_model)
