"""Tables that are no files → a private copy as Parquet, written a batch at a time: every count is of the same rows."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from generator.engines import BATCH_ROWS, Table, is_delta
from generator.engines._delta import delta_batches
from generator.engines._postgres import postgres_batches
from generator.errors import EnvironmentLacks, InputError


def wants_copy(table: Table) -> bool:
    """Return whether a table is read from elsewhere than files of rows."""
    return table.database is not None or (len(table.files) == 1 and is_delta(table.files[0]))


def copied(table: Table, folder: Path) -> Table:
    """Return the table as one Parquet file in `folder`; memory holds a batch, the folder all rows.

    Raises InputError when it cannot be read, EnvironmentLacks without the package or the room for it.
    """
    file = folder / f"{len(list(folder.iterdir()))}.parquet"
    schema, batches = postgres_batches(table.database) if table.database else delta_batches(table.files[0])
    try:
        with pq.ParquetWriter(file, schema) as writer:
            for batch in batches:
                writer.write_table(pa.Table.from_batches([batch]), row_group_size=BATCH_ROWS)
    except OSError as error:
        hint = "make room, or let TMPDIR name a folder that has it"
        raise EnvironmentLacks(f"the rows cannot be copied: {error.strerror}", where=table.name, hint=hint) from error
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        what = f"the table cannot be read: {str(error).splitlines()[0]}"
        raise InputError(what, where=table.name, hint="columns of numbers, texts, dates and times") from error
    return replace(table, files=(file,), database=None)
