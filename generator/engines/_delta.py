"""The folder of a Delta table → its present rows as Arrow batches, file by file."""

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from generator.engines import BATCH_ROWS
from generator.errors import EnvironmentLacks, InputError

MAPPING = "delta.columnMapping.mode"
REWRITE = "write it without them: REORG TABLE … APPLY (PURGE), or into a new table"


def delta_batches(folder: Path) -> tuple[pa.Schema, Iterator[pa.RecordBatch]]:
    """Return the schema and the batches of the newest version, its files in the order of their names.

    Raises EnvironmentLacks without the package, InputError for a table that is broken or that needs what Arrow lacks.
    """
    try:
        from deltalake import DeltaTable
        from deltalake.exceptions import DeltaError
    except ImportError as error:
        raise EnvironmentLacks(
            "Delta tables need the package deltalake",
            where=folder.name,
            hint='pip install "deployment-dossier[delta]"',
        ) from error
    try:
        table = DeltaTable(folder)
        if table.metadata().configuration.get(MAPPING, "none") != "none":
            raise InputError("the Delta table maps its columns to other names", where=folder.name, hint=REWRITE)
        dataset = table.to_pyarrow_dataset()
    except (DeltaError, OSError) as error:
        what = f"the Delta table cannot be read: {str(error).splitlines()[0]}"
        raise InputError(
            what, where=folder.name, hint=REWRITE if "feature" in str(error) else "is its log whole?"
        ) from error
    return dataset.schema, _batches(folder, dataset)


def _batches(folder: Path, dataset: "pa.dataset.Dataset") -> Iterator[pa.RecordBatch]:
    try:
        for fragment in sorted(dataset.get_fragments(), key=lambda one: one.path):
            yield from fragment.to_batches(
                schema=dataset.schema, batch_size=BATCH_ROWS, batch_readahead=1, fragment_readahead=1, use_threads=False
            )
    except FileNotFoundError as error:
        what = "the Delta table names a file that is not there"
        raise InputError(what, where=folder.name, hint="copy the folder whole, with its log") from error
