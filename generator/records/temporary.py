"""A stack, or nothing → the private folder for what is temporary: of the process, its children and its libraries."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from generator.errors import EnvironmentLacks
from generator.records.scratch import scratch


def temporary_folder(kept: ExitStack) -> Path:
    """Return a new folder that no other user sees into; `kept` removes it. Raises EnvironmentLacks without a place."""
    try:
        return kept.enter_context(scratch(Path(tempfile.gettempdir()), "dossier-"))
    except OSError as error:
        what = f"no temporary folder can be made: {error.strerror}"
        raise EnvironmentLacks(what, where="TMPDIR", hint="set it to a folder that can be written") from error


@contextmanager
def gathered() -> Iterator[None]:
    """Have `tempfile` write to a folder of this process meanwhile: what a library forgets, or a child, goes with it.

    A compiler that a library starts to find another one writes its file after the process was told to end. Without
    a place nothing is gathered: who needs one says so.
    """
    with ExitStack() as kept:
        try:
            folder = temporary_folder(kept)
        except EnvironmentLacks:
            yield
            return
        before, tempfile.tempdir = tempfile.tempdir, str(folder)
        try:
            yield
        finally:
            tempfile.tempdir = before
