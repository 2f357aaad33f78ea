"""Takes the bytes of a skops file, gives the scikit-learn pipeline in it as a model; unknown types are refused."""

from __future__ import annotations

import io
import zipfile

import skops.io

from generator.scorer.asked import Asked, Opened
from generator.scorer.estimator import as_model
from generator.scorer.refused import AT_FILE, Refused, first_line

HARMLESS = ("numpy.dtype",)
"""Types that only describe arrays and run nothing when they are built; encoders store them."""
SAVE = "save it with skops.io.dump"
UNPACKED, TIMES = 200_000_000, 20
"""The most bytes that a file may unfold to: so many, and so many times its own."""


def open_model(asked: Asked) -> Opened:
    """Open a skops file whose types are scikit-learn's own or trusted as declared; raises Refused otherwise."""
    content = asked.content
    _check_size(content)
    try:
        unknown = sorted(set(skops.io.get_untrusted_types(data=content)) - {*asked.trusted, *HARMLESS})
    except Exception as error:
        raise Refused(f"not a skops file: {first_line(error)}", AT_FILE, SAVE) from error
    if unknown:
        raise Refused(
            f"the model file holds types nobody vouches for: {', '.join(unknown)}",
            AT_FILE,
            "if you trust the file: model.trusted_types lists them, or --trust TYPE",
        )
    try:
        found = skops.io.loads(content, trusted=[*asked.trusted, *HARMLESS])
    except MemoryError:
        raise
    except Exception as error:
        what = f"the skops file cannot be opened: {type(error).__name__} {first_line(error)}"
        raise Refused(what, AT_FILE, SAVE) from error
    return as_model(found, asked)


def _check_size(content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            unpacked = sum(part.file_size for part in archive.infolist())
    except Exception as error:
        raise Refused(f"not a skops file: {first_line(error)}", AT_FILE, SAVE) from error
    if unpacked > UNPACKED + TIMES * len(content):
        raise Refused(f"the skops file of {len(content):,} bytes unfolds to {unpacked:,}", AT_FILE, SAVE)
