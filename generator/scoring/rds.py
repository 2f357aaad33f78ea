"""Takes the bytes of an R .rds file, gives the model in it: R's linear models without R, all others by Rscript.

R runs code that a file carries when it reads it: nothing is handed to it before trust and digest are checked.
"""

from dataclasses import replace
from pathlib import Path

from generator.errors import InputError
from generator.records.files import MEGABYTE, unpacked
from generator.records.plugin import Reader
from generator.records.project import Model
from generator.scorer.r_values import SAVE, RValue, whole
from generator.scoring._foreign import Foreign, R, opened, rscript, told
from generator.scoring._trust import check_trust

MOST = 300 * MEGABYTE
"""The most that a file may unfold to."""
BY_R = "this model is one that R alone can ask, and R runs any code that a file carries"
SAFER = "export R's own predictions as a column of the data and name it under data.prediction"


def read_r(content: bytes, where: str) -> RValue:
    """Return the object of an .rds file; raises InputError, naming `where`, when it cannot be read."""
    plain = unpacked(content, most=MOST, where=where, hint=SAVE)
    try:
        return whole(told("values", plain))
    except InputError as error:
        raise InputError(str(error), where=where, hint=error.problems[0].hint) from error


def open_model(content: bytes, declared: Model, folder: Path | None = None) -> Foreign:
    """Open an .rds file; raises InputError for a model that only R can ask, unless it is trusted and pinned."""
    plain = unpacked(content, most=MOST, where="model.path", hint=SAVE)
    try:
        return opened("rds", plain, declared, folder)
    except InputError as error:
        if not _for_r(plain, error):
            raise
        rscript(f": {error}")
        check_trust(content, declared, what=BY_R, safer=SAFER, why=f": {error}")
    return opened(R, plain, replace(declared, python=None), folder, trusted=True)


def _for_r(plain: bytes, error: InputError) -> bool:
    """Return whether R may know what is not read without it: an object that is whole, no wrong key of the project."""
    (problem,) = error.problems
    return plain[:2] in (b"X\n", b"A\n") and problem.where == "model.path" and problem.hint != SAVE


READER = Reader(
    id="rds", title="R models saved with saveRDS: glmnet, cv.glmnet and lm; others by Rscript, trusted", open=open_model
)
