"""A Parquet file of row groups too large to be held, or of types DuckDB lacks → the same rows in small groups."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

LARGEST = 128 << 20
"""Bytes of a row group that are decoded at once."""
CELLS = 1 << 20
"""Values of a new group."""


def is_wide(file: Path) -> bool:
    """Return whether a Parquet file has to be written again before it is read; False for one that is broken."""
    try:
        with pq.ParquetFile(file) as opened:
            meta, schema = opened.metadata, opened.schema_arrow
            largest = max((meta.row_group(k).total_byte_size for k in range(meta.num_row_groups)), default=0)
            return bool(largest > LARGEST or pa.float16() in schema.types)
    except (pa.ArrowException, OSError):
        return False


def regrouped(file: Path, folder: Path) -> Path:
    """Return a copy of a Parquet file in small row groups; memory holds a slab of its columns at a time.

    Each row group is cut into slabs of columns, which are written apart and then put side by side again.
    """
    folder.mkdir()
    target = folder / "rows.parquet"
    with pq.ParquetFile(file) as source:
        schema = _plain(source.schema_arrow)
        rows = max(256, CELLS // len(schema))
        with pq.ParquetWriter(target, schema, use_dictionary=False, compression="zstd") as writer:
            for group in range(source.num_row_groups):
                for batch in _beside(source, group, schema, rows, folder):
                    writer.write_batch(batch)
    return target


def _plain(schema: pa.Schema) -> pa.Schema:
    """Return the schema with 32-bit floats in place of 16-bit ones, whose values they hold exactly."""
    return pa.schema([f.with_type(pa.float32()) if f.type == pa.float16() else f for f in schema])


def _beside(source: pq.ParquetFile, group: int, schema: pa.Schema, rows: int, folder: Path) -> Iterator[pa.RecordBatch]:
    """Yield the rows of a row group whose slabs of columns lie in files of their own."""
    meta = source.metadata.row_group(group)
    width = max(1, int(len(schema) * LARGEST / max(meta.total_byte_size, 1)))
    with ExitStack() as opened:
        slabs = []
        for start in range(0, len(schema), width):
            file = folder / f"slab-{start}.arrow"
            part = pa.schema([schema.field(k) for k in range(start, min(start + width, len(schema)))])
            found = _read(source, group, range(start, start + len(part)), part)
            with pa.OSFile(str(file), "wb") as sink, pa.ipc.new_file(sink, part) as writer:
                writer.write_table(found, max_chunksize=rows)
            del found
            slabs.append(pa.ipc.open_file(opened.enter_context(pa.memory_map(str(file)))))
            opened.callback(file.unlink)
        for number in range(slabs[0].num_record_batches):
            columns = [column for slab in slabs for column in slab.get_batch(number).columns]
            yield pa.RecordBatch.from_arrays(columns, schema=schema)


def _read(source: pq.ParquetFile, group: int, places: range, part: pa.Schema) -> pa.Table:
    names = [source.schema_arrow.names[k] for k in places]
    found = source.read_row_group(group, columns=names, use_threads=False).combine_chunks()
    return pa.table([found.column(k).cast(field.type) for k, field in enumerate(part)], schema=part)
