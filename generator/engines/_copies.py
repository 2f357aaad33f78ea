"""Tables that DuckDB does not read as they are → a private copy, written a batch at a time: all counts are of one."""

import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from generator.engines import BATCH_ROWS, SourceTable
from generator.engines._delta import delta_batches
from generator.engines._excel import as_csv
from generator.engines._kinds import Kind
from generator.engines._postgres import postgres_batches
from generator.engines._remote import fetched
from generator.engines._wide import regrouped
from generator.errors import EnvironmentLacks, InputError
from generator.records.places import files_of

AS_THEY_ARE = {"csv", "json", "array", "parquet"}
Batches = Iterator[pa.RecordBatch]
LARGEST_RATIO = 2_000
"""A table that unfolds to more than so many times its packed size is no table."""


def copied(table: SourceTable, kind: Kind, folder: Path) -> SourceTable:
    """Return the table as files in `folder` that are read as they are; memory holds a batch, the folder all rows.

    Raises InputError when it cannot be read, EnvironmentLacks without the package or the room for it.
    """
    if kind == "store":
        return replace(table, store="", files=(fetched(table.store, folder),))
    if kind == "excel":
        return replace(table, files=tuple(as_csv(file, folder / f"{n}.csv") for n, file in enumerate(table.files)))
    if kind == "zip":
        return replace(table, files=tuple(_unzipped(file, folder) for file in table.files))
    if kind == "parquet":
        return replace(table, files=tuple(regrouped(file, folder / f"{n}") for n, file in enumerate(table.files)))
    files = table.files or (None,)
    return replace(
        table, database=None, files=tuple(_parquet(table, kind, f, folder / f"{n}") for n, f in enumerate(files))
    )


def _parquet(table: SourceTable, kind: Kind, file: Path | None, target: Path) -> Path:
    target = target.with_suffix(".parquet")
    try:
        schema, batches = _batches(table, kind, file)
        with pq.ParquetWriter(target, schema) as writer:
            for batch in batches:
                batch.validate(full=True)  # of a damaged file it would be read beyond its end
                writer.write_table(pa.Table.from_batches([batch]), row_group_size=BATCH_ROWS)
    except (pa.ArrowException, OSError) as error:
        if not isinstance(error, OSError) or error.errno is None:  # a reader's own word for a damaged file
            what = f"the table cannot be read: {(str(error).splitlines() or ['it is damaged'])[0]}"
            hint = "write it again, with columns of numbers, texts, dates and times"
            raise InputError(what, where=table.name, hint=hint) from error
        hint = "make room, or let TMPDIR name a folder that has it"
        raise EnvironmentLacks(f"the rows cannot be copied: {error.strerror}", where=table.name, hint=hint) from error
    return target


def _batches(table: SourceTable, kind: Kind, file: Path | None) -> tuple[pa.Schema, Batches]:
    if table.database:
        return postgres_batches(table.database)
    assert file is not None
    if kind == "delta":
        return delta_batches(file)
    return _folder(file) if kind == "folder" else _arrow(file) if kind == "arrow" else _orc(file)


def _folder(folder: Path) -> tuple[pa.Schema, Batches]:
    """Return the rows of all Parquet files below a folder, in the order of their paths; `column=value` is a column."""
    import pyarrow.dataset as ds

    files = [str(file) for file in files_of(folder, "**/*.parquet")]
    if not files:
        hint = "name a file, a pattern such as rows/*.csv, a folder of Parquet files or of a Delta table"
        raise InputError("the folder holds no Parquet file", where=folder.name, hint=hint)
    whole = ds.dataset(files, partitioning=ds.partitioning(flavor="hive"), partition_base_dir=str(folder))
    fragments = sorted(whole.get_fragments(), key=lambda one: str(one.path))
    return whole.schema, (
        batch for one in fragments for batch in one.to_batches(schema=whole.schema, batch_size=BATCH_ROWS)
    )


def _arrow(file: Path) -> tuple[pa.Schema, Batches]:
    """Return the rows of an Arrow file or stream; not mapped into memory, where a damaged one ends the process."""
    with file.open("rb") as opened:
        first = opened.read(4)
    if first == b"ARRO":
        reader = pa.ipc.open_file(pa.OSFile(str(file)))
        return reader.schema, (reader.get_batch(k) for k in range(reader.num_record_batches))
    stream = pa.ipc.open_stream(pa.OSFile(str(file)))
    return stream.schema, iter(stream)


def _orc(file: Path) -> tuple[pa.Schema, Batches]:
    from pyarrow.orc import ORCFile

    whole = ORCFile(file)
    return whole.schema, (whole.read_stripe(k) for k in range(whole.nstripes))


def _unzipped(file: Path, folder: Path) -> Path:
    """Return the one table of a zip; raises InputError for several, for none, and for one that is hardly packed."""
    with zipfile.ZipFile(file) as archive:
        inside = [m for m in archive.infolist() if not m.is_dir() and not m.filename.startswith(("__MACOSX/", "."))]
        if len(inside) != 1:
            names = ", ".join(member.filename for member in inside[:6]) or "nothing"
            what = f"the zip holds {len(inside)} files, and one table is wanted: {names}"
            raise InputError(what, where=file.name, hint="unpack it, and name the file of rows")
        (member,) = inside
        if member.file_size > LARGEST_RATIO * max(member.compress_size, 1):
            what = f"{member.filename} unfolds to {member.file_size} bytes of {member.compress_size} packed ones"
            raise InputError(what, where=file.name, hint="unpack it if you know who made it")
        target = folder / Path(member.filename).name
        try:
            with archive.open(member) as source, target.open("wb") as to:
                shutil.copyfileobj(source, to)
        except (zipfile.BadZipFile, RuntimeError, NotImplementedError) as error:
            raise InputError(f"the zip cannot be unpacked: {error}", where=file.name, hint="unpack it") from error
    return target
