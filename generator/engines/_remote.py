"""The address of files in a store of objects (S3, Google, Azure) → a private copy of them, byte by byte.

The store's own library takes who may read them from the environment: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY,
GOOGLE_APPLICATION_CREDENTIALS, what `az login` left. Nothing of that stands in a project file.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from pyarrow import ArrowException, fs

from generator.errors import EnvironmentLacks, InputError

MOST_FILES = 10_000
HINT = "is the address right, and may the user of this environment (such as AWS_ACCESS_KEY_ID) read it?"


def fetched(address: str, folder: Path) -> Path:
    """Return the file, or the folder of Parquet files, that an address names, copied into `folder`.

    Raises InputError where the store does not give it, EnvironmentLacks without room for it.
    """
    try:
        store, path = fs.FileSystem.from_uri(address)
        found = store.get_file_info(path)
        if found.type == fs.FileType.NotFound:
            raise InputError("the store has no such file", where=address, hint=HINT)
        target = folder / (PurePosixPath(path).name or "rows")
        if found.type == fs.FileType.File:
            _copy(store, path, target)
            return target
        for inner in _inside(store, path, address):
            _copy(store, inner, target / PurePosixPath(inner).relative_to(path.rstrip("/")))
        target.mkdir(exist_ok=True)
        return target
    except (ArrowException, OSError) as error:
        if isinstance(error, OSError) and error.filename is not None:
            hint = "make room, or let TMPDIR name a folder that has it"
            raise EnvironmentLacks(f"the rows cannot be copied: {error.strerror}", where=address, hint=hint) from error
        what = f"the store does not give the rows: {(str(error).splitlines() or ['no reason is told'])[0]}"
        raise InputError(what, where=address, hint=HINT) from error


def _inside(store: fs.FileSystem, path: str, address: str) -> Iterator[str]:
    """Yield the Parquet files below a folder, in the order of their paths."""
    below = [one.path for one in store.get_file_info(fs.FileSelector(path, recursive=True)) if one.is_file]
    parts = sorted(one for one in below if one.endswith(".parquet"))
    if len(parts) > MOST_FILES:
        what = f"the folder has {len(parts):,} Parquet files, and at most {MOST_FILES:,} are read"
        raise InputError(what, where=address, hint="name a folder of fewer days")
    yield from parts


def _copy(store: fs.FileSystem, path: str, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with store.open_input_stream(path) as source, target.open("wb") as copy:
        shutil.copyfileobj(source, copy, 1 << 20)
