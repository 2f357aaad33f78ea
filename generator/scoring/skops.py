"""Takes the bytes of a skops file, gives the scikit-learn pipeline in it as a model; unknown types are refused."""

from pathlib import Path

from generator.errors import InputError
from generator.records.files import check_archive
from generator.records.plugin import Reader
from generator.records.project import Model
from generator.scoring._foreign import Foreign, opened

SAVE = "save it with skops.io.dump"
UNPACKED, TIMES = 200_000_000, 20
"""The most bytes that a file may unfold to: so many, and so many times its own."""


def open_model(content: bytes, declared: Model, folder: Path | None = None) -> Foreign:
    """Open a skops file; raises InputError for what is none, unfolds too far, or holds types nobody vouches for."""
    try:
        check_archive(content, most=UNPACKED + TIMES * len(content), where="model.path", hint=SAVE)
    except InputError as error:
        raise InputError(f"not a skops file: {error}", where="model.path", hint=SAVE) from error
    return opened("skops", content, declared, folder)


READER = Reader(id="skops", title="scikit-learn pipelines saved with skops", open=open_model)
